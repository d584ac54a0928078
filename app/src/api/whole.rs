//! What the forms of the whole cloud's pages send.
use crate::failure::Failure;
use leptos::prelude::*;
use model::{
    FormValues,
    view::{CloudItem, WholeItem},
};

/// Creates one of a kind in a region.
#[server]
pub async fn create_whole(
    region: String,
    kind: String,
    #[server(default)] spec: FormValues,
) -> Result<CloudItem, Failure> {
    crate::ssr::create_whole(region, kind, spec).await
}

/// Does something with one.
#[server]
pub async fn act_whole(
    region: String,
    kind: String,
    id: String,
    action: String,
    #[server(default)] spec: FormValues,
) -> Result<WholeItem, Failure> {
    crate::ssr::act_whole(region, kind, id, action, spec).await
}

/// Deletes one.
#[server]
pub async fn delete_whole(region: String, kind: String, id: String) -> Result<(), Failure> {
    crate::ssr::delete_whole(region, kind, id).await
}
