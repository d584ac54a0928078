//! What forms ask of the portal, and where they lead.
use super::{Landing, Typed, place, submit};
use crate::{
    data::{Flash, whole},
    failure::Failure,
    words,
};
use model::{
    Error, Field, FormValues, Input, Role,
    view::{Acted, BindingProbe, CloudItem, IssuedToken, NewToken, Provisioned, ResourceView, WholeItem},
};
use portal::{Ctx, Portal, SpecInput};

/// Creates a thing; then to its page.
pub(crate) async fn provision(
    workspace: String,
    environment: String,
    kind: String,
    key: String,
    spec: FormValues,
) -> Result<Provisioned, Failure> {
    let fields = portal::catalogue().find(|one| one.slug == kind).map_or(&[][..], |one| &one.fields);
    let typed = typed(fields, &spec);
    let work = async |portal: Portal, ctx: Ctx| {
        let place = place(&workspace, &environment)?;
        portal.provision(&ctx, &place, &kind, SpecInput::Form(spec), key_of(&key)).await
    };
    let landing = |done: &Provisioned| Landing { once: done.once.clone(), ..to_resource(&done.view) };
    submit("provision", typed, work, landing).await
}

/// Does something to a thing; then to its page.
pub(crate) async fn act(
    workspace: String,
    environment: String,
    kind: String,
    id: String,
    action: String,
    key: String,
    spec: FormValues,
) -> Result<Acted, Failure> {
    let known = portal::catalogue().find(|one| one.slug == kind).and_then(|one| one.action(&action));
    let mut typed = typed(known.map_or(&[][..], |action| &action.fields), &spec);
    let name = known.map(|action| action.name.to_string());
    typed.action = name.clone();
    let said = known.map(|action| words::asked_for(&action.label));
    let work = async |portal: Portal, ctx: Ctx| {
        let place = place(&workspace, &environment)?;
        portal.act(&ctx, &place, &kind, &id, &action, SpecInput::Form(spec), key_of(&key)).await
    };
    let landing = |done: &Acted| Landing { said, once: done.output.clone(), action: name, ..to_resource(&done.view) };
    submit("act", typed, work, landing).await
}

/// Creates one of the whole cloud's things; then to its page.
pub(crate) async fn create_whole(region: String, kind: String, spec: FormValues) -> Result<CloudItem, Failure> {
    let known = portal::catalogue().find(|one| one.slug == kind);
    let typed = typed(known.map_or(&[][..], |one| &one.fields), &spec);
    let said = known.map(|one| words::was_created(&one.title));
    let work = async |portal: Portal, ctx: Ctx| portal.create_whole(&ctx, &region, &kind, SpecInput::Form(spec)).await;
    let landing = |made: &CloudItem| {
        let to = Some(whole(&region, &kind, &[made.id.as_str()]));
        Landing { to, said, ..Landing::default() }
    };
    submit("create_whole", typed, work, landing).await
}

/// Does something with one of the whole cloud's things; then to its page.
pub(crate) async fn act_whole(
    region: String,
    kind: String,
    id: String,
    action: String,
    spec: FormValues,
) -> Result<WholeItem, Failure> {
    let known = portal::catalogue().find(|one| one.slug == kind).and_then(|one| one.action(&action));
    let typed = typed(known.map_or(&[][..], |action| &action.fields), &spec);
    let said = known.map(|action| words::asked_for(&action.label));
    let work = async |portal: Portal, ctx: Ctx| {
        portal.act_whole(&ctx, &region, (&kind, &id), &action, SpecInput::Form(spec)).await
    };
    let landing = |_: &WholeItem| Landing { to: Some(whole(&region, &kind, &[&id])), said, ..Landing::default() };
    submit("act_whole", typed, work, landing).await
}

/// Deletes one of the whole cloud's things; then to the list of its kind.
pub(crate) async fn delete_whole(region: String, kind: String, id: String) -> Result<(), Failure> {
    let work = async |portal: Portal, ctx: Ctx| portal.delete_whole(&ctx, &region, &kind, &id).await;
    let landing = |(): &()| {
        let said = Some(words::WAS_DELETED.to_owned());
        Landing { to: Some(whole(&region, &kind, &[])), said, ..Landing::default() }
    };
    submit("delete_whole", FormValues::new(), work, landing).await
}

/// Issues a token, which its page shows once.
pub(crate) async fn issue_token(
    name: String,
    workspace: String,
    environments: Vec<String>,
    read_only: bool,
    days: String,
) -> Result<IssuedToken, Failure> {
    let typed = FormValues::from([
        ("name".to_owned(), name.clone()),
        ("workspace".to_owned(), workspace.clone()),
        ("expires_in_days".to_owned(), days.clone()),
    ]);
    let work = async |portal: Portal, ctx: Ctx| {
        let expires_in_days = match days.trim() {
            "" => None,
            days => Some(days.parse().map_err(|_| Error::invalid("expires_in_days", words::WHOLE_NUMBER))?),
        };
        let workspace = Some(workspace).filter(|slug| !slug.is_empty());
        portal.issue_token(&ctx, NewToken { name, workspace, environments, read_only, expires_in_days }).await
    };
    let landing = |done: &IssuedToken| Landing { once: Some(done.token.clone()), ..Landing::default() };
    submit("issue_token", typed, work, landing).await
}

/// Tests a binding; without JavaScript its page shows what was found above what was typed.
pub(crate) async fn submit_probe(
    typed: FormValues,
    work: impl AsyncFnOnce(Portal, Ctx) -> model::Result<BindingProbe>,
) -> Result<BindingProbe, Failure> {
    let values = typed.clone();
    let kept = |probe: &BindingProbe| Flash {
        form: "create_binding".to_owned(),
        values,
        probe: Some(probe.clone()),
        ..Flash::default()
    };
    super::submit_keeping("create_binding", typed, work, kept).await
}

/// To the page of the thing itself.
pub(crate) fn to_resource(view: &ResourceView) -> Landing {
    let to = format!("/w/{}/{}/r/{}", view.workspace_id, view.environment_id, view.id);
    Landing { to: Some(to), ..Landing::default() }
}

/// Back to the inventory, with what could not be deleted.
pub(crate) fn after_bulk(to: String, done: &[(String, Result<ResourceView, Error>)]) -> Landing {
    let refused = done.iter().filter(|(_, outcome)| outcome.is_err()).count();
    Landing { to: Some(to), said: Some(words::bulk_done(done.len() - refused, refused)), ..Landing::default() }
}

/// Back to the form's page, with a sentence.
pub(crate) fn said(sentence: &str) -> Landing {
    Landing { said: Some(sentence.to_owned()), ..Landing::default() }
}

/// Reads a role from a form.
pub(crate) fn role(word: &str) -> model::Result<Role> {
    word.parse().map_err(|sentence: String| Error::invalid("role", sentence))
}

/// A form's values as they were typed.
pub(crate) fn flat(form: &impl serde::Serialize) -> FormValues {
    let Ok(serde_json::Value::Object(values)) = serde_json::to_value(form) else { return FormValues::new() };
    let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.into_iter().map(|(name, value)| (name, text(value))).collect()
}

fn key_of(key: &str) -> Option<&str> {
    Some(key).filter(|key| !key.is_empty())
}

/// What was typed, with secrets left out, but for long texts.
fn typed(fields: &[Field], spec: &FormValues) -> Typed {
    // Of what nobody knows the fields of, nobody knows what is secret.
    if fields.is_empty() {
        return Typed::default();
    }
    let secret = |name: &str| fields.iter().find(|field| field.secret && field.name == name);
    let (mut plain, mut withheld) = (FormValues::new(), FormValues::new());
    for (name, text) in spec {
        match secret(name).map(|field| &field.input) {
            None => plain.insert(name.clone(), text.clone()),
            Some(Input::LongText { .. }) => withheld.insert(name.clone(), text.clone()),
            Some(_) => None,
        };
    }
    Typed { plain, withheld, action: None }
}
