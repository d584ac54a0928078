//! Bindings, managed by staff. Project and region of a binding never change: another one takes its place.
mod wanted;

use crate::{
    Ctx, Portal,
    audit::{Event, PLATFORM},
    db::{self, Tx, values},
    error::{Error, Result},
    probe::{Probe, TOO_MUCH, is_too_much},
    workspaces::{self, record},
};
use model::{
    AuditOutcome, BindingId, Fields, Usage,
    view::{BindingProbe, BindingView, NewBinding},
};
use openstack::client::ProjectInfo;
use serde_json::json;
use wanted::{Wanted, check_quota};

/// What the one cloud of today is called in the database.
pub(crate) const CLOUD: &str = "default";

/// What a test found: what is shown of it, and what it means for a save.
struct Findings {
    probe: BindingProbe,
    fields: Fields,
    project: Option<ProjectInfo>,
}

impl Portal {
    /// Tests a binding against the cloud, and saves nothing.
    ///
    /// # Errors
    /// 400 for fields that make no sense; 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn probe_binding(&self, ctx: &Ctx, new: &NewBinding) -> model::Result<BindingProbe> {
        let work = async {
            self.may_staff(ctx).await?;
            let wanted = Wanted::read(new, self.project_domain())?;
            let mut findings = self.probe(ctx, &wanted).await?;
            let taken = self.foresee(&wanted, findings.project.as_ref()).await?;
            findings.probe.problems.extend(taken);
            Ok(findings.probe)
        };
        work.await.map_err(Error::report)
    }

    /// Binds an environment to a project and a region, once the cloud says that both exist.
    ///
    /// # Errors
    /// 400 at the field; 409 when the environment is bound already; 404 for who is not staff.
    pub async fn create_binding(&self, ctx: &Ctx, new: &NewBinding) -> model::Result<BindingView> {
        self.create_binding_checked(ctx, new).await.map_err(Error::report)
    }

    async fn create_binding_checked(&self, ctx: &Ctx, new: &NewBinding) -> Result<BindingView> {
        self.may_administer(ctx).await?;
        let wanted = Wanted::read(new, self.project_domain())?;
        let Findings { fields, project, probe } = self.probe(ctx, &wanted).await?;
        let Some(project) = project.filter(|_| fields.is_empty()) else {
            return Err(model::Error::Invalid { fields }.into());
        };
        let (id, now) = (BindingId::new(uuid::Uuid::now_v7().to_string()), self.now());
        let mut tx = self.db().begin().await?;
        let workspace_id = workspaces::lock(&mut tx, &wanted.workspace).await.map_err(at_workspace)?;
        take(&mut tx, &project.id, &workspace_id).await?;
        let sql =
            "INSERT INTO bindings (id, workspace_id, environment, cloud, project_id, project_name, project_domain,
                region, quota_vcpus, quota_ram_mib, quota_storage_gb, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let ProjectInfo { id: project_id, name, domain_name } = project;
        let quota = wanted.quota;
        let row = values![
            &id,
            workspace_id,
            &wanted.environment,
            CLOUD,
            project_id.as_str(),
            name.as_str(),
            domain_name,
            wanted.region.as_str(),
            quota.vcpus,
            quota.ram_mib,
            quota.storage_gb,
            now
        ];
        tx.execute(sql, row).await.map_err(|error| {
            match db::violates(&error, "bindings_place_key", "bindings.workspace_id") {
                true => model::Error::Conflict { why: bound_already(&wanted) }.into(),
                false => Error::from(error),
            }
        })?;
        let event = Event::new(PLATFORM, "binding.create", AuditOutcome::Succeeded)
            .about("binding", id.as_str(), &name)
            .within(wanted.environment)
            .detail(json!({
                "project_id": project_id,
                "region": wanted.region,
                "quota": quota,
                "warnings": probe.warnings,
            }));
        record(&mut tx, now, ctx, &wanted.workspace, event).await?;
        tx.commit().await?;
        self.binding_view_of(&id).await
    }

    /// The domain of a project that comes without one.
    fn project_domain(&self) -> &str {
        self.inner.settings.cloud.as_ref().map_or("Default", |cloud| cloud.project_domain.as_str())
    }

    /// Asks the cloud about what a binding would bind.
    async fn probe(&self, ctx: &Ctx, wanted: &Wanted) -> Result<Findings> {
        let probe = Probe::open(self, ctx).await?;
        let mut fields = Fields::new();
        let mut wrong = |field: &str, sentence: String| fields.entry(field.to_owned()).or_default().push(sentence);
        let regions = probe.regions().await?;
        let region_known = regions.contains(&wanted.region);
        if !region_known {
            let known = regions.join(", ");
            wrong("openstack_region", format!("The cloud has no region {}. It has: {known}.", wanted.region));
        }
        let token = probe.project(&wanted.project, &wanted.domain).await?;
        let mut warnings = Vec::new();
        let mut services = Vec::new();
        let mut project = None;
        match token.as_ref().and_then(|token| token.project.as_ref().map(|project| (token, project))) {
            None => wrong(
                "openstack_project",
                format!("The account knows no project {} in the domain {}.", wanted.project, wanted.domain),
            ),
            Some((token, found)) => {
                project = Some(found.clone());
                if is_too_much(token) {
                    warnings.push(format!(
                        "The account {} has the role {TOO_MUCH} in this project, with which services also show it \
                         things of other projects. The role member is enough.",
                        token.user_name
                    ));
                }
                if region_known {
                    let asked = probe.services(&found.id, &wanted.region).await;
                    services = asked.into_iter().map(|(service, found)| (service, found.is_ok())).collect();
                    if !services.iter().any(|(_, answered)| *answered) {
                        warnings.push(format!("No service answered in {}.", wanted.region));
                    }
                }
            }
        }
        let problems = fields.values().flatten().cloned().collect();
        let (project_id, project_name) = match &project {
            Some(project) => (Some(project.id.clone()), Some(project.name.clone())),
            None => (None, None),
        };
        let probe = BindingProbe { project_id, project_name, services, problems, warnings };
        Ok(Findings { probe, fields, project })
    }

    /// What would stand in the way of a save in our own rows, as far as one can know before.
    async fn foresee(&self, wanted: &Wanted, project: Option<&ProjectInfo>) -> Result<Vec<String>> {
        let sql = "SELECT w.id, w.archived_at, b.id AS binding FROM workspaces w
            LEFT JOIN bindings b ON b.workspace_id = w.id AND b.environment = $2 AND b.retired_at IS NULL
            WHERE w.slug = $1";
        let row = self.db().one(sql, values![&wanted.workspace, &wanted.environment]).await?;
        let Some(row) = row else { return Ok(vec!["There is no such workspace.".to_owned()]) };
        let mut problems = Vec::new();
        if row.int_opt("archived_at")?.is_some() {
            problems.push(format!("{} is archived.", wanted.workspace));
        }
        if row.text_opt("binding")?.is_some() {
            problems.push(bound_already(wanted));
        }
        if let Some(project) = project {
            let sql = "SELECT b.id FROM bindings b WHERE b.cloud = $1 AND b.project_id = $2 AND b.workspace_id <> $3
                AND (b.retired_at IS NULL
                    OR EXISTS (SELECT 1 FROM resources r WHERE r.binding_id = b.id AND r.state <> 'gone'))";
            if self.db().one(sql, values![CLOUD, project.id.as_str(), row.text("id")?]).await?.is_some() {
                problems.push(OTHERS.to_owned());
            }
        }
        Ok(problems)
    }

    /// Sets a binding's quota; it may be lower than what is in use, which then only shrinks.
    ///
    /// # Errors
    /// 400 at the field; 404 for who is not staff, and for a binding that is unknown or retired.
    pub async fn set_quota(&self, ctx: &Ctx, id: &BindingId, quota: Usage) -> model::Result<BindingView> {
        let work = async {
            self.may_administer(ctx).await?;
            check_quota(quota)?;
            let before = self.active_binding(id).await?;
            let mut tx = self.db().begin().await?;
            let sql = "UPDATE bindings SET quota_vcpus = $2, quota_ram_mib = $3, quota_storage_gb = $4
                WHERE id = $1 AND retired_at IS NULL";
            let changed = tx.execute(sql, values![id, quota.vcpus, quota.ram_mib, quota.storage_gb]).await?;
            if changed == 0 {
                return Err(no_binding());
            }
            let event = Event::new(PLATFORM, "binding.quota", AuditOutcome::Succeeded)
                .about("binding", id.as_str(), &before.openstack_project)
                .within(before.environment)
                .detail(json!({"quota": quota}));
            record(&mut tx, self.now(), ctx, &before.workspace_id, event).await?;
            tx.commit().await?;
            self.binding_view_of(id).await
        };
        work.await.map_err(Error::report)
    }

    /// Retires a binding, so that its environment can be bound anew; its rows live on. Another workspace
    /// may bind its project once nothing of this one is bound or kept there.
    ///
    /// # Errors
    /// 404 for who is not staff, and for a binding that is unknown or retired.
    pub async fn retire_binding(&self, ctx: &Ctx, id: &BindingId) -> model::Result<()> {
        self.retire_binding_checked(ctx, id).await.map_err(Error::report)
    }

    async fn retire_binding_checked(&self, ctx: &Ctx, id: &BindingId) -> Result<()> {
        self.may_administer(ctx).await?;
        let binding = self.active_binding(id).await?;
        let project = binding.project_id.as_str();
        let now = self.now();
        let mut tx = self.db().begin().await?;
        let sql = "UPDATE bindings SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL";
        if tx.execute(sql, values![id, now]).await? == 0 {
            return Err(no_binding());
        }
        let event = Event::new(PLATFORM, "binding.retire", AuditOutcome::Succeeded)
            .about("binding", id.as_str(), &binding.openstack_project)
            .within(binding.environment)
            .detail(json!({"project_id": project, "region": binding.openstack_region}));
        record(&mut tx, now, ctx, &binding.workspace_id, event).await?;
        Ok(tx.commit().await?)
    }

    async fn active_binding(&self, id: &BindingId) -> Result<BindingView> {
        let binding = self.binding_view_of(id).await?;
        if binding.retired { Err(no_binding()) } else { Ok(binding) }
    }

    /// The cloud's projects as the account sees them: id, name, domain.
    ///
    /// # Errors
    /// 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn cloud_projects(&self, ctx: &Ctx) -> model::Result<Vec<(String, String, String)>> {
        let work = async {
            let mut projects = Probe::open(self, ctx).await?.projects().await?;
            projects.sort_by(|a, b| (&a.domain_name, &a.name).cmp(&(&b.domain_name, &b.name)));
            Ok(projects.into_iter().map(|one| (one.id, one.name, one.domain_name)).collect())
        };
        work.await.map_err(Error::report)
    }

    /// The cloud's regions.
    ///
    /// # Errors
    /// 404 for who is not staff; 5xx when the cloud cannot be asked.
    pub async fn cloud_regions(&self, ctx: &Ctx) -> model::Result<Vec<String>> {
        let work = async { Ok(Probe::open(self, ctx).await?.regions().await?) };
        work.await.map_err(Error::report)
    }
}

const OTHERS: &str = "This project belongs to another workspace.";

/// Makes a project a workspace's own, at least until the end of the transaction.
async fn take(tx: &mut Tx, project: &str, workspace_id: &str) -> Result<()> {
    // Locks the row, whosever it is. The next statement sees all that others did before they let go of it.
    let sql = "INSERT INTO project_owners (cloud, project_id, workspace_id) VALUES ($1, $2, $3)
        ON CONFLICT (cloud, project_id) DO UPDATE SET workspace_id = project_owners.workspace_id
        RETURNING workspace_id";
    let row = tx.one(sql, values![CLOUD, project, workspace_id]).await?;
    if row.ok_or(Error::Corrupt("project owner"))?.text("workspace_id")? == workspace_id {
        return Ok(());
    }
    let sql = "UPDATE project_owners SET workspace_id = $3 WHERE cloud = $1 AND project_id = $2
        AND NOT EXISTS (SELECT 1 FROM bindings b
            WHERE b.cloud = $1 AND b.project_id = $2 AND b.retired_at IS NULL)
        AND NOT EXISTS (SELECT 1 FROM resources r JOIN bindings b ON b.id = r.binding_id
            WHERE b.cloud = $1 AND b.project_id = $2 AND r.state <> 'gone')";
    match tx.execute(sql, values![CLOUD, project, workspace_id]).await? {
        0 => Err(model::Error::invalid("openstack_project", OTHERS).into()),
        _ => Ok(()),
    }
}

fn bound_already(wanted: &Wanted) -> String {
    let place = format!("{}/{}", wanted.workspace, wanted.environment);
    format!("The environment {place} is bound already. Retire that binding first.")
}

fn no_binding() -> Error {
    model::Error::not_found("binding").into()
}

/// Here the workspace is a field.
fn at_workspace(error: Error) -> Error {
    match error {
        Error::Public(model::Error::NotFound { .. }) => {
            model::Error::invalid("workspace_id", "There is no such workspace.").into()
        }
        Error::Public(model::Error::Conflict { why }) => model::Error::invalid("workspace_id", why).into(),
        other => other,
    }
}
