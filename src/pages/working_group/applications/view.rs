//! The table of applications.

use super::{Asked, dates};
use crate::{
    components::{
        badge::{self, Tone},
        field::{Text, select},
        layout,
    },
    domain::{application::Kind, calendar::day_long, moment::Moment, owing, stage::StageName},
    store::{
        caseload::{Found, Line, Sort},
        cycle::Plan,
    },
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Data {
    pub plan: Plan,
    pub countries: Vec<String>,
    pub found: Found,
    pub asked: Asked,
    pub now: Moment,
}

/// A stage in the words of the working group.
pub fn stage_name(stage: StageName) -> &'static str {
    match stage {
        StageName::Draft => "Draft",
        StageName::Submitted => "Submitted",
        StageName::UnderReview => "Under review",
        StageName::Deliberation => "Deliberation",
        StageName::Decided => "Decided",
        StageName::Released => "Released",
        StageName::Withdrawn => "Withdrawn",
    }
}

/// A stage as the working group sees it.
pub fn stage_badge(stage: StageName, returned: bool) -> impl IntoView {
    let tone = match stage {
        StageName::Draft | StageName::Withdrawn => Tone::Quiet,
        StageName::Submitted => Tone::Attention,
        StageName::UnderReview | StageName::Deliberation => Tone::Working,
        StageName::Decided | StageName::Released => Tone::Good,
    };
    badge::badge(tone, if returned { "Returned" } else { stage_name(stage) })
}

fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "Name, A to Z",
        Sort::NameDown => "Name, Z to A",
        Sort::Newest => "Last change, newest first",
        Sort::Oldest => "Last change, oldest first",
    }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let base = format!("/working-group/cycles/{}", data.plan.cycle.id);
    let action = format!("{base}/applications");
    let cycle = format!("Cycle {}", data.plan.cycle.name);
    let late = owing::overdue(dates(&data.plan), data.now);
    let zone = &data.plan.cycle.closes.zone;
    let rows = data.found.lines.iter().map(|line| row(line, &late, zone)).collect_view();
    let empty = data.found.lines.is_empty();
    let total = match data.found.total {
        Some(1) => "1 application".to_owned(),
        Some(n) => format!("{n} applications"),
        None => format!("{} of many applications", data.found.lines.len()),
    };
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Cycles".into(), "/working-group/cycles".into()), (cycle, base)], "Applications")}
            <div class="page-head"><div><h1>"Applications"</h1></div></div>
            {filters(data, &action)}
            <section class="panel" aria-labelledby="found">
                <h2 id="found">{total}</h2>
                {if empty {
                    view! { <p class="soft">"Nothing fits. Choose fewer filters, or type fewer letters."</p> }.into_any()
                } else {
                    view! {
                        <div class="table-box">
                            <table class="ledger stacks">
                                <thead><tr>
                                    <th scope="col">"Centre"</th><th scope="col">"Kind"</th><th scope="col">"Stage"</th>
                                    <th scope="col">"Reviews"</th><th scope="col">"Last change"</th>
                                </tr></thead>
                                <tbody>{rows}</tbody>
                            </table>
                        </div>
                    }
                    .into_any()
                }}
                {pages(data, &action)}
                {(!empty && data.asked.text.is_empty()).then(|| files(data, &action))}
            </section>
            <p class="soft small">"Applications you have a conflict with are left out of every list and count."</p>
        </main>
    }
    .into_any()
}

fn filters(data: &Data, action: &str) -> impl IntoView + use<> {
    let asked = &data.asked;
    let name = Text { name: "name", label: "Centre or town begins with", value: asked.text.clone(), ..Text::default() };
    let any = |text: &str| std::iter::once((String::new(), text.to_owned()));
    let stages =
        any("All stages").chain(StageName::ALL.map(|s| (s.key().to_owned(), stage_name(s).to_owned()))).collect();
    let countries = any("All countries").chain(data.countries.iter().map(|c| (c.clone(), c.clone()))).collect();
    let kinds = any("Initial and renewal")
        .chain([Kind::Initial, Kind::Renewal].map(|k| (k.key().to_owned(), k.name().to_owned())))
        .collect();
    let sorts = Sort::ALL.map(|s| (s.key().to_owned(), sort_name(s).to_owned())).to_vec();
    let overdue = vec![(String::new(), "In time and late".to_owned()), ("yes".to_owned(), "Late only".to_owned())];
    view! {
        <form class="panel filters" method="post" action=action.to_owned() role="search" aria-label="Applications">
            {name.view()}
            {select("stage".into(), "stage", "Stage", stages, &asked.stage)}
            {select("country".into(), "country", "Country", countries, &asked.country)}
            {select("kind".into(), "kind", "Kind", kinds, &asked.kind)}
            {select("overdue".into(), "overdue", "Due", overdue, &asked.overdue)}
            {select("sort".into(), "sort", "Order", sorts, asked.sort().key())}
            <p><button class="button" type="submit">"Show"</button></p>
        </form>
    }
}

fn row(line: &Line, late: &[StageName], zone: &str) -> impl IntoView + use<> {
    let stage = line.stage.name();
    let returned = matches!(line.stage, crate::domain::stage::Stage::Draft { returned: Some(_) });
    let href = format!("/working-group/applications/{}", line.id);
    let place = format!("{}, {}", line.identity.city(), line.identity.country());
    let overdue = late.contains(&stage).then(|| badge::badge(Tone::Problem, "Late"));
    let reviews = match stage {
        StageName::Draft | StageName::Submitted | StageName::Withdrawn => "None yet".to_owned(),
        _ => format!("{} of {}", line.submitted, line.seats),
    };
    let own = line
        .extended
        .map(|at| view! { <br/><span class="soft">{format!("Own deadline {}", day_long(at, zone))}</span> });
    view! {
        <tr>
            <th scope="row"><a href=href>{line.identity.name().to_owned()}</a><br/><span class="soft">{place}</span></th>
            <td data-label="Kind">{line.kind.name()}</td>
            <td data-label="Stage"><span class="row">{stage_badge(stage, returned)}{overdue}</span>{own}</td>
            <td data-label="Reviews">{reviews}</td>
            <td data-label="Last change">{day_long(line.updated, zone)}</td>
        </tr>
    }
}

/// The filters but for the name, by the names of their fields.
fn kept(asked: &Asked) -> [(&'static str, String); 5] {
    [
        ("stage", asked.stage.clone()),
        ("country", asked.country.clone()),
        ("kind", asked.kind.clone()),
        ("overdue", asked.overdue.clone()),
        ("sort", asked.sort.clone()),
    ]
}

fn query<'a>(fields: impl Iterator<Item = &'a (&'static str, String)>) -> String {
    let fields: Vec<_> = fields.filter(|(_, value)| !value.is_empty()).collect();
    serde_urlencoded::to_string(fields).unwrap_or_default()
}

/// What fits the filters, to take away.
fn files(data: &Data, action: &str) -> impl IntoView + use<> {
    let query = query(kept(&data.asked).iter());
    let [csv, xlsx] = ["csv", "xlsx"].map(|ending| format!("{action}.{ending}?{query}"));
    view! { <p class="small">"Take what fits the filters away: "<a href=csv>"CSV"</a>", "<a href=xlsx>"XLSX"</a></p> }
}

/// The ways to the pages before and after: links, and forms where a name is looked for.
fn pages(data: &Data, action: &str) -> impl IntoView + use<> {
    let (first, last) = (data.found.lines.first(), data.found.lines.last());
    let ways = [
        ("First page", data.found.before, "page", "first".to_owned()),
        ("Previous page", data.found.before, "before", first.map(|l| l.id.to_string()).unwrap_or_default()),
        ("Next page", data.found.after, "after", last.map(|l| l.id.to_string()).unwrap_or_default()),
        ("Last page", data.found.after, "page", "last".to_owned()),
    ];
    let asked = &data.asked;
    let kept = kept(asked);
    let links = ways.into_iter().filter(|(_, open, ..)| *open).map(|(text, _, name, value)| {
        if asked.text.is_empty() {
            let query = query(kept.iter().chain([&(name, value)]));
            view! { <a class="button quiet small" href=format!("{action}?{query}")>{text}</a> }.into_any()
        } else {
            let hidden = kept.clone().map(|(n, v)| view! { <input type="hidden" name=n value=v/> });
            let words = asked.text.clone();
            view! {
                <form method="post" action=action.to_owned()>
                    {hidden.collect_view()}
                    <input type="hidden" name="name" value=words/>
                    <button class="button quiet small" type="submit" name=name value=value>{text}</button>
                </form>
            }
            .into_any()
        }
    });
    let links = links.collect_view();
    (!links.is_empty()).then(|| view! { <nav class="row" aria-label="Pages">{links}</nav> })
}
