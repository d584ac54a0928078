//! A request for a token, checked field by field.
use model::{Environment, Error, Fields, Result, WorkspaceSlug, view::NewToken};

/// Days that a token lasts when nobody says how long.
const DAYS: i64 = 90;
/// The most days.
const MOST_DAYS: i64 = 365;
/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// A token as it was asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub name: String,
    pub workspace: Option<WorkspaceSlug>,
    pub environments: Vec<Environment>,
    pub read_only: bool,
    /// As asked; 90 when absent.
    pub days: Option<i64>,
}

impl Wanted {
    /// Checks every field, so that all that is wrong is said at once.
    pub(super) fn read(new: &NewToken) -> Result<Self> {
        let mut fields = Fields::new();
        let mut wrong = |field: &str, sentence: String| fields.entry(field.to_owned()).or_default().push(sentence);
        let name = crate::users::label(&new.name).unwrap_or_else(|sentence| {
            wrong("name", sentence);
            String::new()
        });
        let mut workspace = None;
        if let Some(slug) = new.workspace.as_deref().filter(|slug| !slug.is_empty()) {
            match WorkspaceSlug::parse(slug) {
                Ok(slug) => workspace = Some(slug),
                Err(sentence) => wrong("workspace", sentence),
            }
        }
        let mut environments = Vec::new();
        for word in &new.environments {
            match word.parse::<Environment>() {
                Ok(environment) if environments.contains(&environment) => {}
                Ok(environment) => environments.push(environment),
                Err(sentence) => wrong("environments", sentence),
            }
        }
        environments.sort();
        if new.expires_in_days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            wrong("expires_in_days", format!("Choose 1 to {MOST_DAYS} days."));
        }
        match fields.is_empty() {
            true => Ok(Self { name, workspace, environments, read_only: new.read_only, days: new.expires_in_days }),
            false => Err(Error::Invalid { fields }),
        }
    }

    /// How long it lasts, in microseconds.
    pub(super) fn lifetime(&self) -> i64 {
        self.days.unwrap_or(DAYS) * DAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let new = NewToken {
            name: " ".to_owned(),
            workspace: Some("No Slug".to_owned()),
            environments: vec!["moon".to_owned()],
            read_only: false,
            expires_in_days: Some(366),
        };
        let fields = Wanted::read(&new).unwrap_err().fields();
        assert_eq!(fields.keys().collect::<Vec<_>>(), ["environments", "expires_in_days", "name", "workspace"]);
    }

    #[test]
    fn a_token_lasts_ninety_days_unless_somebody_says_otherwise() {
        let wanted = Wanted::read(&NewToken { name: "ci".to_owned(), ..NewToken::default() }).unwrap();
        assert_eq!(wanted.lifetime(), 90 * DAY);
    }
}
