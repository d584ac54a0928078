//! Names as they are searched: SQLite knows the small letters of ASCII only, so the portal keeps a folded copy.
use crate::{Portal, db::values};

/// How many names are folded in one transaction.
const AT_ONCE: i64 = 500;

/// A text in which upper and lower case are one, whichever letters it has. By capitals first, because several small
/// letters may share one: σ and ς, ss and ß.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

impl Portal {
    /// Folds the names of rows from before there were folded ones, which no migration can.
    pub(crate) async fn fold_names(&self) -> sqlx::Result<()> {
        loop {
            let mut tx = self.db().begin().await?;
            let rows = tx.all("SELECT id, name FROM resources WHERE folded IS NULL LIMIT $1", values![AT_ONCE]).await?;
            for row in &rows {
                // A name that changes meanwhile is folded by who changes it.
                let sql = "UPDATE resources SET folded = $2 WHERE id = $1 AND folded IS NULL";
                tx.execute(sql, values![row.text("id")?, fold(&row.text("name")?)]).await?;
            }
            tx.commit().await?;
            if rows.is_empty() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn upper_and_lower_case_are_one() {
        for (one, other) in [("Übung", "üBUNG"), ("STRASSE", "straße"), ("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ")]
        {
            assert_eq!(fold(one), fold(other));
        }
        assert_ne!(fold("über"), fold("uber"));
    }
}
