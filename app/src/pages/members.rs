//! The people of a workspace, and the tokens that reach it.
use crate::{
    api::forms::{AddMember, RemoveMember, SetMemberRole},
    ask::{Asked, Question},
    data::{Flash, Frame, TeamPage},
    page,
    pages::{frame::flash_for, tokens::TokenTable},
    parts::{
        banner::Banner,
        confirm::Confirm,
        field::{Plain, hidden},
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Role, WorkspaceSlug, view::MemberView};

/// The page.
#[component]
pub fn Members() -> impl IntoView {
    let workspace = page::param("workspace");
    let data = Asked::new(move || Question::Team(workspace.get()));
    page::show(data, move |frame, team| view! { <Content frame team/> })
}

#[component]
fn Content(frame: Frame, team: TeamPage) -> impl IntoView {
    let TeamPage { workspace, owner, tokens } = team;
    let tokens = owner.then(|| {
        view! {
            <section aria-labelledby="tokens">
                <h2 id="tokens">{words::TOKENS}</h2>
                <TokenTable tokens whose=true/>
            </section>
        }
    });
    let said = said(&frame);
    view! {
        <Title text=format!("{} · {}", words::MEMBERS, workspace.workspace_id)/>
        <header class="page-head">
            <h1>{words::MEMBERS}</h1>
            <p class="quiet">{workspace.display_name.clone()}</p>
        </header>
        {said}
        <MemberList workspace=workspace.workspace_id members=workspace.members may=owner flash=flash_for(&frame, "add_member").unwrap_or_default()/>
        {tokens}
    }
}

/// What the last form without JavaScript said.
pub fn said(frame: &Frame) -> impl IntoView + use<> {
    let flash = frame.flash.clone();
    let refused = flash.clone().filter(|flash| flash.values.is_empty()).and_then(|flash| flash.failure);
    view! {
        {flash.and_then(|flash| flash.said).map(|said| view! { <Banner>{said}</Banner> })}
        {refused.map(|failure| view! { <Banner level="warning">{failure.error.detail()}</Banner> })}
    }
}

/// The members of a workspace, and for who manages them the forms to do so.
#[component]
pub fn MemberList(
    /// The workspace.
    workspace: WorkspaceSlug,
    /// Its members.
    members: Vec<MemberView>,
    /// Whether the caller manages them.
    may: bool,
    /// What a form post left.
    flash: Flash,
) -> impl IntoView {
    let problem = flash.problem();
    let slug = workspace.clone();
    let row = move |member: MemberView| view! { <Member workspace=slug.clone() member may/> };
    let typed = flash.value("username");
    let labels = [("username", words::USERNAME), ("role", words::ROLE)];
    let labels = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    let add = may.then(|| {
        view! {
            <section class="panel narrow" aria-labelledby="add-member">
                <h2 id="add-member">{words::ADD_MEMBER}</h2>
                <Problem problem labels/>
                <StillForm to={path::<AddMember>()} class="fields">
                    <input type="hidden" name="workspace" value=workspace.to_string()/>
                    <Plain name="username" label=words::USERNAME value=typed errors=errors_at(problem, "username")/>
                    <div class="field"><label for="field-role">{words::ROLE}</label> {roles("field-role".to_owned(), Role::Operator)}</div>
                    <p class="buttons"><button class="btn btn-primary">{words::ADD_MEMBER}</button></p>
                </StillForm>
            </section>
        }
    });
    view! {
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::MEMBERS}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        <th scope="col">{words::ROLE}</th>
                        <th scope="col">{words::SINCE}</th>
                        {may.then(|| view! { <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th> })}
                    </tr>
                </thead>
                <tbody>{members.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        {add}
    }
}

fn roles(id: String, chosen: Role) -> impl IntoView {
    let options = Role::ALL.map(|role| {
        let text = format!("{}: {}", words::role(role), words::role_help(role));
        view! { <option value=role.as_str() selected={role == chosen}>{text}</option> }
    });
    view! { <select class="select" id=id name="role">{options.collect_view()}</select> }
}

#[component]
fn Member(workspace: WorkspaceSlug, member: MemberView, may: bool) -> impl IntoView {
    let id = format!("role-{}", member.user);
    let name = || view! { {hidden("workspace", &workspace)} {hidden("user", &member.user)} };
    let named = (name(), name());
    let label = format!("{} {}", words::ROLE, member.username);
    let role = match may {
        false => words::role(member.role).into_any(),
        true => view! {
            <StillForm to={path::<SetMemberRole>()} class="inline">
                {named.0}
                <label class="sr-only" for=id.clone()>{label}</label>
                {roles(id, member.role)}
                <button class="btn btn-sm">{words::SET}</button>
            </StillForm>
        }
        .into_any(),
    };
    let out = may.then(|| {
        view! {
            <td class="more">
                <Confirm id=format!("remove-{}", member.user) label=words::REMOVE what=member.username.clone() about=words::REMOVE_HELP to={path::<RemoveMember>()}>
                    {named.1}
                </Confirm>
            </td>
        }
    });
    view! {
        <tr>
            <td data-label=words::NAME class="name">{member.username.clone()}</td>
            <td data-label=words::ROLE>{role}</td>
            <td data-label=words::SINCE><Ago at=member.since/></td>
            {out}
        </tr>
    }
}
