//! A stream of events as a browser has it.
use crate::cluster::{Cluster, TEAM};
use reqwest::{Response, StatusCode, header};
use std::time::Duration;
use tokio::time::timeout;

/// Much longer than anything here takes, and less than the time to the next beat, at which a stream notices all.
const SOON: Duration = Duration::from_secs(10);

/// An open stream.
pub(crate) struct Stream {
    answer: Response,
    text: String,
    /// The number of the last event or beat.
    pub(crate) last: String,
}

/// An event.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) id: i64,
    pub(crate) text: String,
}

impl Stream {
    /// Opens one with a header that says who asks; the first beat has come.
    pub(crate) async fn open(cluster: &Cluster, at: &str, who: (&str, &str), last: Option<&str>) -> Self {
        let request = cluster.client.get(format!("{at}/events?workspace={TEAM}")).header(who.0, who.1);
        let request = match last {
            Some(last) => request.header("last-event-id", last),
            None => request,
        };
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.headers()[header::CONTENT_TYPE].to_str().unwrap().starts_with("text/event-stream"));
        let mut stream = Self { answer, text: String::new(), last: String::new() };
        if last.is_none() {
            stream.block().await.unwrap();
        }
        stream
    }

    /// The next block, a beat too; none when the stream has ended, or broke off.
    async fn block(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(id) = block.lines().find_map(|line| line.strip_prefix("id:")) {
                    id.trim().clone_into(&mut self.last);
                }
                return Some(block);
            }
            let chunk = self.answer.chunk().await.ok().flatten()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// The next event; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            let block = self.block().await?;
            if block.lines().any(|line| line.starts_with("data:")) {
                return Some(Event { id: self.last.parse().unwrap_or_default(), text: block });
            }
        }
    }

    /// Reads on until an event of that row comes.
    pub(crate) async fn hears_of(&mut self, row: &str) -> Event {
        let search = async {
            loop {
                let event = self.next().await.expect("the stream ended");
                assert!(!event.text.contains("reset"), "{event:?}");
                if event.text.contains(row) {
                    return event;
                }
            }
        };
        timeout(SOON, search).await.expect("no event came")
    }

    /// Whether it ends by itself, whatever comes before.
    pub(crate) async fn ends(&mut self) -> bool {
        let end = async { while self.next().await.is_some() {} };
        timeout(SOON, end).await.is_ok()
    }
}
