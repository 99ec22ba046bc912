//! The form of an answer.

use super::view::{Data, cards_hint, summary, word_count};
use crate::{
    components::{
        badge, chart,
        field::{area_html, box_class},
    },
    domain::{
        answer::Content,
        calendar::{day_in, when},
        criteria::{COUNT, Criterion, Indicator, IndicatorKind},
        indicator::{self, Fault, Reading, Typed},
        level::Level,
        text::NARRATIVE_WORDS,
    },
    islands::autosave::Autosave,
};
use jiff::civil::Date;
use leptos::prelude::*;

/// The form.
pub fn form(data: &Data, criterion: &Criterion) -> impl IntoView + use<> {
    let applying = &data.applying;
    let answer = data.dossier.answers.get(&data.number);
    let empty = Content::default();
    let content = answer.map_or(&empty, |a| &a.content);
    let version = answer.map_or(0, |a| a.version);
    let (now, zone) = (applying.now(), &applying.application().cycle.closes.zone);
    let saved = answer.filter(|a| 0 < a.version).map(|a| format!("Saved {}", when(a.updated, now, zone)));
    let action = applying.path(&format!("/criteria/{}", data.number));
    let next = if data.number < COUNT {
        format!("Save and go to criterion {}", data.number + 1)
    } else {
        "Save and check everything".to_owned()
    };
    view! {
        <form class="form" id="answer" method="post" action=action novalidate>
            <input type="hidden" name="version" value=version.to_string()/>
            // Named by the island: an open page may save again before it has heard of its last save.
            <input type="hidden" name="page" value=""/>
            {summary(data)}
            {levels(criterion, content)}
            {narrative(data, content, saved.clone())}
            {indicators(criterion, content, day_in(now, zone))}
            <div class="form-actions">
                <button class="button" type="submit" name="then" value="next">{next}</button>
                <button class="button quiet" type="submit" name="then" value="stay">"Save"</button>
                {saved.map(|text| view! { <span class="saved" data-saved>{text}</span> })}
            </div>
        </form>
    }
}

fn levels(criterion: &Criterion, content: &Content) -> AnyView {
    let cards = Level::ALL.into_iter().map(|level| {
        let id = if level == Level::Absent { "level".to_owned() } else { format!("level-{}", level.number()) };
        view! {
            <label>
                <input type="radio" id=id name="level" value=level.number().to_string() checked=content.level == Some(level)/>
                {badge::level_mark(Some(level))}
                <b>{format!("{} {}", level.number(), level.name())}</b>
                <span class="soft">{criterion.descriptor(level).to_owned()}</span>
            </label>
        }
    });
    view! {
        <fieldset class="form-section">
            <legend>"Your level"</legend>
            <p class="soft">{cards_hint()}" "<a href="/glossary#level">"What a level is"</a></p>
            <div class="level-cards">{cards.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

fn narrative(data: &Data, content: &Content, saved: Option<String>) -> AnyView {
    let error = data.dossier.findings_at(data.number).find(|f| f.code == "narrative-long").map(|f| f.message.clone());
    let invalid = error.is_some().then_some("true");
    let class = box_class(error.is_some());
    let hint = format!(
        "About 200 words, at most {NARRATIVE_WORDS}. Write for a colleague in another country: who, when, how. Leave out names of people, towns and your centre. Markdown works: **bold**, lists with a dash."
    );
    let preview = crate::catalogue::render_typed(&content.narrative);
    view! {
        <div class="form-section">
            <h2>"Your case"</h2>
            <div class=class>
                <label for="narrative">"How do you meet this criterion?"</label>
                <p class="hint" id="narrative-hint">{hint}</p>
                {error.map(|text| view! { <p class="field-error" id="narrative-error">{text}</p> })}
                <div class="editor">
                    <textarea id="narrative" name="narrative" rows="12" aria-invalid=invalid aria-describedby="narrative-hint narrative-state" inner_html=area_html(&content.narrative)></textarea>
                    <div class="foot" id="narrative-state">
                        <Autosave form="answer".to_owned() saved=saved.unwrap_or_default() count=word_count(&content.narrative)/>
                    </div>
                </div>
                <details>
                    <summary>"Preview as it will be read"</summary>
                    <div class="panel prose" id="preview" inner_html=preview></div>
                </details>
            </div>
        </div>
    }
    .into_any()
}

fn indicators(criterion: &Criterion, content: &Content, today: Date) -> AnyView {
    let none = Typed::default();
    let rows = criterion.indicators.iter().map(|indicator| {
        let typed = content.indicators.get(&indicator.key).unwrap_or(&none);
        row(criterion.number, indicator, typed, &indicator::read(indicator, typed, today))
    });
    // Values that this edition does not ask for are shown, never dropped.
    let unknown =
        content.indicators.iter().filter(|(key, _)| criterion.indicator(key).is_none()).map(|(key, typed)| {
            let texts: Vec<String> = typed
                .parts()
                .iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(part, text)| format!("{part} {text}"))
                .collect();
            view! { <li>{format!("{}: {}", key.replace('-', " "), texts.join(", "))}</li> }
        });
    let unknown = unknown.collect_view();
    view! {
        <div class="form-section">
            <h2>"Indicators"</h2>
            <p class="soft">"A number counts with its numerator, denominator and period. Totals only, never patient data. Write months as 2026-09. "<a href="/glossary#indicator">"What an indicator is"</a></p>
            <div class="figures">{rows.collect_view()}</div>
            {(!unknown.is_empty()).then(|| view! { <details><summary>"Values that are no longer asked for"</summary><ul>{unknown}</ul></details> })}
        </div>
    }
    .into_any()
}

fn row(criterion: u8, indicator: &Indicator, typed: &Typed, reading: &Reading) -> AnyView {
    let fields = match indicator.kind {
        IndicatorKind::YesNo => yes_no(indicator, typed).into_any(),
        IndicatorKind::Percentage => {
            let parts = [
                ("numerator", "Numerator"),
                ("denominator", "Denominator"),
                ("from", "From month"),
                ("to", "To month"),
            ];
            parts
                .into_iter()
                .map(|(part, label)| input(indicator, typed, reading, part, label))
                .collect_view()
                .into_any()
        }
        IndicatorKind::Number => {
            let mut parts = vec![("value", "Value")];
            if indicator.has_period() {
                parts.extend([("from", "From month"), ("to", "To month")]);
            }
            parts
                .into_iter()
                .map(|(part, label)| input(indicator, typed, reading, part, label))
                .collect_view()
                .into_any()
        }
    };
    let value = reading.value.map(|value| match indicator.kind {
        IndicatorKind::Percentage => format!("{:.0} %", value.figure()),
        IndicatorKind::Number => format!("{} {}", value.figure(), indicator.unit),
        IndicatorKind::YesNo => String::new(),
    });
    let value = value.filter(|v| !v.is_empty());
    let parts = match (&indicator.numerator, &indicator.denominator) {
        (Some(numerator), Some(denominator)) if indicator.kind == IndicatorKind::Percentage => {
            Some(format!("{numerator}, of: {denominator}."))
        }
        _ => None,
    };
    let major = indicator.major.map(|n| format!("Integration indicator {n} of 13"));
    let figure = reading.value.filter(|_| indicator.kind == IndicatorKind::Percentage).map(indicator::Value::figure);
    let benchmarks = indicator.benchmarks.iter().map(|b| {
        let unit = if indicator.kind == IndicatorKind::YesNo { "%" } else { indicator.unit.as_str() };
        let text = format!("{} {unit}: {} ({}, n: {})", b.value, b.label, b.year, b.n);
        let bar = (indicator.kind == IndicatorKind::Percentage).then(|| chart::comparison("Yours", figure, b.value));
        view! { <li>{bar}<span class="soft small">{text}</span></li> }
    });
    let benchmarks = benchmarks.collect_view();
    let guide = format!("/criteria/{criterion}#indicator-{}", indicator.key);
    let empty = typed.is_empty();
    view! {
        <fieldset class="figure">
            <legend>{indicator.label.clone()}</legend>
            <p class="soft small">{indicator.definition.clone()}" "{parts}" "{major.map(|m| view! { <a href=guide>{m}</a> })}</p>
            <div class="parts">{fields}{value.map(|v| view! { <p class="value"><span class="visually-hidden">"Value: "</span><strong>{v}</strong></p> })}</div>
            {(!benchmarks.is_empty()).then(|| view! {
                <details class="benchmarks" open=!empty><summary>"Published figures"</summary><ul role="list">{benchmarks}</ul></details>
            })}
        </fieldset>
    }
    .into_any()
}

fn input(
    indicator: &Indicator,
    typed: &Typed,
    reading: &Reading,
    part: &'static str,
    label: &'static str,
) -> impl IntoView + use<> {
    let name = format!("indicator.{}.{part}", indicator.key);
    let value =
        typed.parts().into_iter().find(|(p, _)| *p == part).map_or_else(String::new, |(_, text)| text.to_owned());
    let fault = reading.faults.iter().find(|f| f.part() == part).map(|f: &Fault| f.message());
    let error_id = format!("{name}-error");
    let described = fault.is_some().then(|| error_id.clone());
    let invalid = fault.is_some().then_some("true");
    let label = if part == "value" && indicator.kind == IndicatorKind::Number {
        format!("Value in {}", indicator.unit)
    } else {
        label.to_owned()
    };
    let months = matches!(part, "from" | "to");
    view! {
        <div class="field">
            <label for=name.clone()>{label}</label>
            {fault.map(|text| view! { <p class="field-error" id=error_id>{text}</p> })}
            <input id=name.clone() name=name type="text" inputmode=if months { "text" } else { "decimal" } placeholder=months.then_some("2026-09")
                value=value autocomplete="off" aria-invalid=invalid aria-describedby=described/>
        </div>
    }
}

fn yes_no(indicator: &Indicator, typed: &Typed) -> impl IntoView + use<> {
    let name = format!("indicator.{}.value", indicator.key);
    let options = [("yes", "Yes"), ("no", "No")].into_iter().enumerate().map(|(i, (value, text))| {
        let id = if i == 0 { name.clone() } else { format!("{name}-{value}") };
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name=name.clone() value=value checked=typed.value == value/>
                <label for=id>{text}</label>
            </div>
        }
    });
    let odd = (!typed.value.is_empty() && !matches!(typed.value.as_str(), "yes" | "no"))
        .then(|| view! { <p class="field-error">{format!("“{}” is neither yes nor no", typed.value)}</p> });
    view! { <div class="row">{options.collect_view()}</div>{odd} }
}
