//! Saving: no text is ever lost or overwritten, whoever else writes at the same time.

use super::{
    browser::{Browser, Reply},
    harness::TestPortal,
    html::textarea,
    world::{Centre, at, content},
};
use crate::domain::{id::ApplicationId, level::Level};
use axum::http::StatusCode;
use serde_json::json;

on_both!(
    a_second_text_is_kept_beside_the_first,
    the_first_of_two_texts_can_be_kept,
    the_second_of_two_texts_can_be_taken,
    two_tabs_of_one_person_are_two_texts_as_well,
    a_third_tab_does_not_push_out_the_text_of_the_second,
    the_same_text_twice_is_no_conflict,
    a_form_of_an_older_page_deletes_nothing,
    an_island_is_told_what_became_of_a_save,
    an_earlier_text_is_kept_after_a_sitting,
    a_request_for_a_change_stays_until_it_is_closed,
    two_saves_at_once_keep_both_texts,
    an_open_page_may_save_again_before_it_has_heard_of_its_last_save,
);

/// The page of one criterion.
pub const HERE: &str = "/criteria/3";

/// Saves a narrative at criterion 3 against a version.
pub async fn save(browser: &mut Browser, application: ApplicationId, version: &str, narrative: &str) -> Reply {
    browser.post(&at(application, HERE), &[("version", version), ("narrative", narrative)]).await
}

/// What the form of criterion 3 holds.
pub async fn shown(browser: &mut Browser, application: ApplicationId) -> String {
    let text = browser.page(&at(application, HERE)).await.text();
    textarea(&text, "narrative").expect("the field of the case")
}

/// The case as it is kept.
pub async fn stored(portal: &TestPortal, application: ApplicationId) -> String {
    let answer = portal.read().await.answer(application, 3).await.expect("an answer");
    answer.expect("an answer").content.narrative
}

async fn history(portal: &TestPortal, application: ApplicationId) -> Vec<String> {
    let earlier = portal.read().await.earlier_answers(application, 3).await.expect("a history");
    earlier.into_iter().map(|e| e.content.narrative).collect()
}

/// Lead and contributor have the same empty page open; the lead saves first.
async fn two_texts(portal: &TestPortal) -> (Centre, ApplicationId, Browser, Browser) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let place = save(&mut lead, application, "0", "Text of the lead.").await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=saved"));
    let place = save(&mut contributor, application, "0", "Text of the contributor.").await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=beside#rival"));
    (centre, application, lead, contributor)
}

async fn a_second_text_is_kept_beside_the_first(portal: TestPortal) {
    let (_, application, mut lead, _) = two_texts(&portal).await;
    let page = lead.page(&at(application, HERE)).await;
    page.must_show("Two different texts were saved");
    page.must_show("Text of the lead.");
    page.must_show("Text of the contributor.");
    page.must_show("Saved by Ada north");
    page.must_show("Saved by Ben north");
    assert_eq!(shown(&mut lead, application).await, "Text of the lead.");
    lead.page(&at(application, "/check")).await.must_show("Two people saved different answers. Choose one");
}

async fn choose(portal: &TestPortal, take: &str) -> (Centre, ApplicationId, Browser) {
    let (centre, application, mut lead, _) = two_texts(portal).await;
    let author = centre.contributor.to_string();
    let way = at(application, "/criteria/3/choose");
    let place = lead.post(&way, &[("author", &author), ("take", take)]).await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=chosen"));
    assert!(!lead.page(&place).await.shows("Two different texts were saved"));
    let again = lead.post(&way, &[("author", &author), ("take", take)]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "the second press");
    (centre, application, lead)
}

async fn the_first_of_two_texts_can_be_kept(portal: TestPortal) {
    let (_, application, mut lead) = choose(&portal, "first").await;
    assert_eq!(shown(&mut lead, application).await, "Text of the lead.");
    assert_eq!(history(&portal, application).await, ["Text of the contributor."]);
    let page = lead.page(&at(application, "/criteria/3/history")).await;
    page.must_show("Text of the contributor.");
    page.must_show("By Ben north");
}

async fn the_second_of_two_texts_can_be_taken(portal: TestPortal) {
    let (centre, application, mut lead) = choose(&portal, "second").await;
    assert_eq!(shown(&mut lead, application).await, "Text of the contributor.");
    assert_eq!(history(&portal, application).await, ["Text of the lead."]);
    let answer = portal.read().await.answer(application, 3).await.expect("an answer").expect("an answer");
    assert_eq!(answer.author.map(|(id, _)| id), Some(centre.contributor));
}

async fn two_tabs_of_one_person_are_two_texts_as_well(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut first = portal.sign_in(&centre.lead_email()).await;
    let mut second = first.clone();
    save(&mut first, application, "0", "In the first tab.").await.went_to();
    let place = save(&mut second, application, "0", "In the second tab.").await.went_to();
    assert!(place.ends_with("?done=beside#rival"), "{place}");
    let page = first.page(&at(application, HERE)).await;
    page.must_show("In the first tab.");
    page.must_show("In the second tab.");
    // The older tab goes on: its newest text replaces its own second text, never the first.
    save(&mut second, application, "0", "In the second tab, longer.").await.went_to();
    assert_eq!(stored(&portal, application).await, "In the first tab.");
    let rivals = portal.read().await.rivals(application).await.expect("rivals");
    assert_eq!(rivals.len(), 1);
    assert_eq!(rivals[0].content.narrative, "In the second tab, longer.");
}

async fn a_third_tab_does_not_push_out_the_text_of_the_second(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let here = at(application, HERE);
    for (page, text) in [("a", "First tab."), ("b", "Second"), ("b", "Second tab."), ("c", "Third tab.")] {
        let fields = [("version", "0"), ("page", page), ("narrative", text)];
        assert_eq!(lead.autosave(&here, &fields).await.status, StatusCode::OK);
    }
    assert_eq!(stored(&portal, application).await, "First tab.");
    let rivals = portal.read().await.rivals(application).await.expect("rivals");
    assert_eq!(rivals.iter().map(|r| r.content.narrative.as_str()).collect::<Vec<_>>(), ["Third tab."]);
    // What the second tab wrote on the way to its newest text is no text of its own.
    assert_eq!(history(&portal, application).await, ["Second tab."]);
}

async fn the_same_text_twice_is_no_conflict(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    save(&mut lead, application, "0", "Agreed\r\nby all.").await.went_to();
    let place = save(&mut contributor, application, "0", "Agreed\nby all.").await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=saved"));
    assert_eq!(portal.read().await.rivals(application).await.expect("rivals").len(), 0);
    let events = portal.read().await.events_of(&application.to_string()).await.expect("events");
    assert_eq!(events.iter().filter(|(kind, _)| kind == "AnswerSaved").count(), 1);
}

async fn a_form_of_an_older_page_deletes_nothing(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    portal.answer(centre.lead, application, 3, &content(Level::Partial, "As it was.")).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    lead.post(&at(application, HERE), &[("version", "1"), ("level", "3")]).await.went_to();
    let answer = portal.read().await.answer(application, 3).await.expect("an answer").expect("an answer");
    assert_eq!(answer.content, content(Level::Established, "As it was."));
}

async fn an_island_is_told_what_became_of_a_save(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let here = at(application, HERE);
    let saved = lead.autosave(&here, &[("version", "0"), ("narrative", "**Now** <b>here</b>")]).await;
    assert_eq!(saved.status, StatusCode::OK);
    let preview = "<p><strong>Now</strong> &lt;b&gt;here&lt;/b&gt;</p>\n";
    assert_eq!(saved.json(), json!({ "state": "saved", "version": 1, "at": "14:32", "preview": preview }));
    let beside = contributor.autosave(&here, &[("version", "0"), ("narrative", "Also here")]).await;
    assert_eq!((beside.status, beside.json()), (StatusCode::OK, json!({ "state": "beside" })));
    let out = portal.visitor().autosave(&here, &[("version", "0"), ("narrative", "Too late")]).await;
    assert_eq!((out.status, out.json()), (StatusCode::UNAUTHORIZED, json!({ "state": "signed-out" })));
    portal.submit(&centre, application).await;
    let closed = lead.autosave(&here, &[("version", "1"), ("narrative", "Too late")]).await;
    assert_eq!((closed.status, closed.json()), (StatusCode::CONFLICT, json!({ "state": "closed" })));
    assert_eq!(stored(&portal, application).await, "**Now** <b>here</b>");
}

async fn an_earlier_text_is_kept_after_a_sitting(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    save(&mut lead, application, "0", "First.").await.went_to();
    portal.wait_minutes(1);
    save(&mut lead, application, "1", "First, mended.").await.went_to();
    assert_eq!(history(&portal, application).await, [""; 0], "one sitting");
    portal.wait_minutes(11);
    save(&mut lead, application, "2", "Second.").await.went_to();
    assert_eq!(history(&portal, application).await, ["First, mended."]);
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    portal.wait_minutes(1);
    save(&mut contributor, application, "3", "Of a colleague.").await.went_to();
    assert_eq!(history(&portal, application).await, ["Second.", "First, mended."], "another person");
}

async fn a_request_for_a_change_stays_until_it_is_closed(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let way = at(application, "/criteria/3/notes");
    assert_eq!(lead.post(&way, &[("text", "  ")]).await.went_to(), at(application, "/criteria/3#notes"));
    lead.post(&way, &[("text", "Which units?\n<b>All</b>"), ("request", "1")]).await.went_to();
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    contributor.page(&at(application, HERE)).await.must_show("Which units?\n<b>All</b>");
    contributor.page(&at(application, "/team")).await.must_show("Which units?");
    let note = portal.read().await.notes(application).await.expect("notes").remove(0).id;
    let close = at(application, &format!("/criteria/3/notes/{note}/close"));
    contributor.post(&close, &[]).await.went_to();
    assert_eq!(contributor.post(&close, &[]).await.status, StatusCode::CONFLICT, "the second press");
    assert!(!contributor.page(&at(application, "/team")).await.shows("Which units?"));
}

async fn two_saves_at_once_keep_both_texts(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    let (one, other) = tokio::join!(
        save(&mut lead, application, "0", "One of both."),
        save(&mut contributor, application, "0", "The other of both.")
    );
    let mut places = [one.went_to(), other.went_to()];
    places.sort();
    assert_eq!(places, ["?done=beside#rival", "?done=saved"].map(|end| at(application, &format!("{HERE}{end}"))));
    let rivals = portal.read().await.rivals(application).await.expect("rivals");
    let mut texts = vec![stored(&portal, application).await, rivals[0].content.narrative.clone()];
    texts.sort();
    assert_eq!(texts, ["One of both.", "The other of both."]);
}

async fn an_open_page_may_save_again_before_it_has_heard_of_its_last_save(portal: TestPortal) {
    let (centre, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let fields = |page, text| [("version", "0"), ("page", page), ("narrative", text)];
    lead.post(&at(application, HERE), &fields("one", "Half a sentence")).await.went_to();
    let place = lead.post(&at(application, HERE), &fields("one", "Half a sentence, and the rest.")).await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=saved"));
    assert_eq!(stored(&portal, application).await, "Half a sentence, and the rest.");
    // Another page of the same person, and a page of a colleague, have not seen that text.
    let place = lead.post(&at(application, HERE), &fields("two", "From another tab.")).await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=beside#rival"));
    let mut contributor = portal.sign_in(&centre.contributor_email()).await;
    save(&mut contributor, application, "2", "Of a colleague.").await.went_to();
    let place = lead.post(&at(application, HERE), &fields("one", "Yet another.")).await.went_to();
    assert_eq!(place, at(application, "/criteria/3?done=beside#rival"), "a colleague saved in between");
}
