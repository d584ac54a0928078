//! What sends requests.
