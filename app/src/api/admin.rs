//! What the forms of platform administrators send.
use crate::failure::Failure;
use leptos::prelude::*;
use model::view::{BindingProbe, BindingView, NewBinding, UserView, WorkspaceDetail};

/// Makes a user; answers the generated password, once, when none was given.
#[server]
pub async fn create_user(
    username: String,
    #[server(default)] password: String,
    #[server(default)] staff: Option<String>,
) -> Result<(UserView, Option<String>), Failure> {
    let typed = model::FormValues::from([("username".to_owned(), username.clone())]);
    let work = async |portal: portal::Portal, ctx| {
        let password = Some(password.as_str()).filter(|given| !given.is_empty());
        portal.create_user(&ctx, &username, password, staff.is_some()).await
    };
    let landing = |(user, password): &(UserView, Option<String>)| crate::ssr::Landing {
        said: Some(crate::words::user_created(&user.username)),
        once: password.clone(),
        ..Default::default()
    };
    crate::ssr::submit("create_user", typed, work, landing).await
}

/// Lets a user sign in, or no longer.
#[server]
pub async fn set_user_active(user: String, active: bool) -> Result<(), Failure> {
    let work =
        async |portal: portal::Portal, ctx| portal.set_user_active(&ctx, &model::UserId::new(user), active).await;
    crate::ssr::submit("set_user_active", model::FormValues::new(), work, |()| {
        crate::ssr::said(crate::words::USER_CHANGED)
    })
    .await
}

/// Makes a user a platform administrator, or no longer.
#[server]
pub async fn set_user_staff(user: String, staff: bool) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| portal.set_user_staff(&ctx, &model::UserId::new(user), staff).await;
    crate::ssr::submit("set_user_staff", model::FormValues::new(), work, |()| {
        crate::ssr::said(crate::words::USER_CHANGED)
    })
    .await
}

/// Gives a user a new password, shown once.
#[server]
pub async fn reset_password(user: String) -> Result<String, Failure> {
    let work = async |portal: portal::Portal, ctx| portal.reset_password(&ctx, &model::UserId::new(user)).await;
    let landing = |password: &String| crate::ssr::Landing {
        said: Some(crate::words::PASSWORD_RESET.to_owned()),
        once: Some(password.clone()),
        ..Default::default()
    };
    crate::ssr::submit("reset_password", model::FormValues::new(), work, landing).await
}

/// Makes a workspace with its first owner.
#[server]
pub async fn create_workspace(slug: String, display_name: String, owner: String) -> Result<WorkspaceDetail, Failure> {
    let typed = model::FormValues::from([
        ("slug".to_owned(), slug.clone()),
        ("display_name".to_owned(), display_name.clone()),
        ("owner".to_owned(), owner.clone()),
    ]);
    let work = async |portal: portal::Portal, ctx| portal.create_workspace(&ctx, &slug, &display_name, &owner).await;
    let landing = |made: &WorkspaceDetail| crate::ssr::Landing {
        to: Some(format!("/admin/workspaces/{}", made.workspace_id)),
        said: Some(crate::words::WORKSPACE_CREATED.to_owned()),
        ..Default::default()
    };
    crate::ssr::submit("create_workspace", typed, work, landing).await
}

/// Gives a workspace another name for people.
#[server]
pub async fn rename_workspace(workspace: String, display_name: String) -> Result<WorkspaceDetail, Failure> {
    let typed = model::FormValues::from([("display_name".to_owned(), display_name.clone())]);
    let work = async |portal: portal::Portal, ctx| {
        portal.rename_workspace(&ctx, &crate::ssr::slug(&workspace)?, &display_name).await
    };
    crate::ssr::submit("rename_workspace", typed, work, |_| crate::ssr::said(crate::words::WORKSPACE_RENAMED)).await
}

/// Closes a workspace in which nothing is left.
#[server]
pub async fn archive_workspace(workspace: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| portal.archive_workspace(&ctx, &crate::ssr::slug(&workspace)?).await;
    let landing = |(): &()| crate::ssr::said(crate::words::WORKSPACE_ARCHIVED);
    crate::ssr::submit("archive_workspace", model::FormValues::new(), work, landing).await
}

/// Tests a binding against the cloud and saves nothing.
#[server]
pub async fn probe_binding(binding: NewBinding) -> Result<BindingProbe, Failure> {
    let typed = crate::ssr::flat(&binding);
    let work = async |portal: portal::Portal, ctx| portal.probe_binding(&ctx, &binding).await;
    crate::ssr::submit_probe(typed, work).await
}

/// Binds an environment of a workspace to a project and a region.
#[server]
pub async fn create_binding(binding: NewBinding) -> Result<BindingView, Failure> {
    let typed = crate::ssr::flat(&binding);
    let work = async |portal: portal::Portal, ctx| portal.create_binding(&ctx, &binding).await;
    crate::ssr::submit("create_binding", typed, work, |_| crate::ssr::said(crate::words::BINDING_CREATED)).await
}

/// Changes a binding's quota.
#[server]
pub async fn set_quota(binding: String, vcpus: i64, ram_gb: i64, storage_gb: i64) -> Result<BindingView, Failure> {
    let quota = model::Usage { vcpus, ram_mib: ram_gb.saturating_mul(1024), storage_gb };
    let work = async |portal: portal::Portal, ctx| portal.set_quota(&ctx, &model::BindingId::new(binding), quota).await;
    crate::ssr::submit("set_quota", model::FormValues::new(), work, |_| crate::ssr::said(crate::words::QUOTA_SET)).await
}

/// Retires a binding; its rows live on.
#[server]
pub async fn retire_binding(binding: String) -> Result<(), Failure> {
    let work = async |portal: portal::Portal, ctx| portal.retire_binding(&ctx, &model::BindingId::new(binding)).await;
    let landing = |(): &()| crate::ssr::said(crate::words::BINDING_RETIRED);
    crate::ssr::submit("retire_binding", model::FormValues::new(), work, landing).await
}
