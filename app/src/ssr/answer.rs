//! Answers to what pages ask.
use super::pages::{
    action_form, admin_workspace, detail, form, frame, inventory, kind_page, rows, team, topology, whole_kind,
};
use super::{place, slug};
use crate::ask::{At, Question};
use model::{Error, Place};
use portal::{Ctx, Portal};
use serde::Serialize;

/// Answers a question.
pub(crate) async fn answer(portal: Portal, ctx: Ctx, question: Question) -> model::Result<String> {
    let at = |(workspace, environment): At| -> model::Result<Place> { place(&workspace, &environment) };
    match question {
        Question::Frame => text(frame(portal, ctx).await),
        Question::Overview(here) => text(portal.overview(&ctx, &at(here)?).await),
        Question::Inventory(here, query) => text(inventory(portal, ctx, at(here)?, query).await),
        Question::Row(here, id) => text(portal.detail(&ctx, &at(here)?, &id).await.map(|detail| detail.view)),
        Question::Rows(here, ids) => text(rows(portal, ctx, at(here)?, ids).await),
        Question::Kind(here, kind, query) => text(kind_page(portal, ctx, at(here)?, kind, query).await),
        Question::Form(here, kind, chosen) => text(form(portal, ctx, at(here)?, kind, chosen).await),
        Question::Detail(here, id) => text(detail(portal, ctx, at(here)?, id).await),
        Question::Objects(here, id, query) => text(portal.objects(&ctx, &at(here)?, &id, &query).await),
        Question::Action(here, id, action, chosen) => {
            text(action_form(portal, ctx, at(here)?, id, action, &chosen).await)
        }
        Question::Drift(here, query) => text(portal.drift(&ctx, &at(here)?, &query).await),
        Question::Topology(here, query) => text(topology(portal, ctx, at(here)?, query).await),
        Question::Audit(workspace, filter) => text(portal.audit(&ctx, &slug(&workspace)?, &filter.into()).await),
        Question::Team(workspace) => text(team(portal, ctx, slug(&workspace)?).await),
        Question::Tokens => text(portal.tokens(&ctx).await),
        Question::Users => text(portal.users(&ctx).await),
        Question::Workspaces => text(portal.all_workspaces(&ctx).await),
        Question::Workspace(workspace) => text(admin_workspace(portal, ctx, slug(&workspace)?).await),
        Question::PlatformAudit(filter) => text(portal.platform_audit(&ctx, &filter.into()).await),
        Question::Whole => text(portal.whole_cloud(&ctx).await),
        Question::WholeKind(region, kind) => text(whole_kind(portal, ctx, region, kind).await),
        Question::WholeForm(region, kind) => text(portal.whole_form(&ctx, &region, &kind).await),
        Question::WholeItem(region, kind, id) => text(portal.whole_item(&ctx, &region, &kind, &id).await),
        Question::Nothing => Err(Error::not_found("page")),
    }
}

fn text(answer: model::Result<impl Serialize>) -> model::Result<String> {
    serde_json::to_string(&answer?).map_err(|_| Error::Internal)
}
