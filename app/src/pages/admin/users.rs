//! All users.
use crate::send::{Post, Sending};
use crate::{
    api::admin::{CreateUser, ResetPassword, SetUserActive, SetUserStaff},
    ask::{Asked, Question},
    data::Frame,
    page,
    pages::{frame::flash_for, members::said},
    parts::{
        field::{Plain, hidden},
        menu::Menu,
        once::Once,
        problem::{Problem, errors_at},
    },
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::UserView;

#[derive(Clone, Copy)]
struct Doing {
    create: Sending,
    active: Sending,
    staff: Sending,
    reset: Sending,
}

/// The page.
#[component]
pub fn Users() -> impl IntoView {
    let doing = Doing {
        create: Sending::of::<CreateUser>(),
        active: Sending::of::<SetUserActive>(),
        staff: Sending::of::<SetUserStaff>(),
        reset: Sending::of::<ResetPassword>(),
    };
    let version = move || doing.create.times() + doing.active.times() + doing.staff.times();
    let data = Asked::<Vec<UserView>>::after(version, || Question::Users);
    page::show(data, move |frame, users| view! { <Content frame users doing/> })
}

#[component]
fn Content(frame: Frame, users: Vec<UserView>, doing: Doing) -> impl IntoView {
    let left = frame.flash.as_ref().and_then(|flash| flash.once.clone());
    let flash = flash_for(&frame, "create_user");
    let once = move || {
        let created = doing.create.done::<(UserView, Option<String>)>().and_then(|(_, password)| password);
        let reset = doing.reset.done::<String>();
        reset.or(created).or_else(|| left.clone())
    };
    let refused = move || {
        let failure = doing.active.failure().or_else(|| doing.staff.failure()).or_else(|| doing.reset.failure());
        failure.map(|failure| {
            view! { <p class="alert alert-error" role="alert">{failure.error.detail()}</p> }
        })
    };
    let problem = doing.create.problem(flash.as_ref());
    let typed = flash.and_then(|flash| flash.values.get("username").cloned()).unwrap_or_default();
    let labels = [("username", words::USERNAME), ("password", words::PASSWORD)];
    let labels = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <Title text=words::USERS/>
        <header class="page-head"><h1>{words::USERS}</h1></header>
        {said(&frame)}
        {refused}
        <div aria-live="polite">{move || once().map(|text| view! { <Once text/> })}</div>
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::USERS}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        <th scope="col">{words::ACTIVE}</th>
                        <th scope="col">{words::STAFF}</th>
                        <th scope="col">{words::WORKSPACES}</th>
                        <th scope="col">{words::AGE}</th>
                        <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th>
                    </tr>
                </thead>
                <tbody>{users.into_iter().map(|user| view! { <User user doing/> }).collect_view()}</tbody>
            </table>
        </div>
        <section class="panel narrow" aria-labelledby="new-user">
            <h2 id="new-user">{words::NEW_USER}</h2>
            <Problem problem labels/>
            <Post to=doing.create class="fields">
                <Plain name="username" label=words::USERNAME value=typed errors=errors_at(problem, "username")/>
                <Plain name="password" label=words::PASSWORD help=words::NEW_USER_PASSWORD_HELP kind="password" autocomplete="new-password" errors=errors_at(problem, "password")/>
                <label class="tick-line"><input type="checkbox" class="checkbox" name="staff" value="on"/> {words::STAFF}</label>
                <p class="buttons"><button class="btn btn-primary" prop:disabled=move || doing.create.pending()>{words::NEW_USER}</button></p>
            </Post>
        </section>
    }
}

#[component]
fn User(user: UserView, doing: Doing) -> impl IntoView {
    let yes = |is: bool| if is { words::YES } else { words::NO };
    let id = user.id.to_string();
    let memberships = user.workspaces.iter().map(|(slug, role)| {
        let href = format!("/admin/workspaces/{slug}");
        view! { <span><a class="link" href=href>{slug.to_string()}</a> " " <span class="quiet">{words::role(*role)}</span> " "</span> }
    });
    let memberships = memberships.collect_view();
    let named = (hidden("user", &id), hidden("user", &id), hidden("user", &id));
    let (active, staff) = (user.active, user.staff);
    view! {
        <tr>
            <td data-label=words::NAME class="name">{user.username.clone()}</td>
            <td data-label=words::ACTIVE>{yes(active)}</td>
            <td data-label=words::STAFF>{yes(staff)}</td>
            <td data-label=words::WORKSPACES>{memberships}</td>
            <td data-label=words::AGE><Ago at=user.created_at/></td>
            <td class="more">
                <Menu id=format!("user-{id}") label=format!("{} {}", words::ACTIONS, user.username) button=view! { "⋯" }.into_any()>
                    <Post to=doing.active>
                        {named.0}
                        <input type="hidden" name="active" value=(!active).to_string()/>
                        <button class="menu-button">{if active { words::DEACTIVATE } else { words::ACTIVATE }}</button>
                    </Post>
                    <Post to=doing.staff>
                        {named.1}
                        <input type="hidden" name="staff" value=(!staff).to_string()/>
                        <button class="menu-button">{if staff { words::UNMAKE_STAFF } else { words::MAKE_STAFF }}</button>
                    </Post>
                    <Post to=doing.reset>
                        {named.2}
                        <button class="menu-button">{words::NEW_PASSWORD_FOR}</button>
                    </Post>
                </Menu>
            </td>
        </tr>
    }
}
