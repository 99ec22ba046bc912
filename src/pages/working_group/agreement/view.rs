//! The picture of disagreements and its words.

use crate::{
    components::{field::select, layout},
    domain::{cycle::Rules, figure::Sums, level::Level, sheet::Sheet},
    pages::working_group::figures::{self, Drawn},
    store::{
        cycle::Plan,
        figure::{Panel, Which},
    },
};
use leptos::prelude::*;

/// What the page shows.
pub struct Data {
    /// The cycle.
    pub plan: Plan,
    /// "4. Expert care for distress".
    pub titles: Vec<String>,
    /// Of all that the viewer may see.
    pub sums: Sums,
    /// How far reviewers agree.
    pub agreement: Sheet,
    /// This page of panels.
    pub panels: Vec<Panel>,
    /// Whether there is another page.
    pub more: bool,
    /// Whether this is not the first.
    pub later: bool,
    /// Which panels were asked for.
    pub which: Which,
}

/// As the address says it.
fn key(which: Which) -> String {
    match which {
        Which::All => String::new(),
        Which::Split => "split".to_owned(),
        Which::SplitAt(criterion) => criterion.to_string(),
    }
}

/// The page.
pub fn page(data: &Data) -> impl IntoView + use<> {
    let cycle = &data.plan.cycle;
    let base = format!("/working-group/cycles/{}", cycle.id);
    let options = [("".to_owned(), "All applications".to_owned()), ("split".into(), "With something to settle".into())]
        .into_iter()
        .chain((1..).zip(&data.titles).map(|(n, title): (u8, _)| (n.to_string(), format!("To settle at {title}"))));
    let filter = select("show".into(), "show", "Show", options.collect(), &key(data.which));
    let here = format!("{base}/agreement");
    let counts = match (data.sums.panels, data.sums.split) {
        (0, _) => "No application has all its reviews yet.".to_owned(),
        (1, split) => format!(
            "1 application has all its reviews; {} something to settle.",
            if split == 1 { "it has" } else { "it does not have" }
        ),
        (panels, split) => {
            format!("{panels} applications have all their reviews; {split} of them have something to settle.")
        }
    };
    let map = if data.panels.is_empty() {
        let text = match (data.later, data.which) {
            (true, _) => "Nothing more.",
            (_, Which::All) => "An application appears here once all its reviewers have handed in.",
            _ => "No panel differs here.",
        };
        view! { <p class="soft">{text}</p> }.into_any()
    } else {
        heat_map(data).into_any()
    };
    let show = key(data.which);
    let next = data.panels.last().filter(|_| data.more).map(|last| {
        let href = format!("{here}?show={show}&after={}-{}", last.agreed, last.application);
        view! { <a rel="next" href=href><small>"Next"</small>"Further applications"</a> }
    });
    let first = data.later.then(|| {
        let href = if show.is_empty() { here.clone() } else { format!("{here}?show={show}") };
        view! { <a rel="first" href=href><small>"Back"</small>"The first applications"</a> }
    });
    let pager = (next.is_some() || first.is_some())
        .then(|| view! { <nav class="pager" aria-label="Pages of applications">{first}{next}</nav> });
    let table = figures::table(&data.agreement, "Agreement of reviewers at each criterion", Drawn::Bar(2, 100.0));
    view! {
        <main class="page wide" id="main">
            {layout::crumbs(vec![(format!("Cycle {}", cycle.name), base.clone())], "Agreement")}
            <div class="page-head"><div>
                <h1>"Where reviewers differ"</h1>
                <p class="facts"><span>{format!("Cycle {}", cycle.name)}</span><span>{counts}</span><a href=format!("{base}/statistics")>"Statistics"</a></p>
            </div></div>
            <section class="panel" aria-labelledby="levels">
                <h2 id="levels">"Levels side by side"</h2>
                <form class="filters" method="get" action=here.clone()>{filter}<p><button class="button quiet" type="submit">"Show"</button></p></form>
                {legend(&data.plan.rules)}
                {map}
                {pager}
                <p class="soft small">"Those with most to settle come first. Levels are as each reviewer gave them alone, in the order of letters. Applications you have a conflict with are left out of every list and count."</p>
            </section>
            <section class="panel" aria-labelledby="agreement">
                <h2 id="agreement">"Agreement at each criterion"</h2>
                {table}
                <p class="soft small">"Weighted kappa takes off what chance alone would give, and counts a difference of two levels four times as much as one of one: 1 is full agreement, 0 is chance. A panel of three gives three pairs. Fewer than 5 applications are not told."</p>
            </section>
        </main>
    }
}

fn legend(rules: &Rules) -> impl IntoView + use<> {
    let across = rules
        .across
        .then(|| view! { <li><span class="agreement near straddles">"2|3"</span>" across yes and no"</li> });
    view! {
        <ul class="key">
            <li><span class="agreement">"3|3"</span>" same level"</li>
            <li><span class="agreement near">"3|4"</span>" one apart"</li>
            <li><span class="agreement apart">"4|2"</span>" two or more apart"</li>
            {across}
        </ul>
    }
}

fn heat_map(data: &Data) -> impl IntoView + use<> {
    let heads = (1..).zip(&data.titles).map(|(n, title): (u8, _)| {
        view! { <th scope="col"><abbr title=title.clone()>{n.to_string()}</abbr></th> }
    });
    let rows = data.panels.iter().map(|panel| {
        let cells = panel.figure.levels.iter().map(|levels| cell(levels));
        let settle = 13_u8.saturating_sub(panel.agreed);
        let settle = if settle == 0 { "none".to_owned() } else { settle.to_string() };
        let href = format!("/working-group/applications/{}", panel.application);
        let name = panel.centre.shown().to_owned();
        view! { <tr><th scope="row"><a href=href>{name}</a></th>{cells.collect_view()}<td>{settle}</td></tr> }
    });
    let (heads, rows) = (heads.collect_view(), rows.collect_view());
    view! {
        <div class="scrolls" tabindex="0" role="region" aria-label="Table of levels, scrolls sideways">
            <table class="heat-map">
                <caption class="visually-hidden">"Levels by each reviewer, for each application and criterion"</caption>
                <thead><tr><th scope="col">"Application"</th>{heads}<th scope="col">"To settle"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

/// The levels of one panel at one criterion: digits for the eye, words for the ear, and a shade that is never alone.
fn cell(levels: &[Option<Level>]) -> impl IntoView + use<> {
    let given: Vec<Level> = levels.iter().flatten().copied().collect();
    let (low, high) = (given.iter().min().copied(), given.iter().max().copied());
    let apart = low.zip(high).map_or(0, |(low, high)| high.number() - low.number());
    let across = low.zip(high).is_some_and(|(low, high)| low.answers_yes() != high.answers_yes());
    let class = match (apart, across) {
        (0, _) => "agreement",
        (1, false) => "agreement near",
        (1, true) => "agreement near straddles",
        (_, false) => "agreement apart",
        (_, true) => "agreement apart straddles",
    };
    let parts = levels.iter().enumerate().map(|(at, level)| {
        let between =
            (0 < at).then(|| view! { <span aria-hidden="true">"|"</span><span class="visually-hidden">" and "</span> });
        let level = match level {
            Some(level) => view! { {level.number().to_string()} }.into_any(),
            None => {
                view! { <span aria-hidden="true">"·"</span><span class="visually-hidden">"no level"</span> }.into_any()
            }
        };
        view! { {between}{level} }
    });
    let words = across.then(|| view! { <span class="visually-hidden">", across yes and no"</span> });
    view! { <td class=class>{parts.collect_view()}{words}</td> }
}
