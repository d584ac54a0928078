//! Which cells are played, and on how many lanes.
//!
//! The whole matrix has each operation with each point that it passes, at the first time and at the second (so between
//! the parts of what has several), and each change with each way in which an answer fails to come. The reduced one has
//! each point once (those of a list for several rows only if it comes to one), each operation once, and each failing answer
//! with each kind of change once.
use super::{
    lane::{ANSWERS, Ended, Lane, Wrong},
    ops::{self, Does, Op},
};
use portal::failpoints::Point;
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

type Cell = (Op, Wrong);

/// After how many cells somebody who waits is told how many are left.
const TOLD: usize = 250;

/// What was played.
pub(crate) struct Matrix {
    pub ended: Vec<(Op, Wrong, Ended)>,
    pub took: Duration,
    /// Points that this database never passes, or a matrix of this size perhaps not.
    never: Vec<&'static str>,
}

/// How many cells of one point or answer are enough.
#[derive(Clone, Copy)]
enum Size {
    Reduced,
    Whole,
}

impl Matrix {
    pub(crate) async fn reduced(postgres: Option<String>, lanes: usize) -> Self {
        Self::play(postgres, lanes, Size::Reduced).await
    }

    pub(crate) async fn whole(postgres: Option<String>, lanes: usize) -> Self {
        Self::play(postgres, lanes, Size::Whole).await
    }

    async fn play(postgres: Option<String>, lanes: usize, size: Size) -> Self {
        let began = Instant::now();
        // Only with SQLite a server knows that it is alone, and takes over at its start what an earlier one had.
        let mut never = Vec::new();
        if postgres.is_some() {
            never.extend(["take_over.asked", "take_over.stored"]);
        }
        // Whether more than three of a kind are due in one round is chance with so few cells.
        if matches!(size, Size::Reduced) {
            never.extend(["batch.asked", "batch.answered"]);
        }
        let mut made = Vec::new();
        for _ in 0..lanes {
            made.push(Lane::new(postgres.clone()).await);
        }
        let undisturbed = ops::all().into_iter().map(|op| (op, Wrong::Nothing)).collect();
        let (lanes, traced) = run(made, undisturbed).await;
        let mut ended = Vec::new();
        let mut passed = Vec::new();
        for (op, wrong, end, trace) in traced {
            passed.push((op, trace));
            ended.push((op, wrong, end));
        }
        passed.sort_by_key(|(op, _)| ops::all().iter().position(|one| one == op));
        let cells = match size {
            Size::Whole => whole(&passed),
            Size::Reduced => reduced(&passed),
        };
        let (lanes, played) = run(lanes, cells).await;
        ended.extend(played.into_iter().map(|(op, wrong, end, _)| (op, wrong, end)));
        for lane in &lanes {
            lane.audit_is_whole().await;
        }
        Self { ended, took: began.elapsed(), never }
    }

    /// Fails when the books of a cell differ, or a point was never died at.
    pub(crate) fn check(&self) {
        let differ = self.ended.iter().filter_map(|(op, wrong, ended)| match ended {
            Ended::Differs(why) => Some(format!("{} {wrong:?}: {why}", op.label())),
            Ended::Equal | Ended::NotReached => None,
        });
        let differ: Vec<_> = differ.collect();
        assert!(differ.is_empty(), "{} cells differ:\n{}", differ.len(), differ.join("\n"));
        let died = |point: &Point| {
            let name = point.name();
            let at = |wrong: &Wrong| matches!(wrong, Wrong::Death(point, _) if *point == name);
            self.ended.iter().any(|(_, wrong, ended)| at(wrong) && matches!(ended, Ended::Equal))
        };
        let never = Point::ALL.iter().filter(|point| !self.never.contains(&point.name()) && !died(point));
        let never: Vec<_> = never.map(|point| point.name()).collect();
        // A few kinds do not pass all points.
        assert!(never.is_empty() || ops::chosen().is_some(), "nothing died at {never:?}");
    }
}

/// Plays cells on lanes, each on the first that is free; gives each cell's end and what it passed.
async fn run(lanes: Vec<Lane>, cells: VecDeque<Cell>) -> (Vec<Lane>, Vec<(Op, Wrong, Ended, BTreeMap<String, usize>)>) {
    let cells = Arc::new(Mutex::new(cells));
    let work = lanes.into_iter().map(|mut lane| {
        let cells = Arc::clone(&cells);
        async move {
            let mut ended = Vec::new();
            loop {
                let next = || {
                    let mut cells = cells.lock().unwrap();
                    cells.pop_front().map(|cell| (cell, cells.len()))
                };
                let Some(((op, wrong), left)) = next() else { break };
                if left % TOLD == 0 {
                    eprintln!("{left} cells are left");
                }
                let end = lane.play(op, wrong).await;
                if let Ended::Differs(why) = &end {
                    eprintln!("{} {wrong:?}: {why}", op.label());
                }
                ended.push((op, wrong, end, std::mem::take(&mut lane.trace)));
            }
            (lane, ended)
        }
    });
    let (lanes, ended): (Vec<_>, Vec<_>) = futures_util::future::join_all(work).await.into_iter().unzip();
    (lanes, ended.into_iter().flatten().collect())
}

fn deaths(passed: &[(Op, BTreeMap<String, usize>)]) -> impl Iterator<Item = (Op, &'static str, usize)> {
    passed.iter().flat_map(|(op, trace)| {
        let own = Point::ALL.iter().map(|point| point.name());
        own.filter_map(|name| trace.get(name).map(|count| (*op, name, *count)))
    })
}

fn answers() -> impl Iterator<Item = Cell> {
    let changes = ops::all().into_iter().filter(|op| op.is_change());
    changes.flat_map(|op| ANSWERS.map(|(name, effect)| (op, Wrong::Answer(name, effect))))
}

fn whole(passed: &[(Op, BTreeMap<String, usize>)]) -> VecDeque<Cell> {
    let twice = |(op, name, count): (Op, &'static str, usize)| {
        // What else goes on a second time is a look, and like the first.
        let again = matches!(op.does, Does::Create | Does::Delete) && count > 1;
        (1..=if again { 2 } else { 1 }).map(move |count| (op, Wrong::Death(name, count)))
    };
    deaths(passed).flat_map(twice).chain(answers()).collect()
}

fn reduced(passed: &[(Op, BTreeMap<String, usize>)]) -> VecDeque<Cell> {
    let all: Vec<_> = deaths(passed).collect();
    let (mut cells, mut busy) = (VecDeque::new(), BTreeMap::<String, usize>::new());
    // Each point with the operation that has had the fewest turns.
    for point in Point::ALL {
        let able = all.iter().filter(|(_, name, _)| *name == point.name());
        if let Some((op, name, _)) = able.min_by_key(|(op, ..)| busy.get(&op.label()).copied().unwrap_or(0)) {
            *busy.entry(op.label()).or_default() += 1;
            cells.push_back((*op, Wrong::Death(name, 1)));
        }
    }
    // Who had none dies right after its request.
    for (op, _) in passed.iter().filter(|(op, _)| !busy.contains_key(&op.label())) {
        let points = ["make.answered", "operate.answered", "delete.answered", "look.answered", "lease.taken"];
        let deadly = points.iter().find_map(|point| all.iter().find(|(one, name, _)| one == op && name == point));
        cells.extend(deadly.map(|(op, name, _)| (*op, Wrong::Death(name, 1))));
    }
    // Each answer with a creation, an action and a deletion, of kinds in turn.
    let mut taken = BTreeSet::new();
    for (at, (op, wrong)) in answers().enumerate() {
        let what = match op.does {
            Does::Act(_) => "act",
            Does::Delete => "delete",
            _ => "create",
        };
        if at % 5 == 0 && taken.insert((what, wrong)) {
            cells.push_back((op, wrong));
        }
    }
    cells
}
