//! The page of a panel.

use super::{Panel, Typed};
use crate::{
    components::{
        badge::{self, Tone},
        field::{Text, box_class},
        layout,
        message::{self, Item},
    },
    domain::{access::Action, calendar::day_long, conflict::Kind, fold::folded, review::letter},
    server::presiding::Presiding,
    store::{
        assignment::facts,
        conflict::Source,
        panel::{SeatState, Sitting},
    },
};
use leptos::prelude::*;

/// The page.
pub fn page(at: &Presiding, panel: &Panel, typed: &Typed, done: Option<&'static str>) -> AnyView {
    let application = at.application();
    let cycle = &application.cycle;
    let way = vec![
        (format!("Cycle {}", cycle.name), format!("/working-group/cycles/{}", cycle.id)),
        ("Assignment".to_owned(), format!("/working-group/cycles/{}/assignment", cycle.id)),
    ];
    let identity = &application.identity;
    let alias = panel.alias.clone().map(|alias| view! { <span class="alias">{alias}</span> });
    let assigns = at.may(Action::Assign);
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, "Panel")}
            <div class="page-head"><div>
                <h1>"Panel"</h1>
                <p class="facts"><span>{identity.name().to_owned()}</span><span>{format!("{}, {}", identity.city(), identity.country())}</span>{alias}</p>
            </div></div>
            {message::refused(items)}
            {done.map(message::done)}
            {seats(at, panel, assigns)}
            {assigns.then(|| candidates(at, panel))}
            <div class="two">
                {assigns.then(|| ask(at, panel, typed))}
                {record(at, panel, typed)}
            </div>
            {conflicts(at, panel, assigns)}
        </main>
    }
    .into_any()
}

fn seats(at: &Presiding, panel: &Panel, assigns: bool) -> impl IntoView + use<> {
    let none = panel.sitting.is_empty();
    let items = panel.sitting.iter().enumerate().map(|(place, one)| seat(at, panel, (place, one), assigns));
    let items = items.collect_view();
    let empty = if panel.alias.is_none() {
        "A panel is made once screening has accepted the application."
    } else {
        "Nobody is asked yet."
    };
    view! {
        <section class="panel" aria-labelledby="seats">
            <h2 id="seats">"Seats"</h2>
            <p class="soft">"Letters stand in for reviewers across the blind. The lead compiles what the centre will read."</p>
            {none.then(|| view! { <p class="soft">{empty}</p> })}
            {(!none).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
        </section>
    }
}

fn seat(at: &Presiding, panel: &Panel, (place, one): (usize, &Sitting), assigns: bool) -> impl IntoView + use<> {
    let zone = &at.application().cycle.closes.zone;
    let (tone, text) = match one.seat.state {
        SeatState::Accepted if one.seat.submitted.is_some() => (Tone::Good, "Handed in"),
        SeatState::Accepted => (Tone::Working, "Accepted"),
        SeatState::Declined => (Tone::Attention, "Declined"),
        SeatState::Asked | SeatState::Removed => (Tone::Quiet, "Asked"),
    };
    let name = one.name.shown().to_owned();
    let declined = panel.declined.get(&one.seat.id).filter(|why| !why.is_empty());
    let declined = declined.map(|why| view! { <br/><span class="typed">{format!("Declined because: {why}")}</span> });
    let line = format!("Asked on {}. {}", day_long(one.seat.asked, zone), one.why);
    let base = at.path(&format!("/panel/seats/{}", one.seat.id));
    let leads = one.seat.leads;
    let buttons = assigns.then(|| {
        let lead = (!leads && one.seat.state == SeatState::Accepted).then(|| {
            view! {
                <form method="post" action=format!("{base}/lead")>
                    <button class="button quiet small" type="submit">"Let lead"<span class="visually-hidden">{format!(": {name}")}</span></button>
                </form>
            }
        });
        view! {
            {lead}
            <form method="post" action=format!("{base}/remove")>
                <button class="link-button" type="submit">"Take out"<span class="visually-hidden">{format!(": {name}")}</span></button>
            </form>
        }
    });
    view! {
        <li>
            <div><strong>{format!("{} · {}", letter(place), one.name.shown())}</strong><br/><span class="soft">{line}</span>{declined}</div>
            {leads.then(|| badge::badge(Tone::Good, "Leads"))}
            {badge::badge(tone, text)}
            {buttons}
        </li>
    }
}

fn candidates(at: &Presiding, panel: &Panel) -> Option<impl IntoView + use<>> {
    let action = at.path("/panel/candidates");
    let items = panel.candidates.iter().map(|(account, candidate)| {
        let name = panel.name(*account).to_owned();
        view! {
            <li>
                <div><strong>{format!("{name}: {}", candidate.kind.name().to_lowercase())}</strong><br/><span class="soft typed">{candidate.reason.clone()}</span></div>
                <form class="row" method="post" action=action.clone()>
                    <input type="hidden" name="reviewer" value=account.to_string()/>
                    <input type="hidden" name="facts" value=facts(&candidate.reason)/>
                    <button class="button quiet small" type="submit" name="do" value="confirm">"It is a conflict"<span class="visually-hidden">{format!(": {name}")}</span></button>
                    <button class="button quiet small" type="submit" name="do" value="dismiss">"It is none"<span class="visually-hidden">{format!(": {name}")}</span></button>
                </form>
            </li>
        }
    });
    let items = items.collect_view();
    (!items.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="candidates">
                <h2 id="candidates">"May be conflicts"</h2>
                <p class="soft">"Found in profiles and addresses. Nobody is proposed here before you have said which it is."</p>
                <ul class="evidence" role="list">{items}</ul>
            </section>
        }
    })
}

/// A select with an error, where one is.
fn choose(
    (id, label): (&'static str, &'static str),
    options: Vec<(String, String)>,
    chosen: &str,
    error: Option<String>,
) -> impl IntoView + use<> {
    let error_id = format!("{id}-error");
    let (invalid, described) = (error.is_some().then_some("true"), error.is_some().then(|| error_id.clone()));
    let class = box_class(error.is_some());
    let chosen = chosen.to_owned();
    let options = options.into_iter().map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <div class=class>
            <label for=id>{label}</label>
            {error.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <select id=id name=id aria-invalid=invalid aria-describedby=described>{options.collect_view()}</select>
        </div>
    }
}

fn error_of(typed: &Typed, name: &str) -> Option<String> {
    typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone())
}

fn ask(at: &Presiding, panel: &Panel, typed: &Typed) -> impl IntoView + use<> {
    let mut open: Vec<_> = panel.open().collect();
    open.sort_by_cached_key(|one| {
        let load = panel.loads.get(&one.account).map_or(0, |load| load.seats);
        (load, folded(one.name.shown()))
    });
    let options = std::iter::once((String::new(), "Choose".to_owned()));
    let options = options.chain(open.into_iter().map(|one| {
        let load = panel.loads.get(&one.account).map_or(0, |load| load.seats);
        (one.account.to_string(), format!("{} ({load} of at most {})", one.name.shown(), one.profile.most))
    }));
    let reviewer = choose(("reviewer", "Reviewer"), options.collect(), &typed.reviewer, error_of(typed, "reviewer"));
    let why = Text {
        name: "why",
        label: "Why",
        hint: "For the working group; may stay empty",
        value: typed.why.clone(),
        error: error_of(typed, "why"),
        ..Text::default()
    };
    view! {
        <section class="panel" aria-labelledby="ask">
            <h2 id="ask">"Ask a reviewer"</h2>
            <form class="form" method="post" action=at.path("/panel/ask") novalidate>
                {reviewer}{why.view()}
                <p><button class="button" type="submit">"Ask"</button></p>
            </form>
        </section>
    }
}

fn record(at: &Presiding, panel: &Panel, typed: &Typed) -> impl IntoView + use<> {
    let reviewers = panel.reviewers.iter().map(|one| (one.account, one.name.shown().to_owned(), "reviewer"));
    let colleagues = panel.colleagues.iter().map(|(id, name)| (*id, name.clone(), "working group"));
    let mut people: Vec<_> = reviewers.chain(colleagues).collect();
    people.retain(|(id, ..)| !panel.conflicts.iter().any(|c| c.account == *id));
    people.sort_by_cached_key(|(_, name, _)| folded(name));
    let options = std::iter::once((String::new(), "Choose".to_owned()));
    let options = options.chain(people.into_iter().map(|(id, name, what)| (id.to_string(), format!("{name}, {what}"))));
    let person = choose(("person", "Whose conflict"), options.collect(), &typed.person, error_of(typed, "person"));
    let kinds = std::iter::once((String::new(), "Choose".to_owned()))
        .chain(Kind::ALL.into_iter().map(|kind| (kind.key().to_owned(), kind.name().to_owned())));
    let kind = choose(("kind", "Kind"), kinds.collect(), &typed.kind, error_of(typed, "kind"));
    let reason = Text {
        name: "reason",
        label: "Reason",
        hint: "Kept, and shown to nobody; may stay empty",
        value: typed.reason.clone(),
        error: error_of(typed, "reason"),
        ..Text::default()
    };
    view! {
        <section class="panel" aria-labelledby="record">
            <h2 id="record">"Record a conflict"</h2>
            <p class="soft">"Whoever it is loses sight of this application at once, in every list and total. A seat they have ends. That counts for you too."</p>
            <form class="form" method="post" action=at.path("/panel/conflicts") novalidate>
                {person}{kind}{reason.view()}
                <p><button class="button quiet" type="submit">"Record the conflict"</button></p>
            </form>
        </section>
    }
}

fn conflicts(at: &Presiding, panel: &Panel, assigns: bool) -> impl IntoView + use<> {
    let zone = &at.application().cycle.closes.zone;
    let items = panel.conflicts.iter().map(|one| {
        let name = one.name.shown().to_owned();
        let source = match one.source {
            Source::Declared => "declared by themselves",
            Source::Computed => "computed and confirmed",
            Source::Recorded => "recorded by the working group",
        };
        let line = format!("{}, {source} on {}", one.kind.name(), day_long(one.at, zone));
        let end = assigns.then(|| {
            let action = at.path(&format!("/panel/conflicts/{}/end", one.id));
            view! {
                <form method="post" action=action>
                    <button class="link-button" type="submit">"It holds no longer"<span class="visually-hidden">{format!(": {name}")}</span></button>
                </form>
            }
        });
        view! { <li><div><strong>{name.clone()}</strong><br/><span class="soft">{line}</span></div>{end}</li> }
    });
    let items = items.collect_view();
    let none = items.is_empty();
    view! {
        <section class="panel" aria-labelledby="conflicts">
            <h2 id="conflicts">"Conflicts"</h2>
            {none.then(|| view! { <p class="soft">"No conflict is known."</p> })}
            {(!none).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
        </section>
    }
}
