//! Down: to standard output, or to a file that is there once all of it is.
use super::Place;
use crate::{
    cli::{
        call::Call,
        remote::{self, Stream},
    },
    config::Remote,
};
use anyhow::{Context, bail, ensure};
use reqwest::{Method, Response, StatusCode};
use std::{
    io::{self, IsTerminal as _},
    os::fd::AsFd as _,
    path::{Path, PathBuf},
};
use tokio::{
    fs::{self, File},
    io::{AsyncWrite, AsyncWriteExt as _},
};

/// Writes an object out.
///
/// # Errors
/// What the portal refuses, what cannot be written, and bytes that did not all come: then there is no file.
pub(in crate::cli::call) async fn down(call: &Call, remote: &Remote) -> anyhow::Result<()> {
    let target = Place::of(&call.text("file"))?;
    match &target {
        Place::Standard if io::stdout().is_terminal() => {
            bail!("an object's bytes may steer a terminal: name a file, or send standard output elsewhere")
        }
        Place::File(path) if !call.flag("overwrite") => {
            let there =
                fs::try_exists(path).await.with_context(|| format!("{} cannot be looked at", path.display()))?;
            ensure!(!there, "{} is there already; --overwrite replaces it", path.display());
        }
        Place::Standard | Place::File(_) => {}
    }
    let url = call.placed(remote, &[&call.text("id"), "content"])?;
    let response = remote::stream(remote, Method::GET, url, Stream::Down)?.send().await;
    let response = response.context("the portal is not reachable")?;
    if response.status() != StatusCode::OK {
        let answer = remote::answer(response).await?;
        call.good(&answer)?;
        bail!("the portal answered {} instead of an object", answer.status);
    }
    match target {
        Place::Standard => {
            let file = io::stdout().as_fd().try_clone_to_owned().context("standard output cannot be written")?;
            copied(response, &mut File::from_std(file.into())).await
        }
        Place::File(path) => {
            let (partial, mut file) = Partial::of(&path).await?;
            copied(response, &mut file).await?;
            file.sync_all().await.with_context(|| partial.told())?;
            partial.becomes(&path).await
        }
    }
}

/// Writes all that comes.
async fn copied(mut response: Response, to: &mut (impl AsyncWrite + Unpin)) -> anyhow::Result<()> {
    let (all, mut came) = (response.content_length(), 0);
    while let Some(chunk) = response.chunk().await.context("the object broke off")? {
        to.write_all(&chunk).await?;
        came += chunk.len() as u64;
    }
    to.flush().await?;
    ensure!(all.is_none_or(|all| all == came), "the object broke off after {came} bytes");
    Ok(())
}

/// A file that is not whole yet, beside the one that it becomes. Left alone, it is deleted.
struct Partial(PathBuf);

impl Partial {
    async fn of(target: &Path) -> anyhow::Result<(Self, File)> {
        let mut name = target.file_name().with_context(|| format!("{} names no file", target.display()))?.to_owned();
        name.push(".part");
        let path = target.with_file_name(name);
        // One that is there is of somebody who still writes it, or was killed: not ours to decide.
        let file = File::options().write(true).create_new(true).open(&path).await;
        match file {
            Ok(file) => Ok((Self(path), file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                bail!("{} is there already: delete it, unless it is still being written", path.display())
            }
            Err(error) => Err(error).with_context(|| format!("{} cannot be written", path.display())),
        }
    }

    fn told(&self) -> String {
        format!("{} cannot be written", self.0.display())
    }

    async fn becomes(mut self, target: &Path) -> anyhow::Result<()> {
        fs::rename(&self.0, target).await.with_context(|| format!("{} cannot be written", target.display()))?;
        // Whoever has a file of that name from now on is somebody else.
        self.0.clear();
        Ok(())
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        if !self.0.as_os_str().is_empty() {
            std::fs::remove_file(&self.0).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_did_not_become_whole_leaves_no_file_and_a_partial_one_of_somebody_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (target, part) = (folder.path().join("log"), folder.path().join("log.part"));
        drop(Partial::of(&target).await.unwrap());
        assert!(!part.exists() && !target.exists());
        Partial::of(&target).await.unwrap().0.becomes(&target).await.unwrap();
        assert!(!part.exists() && target.exists());
        std::fs::write(&part, "theirs").unwrap();
        assert!(Partial::of(&target).await.is_err());
        assert_eq!(std::fs::read_to_string(&part).unwrap(), "theirs");
    }
}
