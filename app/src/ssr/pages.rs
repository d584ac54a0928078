//! What one page asks of several methods of the portal.
use super::{flash, fresh_key, origin};
use crate::data::{
    ActionForm, AdminWorkspace, AuditFilter, Frame, InventoryPage, KeyedDetail, KeyedForm, KindPage, NavKind, TeamPage,
    WholeList,
};
use model::{
    Action, Environment, Error, FormValues, Input, Kind, Place, Role, WorkspaceSlug,
    drift::{Remedied, Remedy},
    kind::{Does, Parent},
    view::{Drawn, InventoryQuery, ListQuery, ResourceView, TopologyQuery},
};
use portal::{AuditQuery, Ctx, Portal};
use std::collections::BTreeSet;

/// The frame around every page.
pub(crate) async fn frame(portal: Portal, ctx: Ctx) -> model::Result<Frame> {
    Ok(Frame {
        me: portal.me(&ctx).await?,
        kinds: portal::catalogue().map(NavKind::from).collect(),
        drift: portal.drift_counts(&ctx).await?,
        flash: flash().await,
        now: portal::clock::Clock::system().now(),
        origin: origin(),
        key: fresh_key(),
    })
}

/// A page of the inventory with the kinds on it.
pub(crate) async fn inventory(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    query: InventoryQuery,
) -> model::Result<InventoryPage> {
    let page = portal.inventory(&ctx, &place.workspace, Some(place.environment), &query).await?;
    let stands = |kind: &&Kind| page.items.iter().any(|row| row.resource_type == kind.slug);
    let kinds = portal::catalogue().filter(stands).cloned().collect();
    Ok(InventoryPage { may: may(&portal, &ctx, &place).await?, key: fresh_key(), page, kinds })
}

/// Whether the caller may provision there. Only for what is offered; the portal asks again for what is done.
pub(crate) async fn may(portal: &Portal, ctx: &Ctx, place: &Place) -> model::Result<bool> {
    let me = portal.me(ctx).await?;
    Ok(me.workspaces.iter().any(|one| one.workspace_id == place.workspace && one.role >= Role::Operator))
}

/// A create form.
pub(crate) async fn form(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    kind: String,
    chosen: FormValues,
) -> model::Result<KeyedForm> {
    Ok(KeyedForm { form: portal.form(&ctx, &place, &kind, &chosen).await?, key: fresh_key() })
}

/// A resource page.
pub(crate) async fn detail(portal: Portal, ctx: Ctx, place: Place, id: String) -> model::Result<KeyedDetail> {
    let detail = portal.detail(&ctx, &place, &id).await?;
    let contents = portal.contents(&ctx, &place, &detail.view.id).await?;
    let browsed = browsed(&detail.kind).is_some();
    let mut choices = Vec::new();
    if detail.may {
        let on = (detail.kind.slug.as_ref(), detail.view.id.as_str());
        let adds = contents.iter().filter_map(|one| one.kind.parent.as_ref()).map(|parent| parent.adds.as_ref());
        let inline = detail.kind.actions.iter().filter(|action| action.inline).map(|action| action.name.as_ref());
        let asks = |name: &&str| {
            let chooses = |field: &model::Field| matches!(field.input, Input::Choice { .. });
            detail.kind.action(name).is_some_and(|action| action.fields.iter().any(chooses))
        };
        for name in adds.chain(inline).filter(asks).collect::<BTreeSet<_>>() {
            for (field, found) in portal.action_choices(&ctx, &place, on, name, &FormValues::new()).await? {
                // Where they cannot be had, the field takes a name or an id.
                choices.extend(found.ok().map(|found| ((name.to_owned(), field), found)));
            }
        }
    }
    Ok(KeyedDetail { detail, contents, choices, browsed, key: fresh_key() })
}

/// What the fields of an action that changes something in a thing begin with: what that is now.
async fn as_it_is(
    portal: &Portal,
    ctx: &Ctx,
    place: &Place,
    row: &ResourceView,
    (action, chosen): (&Action, &FormValues),
) -> model::Result<FormValues> {
    let edits = |parent: &Parent| parent.edits.0 == action.name;
    let inner = portal::catalogue().find(|one| one.parent.as_ref().is_some_and(edits));
    let parent = inner.and_then(|inner| Some((inner, inner.parent.as_ref()?)));
    let Some((inner, parent)) = parent else { return Ok(FormValues::new()) };
    let Some(which) = chosen.get(parent.edits.1.as_ref()) else { return Ok(FormValues::new()) };
    let list = portal.list_in(ctx, place, &inner.slug, row.id.as_str()).await?;
    let item = list.items.iter().find(|item| item.id.as_str() == which || item.name == *which);
    Ok(item.map_or_else(FormValues::new, |item| crate::data::as_typed(action, item)))
}

/// The kind of what is browsed in things of a kind: what is sent and read as bytes.
fn browsed(kind: &Kind) -> Option<&'static Kind> {
    let lies = |one: &&Kind| one.parent.as_ref().is_some_and(|parent| parent.kind == kind.slug);
    portal::catalogue().filter(lies).find(|one| one.can(Does::Upload))
}

/// As many as a page of the inventory can show.
const MOST_IDS: usize = 500;

fn not_too_many(ids: &[String]) -> model::Result<()> {
    match ids.len() <= MOST_IDS {
        true => Ok(()),
        false => Err(Error::invalid("ids", crate::words::too_many(MOST_IDS))),
    }
}

/// The rows of these ids; those that are not there (any more) are left out.
pub(crate) async fn rows(portal: Portal, ctx: Ctx, place: Place, ids: Vec<String>) -> model::Result<Vec<ResourceView>> {
    not_too_many(&ids)?;
    // That there is no such place is said for the whole, as everywhere else.
    portal.workspace_detail(&ctx, &place.workspace).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        match portal.detail(&ctx, &place, &id).await {
            Ok(detail) => rows.push(detail.view),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(rows)
}

/// The form of an action, with what there is to choose.
pub(crate) async fn action_form(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    id: String,
    action: String,
    chosen: &FormValues,
) -> model::Result<ActionForm> {
    let detail = portal.detail(&ctx, &place, &id).await?;
    let keyed = KeyedDetail { detail, contents: Vec::new(), choices: Vec::new(), browsed: false, key: fresh_key() };
    let kind = &keyed.detail.kind;
    let now = match kind.action(&action) {
        Some(action) => as_it_is(&portal, &ctx, &place, &keyed.detail.view, (action, chosen)).await?,
        None => FormValues::new(),
    };
    let (mut choices, mut trouble) = (Vec::new(), Vec::new());
    let on = (kind.slug.as_ref(), keyed.detail.view.id.as_str());
    for (field, found) in portal.action_choices(&ctx, &place, on, &action, chosen).await? {
        match found {
            Ok(found) => choices.push((field, found)),
            Err(error) => trouble.push((field, error.detail())),
        }
    }
    Ok(ActionForm { choices, trouble, keyed, now })
}

/// Deletes one thing. In production its name must be typed.
pub(crate) async fn remove(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    id: String,
    confirm: String,
) -> model::Result<ResourceView> {
    let detail = portal.detail(&ctx, &place, &id).await?;
    if place.environment == Environment::Prod
        && crate::words::bare(&confirm) != crate::words::bare(&detail.view.resource_name)
    {
        return Err(Error::invalid("confirm", crate::words::type_the_name(&detail.view.resource_name)));
    }
    portal.remove(&ctx, &place, &detail.view.resource_type, &id).await
}

/// Does something about a finding. In production what deletes wants the name typed.
pub(crate) async fn remedy(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    finding: String,
    remedy: &str,
    confirm: &str,
) -> model::Result<Remedied> {
    let remedy: Remedy = remedy.parse().map_err(|sentence: String| Error::invalid("remedy", sentence))?;
    if place.environment == Environment::Prod && remedy == Remedy::CleanUp {
        portal.may_change(&ctx, &place).await?;
        let name = portal.finding(&ctx, &place, &finding).await?.resource_name;
        if crate::words::bare(confirm) != crate::words::bare(&name) {
            return Err(Error::invalid("confirm", crate::words::type_the_name(&name)));
        }
    }
    portal.remedy(&ctx, &place, &finding, remedy).await
}

/// Deletes several things after a typed confirmation; goes on past those that cannot be.
pub(crate) async fn remove_many(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    ids: Vec<String>,
    confirm: String,
) -> model::Result<Vec<(String, Result<ResourceView, Error>)>> {
    not_too_many(&ids)?;
    if confirm.trim() != crate::words::bulk_phrase(ids.len()) {
        return Err(Error::invalid("confirm", crate::words::type_the_phrase(ids.len())));
    }
    // Once, before the first: who may not is refused as a whole, and stands in the audit once.
    portal.may_change(&ctx, &place).await?;
    Ok(portal.remove_each(&ctx, &place, ids).await)
}

impl From<AuditFilter> for AuditQuery {
    fn from(filter: AuditFilter) -> Self {
        let AuditFilter { environment, actor, action, outcome, since, until, cursor } = filter;
        Self { environment, actor, action, outcome, since, until, cursor, ..Self::default() }
    }
}

/// A service page. What lies in a thing has one only where its parent is named: the rest of what stands on the page of that.
pub(crate) async fn kind_page(
    portal: Portal,
    ctx: Ctx,
    place: Place,
    kind: String,
    query: ListQuery,
) -> model::Result<KindPage> {
    let known = portal::catalogue().find(|one| one.slug == kind && one.parent.is_some() == query.parent.is_some());
    let known = known.ok_or_else(|| Error::not_found("kind"))?.clone();
    let list = portal.glance(&ctx, &place, &kind, &query).await?;
    Ok(KindPage { may: may(&portal, &ctx, &place).await?, key: fresh_key(), kind: known, list })
}

/// The network topology, and whether the caller may add to it.
pub(crate) async fn topology(portal: Portal, ctx: Ctx, place: Place, query: TopologyQuery) -> model::Result<Drawn> {
    let topology = portal.topology_glance(&ctx, &place, &query).await?;
    Ok(Drawn { topology, may: may(&portal, &ctx, &place).await? })
}

/// All of a kind in a region of the whole cloud.
pub(crate) async fn whole_kind(portal: Portal, ctx: Ctx, region: String, kind: String) -> model::Result<WholeList> {
    let list = portal.whole_list(&ctx, &region, &kind).await?;
    let known = portal::catalogue().find(|one| one.slug == kind).ok_or_else(|| Error::not_found("kind"))?;
    Ok(WholeList { kind: known.clone(), list })
}

/// A workspace for its members; with the tokens that reach it for its owners.
pub(crate) async fn team(portal: Portal, ctx: Ctx, workspace: WorkspaceSlug) -> model::Result<TeamPage> {
    let me = portal.me(&ctx).await?;
    let mine = me.workspaces.iter().find(|one| one.workspace_id == workspace);
    let owner = me.staff || mine.is_some_and(|one| one.role == Role::Owner);
    let tokens = if owner { portal.workspace_tokens(&ctx, &workspace).await? } else { Vec::new() };
    Ok(TeamPage { workspace: portal.workspace_detail(&ctx, &workspace).await?, owner, tokens })
}

/// A workspace for administrators. A cloud that does not answer leaves the offers empty and says so.
pub(crate) async fn admin_workspace(
    portal: Portal,
    ctx: Ctx,
    workspace: WorkspaceSlug,
) -> model::Result<AdminWorkspace> {
    let workspace = portal.workspace_detail(&ctx, &workspace).await?;
    let (projects, regions) = (portal.cloud_projects(&ctx).await, portal.cloud_regions(&ctx).await);
    if let Err(error @ Error::NotFound { .. }) = projects {
        // Not a cloud that is away, but a member who is no administrator.
        return Err(error);
    }
    let trouble = projects.as_ref().err().or(regions.as_ref().err()).map(Error::detail);
    let (projects, regions) = (projects.unwrap_or_default(), regions.unwrap_or_default());
    let ledgers = portal.ledgers(&ctx, Some(&workspace.workspace_id)).await?;
    Ok(AdminWorkspace { workspace, ledgers, projects, regions, trouble })
}
