//! How far a file is on its way to reviewers, what was taken out of it, and what has to be decided.

use super::badge::{Tone, badge};
use crate::{
    domain::checking::{About, Check, State},
    store::checking::{FileFinding, FileStatus},
};
use leptos::prelude::*;

/// What is said of a file.
#[derive(Debug)]
pub struct Checked<'a> {
    /// How far it is.
    pub status: &'a FileStatus,
    /// What was found in it.
    pub findings: &'a [FileFinding],
    /// Where a decision goes; none for somebody who only reads.
    pub decide: Option<String>,
    /// What was typed as the reason and is refused, with what to do.
    pub refused: Option<(String, String)>,
    /// Whether the portal scans for malware.
    pub scans: bool,
}

/// The state in one word.
pub fn state(check: Check) -> impl IntoView {
    let tone = match check.state {
        State::Received => Tone::Quiet,
        State::Checking | State::Cleaned => Tone::Working,
        State::NeedsYou => Tone::Attention,
        State::Refused => Tone::Problem,
        State::Ready => Tone::Good,
    };
    badge(tone, check.state.name())
}

/// That nobody looks for malware; said on every page with files.
pub fn scanner_off(scans: bool) -> Option<AnyView> {
    (!scans).then(|| {
        view! { <p class="soft small">"This portal does not scan files for malware: whoever runs it has switched that off."</p> }.into_any()
    })
}

/// What the state means, and what to do.
fn meaning(check: Check) -> String {
    match (check.state, check.fault, check.waits) {
        (State::Refused, Some(fault), _) => fault.message().to_owned(),
        (State::Refused, None, _) => "Reviewers cannot be shown this file. Replace it".to_owned(),
        (_, _, Some(wait)) => wait.message().to_owned(),
        (State::Received, ..) => {
            "It is stored, and waits to be looked through. That takes less than a minute as a rule".to_owned()
        }
        (State::Checking, ..) => {
            "It is being looked through for malware, for what tells who made it, and for patients".to_owned()
        }
        (State::Cleaned, ..) => "The copy for reviewers is made. Its text is being searched".to_owned(),
        (State::NeedsYou, ..) => {
            "Reviewers get it once each finding below is decided, or the file is replaced".to_owned()
        }
        (State::Ready, ..) => {
            "Reviewers get a copy without what tells who made it. The original stays with the secretariat".to_owned()
        }
    }
}

/// The whole section.
pub fn view(checked: Checked<'_>) -> AnyView {
    let Checked { status, findings, decide, refused, scans } = checked;
    let removed = status.removed.iter().map(|r| {
        let times = if r.count == 1 { String::new() } else { format!(" ({} times)", r.count) };
        view! { <li>{format!("{}{times}", r.trace.name())}</li> }
    });
    let removed = removed.collect_view();
    let again = status
        .check
        .state
        .goes_on()
        .then(|| view! { <p class="soft small">"Reload the page to see how far it is."</p> });
    view! {
        <p>{state(status.check)}" "{meaning(status.check)}"."</p>
        {again}
        {scanner_off(scans)}
        {(!removed.is_empty()).then(|| view! { <h3>"Taken out of the copy"</h3><ul>{removed}</ul> })}
        {unchecked(findings)}
        {open(findings, decide, refused)}
        {decided(findings)}
    }
    .into_any()
}

fn unchecked(findings: &[FileFinding]) -> Option<AnyView> {
    let place = findings.iter().find(|f| f.about == About::Unchecked)?.place.clone();
    let text = format!(
        "Not checked: {place} shows pictures without text. Look there for names yourself: logos, letterheads, signatures."
    );
    Some(view! { <p class="notice attention">{text}</p> }.into_any())
}

fn line(finding: &FileFinding) -> AnyView {
    let what = match finding.about {
        About::Patient => format!("Looks like {}", finding.what),
        About::Identity | About::Unchecked => format!("May tell who you are: {}", finding.what),
    };
    view! { <strong>{what}</strong>", "{finding.place.clone()}<br/><span class="typed">{finding.snippet.clone()}</span> }.into_any()
}

fn open(findings: &[FileFinding], decide: Option<String>, refused: Option<(String, String)>) -> Option<AnyView> {
    let open: Vec<_> = findings.iter().filter(|f| f.decided.is_none() && f.about.stops()).collect();
    if open.is_empty() {
        return None;
    }
    let Some(action) = decide else {
        let items = open.into_iter().map(|f| view! { <li>{line(f)}</li> }).collect_view();
        return Some(view! { <h3>"To be decided"</h3><ul>{items}</ul> }.into_any());
    };
    let items = open.iter().map(|f| {
        let (id, label) = (format!("finding-{}", f.id), line(f));
        view! {
            <li class="choice">
                <input id=id.clone() type="checkbox" name="finding" value=f.id.to_string()/>
                <label for=id>{label}</label>
            </li>
        }
    });
    let items = items.collect_view();
    let (typed, error) = refused.unwrap_or_default();
    let wrong = !error.is_empty();
    let class = super::field::box_class(wrong);
    let described = if wrong { "reason-hint reason-error" } else { "reason-hint" };
    Some(
        view! {
            <h3 id="findings">"Decide what was found"</h3>
            <form class="form" method="post" action=action>
                <fieldset class="form-section"><legend>"Which of these may stay?"</legend><ul class="found" role="list">{items}</ul></fieldset>
                <div class=class>
                    <label for="reason">"Why may they stay?"</label>
                    <p class="hint" id="reason-hint">"For example: the name of a published scale, an invented example. The secretariat reads this. If they may not stay, the document has to be mended, and replaced by its centre."</p>
                    {wrong.then(|| view! { <p class="field-error" id="reason-error">{error}</p> })}
                    <input id="reason" type="text" name="reason" maxlength="500" value=typed aria-invalid=wrong.then_some("true") aria-describedby=described/>
                </div>
                <div class="form-actions"><button class="button quiet" type="submit">"These may stay"</button></div>
            </form>
        }
        .into_any(),
    )
}

fn decided(findings: &[FileFinding]) -> Option<AnyView> {
    let decided: Vec<_> = findings.iter().filter(|f| f.decided.is_some()).collect();
    if decided.is_empty() {
        return None;
    }
    let items = decided.into_iter().map(|f| {
        let reason = f.decided.as_ref().map(|(reason, ..)| reason.clone()).unwrap_or_default();
        view! { <li>{line(f)}<br/><span class="soft small">{format!("May stay: {reason}")}</span></li> }
    });
    Some(view! { <details><summary>"What was decided"</summary><ul>{items.collect_view()}</ul></details> }.into_any())
}
