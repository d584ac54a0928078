//! The demo: portal, simulated cloud, users, workspaces and tokens in one command and one folder.
use crate::{
    config::{Config, ConfigError},
    serve,
};
use anyhow::Context;
use model::{
    Environment, Place, Role, UserId, WorkspaceSlug,
    view::{NewBinding, NewToken},
};
use portal::{Ctx, Portal, SpecInput};
use serde::Serialize;
use serde_json::json;
use simulator::{Seed, Simulator};
use std::{
    io::Write,
    net::SocketAddr,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// What the demo is started with.
#[derive(Clone, Debug)]
pub(crate) struct Demo {
    /// Where the portal listens.
    pub listen: SocketAddr,
    /// The folder of database, simulator's state and key. Other files in it are left alone.
    pub data: PathBuf,
    /// One line of JSON on standard output instead of a box.
    pub json: bool,
    /// Makes a few things, so that there is something to see.
    pub sample: bool,
}

/// Somebody who can sign in.
#[derive(Debug, Serialize)]
struct Login {
    username: &'static str,
    password: String,
    token: String,
}

/// The demo's own users: name, and whether it is a platform administrator.
const USERS: [(&str, bool); 4] = [("admin", true), ("member", false), ("viewer", false), ("stranger", false)];

/// Workspace, name, and its bindings: environment, project, vCPUs, GB of memory, GB of storage.
type Team = (&'static str, &'static str, [(&'static str, &'static str, [i64; 3]); 3]);
const TEAMS: [Team; 2] = [
    (
        "devops-team",
        "DevOps Team",
        [
            ("dev", "devops-dev", [20, 80, 500]),
            ("staging", "devops-staging-9a3f", [50, 200, 2000]),
            ("prod", "devops-prod", [100, 400, 5000]),
        ],
    ),
    (
        "payments",
        "Payments",
        [
            ("dev", "payments-dev", [20, 80, 500]),
            ("staging", "payments-staging", [50, 200, 2000]),
            ("prod", "payments-prod", [100, 400, 5000]),
        ],
    ),
];
const MEMBERS: [(&str, &str, Role); 3] = [
    ("devops-team", "member", Role::Operator),
    ("devops-team", "viewer", Role::Viewer),
    ("payments", "stranger", Role::Operator),
];

/// Runs the demo until `stop` is cancelled.
///
/// # Errors
/// A sentence for whoever starts it.
pub(crate) async fn run(
    demo: Demo,
    environment: &dyn Fn(&str) -> Option<String>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let data = &demo.data;
    std::fs::create_dir_all(data).with_context(|| format!("{} cannot be made", data.display()))?;
    let data = data.canonicalize().with_context(|| format!("{} cannot be used", data.display()))?;
    let listener = TcpListener::bind(demo.listen).await.with_context(|| format!("cannot listen on {}", demo.listen))?;
    let listen = listener.local_addr()?;

    let (service, administrator, cloud) = (password()?, password()?, password()?);
    let simulated = data.join("atonix-simulator");
    std::fs::create_dir_all(&simulated)?;
    let simulator = Simulator::start(simulator::Config {
        data: Some(simulated),
        seed: Seed::demo(&service, &administrator, &cloud),
        ..simulator::Config::default()
    });
    let simulator = simulator.await.context("the simulated cloud cannot start")?;
    let config = config(environment, &data, listen, &simulator.auth_url(), (&service, &administrator))?;
    let url =
        config.public_url.as_ref().map_or_else(|| format!("http://{listen}"), |url| url.origin().ascii_serialization());

    let portal = Portal::open(config.settings()).await?;
    portal.migrate().await?;
    let logins = prepare(&portal).await?;
    if demo.sample {
        sample(&portal).await?;
    }
    let ready = json!({
        "url": url,
        "admin": logins[0],
        "member": logins[1],
        "viewer": logins[2],
        "stranger": logins[3],
        "cloud": {"auth_url": simulator.auth_url(), "username": "cloud", "password": cloud},
    });
    // The listener is open: whoever reads this line may connect at once.
    let said = if demo.json { format!("{ready}\n") } else { greeting(&url, &logins, &simulator.auth_url()) };
    let mut out = std::io::stdout();
    out.write_all(said.as_bytes())?;
    out.flush()?;
    let served = serve::serve(portal, config, listener, stop).await;
    simulator.shutdown().await?;
    served
}

/// The environment's configuration, with the demo's own database, key and cloud.
fn config(
    environment: &dyn Fn(&str) -> Option<String>,
    data: &Path,
    listen: SocketAddr,
    auth_url: &str,
    (service, administrator): (&str, &str),
) -> anyhow::Result<Config> {
    let key = secret_key(&data.join("atonix.key"))?;
    let database = format!("sqlite://{}", percent_encoded(&data.join("atonix.db"))?);
    Ok(Config::read(&|name| match name {
        "SECRET_KEY" => Some(key.clone()),
        "DATABASE_URL" => Some(database.clone()),
        "ATONIX_LISTEN" => Some(listen.to_string()),
        "OS_AUTH_URL" => Some(auth_url.to_owned()),
        "OS_USERNAME" => Some("atonix-service".to_owned()),
        "OS_PASSWORD" => Some(service.to_owned()),
        "ATONIX_ADMIN_USERNAME" => Some("atonix-admin".to_owned()),
        "ATONIX_ADMIN_PASSWORD" => Some(administrator.to_owned()),
        // Its clusters are simulated here, too.
        "ATONIX_CLUSTER_LOOPBACK" => Some("1".to_owned()),
        // A real cloud's settings must not mix with the simulated one's.
        name if name.starts_with("OS_") || name.starts_with("ATONIX_ADMIN_") => None,
        name => environment(name),
    })?)
}

/// A path as the database's address takes it.
fn percent_encoded(path: &Path) -> anyhow::Result<String> {
    let text = path.to_str().with_context(|| format!("{} is not text", path.display()))?;
    Ok(text.replace('%', "%25").replace('?', "%3F").replace('#', "%23"))
}

/// The key in the file, made at the first start; nobody else may read it.
fn secret_key(file: &Path) -> anyhow::Result<String> {
    match std::fs::read_to_string(file) {
        Ok(key) => return Ok(key.trim().to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
    let key = password()? + &password()?;
    let mut made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    made.write_all(key.as_bytes())?;
    made.sync_all()?;
    Ok(key)
}

/// Twenty-four random characters: letters and digits.
fn password() -> Result<String, ConfigError> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789ab";
    let mut bytes = [0; 24];
    getrandom::fill(&mut bytes)
        .map_err(|error| ConfigError(format!("The system gives no random numbers: {error}.")))?;
    Ok(bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 64)])).collect())
}

/// Makes what is missing, and gives everybody a password and a token that are known to be right: at each start new ones,
/// so that none of them stands in a file.
async fn prepare(portal: &Portal) -> anyhow::Result<Vec<Login>> {
    let cli = Ctx::cli();
    let known = portal.users(&cli).await?;
    let mut logins = Vec::new();
    for (username, staff) in USERS {
        let (id, password) = match known.iter().find(|user| user.username == username) {
            Some(user) => (user.id.clone(), portal.reset_password(&cli, &user.id).await?),
            None => {
                let (user, generated) = portal.create_user(&cli, username, None, staff).await?;
                (user.id, generated.context("a new user came without a password")?)
            }
        };
        logins.push((username, id, password));
    }
    workspaces(portal, &cli).await?;
    let mut out = Vec::new();
    for (username, id, password) in logins {
        let token = token(portal, &id).await?;
        out.push(Login { username, password, token });
    }
    Ok(out)
}

async fn token(portal: &Portal, user: &UserId) -> anyhow::Result<String> {
    const NAME: &str = "demo";
    let ctx = portal.ctx_for_user(user, Ctx::new_request_id()).await?;
    for old in portal.tokens(&ctx).await?.into_iter().filter(|token| token.name == NAME) {
        portal.revoke_token(&ctx, &old.id).await?;
    }
    Ok(portal.issue_token(&ctx, NewToken { name: NAME.to_owned(), ..NewToken::default() }).await?.token)
}

async fn workspaces(portal: &Portal, cli: &Ctx) -> anyhow::Result<()> {
    let known = portal.all_workspaces(cli).await?;
    for (slug, name, bindings) in TEAMS {
        let found = known.iter().find(|one| one.workspace_id.as_str() == slug);
        let detail = match found {
            Some(detail) => detail.clone(),
            None => portal.create_workspace(cli, slug, name, "admin").await?,
        };
        for (_, username, role) in MEMBERS.into_iter().filter(|(team, ..)| *team == slug) {
            if !detail.members.iter().any(|member| member.username == username) {
                portal.add_member(cli, &detail.workspace_id, username, role).await?;
            }
        }
        for (environment, project, [vcpus, ram, storage]) in bindings {
            if detail.bindings.iter().any(|one| one.environment.as_str() == environment && !one.retired) {
                continue;
            }
            let binding = NewBinding {
                workspace_id: slug.to_owned(),
                environment: environment.to_owned(),
                openstack_project: project.to_owned(),
                openstack_domain: "Default".to_owned(),
                openstack_region: "RegionOne".to_owned(),
                quota_vcpus: vcpus,
                quota_ram_gb: ram,
                quota_storage_gb: storage,
            };
            portal.create_binding(cli, &binding).await?;
        }
    }
    Ok(())
}

/// A few things in devops-team/dev, made by its member like anything else.
async fn sample(portal: &Portal) -> anyhow::Result<()> {
    let users = portal.users(&Ctx::cli()).await?;
    let member = users.iter().find(|user| user.username == "member").context("the member is missing")?;
    let ctx = portal.ctx_for_user(&member.id, Ctx::new_request_id()).await?;
    let place = Place { workspace: WorkspaceSlug::new("devops-team"), environment: Environment::Dev };
    for (kind, key, spec) in [
        ("network", "demo-network", json!({"name": "app-net", "subnet_cidr": "10.20.0.0/24"})),
        ("volume", "demo-volume", json!({"name": "data-disk-01", "size_gb": 100})),
        (
            "vm",
            "demo-vm",
            json!({"name": "web-server-01", "flavor_id": "m1.small", "image_id": "ubuntu-22.04-lts", "network_id": "private"}),
        ),
    ] {
        let spec = spec.as_object().cloned().unwrap_or_default();
        // The key makes a second start with --sample find what the first one made.
        portal.provision(&ctx, &place, kind, SpecInput::Json(spec), Some(key)).await?;
    }
    Ok(())
}

fn greeting(url: &str, logins: &[Login], auth_url: &str) -> String {
    let mut text = format!("\n  AtonixCorp Platform, with a simulated cloud\n\n  Open   {url}\n\n");
    for login in logins {
        text += &format!("  {:<10} password {}   token {}\n", login.username, login.password, login.token);
    }
    text + &format!("\n  The cloud's own address: {auth_url}\n  Ctrl-C stops it; the data stay.\n\n")
}
