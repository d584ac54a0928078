//! Figures that an action handed back: a table, each number with a bar drawn as SVG.
use crate::words;
use leptos::prelude::*;
use model::handed::Figure;

/// How long a figure's bar is, in per cent of the longest with the same unit.
fn length(figure: &Figure, all: &[Figure]) -> i64 {
    let most = all.iter().filter(|other| other.unit == figure.unit).map(|other| other.value).max().unwrap_or_default();
    if most <= 0 {
        0
    } else {
        (i128::from(figure.value.max(0)) * 100 / i128::from(most)).try_into().unwrap_or_default()
    }
}

/// The figures.
#[component]
pub fn Figures(
    /// The figures.
    figures: Vec<Figure>,
) -> impl IntoView {
    let row = |figure: &Figure| {
        let length = length(figure, &figures);
        view! {
            <tr>
                <th scope="row">{figure.label.clone()}</th>
                <td class="num">{figure.value}</td>
                <td class="figure" aria-hidden="true">
                    <svg class="quota-bar" viewBox="0 0 100 4" preserveAspectRatio="none">
                        <rect class="quota-track" width="100" height="4"/>
                        <rect class="quota-added" width=length.to_string() height="4"/>
                    </svg>
                </td>
            </tr>
        }
    };
    let rows = figures.iter().map(row).collect_view();
    view! {
        <table class="table small figures">
            <caption class="sr-only">{words::OUTPUT}</caption>
            <tbody>{rows}</tbody>
        </table>
    }
}

#[cfg(test)]
mod tests {
    use super::{Figure, length};

    #[test]
    fn bars_are_compared_within_a_unit_and_nothing_has_none() {
        let figure = |value, unit: &str| Figure { label: String::new(), value, unit: unit.to_owned() };
        let all = [figure(50, "bytes"), figure(i64::MAX, "requests"), figure(200, "bytes"), figure(0, "connections")];
        assert_eq!([0, 1, 2, 3].map(|place| length(&all[place], &all)), [25, 100, 100, 0]);
    }
}
