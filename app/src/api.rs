//! Every server function: what pages ask, and what their forms send. Each ends in a method of the portal.
use crate::{ask::Question, failure::Failure};
use leptos::{prelude::*, server_fn::codec::Json};

pub mod admin;
pub mod drift;
pub mod forms;
pub mod whole;

/// Answers a question with JSON text of the type that stands beside it.
#[server(input = Json)]
pub async fn ask(question: Question) -> Result<String, Failure> {
    crate::ssr::call(async |portal, ctx| crate::ssr::answer(portal, ctx, question).await).await
}
