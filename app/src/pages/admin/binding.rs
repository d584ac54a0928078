//! The form of a new binding: tested against the cloud before it is saved.
use crate::{
    api::admin::{CreateBinding, ProbeBinding},
    data::{AdminWorkspace, Flash},
    parts::{
        banner::Banner,
        field::Plain,
        problem::{Problem, errors_at},
    },
    send::{StillForm, path},
    words,
};
use leptos::prelude::*;
use model::{Environment, view::BindingProbe};

/// Names of the fields in the form and in errors, with their labels.
const FIELDS: [(&str, &str); 7] = [
    ("environment", words::ENVIRONMENT),
    ("openstack_project", words::PROJECT),
    ("openstack_domain", words::DOMAIN),
    ("openstack_region", words::REGION),
    ("quota_vcpus", words::VCPUS),
    ("quota_ram_gb", words::MEMORY_GB),
    ("quota_storage_gb", words::STORAGE_GB),
];

/// The form.
#[component]
pub fn NewBindingForm(
    /// The workspace, and what the cloud offers.
    page: AdminWorkspace,
    /// What a form post left.
    flash: Flash,
) -> impl IntoView {
    let problem = flash.problem();
    let found = flash.probe.clone().map(|probe| view! { <Found probe/> });
    let typed = flash.values;
    let value = move |name: &str, default: &str| typed.get(name).cloned().unwrap_or_else(|| default.to_owned());
    let at = move |name: &str| errors_at(problem, name);
    let chosen = value("environment", "");
    let bound = page.workspace.bindings.iter().filter(|binding| !binding.retired);
    let bound: Vec<Environment> = bound.map(|binding| binding.environment).collect();
    if Environment::ALL.iter().all(|one| bound.contains(one)) {
        return view! { <p class="quiet">{words::ALL_BOUND}</p> }.into_any();
    }
    let environments = Environment::ALL.map(|one| {
        let taken = bound.contains(&one);
        view! { <option value=one.as_str() disabled=taken selected={one.as_str() == chosen}>{words::environment(one)}</option> }
    });
    let projects = page.projects.into_iter().map(|(id, name, domain)| {
        view! { <option value=name>{format!("{domain} · {id}")}</option> }
    });
    let projects = projects.collect_view();
    let regions = page.regions.into_iter().map(|region| view! { <option value=region></option> }).collect_view();
    let trouble = page.trouble.map(|why| view! { <Banner level="warning">{words::NO_OFFERS} " " {why}</Banner> });
    let labels = FIELDS.map(|(name, label)| (name.to_owned(), label.to_owned())).to_vec();
    view! {
        <datalist id="projects">{projects}</datalist>
        <datalist id="regions">{regions}</datalist>
        <section class="panel narrow" aria-labelledby="new-binding">
            <h2 id="new-binding">{words::NEW_BINDING}</h2>
            {trouble}
            <Problem problem labels id="binding-problem"/>
            <StillForm to={path::<CreateBinding>()} class="fields">
                <input type="hidden" name="binding[workspace_id]" value=page.workspace.workspace_id.to_string()/>
                <div class="field">
                    <label for="field-environment">{words::ENVIRONMENT}</label>
                    <select class="select" id="field-environment" name="binding[environment]">{environments.collect_view()}</select>
                </div>
                <Plain name="binding[openstack_project]" id="openstack_project" label=words::PROJECT help=words::PROJECT_HELP list="projects" value=value("openstack_project", "") errors=at("openstack_project")/>
                <Plain name="binding[openstack_domain]" id="openstack_domain" label=words::DOMAIN help=words::DOMAIN_HELP value=value("openstack_domain", "") errors=at("openstack_domain")/>
                <Plain name="binding[openstack_region]" id="openstack_region" label=words::REGION list="regions" value=value("openstack_region", "") errors=at("openstack_region")/>
                <Plain name="binding[quota_vcpus]" id="quota_vcpus" label=words::VCPUS kind="number" value=value("quota_vcpus", "20") errors=at("quota_vcpus")/>
                <Plain name="binding[quota_ram_gb]" id="quota_ram_gb" label=words::MEMORY_GB kind="number" value=value("quota_ram_gb", "80") errors=at("quota_ram_gb")/>
                <Plain name="binding[quota_storage_gb]" id="quota_storage_gb" label=words::STORAGE_GB kind="number" value=value("quota_storage_gb", "500") errors=at("quota_storage_gb")/>
                {found}
                <p class="help">{words::TEST_HELP}</p>
                <p class="buttons">
                    <button class="btn" formaction={path::<ProbeBinding>()}>{words::TEST_BINDING}</button>
                    <button class="btn btn-primary">{words::CREATE_BINDING}</button>
                </p>
            </StillForm>
        </section>
    }
    .into_any()
}

/// What a test found.
#[component]
fn Found(probe: BindingProbe) -> impl IntoView {
    let fine = probe.problems.is_empty();
    let list = |title: &'static str, lines: Vec<String>| {
        (!lines.is_empty()).then(|| {
            let lines = lines.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
            view! { <p><b>{title}</b></p> <ul class="lines">{lines}</ul> }
        })
    };
    let services = probe
        .services
        .into_iter()
        .map(|(kind, answered)| format!("{kind}: {}", if answered { words::ANSWERED } else { words::SILENT }));
    let services: Vec<String> = services.collect();
    view! {
        <div class="banner" data-level=if fine { "info" } else { "warning" }>
            <div>
                {fine.then(|| view! { <p>{words::PROBE_FINE}</p> })}
                {probe.project_id.map(|id| view! { <p>{words::PROJECT} " " {probe.project_name} " " <code>{id}</code></p> })}
                {list(words::PROBE_PROBLEMS, probe.problems)}
                {list(words::PROBE_WARNINGS, probe.warnings)}
                {list(words::PROBE_SERVICES, services)}
            </div>
        </div>
    }
}
