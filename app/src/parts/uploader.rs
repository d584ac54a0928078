//! Sends files into a folder of a container: dropped or chosen, three at a time, each with its progress.
use crate::{
    failure::Failure,
    upload::{self, Target, Watch},
    words,
};
use leptos::{prelude::*, wasm_bindgen::JsCast};
use web_sys::{DragEvent, Event, File, FileList, HtmlInputElement};

/// So many files are sent at a time; the parts of one go one after the other, so that what breaks off sends one again.
const AT_ONCE: usize = 3;

/// How a file is.
#[derive(Clone, Debug, PartialEq)]
enum Stage {
    Waiting,
    Sending,
    Done,
    Stopped,
    Failed(Failure),
}

/// A file on its way.
#[derive(Clone)]
struct Item {
    number: u32,
    name: String,
    bytes: i64,
    /// A file belongs to the page's own thread.
    file: StoredValue<File, LocalStorage>,
    overwrite: RwSignal<bool>,
    stage: RwSignal<Stage>,
    watch: Watch,
}

/// Where files are dropped, and what became of them.
#[component]
pub fn Uploader(
    /// The container.
    target: Target,
    /// The folder, with its slash; empty for the container itself.
    prefix: Memo<String>,
    /// Called when one is there.
    done: Callback<()>,
) -> impl IntoView {
    let items = RwSignal::new(Vec::<Item>::new());
    let over = RwSignal::new(false);
    let target = StoredValue::new(target);
    let run = move |item: Item| {
        item.stage.set(Stage::Sending);
        leptos::task::spawn_local(async move {
            let (to, file) = (target.get_value(), item.file.get_value());
            let came = upload::send(&to, &item.name, &file, item.overwrite.get_untracked(), item.watch).await;
            let stage = match came {
                Ok(()) => Stage::Done,
                Err(_) if item.watch.stopped.get_untracked() => Stage::Stopped,
                Err(failure) => Stage::Failed(failure),
            };
            if stage == Stage::Done {
                item.watch.sent.try_set(item.bytes);
                done.run(());
            }
            item.stage.try_set(stage);
        });
    };
    // Whenever one ends, the next begins.
    Effect::new(move || {
        let all = items.get();
        let sending = all.iter().filter(|item| item.stage.get() == Stage::Sending).count();
        let waiting = all.into_iter().filter(|item| item.stage.get() == Stage::Waiting);
        for item in waiting.take(AT_ONCE.saturating_sub(sending)) {
            untrack(|| run(item));
        }
    });
    let take = move |files: Option<FileList>| {
        let Some(files) = files else { return };
        let next = items.with_untracked(|all| all.last().map_or(0, |last| last.number + 1));
        for (number, file) in (next..).zip((0..files.length()).filter_map(|at| files.get(at))) {
            let name = format!("{}{}", prefix.get_untracked(), file.name());
            #[expect(clippy::cast_possible_truncation, reason = "no file has more bytes than a double counts exactly")]
            let bytes = file.size() as i64;
            let item = Item {
                number,
                name,
                bytes,
                file: StoredValue::new_local(file),
                overwrite: RwSignal::new(false),
                stage: RwSignal::new(Stage::Waiting),
                watch: Watch { sent: RwSignal::new(0), stopped: RwSignal::new(false) },
            };
            items.update(|all| all.push(item));
        }
    };
    let chosen = move |event: Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        if let Some(input) = input {
            take(input.files());
            // So that the same file can be chosen again.
            input.set_value("");
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let hovers = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    view! {
        <div
            class="drop"
            data-over=move || over.get().to_string()
            on:dragover=hovers
            on:dragleave=move |_| over.set(false)
            on:drop=dropped
        >
            <span>{words::DROP_FILES}</span>
            <label class="btn btn-sm btn-primary" for="files">{words::CHOOSE_FILES}</label>
            <input id="files" class="sr-only" type="file" multiple on:change=chosen/>
        </div>
        <noscript><p class="quiet">{words::UPLOAD_SCRIPT}</p></noscript>
        <ul class="uploads" aria-label=words::UPLOADS>
            <For each=move || items.get() key=|item| item.number let(item)>
                <Line item/>
            </For>
        </ul>
    }
}

/// Why it failed, in one line.
fn sentence(failure: &Failure) -> String {
    let fields = failure.error.fields();
    match fields.is_empty() {
        true => failure.error.detail(),
        false => fields.into_values().flatten().collect::<Vec<_>>().join(" "),
    }
}

#[component]
fn Line(item: Item) -> impl IntoView {
    let Item { name, bytes, overwrite, stage, watch, .. } = item;
    let again = move |replace: bool| {
        overwrite.set(replace);
        watch.stopped.set(false);
        watch.sent.set(0);
        stage.set(Stage::Waiting);
    };
    let button = |label: &'static str, act: Callback<()>| {
        view! { <button type="button" class="btn btn-sm" on:click=move |_| act.run(())>{label}</button> }
    };
    let stop = Callback::new(move |()| watch.stopped.set(true));
    let (retry, replace) =
        (Callback::new(move |()| again(overwrite.get_untracked())), Callback::new(move |()| again(true)));
    let said = move || match stage.get() {
        Stage::Waiting => words::WAITING.into_any(),
        Stage::Sending => view! { <span>{move || words::sent_of(watch.sent.get(), bytes)}</span> }.into_any(),
        Stage::Done => words::SENT.into_any(),
        Stage::Stopped => words::STOPPED.into_any(),
        Stage::Failed(failure) => view! { <span class="bad">{sentence(&failure)}</span> }.into_any(),
    };
    let acts = move || match stage.get() {
        Stage::Sending => Some(button(words::STOP, stop)),
        Stage::Failed(Failure { error: model::Error::Conflict { .. }, .. }) => Some(button(words::REPLACE, replace)),
        Stage::Failed(_) | Stage::Stopped => Some(button(words::RETRY, retry)),
        Stage::Waiting | Stage::Done => None,
    };
    let label = name.clone();
    view! {
        <li class="upload">
            <span class="upload-name">{name}</span>
            <progress max=bytes.max(1) value=move || if bytes == 0 { 1 } else { watch.sent.get() } aria-label=label></progress>
            <span class="upload-said" role="status">{said}</span>
            {acts}
        </li>
    }
}
