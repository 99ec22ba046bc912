//! The form of a mark: level as keys, four texts, confidence.

use super::view::Data;
use crate::{
    components::{badge, field::area_html},
    domain::{
        calendar::when,
        criteria::{COUNT, Criterion},
        level::Level,
        review::{Confidence, Mark},
    },
    islands::{autosave::Autosave, keys::Keys},
};
use leptos::prelude::*;

/// The form.
pub fn form(data: &Data, criterion: &Criterion) -> AnyView {
    let stored = data.mark();
    let empty = Mark::default();
    let mark = stored.map_or(&empty, |m| &m.mark);
    let version = stored.map_or(0, |m| m.version).to_string();
    let (now, zone) = (data.reviewing.now(), &data.reviewing.plan().cycle.closes.zone);
    let saved = stored.map(|m| format!("Saved {}", when(m.updated, now, zone))).unwrap_or_default();
    let action = data.reviewing.path(&format!("/criteria/{}", data.number));
    let next =
        if data.number < COUNT { format!("Save, next is {}", data.number + 1) } else { "Save and finish".to_owned() };
    let label = format!("Your marking of criterion {}", data.number);
    view! {
        <form class="marking panel" id="mark" method="post" action=action aria-label=label novalidate>
            <input type="hidden" name="version" value=version/>
            // Named by the island: an open page may save again before it has heard of its last save.
            <input type="hidden" name="page" value=""/>
            {levels(criterion, mark)}
            {super::view::own_level(data)}
            {area("strengths", "t", "Strengths", "", &mark.strengths)}
            {area("gap", "g", "Gap", "What is missing for the next level. Needed below level 3.", &mark.gap)}
            {area("satisfy", "w", "What would satisfy you", "One thing the centre can do and show. Needed below level 3.", &mark.satisfy)}
            {confidence(mark)}
            {area("note", "o", "Private note to the chair", "Only the working group reads it. The centre never does.", &mark.note)}
            <p class="row">
                <button class="button" type="submit" name="then" value="next" data-keys="n j">{next}</button>
                <button class="button quiet" type="submit" name="then" value="stay" data-keys="s">"Save"</button>
                <button class="button quiet" type="submit" name="then" value="ask">"Ask the centre"</button>
            </p>
            <p class="small soft"><Autosave form="mark".to_owned() saved=saved count=String::new()/></p>
            <p class="small soft">"The centre will never see who wrote this."</p>
        </form>
    }
    .into_any()
}

/// The keys, below the form; without a script they are not shown.
pub fn keys() -> AnyView {
    view! { <Keys/> }.into_any()
}

fn levels(criterion: &Criterion, mark: &Mark) -> AnyView {
    let keys = Level::ALL.into_iter().map(|level| {
        let number = level.number().to_string();
        let id = if level == Level::Absent { "level".to_owned() } else { format!("level-{number}") };
        let name = format!(" {}", level.name());
        view! {
            <label>
                <input type="radio" id=id name="level" value=number.clone() checked=mark.level == Some(level) data-keys=number.clone()/>
                {badge::level_mark(Some(level))}
                <span>{number}<span class="visually-hidden">{name}</span></span>
            </label>
        }
    });
    let chosen = mark.level.map(|level| {
        let name = format!("{} {}.", level.number(), level.name());
        view! { <p class="small"><strong>{name}</strong>" "{criterion.descriptor(level).to_owned()}</p> }
    });
    view! {
        <fieldset class="stack">
            <legend>"Your level"</legend>
            <div class="level-keys">{keys.collect_view()}</div>
            {chosen}
        </fieldset>
    }
    .into_any()
}

fn area(name: &'static str, key: &'static str, label: &'static str, hint: &'static str, text: &str) -> AnyView {
    let hint_id = format!("{name}-hint");
    let described = (!hint.is_empty()).then(|| hint_id.clone());
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {(!hint.is_empty()).then(|| view! { <p class="hint small" id=hint_id>{hint}</p> })}
            <textarea id=name name=name rows="3" data-keys=key aria-describedby=described inner_html=area_html(text)></textarea>
        </div>
    }
    .into_any()
}

fn confidence(mark: &Mark) -> AnyView {
    let choices = Confidence::ALL.into_iter().map(|confidence| {
        let id = format!("confidence-{}", confidence.key());
        let text = match confidence {
            Confidence::Low => "Not sure",
            Confidence::Medium => "Fairly",
            Confidence::High => "Sure",
        };
        view! {
            <div class="choice">
                <input type="radio" id=id.clone() name="confidence" value=confidence.key() checked=mark.confidence == Some(confidence)/>
                <label for=id>{text}</label>
            </div>
        }
    });
    view! { <fieldset><legend class="small">"How sure are you?"</legend><div class="confidence">{choices.collect_view()}</div></fieldset> }
        .into_any()
}
