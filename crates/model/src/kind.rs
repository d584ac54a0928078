//! Kinds: what there is to provision, as data that pages, forms, REST and its documentation are rendered from.
mod column;
mod narrowed;

pub use column::{Column, Show};
pub use narrowed::Narrowed;

use crate::{
    Spec, State,
    field::{Field, List, Str},
};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// A kind of thing: its slug, its words, its fields and columns, and what can be done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kind {
    /// The word in URLs of pages, in rows and in `resource_type`: `vm`, `neutron_router`.
    pub slug: Str,
    /// One of them: "Virtual machine".
    pub title: Str,
    /// Many of them: "Virtual machines".
    pub plural: Str,
    /// What it is for, in a sentence; what an empty page says.
    pub about: Str,
    /// The part of the catalogue it stands in.
    pub group: Group,
    /// The OpenStack system, lower case: `nova`.
    pub service: Str,
    /// The collection in REST URLs: `servers`.
    pub collection: Str,
    /// Fields of a create request; empty where nothing can be created.
    pub fields: List<Field>,
    /// A create request as JSON, with holes as [`crate::example`] says; empty where nothing can be created. Pages do
    /// without.
    #[serde(skip)]
    pub example: Str,
    /// Columns of its list, name and state aside.
    pub columns: List<Column>,
    /// What can be done with all of them, with the guide's function names.
    pub verbs: List<Verb>,
    /// What can be done with one.
    pub actions: List<Action>,
    /// Who may: workspace members in a bound project, or platform administrators.
    pub scope: Scope,
    /// What names one in the cloud.
    pub identity: Identity,
    /// Whether the portal keeps a row for each.
    pub custody: Custody,
    /// The thing that it lies in, where it does.
    pub parent: Option<Parent>,
    /// Whether it has a place in the navigation.
    pub listed: bool,
}

/// What a kind lies in: a rule in its security group. Such a kind is listed of one parent at a time, and its things are
/// made and removed by actions of the parent, which has the row, the lease and the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parent {
    /// The slug of the parent's kind.
    pub kind: Str,
    /// The parent's action that makes one; empty where nobody can.
    pub adds: Str,
    /// The parent's action that removes one, and its field that says which; both empty where nobody can.
    pub removes: (Str, Str),
    /// The parent's action that changes one, and its field that says which; both empty where nobody can. Its other fields
    /// begin with what the attributes of their names are.
    #[serde(default)]
    pub edits: (Str, Str),
}

/// The guide's groups, as they stand in URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Group {
    /// Servers, images, keypairs, clusters.
    Compute,
    /// Volumes, objects, shares.
    Storage,
    /// Networks, floating IPs, load balancers, DNS.
    Networking,
    /// Identity, placement, secrets.
    SharedServices,
    /// Stacks, workflows, queues, leases, alarms.
    Orchestration,
    /// Databases, backups, high availability.
    WorkloadLifecycle,
}

impl Group {
    /// All of them, in the order of the navigation.
    pub const ALL: [Self; 6] = [
        Self::Compute,
        Self::Storage,
        Self::Networking,
        Self::SharedServices,
        Self::Orchestration,
        Self::WorkloadLifecycle,
    ];
    /// The word in URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::Networking => "networking",
            Self::SharedServices => "sharedservices",
            Self::Orchestration => "orchestration",
            Self::WorkloadLifecycle => "workloadlifecycle",
        }
    }
    /// The word in the navigation.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Compute => "Compute",
            Self::Storage => "Storage",
            Self::Networking => "Networking",
            Self::SharedServices => "Identity and secrets",
            Self::Orchestration => "Orchestration",
            Self::WorkloadLifecycle => "Workload lifecycle",
        }
    }
}

/// Who a kind is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Inside a bound project.
    Project,
    /// The whole cloud.
    Admin,
}

/// What names one in the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Identity {
    /// An id that the cloud gives.
    Id,
    /// Its name (keypair, queue, container of objects).
    Name,
    /// Name and id together (stack).
    Pair,
}

/// Whether the portal keeps a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Custody {
    /// A row, quota, a tag, drift.
    Kept,
    /// No row; what is done is audited.
    Live,
}

/// What can be done with a kind as a whole or with one of it, beside actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Does {
    /// List all.
    List,
    /// Show one, where the guide has a name for that. Whatever is listed can be shown.
    Show,
    /// Create one.
    Create,
    /// Delete one.
    Delete,
    /// Send the bytes of one, as a stream.
    Upload,
    /// Read the bytes of one, as a stream.
    Download,
}

/// A verb and the guide's name for it, such as `create_server`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verb {
    /// What it does.
    pub does: Does,
    /// The guide's function.
    pub function: Str,
}

impl Verb {
    /// `function` lists.
    pub const fn list(function: &'static str) -> Self {
        Self { does: Does::List, function: Cow::Borrowed(function) }
    }
    /// `function` shows one.
    pub const fn show(function: &'static str) -> Self {
        Self { does: Does::Show, function: Cow::Borrowed(function) }
    }
    /// `function` creates.
    pub const fn create(function: &'static str) -> Self {
        Self { does: Does::Create, function: Cow::Borrowed(function) }
    }
    /// `function` deletes.
    pub const fn delete(function: &'static str) -> Self {
        Self { does: Does::Delete, function: Cow::Borrowed(function) }
    }
    /// `function` sends bytes.
    pub const fn upload(function: &'static str) -> Self {
        Self { does: Does::Upload, function: Cow::Borrowed(function) }
    }
    /// `function` reads bytes.
    pub const fn download(function: &'static str) -> Self {
        Self { does: Does::Download, function: Cow::Borrowed(function) }
    }
}

/// Something that can be done with one thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// The word in URLs: `reboot`.
    pub name: Str,
    /// The verb on the button: "Reboot".
    pub label: Str,
    /// The guide's function: `reboot_server`.
    pub function: Str,
    /// What it asks for.
    pub fields: List<Field>,
    /// A request as JSON, with holes as [`crate::example`] says. Pages do without.
    #[serde(skip)]
    pub example: Str,
    /// The action that must be done before, for that request to be good; empty where none must.
    #[serde(skip)]
    pub after: Str,
    /// The states in which it makes sense.
    pub when: List<State>,
    /// An attribute and the values of it with which the action is worth offering: "start" where the power is off. A hint
    /// for people: what is asked all the same is the cloud's to refuse, because ours may be the older knowledge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<(Str, List<Str>)>,
    /// Which of the words of a field can be asked for, by what an attribute is now. A hint, as `only` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub narrowed: Option<Narrowed>,
    /// What it interrupts or destroys, for the confirmation; empty when it is harmless.
    pub danger: Str,
    /// Its output is shown to the caller and nobody else.
    pub output: Output,
    /// Its form stands on the thing's page, and its output below it.
    #[serde(default)]
    pub inline: bool,
}

/// What an action or a creation hands back beside the thing itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Nothing.
    None,
    /// Text, such as a console log.
    Text,
    /// What became of each of many objects: a list of [`crate::applied::Applied`] as JSON.
    Objects,
    /// Numbers: a list of [`crate::handed::Figure`] as JSON.
    Figures,
    /// What hangs on a thing: a [`crate::handed::Branch`] as JSON.
    Tree,
    /// Shown once and stored nowhere: a private key. Needs the role operator.
    Once,
}

impl Action {
    /// A harmless action without fields, for active things.
    pub const fn new(name: &'static str, label: &'static str, function: &'static str) -> Self {
        Self {
            name: Cow::Borrowed(name),
            label: Cow::Borrowed(label),
            function: Cow::Borrowed(function),
            fields: Cow::Borrowed(&[]),
            example: Cow::Borrowed("{}"),
            after: Cow::Borrowed(""),
            when: Cow::Borrowed(&[State::Active]),
            only: None,
            narrowed: None,
            danger: Cow::Borrowed(""),
            output: Output::None,
            inline: false,
        }
    }
    /// That asks for something first.
    #[must_use]
    pub const fn asks(mut self, fields: &'static [Field]) -> Self {
        // Forgotten, because a constant function cannot drop; what is forgotten is a constant too.
        std::mem::forget(std::mem::replace(&mut self.fields, Cow::Borrowed(fields)));
        self
    }
    /// That is asked so, for instance.
    #[must_use]
    pub const fn example(mut self, example: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.example, Cow::Borrowed(example)));
        self
    }
    /// That can be asked so once another was done.
    #[must_use]
    pub const fn after(mut self, action: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.after, Cow::Borrowed(action)));
        self
    }
    /// That interrupts or destroys something, in a sentence.
    #[must_use]
    pub const fn danger(mut self, danger: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.danger, Cow::Borrowed(danger)));
        self
    }
    /// That is offered only while the attribute has one of the values.
    #[must_use]
    pub const fn only(mut self, attribute: &'static str, values: &'static [Str]) -> Self {
        std::mem::forget(self.only.replace((Cow::Borrowed(attribute), Cow::Borrowed(values))));
        self
    }
    /// That makes sense in these states, and not only in the active one.
    #[must_use]
    pub const fn when(mut self, states: &'static [State]) -> Self {
        std::mem::forget(std::mem::replace(&mut self.when, Cow::Borrowed(states)));
        self
    }
    /// Whether to offer it for a thing in this state with these attributes.
    pub fn is_offered(&self, state: State, attributes: &Spec) -> bool {
        let fits = |(attribute, values): &(Str, List<Str>)| {
            let now = attributes.get(attribute.as_ref()).and_then(|value| value.as_str());
            // An attribute that nobody knows yet hides nothing.
            now.is_none_or(|now| values.iter().any(|value| value == now))
        };
        let sayable = self.words(attributes).is_none_or(|words| !words.is_empty());
        self.when.contains(&state) && sayable && self.only.as_ref().is_none_or(fits)
    }
    /// Whose form stands on the thing's page.
    #[must_use]
    pub const fn inline(mut self) -> Self {
        self.inline = true;
        self
    }
    /// That hands something back.
    #[must_use]
    pub const fn output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }
}

impl Kind {
    /// A kind of a bound project that is listed in the navigation and only shown: so far without columns and verbs.
    pub const fn live(
        (slug, title, plural): (&'static str, &'static str, &'static str),
        group: Group,
        service: &'static str,
        collection: &'static str,
    ) -> Self {
        Self {
            slug: Cow::Borrowed(slug),
            title: Cow::Borrowed(title),
            plural: Cow::Borrowed(plural),
            about: Cow::Borrowed(""),
            group,
            service: Cow::Borrowed(service),
            collection: Cow::Borrowed(collection),
            fields: Cow::Borrowed(&[]),
            example: Cow::Borrowed(""),
            columns: Cow::Borrowed(&[]),
            verbs: Cow::Borrowed(&[]),
            actions: Cow::Borrowed(&[]),
            scope: Scope::Project,
            identity: Identity::Id,
            custody: Custody::Live,
            parent: None,
            listed: true,
        }
    }
    /// The same, with a row for each.
    pub const fn kept(
        words: (&'static str, &'static str, &'static str),
        group: Group,
        service: &'static str,
        collection: &'static str,
    ) -> Self {
        let mut kind = Self::live(words, group, service, collection);
        kind.custody = Custody::Kept;
        kind
    }
    /// What it is for, in a sentence.
    #[must_use]
    pub const fn about(mut self, about: &'static str) -> Self {
        // Forgotten, because a constant function cannot drop; what is forgotten is a constant too.
        std::mem::forget(std::mem::replace(&mut self.about, Cow::Borrowed(about)));
        self
    }
    /// What a creation asks for, and how it is asked for instance.
    #[must_use]
    pub const fn asks(mut self, fields: &'static [Field], example: &'static str) -> Self {
        std::mem::forget(std::mem::replace(&mut self.fields, Cow::Borrowed(fields)));
        std::mem::forget(std::mem::replace(&mut self.example, Cow::Borrowed(example)));
        self
    }
    /// What its list shows.
    #[must_use]
    pub const fn columns(mut self, columns: &'static [Column]) -> Self {
        std::mem::forget(std::mem::replace(&mut self.columns, Cow::Borrowed(columns)));
        self
    }
    /// What can be done with all of them.
    #[must_use]
    pub const fn verbs(mut self, verbs: &'static [Verb]) -> Self {
        std::mem::forget(std::mem::replace(&mut self.verbs, Cow::Borrowed(verbs)));
        self
    }
    /// What can be done with one.
    #[must_use]
    pub const fn actions(mut self, actions: &'static [Action]) -> Self {
        std::mem::forget(std::mem::replace(&mut self.actions, Cow::Borrowed(actions)));
        self
    }
    /// What names one in the cloud, where that is not an id.
    #[must_use]
    pub const fn named_by(mut self, identity: Identity) -> Self {
        self.identity = identity;
        self
    }
    /// Of the whole cloud, which only platform administrators see and change.
    #[must_use]
    pub const fn for_administrators(mut self) -> Self {
        self.scope = Scope::Admin;
        self
    }
    /// Without a place in the navigation.
    #[must_use]
    pub const fn unlisted(mut self) -> Self {
        self.listed = false;
        self
    }
    /// In a thing of that kind, whose actions make one and remove one; empty where there are none.
    #[must_use]
    pub const fn within(
        mut self,
        kind: &'static str,
        adds: &'static str,
        (removes, which): (&'static str, &'static str),
    ) -> Self {
        let removes = (Cow::Borrowed(removes), Cow::Borrowed(which));
        let edits = (Cow::Borrowed(""), Cow::Borrowed(""));
        let parent = Parent { kind: Cow::Borrowed(kind), adds: Cow::Borrowed(adds), removes, edits };
        std::mem::forget(self.parent.replace(parent));
        self.unlisted()
    }
    /// In a thing whose action changes one, beside the one that adds and the one that removes.
    #[must_use]
    pub const fn changed_by(mut self, edits: &'static str, which: &'static str) -> Self {
        if let Some(parent) = &mut self.parent {
            std::mem::forget(std::mem::replace(&mut parent.edits, (Cow::Borrowed(edits), Cow::Borrowed(which))));
        }
        self
    }
    /// The first part of its address in the API: its group, or `admin` for what only administrators reach.
    pub const fn area(&self) -> &'static str {
        match self.scope {
            Scope::Project => self.group.as_str(),
            Scope::Admin => "admin",
        }
    }
    /// Whether no cloud has it and the portal answers for its service itself, as for the guide's CDN.
    pub fn is_simulated(&self) -> bool {
        self.service == "cdn"
    }
    /// Whether it does `does`.
    pub fn can(&self, does: Does) -> bool {
        self.verbs.iter().any(|verb| verb.does == does)
    }
    /// The action of that name.
    pub fn action(&self, name: &str) -> Option<&Action> {
        self.actions.iter().find(|action| action.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::{Action, Str};
    use crate::State;
    use serde_json::json;
    use std::borrow::Cow;

    const OFF: &[Str] = &[Cow::Borrowed("shutoff")];

    #[test]
    fn an_action_is_offered_in_its_states_and_with_the_attribute_it_wants_or_an_unknown_one() {
        let start = Action::new("start", "Start", "start_server").only("power", OFF);
        let with = |power: &str| json!({ "power": power }).as_object().cloned().unwrap();
        assert!(start.is_offered(State::Active, &with("shutoff")));
        assert!(!start.is_offered(State::Active, &with("active")));
        assert!(start.is_offered(State::Active, &crate::Spec::new()));
        assert!(!start.is_offered(State::Building, &with("shutoff")));
    }
}
