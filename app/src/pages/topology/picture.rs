//! The picture: boxes, wires and what zooms them.
use super::{
    address,
    layout::{Layout, Placed, Size, TIERS, WIDTH, lay_out},
    link,
};
use crate::{data::at, words};
use leptos::prelude::*;
use model::{
    Place, State,
    view::{Node, NodeKind, Topology, TopologyQuery},
};
use std::collections::{BTreeMap, BTreeSet};

/// How large it is drawn, in per cent, and the word for that in the address.
const ZOOMS: [(&str, i32); 7] =
    [("0.5", 50), ("0.75", 75), ("1", 100), ("1.5", 150), ("2", 200), ("3", 300), ("4", 400)];
/// The line of the name, and what stands above and below.
const TITLE: i32 = 38;
/// A line below it.
const LINE: i32 = 17;
/// A floating IP.
const PILL: i32 = 26;
/// The most lines, and the most floating IPs, that a box has.
const LINES: usize = 3;
/// How many colours wires have.
const HUES: usize = 6;

/// A box before it is placed.
struct Shape<'a> {
    /// What it is; none for the servers of a network that are not drawn.
    node: Option<&'a Node>,
    tier: usize,
    /// What stands under its name.
    lines: Vec<String>,
    /// The floating IPs that hang on it.
    pills: Vec<&'a Node>,
    /// Of those not shown.
    more: usize,
    /// How many servers it stands for, and where they are.
    fold: Option<(usize, String)>,
}

impl Shape<'_> {
    fn height(&self) -> i32 {
        let lines = i32::try_from(self.lines.len()).unwrap_or_default();
        let pills = i32::try_from(self.pills.len() + usize::from(self.more > 0)).unwrap_or_default();
        TITLE + lines * LINE + pills * PILL + if lines + pills > 0 { 6 } else { 0 }
    }
}

fn tier(kind: NodeKind) -> usize {
    match kind {
        NodeKind::External | NodeKind::FloatingIp => 0,
        NodeKind::Router => 1,
        NodeKind::Network => 2,
        NodeKind::Server => TIERS - 1,
    }
}

fn shortened(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut lines: Vec<String> = all.collect();
    if lines.len() > LINES {
        let hidden = lines.len() - (LINES - 1);
        lines.truncate(LINES - 1);
        lines.push(words::more(hidden));
    }
    lines
}

fn shape<'a>(topology: &'a Topology, node: &'a Node, bound: &BTreeSet<&str>) -> Shape<'a> {
    let lines = match node.kind {
        NodeKind::External | NodeKind::Network => shortened(node.subnets.iter().map(|range| range.cidr.clone())),
        _ => shortened(node.addresses.iter().cloned()),
    };
    let mut pills: Vec<&Node> = topology
        .beside(&node.id, NodeKind::FloatingIp)
        .map(|(ip, _)| ip)
        // At its network stands only what is bound to no server that is drawn.
        .filter(|ip| node.kind == NodeKind::Server || !bound.contains(ip.id.as_str()))
        .collect();
    let more = if pills.len() > LINES { pills.len() - (LINES - 1) } else { 0 };
    if more > 0 {
        pills.truncate(LINES - 1);
    }
    Shape { node: Some(node), tier: tier(node.kind), lines, pills, more, fold: None }
}

/// The picture with its legend and its zoom.
pub(super) fn picture(
    place: &Place,
    asked: &TopologyQuery,
    zoom: Option<&str>,
    topology: &Topology,
) -> impl IntoView + use<> {
    let at_server = |wire: &&model::view::Wire| topology.of(NodeKind::Server).any(|node| node.id == wire.to);
    let bound: BTreeSet<&str> = topology.wires.iter().filter(at_server).map(|wire| wire.from.as_str()).collect();
    let mut shapes: Vec<Shape<'_>> = topology
        .nodes
        .iter()
        .filter(|node| node.kind != NodeKind::FloatingIp)
        .map(|node| shape(topology, node, &bound))
        .collect();
    let index: BTreeMap<&str, usize> =
        shapes.iter().enumerate().filter_map(|(at, shape)| Some((shape.node?.id.as_str(), at))).collect();
    let mut wires: Vec<(usize, usize)> = topology
        .wires
        .iter()
        .filter_map(|wire| Some((*index.get(wire.from.as_str())?, *index.get(wire.to.as_str())?)))
        .collect();
    // Of servers on other pages each network tells how many.
    let mut folds = Vec::new();
    for (at, shape) in shapes.iter().enumerate() {
        let Some(node) = shape.node.filter(|node| node.servers > 0) else { continue };
        let here = topology.beside(&node.id, NodeKind::Server).count();
        if node.servers > here {
            folds.push((at, node.servers - here, node.id.to_string()));
        }
    }
    for (at, hidden, id) in folds {
        let to = address(place, &TopologyQuery { network: Some(id), page: None }, None, None);
        wires.push((at, shapes.len()));
        shapes.push(Shape {
            node: None,
            tier: TIERS - 1,
            lines: Vec::new(),
            pills: Vec::new(),
            more: 0,
            fold: Some((hidden, to)),
        });
    }
    let sizes: Vec<Size> = shapes.iter().map(|shape| Size { tier: shape.tier, height: shape.height() }).collect();
    let layout = lay_out(&sizes, &wires);
    let boxes: Vec<AnyView> =
        shapes.iter().zip(&layout.boxes).map(|(shape, placed)| drawn(place, shape, *placed)).collect();
    let lines: Vec<AnyView> =
        wires.iter().zip(&layout.wires).map(|(wire, points)| line(&shapes, *wire, points)).collect();
    let heads = heads(&layout);
    let fits = zoom == Some("fit");
    let per_cent = ZOOMS.iter().find(|(word, _)| Some(*word) == zoom).map_or(100, |(_, per_cent)| *per_cent);
    let (width, height) = (layout.width, layout.height);
    let size = |side: i32| if fits { None } else { Some((side * per_cent / 100).to_string()) };
    view! {
        <div class="topology">
            <header class="section-head">
                <h2 class="sr-only">{words::PICTURE}</h2>
                {legend()}
                <span class="grow"></span>
                {zooms(place, asked, topology.page, per_cent)}
            </header>
            <div class="topology-frame" tabindex="0" role="region" aria-label=words::PICTURE data-fits=fits.to_string()>
                <svg
                    viewBox=format!("0 0 {width} {height}")
                    width=size(width)
                    height=size(height)
                    data-width=width.to_string()
                    data-height=height.to_string()
                    role="group"
                    aria-labelledby="topology-title"
                    aria-describedby="topology-desc"
                >
                    <title id="topology-title">{words::TOPOLOGY}</title>
                    <desc id="topology-desc">{words::PICTURE_HELP}</desc>
                    <g aria-hidden="true">{heads}</g>
                    <g class="wires" aria-hidden="true">{lines}</g>
                    {boxes}
                </svg>
            </div>
        </div>
    }
}

fn heads(layout: &Layout) -> Vec<AnyView> {
    let kinds = [NodeKind::External, NodeKind::Router, NodeKind::Network, NodeKind::Server];
    let head = |(kind, left): (NodeKind, &Option<i32>)| {
        let left = (*left)?;
        Some(view! { <text class="tier" x=left.to_string() y="26">{words::nodes(kind)}</text> }.into_any())
    };
    kinds.into_iter().zip(&layout.tiers).filter_map(head).collect()
}

/// A wire, in the colour of its network.
fn line(shapes: &[Shape<'_>], (from, to): (usize, usize), points: &[(i32, i32)]) -> AnyView {
    let network = [from, to]
        .into_iter()
        .find(|at| shapes[*at].node.is_some_and(|node| matches!(node.kind, NodeKind::External | NodeKind::Network)));
    let id = |at: usize| shapes[at].node.map(|node| node.id.to_string()).unwrap_or_default();
    let mut path = String::new();
    for gap in points.chunks_exact(2) {
        let ((x0, y0), (x1, y1)) = (gap[0], gap[1]);
        let (start, middle) = (if path.is_empty() { "M" } else { " L" }, i32::midpoint(x0, x1));
        path.push_str(&format!("{start}{x0} {y0} C{middle} {y0} {middle} {y1} {x1} {y1}"));
    }
    let hue = hue(shapes, network);
    view! { <path class="wire" d=path data-hue=hue data-from=id(from) data-to=id(to)></path> }.into_any()
}

/// Networks have colours in turn, so that those that stand beside each other differ.
fn hue(shapes: &[Shape<'_>], at: Option<usize>) -> String {
    at.map_or(0, |at| shapes[..at].iter().filter(|shape| shape.tier % 2 == 0).count() % HUES).to_string()
}

fn drawn(place: &Place, shape: &Shape<'_>, Placed { x, y, height }: Placed) -> AnyView {
    let moved = format!("translate({x} {y})");
    let Some(node) = shape.node else {
        let (hidden, to) = shape.fold.clone().unwrap_or_default();
        return view! {
            <g transform=moved>
                <a class="node" href=to data-kind="fold">
                    <rect class="box" width=WIDTH.to_string() height=height.to_string() rx="8"></rect>
                    <text class="name" x="14" y="24">{words::more_servers(hidden)}</text>
                </a>
            </g>
        }
        .into_any();
    };
    let lines: Vec<_> = (0..)
        .zip(&shape.lines)
        .map(|(at, text): (i32, _)| {
            view! { <text class="line" x="36" y=(TITLE + 8 + at * LINE).to_string()>{cut(text, 21)}</text> }
        })
        .collect();
    let below = TITLE + 2 + i32::try_from(shape.lines.len()).unwrap_or_default() * LINE;
    let pills: Vec<_> = (0..).zip(&shape.pills).map(|(at, ip)| pill(place, ip, below + at * PILL)).collect();
    let rest = (shape.more > 0).then(|| {
        let top = below + i32::try_from(shape.pills.len()).unwrap_or_default() * PILL;
        let to = at(place, &format!("k/{}", NodeKind::FloatingIp.slug()));
        view! { <a class="pill" href=to><text class="line" x="36" y=(top + 15).to_string()>{words::more(shape.more)}</text></a> }
    });
    let kept = node.provisioned.is_some();
    view! {
        <g transform=moved>
            <a class="node" href=link(place, node) aria-label=label(node) data-kind=node.kind.as_str() data-kept=kept.to_string() data-node=node.id.to_string()>
                <title>{node.name.clone()}</title>
                <rect class="box" width=WIDTH.to_string() height=height.to_string() rx="8"></rect>
                <path class="icon" transform="translate(12 12)" d=icon(node.kind)></path>
                <text class="name" x="36" y="24">{cut(&node.name, 16)}</text>
                <circle class="dot" data-state=tone(node.state) cx=(WIDTH - 14).to_string() cy="19" r="4"></circle>
                {lines}
            </a>
            {pills}
            {rest}
        </g>
    }
    .into_any()
}

fn pill(place: &Place, ip: &Node, top: i32) -> AnyView {
    view! {
        <a class="pill" href=link(place, ip) aria-label=label(ip) data-kept=ip.provisioned.is_some().to_string() data-node=ip.id.to_string()>
            <title>{ip.name.clone()}</title>
            <rect x="30" y=top.to_string() width="144" height="22" rx="11"></rect>
            <text class="line" x="42" y=(top + 15).to_string()>{cut(&ip.name, 16)}</text>
        </a>
    }
    .into_any()
}

/// What a box says to those who do not see it.
fn label(node: &Node) -> String {
    let ranges = node.subnets.iter().map(|range| range.cidr.as_str());
    let more: Vec<&str> = ranges.chain(node.addresses.iter().map(String::as_str)).collect();
    let head = format!(
        "{} {}, {}",
        words::node(node.kind),
        words::isolated(&node.name),
        words::state(node.state).to_lowercase()
    );
    if more.is_empty() { head } else { format!("{head}, {}", more.join(", ")) }
}

const fn tone(state: State) -> &'static str {
    match state {
        State::Active => "active",
        State::Failed | State::Vanished => "failed",
        State::Requested | State::Building | State::Deleting => "changing",
        State::Gone => "gone",
    }
}

/// A text that is too long for its box, cut. Letters that are not of the Latin alphabet may be twice as wide.
fn cut(text: &str, most: usize) -> String {
    let wide = |one: char| if one <= '\u{2ff}' { 1 } else { 2 };
    if text.chars().map(wide).sum::<usize>() <= most {
        return text.to_owned();
    }
    let mut room = most - 1;
    let fits = |one: &char| match room.checked_sub(wide(*one)) {
        Some(left) => {
            room = left;
            true
        }
        None => false,
    };
    let mut cut: String = text.chars().take_while(fits).collect();
    cut.push('…');
    cut
}

/// A drawing of 16 by 16, in strokes.
const fn icon(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::External | NodeKind::FloatingIp => {
            "M8 1a7 7 0 1 0 0 14a7 7 0 1 0 0-14M1 8h14M8 1c-5 4.5-5 9.5 0 14M8 1c5 4.5 5 9.5 0 14"
        }
        NodeKind::Router => {
            "M8 1v14M1 8h14M8 1l-2.5 2.5M8 1l2.5 2.5M8 15l-2.5-2.5M8 15l2.5-2.5M1 8l2.5-2.5M1 8l2.5 2.5M15 8l-2.5-2.5M15 8l-2.5 2.5"
        }
        NodeKind::Network => "M5.5 1.5h5v4h-5zM1 10.5h5v4h-5zM10 10.5h5v4h-5zM8 5.5v2.5M3.5 10.5v-2.5h9v2.5",
        NodeKind::Server => "M2 2h12v5h-12zM2 9h12v5h-12zM4.5 4.5h.5M4.5 11.5h.5",
    }
}

/// Larger, smaller, and as large as there is room: links, which a script makes buttons of.
fn zooms(place: &Place, asked: &TopologyQuery, page: usize, per_cent: i32) -> impl IntoView + use<> {
    let now = ZOOMS.iter().position(|(_, one)| *one == per_cent).unwrap_or_default();
    let to = |word: &str| address(place, asked, Some(page), Some(word));
    let step = |at: usize| to(ZOOMS.get(at).map_or("1", |(word, _)| word));
    let (smaller, larger) = (step(now.saturating_sub(1)), step((now + 1).min(ZOOMS.len() - 1)));
    view! {
        <span class="zooms" role="group" aria-label=words::ZOOM>
            <a class="btn btn-sm" href=smaller data-zoom="out" aria-label=words::ZOOM_OUT>"−"</a>
            <a class="btn btn-sm" href=to("fit") data-zoom="fit">{words::FIT}</a>
            <a class="btn btn-sm" href=larger data-zoom="in" aria-label=words::ZOOM_IN>"+"</a>
        </span>
    }
}

fn legend() -> impl IntoView {
    let dot = |state: &'static str, label: &'static str| {
        view! {
            <li><svg viewBox="0 0 12 12" aria-hidden="true"><circle class="dot" data-state=state cx="6" cy="6" r="4"></circle></svg> {label}</li>
        }
    };
    let sample = |kept: &'static str, label: &'static str| {
        view! {
            <li><svg class="wide" viewBox="0 0 24 12" aria-hidden="true"><rect class="sample" data-kept=kept x="1" y="1" width="22" height="10" rx="3"></rect></svg> {label}</li>
        }
    };
    view! {
        <ul class="legend" aria-label=words::LEGEND>
            {sample("true", words::LEGEND_KEPT)}
            {sample("false", words::LEGEND_OUTSIDE)}
            {sample("pill", words::LEGEND_FLOATING)}
            {dot("active", words::LEGEND_ACTIVE)}
            {dot("changing", words::LEGEND_CHANGING)}
            {dot("failed", words::LEGEND_FAILED)}
        </ul>
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn a_name_that_is_too_long_for_its_box_is_cut() {
        assert_eq!(cut("web-1", 8), "web-1");
        assert_eq!(cut("a-rather-long-name", 8), "a-rathe…");
        assert_eq!(cut("サーバーの名前", 8), "サーバ…");
    }
}
