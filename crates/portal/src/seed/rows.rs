//! Seeded rows: a mix of kinds and states as a busy workspace has it, of which a number says everything.
use crate::{
    Ctx,
    audit::Event,
    bindings::Binding,
    db::{Statement, Value, values},
    resources::{lifecycle::Standing, names},
};
use model::{AuditOutcome, ExternalId, ResourceId, State, Usage};
use serde_json::json;

/// Kinds, of ten rows.
const KINDS: [&str; 10] =
    ["vm", "volume", "vm", "volume", "network", "floating_ip", "vm", "volume", "neutron_router", "nova_keypair"];
/// What rows are named after.
const WORDS: [&str; 7] = ["web", "data", "build", "cache", "queue", "mail", "test"];
const COLUMNS: &str =
    "id, binding_id, workspace_id, environment, kind, name, folded, external_id, wanted, state, standing,
    fault, spec, facts, parts, observed, usage_vcpus, usage_ram_mib, usage_storage_gb, counted, created_by_name,
    request_id, created_at, updated_at";

/// A row before it is written.
pub(super) struct Made {
    id: ResourceId,
    external: ExternalId,
    kind: &'static str,
    name: String,
    standing: Standing,
    pub at: i64,
}

impl Made {
    pub(super) fn new(number: i64, at: i64) -> Self {
        let kind = KINDS[(number % 10) as usize];
        let word = WORDS[(number % 7) as usize];
        let external = ExternalId::new(uuid::Uuid::new_v4().to_string());
        let id = external.clone();
        let standing = match (number / 10) % 20 {
            0..=15 => Standing::Active { id },
            16 => Standing::Failed { id: Some(id), fault: "No valid host was found.".to_owned() },
            17 => Standing::Vanished { id },
            _ => Standing::Gone,
        };
        Self {
            id: ResourceId::new(uuid::Uuid::now_v7().to_string()),
            external,
            kind,
            name: format!("{word}-{:03}-{kind}-{number:07}", number % 1_000),
            standing,
            at,
        }
    }

    fn usage(&self) -> Usage {
        match self.kind {
            "vm" => Usage { vcpus: 1, ram_mib: 512, storage_gb: 1 },
            "volume" => Usage::storage(10),
            _ => Usage::ZERO,
        }
    }

    /// What it takes of the quota now.
    pub(super) fn taken(&self) -> Usage {
        if self.standing == Standing::Gone { Usage::ZERO } else { self.usage() }
    }

    /// The event of how it came, or went.
    pub(super) fn event(&self, binding: &Binding) -> Event<'_> {
        let (what, outcome) = match self.standing.state() {
            State::Gone => ("delete", AuditOutcome::Succeeded),
            State::Failed => ("create", AuditOutcome::Failed),
            _ => ("create", AuditOutcome::Succeeded),
        };
        let usage = json!({ "usage": self.usage() });
        Event::new("", format!("{}.{what}", self.kind), outcome)
            .within(binding.environment)
            .about(self.kind, self.id.as_str(), &self.name)
            .detail(usage)
    }

    fn values(&self, ctx: &Ctx, binding: &Binding) -> Vec<Value> {
        let usage = self.usage();
        let spec = match self.kind {
            "vm" => json!({ "name": self.name, "flavor_id": "m1.tiny", "image_id": "ubuntu-22.04-lts" }),
            "volume" => json!({ "name": self.name, "size_gb": 10 }),
            _ => json!({ "name": self.name }),
        };
        let observed = match self.kind {
            "vm" => json!({ "addresses": "10.0.0.7", "cloud_status": "ACTIVE" }),
            _ => json!({}),
        };
        values![
            &self.id,
            &binding.id,
            binding.workspace_id.as_str(),
            &binding.environment,
            self.kind,
            self.name.as_str(),
            names::folded(&self.name),
            &self.external,
            if self.standing == Standing::Gone { "absent" } else { "present" },
            &self.standing.state(),
            json!(self.standing).to_string(),
            self.standing.fault(),
            spec.to_string(),
            "{}",
            json!([self.external]).to_string(),
            observed.to_string(),
            usage.vcpus,
            usage.ram_mib,
            usage.storage_gb,
            self.standing != Standing::Gone,
            ctx.actor_name(),
            &ctx.request_id,
            self.at,
            self.at,
        ]
        .to_vec()
    }
}

/// The statement that writes rows.
pub(super) fn insert(ctx: &Ctx, binding: &Binding, made: &[Made]) -> (String, Vec<Value>) {
    let mut statement = Statement::default();
    let rows: Vec<String> =
        made.iter().map(|one| format!("({})", statement.bind_all(one.values(ctx, binding)))).collect();
    (format!("INSERT INTO resources ({COLUMNS}) VALUES {}", rows.join(", ")), statement.values)
}

/// The statement that writes how they are found.
pub(super) fn insert_words(binding: &Binding, made: &[Made]) -> (String, Vec<Value>) {
    let mut statement = Statement::default();
    let (workspace, environment) =
        (statement.bind(binding.workspace_id.as_str()), statement.bind(&binding.environment));
    let mut rows = Vec::new();
    for one in made {
        let id = statement.bind(&one.id);
        let kind = statement.bind(one.kind);
        let folded = statement.bind(names::folded(&one.name));
        let (state, at) = (statement.bind(&one.standing.state()), statement.bind(one.at));
        for (suffix, letter) in names::suffixes(&one.name) {
            let (suffix, letter) = (statement.bind(suffix), statement.bind(letter));
            rows.push(format!(
                "({workspace}, {environment}, {kind}, {suffix}, {letter}, {folded}, {id}, {state}, {at})"
            ));
        }
    }
    let sql = format!(
        "INSERT INTO resource_words
            (workspace_id, environment, kind, suffix, letter, folded, resource_id, state, created_at) VALUES {}",
        rows.join(", ")
    );
    (sql, statement.values)
}
