//! The matrix as a table of text.
use super::{
    lane::{Ended, Wrong},
    matrix::Matrix,
};
use std::{collections::BTreeMap, fmt::Write};

/// A line for each thing that goes wrong with each operation, a column for each database.
pub(crate) fn table(all: &[(&str, Matrix)]) -> String {
    let mut lines: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (column, (_, matrix)) in all.iter().enumerate() {
        for (op, wrong, ended) in &matrix.ended {
            let what = match wrong {
                Wrong::Nothing => "(undisturbed)".to_owned(),
                Wrong::Death(point, count) => format!("{point} {count}"),
                Wrong::Answer(name, _) => (*name).to_owned(),
            };
            let cells = lines.entry((op.label(), what)).or_insert_with(|| vec!["-".to_owned(); all.len()]);
            cells[column] = match ended {
                Ended::Equal => "ok".to_owned(),
                Ended::NotReached => "ok, lived".to_owned(),
                Ended::Differs(why) => why.clone(),
            };
        }
    }
    let mut text = String::new();
    let mut line = |cells: &[&str]| {
        let padded = cells.iter().zip([32, 34, 10, 10]).map(|(cell, width)| format!("{cell:<width$}"));
        let _written = writeln!(text, "{}", padded.collect::<Vec<_>>().join(" ").trim_end());
    };
    let heads: Vec<&str> =
        ["operation", "what goes wrong"].into_iter().chain(all.iter().map(|(name, _)| *name)).collect();
    line(&heads);
    for ((op, what), cells) in &lines {
        line(&[op.as_str(), what.as_str()].into_iter().chain(cells.iter().map(String::as_str)).collect::<Vec<_>>());
    }
    for (name, matrix) in all {
        let differ = matrix.ended.iter().filter(|(.., ended)| matches!(ended, Ended::Differs(_))).count();
        let lived = matrix.ended.iter().filter(|(.., ended)| matches!(ended, Ended::NotReached)).count();
        let _written = writeln!(
            text,
            "{name}: {} cells, {differ} differ, in {lived} the server had passed the point before; {:.1} minutes",
            matrix.ended.len(),
            matrix.took.as_secs_f64() / 60.0,
        );
    }
    text
}
