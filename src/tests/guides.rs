//! The public pages about the programme and its criteria, and the forms that lead to them.

use super::{harness::TestPortal, world::at};
use crate::domain::readiness::RULES;

on_both!(
    every_heading_of_a_public_page_has_an_anchor,
    forms_lead_to_the_words_they_use,
    the_help_page_tells_every_rule
);

const PAGES: [&str; 7] = ["/", "/criteria", "/programme", "/glossary", "/help", "/privacy", "/accessibility"];

async fn every_heading_of_a_public_page_has_an_anchor(portal: TestPortal) {
    let mut visitor = portal.visitor();
    let guides = (1..=13).map(|n| format!("/criteria/{n}"));
    let mut headings = 0;
    for path in PAGES.map(str::to_owned).into_iter().chain(guides) {
        let page = visitor.page(&path).await.html();
        for name in ["h2", "h3", "h4"] {
            for heading in page.named(name) {
                let id = heading.get("id").unwrap_or_default();
                assert!(!id.is_empty(), "a {name} of {path} has no anchor");
                headings += 1;
            }
        }
        // The first heading is the page itself.
        assert!(page.ids().contains_key("main"), "{path}");
    }
    assert!(200 < headings, "only {headings} headings");

    let glossary = visitor.page("/glossary").await;
    let ids = glossary.html();
    let (ids, terms) = (ids.ids(), &portal.portal().catalogue.newest().programme.glossary);
    for term in terms.terms() {
        assert_eq!(ids.get(term.anchor().as_str()), Some(&1), "{}", term.term);
        glossary.must_show(&term.definition);
    }
    assert_eq!(visitor.get("/criteria/14").await.status, 404);
}

async fn forms_lead_to_the_words_they_use(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let page = portal.sign_in(&centre.lead_email()).await.page(&at(application, "/criteria/6")).await;
    let html = page.html();
    let links: Vec<&str> = html.values("href").collect();
    for word in ["level", "indicator", "policy", "proof-of-use", "data", "agreement"] {
        assert!(links.contains(&format!("/glossary#{word}").as_str()), "no way to {word}");
    }
    // A term is a link that is described by its definition.
    let terms: Vec<_> = html.named("a").filter(|a| a.get("class") == Some("term")).collect();
    assert!(5 < terms.len());
    for term in terms {
        let id = term.get("aria-describedby").expect("a description");
        assert_eq!(term.get("interestfor"), Some(id));
        let definition = html.named("span").find(|s| s.get("id") == Some(id)).expect("the definition");
        assert_eq!(definition.get("role"), Some("tooltip"));
    }
}

async fn the_help_page_tells_every_rule(portal: TestPortal) {
    let page = portal.visitor().page("/help").await;
    for rule in RULES {
        page.must_show(rule.says);
        assert!(page.html().ids().contains_key(format!("rule-{}", rule.code).as_str()));
    }
}
