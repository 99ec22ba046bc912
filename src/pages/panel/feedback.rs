//! The feedback that a panel agrees on: what is missing, what the centre will see, and the form of one criterion.

use crate::{
    components::{
        badge::{self, Tone},
        message::{self, Item},
        panel::{Area, level_keys, passage},
    },
    domain::{calendar::day_long, consensus::Wording, criteria::COUNT, id::EventId},
    islands::autosave::Autosave,
    server::deliberating::{Line, Table},
    store::deliberation::{Consensus, Kept},
};
use leptos::prelude::*;

/// The feedback as a whole.
#[derive(Clone, Debug)]
pub struct Overview {
    /// The address of the feedback.
    pub base: String,
    /// Headings of the criteria.
    pub headings: Vec<String>,
    /// What is on the table.
    pub table: Table,
    /// Criteria where a wording came too late and waits beside.
    pub beside: Vec<u8>,
    /// Whether the reader may change it.
    pub open: bool,
    /// Who compiles it, where the reader does not.
    pub who: &'static str,
}

fn heading(data: &Overview, criterion: u8) -> String {
    data.headings.get(usize::from(criterion) - 1).cloned().unwrap_or_default()
}

/// Is everything there, the list of criteria, and what the centre will see.
pub fn overview(data: &Overview) -> AnyView {
    let open = data.table.open();
    let items = open.iter().map(|o| Item { text: o.message(), href: format!("{}/{}", data.base, o.criterion()) });
    let missing = if open.is_empty() {
        view! { <section class="notice"><h2>"The feedback is complete"</h2><p>"Every criterion has a level, and every gap its words. A decision can be proposed."</p></section> }.into_any()
    } else {
        let title = match open.len() {
            1 => "1 thing is open".to_owned(),
            n => format!("{n} things are open"),
        };
        view! { <section class="findings" aria-labelledby="open"><h2 id="open">{title}</h2>{message::list(items.collect())}</section> }.into_any()
    };
    // Where nobody is apart, one press saves what all have marked.
    let alike = data.table.lines.iter().filter(|l| l.consensus.is_none() && l.gathered().level.is_some()).count();
    let gather = (data.open && alike != 0).then(|| {
        let text = match alike {
            1 => "Take over the 1 criterion where all have the same level".to_owned(),
            n => format!("Take over the {n} criteria where all have the same level"),
        };
        view! {
            <form method="post" action=data.base.clone()>
                <button class="button quiet" type="submit" name="do" value="gather">{text}</button>
                <p class="hint">"Level and texts of the reviews become a first wording, which stays open to changes."</p>
            </form>
        }
    });
    let rows = data.table.lines.iter().map(|line| {
        let href = format!("{}/{}", data.base, line.criterion);
        let status = match (&line.consensus, line.open) {
            (_, None) => badge::badge(Tone::Good, "Agreed").into_any(),
            (None, Some(_)) => badge::badge(Tone::Quiet, "Not begun").into_any(),
            (Some(_), Some(_)) => badge::badge(Tone::Working, "Begun").into_any(),
        };
        let beside = data.beside.contains(&line.criterion).then(|| badge::badge(Tone::Attention, "Two texts"));
        view! { <li><div><a href=href>{heading(data, line.criterion)}</a></div>{beside}{status}</li> }
    });
    let rows = rows.collect_view();
    let note = (!data.open).then(|| view! { <p class="notice">{data.who}</p> });
    view! {
        {note}
        {missing}
        {gather}
        <section class="stack" aria-labelledby="criteria"><h2 id="criteria">"The 13 criteria"</h2><ul class="evidence" role="list">{rows}</ul></section>
        {preview(data)}
    }
    .into_any()
}

/// What the centre will see, and nothing else.
fn preview(data: &Overview) -> AnyView {
    let parts = data.table.lines.iter().map(|line| {
        let wording = line.consensus.as_ref().map(Consensus::wording).unwrap_or_default();
        view! {
            <section class="stack">
                <div class="panel-head"><h3>{heading(data, line.criterion)}</h3>{badge::level(wording.level)}</div>
                {passage("Strengths", &wording.strengths)}
                {passage("Gap", &wording.gap)}
                {passage("What would satisfy", &wording.satisfy)}
            </section>
        }
    });
    view! {
        <section class="panel" id="preview" aria-labelledby="preview-title">
            <h2 id="preview-title">"What the centre will see"</h2>
            <p class="soft">"Only this, after the release. No letters, no single levels, no names."</p>
            {parts.collect_view()}
        </section>
    }
    .into_any()
}

/// The form of one criterion.
#[derive(Clone, Debug)]
pub struct Form {
    /// The address of the feedback.
    pub base: String,
    /// What is on the table here.
    pub line: Line,
    /// What stands in the form.
    pub wording: Wording,
    /// The version it was made from.
    pub version: i64,
    /// Whether the reader may change it.
    pub open: bool,
    /// Wordings that were replaced or came too late.
    pub kept: Vec<Kept>,
    /// Who wrote one of them, where the reader may know.
    pub authors: Vec<(EventId, String)>,
    /// Whether the wording that the reader has just sent came too late.
    pub late: bool,
    /// Where the cycle is.
    pub zone: String,
}

/// The form, with the wordings that are kept beside it.
pub fn form(data: &Form) -> AnyView {
    let number = data.line.criterion;
    let action = format!("{}/{number}", data.base);
    let prefilled = data.line.consensus.is_none() && !data.wording.is_empty();
    let hint = prefilled.then(|| {
        view! { <p class="notice">"Nothing is saved here yet. The reviews' texts stand in the form as a beginning; make one voice of them."</p> }
    });
    let area = |name, label, value: &str| Area { name, label, value: value.to_owned(), rows: 5, ..Area::default() };
    let body = if data.open {
        let next = if number < COUNT { "Save, and go to the next criterion" } else { "Save, and check everything" };
        view! {
            {hint}
            <form class="form" id="wording" method="post" action=action.clone() novalidate>
                <input type="hidden" name="version" value=data.version.to_string()/>
                // Named by the island: an open page may save again before it has heard of its last save.
                <input type="hidden" name="page" value=""/>
                {level_keys("Level of the panel", "", data.wording.level, None)}
                {area("strengths", "Strengths", &data.wording.strengths).view()}
                {area("gap", "Gap", &data.wording.gap).view()}
                {area("satisfy", "What would satisfy", &data.wording.satisfy).view()}
                <p class="hint">"The centre reads this word for word. Write without letters, names and hints at who reviewed."</p>
                <div class="form-actions">
                    <button class="button" type="submit" name="then" value="next">{next}</button>
                    <button class="button quiet" type="submit" name="then" value="stay">"Save"</button>
                </div>
                <p class="small soft"><Autosave form="wording".to_owned() saved=String::new() count=String::new()/></p>
            </form>
        }
        .into_any()
    } else {
        view! {
            <section class="panel">
                {badge::level(data.wording.level)}
                {passage("Strengths", &data.wording.strengths)}
                {passage("Gap", &data.wording.gap)}
                {passage("What would satisfy", &data.wording.satisfy)}
            </section>
        }
        .into_any()
    };
    let late = data.late.then(|| view! {
        <section class="notice attention" role="alert">
            <h2>"Somebody else has saved this criterion meanwhile"</h2>
            <p>"Their text stands in the form. Yours is kept below, word for word: take it over, or copy from it."</p>
        </section>
    });
    view! { {late}{body}{kept(data, &action)} }.into_any()
}

fn kept(data: &Form, action: &str) -> Option<AnyView> {
    if data.kept.is_empty() {
        return None;
    }
    let items = data.kept.iter().map(|kept| {
        let who =
            data.authors.iter().find(|(id, _)| *id == kept.id).map(|(_, name)| format!(", {name}")).unwrap_or_default();
        let what = if kept.beside { "Came too late" } else { "Replaced" };
        let head = format!("{what} on {}{who}", day_long(kept.at, &data.zone));
        let take = data.open.then(|| {
            let (id, version) = (kept.id.to_string(), data.version.to_string());
            view! {
                <form method="post" action=action.to_owned()>
                    <input type="hidden" name="take" value=id/>
                    <input type="hidden" name="version" value=version/>
                    <button class="button quiet small" type="submit">"Take this one over"</button>
                </form>
            }
        });
        view! {
            <li>
                <div class="stack">
                    <p class="soft small">{head}</p>
                    {badge::level(kept.wording.level)}
                    {passage("Strengths", &kept.wording.strengths)}
                    {passage("Gap", &kept.wording.gap)}
                    {passage("What would satisfy", &kept.wording.satisfy)}
                </div>
                {take}
            </li>
        }
    });
    let items = items.collect_view();
    Some(
        view! {
            <details open=data.late>
                <summary>"Other wordings of this criterion"</summary>
                <ul class="evidence" role="list">{items}</ul>
            </details>
        }
        .into_any(),
    )
}
