//! The caller's API tokens: each shown once, when it is made.
use crate::{
    api::forms::{IssueToken, RevokeToken},
    ask::{Asked, Question},
    data::{Flash, Frame},
    page,
    pages::{frame::flash_for, members::said},
    parts::{
        confirm::Confirm,
        empty::Empty,
        field::{Plain, hidden},
        once::Once,
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    time::Ago,
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Environment, view::TokenView};

/// The page.
#[component]
pub fn Tokens() -> impl IntoView {
    let data = Asked::<Vec<TokenView>>::new(|| Question::Tokens);
    page::show(data, move |frame, tokens| view! { <Content frame tokens/> })
}

#[component]
fn Content(frame: Frame, tokens: Vec<TokenView>) -> impl IntoView {
    let flash = flash_for(&frame, "issue_token");
    let once = flash.as_ref().and_then(|flash| flash.once.clone());
    let said = said(&frame);
    view! {
        <Title text=words::TOKENS/>
        <header class="page-head"><h1>{words::TOKENS}</h1> <p class="quiet">{words::TOKENS_HELP}</p></header>
        {said}
        {once.map(|text| view! { <Once text/> })}
        <TokenTable tokens whose=false/>
        <NewToken frame flash=flash.unwrap_or_default()/>
    }
}

/// Tokens with a button to revoke each.
#[component]
pub fn TokenTable(
    /// The tokens.
    tokens: Vec<TokenView>,
    /// Whether they are of several people.
    whose: bool,
) -> impl IntoView {
    if tokens.is_empty() {
        return view! { <Empty title=words::NO_TOKENS about=words::NO_TOKENS_HELP/> }.into_any();
    }
    let row = move |token: TokenView| {
        let reach = match (&token.workspace, token.environments.is_empty()) {
            (None, _) => words::ALL_WORKSPACES.to_owned(),
            (Some(slug), true) => slug.to_string(),
            (Some(slug), false) => {
                format!("{slug}: {}", token.environments.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(", "))
            }
        };
        let may = if token.read_only { words::READS } else { words::READS_AND_WRITES };
        let moment = |at: Option<model::view::Timestamp>| match at {
            Some(at) => view! { <Ago at/> }.into_any(),
            None => words::NEVER.into_any(),
        };
        view! {
            <tr>
                <td data-label=words::NAME class="name">{token.name.clone()}</td>
                {whose.then(|| view! { <td data-label=words::WHO>{token.username.clone()}</td> })}
                <td data-label=words::REACHES>{reach}</td>
                <td data-label=words::MAY>{may}</td>
                <td data-label=words::ENDS>{moment(token.expires_at)}</td>
                <td data-label=words::LAST_USED>{moment(token.last_used_at)}</td>
                <td class="more">
                    <Confirm id=format!("revoke-{}", token.id) label=words::REVOKE what=token.name.clone() about=words::REVOKE_HELP to={path::<RevokeToken>()}>
                        {hidden("id", &token.id)}
                    </Confirm>
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::TOKENS}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        {whose.then(|| view! { <th scope="col">{words::WHO}</th> })}
                        <th scope="col">{words::REACHES}</th>
                        <th scope="col">{words::MAY}</th>
                        <th scope="col">{words::ENDS}</th>
                        <th scope="col">{words::LAST_USED}</th>
                        <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th>
                    </tr>
                </thead>
                <tbody>{tokens.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn NewToken(frame: Frame, flash: Flash) -> impl IntoView {
    let problem = flash.problem();
    let value = move |name: &str| flash.value(name);
    let chosen = value("workspace");
    let workspaces = frame.me.workspaces.iter().map(|one| {
        let slug = one.workspace_id.to_string();
        view! { <option value=slug.clone() selected={slug == chosen}>{one.display_name.clone()}</option> }
    });
    let workspaces = workspaces.collect_view();
    let environments = Environment::ALL.iter().enumerate().map(|(number, one)| {
        view! {
            <label class="tick-line">
                <input type="checkbox" class="checkbox" name=format!("environments[{number}]") value=one.as_str()/> {words::environment(*one)}
            </label>
        }
    });
    let environments = environments.collect_view();
    let labels = [("name", words::NAME), ("expires_in_days", words::DAYS), ("workspace", words::WORKSPACE)];
    let labels = labels.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <section class="panel narrow" aria-labelledby="new-token">
            <h2 id="new-token">{words::NEW_TOKEN}</h2>
            <Problem problem labels/>
            <StillForm to={path::<IssueToken>()} class="fields">
                <Plain name="name" label=words::NAME help=words::TOKEN_NAME_HELP value=value("name") errors=errors_at(problem, "name")/>
                <div class="field">
                    <label for="field-workspace">{words::REACHES}</label>
                    <select class="select" id="field-workspace" name="workspace">
                        <option value="">{words::ALL_WORKSPACES}</option>
                        {workspaces}
                    </select>
                </div>
                <fieldset class="field">
                    <legend>{words::ONLY_ENVIRONMENTS}</legend>
                    {environments}
                    <p class="help">{words::ONLY_ENVIRONMENTS_HELP}</p>
                </fieldset>
                <label class="tick-line"><input type="checkbox" class="checkbox" name="read_only" value="on"/> {words::READ_ONLY}</label>
                <Plain name="expires_in_days" label=words::DAYS help=words::DAYS_HELP kind="number" value=value("expires_in_days") errors=errors_at(problem, "expires_in_days")/>
                <p class="buttons"><button class="btn btn-primary">{words::ISSUE_TOKEN}</button></p>
            </StillForm>
        </section>
    }
}
