//! What the picture shows, as tables.
use super::{anchor, link};
use crate::{parts::state::StateMark, words};
use leptos::prelude::*;
use model::{
    Place,
    view::{Node, NodeKind, Topology},
};

/// All four; those without a row are left out.
pub(super) fn tables(place: &Place, topology: &Topology) -> impl IntoView + use<> {
    let row = |node: &Node| {
        let beside = |kind: NodeKind| beside(place, topology, node, kind);
        match node.kind {
            NodeKind::External | NodeKind::Network => {
                let servers = node.servers.to_string();
                row(
                    place,
                    node,
                    vec![
                        (words::SUBNETS, ranges(node)),
                        (words::ROUTERS, beside(NodeKind::Router)),
                        (words::SERVERS, servers.into_any()),
                    ],
                )
            }
            NodeKind::Router => row(
                place,
                node,
                vec![(words::GATEWAY, beside(NodeKind::External)), (words::NETWORKS, beside(NodeKind::Network))],
            ),
            NodeKind::Server => {
                let networks = view! { {beside(NodeKind::Network)} {beside(NodeKind::External)} };
                row(
                    place,
                    node,
                    vec![(words::NETWORKS, networks.into_any()), (words::FLOATING_IPS, beside(NodeKind::FloatingIp))],
                )
            }
            NodeKind::FloatingIp => {
                let bound = match topology.beside(&node.id, NodeKind::Server).next() {
                    Some(_) => beside(NodeKind::Server),
                    None => node.addresses.join(", ").into_any(),
                };
                row(place, node, vec![(words::EXTERNAL_NETWORK, beside(NodeKind::External)), (words::BOUND_TO, bound)])
            }
        }
    };
    let networks = [NodeKind::External, NodeKind::Network];
    let tables: [(&'static str, &[NodeKind], &[&'static str]); 4] = [
        (words::NETWORKS, &networks, &[words::NAME, words::STATE, words::SUBNETS, words::ROUTERS, words::SERVERS]),
        (words::ROUTERS, &[NodeKind::Router], &[words::NAME, words::STATE, words::GATEWAY, words::NETWORKS]),
        (words::SERVERS, &[NodeKind::Server], &[words::NAME, words::STATE, words::NETWORKS, words::FLOATING_IPS]),
        (
            words::FLOATING_IPS,
            &[NodeKind::FloatingIp],
            &[words::ADDRESS, words::STATE, words::EXTERNAL_NETWORK, words::BOUND_TO],
        ),
    ];
    tables
        .into_iter()
        .filter_map(|(title, kinds, heads)| {
            let rows: Vec<_> = topology.nodes.iter().filter(|node| kinds.contains(&node.kind)).map(row).collect();
            (!rows.is_empty()).then(|| table(title, heads, rows))
        })
        .collect_view()
}

fn table(title: &'static str, heads: &[&'static str], rows: Vec<AnyView>) -> impl IntoView + use<> {
    let id = format!("topology-{}", title.to_lowercase().replace(' ', "-"));
    let named = id.clone();
    let heads: Vec<_> = heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect();
    view! {
        <section aria-labelledby=named>
            <h2 id=id>{title}</h2>
            <div class="table-wrap">
                <table class="table rows">
                    <caption class="sr-only">{title}</caption>
                    <thead><tr>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn row(place: &Place, node: &Node, cells: Vec<(&'static str, AnyView)>) -> AnyView {
    let name = node.name.clone();
    let name = match node.provisioned {
        Some(_) => view! { <a class="row-link" href=link(place, node)><bdi>{name}</bdi></a> }.into_any(),
        None => view! { <bdi>{name}</bdi> }.into_any(),
    };
    let outside =
        if node.shared { (words::SHARED, words::SHARED_HELP) } else { (words::UNMANAGED, words::UNMANAGED_HELP) };
    let badge = |(word, help): (&'static str, &'static str)| view! { <span class="badge" title=help>{word}</span> " " };
    let external = (node.kind == NodeKind::External).then(|| view! { <span class="badge">{words::EXTERNAL}</span> });
    let badges = node.provisioned.is_none().then(|| badge(outside));
    let cells: Vec<_> =
        cells.into_iter().map(|(label, cell)| view! { <td data-label=label><div>{cell}</div></td> }).collect();
    let state = node.state;
    view! {
        <tr id=anchor(node) tabindex="-1">
            <td data-label=words::NAME class="name">{name} " " {badges} {external}</td>
            <td data-label=words::STATE><StateMark state/></td>
            {cells}
        </tr>
    }
    .into_any()
}

fn ranges(node: &Node) -> AnyView {
    let one = |range: &model::view::Range| {
        let name = (!range.name.is_empty()).then(|| view! { <bdi class="quiet">{range.name.clone()}</bdi> });
        view! { <div><code>{range.cidr.clone()}</code> " " {name}</div> }
    };
    match node.subnets.is_empty() {
        true => words::NONE.into_any(),
        false => node.subnets.iter().map(one).collect_view().into_any(),
    }
}

/// What a node is connected with, of a kind, each with the addresses there.
fn beside(place: &Place, topology: &Topology, node: &Node, kind: NodeKind) -> AnyView {
    let one = |(other, wire): (&Node, &model::view::Wire)| {
        let addresses = (!wire.addresses.is_empty()).then(|| view! { <code>{wire.addresses.join(", ")}</code> });
        view! { <div><a class="link" href=link(place, other)><bdi>{other.name.clone()}</bdi></a> " " {addresses}</div> }
    };
    topology.beside(&node.id, kind).map(one).collect_view().into_any()
}
