//! Ids as types: same shape, never interchangeable.

/// Declares id newtypes. They serialise as plain text.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes text that is already known to be such an id.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

ids! {
    /// A person or a service account of the portal. A UUIDv7.
    UserId,
    /// A row of the inventory (`ProvisionedResource`). A UUIDv7, and the tag that marks the thing in the cloud.
    ResourceId,
    /// What a cloud calls a thing of its own: a UUID nearly everywhere, a name for keypairs.
    ExternalId,
    /// A workspace binding. A UUIDv7.
    BindingId,
    /// An OpenStack project's id.
    ProjectId,
    /// An OpenStack region's id, such as `RegionOne`.
    Region,
    /// An API token's id (not the token).
    TokenId,
    /// One action under way on a resource. A UUIDv7.
    OperationId,
    /// A request's id, in `X-Request-Id` on both sides and in every log line. `req-` and a UUID.
    RequestId,
    /// A workspace's slug as it stands in URLs: the guide's `workspace_id`.
    WorkspaceSlug,
}

impl WorkspaceSlug {
    /// The longest slug, in characters.
    pub const MAX: usize = 63;

    /// Takes a slug that a person typed: lower-case letters, digits and single hyphens, beginning with a letter.
    ///
    /// # Errors
    /// A sentence for the field.
    pub fn parse(text: &str) -> Result<Self, String> {
        let shape = text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && !text.contains("--")
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
        match shape && text.len() <= Self::MAX {
            true => Ok(Self(text.to_owned())),
            false => Err(format!(
                "Use lower-case letters, digits and single hyphens, beginning with a letter; {} characters at most.",
                Self::MAX
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::WorkspaceSlug;

    #[test]
    fn a_slug_is_lower_case_with_single_hyphens() {
        for good in ["devops-team", "a", "team-2"] {
            assert!(WorkspaceSlug::parse(good).is_ok(), "{good}");
        }
        for bad in ["", "-a", "a-", "a--b", "Devops", "2nd", "a b", "a/b", &"a".repeat(64)] {
            assert!(WorkspaceSlug::parse(bad).is_err(), "{bad}");
        }
    }
}
