//! The page of screening.

use super::Typed;
use crate::{
    components::{
        badge::{self, Tone},
        checked,
        field::{area_html, box_class},
        layout,
        message::{self, Item},
    },
    domain::{
        blind::BlindCopy,
        criteria::Criterion,
        evidence::Evidence,
        readiness::Severity,
        screening::{About, Concern},
    },
    pages::working_group::{applications::stage_badge, case_title, case_way, file},
    server::presiding::Presiding,
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Data {
    pub here: Presiding,
    pub concerns: Vec<Concern>,
    /// The files that were handed in.
    pub files: Vec<Evidence>,
    /// Whether the portal scans for malware.
    pub scans: bool,
    /// How many places are taken out.
    pub taken_out: usize,
    pub copy: BlindCopy,
    /// Further words that are taken out.
    pub words: Vec<String>,
    /// Whether it can be decided now, by who looks.
    pub open: bool,
    pub typed: Typed,
}

impl Data {
    fn reason(&self, criterion: u8) -> String {
        self.typed
            .reasons
            .iter()
            .find(|(number, _)| *number == criterion)
            .map(|(_, text)| text.clone())
            .unwrap_or_default()
    }

    fn error(&self, field: &str) -> Option<String> {
        self.typed.errors.iter().find(|(name, _)| name == field).map(|(_, text)| text.clone())
    }

    fn at(&self, criterion: Option<u8>) -> impl Iterator<Item = &Concern> {
        self.concerns.iter().filter(move |c| c.criterion == criterion)
    }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let here = &data.here;
    let application = here.application();
    let Ok(edition) = here.edition() else { return ().into_any() };
    let items =
        data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let happened = data.typed.happened.as_ref().map(|text| happened(text, here));
    let saved = (data.typed.saved && data.typed.errors.is_empty())
        .then(|| message::done("The words are saved. Below is what reviewers will read."));
    let criteria = edition.criteria.iter().map(|c| criterion(data, c)).collect_view();
    let digest = file::digest(&application.stage).map(|d| d.as_str().to_owned()).unwrap_or_default();
    let body = view! { {whole(data)}{names(data)}{files(data)}{criteria} };
    let body = if data.open {
        view! {
            <form class="form" method="post" action=here.path("/screening") novalidate>
                <input type="hidden" name="digest" value=digest/>
                {body}
                {decision()}
            </form>
        }
        .into_any()
    } else {
        view! { <div class="form">{body}</div> }.into_any()
    };
    view! {
        <main class="page" id="main">
            {layout::crumbs(case_way(here), "Screening")}
            <div class="page-head"><div>
                <h1>"Screening"</h1>
                <p class="facts">{stage_badge(application.stage.name(), false)}<span>{case_title(application)}</span><span>{application.identity.name().to_owned()}</span><a href=here.path("/file")>"As handed in"</a></p>
            </div></div>
            {happened}
            {saved}
            {message::refused(items)}
            {summary(data)}
            {body}
        </main>
    }
    .into_any()
}

/// Says what somebody else has done, and what is possible now.
fn happened(text: &str, here: &Presiding) -> impl IntoView + use<> {
    view! {
        <section class="findings problem" role="alert" aria-labelledby="happened">
            <h2 id="happened">"Somebody was quicker"</h2>
            <p>{text.to_owned()}". Nothing of yours was written."</p>
            <p><a href=here.path("")>"Go to the application"</a></p>
        </section>
    }
}

/// The page when the application is not there to be screened any more: what was typed can be copied.
pub fn gone(here: &Presiding, typed: &Typed) -> AnyView {
    let said = typed.happened.clone().unwrap_or_default();
    let texts = typed.reasons.iter().map(|(number, text)| {
        let place = if *number == 0 { "As a whole".to_owned() } else { format!("Criterion {number}") };
        view! { <div><dt>{place}</dt><dd class="typed">{text.clone()}</dd></div> }
    });
    let texts = texts.collect_view();
    view! {
        <main class="page" id="main">
            {layout::crumbs(case_way(here), "Screening")}
            <h1>"Screening"</h1>
            {happened(&said, here)}
            {(!texts.is_empty()).then(|| view! {
                <section class="panel" aria-labelledby="typed"><h2 id="typed">"What you typed"</h2><dl class="stack">{texts}</dl></section>
            })}
        </main>
    }
    .into_any()
}

fn summary(data: &Data) -> impl IntoView + use<> {
    let count = |about: fn(About) -> bool| data.concerns.iter().filter(|c| about(c.about)).count();
    let counts = [
        ("look like a patient's data", count(|a| a == About::Patient)),
        ("names that stay readable", count(|a| a == About::Identity)),
        ("missing", count(|a| a == About::Completeness(Severity::Error))),
        ("warnings", count(|a| a == About::Completeness(Severity::Warning))),
        ("names taken out", data.taken_out),
    ];
    let counts = counts.map(|(what, count)| view! { <div><dt>{what}</dt><dd>{count}</dd></div> });
    view! {
        <section class="panel" aria-labelledby="found">
            <h2 id="found">"What to look at"</h2>
            <dl class="counts">{counts.collect_view()}</dl>
            <p class="soft">"Each stands at its criterion below. Documents are passed on as they are: look into each one before you accept."</p>
        </section>
    }
}

fn concern(concern: &Concern) -> impl IntoView + use<> {
    let (tone, word) = match concern.about {
        About::Patient => (Tone::Problem, "Patient"),
        About::Identity => (Tone::Problem, "Name"),
        About::Completeness(Severity::Error) => (Tone::Problem, "Missing"),
        About::Completeness(_) => (Tone::Attention, "Warning"),
    };
    let words = (!concern.words.is_empty())
        .then(|| view! { <br/><span class="soft typed">{format!("“{}”", concern.words)}</span> });
    view! { <li><span>{concern.text.clone()}{words}</span>{badge::badge(tone, word)}</li> }
}

fn list(data: &Data, criterion: Option<u8>) -> Option<impl IntoView + use<>> {
    let items = data.at(criterion).map(concern).collect_view();
    (!items.is_empty()).then(|| view! { <ul class="owed" role="list">{items}</ul> })
}

/// A reason at its place.
fn reason(data: &Data, number: u8) -> Option<impl IntoView + use<>> {
    data.open.then(|| {
        let field = format!("reason-{number}");
        let error = data.error(&field);
        let described = error.is_some().then(|| format!("{field}-error"));
        let invalid = error.is_some().then_some("true");
        let class = box_class(error.is_some());
        let label = if number == 0 { "Reason to return it, as a whole".to_owned() } else { format!("Reason to return it, criterion {number}") };
        let html = area_html(&data.reason(number));
        view! {
            <div class=class>
                <label for=field.clone()>{label}</label>
                {error.map(|text| view! { <p class="field-error" id=format!("{field}-error")>{text}</p> })}
                <textarea id=field.clone() name=field.clone() rows="2" aria-invalid=invalid aria-describedby=described inner_html=html></textarea>
            </div>
        }
    })
}

fn whole(data: &Data) -> impl IntoView + use<> {
    let none = data.at(None).next().is_none();
    view! {
        <section class="panel" aria-labelledby="whole">
            <h2 id="whole">"The application as a whole"</h2>
            {if none { view! { <p class="soft">"Nothing was found here."</p> }.into_any() } else { list(data, None).into_any() }}
            {reason(data, 0)}
        </section>
    }
}

fn names(data: &Data) -> impl IntoView + use<> {
    let error = data.error("words");
    let class = box_class(error.is_some());
    let html = area_html(&data.words.join("\n"));
    let form = data.open.then(|| {
        view! {
            <div class=class>
                <label for="words">"Further words to take out"</label>
                <p class="hint" id="words-hint">"One a line: a short name, a building, a project. They are taken out of everything that reviewers read."</p>
                {error.map(|text| view! { <p class="field-error" id="words-error">{text}</p> })}
                <textarea id="words" name="words" rows="4" aria-describedby="words-hint" inner_html=html></textarea>
            </div>
            <p><button class="button quiet" type="submit" name="then" value="words">"Save the words and look again"</button></p>
        }
    });
    view! {
        <section class="panel" aria-labelledby="names">
            <h2 id="names">"What reviewers will not read"</h2>
            <p>"The name and town of the centre, its people, those who sign, mail addresses and links are taken out by themselves."</p>
            {form}
        </section>
    }
}

/// Every file, how far it is, and the way to what was found in it.
fn files(data: &Data) -> Option<AnyView> {
    let items = data.files.iter().filter_map(|evidence| {
        let check = evidence.check?;
        let href = data.here.path(&format!("/evidence/{}/findings", evidence.id));
        Some(view! { <li><div><a href=href>{evidence.title.clone()}</a></div>{checked::state(check)}</li> })
    });
    let items = items.collect_view();
    (!items.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="files">
                <h2 id="files">"Files"</h2>
                <p>"Reviewers get copies without what tells who made them, once a file is ready. The originals stay here."</p>
                {checked::scanner_off(data.scans)}
                <ul class="evidence" role="list">{items}</ul>
            </section>
        }
        .into_any()
    })
}

fn criterion(data: &Data, criterion: &Criterion) -> AnyView {
    let number = criterion.number;
    let answer = data.copy.answers.iter().find(|a| a.criterion == number);
    let html = answer.map(|a| crate::catalogue::render_typed(&a.content.narrative)).unwrap_or_default();
    let figures = answer.map(|a| {
        let lines = criterion.indicators.iter().filter_map(|i| Some((i, a.content.indicators.get(&i.key)?)));
        lines.map(|(i, typed)| view! { <li>{file::figure(&i.label, &i.unit, typed)}</li> }).collect_view()
    });
    let figures = figures.filter(|lines| !lines.is_empty());
    let evidence = data.copy.evidence.iter().filter(|e| e.uses.iter().any(|(c, _)| *c == number));
    let evidence =
        evidence.map(|e| view! { <li>{format!("{} ({})", e.title, e.kind.name().to_lowercase())}</li> }).collect_view();
    let found = data.at(Some(number)).next().is_some();
    view! {
        <section class="panel answer" aria-labelledby=format!("title-{number}")>
            <h2 id=format!("title-{number}")>{format!("{number}. {}", criterion.title)}</h2>
            {if found { list(data, Some(number)).into_any() } else { view! { <p class="soft">"Nothing was found here."</p> }.into_any() }}
            <details>
                <summary>"What reviewers will read"</summary>
                <div class="prose" inner_html=html></div>
                {figures.map(|lines| view! { <h3>"Indicators"</h3><ul>{lines}</ul> })}
                {(!evidence.is_empty()).then(|| view! { <h3>"Evidence, under letters drawn when you accept"</h3><ul>{evidence}</ul> })}
            </details>
            {reason(data, number)}
        </section>
    }
    .into_any()
}

fn decision() -> impl IntoView {
    view! {
        <section class="panel" aria-labelledby="decide">
            <h2 id="decide">"Accept or return"</h2>
            <p>"Accepted, its blind copy goes to reviewers. Returned, the centre mends it and hands it in again, also after the deadline; your reasons stand at their places."</p>
            <p class="row">
                <button class="button" type="submit" name="then" value="accept">"Accept for review"</button>
                <button class="button quiet" id="return" type="submit" name="then" value="return">"Return with the reasons"</button>
            </p>
        </section>
    }
}
