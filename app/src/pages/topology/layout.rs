//! Where the boxes of a picture stand and how its wires run. Pure: sizes and wires in, coordinates out.
//!
//! Tiers stand beside each other, from the outside in. Within a tier boxes are ordered by the mean place of what they are
//! wired with, which leaves few crossings; a wire over more than one tier keeps a lane free in those between, so that it
//! runs behind no box.

/// How wide a box is.
pub(super) const WIDTH: i32 = 184;
/// Between tiers.
const GAP: i32 = 72;
/// Between the boxes of a tier.
const SPACE: i32 = 16;
/// Around everything.
const MARGIN: i32 = 14;
/// Above the boxes, for the names of the tiers.
const HEAD: i32 = 30;
/// How high a lane is.
const LANE: i32 = 8;
/// How often the order, and then the heights, are made better.
const ROUNDS: usize = 6;
/// How many tiers there are.
pub(super) const TIERS: usize = 4;

/// A box to be placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Size {
    /// In which tier, below [`TIERS`].
    pub(super) tier: usize,
    /// How high it is.
    pub(super) height: i32,
}

/// A box in its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Placed {
    /// Its left side.
    pub(super) x: i32,
    /// Its upper side.
    pub(super) y: i32,
    /// How high it is.
    pub(super) height: i32,
}

/// The whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Layout {
    /// The boxes, in the order of the sizes.
    pub(super) boxes: Vec<Placed>,
    /// The points of each wire, in the order of the wires: always two for each gap that it crosses.
    pub(super) wires: Vec<Vec<(i32, i32)>>,
    /// The left side of each tier; none of those that have no box.
    pub(super) tiers: [Option<i32>; TIERS],
    /// How wide it is.
    pub(super) width: i32,
    /// How high it is.
    pub(super) height: i32,
}

/// What stands in a tier: a box, or a wire's lane.
#[derive(Clone, Copy)]
struct Item {
    tier: usize,
    height: i32,
}

/// Places boxes and wires. The ends of a wire are in different tiers; one whose ends are not is drawn nowhere.
pub(super) fn lay_out(sizes: &[Size], wires: &[(usize, usize)]) -> Layout {
    let used: Vec<usize> = (0..TIERS).filter(|tier| sizes.iter().any(|size| size.tier == *tier)).collect();
    // Empty tiers take no room.
    let rank = |tier: usize| used.iter().position(|one| *one == tier).unwrap_or_default();
    let mut items: Vec<Item> = sizes.iter().map(|size| Item { tier: rank(size.tier), height: size.height }).collect();
    let paths: Vec<Vec<usize>> = wires.iter().map(|wire| path(*wire, &mut items)).collect();
    let mut tiers: Vec<Vec<usize>> = vec![Vec::new(); used.len()];
    for (at, item) in items.iter().enumerate() {
        if let Some(tier) = tiers.get_mut(item.tier) {
            tier.push(at);
        }
    }
    let mut beside: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    for pair in paths.iter().flat_map(|path| path.windows(2)) {
        beside[pair[0]].push(pair[1]);
        beside[pair[1]].push(pair[0]);
    }
    order(&mut tiers, &items, &beside);
    let tops = heights(&tiers, &items, &beside);
    let left = |rank: usize| MARGIN + i32::try_from(rank).unwrap_or_default() * (WIDTH + GAP);
    let boxes: Vec<Placed> = items
        .iter()
        .zip(&tops)
        .map(|(item, top)| Placed { x: left(item.tier), y: *top, height: item.height })
        .collect();
    let ends = Ends::new(&paths, &boxes);
    let drawn = paths.iter().map(|path| points(path, &boxes, &ends)).collect();
    let bottom = boxes.iter().map(|placed| placed.y + placed.height).max().unwrap_or(MARGIN + HEAD);
    let mut lefts = [None; TIERS];
    for tier in &used {
        lefts[*tier] = Some(left(rank(*tier)));
    }
    Layout {
        wires: drawn,
        tiers: lefts,
        width: left(used.len()) - GAP + MARGIN,
        height: bottom + MARGIN,
        boxes: boxes.into_iter().take(sizes.len()).collect(),
    }
}

/// The items that a wire passes, from left to right; lanes are made where it passes a tier.
fn path((one, other): (usize, usize), items: &mut Vec<Item>) -> Vec<usize> {
    let (from, to) = if items[one].tier <= items[other].tier { (one, other) } else { (other, one) };
    let (first, last) = (items[from].tier, items[to].tier);
    if first == last {
        return Vec::new();
    }
    let mut path = vec![from];
    for tier in first + 1..last {
        path.push(items.len());
        items.push(Item { tier, height: LANE });
    }
    path.push(to);
    path
}

/// Orders each tier by the mean place of what its items are wired with in the tiers beside it: to and fro, until it rests.
fn order(tiers: &mut [Vec<usize>], items: &[Item], beside: &[Vec<usize>]) {
    let mut place = vec![0.0; items.len()];
    let number = |place: &mut [f64], tier: &[usize]| {
        for (at, item) in tier.iter().enumerate() {
            place[*item] = (f64::from(u32::try_from(at).unwrap_or(u32::MAX)) + 0.5) / count(tier.len());
        }
    };
    for tier in tiers.iter() {
        number(&mut place, tier);
    }
    let last = tiers.len();
    for round in 0..ROUNDS {
        for step in 1..last {
            let (here, there) = if round % 2 == 0 { (step, step - 1) } else { (last - 1 - step, last - step) };
            let mean = |item: usize| {
                let places: Vec<f64> =
                    beside[item].iter().filter(|one| items[**one].tier == there).map(|one| place[*one]).collect();
                if places.is_empty() { place[item] } else { places.iter().sum::<f64>() / count(places.len()) }
            };
            let means: Vec<f64> =
                (0..items.len()).map(|item| if items[item].tier == here { mean(item) } else { 0.0 }).collect();
            tiers[here].sort_by(|a, b| means[*a].total_cmp(&means[*b]));
            number(&mut place, &tiers[here]);
        }
    }
}

fn count(len: usize) -> f64 {
    f64::from(u32::try_from(len).unwrap_or(u32::MAX))
}

/// The upper sides: each item as near to the mean height of what it is wired with as the order allows.
fn heights(tiers: &[Vec<usize>], items: &[Item], beside: &[Vec<usize>]) -> Vec<i32> {
    let half = |item: usize| f64::from(items[item].height) / 2.0;
    let total = |tier: &Vec<usize>| tier.iter().map(|item| items[*item].height + SPACE).sum::<i32>();
    let tallest = tiers.iter().map(total).max().unwrap_or_default();
    let mut centre = vec![0.0; items.len()];
    for tier in tiers {
        let mut top = f64::from(tallest - total(tier)) / 2.0;
        for item in tier {
            centre[*item] = top + half(*item);
            top += f64::from(items[*item].height + SPACE);
        }
    }
    for round in 0..ROUNDS {
        for step in 0..tiers.len() {
            let tier = if round % 2 == 0 { &tiers[tiers.len() - 1 - step] } else { &tiers[step] };
            let wanted: Vec<f64> = tier
                .iter()
                .map(|item| match beside[*item].len() {
                    0 => centre[*item],
                    some => beside[*item].iter().map(|one| centre[*one]).sum::<f64>() / count(some),
                })
                .collect();
            spread(tier, &wanted, items, &mut centre);
        }
    }
    let top = |item: usize| centre[item] - half(item);
    let highest = (0..items.len()).map(top).fold(f64::INFINITY, f64::min);
    #[expect(clippy::cast_possible_truncation, reason = "no picture is that high")]
    let whole = |item: usize| (top(item) - highest).round() as i32 + MARGIN + HEAD;
    (0..items.len()).map(whole).collect()
}

/// Puts the items of a tier where they want to be, but none over another: once pushed down and once up, and the mean of
/// both, which keeps every distance that both keep.
fn spread(tier: &[usize], wanted: &[f64], items: &[Item], centre: &mut [f64]) {
    let apart = |a: usize, b: usize| f64::from(items[a].height + items[b].height) / 2.0 + f64::from(SPACE);
    let mut down = wanted.to_vec();
    for at in 1..tier.len() {
        down[at] = down[at].max(down[at - 1] + apart(tier[at - 1], tier[at]));
    }
    let mut up = wanted.to_vec();
    for at in (0..tier.len().saturating_sub(1)).rev() {
        up[at] = up[at].min(up[at + 1] - apart(tier[at], tier[at + 1]));
    }
    for (at, item) in tier.iter().enumerate() {
        centre[*item] = f64::midpoint(down[at], up[at]);
    }
}

/// Where wires end at the sides of boxes, in the order in which they come from above: by wire, the left and the right end.
struct Ends(std::collections::BTreeMap<(usize, usize), i32>);

impl Ends {
    fn new(paths: &[Vec<usize>], boxes: &[Placed]) -> Self {
        // By item and side: which items it is wired with there.
        let mut sides: std::collections::BTreeMap<(usize, bool), Vec<usize>> = std::collections::BTreeMap::new();
        for pair in paths.iter().flat_map(|path| path.windows(2)) {
            sides.entry((pair[0], true)).or_default().push(pair[1]);
            sides.entry((pair[1], false)).or_default().push(pair[0]);
        }
        let mut ends = std::collections::BTreeMap::new();
        for ((item, _), mut others) in sides {
            others.sort_by_key(|other| (boxes[*other].y + boxes[*other].height / 2, *other));
            let parts = i32::try_from(others.len()).unwrap_or(i32::MAX).saturating_add(1);
            for (at, other) in (1..).zip(others) {
                let along = i64::from(boxes[item].height) * i64::from(at) / i64::from(parts);
                ends.insert((item, other), boxes[item].y + i32::try_from(along).unwrap_or_default());
            }
        }
        Self(ends)
    }

    fn at(&self, item: usize, other: usize) -> i32 {
        self.0.get(&(item, other)).copied().unwrap_or_default()
    }
}

fn points(path: &[usize], boxes: &[Placed], ends: &Ends) -> Vec<(i32, i32)> {
    let gap = |pair: &[usize]| {
        let (from, to) = (pair[0], pair[1]);
        [(boxes[from].x + WIDTH, ends.at(from, to)), (boxes[to].x, ends.at(to, from))]
    };
    path.windows(2).flat_map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::{Layout, Size, TIERS, WIDTH, lay_out};
    use proptest::prelude::*;

    fn size(tier: usize, height: i32) -> Size {
        Size { tier, height }
    }

    /// How often wires cross between two tiers that stand beside each other.
    fn crossings(layout: &Layout) -> usize {
        let gaps: Vec<_> = layout.wires.iter().flat_map(|wire| wire.chunks(2)).collect();
        let cross = |a: &&[(i32, i32)], b: &&[(i32, i32)]| {
            a[0].0 == b[0].0 && (a[0].1 - b[0].1).signum() * (a[1].1 - b[1].1).signum() < 0
        };
        gaps.iter().enumerate().map(|(at, a)| gaps[at + 1..].iter().filter(|b| cross(a, b)).count()).sum()
    }

    #[test]
    fn a_tier_is_ordered_by_what_it_is_wired_with() {
        let sizes = [size(2, 60), size(2, 60), size(3, 50), size(3, 50), size(3, 50), size(3, 50)];
        let layout = lay_out(&sizes, &[(0, 3), (0, 5), (1, 2), (1, 4)]);
        assert_eq!(crossings(&layout), 0, "{layout:?}");
    }

    #[test]
    fn a_wire_over_several_tiers_runs_behind_no_box() {
        let sizes = [size(0, 60), size(1, 60), size(2, 60), size(3, 60)];
        let layout = lay_out(&sizes, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        let long = &layout.wires[3];
        assert_eq!(long.len(), 6);
        for (passed, pair) in layout.boxes[1..3].iter().zip([&long[1..3], &long[3..5]]) {
            assert!(pair.iter().all(|(_, y)| *y < passed.y || *y > passed.y + passed.height), "{layout:?}");
        }
    }

    #[test]
    fn tiers_without_a_box_take_no_room() {
        let layout = lay_out(&[size(2, 60), size(3, 60)], &[(0, 1)]);
        assert_eq!((layout.tiers[0], layout.tiers[1]), (None, None));
        assert_eq!(layout.boxes[0].x, layout.tiers[2].unwrap());
        assert_eq!(lay_out(&[], &[]).boxes, []);
    }

    fn graphs() -> impl Strategy<Value = (Vec<Size>, Vec<(usize, usize)>)> {
        let sizes = prop::collection::vec((0..TIERS, 20..120_i32).prop_map(|(tier, height)| size(tier, height)), 1..40);
        sizes.prop_flat_map(|sizes| {
            let wires = prop::collection::btree_set((0..sizes.len(), 0..sizes.len()), 0..80);
            let differ = move |sizes: &[Size], wires: std::collections::BTreeSet<(usize, usize)>| {
                wires.into_iter().filter(|(a, b)| sizes[*a].tier < sizes[*b].tier).collect::<Vec<_>>()
            };
            (Just(sizes.clone()), wires.prop_map(move |wires| differ(&sizes, wires)))
        })
    }

    proptest! {
        #[test]
        fn no_box_lies_on_another_and_none_outside((sizes, wires) in graphs()) {
            let layout = lay_out(&sizes, &wires);
            for (at, one) in layout.boxes.iter().enumerate() {
                prop_assert!(one.x >= 0 && one.y >= 0);
                prop_assert!(one.x + WIDTH <= layout.width && one.y + one.height <= layout.height);
                prop_assert_eq!(one.height, sizes[at].height);
                for other in &layout.boxes[at + 1..] {
                    prop_assert!(
                        one.x != other.x || one.y + one.height < other.y || other.y + other.height < one.y,
                        "{:?} on {:?}", one, other
                    );
                }
            }
        }

        #[test]
        fn wires_end_at_the_sides_of_their_boxes((sizes, wires) in graphs()) {
            let layout = lay_out(&sizes, &wires);
            for ((from, to), points) in wires.iter().zip(&layout.wires) {
                let (from, to) = (layout.boxes[*from], layout.boxes[*to]);
                let (first, last) = (points[0], points[points.len() - 1]);
                prop_assert_eq!((first.0, last.0), (from.x + WIDTH, to.x));
                prop_assert!(from.y <= first.1 && first.1 <= from.y + from.height);
                prop_assert!(to.y <= last.1 && last.1 <= to.y + to.height);
            }
        }

        #[test]
        fn the_same_is_drawn_the_same((sizes, wires) in graphs()) {
            prop_assert_eq!(lay_out(&sizes, &wires), lay_out(&sizes, &wires));
        }
    }
}
