//! `atonix call KIND OPERATION`: everything that can be done with every kind of the catalogue. Commands and options are
//! made from the descriptors, as pages and REST are; the portal's REST API is asked, and what it says is shown.
mod bytes;
mod operation;
mod options;
mod shown;
mod values;

use super::{exact, remote};
use crate::{
    config::Remote,
    rest::{self, kinds},
};
use anyhow::Context;
use clap::{ArgMatches, Command, FromArgMatches, Subcommand, error::ErrorKind};
use model::Kind;
use operation::Operation;
use reqwest::{Method, StatusCode};
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

/// A name as an option: `flavor_id` is `--flavor-id`.
fn kebab(name: &str) -> String {
    name.replace('_', "-")
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
        command
            .subcommand_value_name("KIND")
            .subcommand_help_heading("Kinds")
            .subcommands(kinds().map(options::of_kind))
    }
    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }
    fn has_subcommand(name: &str) -> bool {
        kinds().any(|kind| kebab(&kind.slug) == name || kind.slug == name)
    }
}

impl Call {
    /// What was given as an option, if it was.
    fn optional(&self, name: &str) -> Option<String> {
        self.given.try_get_one::<String>(name).ok().flatten().cloned()
    }

    /// What was given as an option that clap requires.
    fn text(&self, name: &str) -> String {
        self.optional(name).unwrap_or_default()
    }

    fn flag(&self, name: &str) -> bool {
        self.given.try_get_one::<bool>(name).ok().flatten().is_some_and(|given| *given)
    }

    /// Where the thing is, by the API's names.
    fn place(&self) -> impl Iterator<Item = (&'static str, String)> {
        operation::place(self.kind).iter().map(|(option, name)| (*name, self.text(option)))
    }

    /// An address of the kind's things, behind it these segments.
    fn address(&self, remote: &Remote, behind: &[&str]) -> anyhow::Result<Url> {
        let mut url = remote.url.join(rest::collection(self.kind).trim_start_matches('/'))?;
        extend(&mut url, behind)?;
        Ok(url)
    }

    /// The same, with the place and what it lies in.
    fn placed(&self, remote: &Remote, behind: &[&str]) -> anyhow::Result<Url> {
        let mut url = self.address(remote, behind)?;
        let more = ["parent", "limit", "cursor", "prefix", "marker"];
        let more = more.into_iter().filter_map(|name| Some((name, self.optional(name)?)));
        url.query_pairs_mut().extend_pairs(self.place().chain(more));
        Ok(url)
    }

    /// The answer, when it is a good one.
    ///
    /// # Errors
    /// What the portal refuses, in its words.
    fn good(&self, answer: &remote::Answer) -> anyhow::Result<Map<String, Value>> {
        if answer.status == StatusCode::NO_CONTENT {
            return Ok(Map::new());
        }
        let parsed: Option<Map<String, Value>> = serde_json::from_str(&answer.text).ok();
        let parsed = parsed.with_context(|| format!("the portal answered {} without JSON", answer.status))?;
        anyhow::ensure!(answer.ok, shown::refusal(&parsed, self.operation.fields(self.kind)));
        Ok(parsed)
    }

    /// Shows the answer: the exit status says whether all of it was done.
    fn show(&self, answer: &remote::Answer) -> anyhow::Result<ExitCode> {
        if self.flag("json") {
            if !answer.text.is_empty() {
                super::say(&exact(&answer.text))?;
            }
            let done = answer.ok && serde_json::from_str(&answer.text).is_ok_and(|parsed| shown::is_done(&parsed));
            let done = done || (answer.ok && answer.text.is_empty());
            return Ok(if done { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        let parsed = self.good(answer)?;
        match self.operation {
            Operation::List => shown::list(self.kind, &parsed)?,
            _ => shown::one(&parsed)?,
        }
        Ok(if shown::is_done(&parsed) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Does it, shows the answer, and fails when the portal says no.
pub(super) async fn call(call: Call) -> anyhow::Result<ExitCode> {
    let remote = Remote::from_environment()?;
    let id = call.text("id");
    let behind = match &call.operation {
        Operation::List | Operation::Create => vec![],
        Operation::Show | Operation::Delete => vec![id.as_str()],
        Operation::Upload => return call.show(&bytes::up(&call, &remote).await?),
        Operation::Download => return bytes::down(&call, &remote).await.map(|()| ExitCode::SUCCESS),
        Operation::Act(action) => vec![id.as_str(), action.name.as_ref()],
    };
    let method = call.operation.method();
    let answer = if method == Method::POST {
        let mut body = values::body(call.operation.fields(call.kind), &Given::of(&call.given))?;
        body.extend(call.place().map(|(name, value)| (name.to_owned(), json!(value))));
        let key = call.optional("key").unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        let url = call.address(&remote, &behind)?;
        remote::ask(&remote, method, url, Some(&Value::Object(body)), Some(&key)).await?
    } else {
        remote::ask(&remote, method, call.placed(&remote, &behind)?, None, None).await?
    };
    call.show(&answer)
}

/// Goes on with these segments, each encoded by itself, and a slash at the end.
fn extend(url: &mut Url, behind: &[&str]) -> anyhow::Result<()> {
    // `.` and `..` would lead elsewhere, and no thing is called so.
    anyhow::ensure!(!behind.iter().any(|one| matches!(*one, "" | "." | "..")), "--id does not name anything");
    let mut segments = url.path_segments_mut().map_err(|()| anyhow::anyhow!("ATONIX_URL is no address of a server"))?;
    segments.pop_if_empty().extend(behind).push("");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_every_kind_is_a_command_with_all_its_fields_and_options() {
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
                for option in operation.options(kind).into_iter().filter(|option| *option != "help") {
                    assert!(leaf.get_arguments().any(|arg| arg.get_id() == option), "{} {option}", kind.slug);
                }
            }
        }
    }

    #[test]
    fn every_function_that_the_catalogue_names_has_a_command() {
        for kind in kinds() {
            let commands = Operation::all(kind).len();
            let shows = usize::from(kind.verbs.iter().all(|verb| verb.does != model::kind::Does::Show));
            let lists = usize::from(kind.can(model::kind::Does::List));
            assert_eq!(commands, kind.verbs.len() + shows * lists + kind.actions.len(), "{}", kind.slug);
        }
    }

    #[test]
    fn an_id_is_one_segment_whatever_is_in_it() {
        let mut url = Url::parse("http://portal.test/api/services/compute/nova/servers/").unwrap();
        extend(&mut url, &["a/../b?c", "stop"]).unwrap();
        assert_eq!(url.as_str(), "http://portal.test/api/services/compute/nova/servers/a%2F..%2Fb%3Fc/stop/");
        assert!(extend(&mut url, &[".."]).is_err());
    }
}
