//! The parts with their states, side by side. In debug builds only.
use crate::{
    ask::{Asked, Question},
    page,
    parts::{
        banner::Banner, code::Code, empty::Empty, gauge::Gauges, objects::Objects, once::Once, quota_bar::QuotaPreview,
        skeleton::Skeleton, state::StateMark,
    },
    words,
};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    Environment, Region, State, Usage,
    applied::{Applied, Became},
    view::EnvironmentView,
};

/// The gallery; in a release there is no such page.
#[component]
pub fn Gallery() -> impl IntoView {
    match cfg!(debug_assertions) {
        true => parts().into_any(),
        false => page::show(Asked::<()>::new(|| Question::Nothing), |_, ()| ()),
    }
}

fn parts() -> impl IntoView {
    let environment = EnvironmentView {
        environment: Environment::Staging,
        openstack_project: "devops-staging".to_owned(),
        openstack_region: Region::new("RegionOne"),
        quota: Usage { vcpus: 20, ram_mib: 81_920, storage_gb: 500 },
        used: Usage { vcpus: 17, ram_mib: 20_480, storage_gb: 500 },
    };
    let states = State::ALL.map(|state| view! { <p><StateMark state/></p> }).collect_view();
    let wanted = Signal::stored(Usage { vcpus: 2, ram_mib: 4096, storage_gb: 40 });
    view! {
        <Title text="Parts"/>
        <h1>"Parts"</h1>
        <h2>"State"</h2> {states}
        <h2>"Gauges"</h2> <Gauges environment=environment.clone()/>
        <h2>"Quota preview"</h2> <QuotaPreview environment wanted/>
        <h2>"Banner"</h2> <Banner>{words::PROBE_FINE}</Banner> <Banner level="warning">{words::STALE}</Banner>
        <h2>"Buttons"</h2>
        <p class="buttons">
            <button class="btn btn-primary">{words::CREATE}</button> <button class="btn">{words::CANCEL}</button>
            <button class="btn btn-error">{words::DELETE}</button>
        </p>
        <h2>"Code"</h2> <Code text="openstack server list".to_owned() label="Code"/>
        <h2>"Once"</h2> <Once text="secret".to_owned() file="key.pem"/>
        <h2>"Objects"</h2> <Objects objects=objects()/>
        <h2>"Empty"</h2> <Empty title=words::EMPTY_PLACE about=words::EMPTY_PLACE_HELP/>
        <h2>"Skeleton"</h2> <Skeleton/>
    }
}

fn objects() -> Vec<Applied> {
    let object = |kind: &str, name: &str, result, message: Option<&str>| Applied {
        api_version: "v1".to_owned(),
        kind: kind.to_owned(),
        namespace: (kind != "Namespace").then(|| "shop".to_owned()),
        name: name.to_owned(),
        result,
        message: message.map(str::to_owned),
    };
    let refused = "Deployment.apps \"api\" is invalid: spec.selector: Required value";
    vec![
        object("Namespace", "shop", Became::Created, None),
        object("Deployment", "web", Became::Configured, None),
        object("Service", "web", Became::Unchanged, None),
        object("Deployment", "api", Became::Failed, Some(refused)),
    ]
}
