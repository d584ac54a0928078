//! What lies in a resource, as tables on its page: the rules of a security group, each with the ways to change and to
//! remove it, and with a form to add one.
use crate::{
    data::{Flash, as_typed, at},
    parts::{
        acts::{Acts, inline::AddForm},
        banner::Banner,
        pager::with_query,
        spec_form::ChoicesOf,
        value,
    },
    words,
};
use leptos::prelude::*;
use model::{
    Action, FormValues, Input, Kind, Place, State,
    field::Str,
    view::{Choice, CloudItem, Contents, ResourceView},
};

/// What the resource and its page bring to each kind of what lies in it.
#[derive(Clone)]
pub struct Around {
    /// Where.
    pub place: Place,
    /// The resource.
    pub row: Signal<ResourceView>,
    /// Its kind.
    pub kind: Kind,
    /// Whether the caller may act.
    pub may: bool,
    /// What there is to choose in the forms on its page.
    pub choices: Vec<((String, String), Vec<Choice>)>,
    /// What a form post left.
    pub flash: Option<Flash>,
}

impl Around {
    /// What there is to choose in the form of an action.
    pub fn choices_of(&self, action: &Action) -> ChoicesOf {
        let of = |((name, field), found): &((String, String), Vec<Choice>)| {
            (*name == action.name).then(|| (field.clone(), found.clone()))
        };
        self.choices.iter().filter_map(of).collect()
    }

    /// What a post of that action's form left, if that was the one in which this is given.
    pub fn left(&self, action: &Action, given: &FormValues) -> Option<Flash> {
        let meant = |flash: &&Flash| {
            let same =
                flash.values.is_empty() || given.iter().all(|(name, value)| flash.values.get(name) == Some(value));
            flash.form == "act" && flash.action.as_deref() == Some(action.name.as_ref()) && same
        };
        self.flash.as_ref().filter(meant).cloned()
    }
}

/// What tells the lists of a page apart: the kind, and what in the resource they lie in.
pub fn key(one: &Contents) -> String {
    let parts = std::iter::once(format!("inside-{}", one.kind.slug)).chain(one.given.iter().map(|(_, id)| id.clone()));
    parts.collect::<Vec<_>>().join("-")
}

/// One kind of what lies in it.
#[component]
pub fn Inside(
    /// Of what, and where.
    around: Around,
    /// The kind and what there is, now.
    contents: Signal<Contents>,
) -> impl IntoView {
    let first = contents.get_untracked();
    let heading = key(&first);
    let Contents { kind, of, given, .. } = first;
    let title = match &of {
        Some(name) => words::inside(&kind.plural, name),
        None => kind.plural.to_string(),
    };
    let Around { place, row, may, .. } = around.clone();
    // Adding, changing and removing are actions of the resource: no more possible than it is itself.
    let stands = Memo::new(move |_| may && row.with(|row| row.status == State::Active));
    let free = Memo::new(move |_| stands.get() && row.with(|row| row.busy.is_none()));
    let parent = kind.parent.clone();
    let filled: FormValues = given.iter().cloned().collect();
    let adds = parent.as_ref().and_then(|parent| around.kind.action(&parent.adds)).cloned().map(|action| {
        let (around, filled, id) = (around.clone(), filled.clone(), heading.clone());
        move || {
            stands.get().then(|| {
                let (choices, flash) = (around.choices_of(&action), around.left(&action, &filled));
                let (place, kind, row) = (around.place.clone(), around.kind.slug.to_string(), around.row);
                let (action, given, id) = (action.clone(), filled.clone(), id.clone());
                view! { <AddForm place row kind action choices given flash id/> }
            })
        }
    });
    let on = |known: Option<&(Str, Str)>, said: &'static str| {
        let (name, field) = known?;
        Some(OnOne { action: around.kind.action(name)?.clone(), field: field.to_string(), said })
    };
    let edits = on(parent.as_ref().map(|parent| &parent.edits), words::EDIT);
    let removes = on(parent.as_ref().map(|parent| &parent.removes), words::REMOVE);
    let ways: Vec<OnOne> = edits.into_iter().chain(removes).collect();
    let lies_in = given.first().map_or_else(|| row.with_untracked(|row| row.id.to_string()), |(_, id)| id.clone());
    let listed = with_query(&at(&place, &format!("k/{}", kind.slug)), &[("parent", Some(&lies_in))]);
    let (named, caption, id) = (heading.clone(), title.clone(), heading.clone());
    let table = move || {
        let list = contents.get().list;
        let lacks = if list.as_of.is_some() { words::STALE } else { words::NOT_READ };
        let trouble = list.trouble.map(|why| view! { <Banner level="warning">{lacks} " " {why}</Banner> });
        // Here stands the first page.
        let all = list
            .next
            .is_some()
            .then(|| view! { <p><a class="link" href=listed.clone()>{words::all_of(&kind.plural)}</a></p> });
        let heads = kind.columns.iter().map(|column| {
            let class = column.show.is_number().then_some("num");
            view! { <th scope="col" class=class>{column.label.to_string()}</th> }
        });
        let more = (!ways.is_empty())
            .then(|| view! { <th scope="col" class="more"><span class="sr-only">{words::ACTIONS}</span></th> });
        let rows = list.items.iter().map(|item| {
            let links = ways.iter().filter(|way| way.fits(item)).map(|way| {
                let way = way.clone();
                let (around, item, given, of) = (around.clone(), item.clone(), given.clone(), of.clone());
                move || free.get().then(|| way.link(&around, &item, &given, of.as_deref()))
            });
            let links = (!ways.is_empty())
                .then(|| view! { <td class="more"><span class="ways">{links.collect_view()}</span></td> });
            view! { <tr>{cells(&kind, item)} {links}</tr> }
        });
        let table = (!list.items.is_empty()).then(|| {
            view! {
                <div class="table-wrap">
                    <table class="table rows">
                        <caption class="sr-only">{caption.clone()}</caption>
                        <thead><tr>{heads.collect_view()} {more}</tr></thead>
                        <tbody>{rows.collect_view()}</tbody>
                    </table>
                </div>
            }
        });
        let empty = (list.items.is_empty() && list.as_of.is_some())
            .then(|| view! { <p class="quiet">{words::none_inside(&kind.plural)}</p> });
        view! { {trouble} {table} {all} {empty} }
    };
    view! {
        <section aria-labelledby=named>
            <header class="section-head"><h2 id=id>{title}</h2></header>
            {adds}
            {table}
        </section>
    }
}

/// An action on one of what lies in the resource.
#[derive(Clone)]
struct OnOne {
    action: Action,
    /// The field that says which.
    field: String,
    /// On the link.
    said: &'static str,
}

impl OnOne {
    /// Whether that one can be chosen for it: what a service keeps itself cannot.
    fn fits(&self, item: &CloudItem) -> bool {
        let field = self.action.fields.iter().find(|field| field.name == self.field);
        match field.map(|field| &field.input) {
            Some(Input::Choice { only: Some((key, value)), .. }) => item
                .metadata
                .get(key.as_ref())
                .is_none_or(|is| is.as_str().map_or(is.to_string() == *value, |is| is == value)),
            _ => true,
        }
    }

    /// The way to its form, which opens in a dialog.
    fn link(&self, around: &Around, item: &CloudItem, given: &[(String, String)], of: Option<&str>) -> AnyView {
        let acts: Acts = expect_context();
        let Self { action, field, said } = self.clone();
        let Around { place, row, kind, .. } = around.clone();
        let mut filled: FormValues = given.iter().cloned().collect();
        filled.insert(field.clone(), item.id.to_string());
        let query: Vec<_> = filled.iter().map(|(name, value)| (name.as_str(), Some(value.as_str()))).collect();
        let path = row.with_untracked(|row| format!("r/{}/do/{}", row.id, action.name));
        let href = with_query(&at(&place, &path), &query);
        let label = words::remove_what(&action.label, &item.name);
        let one = |value: &str, label: &str| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            detail: String::new(),
            disabled: None,
            usage: model::Usage::ZERO,
        };
        let mut choices: ChoicesOf = vec![(field, vec![one(item.id.as_str(), &item.name)])];
        choices.extend(given.iter().map(|(name, id)| (name.clone(), vec![one(id, of.unwrap_or(id))])));
        let known = |name: &str| choices.iter().any(|(field, _)| field == name);
        let complete =
            action.fields.iter().all(|field| !matches!(field.input, Input::Choice { .. }) || known(&field.name));
        for (name, value) in as_typed(&action, item) {
            filled.entry(name).or_insert(value);
        }
        let slug = kind.slug.to_string();
        let click = move |event: leptos::ev::MouseEvent| {
            if complete && !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                event.prevent_default();
                let with = (filled.clone(), choices.clone());
                acts.begin_inside(row.get_untracked(), slug.clone(), action.clone(), with);
            }
        };
        view! { <a class="link" href=href aria-label=label on:click=click>{said}</a> }.into_any()
    }
}

fn cells(kind: &Kind, item: &CloudItem) -> impl IntoView + use<> {
    let cell = |column: &model::Column| {
        let class = column.show.is_number().then_some("num");
        let shown = value::cell(column.show, item.metadata.get(column.key.as_ref()));
        view! { <td data-label=column.label.to_string() class=class>{shown}</td> }
    };
    kind.columns.iter().map(cell).collect_view()
}
