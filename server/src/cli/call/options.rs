//! The commands and options of `atonix call`, made from the descriptors.
use super::{kebab, operation::Operation, values};
use clap::{Arg, ArgAction, Command};
use model::{Field, Input, Kind, Scope, kind::Does};

/// The command of a kind, with what can be done below it.
pub(super) fn of_kind(kind: &'static Kind) -> Command {
    let name = kebab(&kind.slug);
    let mut help = "Fields (* may be left out):\n".to_owned();
    for operation in Operation::all(kind) {
        let mark = |field: &Field| format!("--{}{}", kebab(&field.name), if field.required { "" } else { "*" });
        let fields: Vec<String> = operation.fields(kind).iter().map(mark).collect();
        help.push_str(format!("  {:<18} {}", operation.word(), fields.join(" ")).trim_end());
        help.push('\n');
    }
    let place = match kind.scope {
        Scope::Project => "--workspace devops-team --environment dev",
        Scope::Admin => "--region RegionOne",
    };
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

/// Options that take a value: whether they must be given, too.
const OPTIONS: [(&str, &str, &str, bool); 10] = [
    ("workspace", "SLUG", "The workspace", true),
    ("environment", "NAME", "dev, staging or prod", true),
    ("region", "NAME", "The region of the cloud, such as RegionOne", true),
    ("id", "ID", "The thing, by the cloud's id or its row's", true),
    ("parent", "ID", "What it lies in, by id or name", true),
    ("limit", "NUMBER", "How many things a page has, 1 to 500; 100 when absent", false),
    ("cursor", "CURSOR", "The page behind another, as that said at its end", false),
    ("prefix", "FOLDER/", "The folder, with a slash at its end; all of it when absent", false),
    ("marker", "MARKER", "The page behind another, as that said at its end", false),
    ("content-type", "TYPE", "The media type; by the name when absent", false),
];
/// Options that take none.
const FLAGS: [(&str, &str); 2] =
    [("overwrite", "Replace what is there"), ("json", "Print the answer as the portal sends it")];
const UPLOAD: &str = "\
A file of more than 16 MiB goes in parts. The same command goes on where it stopped, while the file stays as it is.
From standard input an object goes in one piece, of 5 GiB at most.";
const DOWNLOAD: &str = "\
What comes is kept in FILE.part until all of it is there.";

fn of_operation(kind: &'static Kind, operation: Operation) -> Command {
    let options = operation.options(kind);
    let mut command = Command::new(operation.word()).about(operation.about(kind));
    for (name, value, help, required) in OPTIONS {
        if options.contains(&name) {
            command = command.arg(Arg::new(name).long(name).value_name(value).help(help).required(required));
        }
    }
    for (name, help) in FLAGS {
        if options.contains(&name) {
            command = command.arg(Arg::new(name).long(name).action(ArgAction::SetTrue).help(help));
        }
    }
    if kind.can(Does::Upload) {
        // Swift's words for the two.
        for (name, alias) in [("id", "name"), ("parent", "container")] {
            if options.contains(&name) {
                command = command.mut_arg(name, |arg| arg.visible_alias(alias));
            }
        }
    }
    if options.contains(&"file") {
        let (help, after) = match operation {
            Operation::Download => ("Where to: @FILE, or - for standard output", DOWNLOAD),
            _ => ("Where from: @FILE, or - for standard input", UPLOAD),
        };
        command = command.arg(Arg::new("file").value_name("@FILE").required(true).help(help)).after_help(after);
    }
    if options.contains(&"key") {
        let help = "Sent as Idempotency-Key: the same command may then be repeated safely. A fresh one when absent";
        let field = "A field by its name in the API, where an option of this command is called the same";
        let more = Arg::new("field").long("field").value_name("NAME=VALUE").help(field).action(ArgAction::Append);
        command = command.arg(Arg::new("key").long("key").value_name("KEY").help(help)).arg(more).after_help(
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
