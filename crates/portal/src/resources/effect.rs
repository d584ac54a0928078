//! One step, carried out: the request that it means, and what the answer says.
use super::{
    cloud::ScopedCloud,
    lifecycle::{Heard, Step},
    list,
    row::Row,
    seal,
};
use crate::{
    Portal,
    error::{Error, Result, from_cloud},
    failpoints::{Point, reach},
};
use model::{ExternalId, ProjectId, Spec};
use openstack::{Collection, Told};
use services::{Ask, Part, Seen, Tag};
use tracing::warn;

/// What came of a step.
pub(super) struct Effect {
    /// For the lifecycle.
    pub heard: Heard,
    /// The thing as it was read, for the columns.
    pub seen: Option<Seen>,
    /// The ids of the parts that exist now.
    pub made: Vec<String>,
    /// Whether more parts are to be made, or to be deleted, behind this one.
    pub more: bool,
    /// The cloud's ids of second things with the same tag, which were deleted.
    pub twins: Vec<String>,
    /// Whether a request for it was left without an answer, so that it may have twins.
    pub doubted: bool,
    /// Why nothing is known, for people who wait: the cloud was not reached, or failed.
    pub trouble: Option<String>,
}

/// The parts of a row's creation: those that its spec asks for.
pub(super) struct Parts<'a> {
    row: &'a Row,
    spec: Spec,
    project: &'a ProjectId,
}

impl<'a> Parts<'a> {
    /// Without the secrets: that is enough to find, read and delete them.
    pub(super) fn of(row: &'a Row, project: &'a ProjectId) -> Self {
        Self { row, spec: row.spec.clone(), project }
    }

    /// With the secrets, which only a creation needs.
    pub(super) fn with(mut self, secrets: Spec) -> Self {
        self.spec.extend(secrets);
        self
    }

    fn ask(&self) -> Ask<'_> {
        Ask {
            spec: &self.spec,
            facts: &self.row.facts,
            tag: self.row.id.as_str(),
            binding: self.row.binding_id.as_str(),
            project: self.project,
            made: &self.row.made,
        }
    }

    fn wanted(&self) -> Vec<&'static Part> {
        let Some(kept) = &self.row.kind.kept else { return Vec::new() };
        kept.parts.iter().filter(|part| (part.wanted)(&self.ask())).collect()
    }

    /// Whether nothing is left to be made.
    pub(super) fn all_made(&self) -> bool {
        self.next().is_none()
    }

    /// The id, where we choose it.
    pub(super) fn chosen_id(&self) -> Option<String> {
        self.row.kind.kept.as_ref()?.chosen_id.map(|chosen| chosen(&self.ask()))
    }

    /// Carries out a step.
    pub(super) async fn carry_out(&self, cloud: &ScopedCloud, step: &Step) -> Effect {
        let mut effect = match step {
            Step::Make => self.make(cloud).await,
            Step::Find => self.find(cloud).await,
            Step::Look(id) => self.look(cloud, id).await,
            Step::Confirm(id) => self.confirm(cloud, id).await,
            Step::Delete => self.delete(cloud).await,
            Step::Forget => self.still(Heard::Accepted),
            Step::Rest => self.still(Heard::Unreached),
        };
        if self.row.doubts > 0 && matches!(step, Step::Look(_) | Step::Rest) {
            match self.sweep(cloud).await {
                Ok(twins) => effect.twins.extend(twins),
                Err(error) => {
                    warn!(%error, "could not look for twins");
                    effect.doubted = true;
                }
            }
        }
        effect
    }

    fn still(&self, heard: Heard) -> Effect {
        let made = self.row.made.clone();
        Effect { heard, seen: None, made, more: false, twins: Vec::new(), doubted: false, trouble: None }
    }

    /// What an error leaves: logged here, because nobody waits for it as an error.
    fn troubled(&self, heard: Heard, error: &openstack::Error) -> Effect {
        warn!(%error, "the cloud did not do as asked");
        let unknown = matches!(heard, Heard::Unreached | Heard::Doubt);
        Effect { trouble: unknown.then(|| from_cloud(error).to_string()), ..self.still(heard) }
    }

    /// The part that comes next, and whether others come behind it.
    fn next(&self) -> Option<(&'static Part, bool)> {
        let wanted = self.wanted();
        let part = wanted.get(self.row.made.len())?;
        Some((part, self.row.made.len() + 1 < wanted.len()))
    }

    fn has(&self, seen: Seen, more: bool) -> Effect {
        let mut made = self.row.made.clone();
        made.push(seen.id.to_string());
        let heard = Heard::Has { id: seen.id.clone(), state: seen.state, fault: seen.fault.clone() };
        // What a page shows is the thing itself, not its parts.
        let seen = self.row.made.is_empty().then_some(seen);
        Effect { seen, made, more, ..self.still(heard) }
    }

    async fn make(&self, cloud: &ScopedCloud) -> Effect {
        let Some((part, more)) = self.next() else {
            return self.still(Heard::Refused("Nothing is left to be made.".to_owned()));
        };
        if part.collection.told == Told::Headers {
            // What is made under a name that is taken changes what is there: whose that is has to be known before.
            let found = self.find(cloud).await;
            match found.heard {
                Heard::HasNot => {}
                Heard::Doubt => return Effect { heard: Heard::Unreached, ..found },
                _ => return found,
            }
        }
        let request = part.collection.create((part.body)(&self.ask()));
        reach(Point::MakeAsked);
        let answered = cloud.send(&request).await;
        reach(Point::MakeAnswered);
        match answered {
            Ok(answer) => match part.collection.unwrap_one(&answer.body).and_then(part.read) {
                Some(seen) => self.has(seen, more),
                // It was accepted, in words that we do not understand: look for it.
                None => self.still(Heard::Doubt),
            },
            // A name that we chose is taken: by an earlier attempt of ours, whose answer was lost, or by somebody else.
            Err(openstack::Error::Status { status: 409, .. }) if self.tag().is_name() => self.find(cloud).await,
            Err(error) => {
                let effect = self.troubled(refusal(&error), &error);
                // An earlier request that came to the cloud just now may be what it is refused for: its range or its name
                // is taken, its quota is full. Then the thing is there, and was not refused.
                if self.row.doubts > 0 && matches!(effect.heard, Heard::Refused(_)) {
                    let found = self.find(cloud).await;
                    if found.heard != Heard::HasNot {
                        return found;
                    }
                }
                effect
            }
        }
    }

    fn tag(&self) -> Tag {
        self.row.kind.kept.as_ref().map_or(Tag::Metadata, |kept| kept.tag)
    }

    /// Whether what bears the row's id is what the row means: of its project, and not somebody else's under a name that we
    /// chose.
    pub(super) fn is_it(&self, seen: &Seen) -> bool {
        let kept = self.row.kind.kept.as_ref();
        seen.belongs_to(self.project.as_str()) && !kept.is_some_and(|kept| (kept.another)(&self.ask(), seen))
    }

    fn taken(&self) -> String {
        let noun = self.row.kind.kind.title.to_lowercase();
        format!("There is another {noun} of this name already. Choose another name.")
    }

    async fn find(&self, cloud: &ScopedCloud) -> Effect {
        let Some((part, more)) = self.next() else { return self.still(Heard::HasNot) };
        reach(Point::FindAsked);
        if self.tag().is_name() {
            let id = self.chosen_id().unwrap_or_default();
            return match cloud.send(&part.collection.get(&id)).await {
                Ok(answer) => match part.collection.unwrap_one(&answer.body).and_then(part.read) {
                    Some(seen) if self.is_it(&seen) => self.has(seen, more),
                    Some(_) => self.still(Heard::Refused(self.taken())),
                    None => self.still(Heard::Doubt),
                },
                Err(error) if error.is_not_found() => self.still(Heard::HasNot),
                Err(error) => self.troubled(Heard::Doubt, &error),
            };
        }
        let found = self.tagged(cloud, part).await;
        reach(Point::FindAnswered);
        let effect = match found {
            Ok(Found::One(seen, twins)) => Effect { twins, ..self.has(*seen, more) },
            Ok(Found::None) => self.still(Heard::HasNot),
            Ok(Found::Unsure) => self.still(Heard::Doubt),
            Err(error) => self.troubled(Heard::Doubt, &error),
        };
        Effect { doubted: true, ..effect }
    }

    /// What carries the row's tag where a part lives, and whether that is all; the list is narrowed where the service can.
    async fn carriers(&self, cloud: &ScopedCloud, part: &Part) -> openstack::Result<(Vec<Seen>, bool)> {
        let tag = self.row.id.as_str();
        let mut query = self.row.kind.own_query(self.project.as_str());
        query.extend(self.tag().filter(tag).map(|(name, value)| (name.into(), value)));
        let listing = cloud.list(part.collection, part.collection.list().queries(query)).await?;
        let ours = |seen: &Seen| seen.tag.as_deref() == Some(tag) && seen.belongs_to(self.project.as_str());
        let read: Vec<Option<Seen>> = listing.items.iter().map(|value| (part.read)(value)).collect();
        // What cannot be read may be what is looked for.
        let complete = listing.complete && read.iter().all(Option::is_some);
        Ok((read.into_iter().flatten().filter(ours).collect(), complete))
    }

    /// Looks for a part by its tag.
    async fn tagged(&self, cloud: &ScopedCloud, part: &Part) -> openstack::Result<Found> {
        let (mut found, complete) = self.carriers(cloud, part).await?;
        if found.is_empty() {
            return Ok(if complete { Found::None } else { Found::Unsure });
        }
        // The same one stays whoever looks, in whatever order the service lists them.
        found.sort_by(|a, b| a.id.cmp(&b.id));
        let kept = found.remove(0);
        // Two with one tag: a request that was thought lost was only slow. One is enough; the other goes. Should that
        // fail, the next look finds it again, because the row stays in doubt until then.
        let mut twins = Vec::new();
        for twin in found {
            self.delete_twin(cloud, part, &twin).await?;
            twins.push(twin.id.to_string());
        }
        Ok(Found::One(Box::new(kept), twins))
    }

    /// Deletes what carries the row's tag and is not the row's: what a request made that came to the cloud after somebody
    /// had asked again. A name that is the tag has no twins. Parts go in reverse, as in any deletion.
    async fn sweep(&self, cloud: &ScopedCloud) -> openstack::Result<Vec<String>> {
        let mut twins = Vec::new();
        if self.tag().is_name() {
            return Ok(twins);
        }
        for part in self.wanted().into_iter().rev() {
            let (found, _) = self.carriers(cloud, part).await?;
            for twin in found.into_iter().filter(|seen| !self.row.made.contains(&seen.id.to_string())) {
                self.delete_twin(cloud, part, &twin).await?;
                twins.push(twin.id.to_string());
            }
        }
        Ok(twins)
    }

    async fn delete_twin(&self, cloud: &ScopedCloud, part: &Part, twin: &Seen) -> openstack::Result<()> {
        reach(Point::TwinAsked);
        match cloud.send(&part.collection.delete(twin.id.as_str())).await {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
        reach(Point::TwinDeleted);
        Ok(())
    }

    async fn look(&self, cloud: &ScopedCloud, id: &ExternalId) -> Effect {
        let kind = self.row.kind;
        reach(Point::LookAsked);
        let answered = cloud.send(&kind.get(id)).await;
        reach(Point::LookAnswered);
        match answered {
            Ok(answer) => match kind.read_one(&answer.body) {
                Some(seen) if self.is_it(&seen) => self.read(seen),
                Some(_) => self.still(Heard::HasNot),
                None => self.still(Heard::Doubt),
            },
            Err(error) if error.is_not_found() => self.still(Heard::HasNot),
            Err(error) => self.troubled(Heard::Unreached, &error),
        }
    }

    /// What comes of a look: the thing as it was read.
    pub(super) fn read(&self, seen: Seen) -> Effect {
        let heard = Heard::Has { id: seen.id.clone(), state: seen.state, fault: seen.fault.clone() };
        Effect { seen: Some(seen), ..self.still(heard) }
    }

    async fn confirm(&self, cloud: &ScopedCloud, id: &ExternalId) -> Effect {
        reach(Point::ConfirmAsked);
        let listed = list::own(cloud, self.row.kind).await;
        reach(Point::ConfirmAnswered);
        match listed {
            Ok((items, complete)) => match items.into_iter().find(|seen| seen.id == *id && self.is_it(seen)) {
                Some(seen) => self.read(seen),
                None if complete => self.still(Heard::SurelyNot),
                None => self.still(Heard::Doubt),
            },
            Err(error) => self.troubled(Heard::Unreached, &error),
        }
    }

    async fn delete(&self, cloud: &ScopedCloud) -> Effect {
        let (collection, id) = match self.row.made.last() {
            Some(id) => (self.collection(self.row.made.len() - 1), id.clone()),
            None => match self.row.standing.id() {
                Some(id) => (self.row.kind.collection, id.to_string()),
                None => return self.still(Heard::HasNot),
            },
        };
        let last = self.row.made.len() <= 1;
        // Only the name tells what is deleted, and somebody may have given it to another one meanwhile.
        if self.tag().is_name() {
            let looked = self.look(cloud, &ExternalId::new(&id)).await;
            if !matches!(looked.heard, Heard::Has { .. }) {
                return looked;
            }
        }
        reach(Point::DeleteAsked);
        let answered = cloud.send(&collection.delete(&id)).await;
        reach(Point::DeleteAnswered);
        let mut effect = match answered {
            Ok(_) => self.still(Heard::Accepted),
            Err(error) if error.is_not_found() && last => self.still(Heard::HasNot),
            Err(error) if error.is_not_found() => self.still(Heard::Accepted),
            Err(error) => match (&error, collection.conflict) {
                (openstack::Error::Status { status: 409, .. }, Some(why)) => self.still(Heard::Refused(why.to_owned())),
                _ => self.troubled(refusal(&error), &error),
            },
        };
        // The first part's id stays: it is the thing's own.
        if effect.heard == Heard::Accepted && !last {
            effect.made.pop();
        }
        Effect { more: !last, ..effect }
    }

    fn collection(&self, part: usize) -> &'static Collection {
        self.wanted().get(part).map_or(self.row.kind.collection, |part| part.collection)
    }
}

impl Portal {
    /// Opens what was sealed of a row.
    pub(super) fn secrets(&self, row: &Row) -> Result<Spec> {
        let Some(sealed) = &row.sealed_spec else { return Ok(Spec::new()) };
        let plain = seal::open(&self.inner.settings.secret_key, row.id.as_str(), sealed)?;
        serde_json::from_slice(&plain).map_err(|_| Error::Corrupt("sealed spec"))
    }
}

enum Found {
    One(Box<Seen>, Vec<String>),
    None,
    /// The list was cut short.
    Unsure,
}

/// As [`refusal`], logged: for what is sent past [`Parts`].
pub(super) fn refused(error: &openstack::Error) -> Heard {
    warn!(%error, "the cloud did not do as asked");
    refusal(error)
}

/// What an error means for a change that was asked for.
fn refusal(error: &openstack::Error) -> Heard {
    use openstack::Error as Cloud;
    match error {
        Cloud::Status { status: 401 | 408 | 429, .. } | Cloud::Denied { .. } => Heard::Unreached,
        Cloud::Status { status: 400..500, message, .. } => Heard::Refused(message.clone()),
        Cloud::NotOffered { .. } | Cloud::TooOld { .. } | Cloud::Config(_) => Heard::Refused(error.to_string()),
        error if error.maybe_done() => Heard::Doubt,
        _ => Heard::Unreached,
    }
}
