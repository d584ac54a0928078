//! The error of every server function.
use leptos::server_fn::{
    codec::JsonEncoding,
    error::{FromServerFnError, ServerFnErrorErr},
};
use serde::{Deserialize, Serialize};

/// A [`model::Error`] that crosses a server function, with the request id to quote.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{error}")]
pub struct Failure {
    /// What went wrong.
    pub error: model::Error,
    /// The request in which it did; absent when the server was never reached.
    pub request_id: Option<String>,
}

impl From<model::Error> for Failure {
    fn from(error: model::Error) -> Self {
        Self { error, request_id: None }
    }
}

impl FromServerFnError for Failure {
    type Encoder = JsonEncoding;

    /// What never reached the portal: the network was away, or the two halves of the program disagree.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) => {
                model::Error::Unavailable { what: "The portal".to_owned(), retry_after: 5 }.into()
            }
            ServerFnErrorErr::Args(why) | ServerFnErrorErr::MissingArg(why) => {
                model::Error::invalid("body", why).into()
            }
            _ => model::Error::Internal.into(),
        }
    }
}
