//! The deletion of several things, after a typed confirmation.
use crate::{
    api::forms::RemoveMany,
    ask::{Asked, Question},
    data::{Flash, at},
    page,
    pages::frame::flash_for,
    parts::{
        empty::Empty,
        field::Plain,
        problem::{Problem, errors_at},
        state::StateMark,
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Place, view::ResourceView};

/// The page; the query names the rows.
#[component]
pub fn Bulk() -> impl IntoView {
    let (place, query) = (page::place(), use_query_map());
    let ids = Memo::new(move |_| query.with(|query| query.get_all("id").unwrap_or_default()));
    let data = Asked::<Vec<ResourceView>>::new(move || Question::Rows(place.get(), ids.get()));
    page::show(data, move |frame, rows| {
        let flash = flash_for(&frame, "remove_many").unwrap_or_default();
        view! { <Content place=page::as_place(&place.get()) rows flash/> }
    })
}

#[component]
fn Content(place: Place, rows: Vec<ResourceView>, flash: Flash) -> impl IntoView {
    let back = at(&place, "inventory");
    if rows.is_empty() {
        return view! {
            <Title text=words::DELETE_SELECTED/>
            <h1>{words::DELETE_SELECTED}</h1>
            <Empty title=words::NOTHING_SELECTED about=words::NOTHING_SELECTED_HELP>
                <a class="btn" href=back>{words::INVENTORY}</a>
            </Empty>
        }
        .into_any();
    }
    let problem = flash.problem();
    let title = words::delete_what(&words::rows(i64::try_from(rows.len()).unwrap_or_default()));
    let ids = rows.iter().enumerate().map(|(number, row)| {
        view! { <input type="hidden" name=format!("ids[{number}]") value=row.id.to_string()/> }
    });
    let ids = ids.collect_view();
    let lines = rows.iter().map(|row| {
        view! {
            <li>
                <b>{row.resource_name.clone()}</b> " " <span class="quiet">{words::kind_of(&row.resource_type)}</span> " "
                <StateMark state=row.status/>
            </li>
        }
    });
    let lines = lines.collect_view();
    view! {
        <Title text=title.clone()/>
        <section class="narrow" data-environment=place.environment.as_str()>
            <h1>{title}</h1>
            <Problem problem labels=vec![("confirm".to_owned(), words::CONFIRMATION.to_owned())]/>
            <p>{words::bulk_consequence(&place.to_string())}</p>
            <ul class="lines">{lines}</ul>
            <StillForm to={path::<RemoveMany>()} class="fields">
                <input type="hidden" name="workspace" value=place.workspace.to_string()/>
                <input type="hidden" name="environment" value=place.environment.to_string()/>
                {ids}
                <p>{words::type_the_phrase(rows.len())}</p>
                <Plain name="confirm" label=words::CONFIRMATION errors=errors_at(problem, "confirm")/>
                <p class="buttons">
                    <a class="btn" href=back>{words::CANCEL}</a>
                    <button class="btn btn-error">{words::DELETE}</button>
                </p>
            </StillForm>
        </section>
    }
    .into_any()
}
