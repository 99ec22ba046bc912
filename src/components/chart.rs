//! Charts: SVG from the server, geometry in attributes, each with a table beside it.

use crate::domain::{level::Level, pcoi::Published};
use leptos::prelude::*;
use std::{f64::consts::TAU, fmt::Write as _};

const CENTRE: (f64, f64) = (190.0, 168.0);
const RING: f64 = 32.0;

/// One spoke of the radar.
#[derive(Clone, Debug)]
pub struct Spoke {
    /// "1".
    pub label: String,
    /// Its title in the table.
    pub title: String,
    /// The level now.
    pub now: Option<Level>,
    /// The level in the last cycle.
    pub before: Option<Level>,
}

/// The radar of levels against 3, with its table.
pub fn radar(spokes: &[Spoke], now: &str, before: Option<&str>) -> impl IntoView + use<> {
    let count = spokes.len();
    let ring = |level: f64| points((0..count).map(|i| at(i, count, level * RING)));
    let polygon = |of: fn(&Spoke) -> Option<Level>| {
        points(spokes.iter().enumerate().map(|(i, s)| at(i, count, of(s).map_or(0.0, radius))))
    };
    let axis = (0..count).fold(String::new(), |mut path, i| {
        let (x, y) = at(i, count, 4.0 * RING);
        let _ = write!(path, "M{} {}L{x:.1} {y:.1}", CENTRE.0, CENTRE.1);
        path
    });
    let dots = spokes.iter().enumerate().map(|(i, spoke)| {
        let (x, y) = at(i, count, spoke.now.map_or(0.0, radius));
        let reached = spoke.now.is_some_and(Level::answers_yes);
        let (class, r) = if reached { ("point", "4") } else { ("point below", "5") };
        view! { <circle class=class cx=tenth(x) cy=tenth(y) r=r></circle> }
    });
    let rings = (1_u8..=4).map(|n| {
        let y = CENTRE.1 - f64::from(n) * RING + 12.0;
        view! { <text x="194" y=tenth(y) font-size="11">{n.to_string()}</text> }
    });
    let labels = spokes.iter().enumerate().map(|(i, spoke)| {
        let (x, y) = at(i, count, 4.0 * RING + 19.0);
        view! { <text class="strong" x=tenth(x) y=tenth(y + 5.0) text-anchor="middle" font-size="15">{spoke.label.clone()}</text> }
    });
    let rows = spokes.iter().map(|spoke| {
        let text = |level: Option<Level>| level.map_or_else(|| "none".to_owned(), |l| l.number().to_string());
        view! {
            <tr>
                <th scope="row">{format!("{} {}", spoke.label, spoke.title)}</th>
                {before.is_some().then(|| view! { <td class="number">{text(spoke.before)}</td> })}
                <td class="number">{text(spoke.now)}</td>
            </tr>
        }
    });
    let (rows, labels, rings, dots) =
        (rows.collect_view(), labels.collect_view(), rings.collect_view(), dots.collect_view());
    let heads = before.map(str::to_owned);
    let before_line = before.map(|_| view! { <polygon class="before" points=polygon(|s| s.before)></polygon> });
    let before_key = heads.clone().map(|name| {
        view! { <li><svg viewBox="0 0 24 12" aria-hidden="true"><path class="before" d="M0 6h24"></path></svg>{name}</li> }
    });
    view! {
        <figure class="chart">
            <svg viewBox="0 0 380 336" role="img" aria-label="Levels of the 13 criteria; the table below has the numbers">
                <polygon class="grid-line" points=ring(1.0)></polygon>
                <polygon class="grid-line" points=ring(2.0)></polygon>
                <polygon class="threshold" points=ring(3.0)></polygon>
                <polygon class="grid-line" points=ring(4.0)></polygon>
                <path class="axis" d=axis></path>
                {before_line}
                <polygon class="area" points=polygon(|s| s.now)></polygon>
                {dots}{rings}{labels}
            </svg>
            <ul class="key">
                <li><svg viewBox="0 0 24 12" aria-hidden="true"><rect class="area" x="1" y="1" width="22" height="10"></rect></svg>{now.to_owned()}</li>
                {before_key}
                <li><svg viewBox="0 0 24 12" aria-hidden="true"><path class="threshold" d="M0 6h24"></path></svg>"Level 3: yes from here"</li>
                <li><svg viewBox="0 0 24 12" aria-hidden="true"><circle class="point below" cx="12" cy="6" r="4"></circle></svg>"Below 3, or no level"</li>
            </ul>
            <details>
                <summary>"The same as a table"</summary>
                <table>
                    <caption class="visually-hidden">"Level of each criterion"</caption>
                    <thead><tr>
                        <th scope="col">"Criterion"</th>
                        {heads.map(|name| view! { <th scope="col" class="number">{name}</th> })}
                        <th scope="col" class="number">{now.to_owned()}</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </figure>
    }
}

/// A value on a scale from 0, beside a published distribution.
pub fn estimate(value: f64, most: f64, published: Published) -> impl IntoView {
    let x = |v: f64| 4.0 + v / most * 192.0;
    let (own, from, to, median) =
        (x(value), x(published.lower_quartile), x(published.upper_quartile), x(published.median));
    let label = format!(
        "Your estimate {value:.1} on a scale of 0 to {most}; designated centres: median {}, middle half {} to {}",
        published.median, published.lower_quartile, published.upper_quartile
    );
    view! {
        <svg class="benchmark" viewBox="0 0 200 22" role="img" aria-label=label>
            <rect class="track" x="4" y="7" width="192" height="8" rx="4"></rect>
            <rect class="band" x=tenth(from) y="7" width=tenth(to - from) height="8"></rect>
            <path class="median" d=format!("M{median:.1} 3v16")></path>
            {diamond(own)}
        </svg>
    }
}

/// A percentage beside one published figure; `whose` is "Yours" or "The centre’s".
pub fn comparison(whose: &str, value: Option<f64>, benchmark: f64) -> impl IntoView + use<> {
    let x = |v: f64| 4.0 + v.clamp(0.0, 100.0) / 100.0 * 192.0;
    let label = match value {
        Some(value) => format!("{whose} {value:.0} percent, published {benchmark} percent"),
        None => format!("{whose} is missing, published {benchmark} percent"),
    };
    view! {
        <svg class="benchmark" viewBox="0 0 200 22" role="img" aria-label=label>
            <rect class="track" x="4" y="7" width="192" height="8" rx="4"></rect>
            <path class="median" d=format!("M{:.1} 3v16", x(benchmark))></path>
            {value.map(|v| diamond(x(v)))}
        </svg>
    }
}

fn diamond(x: f64) -> impl IntoView {
    view! { <path class="own" d=format!("M{x:.1} 3.5l7.5 7.5l-7.5 7.5l-7.5-7.5z")></path> }
}

fn radius(level: Level) -> f64 {
    f64::from(level.number()) * RING
}

#[expect(clippy::cast_precision_loss, reason = "thirteen spokes")]
fn at(index: usize, count: usize, radius: f64) -> (f64, f64) {
    let angle = index as f64 / count as f64 * TAU;
    (CENTRE.0 + angle.sin() * radius, CENTRE.1 - angle.cos() * radius)
}

fn points(list: impl Iterator<Item = (f64, f64)>) -> String {
    list.map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

fn tenth(value: f64) -> String {
    format!("{value:.1}")
}
