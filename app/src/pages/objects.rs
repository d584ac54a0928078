//! The object browser: folders and objects of a container, a page at a time, and the way to send more into it.
use crate::{
    ask::{Asked, Question},
    data::at,
    page,
    parts::{
        banner::Banner,
        empty::Empty,
        pager::{Pager, with_query},
        skeleton::Skeleton,
        uploader::Uploader,
    },
    upload::Target,
    words,
};
use leptos::prelude::*;
use model::{
    Place, State,
    objects::{ObjectItem, ObjectPage, ObjectQuery, SEGMENTS},
    view::ResourceView,
};

/// What lies in a container.
#[component]
pub fn Objects(
    /// Where.
    place: Place,
    /// The container.
    row: Signal<ResourceView>,
    /// Whether the caller may change something.
    may: bool,
) -> impl IntoView {
    let (prefix, marker) = (page::query("prefix"), page::query("marker"));
    let folder = Memo::new(move |_| prefix.get().unwrap_or_default());
    let id = row.with_untracked(|row| row.id.to_string());
    let target = Target { place: place.clone(), container: id.clone() };
    let version = RwSignal::new(0_u32);
    // What is not there yet, or is gone, has nothing in it; what is to go waits until it is empty.
    let stands = Memo::new(move |_| row.with(|row| row.status == State::Active));
    let there = Memo::new(move |_| row.with(|row| matches!(row.status, State::Active | State::Deleting)));
    let question = {
        let (place, id) = ((place.workspace.to_string(), place.environment.to_string()), id.clone());
        move || {
            let query = ObjectQuery { prefix: folder.get(), marker: marker.get().unwrap_or_default() };
            match there.get() {
                true => Question::Objects(place.clone(), id.clone(), query),
                false => Question::Nothing,
            }
        }
    };
    let data = Asked::<ObjectPage>::after(move || version.get(), question);
    let here = StoredValue::new(Here { place, target: target.clone(), may });
    let list = move || {
        Suspend::new(async move {
            match data.answer().await {
                Ok(page) => view! { <Folder here=here.get_value() folder=folder.get_untracked() page/> }.into_any(),
                Err(_) if !there.get_untracked() => ().into_any(),
                Err(failure) => {
                    let why = failure.error.detail();
                    view! { <Banner level="warning">{words::NOT_READ} " " {why}</Banner> }.into_any()
                }
            }
        })
    };
    let refresh = Callback::new(move |()| version.update(|version| *version += 1));
    let sends =
        move || (may && stands.get()).then(|| view! { <Uploader target=target.clone() prefix=folder done=refresh/> });
    view! {
        <section aria-labelledby="objects">
            <h2 id="objects">{words::OBJECTS}</h2>
            {move || view! { <Path here=here.get_value() folder=folder.get()/> }}
            {sends}
            <Transition fallback=|| view! { <Skeleton/> }>{list}</Transition>
        </section>
    }
}

/// Where the page stands.
#[derive(Clone)]
struct Here {
    place: Place,
    target: Target,
    may: bool,
}

impl Here {
    /// The address of a folder, and of a page of it.
    fn folder(&self, prefix: &str, marker: Option<&str>) -> String {
        let page = at(&self.place, &format!("r/{}", self.target.container));
        with_query(&page, &[("prefix", Some(prefix)), ("marker", marker)])
    }

    /// The address of the form of an action on an object.
    fn act(&self, action: &str, object: &str) -> String {
        let page = at(&self.place, &format!("r/{}/do/{action}", self.target.container));
        with_query(&page, &[("object", Some(object))])
    }
}

/// The folders down to this one.
#[component]
fn Path(here: Here, folder: String) -> impl IntoView {
    let mut steps = vec![(words::OBJECTS.to_owned(), String::new())];
    let mut so_far = String::new();
    for part in folder.split_inclusive('/') {
        so_far.push_str(part);
        steps.push((part.trim_end_matches('/').to_owned(), so_far.clone()));
    }
    let last = steps.len() - 1;
    let step = |(number, (name, prefix)): (usize, (String, String))| match number == last {
        true => view! { <li aria-current="page">{name}</li> }.into_any(),
        false => view! { <li><a class="link" href=here.folder(&prefix, None)>{name}</a></li> }.into_any(),
    };
    let steps = steps.into_iter().enumerate().map(step).collect_view();
    (!folder.is_empty()).then(|| view! { <nav aria-label=words::FOLDERS><ol class="steps">{steps}</ol></nav> })
}

#[component]
fn Folder(here: Here, folder: String, page: ObjectPage) -> impl IntoView {
    let ObjectPage { folders, objects, next, .. } = page;
    if folders.is_empty() && objects.is_empty() {
        return view! { <Empty title=words::NO_OBJECTS about=words::NO_OBJECTS_HELP/> }.into_any();
    }
    let short = {
        let folder = folder.clone();
        move |name: &str| name.strip_prefix(folder.as_str()).unwrap_or(name).to_owned()
    };
    let deeper = folders.iter().map(|name| {
        let (href, short) = (here.folder(name, None), short(name));
        let kind = words::FOLDER;
        view! {
            <tr>
                <td class="name"><a class="row-link" href=href>{short}</a></td>
                <td class="num" data-label=words::SIZE><span class="quiet">{words::NONE}</span></td>
                <td data-label=words::TYPE>{kind}</td>
                <td data-label=words::CHANGED><span class="quiet">{words::NONE}</span></td>
                <td class="acts"></td>
            </tr>
        }
    });
    let deeper = deeper.collect_view();
    let lying = objects.iter().map(|object| one(&here, object, short(&object.name))).collect_view();
    let note = folder.starts_with(SEGMENTS).then(|| view! { <Banner>{words::SEGMENTS_HELP}</Banner> });
    let next = next.map(|marker| here.folder(&folder, Some(&marker)));
    let first = page::query("marker").get_untracked().map(|_| here.folder(&folder, None));
    view! {
        {note}
        <div class="table-wrap">
            <table class="table rows">
                <caption class="sr-only">{words::OBJECTS}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words::NAME}</th>
                        <th scope="col" class="num">{words::SIZE}</th>
                        <th scope="col">{words::TYPE}</th>
                        <th scope="col">{words::CHANGED}</th>
                        <th scope="col"><span class="sr-only">{words::ACTIONS}</span></th>
                    </tr>
                </thead>
                <tbody>{deeper} {lying}</tbody>
            </table>
        </div>
        <Pager first next/>
    }
    .into_any()
}

/// An object in its folder.
fn one(here: &Here, object: &ObjectItem, short: String) -> impl IntoView + use<> {
    let ObjectItem { name, bytes, content_type, last_modified, .. } = object;
    let down = here.target.address(name, "content/");
    let acts = [
        ("copy_object", words::COPY_OBJECT),
        ("generate_temp_url", words::LINK_OBJECT),
        ("delete_object", words::DELETE_OBJECT),
    ];
    let act = |(action, label): (&str, &'static str)| {
        view! {
            <a class="link" href=here.act(action, name) aria-label=words::with_object(label, name)>{label}</a> " "
        }
    };
    let acts = here.may.then(|| acts.map(act).collect_view());
    // Swift says it without a zone, and means UTC.
    let (date, time) = last_modified.split_once('T').unwrap_or((last_modified, ""));
    let changed = format!("{date} {} UTC", time.get(..5).unwrap_or(time));
    let (machine, label) = (format!("{last_modified}Z"), words::with_object(words::DOWNLOAD, name));
    let file = short.clone();
    view! {
        <tr>
            <td class="name"><a class="row-link" href=down rel="external" download=file aria-label=label>{short}</a></td>
            <td class="num" data-label=words::SIZE><span>{words::bytes(*bytes)}</span></td>
            <td data-label=words::TYPE><span>{content_type.clone()}</span></td>
            <td data-label=words::CHANGED class="tight"><time datetime=machine>{changed}</time></td>
            <td class="acts">{acts}</td>
        </tr>
    }
}
