//! The form of a cycle's settings.

use crate::{
    components::{
        field::{Text, checkbox, select},
        layout,
        message::{self, Item},
    },
    domain::call::{DATES, Fault, NUMBERS, Typed, YES},
    server::working_group::WorkingGroup,
    store::cycle::Plan,
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// The address of the cycle; none for a new one.
    pub base: Option<String>,
    /// Its name as it is kept.
    pub name: String,
    /// The version that the form changes.
    pub version: i64,
    /// What stands in the fields.
    pub typed: Typed,
    /// What has to be mended.
    pub faults: Vec<Fault>,
    /// The editions to choose from.
    pub editions: Vec<String>,
    /// Whether a centre has begun to apply.
    pub begun: bool,
    /// Whether they may change it.
    pub edits: bool,
    /// What was done.
    pub done: String,
    /// What stands there now, when somebody was quicker.
    pub quicker: Option<Typed>,
}

impl Data {
    /// For one cycle, or a new one.
    pub fn of(here: &WorkingGroup, plan: Option<&Plan>, typed: Typed) -> Self {
        Self {
            base: plan.map(|p| format!("/working-group/cycles/{}", p.cycle.id)),
            name: plan.map(|p| p.cycle.name.clone()).unwrap_or_default(),
            version: plan.map_or(0, |p| p.version),
            typed,
            editions: super::editions(here).into_iter().map(str::to_owned).collect(),
            edits: plan.is_none_or(|p| here.coordinates(p.cycle.id)),
            ..Self::default()
        }
    }

    /// The title of the page.
    pub fn title(&self) -> String {
        if self.base.is_some() { format!("Cycle {}: dates and rules", self.name) } else { "Begin a cycle".to_owned() }
    }

    fn value(&self, name: &str) -> String {
        self.typed.get(name).cloned().unwrap_or_default()
    }

    fn error(&self, name: &str) -> Option<String> {
        self.faults.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone())
    }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let heading = if data.base.is_some() { "Dates and rules" } else { "Begin a cycle" };
    let mut way = vec![("Cycles".to_owned(), "/working-group/cycles".to_owned())];
    if let Some(base) = &data.base {
        way.push((format!("Cycle {}", data.name), base.clone()));
    }
    let items =
        data.faults.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let done = match data.done.as_str() {
        "begun" => Some(message::done("The cycle has begun. Its dates and rules can still be changed here.")),
        "saved" => Some(message::done("Saved.")),
        _ => None,
    };
    let body = if data.edits { form(data).into_any() } else { reading(data).into_any() };
    view! {
        <main class="page" id="main">
            {layout::crumbs(way, heading)}
            <div class="page-head"><div>
                <h1>{heading}</h1>
                <p class="soft">"The programme does not publish these rules. They are the portal's defaults until you change them; every change is recorded with the values before and after."</p>
            </div></div>
            {done}
            {message::refused(items)}
            {data.quicker.as_ref().map(|now| quicker(data, now))}
            {body}
        </main>
    }
    .into_any()
}

/// Says what somebody else has changed meanwhile; the form below keeps what was typed.
fn quicker(data: &Data, now: &Typed) -> impl IntoView + use<> {
    let shown = |text: &str| if text.is_empty() { "none".to_owned() } else { text.to_owned() };
    let rows = now.iter().filter(|(name, text)| data.typed.get(*name) != Some(text)).map(|(name, text)| {
        let (name, now, typed) = (label(name), shown(text), shown(&data.value(name)));
        view! { <tr><th scope="row">{name}</th><td>{now}</td><td>{typed}</td></tr> }
    });
    view! {
        <section class="findings problem" role="alert" aria-labelledby="quicker">
            <h2 id="quicker">"Somebody else has saved these settings meanwhile"</h2>
            <p>"Nothing of yours is saved yet. Look at what differs; saving again puts what stands in the form in its place."</p>
            <table><thead><tr><th scope="col">"Setting"</th><th scope="col">"Now"</th><th scope="col">"In your form"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
        </section>
    }
}

/// The words of a field.
fn label(name: &str) -> String {
    if let Some((_, what, ..)) = NUMBERS.iter().find(|n| n.0 == name) {
        return (*what).to_owned();
    }
    if let Some((key, part)) = name.rsplit_once('-')
        && let Some((_, what)) = DATES.iter().find(|d| d.0 == key)
    {
        return format!("{what}, {part}");
    }
    match name {
        "name" => "Name",
        "zone" => "Time zone",
        "edition" => "Edition",
        "across" => "Levels across yes and no are a disagreement",
        "anonymity" => "Anonymity",
        "own-level" => "The centre's own level",
        "country-conflict" => "The same country is a conflict",
        "remind-before" => "Reminders before the deadline",
        "remind-after" => "Reminders after it",
        other => other,
    }
    .to_owned()
}

fn text(data: &Data, name: &'static str, label: &'static str) -> Text {
    Text { name, label, value: data.value(name), error: data.error(name), ..Text::default() }
}

fn form(data: &Data) -> impl IntoView + use<> {
    let action =
        data.base.as_ref().map_or_else(|| "/working-group/cycles".to_owned(), |base| format!("{base}/settings"));
    let name = text(data, "name", "Name");
    let zone = Text { hint: "Such as Europe/Zurich", ..text(data, "zone", "Time zone") };
    let editions: Vec<(String, String)> = data.editions.iter().map(|e| (e.clone(), e.clone())).collect();
    let edition = if data.begun {
        let value = data.value("edition");
        let error = data.error("edition").map(|text| view! { <p class="field-error" id="edition">{text}</p> });
        view! {
            <div class="field"><p><strong>"Edition"</strong></p>{error}<p>{value.clone()}</p><p class="hint">"Applications of this cycle have begun, so their criteria stay."</p>
            <input type="hidden" name="edition" value=value/></div>
        }
        .into_any()
    } else {
        select("edition".into(), "edition", "Edition of the criteria", editions, &data.value("edition")).into_any()
    };
    let dates = DATES.map(|(key, what)| date(data, key, what)).collect_view();
    let numbers = |keys: &[&str]| {
        let fields = NUMBERS
            .iter()
            .filter(|n| keys.contains(&n.0))
            .map(|(name, label, ..)| Text { inputmode: "numeric", ..text(data, name, label) }.view());
        fields.collect_view()
    };
    let anonymity = vec![
        ("double".to_owned(), "Double: reviewers do not see the centre".to_owned()),
        ("reviewer".to_owned(), "Reviewers see the centre".to_owned()),
    ];
    let own = vec![
        ("after-mark".to_owned(), "Once the reviewer has marked that criterion".to_owned()),
        ("after-review".to_owned(), "Once the review is submitted".to_owned()),
        ("in-deliberation".to_owned(), "In deliberation".to_owned()),
    ];
    let anonymity_error = data.error("anonymity").map(|text| view! { <p class="field-error">{text}</p> });
    let across = data.value("across") == YES;
    let country = data.value("country-conflict") == YES;
    let before = Text { hint: "Days, such as 14 7 2", ..text(data, "remind-before", "Reminders before the deadline") };
    let after = text(data, "remind-after", "Reminders after it");
    let button = if data.base.is_some() { "Save dates and rules" } else { "Begin the cycle" };
    let zone_said = format!(
        "All times are in the time zone of the cycle{}.",
        if data.value("zone").is_empty() { String::new() } else { format!(", {}", data.value("zone")) }
    );
    view! {
        <form class="panel form" method="post" action=action novalidate>
            <input type="hidden" name="version" value=data.version.to_string()/>
            <fieldset class="form-section"><legend>"The call"</legend>
                <div class="pair">{name.view()}{edition}</div>{zone.view()}
            </fieldset>
            <fieldset class="form-section"><legend>"Dates"</legend><p class="soft">{zone_said}</p>{dates}</fieldset>
            <fieldset class="form-section"><legend>"Reminders of the submission deadline"</legend>
                <div class="pair">{before.view()}{after.view()}</div>
            </fieldset>
            <fieldset class="form-section"><legend>"Review"</legend>
                <div class="pair">{numbers(&["reviewers", "apart"])}</div>
                {checkbox("across".into(), "across", YES.into(), across, "Two levels on different sides of yes and no are a disagreement as well")}
                {anonymity_error}
                <div class="pair">
                    {select("anonymity".into(), "anonymity", "Anonymity", anonymity, &data.value("anonymity"))}
                    {select("own-level".into(), "own-level", "The centre's own level is shown to a reviewer", own, &data.value("own-level"))}
                </div>
                {checkbox("country-conflict".into(), "country-conflict", YES.into(), country, "The same country is a conflict")}
            </fieldset>
            <fieldset class="form-section"><legend>"Outcome that is suggested"</legend>
                <div class="pair">{numbers(&["accredited", "recommendations"])}</div>
                <div class="pair">{numbers(&["lowest", "deferred"])}</div>
            </fieldset>
            <fieldset class="form-section"><legend>"After the release"</legend>{numbers(&["appeal-days"])}</fieldset>
            <p><button class="button" type="submit">{button}</button></p>
        </form>
    }
}

fn date(data: &Data, key: &'static str, what: &'static str) -> impl IntoView + use<> {
    let field = |part: &'static str, kind: &'static str, label: String| {
        let name = format!("{key}-{part}");
        let (value, error) = (data.value(&name), data.error(&name));
        let described = error.is_some().then(|| format!("{name}-error"));
        let class = crate::components::field::box_class(error.is_some());
        let invalid = error.is_some().then_some("true");
        let shown = error.map(|text| view! { <p class="field-error" id=format!("{key}-{part}-error")>{text}</p> });
        view! {
            <div class=class>
                <label for=name.clone()>{label}</label>
                {shown}
                <input id=name.clone() name=name.clone() type=kind value=value autocomplete="off" aria-invalid=invalid aria-describedby=described/>
            </div>
        }
    };
    view! { <div class="pair">{field("day", "date", what.to_owned())}{field("time", "time", format!("{what}: time"))}</div> }
}

/// The same for somebody who may read it.
fn reading(data: &Data) -> impl IntoView + use<> {
    let rows = data.typed.iter().map(|(name, value)| {
        let value = if value.is_empty() { "None".to_owned() } else { value.clone() };
        view! { <tr><th scope="row">{label(name)}</th><td>{value}</td></tr> }
    });
    view! {
        <section class="panel" aria-label="Dates and rules"><table><thead><tr><th scope="col">"Setting"</th><th scope="col">"Value"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
        <p class="soft">"The coordinators of the cycle change them."</p></section>
    }
}
