//! All users.
use crate::{
    api::admin::{CreateUser, ResetPassword, SetUserActive, SetUserStaff},
    ask::{Asked, Question},
    data::Frame,
    page,
    pages::{frame::flash_for, members::said},
    parts::{
        confirm::Confirm,
        field::{Plain, hidden},
        menu::Menu,
        once::Once,
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::view::UserView;

/// The page.
#[component]
pub fn Users() -> impl IntoView {
    let data = Asked::<Vec<UserView>>::new(|| Question::Users);
    page::show(data, move |frame, users| view! { <Content frame users/> })
}

#[component]
fn Content(frame: Frame, users: Vec<UserView>) -> impl IntoView {
    let once = frame.flash.as_ref().and_then(|flash| flash.once.clone());
    let flash = flash_for(&frame, "create_user").unwrap_or_default();
    let (problem, typed) = (flash.problem(), flash.value("username"));
    let labels = [("username", words::USERNAME), ("password", words::PASSWORD)];
    let labels = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <Title text=words::USERS/>
        <header class="page-head"><h1>{words::USERS}</h1></header>
        {said(&frame)}
        {once.map(|text| view! { <Once text/> })}
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
                <tbody>{users.into_iter().map(|user| view! { <User user/> }).collect_view()}</tbody>
            </table>
        </div>
        <section class="panel narrow" aria-labelledby="new-user">
            <h2 id="new-user">{words::NEW_USER}</h2>
            <Problem problem labels/>
            <StillForm to={path::<CreateUser>()} class="fields">
                <Plain name="username" label=words::USERNAME value=typed errors=errors_at(problem, "username")/>
                <Plain name="password" label=words::PASSWORD help=words::NEW_USER_PASSWORD_HELP kind="password" autocomplete="new-password" errors=errors_at(problem, "password")/>
                <label class="tick-line"><input type="checkbox" class="checkbox" name="staff" value="on"/> {words::STAFF}</label>
                <p class="buttons"><button class="btn btn-primary">{words::NEW_USER}</button></p>
            </StillForm>
        </section>
    }
}

#[component]
fn User(user: UserView) -> impl IntoView {
    let yes = |is: bool| if is { words::YES } else { words::NO };
    let id = user.id.to_string();
    let memberships = user.workspaces.iter().map(|(slug, role)| {
        let href = format!("/admin/workspaces/{slug}");
        view! { <span><a class="link" href=href>{slug.to_string()}</a> " " <span class="quiet">{words::role(*role)}</span> " "</span> }
    });
    let memberships = memberships.collect_view();
    let named = (hidden("user", &id), hidden("user", &id), hidden("user", &id));
    let (active, staff) = (user.active, user.staff);
    let to = path::<SetUserActive>();
    let fields = view! { {named.0} {hidden("active", &!active)} };
    let switch = match active {
        true => view! {
            <Confirm id=format!("active-{id}") label=words::DEACTIVATE what=user.username.clone() about=words::DEACTIVATE_HELP class="menu-button" to>
                {fields}
            </Confirm>
        }
        .into_any(),
        false => view! { <StillForm to>{fields} <button class="menu-button">{words::ACTIVATE}</button></StillForm> }.into_any(),
    };
    view! {
        <tr>
            <td data-label=words::NAME class="name">{user.username.clone()}</td>
            <td data-label=words::ACTIVE>{yes(active)}</td>
            <td data-label=words::STAFF>{yes(staff)}</td>
            <td data-label=words::WORKSPACES>{memberships}</td>
            <td data-label=words::AGE><Ago at=user.created_at/></td>
            <td class="more">
                <Menu id=format!("user-{id}") label=format!("{} {}", words::ACTIONS, user.username) button=view! { "⋯" }.into_any()>
                    {switch}
                    <StillForm to={path::<SetUserStaff>()}>
                        {named.1}
                        <input type="hidden" name="staff" value=(!staff).to_string()/>
                        <button class="menu-button">{if staff { words::UNMAKE_STAFF } else { words::MAKE_STAFF }}</button>
                    </StillForm>
                    <Confirm id=format!("password-{id}") label=words::NEW_PASSWORD_FOR what=user.username.clone() about=words::NEW_PASSWORD_HELP class="menu-button" to={path::<ResetPassword>()}>
                        {named.2}
                    </Confirm>
                </Menu>
            </td>
        </tr>
    }
}
