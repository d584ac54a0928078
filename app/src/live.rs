//! What changes while a page is open: one stream of events per tab, closed while the tab is hidden.
use crate::data::place_of;
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
};
use leptos_router::hooks::use_location;
use model::{Environment, ResourceId, State};
use serde::Deserialize;
use std::{cell::Cell, time::Duration};
use web_sys::{EventSource, MessageEvent, VisibilityState};

/// How often to look whether the stream is open, and how often in a row it may not be.
const LOOK: Duration = Duration::from_secs(10);
const PATIENCE: u32 = 2;

/// A change of a row in the workspace in the address.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Change {
    /// Where.
    pub environment: Environment,
    /// The row.
    pub resource: ResourceId,
    /// Its kind's slug.
    pub kind: String,
    /// Its state now.
    pub state: State,
}

/// A list that could not be read, and now can.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Readable {
    /// Where.
    pub environment: Environment,
    /// Its kind's slug.
    pub kind: String,
}

/// The changes, as a context: pages listen to them.
#[derive(Clone, Copy, Debug)]
pub struct Live {
    /// The last change, with a number that tells two alike apart.
    last: RwSignal<(u32, Option<Change>)>,
    /// Counts how often changes may have been missed, so that pages ask again.
    missed: RwSignal<u32>,
    /// The last list that can be read again.
    lists: RwSignal<(u32, Option<Readable>)>,
}

impl Default for Live {
    fn default() -> Self {
        Self { last: RwSignal::new((0, None)), missed: RwSignal::new(0), lists: RwSignal::new((0, None)) }
    }
}

impl Live {
    /// The context.
    pub fn get() -> Self {
        expect_context()
    }

    /// Calls `each` for every change from now on, and `again` when some may have been missed. Only in the browser.
    pub fn listen(self, each: impl Fn(Change) + 'static, again: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let (number, change) = self.last.get();
            if let (Some(_), Some(change)) = (before.filter(|before| *before != number), change) {
                untrack(|| each(change));
            }
            number
        });
        Effect::new(move |before: Option<u32>| {
            let missed = self.missed.get();
            if before.is_some_and(|before| before != missed) {
                untrack(&again);
            }
            missed
        });
    }

    /// Calls `each` for every list that can be read again. Only in the browser.
    pub fn listen_lists(self, each: impl Fn(Readable) + 'static) {
        Effect::new(move |before: Option<u32>| {
            let (number, list) = self.lists.get();
            if let (Some(_), Some(list)) = (before.filter(|before| *before != number), list) {
                untrack(|| each(list));
            }
            number
        });
    }

    /// Keeps the stream of the workspace in the address open. Called once, by the frame.
    pub fn run(self) {
        let path = use_location().pathname;
        let workspace = Memo::new(move |_| place_of(&path.get()).0);
        let visible = RwSignal::new(true);
        Effect::new(move || {
            let shown = || document().visibility_state() == VisibilityState::Visible;
            visible.set(shown());
            // The frame stands as long as the tab: the listener is never taken back.
            let listener = Closure::<dyn Fn()>::new(move || visible.set(shown())).into_js_value();
            document().add_event_listener_with_callback("visibilitychange", listener.unchecked_ref()).ok();
        });
        let (open, attempt) = (RwSignal::new(false), RwSignal::new(0_u32));
        // Held by the effect, which only the browser keeps: what is made of a script's objects must not cross the
        // server's threads.
        let mut stream = None;
        Effect::new(move || {
            drop(stream.take());
            open.set(false);
            attempt.track();
            if let (Some(workspace), true) = (workspace.get(), visible.get()) {
                stream = Stream::open(workspace.as_str(), self, open);
            }
        });
        Effect::new(move || {
            let silent = Cell::new(0);
            let look = move || {
                let wanted = visible.get_untracked() && workspace.with_untracked(Option::is_some);
                silent.set(if open.get_untracked() || !wanted { 0 } else { silent.get() + 1 });
                // A browser comes back by itself to a stream that broke, and gives up where one was refused. Where none
                // comes through at all, this is how pages learn of changes: slowly, but they do.
                if silent.get() >= PATIENCE {
                    silent.set(0);
                    self.missed.update(|times| *times += 1);
                    attempt.update(|number| *number += 1);
                }
            };
            if let Ok(handle) = set_interval_with_handle(look, LOOK) {
                on_cleanup(move || handle.clear());
            }
        });
    }
}

/// An open stream; closed when dropped.
struct Stream {
    source: EventSource,
    _closures: [Closure<dyn Fn(MessageEvent)>; 5],
}

impl Stream {
    fn open(workspace: &str, live: Live, open: RwSignal<bool>) -> Option<Self> {
        let source = EventSource::new(&format!("/events?workspace={workspace}")).ok()?;
        let change = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let change = event.data().as_string().and_then(|text| serde_json::from_str::<Change>(&text).ok());
            if let Some(change) = change {
                live.last.update(|last| *last = (last.0.wrapping_add(1), Some(change)));
            }
        });
        let listed = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
            let list = event.data().as_string().and_then(|text| serde_json::from_str::<Readable>(&text).ok());
            if let Some(list) = list {
                live.lists.update(|last| *last = (last.0.wrapping_add(1), Some(list)));
            }
        });
        let missed = move || live.missed.update(|times| *times += 1);
        let reset = Closure::<dyn Fn(MessageEvent)>::new(move |_| missed());
        // What happened before the stream was open the first time was missed. When it comes back after a break, the server
        // tells what there was meanwhile, by the number of the last event.
        let first = Cell::new(true);
        let opened = Closure::<dyn Fn(MessageEvent)>::new(move |_| {
            open.set(true);
            if first.replace(false) {
                missed();
            }
        });
        let broken = Closure::<dyn Fn(MessageEvent)>::new(move |_| open.set(false));
        let heard =
            [("message", &change), ("listed", &listed), ("reset", &reset), ("open", &opened), ("error", &broken)];
        for (name, heard) in heard {
            source.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref()).ok()?;
        }
        Some(Self { source, _closures: [change, listed, reset, opened, broken] })
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.close();
    }
}
