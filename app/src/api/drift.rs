//! What the forms of the page of drift send.
use crate::failure::Failure;
use leptos::prelude::*;
use model::drift::{DriftPage, Remedied};

/// Compares a place with its cloud.
#[server]
pub async fn check_drift(workspace: String, environment: String) -> Result<DriftPage, Failure> {
    let work = async |portal: portal::Portal, ctx| {
        portal.check_drift(&ctx, &crate::ssr::place(&workspace, &environment)?).await
    };
    // Whether it goes on, the page says by itself.
    let landing = |page: &DriftPage| match page.checking {
        true => crate::ssr::Landing::default(),
        false => crate::ssr::said(crate::words::COMPARED_NOW),
    };
    crate::ssr::submit("check_drift", model::FormValues::new(), work, landing).await
}

/// Does something about a finding; in production what deletes wants the name typed.
#[server]
pub async fn remedy_drift(
    workspace: String,
    environment: String,
    finding: String,
    remedy: String,
    #[server(default)] confirm: String,
) -> Result<Remedied, Failure> {
    let work = async |portal, ctx| {
        let place = crate::ssr::place(&workspace, &environment)?;
        crate::ssr::remedy(portal, ctx, place, finding, &remedy, &confirm).await
    };
    let landing = |done: &Remedied| {
        let (class, name) = (done.finding.class, &done.finding.resource_name);
        crate::ssr::said(&crate::words::remedied(class, done.remedy, name))
    };
    crate::ssr::submit("remedy_drift", model::FormValues::new(), work, landing).await
}
