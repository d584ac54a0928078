//! Where a row's id is kept in a cloud, so that a thing is found again after a lost answer.
//!
//! A create cannot be repeated safely in OpenStack, and no service takes a key that would make it so. What each offers
//! instead is here: the place, the way to look there, and what happens where there is nothing. `docs/tags.md` shows it
//! for every kind.

/// Where a row's id is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// In a list of tags, given at the creation; lists filter by it.
    Tags,
    /// In the metadata, under `atonix_id`.
    Metadata,
    /// In the description: Neutron refuses tags at the creation, but takes a description always; Manila's snapshots and
    /// Designate's zones have nothing else; Octavia had nothing else once.
    Description,
    /// In the name, behind a hyphen; cut off before a name is shown.
    NameSuffix,
    /// Nowhere: the name is the identity and we choose it, so looking it up by name suffices.
    Name,
    /// In a header beside the name, which is the identity.
    Mark,
}

/// The prefix that tells our tags from those of others.
pub const TAG_PREFIX: &str = "atonix:";
/// The key of our tag in metadata.
pub const TAG_KEY: &str = "atonix_id";
/// The header of our tag with a container of objects.
pub const TAG_HEADER: &str = "x-container-meta-atonix-id";

/// A tag as it stands in a list of tags or in a description.
pub fn tag_text(tag: &str) -> String {
    format!("{TAG_PREFIX}{tag}")
}

/// The row's id out of such a text.
pub fn tag_of(text: &str) -> Option<String> {
    text.strip_prefix(TAG_PREFIX).map(str::to_owned)
}

impl Tag {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Tags, Self::Metadata, Self::Description, Self::NameSuffix, Self::Name, Self::Mark];

    /// Whether a thing is looked up by its name, which is its identity: there can be no second one.
    pub const fn is_name(self) -> bool {
        matches!(self, Self::Name | Self::Mark)
    }

    /// What narrows the project's list to what carries the row's id. None where the service has no such filter, or none to
    /// rely on: then the whole list is read, and the tags are compared here.
    pub fn filter(self, row: &str) -> Option<(&'static str, String)> {
        match self {
            Self::Tags => Some(("tags", tag_text(row))),
            Self::Description => Some(("description", tag_text(row))),
            Self::Metadata | Self::NameSuffix | Self::Name | Self::Mark => None,
        }
    }

    /// Where it lives, for the documentation.
    pub const fn place(self) -> &'static str {
        match self {
            Self::Tags => "a tag, `atonix:<row>`",
            Self::Metadata => "the metadata, or the labels of a container, `atonix_id: <row>`",
            Self::Description => "the description, `atonix:<row>`",
            Self::NameSuffix => "the end of the name, `<name>-<row without hyphens>`",
            Self::Name => "the name itself, `<binding>-<name>`",
            Self::Mark => "the header `X-Container-Meta-Atonix-Id: <row>`",
        }
    }

    /// What happens where the service keeps none, for the documentation.
    pub const fn lacking(self) -> &'static str {
        match self {
            Self::Tags => "a service without tags is sent nothing: the row fails and names the version that it needs",
            Self::Metadata => "every service keeps it",
            Self::Description => "every service keeps it",
            Self::NameSuffix => "every service keeps it; a name that leaves no room for it is refused beforehand",
            Self::Name => "one of that name with another key is somebody else's: the row fails, and theirs stays",
            Self::Mark => "one of that name without the row's mark is somebody else's: the row fails, and theirs stays",
        }
    }

    /// Why there and not elsewhere, and where that ends, for the documentation.
    pub const fn limits(self) -> &'static str {
        match self {
            Self::Tags => {
                "Nova takes tags in the create from microversion 2.52 (Pike) on, and lists by them. Metadata would be shown \
                 to everybody inside of the server."
            }
            Self::Metadata => {
                "Cinder has no tags, and neither has Manila for shares. Cinder takes a filter by metadata, but which filters \
                 members may use is its operator's choice (`resource_filters.json`), and one that they may not use is \
                 dropped without a word: the answer is then everything. So the project's whole list is read, and compared; \
                 Manila's and Zun's, too: Zun refuses a filter by labels."
            }
            Self::Description => {
                "Neutron has tags, and answers 400 to a create that carries one, also with the extension `tag-creation`; to \
                 set one in a second request would leave a moment in which nobody could find the thing. The filter by \
                 description is exact. The subnet that comes with a network carries the same id as the network: the two are \
                 told apart by their collections. Manila, Octavia and Designate filter by description, too, and each was \
                 seen to answer with what carries the id alone."
            }
            Self::NameSuffix => {
                "Magnum has neither tags nor a description, and labels of a cluster replace all of its template's. Its lists \
                 take no filter by name. The suffix takes 33 of the 242 characters that a name may have, and is cut off \
                 wherever a name is shown. A create is answered before the cluster is listed, so one look that finds nothing \
                 proves nothing."
            }
            Self::Name => {
                "A keypair has nothing beside its name, and belongs to the service account, not to a project; so its name \
                 begins with the binding's id, and no two can have it. What bears that name is the row's if its public key \
                 is the one that was asked for. If it is another, it is never taken over and never deleted: a create fails \
                 with a sentence at the name, a row that stood becomes vanished, a deletion ends without having touched it."
            }
            Self::Mark => {
                "A container's name is its identity in the project's account, and a PUT to a name that is taken answers 202 \
                 and changes what is there, its metadata with it. So it is looked for before it is made, each time: one \
                 without the row's mark is never taken over and never deleted. Only what somebody else makes in the very \
                 moment between that look and the PUT is taken for the row's; it is as good as empty, and Swift deletes \
                 nothing that is not. Lists do not show the mark, so one that lost its row is told to be made elsewhere."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_filter_asks_for_is_what_is_read_out_of_the_answer() {
        for (_, value) in Tag::ALL.iter().filter_map(|tag| tag.filter("a-row")) {
            assert_eq!(tag_of(&value).as_deref(), Some("a-row"));
        }
    }
}
