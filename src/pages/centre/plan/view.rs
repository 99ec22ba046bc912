//! The plan on its page, and at a criterion.

use crate::{
    components::{
        badge::{self, Tone},
        field::Text,
        layout,
    },
    domain::{access::Action, date, plan::PlannedAction},
    pages::centre::title,
    server::{applying::Applying, dossier::Dossier},
};
use leptos::prelude::*;
use std::sync::Arc;

/// What the page shows.
pub struct Data {
    pub dossier: Arc<Dossier>,
    pub applying: Applying,
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let applying = &data.applying;
    let Ok(edition) = applying.edition() else { return ().into_any() };
    let open = applying.may(Action::Edit);
    let groups = edition.criteria.iter().filter_map(|criterion| {
        let list: Vec<&PlannedAction> = data.dossier.plan.iter().filter(|a| a.criterion == criterion.number).collect();
        let level = data.dossier.content(criterion.number).and_then(|c| c.level);
        let below = level.is_some_and(|l| !l.answers_yes());
        (below || !list.is_empty()).then(|| {
            let href = applying.path(&format!("/criteria/{}#plan", criterion.number));
            let none = list.is_empty();
            let items = list.into_iter().map(|action| item(applying, action, open)).collect_view();
            view! {
                <section class="stack">
                    <div class="panel-head">
                        <h2><a href=href>{format!("{}. {}", criterion.number, criterion.title)}</a></h2>{badge::level(level)}
                    </div>
                    {none.then(|| view! { <p class="soft">"Nothing is planned here yet."</p> })}
                    {(!none).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
                </section>
            }
        })
    });
    let groups = groups.collect_view();
    let empty = groups.is_empty();
    let (csv, ics) = (applying.path("/plan.csv"), applying.path("/plan.ics"));
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![(title(applying), applying.path(""))], "Plan")}
            <div class="page-head"><div>
                <h1>"Plan"</h1>
                <p class="soft">"From gap to plan: what will be done where a criterion is not yet established. Open actions go with you into the next cycle."</p>
            </div></div>
            {empty.then(|| view! { <p class="panel">"No criterion is below level 3, and nothing is planned."</p> })}
            {groups}
            {(!empty).then(|| view! { <p class="row"><a class="button quiet" href=csv>"Download as a table (CSV)"</a><a class="button quiet" href=ics>"Add to a calendar (ICS)"</a></p> })}
        </main>
    }
    .into_any()
}

/// The plan at one criterion: what is planned, and the form for one more.
pub fn section(applying: &Applying, dossier: &Dossier, criterion: u8, open: bool) -> AnyView {
    let list: Vec<&PlannedAction> = dossier.plan.iter().filter(|a| a.criterion == criterion).collect();
    let below = dossier.content(criterion).and_then(|c| c.level).is_some_and(|l| !l.answers_yes());
    if list.is_empty() && !(below && open) {
        return view! { <div class="anchor" id="plan"></div> }.into_any();
    }
    let none = list.is_empty();
    let items = list.into_iter().map(|action| item(applying, action, open)).collect_view();
    let missing = dossier.findings_at(criterion).find(|f| f.code == "plan-missing").map(|f| f.message.clone());
    let form = open.then(|| {
        let empty = PlannedAction {
            id: crate::domain::id::ActionId::new(0),
            criterion,
            what: String::new(),
            owner: String::new(),
            due: String::new(),
            measure: String::new(),
            carried: false,
            done: None,
        };
        let action = applying.path("/plan");
        view! {
            <details open=none>
                <summary>"Plan an action"</summary>
                <form class="panel form" method="post" action=action>
                    <input type="hidden" name="criterion" value=criterion.to_string()/>
                    {fields(&empty, "new-plan-")}
                    <p><button class="button quiet" type="submit">"Add to the plan"</button></p>
                </form>
            </details>
        }
    });
    let all = applying.path("/plan");
    view! {
        <section class="form-section" id="plan" tabindex="-1" aria-labelledby="plan-title">
            <div class="panel-head"><h2 id="plan-title">"Plan"</h2><a href=all>"The whole plan"</a></div>
            {missing.map(|text| view! { <p class="soft">{text}</p> })}
            {(!none).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
            {form}
        </section>
    }
    .into_any()
}

fn item(applying: &Applying, action: &PlannedAction, open: bool) -> impl IntoView + use<> {
    let due = date::read_day(&action.due).map_or_else(|| action.due.clone(), date::long);
    let mut line = Vec::new();
    for (label, text) in [("by ", &due), ("owner: ", &action.owner), ("we will know: ", &action.measure)] {
        if !text.is_empty() {
            line.push(format!("{label}{text}"));
        }
    }
    let missing = action.missing();
    let status = match (action.done.is_some(), missing.is_empty()) {
        (true, _) => badge::badge(Tone::Good, "Done").into_any(),
        (false, true) => badge::badge(Tone::Working, "Planned").into_any(),
        (false, false) => badge::badge(Tone::Attention, format!("Say {}", missing.join(", "))).into_any(),
    };
    let carried = action.carried.then_some(" · from the last cycle");
    let prefix = format!("plan-{}-", action.id);
    let edit = open.then(|| {
        let path = applying.path(&format!("/plan/{}", action.id));
        let (toggle, word) = if action.done.is_some() { ("open", "Open again") } else { ("done", "Mark as done") };
        view! {
            <details class="whole">
                <summary>"Change"<span class="visually-hidden">{format!(" {}", action.what)}</span></summary>
                <form class="form" method="post" action=path>
                    {fields(action, &prefix)}
                    <p class="row">
                        <button class="button quiet" type="submit" name="do" value="save">"Save"</button>
                        <button class="link-button" type="submit" name="do" value=toggle>{word}</button>
                        <button class="link-button" type="submit" name="do" value="remove">"Remove"</button>
                    </p>
                </form>
            </details>
        }
    });
    view! { <li><div><strong>{action.what.clone()}</strong><br/><span class="soft">{line.join(" · ")}{carried}</span></div>{status}{edit}</li> }
}

fn fields(action: &PlannedAction, prefix: &str) -> impl IntoView + use<> {
    let text = |name, label, hint, value: &str| Text {
        name,
        label,
        hint,
        value: value.to_owned(),
        prefix: prefix.to_owned(),
        ..Text::default()
    };
    view! {
        {text("what", "What will be done?", "One step that somebody can finish", &action.what).view()}
        <div class="pair">
            {text("owner", "Who does it?", "A role rather than a name", &action.owner).view()}
            {text("due", "By when?", "Day, month, year, such as 1.9.2027", &action.due).view()}
        </div>
        {text("measure", "How will you know?", "A figure or a document that will be there then", &action.measure).view()}
    }
}
