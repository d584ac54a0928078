//! Every server function, and every question of the one that answers questions, as everybody who can have a cookie, with
//! bodies that succeed for who may.
use crate::world::{PASSWORD, Person, TEAM, World, everywhere};
use app::ask::Question;
use model::{
    Environment, Place, Role, WorkspaceSlug,
    view::{InventoryQuery, NewToken},
};
use portal::{Ctx, SpecInput};
use serde_json::json;
use server::routes::{Door, table};
use std::collections::BTreeSet;

/// Who calls, in the order of the statuses below.
pub(crate) const CALLERS: [Person; 6] =
    [Person::Nobody, Person::Stranger, Person::Viewer, Person::Operator, Person::Owner, Person::Staff];

const SIGNED_IN: [u16; 6] = [401, 200, 200, 200, 200, 200];
const SEEN: [u16; 6] = [401, 404, 200, 200, 200, 200];
const OPERATORS: [u16; 6] = [401, 404, 403, 200, 200, 403];
const OWNERS: [u16; 6] = [401, 404, 403, 403, 200, 200];
const STAFF: [u16; 6] = [401, 404, 404, 404, 404, 200];

const BINDING: &str = "binding[workspace_id]={empty}&binding[environment]=dev&binding[openstack_project]=payments-prod\
    &binding[openstack_region]=RegionOne&binding[quota_vcpus]=1&binding[quota_ram_gb]=1&binding[quota_storage_gb]=1";

/// Name, body, and what each caller is answered. `{…}` stands for something of [`Given`].
pub(crate) const CALLS: [(&str, &str, [u16; 6]); 27] = [
    (
        "provision",
        "workspace=devops-team&environment=dev&kind=volume&key=&spec[name]=walked&spec[size_gb]=1",
        OPERATORS,
    ),
    (
        "act",
        "workspace=devops-team&environment=dev&kind=neutron_router&id={router}&action=clear_gateway&key=",
        OPERATORS,
    ),
    ("remove", "workspace=devops-team&environment=dev&id={volume}", OPERATORS),
    (
        "remove_many",
        "workspace=devops-team&environment=dev&ids[0]={volume}&ids[1]={router}&confirm=delete+2",
        OPERATORS,
    ),
    ("remedy_drift", "workspace=devops-team&environment=dev&finding={finding}&remedy=forget", OPERATORS),
    ("check_drift", "workspace=devops-team&environment=dev", OPERATORS),
    ("issue_token", "name=walked", SIGNED_IN),
    // The viewer's own, and the viewer is a member of the owner's workspace.
    ("revoke_token", "id={token}", [401, 404, 200, 404, 200, 200]),
    ("set_theme", "theme=dark", SIGNED_IN),
    ("add_member", "workspace=devops-team&username={username}&role=viewer", OWNERS),
    ("set_member_role", "workspace=devops-team&user={member}&role=operator", OWNERS),
    ("remove_member", "workspace=devops-team&user={member}", OWNERS),
    ("create_user", "username=made-{number}", STAFF),
    ("set_user_active", "user={user}&active=false", STAFF),
    ("set_user_staff", "user={user}&staff=true", STAFF),
    ("reset_password", "user={user}", STAFF),
    ("create_workspace", "slug=made-{number}&display_name=Made&owner=owner", STAFF),
    ("rename_workspace", "workspace={empty}&display_name=Renamed", STAFF),
    ("archive_workspace", "workspace={empty}", STAFF),
    ("probe_binding", BINDING, STAFF),
    ("create_binding", BINDING, STAFF),
    ("set_quota", "binding={binding}&vcpus=9&ram_gb=9&storage_gb=9", STAFF),
    ("retire_binding", "binding={binding}", STAFF),
    ("create_whole", "region=RegionOne&kind=ironic_node&spec[name]=made-{number}&spec[driver]=fake-hardware", STAFF),
    ("act_whole", "region=RegionOne&kind=ironic_node&id={node}&action=set_provision_state&spec[target]=manage", STAFF),
    ("delete_whole", "region=RegionOne&kind=ironic_node&id={node}", STAFF),
    // Whoever has a name of its own; the last of all, because afterwards the password is another one.
    (
        "change_password",
        "old_password=correct+horse+battery&new_password=another+horse+battery&again=another+horse+battery",
        SIGNED_IN,
    ),
];

/// Things for one call to spend.
pub(crate) struct Given(Vec<(&'static str, String)>);

impl Given {
    pub(crate) async fn new(world: &World, number: usize) -> Self {
        let (portal, cli, team) = (&world.portal, Ctx::cli(), WorkspaceSlug::new(TEAM));
        let user = async |name: String| portal.create_user(&cli, &name, Some(PASSWORD), false).await.unwrap().0;
        let (spare, member) = (user(format!("spare-{number}")).await, user(format!("member-{number}")).await);
        portal.add_member(&cli, &team, &member.username, Role::Viewer).await.unwrap();
        let empty = format!("empty-{number}");
        portal.create_workspace(&cli, &empty, "Empty", "owner").await.unwrap();
        let users = portal.users(&cli).await.unwrap();
        let id = &users.iter().find(|user| user.username == "viewer").unwrap().id;
        let viewer = portal.ctx_for_user(id, Ctx::new_request_id()).await.unwrap();
        let new = NewToken { name: "spare".to_owned(), ..NewToken::default() };
        let token = portal.issue_token(&viewer, new).await.unwrap().view.id;
        let dev = Place { workspace: team.clone(), environment: Environment::Dev };
        let make = async |kind: &str, spec: serde_json::Value| {
            let spec = SpecInput::Json(spec.as_object().unwrap().clone());
            portal.provision(&cli, &dev, kind, spec, None).await.unwrap().view.id.to_string()
        };
        let detail = portal.workspace_detail(&cli, &team).await.unwrap();
        let staging = detail.bindings.iter().find(|binding| binding.environment == Environment::Staging).unwrap();
        let finding = world.finding().await;
        let whole = async |kind: &str, spec: serde_json::Value| {
            let spec = SpecInput::Json(spec.as_object().unwrap().clone());
            portal.create_whole(&cli, "RegionOne", kind, spec).await.unwrap().id.to_string()
        };
        let node = whole("ironic_node", json!({"name": format!("spare-{number}"), "driver": "fake-hardware"})).await;
        let address = |kind: &str| format!("52:54:{kind}:{:02x}:{:02x}:00", number / 256, number % 256);
        let card = whole("ironic_port", json!({"node_id": node, "address": address("00")})).await;
        let profile = json!({"name": format!("spare-{number}"), "resource": "FPGA"});
        let profile = whole("cyborg_device_profile", profile).await;
        Self(vec![
            ("{node}", node),
            ("{card}", card),
            ("{profile}", profile),
            ("{address}", address("01")),
            ("{finding}", finding),
            ("{number}", number.to_string()),
            ("{user}", spare.id.to_string()),
            ("{username}", spare.username),
            ("{member}", member.id.to_string()),
            ("{empty}", empty),
            ("{token}", token.to_string()),
            ("{volume}", make("volume", json!({"name": "spare", "size_gb": 1})).await),
            ("{router}", make("neutron_router", json!({"name": "spare"})).await),
            ("{binding}", staging.id.to_string()),
        ])
    }

    pub(crate) fn fill(&self, body: &str) -> String {
        self.0.iter().fold(body.to_owned(), |body, (name, value)| body.replace(name, value))
    }
}

async fn cookies(world: &World) -> Vec<String> {
    let mut cookies = Vec::new();
    for person in CALLERS {
        cookies.push(world.cookie(person).await);
    }
    cookies
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_function_is_in_the_table_of_calls() {
    everywhere(async |world| {
        let there: BTreeSet<String> =
            table(&world.server).iter().filter(|row| row.door == Door::Rpc).map(|row| row.path.to_string()).collect();
        // Beside these there is the one that answers questions, walked below.
        let names = CALLS.iter().map(|(name, ..)| *name).chain(["ask"]);
        let known: BTreeSet<String> = names.map(|name| format!("/rpc/{name}")).collect();
        assert_eq!(there, known);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_function_does_it_for_who_may_and_changes_nothing_for_anybody_else() {
    everywhere(async |world| {
        let cookies = cookies(world).await;
        let mut wrong = Vec::new();
        for (number, (name, body, statuses)) in CALLS.iter().enumerate() {
            let mut given = Given::new(world, number * 10).await;
            let form = "application/x-www-form-urlencoded";
            let mut callers: Vec<_> = CALLERS.iter().zip(&cookies).zip(statuses).collect();
            // Who is refused first: what they send is what succeeds right after them.
            callers.sort_by_key(|(_, status)| **status == 200);
            for (turn, ((person, cookie), status)) in callers.into_iter().enumerate() {
                let before = world.picture().await;
                let answer = world.rpc(name, cookie, form, given.fill(body)).await;
                if answer.status.as_u16() != *status {
                    wrong.push(format!("{name} as {person:?}: {} {}", answer.status, answer.text));
                }
                if *status == 200 {
                    given = Given::new(world, number * 10 + turn).await;
                } else if let Some(sentence) = before.differs(&world.picture().await, true) {
                    wrong.push(format!("{name} as {person:?}: {sentence}"));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

/// What each caller is answered. A new question does not build until it stands here.
const fn answers(question: &Question) -> [u16; 6] {
    match question {
        Question::Frame | Question::Tokens => SIGNED_IN,
        Question::Overview(_)
        | Question::Inventory(..)
        | Question::Row(..)
        | Question::Rows(..)
        | Question::Kind(..)
        | Question::Form(..)
        | Question::Detail(..)
        | Question::Objects(..)
        | Question::Action(..)
        | Question::Topology(..)
        | Question::Audit(..)
        | Question::Drift(..)
        | Question::Team(_) => SEEN,
        Question::Users
        | Question::Workspaces
        | Question::Workspace(_)
        | Question::PlatformAudit(_)
        | Question::Whole
        | Question::WholeKind(..)
        | Question::WholeForm(..)
        | Question::WholeItem(..) => STAFF,
        Question::Nothing => [401, 404, 404, 404, 404, 404],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_answered_to_who_may_know() {
    everywhere(async |world| {
        let cookies = cookies(world).await;
        let given = Given::new(world, 0).await;
        let (volume, router) = (given.fill("{volume}"), given.fill("{router}"));
        let body = json!({"workspace_id": TEAM, "environment_id": "dev", "name": "asked-about"});
        let made = world.post(Person::Operator, "/api/services/storage/swift/containers/", body).await;
        let container = made.json()["provisioned"]["id"].as_str().unwrap().to_owned();
        let (region, node) = (|| "RegionOne".to_owned(), || "ironic_node".to_owned());
        let (at, team) = (|| (TEAM.to_owned(), "dev".to_owned()), || TEAM.to_owned());
        let questions = [
            Question::Frame,
            Question::Overview(at()),
            Question::Inventory(at(), InventoryQuery::default()),
            Question::Row(at(), volume.clone()),
            Question::Rows(at(), vec![volume.clone(), router.clone()]),
            Question::Kind(at(), "volume".to_owned(), model::view::ListQuery::default()),
            Question::Form(at(), "volume".to_owned(), model::FormValues::new()),
            Question::Detail(at(), volume),
            Question::Objects(at(), container, model::objects::ObjectQuery::default()),
            Question::Action(at(), router, "set_gateway".to_owned(), model::FormValues::new()),
            Question::Audit(team(), app::data::AuditFilter::default()),
            Question::Topology(at(), model::view::TopologyQuery::default()),
            Question::Drift(at(), model::drift::DriftQuery::default()),
            Question::Team(team()),
            Question::Tokens,
            Question::Users,
            Question::Workspaces,
            Question::Workspace(team()),
            Question::PlatformAudit(app::data::AuditFilter::default()),
            Question::Whole,
            Question::WholeKind(region(), node()),
            Question::WholeForm(region(), node()),
            Question::WholeItem(region(), node(), given.fill("{node}")),
            Question::Nothing,
        ];
        let kinds: BTreeSet<_> = questions.iter().map(|one| format!("{:?}", std::mem::discriminant(one))).collect();
        assert_eq!(kinds.len(), questions.len(), "one of each");
        let before = world.picture().await;
        let mut wrong = Vec::new();
        for question in &questions {
            let body = json!({ "question": question }).to_string();
            for ((person, cookie), status) in CALLERS.iter().zip(&cookies).zip(answers(question)) {
                let answer = world.rpc("ask", cookie, "application/json", body.clone()).await;
                if answer.status.as_u16() != status {
                    wrong.push(format!("{question:?} as {person:?}: {} {}", answer.status, answer.text));
                }
            }
        }
        wrong.extend(before.differs(&world.picture().await, true));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}
