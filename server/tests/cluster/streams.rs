//! Many browsers look at one binding: the cloud is asked as often as for one, and each hears of a change at once.
use crate::{cluster::Cluster, stream::Stream};
use futures_util::{StreamExt, stream};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::task::JoinSet;

/// What many streams came to.
struct Measured {
    /// What the cloud was asked in the same time, with one client and with all.
    asked: (usize, usize),
    /// From a change's time to its arrival, sorted, of each client and change.
    delays: Vec<Duration>,
    /// What each client takes of the servers' memory.
    kib_each: f64,
}

/// How long requests to the cloud are counted.
const WINDOW: Duration = Duration::from_secs(12);
const CHANGES: usize = 5;
/// Things that are looked at. Not more: of more than three of a kind a list is read, now and then, as they fall due.
const SETTLED: usize = 3;

#[expect(clippy::disallowed_methods, reason = "the server numbers changes by the time, which is this machine's")]
fn since(micros: i64) -> Duration {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    now.saturating_sub(Duration::from_micros(u64::try_from(micros).unwrap()))
}

async fn measure(clients: usize) -> Option<Measured> {
    // What has settled is looked at often, so that there is something to count.
    let cluster = Cluster::up(&[("ATONIX_SETTLED_SECONDS", "2")]).await?;
    for number in 0..SETTLED {
        cluster.volume(cluster.balancer(), &format!("settled-{number}")).await;
    }
    let who = format!("Token {}", cluster.token);
    let open = async || Stream::open(&cluster, cluster.balancer(), ("authorization", who.as_str()), None).await;
    let count = async || {
        let before = cluster.asked(None, "").await;
        tokio::time::sleep(WINDOW).await;
        cluster.asked(None, "").await - before
    };
    let mut streams = vec![open().await];
    // The first lists and their statements are in nobody's memory yet.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let with_one = count().await;
    let before = cluster.memory();
    let mut others = stream::iter(1..clients).map(|_| open()).buffer_unordered(16);
    while let Some(other) = others.next().await {
        streams.push(other);
    }
    drop(others);
    let kib_each = (cluster.memory().saturating_sub(before)) as f64 / (clients - 1) as f64;
    let with_all = count().await;

    let mut readers = JoinSet::new();
    let (sender, _) = tokio::sync::broadcast::channel::<String>(CHANGES);
    for mut stream in streams {
        let mut rows = sender.subscribe();
        readers.spawn(async move {
            let mut delays = Vec::new();
            // Every event is timed as it comes; which of them is looked for is known a little later.
            let mut came = Vec::new();
            for _ in 0..CHANGES {
                let row = rows.recv();
                tokio::pin!(row);
                let row = loop {
                    tokio::select! {
                        row = &mut row => break row.unwrap(),
                        event = stream.next() => {
                            let event = event.expect("the stream ended");
                            came.push((since(event.id), event.text));
                        }
                    }
                };
                while !came.iter().any(|(_, text): &(_, String)| text.contains(&row)) {
                    let event = tokio::time::timeout(Duration::from_secs(30), stream.next()).await;
                    let event = event.expect("no event came").expect("the stream ended");
                    came.push((since(event.id), event.text));
                }
                let first = came.iter().find(|(_, text)| text.contains(&row)).unwrap();
                delays.push(first.0);
            }
            delays
        });
    }
    for number in 0..CHANGES {
        let row = cluster.volume(cluster.server(1 + number % 3), &format!("seen-{number}")).await;
        sender.send(row["id"].as_str().unwrap().to_owned()).unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let mut delays = Vec::new();
    while let Some(of_one) = readers.join_next().await {
        delays.extend(of_one.unwrap());
    }
    delays.sort();
    Some(Measured { asked: (with_one, with_all), delays, kib_each })
}

impl Measured {
    fn print(&self, clients: usize) {
        let at = |share: usize| self.delays[(self.delays.len() - 1) * share / 100];
        let (one, all) = self.asked;
        println!("streams on one binding, over three servers   {clients}");
        println!("requests to the cloud in {WINDOW:?}, one client    {one}");
        println!("requests to the cloud in {WINDOW:?}, all clients   {all}");
        println!("a change seen by each after, p50             {:?}", at(50));
        println!("a change seen by each after, p99             {:?}", at(99));
        println!("a change seen by each after, at most         {:?}", at(100));
        println!("memory of the servers per client             {:.1} KiB", self.kib_each);
    }

    /// Nobody who listens has the cloud asked.
    fn one_reader(&self) {
        let (one, all) = self.asked;
        assert!(one > 0, "there was nothing to count");
        // Whether the last turn of a period falls into the window is chance.
        assert!(all <= one + one / 4 + 3, "{one} requests to the cloud with one client, {all} with all");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_streams_cost_the_cloud_nothing() {
    let Some(measured) = measure(200).await else { return };
    measured.print(200);
    measured.one_reader();
    assert!(measured.delays.last().unwrap() < &Duration::from_secs(20), "on a machine that is busy with other tests");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "a measurement: scripts/bench-streams"]
async fn a_thousand_streams_hear_of_a_change_within_a_second() {
    let measured = measure(1000).await.expect("it needs PostgreSQL: ATONIX_TEST_POSTGRES");
    measured.print(1000);
    measured.one_reader();
    assert!(measured.delays.last().unwrap() < &Duration::from_secs(1));
}
