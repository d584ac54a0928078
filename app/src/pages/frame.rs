//! The frame around every page: bar, navigation, content.
use crate::words;
use crate::{
    ask::{Asked, Question},
    data::Flash,
    live::Live,
    page::FrameData,
    parts,
    send::FormKeys,
    still::is_live,
    time::Now,
};
use leptos::{
    prelude::*,
    wasm_bindgen::{JsCast, closure::Closure},
    web_sys::{Element, HtmlAnchorElement, MouseEvent},
};
use leptos_router::{components::Outlet, hooks::use_location};

/// What the last form without JavaScript left for this page.
pub fn flash_for(frame: &crate::data::Frame, form: &str) -> Option<Flash> {
    frame.flash.clone().filter(|flash| flash.form == form)
}

/// The frame.
#[component]
pub fn Frame() -> impl IntoView {
    let data = Asked::new(|| Question::Frame);
    provide_context(FrameData(data));
    provide_context(FormKeys::default());
    Now::get().tick();
    Live::get().run();
    leave_still_links();
    announce();
    view! {
        <a class="skip" href="#main">{words::SKIP}</a>
        <parts::bar::Bar/>
        <div class="columns">
            <parts::sidebar::Sidebar/>
            <main id="main" tabindex="-1"><Outlet/></main>
        </div>
        <parts::toast::ToastRegion/>
        <p id="route" class="sr-only" role="status" aria-live="polite"></p>
    }
}

/// Lets the browser follow links to still pages: the router must not see those clicks.
fn leave_still_links() {
    Effect::new(|| {
        let listener = Closure::<dyn Fn(MouseEvent)>::new(|event: MouseEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
            let link = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
            if link.is_some_and(|link| !is_live(&link.pathname())) {
                event.stop_propagation();
            }
        });
        // On the document, which a click reaches before the router's listener on the window.
        document().add_event_listener_with_callback("click", listener.into_js_value().unchecked_ref()).ok();
    });
}

/// After a change of route: closes what hangs open, moves the focus to the content, and reads the new title out.
fn announce() {
    let path = use_location().pathname;
    // What was read out last, or stood there at first.
    let known = StoredValue::new(String::new());
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        match before {
            None => known.set_value(document().title()),
            Some(before) if before != path => {
                parts::menu::close_all();
                parts::dialog::focus("main");
                read_out(known, 50);
            }
            Some(_) => {}
        }
        path
    });
}

/// Reads the title out once it is the new page's, which has one when its data are there; after five seconds whatever it is.
fn read_out(known: StoredValue<String>, looks: u32) {
    set_timeout(
        move || {
            let title = document().title();
            if looks > 0 && known.with_value(|known| *known == title) {
                return read_out(known, looks - 1);
            }
            if let Some(region) = document().get_element_by_id("route") {
                region.set_text_content(Some(&title));
            }
            known.set_value(title);
        },
        std::time::Duration::from_millis(100),
    );
}
