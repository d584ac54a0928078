//! Every server function: what pages ask, and what their forms send. Each ends in a method of the portal.
use crate::{
    data::{self, AuditFilter, Events, InventoryPage, KeyedDetail, KeyedForm},
    failure::Failure,
};
use leptos::prelude::*;
use model::view::{self, InventoryQuery, ResourceView};

pub mod admin;
pub mod forms;

/// Who is asking, and the navigation.
#[server]
pub async fn frame() -> Result<data::Frame, Failure> {
    crate::ssr::call(crate::ssr::frame).await
}

/// The overview of a place.
#[server]
pub async fn overview(workspace: String, environment: String) -> Result<view::Overview, Failure> {
    crate::ssr::call(async |portal, ctx| portal.overview(&ctx, &crate::ssr::place(&workspace, &environment)?).await)
        .await
}

/// A page of the inventory.
#[server]
pub async fn inventory(
    workspace: String,
    environment: String,
    query: InventoryQuery,
) -> Result<InventoryPage, Failure> {
    let work = async |portal, ctx| {
        crate::ssr::inventory(portal, ctx, crate::ssr::place(&workspace, &environment)?, query).await
    };
    crate::ssr::call(work).await
}

/// One row, for a list in which it changed.
#[server]
pub async fn resource(workspace: String, environment: String, id: String) -> Result<ResourceView, Failure> {
    let work = async |portal: portal::Portal, ctx| {
        Ok(portal.detail(&ctx, &crate::ssr::place(&workspace, &environment)?, &id).await?.view)
    };
    crate::ssr::call(work).await
}

/// Several rows, for the confirmation of what is done to them together.
#[server]
pub async fn rows(workspace: String, environment: String, ids: Vec<String>) -> Result<Vec<ResourceView>, Failure> {
    let work =
        async |portal, ctx| crate::ssr::rows(portal, ctx, crate::ssr::place(&workspace, &environment)?, ids).await;
    crate::ssr::call(work).await
}

/// The form of an action on a resource.
#[server]
pub async fn action_form(
    workspace: String,
    environment: String,
    id: String,
    action: String,
) -> Result<data::ActionForm, Failure> {
    let work = async |portal, ctx| {
        crate::ssr::action_form(portal, ctx, crate::ssr::place(&workspace, &environment)?, id, action).await
    };
    crate::ssr::call(work).await
}

/// What the cloud has of a kind.
#[server]
pub async fn cloud_list(workspace: String, environment: String, kind: String) -> Result<data::KindPage, Failure> {
    let work = async |portal, ctx| {
        crate::ssr::kind_page(portal, ctx, crate::ssr::place(&workspace, &environment)?, kind).await
    };
    crate::ssr::call(work).await
}

/// A create form.
#[server]
pub async fn form(workspace: String, environment: String, kind: String) -> Result<KeyedForm, Failure> {
    let work =
        async |portal, ctx| crate::ssr::form(portal, ctx, crate::ssr::place(&workspace, &environment)?, kind).await;
    crate::ssr::call(work).await
}

/// A resource on its own page.
#[server]
pub async fn detail(workspace: String, environment: String, id: String) -> Result<KeyedDetail, Failure> {
    let work =
        async |portal, ctx| crate::ssr::detail(portal, ctx, crate::ssr::place(&workspace, &environment)?, id).await;
    crate::ssr::call(work).await
}

/// The audit chain of a workspace.
#[server]
pub async fn audit(workspace: String, filter: AuditFilter) -> Result<Events, Failure> {
    let work =
        async |portal: portal::Portal, ctx| portal.audit(&ctx, &crate::ssr::slug(&workspace)?, &filter.into()).await;
    crate::ssr::call(work).await
}

/// The page of a workspace's members and the tokens that reach it.
#[server]
pub async fn workspace(workspace: String) -> Result<data::TeamPage, Failure> {
    crate::ssr::call(async |portal, ctx| crate::ssr::team(portal, ctx, crate::ssr::slug(&workspace)?).await).await
}

/// The caller's own tokens.
#[server]
pub async fn tokens() -> Result<Vec<view::TokenView>, Failure> {
    crate::ssr::call(async |portal, ctx| portal.tokens(&ctx).await).await
}
