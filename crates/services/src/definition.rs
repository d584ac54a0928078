//! A kind as the portal sees it: data, and pure functions where data does not suffice.
use crate::{ActAsk, Ask, Facts, Seen, Tag};
use model::{ExternalId, Field, Input, Kind, Spec, Usage};
use openstack::{Collection, Request};
use serde_json::Value;
use std::borrow::Cow;

/// A kind.
pub struct Definition {
    /// What pages, forms and scripts see of it.
    pub kind: Kind,
    /// Where it lives.
    pub collection: &'static Collection,
    /// The query parameter that keeps a list to one parent, for kinds that lie in a thing of another.
    pub of: Option<&'static str>,
    /// Query parameters that keep a list to one project, for services that show an administrator all.
    pub own: Option<&'static str>,
    /// Further lists, each by one filter, of what is open to every project: the `project_id` filter hides these.
    pub open: &'static [(&'static str, &'static str)],
    /// Reads one out of an answer; none when the answer is not of the documented shape.
    pub read: fn(&Value) -> Option<Seen>,
    /// What matters beside the name when one is to be chosen.
    pub detail: fn(&Seen) -> String,
    /// What choosing it takes of a quota, per one.
    pub takes: fn(&Seen) -> Usage,
    /// What is known only of kept kinds.
    pub kept: Option<Kept>,
    /// How one is made of which no row is kept.
    pub unkept: Option<Unkept>,
    /// What can be done with one, in the order of the descriptor's actions.
    pub acts: &'static [Act],
}

/// What the portal must know to make, follow and remove one.
pub struct Kept {
    /// Where the row's id is kept in the cloud.
    pub tag: Tag,
    /// What is wrong with a spec beyond its single fields: field and sentence.
    pub refuse: fn(&Spec) -> Option<(&'static str, String)>,
    /// Makes what only we can make (a key pair) before anything is stored. `seed` is random. Gives what is shown once.
    pub prepare: fn(&mut Spec, seed: [u8; 32]) -> Option<String>,
    /// Fields that, when not given, mean the only one there is.
    pub sole: &'static [&'static str],
    /// What must be looked up once the fields are resolved.
    pub lookups: fn(&Spec, &Facts) -> Vec<Lookup>,
    /// What it takes of the quota.
    pub usage: fn(&Spec, &Facts) -> Usage,
    /// The calls that make it, in order; the first one's id is the thing's id.
    pub parts: &'static [Part],
    /// The id, where we choose it ourselves.
    pub chosen_id: Option<fn(&Ask) -> String>,
    /// Whether what bears an id that we chose is not what was asked for, but something of somebody else. An id that the
    /// cloud chose never means another.
    pub another: fn(&Ask, &Seen) -> bool,
    /// Whether it is one that the cloud makes by itself in every project; then it is nobody's drift.
    pub native: fn(&Seen) -> bool,
}

impl Kept {
    /// One call makes it, nothing is looked up, and it takes nothing of the quota.
    pub const fn new(tag: Tag, parts: &'static [Part]) -> Self {
        Self {
            tag,
            refuse: |_| None,
            prepare: |_, _| None,
            sole: &[],
            lookups: |_, _| Vec::new(),
            usage: |_, _| Usage::ZERO,
            parts,
            chosen_id: None,
            another: |_, _| false,
            native: |_| false,
        }
    }
}

/// How one is made of which no row is kept: in one call, which is sent once. Intent and outcome stand in the audit; after a
/// lost answer nobody looks for it, and who asked is told so. The answer is the thing itself, without a wrapper.
pub struct Unkept {
    /// What is wrong with a spec beyond its single fields: field and sentence.
    pub refuse: fn(&Spec) -> Option<(&'static str, String)>,
    /// The request.
    pub create: fn(&Spec, &Facts) -> Request,
}

/// One call that makes a thing, or a part of it.
pub struct Part {
    /// Its noun: `network`, `subnet`.
    pub noun: &'static str,
    /// Where it lives.
    pub collection: &'static Collection,
    /// Whether this request has it; asked without the secret fields too.
    pub wanted: fn(&Ask) -> bool,
    /// The body, inside of the collection's wrapper, tag included.
    pub body: fn(&Ask) -> Value,
    /// Reads one out of an answer, to find it again by its tag.
    pub read: fn(&Value) -> Option<Seen>,
}

/// Something that can be done with one thing.
pub struct Act {
    /// What is done.
    pub deed: Deed,
    /// What is wrong with its fields beyond each by itself: field and sentence.
    pub refuse: fn(&Spec) -> Option<(&'static str, String)>,
    /// The same of what shows only once it is known what the fields name: field and sentence.
    pub misfits: fn(&ActAsk<'_>) -> Option<(&'static str, String)>,
    /// What the audit learns of its fields; never secrets.
    pub noted: fn(&Spec) -> Value,
    /// What must be looked up once the fields are resolved.
    pub lookups: fn(&Spec, &Facts) -> Vec<Lookup>,
    /// Takes the caller's output out of the answer.
    pub output: fn(&Value) -> Option<String>,
    /// Whether it leaves the thing as it is; then it leaves no operation row, only an event.
    pub reads: bool,
    /// Changes what the thing is asked for as, and what is known of that, into what they are once it is done. What the
    /// thing takes of the quota follows from them.
    pub becomes: fn(&ActAsk<'_>, &mut Spec, &mut Facts),
    /// What the service would make of a second one. No action carries a tag, so none is sent again of which nobody knows
    /// what came of it: who asked for it is told so.
    pub again: Again,
}

/// What an action does. Nothing comes of fields that do not say it (the portal has checked them; this is the last guard).
pub enum Deed {
    /// One request to the service.
    Request(fn(&ActAsk) -> Option<Request>),
    /// Several requests, each of which follows from the answers before it. Such an action is a reading, too.
    Steps(Steps),
    /// Work on the Kubernetes cluster that the thing is, with a certificate made for it. Such an action is a reading: no
    /// operation keeps its fields, which may hold secrets.
    Cluster(fn(&ActAsk) -> Option<ClusterWork>),
}

/// What is to be done on a Kubernetes cluster.
#[derive(Clone, PartialEq, Eq)]
pub enum ClusterWork {
    /// Hand out what `kubectl` needs to reach it.
    Kubeconfig,
    /// Apply the objects of a manifest, each by itself.
    Apply {
        /// YAML or JSON; one or more documents.
        manifest: String,
        /// Whether fields that somebody else manages are taken over.
        force: bool,
    },
}

impl std::fmt::Debug for ClusterWork {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A manifest may hold secrets.
        f.write_str(match self {
            Self::Kubeconfig => "Kubeconfig",
            Self::Apply { .. } => "Apply",
        })
    }
}

/// What a service makes of the same action once more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Everything is as it was after the first.
    Same,
    /// It says no.
    Refused,
    /// It does it again.
    Repeated,
}

impl Act {
    /// A change without output or lookups.
    pub const fn change(again: Again, request: fn(&ActAsk) -> Option<Request>) -> Self {
        Self {
            deed: Deed::Request(request),
            refuse: |_| None,
            misfits: |_| None,
            noted: |_| Value::Object(Spec::new()),
            lookups: |_, _| Vec::new(),
            output: |_| None,
            reads: false,
            becomes: |_, _, _| {},
            again,
        }
    }

    /// Something with what lies in a thing, in several steps: the thing itself stays as it is.
    pub const fn stepwise(again: Again, steps: Steps) -> Self {
        let mut act = Self::change(again, |_| None);
        act.deed = Deed::Steps(steps);
        act.reads = true;
        act
    }

    /// Something whose answer is for the caller alone, and what of it: a reading, unless `again` says otherwise.
    pub const fn reading(request: fn(&ActAsk) -> Option<Request>, output: fn(&Value) -> Option<String>) -> Self {
        let mut act = Self::change(Again::Same, request);
        act.output = output;
        act.reads = true;
        act
    }

    /// The request, where it is one and the fields make it.
    pub fn request(&self, ask: &ActAsk<'_>) -> Option<Request> {
        match self.deed {
            Deed::Request(request) => request(ask),
            Deed::Steps(_) | Deed::Cluster(_) => None,
        }
    }

    /// Work on the cluster that the thing is.
    pub const fn on_cluster(again: Again, work: fn(&ActAsk) -> Option<ClusterWork>) -> Self {
        let mut act = Self::reading(|_| None, |_| None);
        act.deed = Deed::Cluster(work);
        act.again = again;
        act
    }
}

/// What comes next of something that takes several requests, from what was answered so far.
pub type Steps = fn(&Around<'_>, &[Value]) -> Step;

/// What several requests know beside their answers.
#[derive(Clone, Copy, Debug)]
pub struct Around<'a> {
    /// What was asked for.
    pub ask: ActAsk<'a>,
    /// Where the service's things are for this project, without a slash at the end: what addresses begin with.
    pub root: &'a str,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// Chance, for what has to be guessed by nobody.
    pub seed: &'a [u8; 32],
}

impl<'a> Around<'a> {
    /// A field as text; empty where it was not given.
    pub fn text(&self, field: &str) -> &'a str {
        self.ask.fields.get(field).and_then(Value::as_str).unwrap_or_default()
    }
}

/// One of several steps.
#[derive(Debug)]
pub enum Step {
    /// A request, and what it means when it is refused with one of these statuses.
    Send(Request, &'static [(u16, &'static str)]),
    /// It is done; and what is for the caller.
    Done(Option<String>),
    /// It cannot be done, in a sentence.
    Fail(String),
}

/// Something to find out before the row is written.
pub struct Lookup {
    /// Under which name it goes into the facts.
    pub fact: &'static str,
    /// The field at which a failure is told.
    pub field: &'static str,
    /// What to look for.
    pub what: What,
}

/// What to look for.
pub enum What {
    /// One of a kind, by id or name.
    Of {
        /// The kind's slug.
        kind: &'static str,
        /// The id or name.
        value: String,
    },
    /// The first that a filtered list of a kind gives.
    First {
        /// The kind's slug.
        kind: &'static str,
        /// The filter.
        query: (&'static str, String),
        /// What to say when there is none.
        none: &'static str,
    },
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Definition").field(&self.kind.slug).finish()
    }
}

impl Definition {
    /// A kind whose list is read so. Nothing narrows it to a project, and nothing is kept of it.
    pub(crate) const fn new(kind: Kind, collection: &'static Collection, read: fn(&Value) -> Option<Seen>) -> Self {
        Self {
            kind,
            collection,
            of: None,
            own: None,
            open: &[],
            read,
            detail: |_| String::new(),
            takes: |_| Usage::ZERO,
            kept: None,
            unkept: None,
            acts: &[],
        }
    }
    /// With the query parameter that keeps a list to one project.
    pub(crate) const fn own(mut self, parameter: &'static str) -> Self {
        self.own = Some(parameter);
        self
    }
    /// With the query parameter that keeps a list to one parent.
    pub(crate) const fn of(mut self, parameter: &'static str) -> Self {
        self.of = Some(parameter);
        self
    }
    /// With the filters of what is open to every project.
    pub(crate) const fn open(mut self, open: &'static [(&'static str, &'static str)]) -> Self {
        self.open = open;
        self
    }
    /// With what matters when one is to be chosen.
    pub(crate) const fn detail(mut self, detail: fn(&Seen) -> String) -> Self {
        self.detail = detail;
        self
    }
    /// With what choosing it takes of a quota.
    pub(crate) const fn takes(mut self, takes: fn(&Seen) -> Usage) -> Self {
        self.takes = takes;
        self
    }
    /// With what the portal must know to keep it.
    pub(crate) const fn kept(mut self, kept: Kept) -> Self {
        self.kept = Some(kept);
        self
    }
    /// With how one is made of which no row is kept.
    pub(crate) const fn unkept(mut self, unkept: Unkept) -> Self {
        self.unkept = Some(unkept);
        self
    }
    /// With what can be done with one.
    pub(crate) const fn acts(mut self, acts: &'static [Act]) -> Self {
        self.acts = acts;
        self
    }

    /// Lists what a project has, or, of a kind that lies in another's things, what one of those has.
    pub fn list(&self, parent: Option<&str>) -> Request {
        match parent {
            Some(parent) => {
                let of = self.of.map(|name| (Cow::Borrowed(name), parent.to_owned()));
                self.collection.list_in(parent).queries(of)
            }
            None => self.collection.list(),
        }
    }

    /// Whether its things lie in one drawer for all projects, and only rows tell whose is whose.
    pub fn is_pooled(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.tag == Tag::Name)
    }

    /// Whether a field names the thing that one of this kind lies in.
    pub fn lies_in(&self, field: &Field) -> bool {
        let parent = self.kind.parent.as_ref().map(|parent| &parent.kind);
        matches!(&field.input, Input::Choice { of, .. } if Some(of) == parent)
    }

    /// The field by which this kind's action that adds one of `inner` is told in which `outer`.
    pub fn names(&self, inner: &Definition, outer: &Definition) -> Option<&str> {
        let adds = &inner.kind.parent.as_ref()?.adds;
        let field = self
            .kind
            .action(adds)?
            .fields
            .iter()
            .find(|field| matches!(&field.input, Input::Choice { of, .. } if *of == outer.kind.slug))?;
        Some(&field.name)
    }

    /// The kind's slug. Everything in the catalogue is a constant, so it outlives all.
    pub fn slug(&'static self) -> &'static str {
        &self.kind.slug
    }

    /// The query of the list of a project's own things.
    pub fn own_query(&self, project: &str) -> Vec<(Cow<'static, str>, String)> {
        self.own.map(|name| (Cow::Borrowed(name), project.to_owned())).into_iter().collect()
    }

    /// The queries whose lists together are what a project may use.
    pub fn queries(&self, project: &str) -> Vec<Vec<(Cow<'static, str>, String)>> {
        let open = self.open.iter().map(|(name, value)| vec![(Cow::Borrowed(*name), (*value).to_owned())]);
        std::iter::once(self.own_query(project)).chain(open).collect()
    }

    /// The action of that name: its descriptor's place is its own.
    pub fn act(&self, name: &str) -> Option<(&model::Action, &'static Act)> {
        let place = self.kind.actions.iter().position(|action| action.name == name)?;
        Some((&self.kind.actions[place], self.acts.get(place)?))
    }

    /// Reads one.
    pub fn get(&self, id: &ExternalId) -> Request {
        self.collection.get(id.as_str())
    }

    /// One read out of an answer to `get`.
    pub fn read_one(&self, body: &Value) -> Option<Seen> {
        (self.read)(self.collection.unwrap_one(body)?)
    }
}
