//! The levels of a panel: disagreements first, or all 13.

use crate::{
    components::badge::{self, Tone},
    domain::level::Level,
    server::deliberating::{Line, Said, Table},
};
use leptos::prelude::*;

/// What the table shows.
#[derive(Clone, Debug)]
pub struct Data {
    /// The address of the deliberation.
    pub base: String,
    /// Headings of the criteria.
    pub headings: Vec<String>,
    /// What is on the table.
    pub table: Table,
    /// All 13, or only where the panel is apart.
    pub all: bool,
    /// How much was said, by criterion.
    pub posts: Vec<(u8, i64)>,
    /// Where a third reviewer is asked for.
    pub third: Vec<u8>,
}

/// "2 Partial", or "2, now 3"; a word where there is none.
fn level(levels: Option<(Level, Level)>) -> AnyView {
    match levels {
        None => view! { <span class="soft">"No level"</span> }.into_any(),
        Some((first, now)) if first == now => badge::level(Some(now)).into_any(),
        Some((first, now)) => view! { <span>{badge::level(Some(now))}<br/><span class="soft small">{format!("first {}", first.number())}</span></span> }.into_any(),
    }
}

fn state(line: &Line) -> AnyView {
    let agreed = line.consensus.as_ref().and_then(|c| c.level);
    match (agreed, line.still_apart, line.apart) {
        _ if line.waits => badge::badge(Tone::Attention, "Mark it first").into_any(),
        (Some(level), ..) => view! { <span>{badge::level(Some(level))}</span> }.into_any(),
        (None, true, _) => badge::badge(Tone::Problem, "Apart").into_any(),
        (None, false, true) => badge::badge(Tone::Working, "Closer now").into_any(),
        (None, false, false) => badge::badge(Tone::Quiet, "Not agreed yet").into_any(),
    }
}

fn column(said: &Said) -> String {
    if said.mine { format!("{} (you)", said.letter) } else { said.letter.clone() }
}

/// The table, with the way to show all or only the disagreements.
pub fn view(data: &Data) -> AnyView {
    let lines: Vec<&Line> = data.table.lines.iter().filter(|l| data.all || l.apart || l.waits).collect();
    let apart = data.table.lines.iter().filter(|l| l.apart).count();
    let summary = match apart {
        0 => "The reviewers agree at all 13 criteria.".to_owned(),
        1 => "The reviewers are apart at 1 of 13 criteria.".to_owned(),
        n => format!("The reviewers are apart at {n} of 13 criteria."),
    };
    let toggle = if data.all {
        view! { <a href=data.base.clone()>"Show only the disagreements"</a> }.into_any()
    } else {
        view! { <a href=format!("{}?show=all", data.base)>"Show all 13 criteria"</a> }.into_any()
    };
    let heads = data.table.letters.iter().map(|(_, letter)| {
        let mine = data.table.lines.iter().flat_map(|l| &l.said).find(|s| s.letter == *letter && s.mine);
        let text = mine.map_or_else(|| letter.clone(), column);
        view! { <th scope="col">{text}</th> }
    });
    let heads = heads.collect_view();
    let rows = lines.iter().map(|line| {
        let href = format!("{}/{}", data.base, line.criterion);
        let heading = data.headings.get(usize::from(line.criterion) - 1).cloned().unwrap_or_default();
        let cells = data.table.letters.iter().map(|(_, letter)| {
            let label = letter.clone();
            match line.said.iter().find(|s| s.letter == *letter) {
                Some(said) => view! { <td data-label=label>{level(said.levels)}</td> }.into_any(),
                None => view! { <td data-label=label><span class="soft">"Hidden until you have marked"</span></td> }
                    .into_any(),
            }
        });
        let talk = data.posts.iter().find(|(c, _)| *c == line.criterion).map_or(0, |(_, n)| *n);
        let talk = match talk {
            0 => String::new(),
            1 => "1 message".to_owned(),
            n => format!("{n} messages"),
        };
        let third =
            data.third.contains(&line.criterion).then(|| badge::badge(Tone::Attention, "Third reviewer asked for"));
        view! {
            <tr>
                <th scope="row"><a href=href>{heading}</a><br/><span class="soft small">{talk}</span>{third}</th>
                {cells.collect_view()}
                <td data-label="Agreed">{state(line)}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let empty = lines.is_empty();
    view! {
        <section class="panel" aria-labelledby="levels">
            <div class="panel-head"><h2 id="levels">"Levels"</h2><p>{toggle}</p></div>
            <p>{summary}</p>
            {(!empty).then(|| view! {
                <div class="table-box"><table class="stacks">
                    <caption class="visually-hidden">"Levels of the panel by criterion, under letters"</caption>
                    <thead><tr><th scope="col">"Criterion"</th>{heads}<th scope="col">"Agreed"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            })}
        </section>
    }
    .into_any()
}
