//! What the forms of members send.
use crate::failure::Failure;
use leptos::prelude::*;
use model::{
    FormValues,
    view::{Acted, IssuedToken, Provisioned, ResourceView},
};

/// Creates a thing of any kind.
#[server]
pub async fn provision(
    workspace: String,
    environment: String,
    kind: String,
    key: String,
    #[server(default)] spec: FormValues,
) -> Result<Provisioned, Failure> {
    crate::ssr::provision(workspace, environment, kind, key, spec).await
}

/// Does something to a thing.
#[server]
pub async fn act(
    workspace: String,
    environment: String,
    kind: String,
    id: String,
    action: String,
    key: String,
    #[server(default)] spec: FormValues,
) -> Result<Acted, Failure> {
    crate::ssr::act(workspace, environment, kind, id, action, key, spec).await
}

/// Deletes a thing; in production its name must be typed.
#[server]
pub async fn remove(
    workspace: String,
    environment: String,
    id: String,
    #[server(default)] confirm: String,
) -> Result<ResourceView, Failure> {
    let typed = FormValues::from([("confirm".to_owned(), confirm.clone())]);
    let work = async |portal, ctx| {
        crate::ssr::remove(portal, ctx, crate::ssr::place(&workspace, &environment)?, id, confirm).await
    };
    crate::ssr::submit("remove", typed, work, crate::ssr::to_resource).await
}

/// Deletes several things after a typed confirmation: each id with its row, or why not.
#[server]
pub async fn remove_many(
    workspace: String,
    environment: String,
    ids: Vec<String>,
    #[server(default)] confirm: String,
) -> Result<Vec<(String, Result<ResourceView, model::Error>)>, Failure> {
    let typed = FormValues::from([("confirm".to_owned(), confirm.clone())]);
    let to = format!("/w/{workspace}/{environment}/inventory");
    let work = async |portal, ctx| {
        crate::ssr::remove_many(portal, ctx, crate::ssr::place(&workspace, &environment)?, ids, confirm).await
    };
    crate::ssr::submit("remove_many", typed, work, |done| crate::ssr::after_bulk(to, done)).await
}

/// Issues a token of the caller's.
#[server]
pub async fn issue_token(
    name: String,
    #[server(default)] workspace: String,
    #[server(default)] environments: Vec<String>,
    #[server(default)] read_only: Option<String>,
    #[server(default)] expires_in_days: String,
) -> Result<IssuedToken, Failure> {
    crate::ssr::issue_token(name, workspace, environments, read_only.is_some(), expires_in_days).await
}

/// Revokes a token.
#[server]
pub async fn revoke_token(id: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| portal.revoke_token(&ctx, &model::TokenId::new(id)).await;
    crate::ssr::submit("revoke_token", FormValues::new(), work, |()| crate::ssr::said(crate::words::TOKEN_REVOKED))
        .await
}

/// Changes the caller's password; other sessions end, this one goes on.
#[server]
pub async fn change_password(old_password: String, new_password: String, again: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| {
        if new_password != again {
            return Err(model::Error::invalid("again", crate::words::NOT_THE_SAME));
        }
        portal.change_password(&ctx, &old_password, &new_password).await?;
        crate::ssr::rotate_session().await
    };
    let landing = |(): &()| crate::ssr::said(crate::words::PASSWORD_CHANGED);
    crate::ssr::submit("change_password", FormValues::new(), work, landing).await
}

/// Remembers light, dark or (anything else) the system's colours.
#[server]
pub async fn set_theme(theme: String) -> Result<(), Failure> {
    crate::ssr::remember_theme(&theme)
}

/// Adds a member to a workspace.
#[server]
pub async fn add_member(workspace: String, username: String, role: String) -> Result<(), Failure> {
    let typed = FormValues::from([("username".to_owned(), username.clone()), ("role".to_owned(), role.clone())]);
    let work = async |portal: portal::Portal, ctx| {
        portal.add_member(&ctx, &crate::ssr::slug(&workspace)?, &username, crate::ssr::role(&role)?).await
    };
    crate::ssr::submit("add_member", typed, work, |()| crate::ssr::said(crate::words::MEMBER_ADDED)).await
}

/// Gives a member another role.
#[server]
pub async fn set_member_role(workspace: String, user: String, role: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| {
        let user = model::UserId::new(user);
        portal.set_member_role(&ctx, &crate::ssr::slug(&workspace)?, &user, crate::ssr::role(&role)?).await
    };
    crate::ssr::submit("set_member_role", FormValues::new(), work, |()| crate::ssr::said(crate::words::ROLE_SET)).await
}

/// Ends a membership.
#[server]
pub async fn remove_member(workspace: String, user: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| {
        portal.remove_member(&ctx, &crate::ssr::slug(&workspace)?, &model::UserId::new(user)).await
    };
    let landing = |(): &()| crate::ssr::said(crate::words::MEMBER_REMOVED);
    crate::ssr::submit("remove_member", FormValues::new(), work, landing).await
}
