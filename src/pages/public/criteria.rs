//! The guides of the 13 criteria, readable without an account.

use crate::{
    catalogue::{Section, slug},
    components::{badge, layout},
    domain::{
        criteria::{Group, Indicator, IndicatorKind},
        level::Level,
    },
    server::{desk::Desk, problem::Problem, render::Page},
};
use axum::{extract::Path, response::Response};
use leptos::prelude::*;

/// All guides.
pub async fn list(desk: Desk) -> Result<Response, Problem> {
    let frame = super::frame(&desk, "Criteria").await?;
    let portal = desk.portal.clone();
    let page = Page::new("The 13 criteria", frame, move || {
        let edition = portal.catalogue.newest();
        let groups = Group::ALL.into_iter().map(|group| {
            let items = edition.criteria.iter().filter(|c| c.group == group).map(|c| {
                view! {
                    <li>
                        <span class="item-number">{c.number}</span>
                        <div><h3 id=format!("criterion-{}", c.number)><a href=format!("/criteria/{}", c.number)>{c.title.clone()}</a></h3><p>{c.statement.clone()}</p></div>
                    </li>
                }
            });
            view! { <section><h2 id=slug(group.name())>{group.name()}</h2><ol role="list">{items.collect_view()}</ol></section> }
        });
        view! {
            <main class="page" id="main">
                <div class="page-head"><div>
                    <h1>"The 13 criteria"</h1>
                    <p class="soft">{format!("Edition {}. In our own words, with the official item numbers. Levels are ", edition.name)}<a href="/programme#the-scale">"this portal's own scale"</a>"; levels 3 and 4 answer the official question with yes. Words are explained in the "<a href="/glossary">"glossary"</a>"."</p>
                </div></div>
                <div class="criteria">{groups.collect_view()}</div>
            </main>
        }
    });
    Ok(desk.page(page).await)
}

/// One guide.
pub async fn show(desk: Desk, Path(number): Path<u8>) -> Result<Response, Problem> {
    let frame = super::frame(&desk, "Criteria").await?;
    let portal = desk.portal.clone();
    let edition = portal.catalogue.newest();
    let title = edition.criterion(number).map(|c| format!("{}. {}", c.number, c.title)).ok_or(Problem::NotFound)?;
    let portal = desk.portal.clone();
    let page = Page::new(format!("Criterion {title}"), frame, move || {
        let edition = portal.catalogue.newest();
        edition.criterion(number).zip(edition.guide(number)).map(|(criterion, guide)| {
            let section = |section: Section| {
                view! {
                    <section class="stack" aria-labelledby=section.anchor()>
                        <h2 id=section.anchor()>{section.heading()}</h2>
                        <div class="prose" inner_html=guide.html(section).to_owned()></div>
                    </section>
                }
            };
            let levels = Level::ALL.into_iter().map(|level| {
                view! { <div><dt>{badge::level(Some(level))}</dt><dd>{criterion.descriptor(level).to_owned()}</dd></div> }
            });
            let indicators = criterion.indicators.iter().map(|i| indicator(i, &guide.sources));
            let contents = Section::ALL.into_iter().map(|s| view! { <li><a href=format!("#{}", s.anchor())>{s.heading()}</a></li> });
            let neighbour = |number: u8, rel: &'static str, word: &'static str| {
                edition.criterion(number).map(|c| {
                    view! { <a rel=rel href=format!("/criteria/{}", c.number)><small>{word}</small>{format!("{}. {}", c.number, c.title)}</a> }
                })
            };
            view! {
                <main class="page" id="main">
                    {layout::crumbs(vec![("Criteria".into(), "/criteria".into())], format!("Criterion {number}"))}
                    <div class="page-head"><div>
                        <p class="soft">{criterion.group.name()}</p>
                        <h1>{title.clone()}</h1>
                        <p class="statement">{criterion.statement.clone()}</p>
                    </div></div>
                    <div class="split">
                        <div class="column reading">
                            {section(Section::Meaning)}
                            <section class="stack" aria-labelledby="levels">
                                <h2 id="levels">"Levels"</h2>
                                <dl class="descriptors">{levels.collect_view()}</dl>
                            </section>
                            {section(Section::AskYourself)}
                            {section(Section::GoodEvidence)}
                            <section class="stack" aria-labelledby="indicators">
                                <h2 id="indicators">"Indicators"</h2>
                                <dl class="descriptors">{indicators.collect_view()}</dl>
                            </section>
                            {section(Section::CommonShortfalls)}
                            {section(Section::Examples)}
                            {section(Section::ProvidedByAPartner)}
                            {section(Section::WhatAReviewerLooksFor)}
                            {section(Section::Sources)}
                            <nav class="pager" aria-label="Criteria">
                                {neighbour(number.saturating_sub(1), "prev", "Previous")}{neighbour(number + 1, "next", "Next")}
                            </nav>
                        </div>
                        <nav class="panel contents" aria-label="On this page"><h2 id="contents">"On this page"</h2><ul role="list">
                            {contents.collect_view()}<li><a href="#levels">"Levels"</a></li><li><a href="#indicators">"Indicators"</a></li>
                        </ul></nav>
                    </div>
                </main>
            }
        })
    });
    Ok(desk.page(page).await)
}

fn indicator(indicator: &Indicator, sources: &[String]) -> impl IntoView + use<> {
    let parts = match (&indicator.numerator, &indicator.denominator) {
        (Some(numerator), Some(denominator)) if indicator.kind == IndicatorKind::Percentage => {
            format!("Numerator: {numerator}. Denominator: {denominator}. Period: {}.", indicator.period)
        }
        _ if indicator.kind == IndicatorKind::YesNo => "Yes or no.".to_owned(),
        _ => format!("In {}. Period: {}.", indicator.unit, indicator.period),
    };
    let major = indicator.major.map(|n| format!(" Major indicator {n} of 13 (Hui 2015)."));
    let rules = indicator.portal_rules.iter().map(|rule| {
        let expects = rule.expects(indicator);
        match (rule.from_level, rule.up_to_level) {
            (Some(from), _) => format!("from level {} on {expects}", from.number()),
            (_, Some(to)) => format!("up to level {} {expects}", to.number()),
            _ => expects,
        }
    });
    let rules = rules.collect::<Vec<_>>().join("; ");
    let rules = (!rules.is_empty()).then(|| format!(" The portal's own rule: {rules}."));
    let unit = if indicator.kind == IndicatorKind::YesNo { "%" } else { indicator.unit.as_str() };
    let benchmarks = indicator.benchmarks.iter().map(|b| {
        let reference = sources.iter().position(|s| *s == b.source).map(|i| {
            let (n, href) = (i + 1, format!("#source-{}", i + 1));
            view! { " ["<a class="reference" href=href aria-label=format!("Source {n}")>{n}</a>"]" }
        });
        view! { <li>{format!("{} {unit}: {} ({}, n: {})", b.value, b.label, b.year, b.n)}{reference}</li> }
    });
    let benchmarks = benchmarks.collect_view();
    view! {
        <div id=format!("indicator-{}", indicator.key)>
            <dt>{indicator.label.clone()}</dt>
            <dd>{indicator.definition.clone()}" "<span class="soft">{parts}{major}{rules}</span>
                {(!benchmarks.is_empty()).then(|| view! { <ul class="small">{benchmarks}</ul> })}</dd>
        </div>
    }
}
