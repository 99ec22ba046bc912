//! The page of a profile.

use super::{HERE, MOST_REVIEWS, Typed};
use crate::{
    components::{
        field::{Text, box_class, checkbox, select},
        layout,
        message::{self, Item},
    },
    domain::{conflict::Kind, criteria::Group},
    store::profile::{StoredTie, group_key},
};
use leptos::prelude::*;

/// The page.
pub fn page(typed: &Typed, ties: &[StoredTie], done: Option<&'static str>) -> AnyView {
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    view! {
        <main class="page" id="main">
            {layout::crumbs(vec![("Reviews".into(), "/reviews".into())], "Your profile")}
            <div class="page-head"><div>
                <h1>"Your profile as a reviewer"</h1>
                <p class="soft">"The working group uses it to ask you for reviews that suit you, and to keep applications from you that you should not see. No centre and no other reviewer sees it."</p>
            </div></div>
            {message::refused(items)}
            {done.map(message::done)}
            <div class="split">
                {form(typed)}
                {known(typed, ties)}
            </div>
        </main>
    }
    .into_any()
}

fn error_of(typed: &Typed, name: &str) -> Option<String> {
    typed.errors.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone())
}

fn line(typed: &Typed, name: &'static str, label: &'static str, hint: &'static str, value: &str) -> Text {
    Text { name, label, hint, value: value.to_owned(), error: error_of(typed, name), ..Text::default() }
}

fn form(typed: &Typed) -> impl IntoView + use<> {
    let institution =
        line(typed, "institution", "Where you work", "The name of the hospital or institute", &typed.institution);
    let country = line(typed, "country", "Country", "By its English name, such as Norway", &typed.country);
    let hint = "Besides English, with commas between them. Some evidence is in the language of the country";
    let languages = line(typed, "languages", "Languages that you read", hint, &typed.languages);
    let most = Text {
        inputmode: "numeric",
        ..line(typed, "most", "The most reviews you take in a cycle", "One review takes an evening or two", &typed.most)
    };
    let groups = Group::ALL.map(|group| {
        let key = group_key(group);
        let known = typed.expertise.iter().any(|own| own == key);
        checkbox(format!("expertise-{key}"), "expertise", key.to_owned(), known, group.name())
    });
    view! {
        <section class="panel" aria-labelledby="about">
            <h2 id="about">"About you"</h2>
            <form class="form" method="post" action=HERE novalidate>
                <input type="hidden" name="version" value=typed.version.to_string()/>
                {institution.view()}{country.view()}{languages.view()}
                <fieldset class="field">
                    <legend>"What you know best"</legend>
                    <p class="hint">"Groups of criteria. A panel is made so that its members know many of them together."</p>
                    {groups.into_iter().collect_view()}
                </fieldset>
                {most.view()}
                <p class="hint">{format!("From 1 to {MOST_REVIEWS}. You can decline any of them.")}</p>
                <p><button class="button" type="submit">"Save"</button></p>
            </form>
        </section>
    }
}

fn known(typed: &Typed, ties: &[StoredTie]) -> impl IntoView + use<> {
    let items = ties.iter().map(|stored| {
        let action = format!("{HERE}/ties/{}/remove", stored.id);
        let tie = &stored.tie;
        let parts = [tie.kind.name(), &tie.domain, stored.reason.shown()];
        let line = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
        view! {
            <li>
                <div><strong>{tie.name.clone()}</strong><br/><span class="soft">{line}</span></div>
                <form method="post" action=action>
                    <button class="link-button" type="submit">"Remove"<span class="visually-hidden">{format!(" {}", tie.name)}</span></button>
                </form>
            </li>
        }
    });
    let items = items.collect_view();
    let none = items.is_empty();
    let kinds = std::iter::once((String::new(), "Choose".to_owned()))
        .chain(Kind::TIES.into_iter().map(|kind| (kind.key().to_owned(), kind.name().to_owned())))
        .collect();
    let error = error_of(typed, "kind");
    let class = box_class(error.is_some());
    let kind = view! {
        <div class=class>
            {error.map(|text| view! { <p class="field-error">{text}</p> })}
            {select("kind".into(), "kind", "How you are tied", kinds, &typed.kind)}
        </div>
    };
    let name = line(typed, "name", "Name", "Of the institution or the person", &typed.name);
    let domain = line(
        typed,
        "domain",
        "Ending of their mail addresses",
        "Such as hospital.example; may stay empty",
        &typed.domain,
    );
    let reason = line(typed, "reason", "Note", "For yourself; nobody else sees it", &typed.reason);
    view! {
        <section class="panel" aria-labelledby="ties">
            <h2 id="ties">"Your ties"</h2>
            <p class="soft">"Institutions where you have worked lately, people you publish with, who has taught you or whom you teach. What they apply with is kept from you."</p>
            {none.then(|| view! { <p class="soft">"You have named none yet."</p> })}
            {(!none).then(|| view! { <ul class="evidence" role="list">{items}</ul> })}
            <form class="form" method="post" action=format!("{HERE}/ties") novalidate>
                {kind}{name.view()}{domain.view()}{reason.view()}
                <p><button class="button quiet" type="submit">"Add the tie"</button></p>
            </form>
        </section>
    }
}
