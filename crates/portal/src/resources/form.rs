//! Create forms: a kind's fields with their choices, loaded from the bound project.
use super::{
    kind, kind_in_place,
    resolve::{Own, Resolver, fitting, narrowed},
    shelf::{Age, Lag, Wait},
};
use crate::{
    Ctx, Portal,
    access::{Access, Need},
    bindings::Binding,
    error::{Error, Result},
};
use model::{
    Field, FormValues, Input, Kind, Place, Role, State,
    view::{Choice, EnvironmentView, FormView},
};
use services::{Definition, Seen};

impl Portal {
    /// The create form of a kind in a place. `chosen` is what its choices say by now: a field that depends on another offers
    /// what goes with that, or with what that begins with.
    ///
    /// # Errors
    /// 404 to strangers and for kinds that do not exist.
    pub async fn form(&self, ctx: &Ctx, place: &Place, slug: &str, chosen: &FormValues) -> model::Result<FormView> {
        let work = async {
            let (access, binding) = self.resolve(ctx, place, Need::Read).await?;
            let definition = kind_in_place(slug)?;
            let fields = &definition.kind.fields;
            let (first, then): (Vec<_>, Vec<_>) = fields.iter().partition(|field| field.follows().is_none());
            let (mut choices, mut trouble, mut chosen) = (Vec::new(), Vec::new(), chosen.clone());
            for some in [first, then] {
                // All at once: where one service hangs, each of its fields takes the same moment.
                let all = some.into_iter().map(async |field| {
                    let asked = Asked { fields, field, own: None, chosen: &chosen };
                    (field, self.field_choices(ctx, &binding, asked).await)
                });
                let mut begins = Vec::new();
                for (field, offered) in futures_util::future::join_all(all).await {
                    let Some(Offered { found, why }) = offered? else { continue };
                    begins.extend(found.as_deref().and_then(|found| begin(field, found)));
                    choices.extend(found.map(|found| (field.name.to_string(), found)));
                    trouble.extend(why.map(|why| (field.name.to_string(), why)));
                }
                for (name, value) in begins {
                    chosen.entry(name).or_insert(value);
                }
            }
            let environment = environment(&binding);
            let may = may_provision(ctx, &access, place);
            let kind = asking(definition, &choices);
            Ok(FormView { kind, choices, trouble, environment, may })
        };
        work.await.map_err(Error::report)
    }

    /// The choices of an action's fields, for one thing: `id` is the row's or the cloud's, `chosen` what the form says by
    /// now. Beside each field why its choices are missing, if they are.
    ///
    /// # Errors
    /// 404 to strangers and for things and actions that do not exist.
    pub async fn action_choices(
        &self,
        ctx: &Ctx,
        place: &Place,
        (slug, id): (&str, &str),
        action: &str,
        chosen: &FormValues,
    ) -> model::Result<Vec<(String, model::Result<Vec<Choice>>)>> {
        let work = async {
            let access = self.may(ctx, place, Need::Read).await?;
            let row = self.find_row(&access, place, slug, id).await?;
            let unknown = || Error::from(model::Error::not_found(format!("action {action}")));
            let fields = &row.kind.kind.action(action).ok_or_else(unknown)?.fields;
            let own = row.standing.id().map(|id| Own { kind: row.kind, id });
            // The row's own binding: the place may have been bound to another project since.
            let binding = self.binding(&row.binding_id).await?;
            let (mut all, mut chosen) = (Vec::new(), chosen.clone());
            // In order: what lies in something is chosen after that.
            for field in fields.iter().filter(|field| matches!(field.input, Input::Choice { .. })) {
                let found = self.offered(ctx, &binding, Asked { fields, field, own, chosen: &chosen }).await;
                let begin = found.as_deref().ok().and_then(|found| begin(field, found));
                if let Some((name, value)) = begin {
                    chosen.entry(name).or_insert(value);
                }
                all.push((field.name.to_string(), found.map_err(Error::report)));
            }
            Ok(all)
        };
        work.await.map_err(Error::report)
    }

    async fn offered(&self, ctx: &Ctx, binding: &Binding, asked: Asked<'_>) -> Result<Vec<Choice>> {
        let input = &asked.field.input;
        match self.field_choices(ctx, binding, asked).await? {
            None => Ok(Vec::new()),
            Some(Offered { found: Some(found), .. }) => Ok(found),
            Some(Offered { found: None, .. }) => {
                let Input::Choice { of, .. } = input else { return Ok(Vec::new()) };
                let what = super::kind(of)?.collection.service.title.to_owned();
                Err(model::Error::Unavailable { what, retry_after: 5 }.into())
            }
        }
    }

    /// What there is to choose; none for fields of other sorts.
    async fn field_choices(&self, ctx: &Ctx, binding: &Binding, asked: Asked<'_>) -> Result<Option<Offered>> {
        let Asked { fields, field, own, chosen } = asked;
        let Input::Choice { of, .. } = &field.input else { return Ok(None) };
        let of = kind(of)?;
        let said = |name: &str| chosen.get(name).filter(|value| !value.is_empty()).cloned();
        let only = narrowed(field, said);
        let cloud = match self.cloud_of(binding, &ctx.request_id) {
            Ok(cloud) => cloud,
            Err(Error::Cloud(error)) => {
                return Ok(Some(Offered { found: None, why: Some(Lag::Failed(error).sentence(of)) }));
            }
            Err(other) => return Err(other),
        };
        let resolver = Resolver { portal: self, cloud: &cloud, binding, own };
        let (found, why) = if of.is_pooled() {
            (resolver.of_rows(of).await?, None)
        } else {
            let named = fields.iter().filter(|other| of.lies_in(other)).find_map(|other| said(&other.name));
            let Some(drawer) = resolver.drawer_named(of, named.as_deref()).await? else {
                return Ok(Some(Offered { found: Some(Vec::new()), why: None }));
            };
            let age = if of.kept.is_some() { Age::Page } else { Age::Choice };
            let glimpse = self.glimpse(&cloud, binding, &drawer, (age, Wait::Glance)).await;
            let why = glimpse.lag.map(|lag| lag.sentence(of));
            match glimpse.listed {
                Some(listed) => (fitting(&listed, &only), why),
                None => return Ok(Some(Offered { found: None, why })),
            }
        };
        let standing = found.iter().filter(|seen| seen.state != State::Deleting);
        let mut choices: Vec<Choice> = standing.map(|seen| choice(of, seen, binding)).collect();
        // The smallest first: a form begins with its first choice. What takes nothing stays in the order of names.
        choices.sort_by_key(|choice| (choice.usage.vcpus, choice.usage.ram_mib));
        Ok(Some(Offered { found: Some(choices), why }))
    }
}

/// A field whose choices are asked for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    /// All of its form.
    fields: &'static [Field],
    field: &'static Field,
    /// The thing that is acted on, where one is.
    own: Option<Own<'a>>,
    /// What the form says by now.
    chosen: &'a FormValues,
}

/// What a field that must be given begins with: the first that can be chosen.
fn begin(field: &Field, choices: &[Choice]) -> Option<(String, String)> {
    let first = choices.iter().find(|choice| choice.disabled.is_none()).filter(|_| field.required)?;
    Some((field.name.to_string(), first.value.clone()))
}

/// What a field offers, and why that is old or missing.
struct Offered {
    found: Option<Vec<Choice>>,
    why: Option<String>,
}

/// The kind as its form asks for it: what may be left out because there is only one must be chosen where people see a
/// choice, or they would be told only afterwards that there are several.
fn asking(definition: &Definition, choices: &[(String, Vec<Choice>)]) -> Kind {
    let mut kind = definition.kind.clone();
    let sole = definition.kept.as_ref().map_or(&[][..], |kept| kept.sole);
    let offers = |field: &Field| choices.iter().any(|(name, found)| *name == field.name && !found.is_empty());
    for field in kind.fields.to_mut().iter_mut().filter(|field| sole.contains(&field.name.as_ref())) {
        field.required = offers(field);
    }
    kind
}

fn choice(kind: &Definition, seen: &Seen, binding: &Binding) -> Choice {
    let usage = (kind.takes)(seen);
    let left = binding.quota.left(binding.used);
    let disabled = match seen.state {
        // It is chosen to be changed or removed.
        _ if kind.kind.parent.is_some() => None,
        State::Failed => Some("It has failed.".to_owned()),
        State::Building | State::Requested => Some("It is not ready yet.".to_owned()),
        // What exists already takes nothing by being chosen: only flavors do.
        _ if kind.kept.is_none() && !binding.quota.admits(binding.used, usage) => {
            Some(format!("Does not fit: {}", model::usage::shortfall(usage, left)))
        }
        _ => None,
    };
    Choice {
        value: seen.id.to_string(),
        label: seen.name.clone(),
        detail: (kind.detail)(seen),
        disabled,
        usage: if kind.kept.is_none() { usage } else { model::Usage::ZERO },
    }
}

/// A binding, as pages show it.
pub(crate) fn environment(binding: &Binding) -> EnvironmentView {
    EnvironmentView {
        environment: binding.environment,
        openstack_project: binding.project_name.clone(),
        openstack_region: binding.region.clone(),
        quota: binding.quota,
        used: binding.used,
    }
}

/// Whether a caller may provision, for buttons; the portal asks again when it counts.
pub(crate) fn may_provision(ctx: &Ctx, access: &Access, place: &Place) -> bool {
    let token = ctx.token().is_none_or(|limits| !limits.read_only && limits.reach(place));
    access.role >= Role::Operator && !access.archived && token
}
