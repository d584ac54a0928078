//! Keypairs. In Nova a keypair belongs to a user, and the only user is our account, so that all teams would share one
//! drawer: ours are rows, named `{binding}-{name}` in Nova and shown by the name that was asked for.
//!
//! There is no place for the row's id: Nova keeps nothing with a keypair but its name and its key. The name is its
//! identity and is looked up by itself; whether what bears it is ours, the public key tells.
use crate::{Ask, Definition, Kept, Part, Seen, Tag, clients::NOVA};
use model::{
    Column, Field, Group, Identity, Kind, Spec,
    kind::{Show, Verb},
};
use openstack::{Collection, Microversion, Paging};
use serde::Deserialize;
use serde_json::{Value, json};
use ssh_key::{LineEnding, PrivateKey, PublicKey, private::Ed25519Keypair};

/// The length of a binding's id and the hyphen behind it.
const PREFIX: usize = 37;
/// Nova takes 255 characters in all.
const NAME_MAX: usize = 255 - PREFIX;

static KEYPAIRS: Collection = Collection {
    one: Some("keypair"),
    paging: Paging::None,
    microversion: Some(Microversion(2, 2)),
    ..Collection::new(&NOVA, "os-keypairs", "keypairs")
};

/// Keypairs.
pub(crate) static KEYPAIR: Definition = Definition::new(Kind::kept(("nova_keypair", "Keypair", "Keypairs"), Group::Compute, "nova", "keypairs")
.about("A keypair lets you sign in to servers over SSH: they get the public half, you keep the private one.")
.asks(const { &[
            Field::text("name", "Name").help("Letters, digits, spaces, hyphens and underscores."),
            Field::long_text("public_key", "Public key", 16_384).optional().help(
                "The content of your id_ed25519.pub or id_rsa.pub. Left empty, a pair is made, and the private key is shown once.",
            ),
        ] }, r#"{"name": "<name>"}"#)
.columns(const { &[Column::new("fingerprint", "Fingerprint", Show::Mono)] })
.verbs(const { &[
            Verb::list("list_keypairs"),
            Verb::create("create_keypair"),
            Verb::delete("delete_keypair"),
        ] })
.named_by(Identity::Name), &KEYPAIRS, read)
.detail(|seen| seen.text("fingerprint").to_owned())
.kept(Kept {
        refuse,
        prepare,
        chosen_id: Some(name_in_nova),
        another,
        ..Kept::new(Tag::Name, &[Part { noun: "keypair", collection: &KEYPAIRS, wanted: |_| true, body, read }])
    });

/// Nova's rule for names, and that the key is one.
fn refuse(spec: &Spec) -> Option<(&'static str, String)> {
    let name = spec.get("name").and_then(Value::as_str).unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || " -_".contains(c);
    if name.len() > NAME_MAX {
        return Some(("name", format!("This is {} characters long; {NAME_MAX} at most.", name.chars().count())));
    }
    if !name.chars().all(allowed) || name.trim() != name {
        return Some((
            "name",
            "Use letters, digits, hyphens and underscores, and spaces only between them.".to_owned(),
        ));
    }
    let key = spec.get("public_key").and_then(Value::as_str)?;
    match PublicKey::from_openssh(key.trim()) {
        Ok(_) => None,
        Err(_) => Some((
            "public_key",
            "This is no public key in OpenSSH's form (ssh-ed25519 AAAA… or ssh-rsa AAAA…).".to_owned(),
        )),
    }
}

/// Makes a pair where no public key was given: Nova from 2.92 on only imports.
fn prepare(spec: &mut Spec, seed: [u8; 32]) -> Option<String> {
    if let Some(key) = spec.get("public_key").and_then(Value::as_str) {
        let key = key.trim().to_owned();
        spec.insert("public_key".to_owned(), Value::from(key));
        return None;
    }
    let private = PrivateKey::from(Ed25519Keypair::from_seed(&seed));
    let public = private.public_key().to_openssh().ok()?;
    spec.insert("public_key".to_owned(), Value::from(public));
    private.to_openssh(LineEnding::LF).ok().map(|key| key.to_string())
}

fn name_in_nova(ask: &Ask<'_>) -> String {
    format!("{}-{}", ask.binding, ask.text("name"))
}

/// Another key under the same name is somebody else's. A row that was taken in as it was found may not know its key.
fn another(ask: &Ask<'_>, seen: &Seen) -> bool {
    let theirs = seen.asked.get("public_key").and_then(Value::as_str).unwrap_or_default();
    ask.has("public_key") && !same_key(ask.text("public_key"), theirs)
}

/// A line is the kind of the key, the key, and a comment, which changes nothing.
fn same_key(one: &str, other: &str) -> bool {
    one.split_whitespace().take(2).eq(other.split_whitespace().take(2))
}

fn body(ask: &Ask<'_>) -> Value {
    json!({ "name": name_in_nova(ask), "type": "ssh", "public_key": ask.text("public_key") })
}

/// <https://docs.openstack.org/api-ref/compute/#show-keypair-details>
#[derive(Deserialize)]
struct Keypair {
    name: String,
    fingerprint: Option<String>,
    public_key: Option<String>,
}

fn read(value: &Value) -> Option<Seen> {
    // Lists wrap each one once more.
    let keypair = Keypair::deserialize(value.get("keypair").unwrap_or(value)).ok()?;
    let shown = keypair.name.get(PREFIX..).unwrap_or(&keypair.name);
    let public_key = keypair.public_key.unwrap_or_default();
    let seen = Seen::new(&keypair.name, shown, None)
        .with("fingerprint", keypair.fingerprint.unwrap_or_default())
        .asking("public_key", public_key.trim());
    Some(seen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_is_made_where_no_key_was_given() {
        let mut spec = Spec::from_iter([("name".to_owned(), json!("my-keypair"))]);
        let private = prepare(&mut spec, [7; 32]).unwrap();
        let private = PrivateKey::from_openssh(private).unwrap();
        assert_eq!(spec["public_key"], private.public_key().to_openssh().unwrap());
        assert_eq!(refuse(&spec), None);
    }

    #[test]
    fn a_key_is_the_same_whatever_its_comment_says() {
        assert!(same_key("ssh-ed25519 AAAA olga", "ssh-ed25519  AAAA\n"));
        assert!(!same_key("ssh-ed25519 AAAA olga", "ssh-ed25519 AAAB olga"));
        assert!(!same_key("ssh-ed25519 AAAA", ""));
    }

    #[test]
    fn what_is_no_key_is_refused_at_its_field() {
        let spec = Spec::from_iter([("name".to_owned(), json!("a")), ("public_key".to_owned(), json!("hello"))]);
        assert_eq!(refuse(&spec).unwrap().0, "public_key");
        let spec = Spec::from_iter([("name".to_owned(), json!("<b>"))]);
        assert_eq!(refuse(&spec).unwrap().0, "name");
    }
}
