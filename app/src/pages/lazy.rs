//! Live pages whose code the browser loads when somebody goes there, so that the first page is light.
//!
//! What only one of them needs lies in a file of its own, what several need in a shared one; the router waits for both
//! before it changes the page.
use super::{create::Create, inventory::Inventory, kind::KindList, resource::Resource};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// The inventory.
pub struct InventoryPage;

#[lazy_route]
impl LazyRoute for InventoryPage {
    fn data() -> Self {
        Self
    }
    fn view(_page: Self) -> AnyView {
        view! { <Inventory/> }.into_any()
    }
}

/// What there is of a kind.
pub struct KindPage;

#[lazy_route]
impl LazyRoute for KindPage {
    fn data() -> Self {
        Self
    }
    fn view(_page: Self) -> AnyView {
        view! { <KindList/> }.into_any()
    }
}

/// A create form.
pub struct CreatePage;

#[lazy_route]
impl LazyRoute for CreatePage {
    fn data() -> Self {
        Self
    }
    fn view(_page: Self) -> AnyView {
        view! { <Create/> }.into_any()
    }
}

/// A resource.
pub struct ResourcePage;

#[lazy_route]
impl LazyRoute for ResourcePage {
    fn data() -> Self {
        Self
    }
    fn view(_page: Self) -> AnyView {
        view! { <Resource/> }.into_any()
    }
}
