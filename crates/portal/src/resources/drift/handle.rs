//! What is done about a finding. Whatever is deleted in a cloud is deleted by `advance`, of a row that says so; forgetting
//! asks a cloud for nothing but a list.
mod adopt;
mod forget;

use super::query;
use crate::{
    Ctx, Portal,
    access::Need,
    audit::Event,
    bindings::Binding,
    db::{Tx, values},
    error::{Error, Result},
    resources::row::Row,
};
use model::{
    AuditOutcome, BindingId, Place, ResourceId,
    drift::{Class, Finding, Remedied, Remedy},
};
use serde_json::json;

/// A finding of a place, ready to be decided about.
pub(super) struct Case {
    pub(super) finding: Finding,
    binding: Binding,
    /// What was decided already.
    decided: Option<Remedy>,
}

impl Portal {
    /// Does something about a finding: adopt, forget or clean up. The same once more is answered, not done, again.
    ///
    /// # Errors
    /// 404 to strangers and for a finding that there is not; 403 without the role; 409 when that cannot be done about it,
    /// when something else was decided, and when the cloud has changed since: then the finding is out of date.
    pub async fn remedy(&self, ctx: &Ctx, place: &Place, id: &str, remedy: Remedy) -> model::Result<Remedied> {
        self.try_remedy(ctx, place, id, remedy).await.map_err(Error::report)
    }

    async fn try_remedy(&self, ctx: &Ctx, place: &Place, id: &str, remedy: Remedy) -> Result<Remedied> {
        self.may(ctx, place, Need::Provision).await?;
        let case = self.case(place, id).await?;
        if let Some(decided) = case.decided {
            return self.decided(case.finding, decided, remedy).await;
        }
        let class = case.finding.class;
        if !class.remedies().contains(&remedy) {
            let why = format!("“{}” cannot be done about what is {}.", words(remedy), said(class));
            return Err(model::Error::Conflict { why }.into());
        }
        let done = match (class, remedy) {
            (Class::Changed, _) => self.follow(ctx, &case).await?,
            (Class::Vanished, _) => self.let_go(ctx, &case).await?,
            (_, Remedy::Forget) => self.ignore(ctx, &case).await?,
            (_, remedy) => self.take_in(ctx, &case, remedy).await?,
        };
        match done {
            true => {
                let Case { finding, .. } = self.case(place, id).await?;
                self.answer_with(finding, remedy).await
            }
            // Somebody else decided between our look and our transaction.
            false => match self.case(place, id).await? {
                Case { finding, decided: Some(decided), .. } => self.decided(finding, decided, remedy).await,
                _ => Err(busy(&case.finding)),
            },
        }
    }

    /// A finding by its id, if it is of that place.
    pub(super) async fn case(&self, place: &Place, id: &str) -> Result<Case> {
        let sql = format!(
            "{} JOIN workspaces w ON w.id = b.workspace_id
            WHERE d.id = $1 AND w.slug = $2 AND b.environment = $3",
            query::SELECT
        );
        let rows = self.db().all_built(sql, values![id, &place.workspace, &place.environment]).await?;
        let row = rows.first().ok_or_else(|| Error::from(model::Error::not_found("finding")))?;
        let decided = row.text_opt("remedy")?.map(|word| word.parse().map_err(|_| Error::Corrupt("remedy")));
        let binding = self.binding(&BindingId::new(row.text("binding_id")?)).await?;
        Ok(Case { finding: query::read(row)?, binding, decided: decided.transpose()? })
    }

    async fn decided(&self, finding: Finding, decided: Remedy, remedy: Remedy) -> Result<Remedied> {
        match decided == remedy {
            true => self.answer_with(finding, remedy).await,
            false => {
                let why = format!("Something else was decided about this already: “{}”.", words(decided));
                Err(model::Error::Conflict { why }.into())
            }
        }
    }

    async fn answer_with(&self, finding: Finding, remedy: Remedy) -> Result<Remedied> {
        let provisioned = match &finding.provisioned_id {
            Some(id) => Some(self.row(id).await?.view()),
            None => None,
        };
        Ok(Remedied { finding, remedy, provisioned })
    }

    /// The finding is out of date: it goes, and the caller is told what is so instead.
    async fn outdated_finding<T>(&self, finding: &Finding, why: String) -> Result<T> {
        let sql = "DELETE FROM drift WHERE id = $1 AND ended_at IS NULL";
        self.db().execute(sql, values![finding.id.as_str()]).await?;
        Err(model::Error::Conflict { why }.into())
    }
}

/// Writes down a decision; false when there is one already.
async fn decide(tx: &mut Tx, now: i64, finding: &Finding, remedy: Remedy, row: Option<&ResourceId>) -> Result<bool> {
    let sql = "UPDATE drift SET ended_at = $2, remedy = $3, resource_id = COALESCE($4, resource_id)
        WHERE id = $1 AND ended_at IS NULL AND class = $5";
    let class = finding.class.as_str();
    let written = tx.execute(sql, values![finding.id.as_str(), now, remedy.as_str(), row, class]).await?;
    Ok(written == 1)
}

/// The event of a decision.
fn event<'a>(case: &'a Case, action: String, row: Option<&'a Row>, outcome: AuditOutcome) -> Event<'a> {
    let Case { finding, binding, .. } = case;
    let id = row.map_or(finding.resource_id.as_str(), |row| row.id.as_str());
    Event::new(binding.slug.as_str(), action, outcome)
        .within(binding.environment)
        .about(&finding.resource_type, id, &finding.resource_name)
        .detail(json!({ "class": finding.class, "resource_id": finding.resource_id, "region": binding.region }))
}

fn busy(finding: &Finding) -> Error {
    let why = format!("{} is being worked on at this moment. Try again shortly.", finding.resource_name);
    model::Error::Conflict { why }.into()
}

const fn words(remedy: Remedy) -> &'static str {
    match remedy {
        Remedy::Adopt => "adopt",
        Remedy::Forget => "forget",
        Remedy::CleanUp => "clean up",
    }
}

const fn said(class: Class) -> &'static str {
    match class {
        Class::CreatedOutside => "created outside",
        Class::Vanished => "vanished",
        Class::Changed => "changed",
        Class::Orphaned => "orphaned",
    }
}
