//! The page to check, to print and to submit.

use crate::{
    components::{
        badge::{self, Tone},
        field::{self, Text},
        layout,
        message::{self, Item},
    },
    domain::{
        access::Action,
        answer::Content,
        calendar::when,
        criteria::{Criterion, Group},
        level::Level,
        readiness::{Finding, Severity},
        signatory::{Capacity, Confirmation, Declaration},
    },
    pages::centre::{
        criterion::{about_line, content_view},
        line, place, title,
    },
    server::{applying::Applying, dossier::Dossier},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What was typed into the form of signatories, and what came of it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub people: Vec<(Capacity, String, String)>,
    pub errors: Vec<(String, String)>,
    /// Links that were just made; shown once.
    pub links: Vec<(Capacity, String)>,
    /// Submitting was refused because the deadline has passed.
    pub late: bool,
}

/// What the page shows.
pub struct Data {
    pub dossier: Arc<Dossier>,
    pub typed: Typed,
    /// Errors that stood against submitting.
    pub refused: Vec<Finding>,
    pub applying: Applying,
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let applying = &data.applying;
    let base = applying.path("");
    let open = applying.may(Action::Edit);
    let mut items: Vec<Item> =
        data.refused.iter().map(|f| Item { text: line(f), href: place(&base, &f.place) }).collect();
    items.extend(data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }));
    if data.typed.late {
        items.push(Item {
            text:
                "The deadline has passed, so this cannot be submitted any more. Everything is kept for the next cycle"
                    .into(),
            href: "/help".into(),
        });
    }
    let errors: Vec<Item> = data
        .dossier
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .map(|f| Item { text: line(f), href: place(&base, &f.place) })
        .collect();
    let left = (open && items.is_empty() && !errors.is_empty()).then(|| {
        let heading = if errors.len() == 1 { "1 thing to mend before you submit".to_owned() } else { format!("{} things to mend before you submit", errors.len()) };
        view! { <section class="findings problem" aria-labelledby="left"><h2 id="left">{heading}</h2><details><summary>"Show them"</summary>{message::list(errors.clone())}</details></section> }
    });
    let ready = errors.is_empty();
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), base.clone())], "Check and submit")}
            <div class="page-head">
                <div><h1>"Check and submit"</h1><p class="facts"><span>{title(applying)}</span><span>{applying.application().identity.name().to_owned()}</span><span>{format!("Criteria edition {}", applying.application().edition)}</span></p></div>
                {open.then(|| layout::deadline(&applying.application().cycle.closes, applying.now()))}
            </div>
            {message::refused(items)}
            {left}
            {answers(data)}
            {signatories(data)}
            {declarations(data)}
            {open.then(|| submit(data, ready))}
        </main>
    }
    .into_any()
}

fn answers(data: &Data) -> AnyView {
    let Ok(edition) = data.applying.edition() else { return ().into_any() };
    let groups = Group::ALL.into_iter().map(|group| {
        let items = edition.criteria.iter().filter(|c| c.group == group).map(|c| answer(data, c));
        view! { <section class="stack" aria-label=group.name()><h2>{group.name()}</h2>{items.collect_view()}</section> }
    });
    groups.collect_view().into_any()
}

fn answer(data: &Data, criterion: &Criterion) -> AnyView {
    let empty = Content::default();
    let content = data.dossier.content(criterion.number).unwrap_or(&empty);
    let official = match content.level.map(Level::answers_yes) {
        Some(true) => "Official answer: yes",
        Some(false) => "Official answer: no",
        None => "No answer yet",
    };
    let open = data.applying.may(Action::Edit);
    let href = data.applying.path(&format!("/criteria/{}", criterion.number));
    let change = open.then(|| view! { <a class="change" href=href>"Change"<span class="visually-hidden">{format!(" criterion {}", criterion.number)}</span></a> });
    let figures = criterion.indicators.iter().filter_map(|i| Some((i, content.indicators.get(&i.key)?))).map(
        |(indicator, typed)| {
            let value = if typed.numerator.is_empty() && typed.denominator.is_empty() {
                format!("{} {}", typed.value, if indicator.unit == "yes/no" { "" } else { &indicator.unit })
            } else {
                format!("{} of {}", typed.numerator, typed.denominator)
            };
            let period = if typed.to.is_empty() { String::new() } else { format!(", {} to {}", typed.from, typed.to) };
            view! { <li>{format!("{}: {}{period}", indicator.label, value.trim())}</li> }
        },
    );
    let figures = figures.collect_view();
    let evidence = data.dossier.used_at(criterion.number).map(|(piece, pages)| {
        let pages = if pages.is_empty() { String::new() } else { format!(", pages {pages}") };
        view! { <li>{piece.evidence.title.clone()}" "<span class="soft">{format!("{}{pages}", about_line(piece))}</span></li> }
    });
    let evidence = evidence.collect_view();
    view! {
        <article class="panel answer" id=format!("criterion-{}", criterion.number)>
            <div class="panel-head"><h3>{format!("{}. {}", criterion.number, criterion.title)}</h3>{change}</div>
            <p class="statement">{criterion.statement.clone()}</p>
            <p class="soft">{official}</p>
            {content_view(content)}
            {(!figures.is_empty()).then(|| view! { <h4>"Indicators"</h4><ul>{figures}</ul> })}
            {(!evidence.is_empty()).then(|| view! { <h4>"Evidence"</h4><ul>{evidence}</ul> })}
        </article>
    }
    .into_any()
}

fn signatories(data: &Data) -> AnyView {
    let applying = &data.applying;
    let prepare = applying.may(Action::Prepare);
    let open = applying.may(Action::Edit);
    let (now, zone) = (applying.now(), &applying.application().cycle.closes.zone);
    let confirmations = data.dossier.confirmations();
    let rows = confirmations.into_iter().map(|(capacity, confirmation)| {
        let signatory = data.dossier.signatories.iter().find(|s| s.capacity == capacity);
        let (tone, text) = match confirmation {
            Confirmation::Nobody => (Tone::Quiet, "Nobody named"),
            Confirmation::Waiting => (Tone::Attention, "Waiting"),
            Confirmation::BeforeChange => (Tone::Attention, "Before the last change"),
            Confirmation::Confirmed => (Tone::Good, "Confirmed"),
        };
        let who = signatory.map_or_else(|| "Nobody is named yet".to_owned(), |s| {
            let at = s.confirmed.map(|at| format!(", confirmed {}", when(at, now, zone))).unwrap_or_default();
            format!("{}{at}", s.name.shown())
        });
        let mine = signatory.is_some_and(|s| s.email == *applying.email());
        let confirm = (open && mine && confirmation != Confirmation::Confirmed).then(|| {
            let action = applying.path("/check/confirm");
            view! { <form method="post" action=action><button class="button small" type="submit" name="capacity" value=capacity.key()>"I confirm"</button></form> }
        });
        view! { <li id=capacity.key() tabindex="-1"><div><strong>{capacity.name()}</strong><br/><span class="soft">{who}</span></div>{badge::badge(tone, text)}{confirm}</li> }
    });
    let rows = rows.collect_view();
    let links = data
        .typed
        .links
        .iter()
        .map(|(capacity, link)| view! { <li>{capacity.name()}": "<code class="typed">{link.clone()}</code></li> })
        .collect_view();
    let form = prepare.then(|| {
        let fields = Capacity::ALL.into_iter().map(|capacity| {
            let typed = data.typed.people.iter().find(|(c, ..)| *c == capacity).map(|(_, n, e)| (n.clone(), e.clone()));
            let named = data.dossier.signatories.iter().find(|s| s.capacity == capacity).map(|s| (s.name.shown().to_owned(), s.email.shown().to_owned()));
            let (name, email) = typed.or(named).unwrap_or_default();
            let error = |field: &str| data.typed.errors.iter().find(|(f, _)| *f == format!("{}-{field}", capacity.key())).map(|(_, text)| text.clone());
            let (name_field, email_field) = names(capacity);
            let name = Text { name: name_field, label: "Name", value: name, error: error("name"), ..Text::default() };
            let email = Text { name: email_field, label: "Email address", kind: "email", value: email, error: error("email"), ..Text::default() };
            view! { <fieldset class="form-section"><legend class="small-legend">{capacity.name()}</legend><div class="pair">{name.view()}{email.view()}</div></fieldset> }
        });
        let fields = fields.collect_view();
        let action = applying.path("/check/signatories");
        view! {
            <details open=!data.typed.errors.is_empty()>
                <summary>"Name the three people"</summary>
                <form class="form panel" method="post" action=action novalidate>
                    <p class="soft">"Each gets a link to confirm, without an account. A new name ends an earlier confirmation. Somebody who is signed in under the same address confirms above."</p>
                    {fields}
                    <p><button class="button quiet" type="submit">"Save, and make the links"</button></p>
                </form>
            </details>
        }
    });
    view! {
        <section class="stack" id="signatories" tabindex="-1" aria-labelledby="signatories-title">
            <h2 id="signatories-title">"Confirmations"</h2>
            {(!links.is_empty()).then(|| view! {
                <section class="notice" role="status"><h3>"Send these links yourself; they are shown only now"</h3><ul>{links}</ul></section>
            })}
            <ul class="evidence" role="list">{rows}</ul>
            {form}
        </section>
    }
    .into_any()
}

const fn names(capacity: Capacity) -> (&'static str, &'static str) {
    match capacity {
        Capacity::CorrespondingPhysician => ("corresponding-physician-name", "corresponding-physician-email"),
        Capacity::DepartmentHead => ("department-head-name", "department-head-email"),
        Capacity::InstituteHead => ("institute-head-name", "institute-head-email"),
    }
}

fn declarations(data: &Data) -> AnyView {
    let applying = &data.applying;
    let declared = &applying.application().declarations;
    if !applying.may(Action::Prepare) {
        let items = Declaration::ALL.into_iter().map(|d| {
            let (tone, text) = if declared.contains(&d) { (Tone::Good, "Declared") } else { (Tone::Quiet, "Open") };
            view! { <li id=d.key() tabindex="-1"><div>{d.sentence()}</div>{badge::badge(tone, text)}</li> }
        });
        return view! { <section class="stack"><h2>"Declarations"</h2><ul class="evidence" role="list">{items.collect_view()}</ul></section> }.into_any();
    }
    let boxes = Declaration::ALL.into_iter().map(|d| {
        field::checkbox(d.key().to_owned(), "declare", d.key().to_owned(), declared.contains(&d), d.sentence())
    });
    let action = applying.path("/check/declarations");
    view! {
        <section class="stack" id="declarations" tabindex="-1" aria-labelledby="declarations-title">
            <h2 id="declarations-title">"Declarations"</h2>
            <form class="panel form" method="post" action=action>
                <div>{boxes.collect_view()}</div>
                <p><button class="button quiet" type="submit">"Save the declarations"</button></p>
            </form>
        </section>
    }
    .into_any()
}

fn submit(data: &Data, ready: bool) -> AnyView {
    let applying = &data.applying;
    if !applying.may(Action::Submit) {
        return view! { <section class="panel"><h2>"Submit"</h2><p>"The centre lead submits."</p></section> }
            .into_any();
    }
    let action = applying.path("/submit");
    let text = if ready {
        "Nothing is left to mend. Submitting freezes the application: nobody can change it, and you get a receipt. Until reviewers begin you can withdraw it."
    } else {
        "Some things are left to mend. Submitting now tells you which."
    };
    view! {
        <section class="panel" aria-labelledby="submit">
            <h2 id="submit">"Submit"</h2>
            <p>{text}</p>
            <form method="post" action=action class="form-actions"><button class="button" type="submit">"Submit the application"</button></form>
        </section>
    }
    .into_any()
}
