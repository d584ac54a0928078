//! Rows that are advanced in one turn: mostly one; several of a kind, where one list tells of them all.
use crate::{
    Ctx, Portal,
    error::{Error, Result},
    failpoints::{Point, reach},
    resources::{advance::Sighting, kind, list},
};
use model::{BindingId, ExternalId, Region, ResourceId};
use services::Seen;
use std::collections::HashMap;
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// So many are looked at one by one; of more, a list is read.
const FEW: usize = 3;

/// A row that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub id: ResourceId,
    pub binding: BindingId,
    pub region: Region,
    pub kind: String,
    /// The cloud's id, of what stands there and is only to be looked at.
    pub looked_at: Option<ExternalId>,
    pub fence: i64,
}

/// What is advanced in one turn.
#[derive(Debug)]
pub(super) struct Batch {
    pub binding: BindingId,
    pub region: Region,
    pub kind: String,
    pub rows: Vec<Due>,
}

/// Puts together what one list can tell of; whose turn would be first stays first.
pub(super) fn batches(due: Vec<Due>) -> Vec<Batch> {
    let key = |due: &Due| (due.binding.clone(), due.kind.clone());
    let mut looks: HashMap<_, usize> = HashMap::new();
    for due in due.iter().filter(|due| due.looked_at.is_some()) {
        *looks.entry(key(due)).or_default() += 1;
    }
    let (mut batches, mut places) = (Vec::<Batch>::new(), HashMap::new());
    for due in due {
        let key = key(&due);
        let many = due.looked_at.is_some() && looks.get(&key).is_some_and(|count| *count > FEW);
        match places.get(&key).filter(|_| many).and_then(|place: &usize| batches.get_mut(*place)) {
            Some(batch) => batch.rows.push(due),
            None => {
                if many {
                    places.insert(key, batches.len());
                }
                let (binding, region, kind) = (due.binding.clone(), due.region.clone(), due.kind.clone());
                batches.push(Batch { binding, region, kind, rows: vec![due] });
            }
        }
    }
    batches
}

impl Portal {
    /// Advances rows, one after the other, until it is told to stop.
    pub(super) async fn advance_batch(&self, mut batch: Batch, stop: &CancellationToken) {
        let mut seen = HashMap::new();
        if batch.rows.len() > FEW {
            match self.see(&batch).await {
                Ok(read) => seen = read,
                Err(error) => {
                    // A service may fail at a list and not at a single thing, so a few get on. The others stay due: where
                    // nothing answers at all, each of them would only wait in vain.
                    warn!(?error, binding = %batch.binding, kind = batch.kind, "could not list what is due");
                    batch.rows.truncate(FEW);
                }
            }
        }
        for due in batch.rows {
            if stop.is_cancelled() {
                break;
            }
            // What the list does not have is looked at by itself: a list proves nothing that is wanted gone.
            let seen = due.looked_at.as_ref().and_then(|id| seen.remove(id));
            let sighting = seen.map(|seen| Sighting { seen, fence: due.fence });
            self.clone().advance(due.id, sighting).await;
        }
    }

    /// Reads the project's own things of a batch's kind.
    async fn see(&self, batch: &Batch) -> Result<HashMap<ExternalId, Seen>> {
        let binding = self.binding(&batch.binding).await?;
        let cloud = self.cloud_of(&binding, &Ctx::new_request_id())?;
        reach(Point::BatchAsked);
        let listed = list::own(&cloud, kind(&batch.kind)?).await;
        reach(Point::BatchAnswered);
        let (items, _) = listed.map_err(Error::Cloud)?;
        let own = items.into_iter().filter(|seen| seen.belongs_to(binding.project_id.as_str()));
        Ok(own.map(|seen| (seen.id.clone(), seen)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(id: &str, binding: &str, kind: &str, looked_at: bool) -> Due {
        Due {
            id: ResourceId::new(id),
            binding: BindingId::new(binding),
            region: Region::new("One"),
            kind: kind.to_owned(),
            looked_at: looked_at.then(|| ExternalId::new(id)),
            fence: 0,
        }
    }

    fn ids(due: Vec<Due>) -> Vec<String> {
        let ids = |batch: Batch| batch.rows.iter().map(|due| due.id.as_str()).collect::<Vec<_>>().join(" ");
        batches(due).into_iter().map(ids).collect()
    }

    #[test]
    fn more_than_three_looks_at_a_kind_of_a_binding_are_one_batch() {
        let mut rows: Vec<Due> = ["a", "b", "c", "d"].map(|id| due(id, "one", "vm", true)).into();
        rows.insert(1, due("x", "one", "vm", false));
        rows.insert(2, due("y", "two", "vm", true));
        rows.insert(3, due("z", "one", "volume", true));
        assert_eq!(ids(rows), ["a b c d", "x", "y", "z"]);
    }

    #[test]
    fn three_are_looked_at_one_by_one() {
        assert_eq!(ids(["a", "b", "c"].map(|id| due(id, "one", "vm", true)).into()), ["a", "b", "c"]);
    }
}
