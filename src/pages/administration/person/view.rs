//! The page of one person.

use super::{
    super::{at, people::what, way},
    Typed,
};
use crate::{
    components::{
        badge::{self, Tone},
        field::{Text, select},
        layout,
        message::{self, Item},
    },
    domain::{access::Role, id::CycleId, moment::Moment},
    store::{people::Listed, reset::VALID_MINUTES, role::GrantLine, session::Place},
};
use leptos::prelude::*;

/// What the page shows.
pub struct Data {
    pub person: Listed,
    pub grants: Vec<GrantLine>,
    pub cycles: Vec<(CycleId, String)>,
    pub sessions: Vec<Place>,
    pub corrections: Vec<(Moment, String, String)>,
    pub now: Moment,
    /// Whether it is the administrator's own page.
    pub own: bool,
    pub done: String,
    pub typed: Typed,
}

/// The page.
pub fn page(data: Data) -> impl IntoView {
    let items =
        data.typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let done = match data.done.as_str() {
        "corrected" => "Corrected. The reason is kept below.",
        "granted" => "The role is given, from the next page the person opens.",
        "ended" => "The role has ended.",
        "closed" => "The account is closed, and all its sessions have ended.",
        "reopened" => "The account is open again. The person signs in as before.",
        "sessions" => "The session has ended.",
        _ => "",
    };
    let closed = data.person.closed.is_some();
    let link = data.typed.link.clone().map(link);
    let mut way = way();
    way.push(("People".to_owned(), "/administration/people".to_owned()));
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, "Person")}
            <div class="page-head">
                <div><h1>{data.person.name.shown().to_owned()}</h1><p class="soft">{what(&data.person)}</p></div>
                {closed.then(|| badge::badge(Tone::Attention, "Account closed"))}
            </div>
            {message::refused(items)}
            {(!done.is_empty()).then(|| message::done(done))}
            {link}
            <div class="split">
                <div class="column">{roles(&data)}{identity(&data)}</div>
                <div class="column">{sessions(&data)}{account(&data)}</div>
            </div>
        </main>
    }
}

fn link(link: String) -> impl IntoView {
    let text = format!(
        "Send this link to the person, on a way that you trust. It works once, for {VALID_MINUTES} minutes, is shown only \
         now, and leaves the second factor as it is. An earlier link has ended."
    );
    view! {
        <section class="notice" role="status">
            <h2>"The link is ready"</h2>
            <p>{text}</p>
            <p class="typed"><code>{link}</code></p>
        </section>
    }
}

fn base(data: &Data) -> String {
    format!("/administration/people/{}", data.person.id)
}

fn error(data: &Data, name: &str) -> Option<String> {
    data.typed.errors.iter().find(|(f, _)| *f == name).map(|(_, text)| text.clone())
}

fn roles(data: &Data) -> impl IntoView + use<> {
    let (base, now) = (base(data), data.now);
    let lines = data.grants.iter().map(|line| {
        let role = line.grant.role;
        let place = match (&line.cycle, role) {
            (Some(cycle), _) => format!("in the cycle {cycle}"),
            (None, Role::Administrator) => String::new(),
            (None, _) => "in every cycle".to_owned(),
        };
        let by = line.by.as_ref().map_or_else(String::new, |by| format!(", given by {}", by.shown()));
        let since = format!("{}{by}", at(line.since, now));
        let until = line.ended.map(|ended| format!("; ended {}", at(ended, now)));
        let cycle = line.grant.cycle.map(|c| c.to_string()).unwrap_or_default();
        let end = line.ended.is_none().then(|| {
            view! {
                <form method="post" action=format!("{base}/roles/end")>
                    <input type="hidden" name="role" value=role.key()/>
                    <input type="hidden" name="cycle" value=cycle/>
                    <button class="link-button small" type="submit">"End"<span class="visually-hidden">{format!(" the role {} {place}", role.name())}</span></button>
                </form>
            }
        });
        view! { <li><span>{format!("{} {place}", role.name())}<br/><span class="soft">"Since "{since}{until}</span></span>{end}</li> }
    });
    let lines = lines.collect_view();
    let options = Role::GRANTED.map(|r| (r.key().to_owned(), r.name().to_owned())).into();
    let role = select("role".into(), "role", "Role", options, "");
    let cycles = std::iter::once((String::new(), "Every cycle".to_owned()))
        .chain(data.cycles.iter().map(|(id, name)| (id.to_string(), name.clone())))
        .collect();
    let cycle = select("cycle".into(), "cycle", "Cycle", cycles, "");
    let held = |role| data.person.grants.iter().any(|g| g.role == role);
    let blind = held(Role::Administrator) && data.person.grants.iter().any(|g| g.role != Role::Administrator);
    let (own, refused) = (error(data, "role"), error(data, "roles"));
    view! {
        <section class="panel stack" aria-labelledby="roles">
            <h2 id="roles">"Roles of the programme"</h2>
            {refused.map(|text| view! { <p class="field-error">{text}</p> })}
            {blind.then(|| view! { <p class="notice attention">"An administrator reads no application. As long as both roles last, the other one opens none either."</p> })}
            {if lines.is_empty() {
                view! { <p class="soft">"None so far."</p> }.into_any()
            } else {
                view! { <ul class="owed" role="list">{lines}</ul> }.into_any()
            }}
            <form class="form" method="post" action=format!("{base}/roles")>
                {own.map(|text| view! { <p class="field-error">{text}</p> })}
                <div class="pair">{role}{cycle}</div>
                <p class="hint">"An administrator is one everywhere, whatever cycle is chosen. Centres choose their own people."</p>
                <p><button class="button quiet" type="submit">"Give the role"</button></p>
            </form>
        </section>
    }
}

fn identity(data: &Data) -> impl IntoView + use<> {
    let now = data.now;
    let shown = |typed: &Option<String>, kept: &str| typed.clone().unwrap_or_else(|| kept.to_owned());
    let name = Text {
        name: "name",
        label: "Name",
        value: shown(&data.typed.name, data.person.name.shown()),
        error: error(data, "name"),
        ..Text::default()
    };
    let email = Text {
        name: "email",
        label: "Email address",
        hint: "What the person signs in with. Another address ends all sessions.",
        kind: "email",
        value: shown(&data.typed.email, data.person.email.shown()),
        error: error(data, "email"),
        ..Text::default()
    };
    let reason = Text {
        name: "reason",
        label: "Reason",
        hint: "How you know that it is right, such as a call back.",
        value: data.typed.reason.clone(),
        error: error(data, "reason"),
        ..Text::default()
    };
    let lines = data.corrections.iter().map(|(when, what, reason)| {
        let head = format!("{}, {}", what.replace(' ', " and "), at(*when, now));
        view! { <li><span>{reason.clone()}<br/><span class="soft">{head}</span></span></li> }
    });
    let lines = lines.collect_view();
    view! {
        <section class="panel stack" aria-labelledby="identity">
            <h2 id="identity">"Name and address"</h2>
            <form class="form" method="post" action=base(data) novalidate>
                {name.view()}{email.view()}{reason.view()}
                <p><button class="button quiet" type="submit">"Correct"</button></p>
            </form>
            {(!lines.is_empty()).then(|| view! { <h3>"Corrected so far"</h3><ul class="owed" role="list">{lines}</ul> })}
        </section>
    }
}

fn sessions(data: &Data) -> impl IntoView + use<> {
    let (base, now) = (base(data), data.now);
    let seen = data.person.seen.map_or_else(|| "Never signed in.".to_owned(), |s| format!("Last seen {}.", at(s, now)));
    let lines = data.sessions.iter().map(|session| {
        let action = format!("{base}/sessions/{}/end", session.handle);
        let head = if session.device.is_empty() { "Session".to_owned() } else { session.device.clone() };
        view! {
            <li>
                <span>{head.clone()}<br/><span class="soft">{format!("Seen {}", at(session.seen, now))}</span></span>
                <form method="post" action=action><button class="link-button small" type="submit">"End"<span class="visually-hidden">{format!(" the {}", head.to_lowercase())}</span></button></form>
            </li>
        }
    });
    let lines = lines.collect_view();
    let some = !lines.is_empty();
    view! {
        <section class="panel stack" aria-labelledby="sessions">
            <h2 id="sessions">"Sessions"</h2>
            <p class="soft">{seen}</p>
            {some.then(|| view! {
                <ul class="owed" role="list">{lines}</ul>
                <form method="post" action=format!("{base}/sessions/end")><button class="button quiet" type="submit">"End all sessions"</button></form>
            })}
        </section>
    }
}

fn account(data: &Data) -> impl IntoView + use<> {
    let (base, closed, own) = (base(data), data.person.closed, data.own);
    let created = format!("There is an account since {}.", at(data.person.created, data.now));
    let refused = error(data, "account");
    let buttons = match closed {
        Some(when) => view! {
            <p>{format!("Closed {}. Nobody can sign in with it.", at(when, data.now))}</p>
            <form method="post" action=format!("{base}/reopen")><button class="button quiet" type="submit">"Open the account again"</button></form>
        }
        .into_any(),
        None => view! {
            <form class="stack" method="post" action=format!("{base}/reset")>
                <p>"Forgotten the password? A link lets the person choose a new one. You never see or set it."</p>
                <div><button class="button quiet" type="submit">"Make a link for a new password"</button></div>
            </form>
            {(!own).then(|| view! {
                <form class="stack" method="post" action=format!("{base}/close")>
                    <p>"To close the account ends all sessions at once. What the person wrote stays."</p>
                    <div><button class="button quiet" type="submit">"Close the account"</button></div>
                </form>
            })}
        }
        .into_any(),
    };
    view! {
        <section class="panel stack" aria-labelledby="account">
            <h2 id="account">"Account"</h2>
            {refused.map(|text| view! { <p class="field-error">{text}</p> })}
            <p class="soft">{created}</p>
            {buttons}
        </section>
    }
}
