//! What happens at a point: each is told to a file, and where a test said so, the process kills or stops itself.
use super::Point;
use rustix::process::{Signal, getpid, kill_process};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tracing::error;

/// Within this time a process has stopped.
const SETTLES: Duration = Duration::from_millis(100);

/// What a test wrote down: `POINT COUNT kill` or `POINT COUNT stop`, to happen when the point is come to for that time.
struct Order {
    point: String,
    count: u32,
    signal: Signal,
}

/// The state of one process: how often the point that was ordered was come to.
struct Watch {
    folder: PathBuf,
    trace: File,
    seen: (String, u32),
}

/// Lets a folder decide what happens at points from now on. Its file `order` names one; it is read at each point, so that
/// a server that runs can be told, and removed before its order is carried out, so that the next process lives. The file
/// `trace` gets the name of each point.
///
/// # Errors
/// When the folder or the points cannot be used.
pub fn arm(folder: &Path) -> io::Result<()> {
    let trace = OpenOptions::new().create(true).append(true).open(folder.join("trace"))?;
    let watch = Watch { folder: folder.to_owned(), trace, seen: (String::new(), 0) };
    let watch = Arc::new(Mutex::new(watch));
    for point in Point::ALL {
        let watch = Arc::clone(&watch);
        let reached = move || watch.lock().unwrap_or_else(PoisonError::into_inner).reached(point.name());
        fail::cfg_callback(point.name(), reached).map_err(io::Error::other)?;
    }
    Ok(())
}

impl Watch {
    fn reached(&mut self, name: &str) {
        if let Err(error) = self.follow(name) {
            // A test that waits for a death will fail; this says why.
            error!(%error, name, "a failpoint could not be followed");
        }
    }

    fn follow(&mut self, name: &str) -> io::Result<()> {
        self.trace.write_all(format!("{name}\n").as_bytes())?;
        let path = self.folder.join("order");
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            text => text?,
        };
        let order = Order::read(&text).ok_or_else(|| io::Error::other(format!("not an order: {text:?}")))?;
        if order.point != name {
            return Ok(());
        }
        if self.seen.0 != text {
            self.seen = (text, 0);
        }
        self.seen.1 += 1;
        if self.seen.1 < order.count {
            return Ok(());
        }
        fs::remove_file(&path)?;
        kill_process(getpid(), order.signal)?;
        // A signal may be taken by another thread first, and this one would go on for a moment.
        std::thread::sleep(SETTLES);
        Ok(())
    }
}

impl Order {
    fn read(text: &str) -> Option<Self> {
        let [point, count, signal] = text.split_whitespace().collect::<Vec<_>>().try_into().ok()?;
        let signal = match signal {
            "kill" => Signal::KILL,
            "stop" => Signal::STOP,
            _ => return None,
        };
        Some(Self { point: point.to_owned(), count: count.parse().ok()?, signal })
    }
}
