//! What can be done with a kind from the command line.
use super::kebab;
use model::{
    Field, Kind, Scope,
    kind::{Action, Does},
};
use reqwest::Method;

/// What can be done with a kind.
#[derive(Clone, Copy, Debug)]
pub(super) enum Operation {
    List,
    Show,
    Create,
    Delete,
    Upload,
    Download,
    Act(&'static Action),
}

impl Operation {
    /// All that can be done with a kind.
    pub(super) fn all(kind: &'static Kind) -> Vec<Self> {
        const VERBS: [(Does, Operation); 6] = [
            (Does::List, Operation::List),
            (Does::List, Operation::Show),
            (Does::Create, Operation::Create),
            (Does::Delete, Operation::Delete),
            (Does::Upload, Operation::Upload),
            (Does::Download, Operation::Download),
        ];
        let verbs = VERBS.into_iter().filter(|(does, _)| kind.can(*does)).map(|(_, operation)| operation);
        verbs.chain(kind.actions.iter().map(Self::Act)).collect()
    }

    /// Its word on the command line.
    pub(super) fn word(self) -> String {
        match self {
            Self::List => "list".to_owned(),
            Self::Show => "show".to_owned(),
            Self::Create => "create".to_owned(),
            Self::Delete => "delete".to_owned(),
            Self::Upload => "upload".to_owned(),
            Self::Download => "download".to_owned(),
            Self::Act(action) => kebab(&action.name),
        }
    }

    /// What it does, in a few words.
    pub(super) fn about(self, kind: &Kind) -> String {
        let one = kind.title.to_lowercase();
        match self {
            Self::List => format!("List {}", kind.plural.to_lowercase()),
            Self::Show => format!("Show one {one}"),
            Self::Create => format!("Create one {one}"),
            Self::Delete => format!("Delete one {one}"),
            Self::Upload => format!("Send one {one} from a file or standard input"),
            Self::Download => format!("Write one {one} to a file or standard output"),
            Self::Act(action) => action.label.to_string(),
        }
    }

    /// What it asks for beside the place and the thing.
    pub(super) fn fields(self, kind: &'static Kind) -> &'static [Field] {
        match self {
            Self::Create => &kind.fields,
            Self::Act(action) => &action.fields,
            Self::List | Self::Show | Self::Delete | Self::Upload | Self::Download => &[],
        }
    }

    /// How the portal is asked.
    pub(super) fn method(self) -> Method {
        match self {
            Self::List | Self::Show | Self::Download => Method::GET,
            Self::Create | Self::Act(_) => Method::POST,
            Self::Upload => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }

    /// The options that it has beside its fields, by their long names.
    pub(super) fn options(self, kind: &Kind) -> Vec<&'static str> {
        let mut options = place(kind).iter().map(|(option, _)| *option).chain(["help"]).collect::<Vec<_>>();
        match self {
            // What is the whole cloud's is listed as a whole; objects by the folder.
            Self::List if kind.scope == Scope::Admin => {}
            Self::List if kind.can(Does::Upload) => options.extend(["prefix", "marker"]),
            Self::List => options.extend(["limit", "cursor"]),
            Self::Show | Self::Delete => options.push("id"),
            Self::Create => options.extend(["key", "field"]),
            Self::Upload => options.extend(["id", "overwrite", "content-type", "file"]),
            Self::Download => options.extend(["id", "overwrite", "file"]),
            Self::Act(_) => options.extend(["id", "key", "field"]),
        }
        // An object that is written out has no other answer.
        if !matches!(self, Self::Download) {
            options.push("json");
        }
        if kind.parent.is_some() && matches!(self, Self::List | Self::Show | Self::Upload | Self::Download) {
            options.push("parent");
        }
        options
    }
}

/// Where things of a kind are: the options that say it, each with its name in the API.
pub(super) fn place(kind: &Kind) -> &'static [(&'static str, &'static str)] {
    match kind.scope {
        Scope::Project => &[("workspace", "workspace_id"), ("environment", "environment_id")],
        Scope::Admin => &[("region", "region")],
    }
}
