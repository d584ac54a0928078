//! What takes several requests, run: the steps are pure, and this sends what they ask for.
use super::cloud::ScopedCloud;
use crate::{
    Portal,
    error::{Error, Result},
};
use services::{ActAsk, Around, Definition, Step, definition::Steps};

/// More requests than any such work takes: what asks for more goes round in a circle.
const MOST: usize = 16;

impl Portal {
    /// Runs `steps` with a thing of a kind, and gives what is for the caller.
    pub(super) async fn step_by_step(
        &self,
        cloud: &ScopedCloud,
        kind: &Definition,
        ask: ActAsk<'_>,
        steps: Steps,
    ) -> Result<Option<String>> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| Error::Sealed)?;
        let root = cloud.root(kind.collection.service).await?;
        let around = Around { ask, root: &root, now: self.now() / 1_000_000, seed: &seed };
        let mut answers = Vec::new();
        while answers.len() < MOST {
            match steps(&around, &answers) {
                Step::Send(request, means) => match cloud.send(&request).await {
                    Ok(answer) => answers.push(answer.body),
                    Err(openstack::Error::Status { status, .. }) if means.iter().any(|(of, _)| *of == status) => {
                        let detail = means.iter().find(|(of, _)| *of == status).map_or("", |(_, sentence)| sentence);
                        return Err(model::Error::Refused { detail: detail.to_owned() }.into());
                    }
                    Err(error) => return Err(error.into()),
                },
                Step::Done(output) => return Ok(output),
                Step::Fail(detail) => return Err(model::Error::Refused { detail }.into()),
            }
        }
        Err(Error::Corrupt("steps"))
    }
}
