//! `atonix call KIND OPERATION`: everything that can be done with every kind of the catalogue. Commands and options are
//! made from the descriptors, as pages and REST are; the portal's REST API is asked, and what it says is shown.
mod shown;
mod values;

use super::remote;
use crate::{config::Remote, rest};
use anyhow::Context;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand, error::ErrorKind};
use model::{
    Field, Input, Kind, Scope,
    kind::{Action, Does},
};
use reqwest::Method;
use serde_json::{Map, Value, json};
use std::process::ExitCode;
use url::Url;
use values::Given;

/// What is to be done, and what was given for it.
#[derive(Debug)]
pub(super) struct Call {
    kind: &'static Kind,
    operation: Operation,
    given: ArgMatches,
}

/// What can be done with a kind.
#[derive(Clone, Copy, Debug)]
enum Operation {
    List,
    Show,
    Create,
    Delete,
    Act(&'static Action),
}

impl Operation {
    /// All that can be done with a kind.
    fn all(kind: &'static Kind) -> Vec<Self> {
        let verbs = [(Does::List, Self::List), (Does::List, Self::Show), (Does::Create, Self::Create)];
        let verbs = verbs.into_iter().chain([(Does::Delete, Self::Delete)]);
        let verbs = verbs.filter(|(does, _)| kind.can(*does)).map(|(_, operation)| operation);
        verbs.chain(kind.actions.iter().map(Self::Act)).collect()
    }

    /// Its word on the command line.
    fn word(self) -> String {
        match self {
            Self::List => "list".to_owned(),
            Self::Show => "show".to_owned(),
            Self::Create => "create".to_owned(),
            Self::Delete => "delete".to_owned(),
            Self::Act(action) => kebab(&action.name),
        }
    }

    /// What it does, in a few words.
    fn about(self, kind: &Kind) -> String {
        let one = kind.title.to_lowercase();
        match self {
            Self::List => format!("List {}", kind.plural.to_lowercase()),
            Self::Show => format!("Show one {one}"),
            Self::Create => format!("Create one {one}"),
            Self::Delete => format!("Delete one {one}"),
            Self::Act(action) => action.label.to_string(),
        }
    }

    /// What it asks for beside the place and the thing.
    fn fields(self, kind: &'static Kind) -> &'static [Field] {
        match self {
            Self::Create => &kind.fields,
            Self::Act(action) => &action.fields,
            Self::List | Self::Show | Self::Delete => &[],
        }
    }

    /// The options that every kind has, by their long names.
    fn options(self, kind: &Kind) -> Vec<&'static str> {
        let mut options = vec!["workspace", "environment", "json", "help"];
        match self {
            Self::List => options.extend(["limit", "cursor"]),
            Self::Show | Self::Delete => options.push("id"),
            Self::Create => options.extend(["key", "field"]),
            Self::Act(_) => options.extend(["id", "key", "field"]),
        }
        if kind.parent.is_some() && matches!(self, Self::List | Self::Show) {
            options.push("parent");
        }
        options
    }
}

/// A name as an option: `flavor_id` is `--flavor-id`.
fn kebab(name: &str) -> String {
    name.replace('_', "-")
}

/// The kinds of bound projects, which have a place.
fn kinds() -> impl Iterator<Item = &'static Kind> {
    rest::kinds().filter(|kind| kind.scope == Scope::Project)
}

impl FromArgMatches for Call {
    fn from_arg_matches(given: &ArgMatches) -> Result<Self, clap::Error> {
        let missing = || clap::Error::new(ErrorKind::MissingSubcommand);
        let (slug, below) = given.subcommand().ok_or_else(missing)?;
        let (word, below) = below.subcommand().ok_or_else(missing)?;
        let kind = kinds().find(|kind| kebab(&kind.slug) == slug).ok_or_else(missing)?;
        let operation = Operation::all(kind).into_iter().find(|one| one.word() == word).ok_or_else(missing)?;
        Ok(Self { kind, operation, given: below.clone() })
    }

    fn update_from_arg_matches(&mut self, given: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(given)?;
        Ok(())
    }
}

impl Subcommand for Call {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommand_value_name("KIND").subcommand_help_heading("Kinds").subcommands(kinds().map(of_kind))
    }
    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }
    fn has_subcommand(name: &str) -> bool {
        kinds().any(|kind| kebab(&kind.slug) == name || kind.slug == name)
    }
}

/// The command of a kind, with what can be done below it.
fn of_kind(kind: &'static Kind) -> Command {
    let name = kebab(&kind.slug);
    let mut help = "Fields (* may be left out):\n".to_owned();
    for operation in Operation::all(kind) {
        let mark = |field: &Field| format!("--{}{}", kebab(&field.name), if field.required { "" } else { "*" });
        let fields: Vec<String> = operation.fields(kind).iter().map(mark).collect();
        help.push_str(format!("  {:<18} {}", operation.word(), fields.join(" ")).trim_end());
        help.push('\n');
    }
    let place = "--workspace devops-team --environment dev";
    help.push_str(&format!("\nExample:\n  atonix call {name} list {place}"));
    if kind.parent.is_some() {
        help.push_str(" --parent ID-OR-NAME");
    }
    let mut command = Command::new(name)
        .about(kind.about.to_string())
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand_value_name("OPERATION")
        .subcommand_help_heading("Operations")
        .after_help(help)
        .subcommands(Operation::all(kind).into_iter().map(|operation| of_operation(kind, operation)));
    if kind.slug.contains('_') {
        command = command.alias(kind.slug.to_string());
    }
    command
}

fn of_operation(kind: &'static Kind, operation: Operation) -> Command {
    let option = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    let mut command = Command::new(operation.word())
        .about(operation.about(kind))
        .arg(option("workspace", "SLUG", "The workspace").required(true))
        .arg(option("environment", "NAME", "dev, staging or prod").required(true))
        .arg(Arg::new("json").long("json").action(ArgAction::SetTrue).help("Print the answer as the portal sends it"));
    let options = operation.options(kind);
    if options.contains(&"id") {
        command = command.arg(option("id", "ID", "The thing, by the cloud's id or its row's").required(true));
    }
    if options.contains(&"parent") {
        command = command.arg(option("parent", "ID", "What it lies in, by id or name").required(true));
    }
    if options.contains(&"cursor") {
        command = command.arg(option("limit", "NUMBER", "How many things a page has, 1 to 500; 100 when absent"));
        command = command.arg(option("cursor", "CURSOR", "The page behind another, as that said at its end"));
    }
    if options.contains(&"key") {
        let help = "Sent as Idempotency-Key: the same command may then be repeated safely. A fresh one when absent";
        let field = "A field by its name in the API, where an option of this command is called the same";
        command = command.arg(option("key", "KEY", help));
        command = command.arg(option("field", "NAME=VALUE", field).action(ArgAction::Append));
        command = command.after_help(
            "A value of the form @FILE is read from that file, and - from standard input, so that a secret stands in no
list of processes. What begins with an @ itself is written with two. The flag --json shows all of an answer;
without it, what an operation hands over (a log, a private key) is alone on standard output.",
        );
    }
    let own = operation.fields(kind).iter().filter(|field| !options.contains(&kebab(&field.name).as_str()));
    command.args(own.map(of_field))
}

/// A field as an option.
fn of_field(field: &'static Field) -> Arg {
    let name = kebab(&field.name);
    let (value, takes) = match &field.input {
        Input::Number { min, max, unit } => {
            ("NUMBER".to_owned(), format!("{min} to {max} {unit}").trim_end().to_owned())
        }
        Input::Flag => ("yes|no".to_owned(), String::new()),
        Input::Cidr => ("NETWORK".to_owned(), String::new()),
        Input::OneOf { options } => {
            let words: Vec<&str> = options.iter().map(|(word, _)| word.as_ref()).collect();
            ("WORD".to_owned(), words.join(", "))
        }
        Input::Choice { of, .. } => (of.to_uppercase().replace('_', "-"), "by id or name".to_owned()),
        Input::Lines { .. } => ("TEXT".to_owned(), "may be given several times".to_owned()),
        Input::Text { .. } | Input::LongText { .. } => ("TEXT".to_owned(), String::new()),
    };
    let optional = if field.required { "" } else { "optional" };
    let secret = if field.secret { "secret: give @FILE or -" } else { "" };
    let said: Vec<&str> = [optional, &takes, secret].into_iter().filter(|text| !text.is_empty()).collect();
    let said = if said.is_empty() { String::new() } else { format!(" ({})", said.join("; ")) };
    let help = format!("{}{said}. {}", field.label, field.help);
    let action = if matches!(field.input, Input::Lines { .. }) { ArgAction::Append } else { ArgAction::Set };
    let arg = Arg::new(values::id(field))
        .long(name.clone())
        .value_name(value)
        .help(help.trim().to_owned())
        .help_heading("Fields")
        .allow_negative_numbers(true)
        .action(action);
    if name == field.name { arg } else { arg.alias(field.name.to_string()) }
}

/// Does it, shows the answer, and fails when the portal says no.
pub(super) async fn call(call: Call) -> anyhow::Result<ExitCode> {
    let Call { kind, operation, given } = &call;
    let text = |name: &str| given.get_one::<String>(name).cloned().unwrap_or_default();
    let optional = |name: &str| given.try_get_one::<String>(name).ok().flatten().cloned();
    let remote = Remote::from_environment()?;
    let mut url = remote.url.join(rest::collection(kind).trim_start_matches('/'))?;
    let behind = match operation {
        Operation::List | Operation::Create => vec![],
        Operation::Show | Operation::Delete => vec![text("id")],
        Operation::Act(action) => vec![text("id"), action.name.to_string()],
    };
    extend(&mut url, &behind)?;
    let place = [("workspace_id", text("workspace")), ("environment_id", text("environment"))];
    let method = match operation {
        Operation::List | Operation::Show => Method::GET,
        Operation::Create | Operation::Act(_) => Method::POST,
        Operation::Delete => Method::DELETE,
    };
    let (body, key) = if method == Method::POST {
        let mut body = values::body(operation.fields(kind), &Given::of(given))?;
        body.extend(place.map(|(name, value)| (name.to_owned(), json!(value))));
        (Some(Value::Object(body)), Some(optional("key").unwrap_or_else(|| uuid::Uuid::now_v7().to_string())))
    } else {
        let more = ["parent", "limit", "cursor"].into_iter().filter_map(|name| Some((name, optional(name)?)));
        url.query_pairs_mut().extend_pairs(place.into_iter().chain(more));
        (None, None)
    };
    let answer = remote::ask(&remote, method, url, body.as_ref(), key.as_deref()).await?;
    let parsed: Option<Map<String, Value>> = serde_json::from_str(&answer.text).ok();
    if given.get_flag("json") {
        super::say(&answer.text)?;
        return Ok(if answer.ok { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let parsed = parsed.with_context(|| format!("the portal answered {} without JSON", answer.status))?;
    if !answer.ok {
        anyhow::bail!(shown::refusal(&parsed, operation.fields(kind)));
    }
    match operation {
        Operation::List => shown::list(kind, &parsed)?,
        _ => shown::one(&parsed)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Goes on with these segments, each encoded by itself, and a slash at the end.
fn extend(url: &mut Url, behind: &[String]) -> anyhow::Result<()> {
    // `.` and `..` would lead elsewhere, and no thing is called so.
    anyhow::ensure!(!behind.iter().any(|one| matches!(one.as_str(), "" | "." | "..")), "--id does not name anything");
    let mut segments = url.path_segments_mut().map_err(|()| anyhow::anyhow!("ATONIX_URL is no address of a server"))?;
    segments.pop_if_empty().extend(behind).push("");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_every_kind_is_a_command_with_all_its_fields() {
        let root = Call::augment_subcommands(Command::new("call"));
        root.clone().debug_assert();
        for kind in kinds() {
            let command = root.find_subcommand(kebab(&kind.slug)).unwrap();
            for operation in Operation::all(kind) {
                let leaf = command.find_subcommand(operation.word()).unwrap_or_else(|| panic!("{operation:?}"));
                for field in operation.fields(kind) {
                    let option = leaf.get_arguments().find(|arg| arg.get_id().as_str() == values::id(field));
                    let by_field = leaf.get_arguments().any(|arg| arg.get_long() == Some(kebab(&field.name).as_str()));
                    assert!(option.is_some() || by_field, "{} {}", kind.slug, field.name);
                }
            }
        }
    }

    #[test]
    fn an_id_is_one_segment_whatever_is_in_it() {
        let mut url = Url::parse("http://portal.test/api/services/compute/nova/servers/").unwrap();
        extend(&mut url, &["a/../b?c".to_owned(), "stop".to_owned()]).unwrap();
        assert_eq!(url.as_str(), "http://portal.test/api/services/compute/nova/servers/a%2F..%2Fb%3Fc/stop/");
        assert!(extend(&mut url, &["..".to_owned()]).is_err());
    }
}
