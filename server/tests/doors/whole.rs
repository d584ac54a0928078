//! What is the whole cloud's, through the API and through the forms of pages: each kind created, listed, shown, acted on and
//! deleted, as the example that it carries says. A kind that is added is walked, too.
use crate::world::{Answer, Person, World, everywhere, with};
use http::Method;
use model::{
    Action, Kind, Scope, Spec,
    example::{self, Hole},
    kind::Does,
};
use portal::catalogue;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU8, Ordering},
};

/// Through what somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Api,
    Form,
}

fn kinds() -> impl Iterator<Item = &'static Kind> {
    catalogue().filter(|kind| kind.scope == Scope::Admin)
}

fn path(kind: &Kind) -> String {
    format!("/api/services/admin/{}/{}/", kind.service, kind.collection)
}

fn number() -> u8 {
    static NUMBER: AtomicU8 = AtomicU8::new(1);
    NUMBER.fetch_add(1, Ordering::Relaxed)
}

struct Walk<'a> {
    world: &'a World,
    by: By,
    cookie: String,
    /// One of each kind that examples need: its id.
    beside: BTreeMap<&'static str, String>,
}

impl Walk<'_> {
    fn filled(&self, text: &str) -> Spec {
        let number = number().to_string();
        let filled = example::filled(text, |hole| match hole {
            Hole::Name => format!("whole-{number}"),
            Hole::Number => number.clone(),
            Hole::One(slug) => self.beside[slug].clone(),
        });
        filled.unwrap()
    }

    async fn post(&self, path: &str, mut spec: Spec) -> Answer {
        spec.insert("region".to_owned(), json!("RegionOne"));
        self.world.post(Person::Staff, path, Value::Object(spec)).await
    }

    /// Posts a form; gives where it leads to.
    async fn form(&self, function: &str, kind: &Kind, more: &[(&str, &str)], spec: &Spec) -> String {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("region", "RegionOne").append_pair("kind", &kind.slug).extend_pairs(more);
        for (name, value) in spec {
            let lines = |lines: &Vec<Value>| lines.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\r\n");
            let text = value.as_array().map(lines).or_else(|| value.as_str().map(str::to_owned));
            body.append_pair(&format!("spec[{name}]"), &text.unwrap_or_else(|| value.to_string()));
        }
        let answer = self.world.form(&format!("/rpc/{function}"), &self.cookie, &body.finish()).await;
        answer.header("location").to_owned()
    }

    /// Creates one; gives the cloud's id.
    async fn create(&self, by: By, kind: &Kind) -> String {
        let spec = self.filled(&kind.example);
        if by == By::Api {
            let answer = self.post(&path(kind), spec).await;
            assert_eq!(answer.status, 201, "{} {}", kind.slug, answer.text);
            return answer.json()["resource"]["id"].as_str().unwrap().to_owned();
        }
        let to = self.form("create_whole", kind, &[], &spec).await;
        let id = to.strip_prefix(&format!("/admin/cloud/RegionOne/{}/", kind.slug));
        id.unwrap_or_else(|| panic!("{} leads to {to:?}", kind.slug)).to_owned()
    }

    async fn is_shown(&self, kind: &Kind, id: &str) {
        match self.by {
            By::Api => {
                let one = self.world.get(Person::Staff, &format!("{}{id}/?region=RegionOne", path(kind))).await;
                assert_eq!(one.json()["resource"]["id"], id, "{}", one.text);
                assert!(self.ids(kind).await.contains(&id.to_owned()), "{}", kind.slug);
            }
            By::Form => {
                let own = format!("/admin/cloud/RegionOne/{}", kind.slug);
                for page in [own.clone(), format!("{own}/{id}")] {
                    let answer = self.world.browse(&page, &self.cookie).await;
                    assert!(answer.status.is_success() && answer.text.contains(id), "{page}: {}", answer.status);
                }
            }
        }
    }

    async fn ids(&self, kind: &Kind) -> Vec<String> {
        let listed = self.world.get(Person::Staff, &format!("{}?region=RegionOne", path(kind))).await;
        assert!(listed.status.is_success(), "{}: {}", kind.slug, listed.text);
        let listed = listed.json();
        let items = listed["resources"].as_array().unwrap();
        items.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    }

    async fn act(&self, kind: &Kind, id: &str, action: &Action) {
        let spec = self.filled(&action.example);
        match self.by {
            By::Api => {
                let answer = self.post(&format!("{}{id}/{}/", path(kind), action.name), spec).await;
                assert_eq!(answer.status, 200, "{} {} {}", kind.slug, action.name, answer.text);
            }
            By::Form => {
                let own = format!("/admin/cloud/RegionOne/{}/{id}", kind.slug);
                let page = self.world.browse(&format!("{own}/do/{}", action.name), &self.cookie).await;
                assert!(page.status.is_success(), "{}", page.status);
                let to = self.form("act_whole", kind, &[("id", id), ("action", &action.name)], &spec).await;
                assert_eq!(to, own, "{} {}", kind.slug, action.name);
            }
        }
    }

    async fn delete(&self, kind: &Kind, id: &str) {
        match self.by {
            By::Api => {
                let path = format!("{}{id}/?region=RegionOne", path(kind));
                let answer = self.world.call(Person::Staff, Method::DELETE, &path, None).await;
                assert_eq!(answer.status, 204, "{} {}", kind.slug, answer.text);
            }
            By::Form => {
                let to = self.form("delete_whole", kind, &[("id", id)], &Spec::new()).await;
                assert_eq!(to, format!("/admin/cloud/RegionOne/{}", kind.slug));
            }
        }
        assert!(!self.ids(kind).await.contains(&id.to_owned()), "{}", kind.slug);
    }
}

async fn everything(by: By) {
    everywhere(async |world| {
        let cookie = world.cookie(Person::Staff).await;
        let mut walk = Walk { world, by, cookie, beside: BTreeMap::new() };
        let index = world.browse("/admin/cloud", &walk.cookie).await;
        for kind in kinds() {
            assert!(index.text.contains(&format!("/admin/cloud/RegionOne/{}", kind.slug)), "{}", kind.slug);
            // What the cloud lists is there without having been made.
            walk.ids(kind).await;
            for needed in example::needs(&kind.example) {
                let needed = kinds().find(|kind| kind.slug == needed).unwrap();
                let id = walk.create(By::Api, needed).await;
                walk.beside.insert(needed.slug.as_ref(), id);
            }
            if !kind.can(Does::Create) {
                continue;
            }
            let id = walk.create(by, kind).await;
            walk.is_shown(kind, &id).await;
            walk.delete(kind, &id).await;
            for action in kind.actions.iter() {
                let id = walk.create(by, kind).await;
                walk.act(kind, &id, action).await;
                walk.delete(kind, &id).await;
            }
        }
        assert_eq!(world.portal.verify_audit().await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_the_whole_cloud_is_made_shown_acted_on_and_deleted_through_the_api() {
    everything(By::Api).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_the_whole_cloud_is_made_shown_acted_on_and_deleted_through_forms() {
    everything(By::Form).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_administrators_learns_that_there_is_a_whole_cloud() {
    everywhere(async |world| {
        for person in [Person::Stranger, Person::Operator, Person::Owner] {
            let cookie = world.cookie(person).await;
            for kind in kinds() {
                let address = format!("{}?region=RegionOne", path(kind));
                assert_eq!(world.get(person, &address).await.status, 404, "{address}");
                let page = format!("/admin/cloud/RegionOne/{}", kind.slug);
                assert_eq!(world.browse(&page, &cookie).await.status, 404, "{page}");
                // Nor is it in a place.
                let place = format!("/w/devops-team/staging/k/{}", kind.slug);
                assert_eq!(world.browse(&place, &cookie).await.status, 404, "{place}");
            }
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_without_the_service_and_a_portal_without_credentials_say_so() {
    let world = with(&[]).await;
    let nodes = "/api/services/admin/ironic/nodes/";
    let answer = world.get(Person::Staff, &format!("{nodes}?region=RegionTwo")).await;
    assert_eq!((answer.status.as_u16(), answer.json()["code"].as_str().unwrap()), (404, "not_offered"));
    assert!(answer.text.contains("Bare metal (Ironic) is not offered in RegionTwo."), "{}", answer.text);
    let cookie = world.cookie(Person::Staff).await;
    let page = world.browse("/admin/cloud/RegionTwo/ironic_node", &cookie).await;
    assert!(page.text.contains("Bare metal (Ironic) is not offered in RegionTwo."), "{}", page.text);
    let answer = world.get(Person::Staff, nodes).await;
    assert_eq!(answer.json()["errors"]["region"][0], "This parameter is required.");

    let world = with(&[("ATONIX_ADMIN_USERNAME", ""), ("ATONIX_ADMIN_PASSWORD", "")]).await;
    let answer = world.get(Person::Staff, &format!("{nodes}?region=RegionOne")).await;
    assert!(answer.status == 409 && answer.text.contains("ATONIX_ADMIN_USERNAME"), "{}", answer.text);
    let cookie = world.cookie(Person::Staff).await;
    let page = world.browse("/admin/cloud", &cookie).await;
    assert!(page.text.contains("ATONIX_ADMIN_USERNAME"), "{}", page.text);
}
