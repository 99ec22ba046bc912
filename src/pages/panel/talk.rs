//! One criterion on the table: what each letter says, and what the panel says to each other.

use crate::{
    components::{
        badge,
        panel::{Area, passage},
    },
    domain::calendar::day_long,
    server::deliberating::{Line, Said, Table},
    store::deliberation::{Consensus, Post},
};
use leptos::prelude::*;

/// What every letter says about the criterion, side by side.
pub fn said(line: &Line) -> AnyView {
    let stacks = line.said.iter().map(|said| {
        let heading =
            if said.mine { format!("Reviewer {} (you)", said.letter) } else { format!("Reviewer {}", said.letter) };
        view! {
            <section class="stack">
                <div class="panel-head"><h3>{heading}</h3>{badge::level(said.levels.map(|(_, now)| now))}</div>
                {revised(said)}
                {passage("Strengths", &said.wording.strengths)}
                {passage("Gap", &said.wording.gap)}
                {passage("What would satisfy", &said.wording.satisfy)}
            </section>
        }
    });
    view! { <div class="two">{stacks.collect_view()}</div> }.into_any()
}

fn revised(said: &Said) -> Option<AnyView> {
    let (first, now) = said.levels?;
    (first != now).then(|| {
        let text = format!("First {} {}, now {} {}.", first.number(), first.name(), now.number(), now.name());
        view! { <p class="small">{text}" "<span class="typed">{said.why.clone()}</span></p> }.into_any()
    })
}

/// What was said, the oldest first: letters and days, nothing else about who or when.
pub fn thread(table: &Table, posts: &[Post], zone: &str, mine: Option<&str>) -> AnyView {
    if posts.is_empty() {
        return view! { <p class="soft">"Nothing was said here yet. Say where you see it differently, and what in the file makes you think so."</p> }.into_any();
    }
    let items = posts.iter().map(|post| {
        let who = match post.seat {
            None => "Working group".to_owned(),
            Some(seat) => match table.letter(seat) {
                Some(letter) if mine == Some(letter) => format!("Reviewer {letter} (you)"),
                Some(letter) => format!("Reviewer {letter}"),
                None => "A reviewer who has left the panel".to_owned(),
            },
        };
        let head = format!("{who}, {}", day_long(post.at, zone));
        view! { <li><div><p class="soft small">{head}</p><p class="typed">{post.text.clone()}</p></div></li> }
    });
    view! { <ul class="evidence" role="list">{items.collect_view()}</ul> }.into_any()
}

/// The form to say something to the panel.
pub fn say_form(action: String, typed: &str, error: Option<String>) -> AnyView {
    let area = Area {
        name: "text",
        label: "Say something to the panel",
        hint: "Others read it under your letter. Do not write what tells who you are, or which centre you take this for.",
        value: typed.to_owned(),
        error,
        rows: 4,
        prefix: String::new(),
    };
    view! {
        <form class="panel form" method="post" action=action>
            <input type="hidden" name="do" value="say"/>
            {area.view()}
            <p><button class="button quiet" type="submit">"Say it"</button></p>
        </form>
    }
    .into_any()
}

/// What the panel has agreed on here, with the way to the feedback.
pub fn agreed(consensus: Option<&Consensus>, href: String) -> AnyView {
    let body = match consensus {
        Some(c) => view! {
            <div class="stack">
                {badge::level(c.level)}
                {passage("Strengths", &c.strengths)}
                {passage("Gap", &c.gap)}
                {passage("What would satisfy", &c.satisfy)}
            </div>
        }
        .into_any(),
        None => view! { <p class="soft">"Nothing is agreed on yet."</p> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="agreed">
            <h2 id="agreed">"Agreed"</h2>
            {body}
            <p><a href=href>"Feedback at this criterion"</a></p>
        </section>
    }
    .into_any()
}
