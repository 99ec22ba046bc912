//! Marking one criterion: saved in whatever state, by hand and by an island, in one window and in two.

use super::{at_a_review, of};
use crate::{
    domain::{level::Level, review::Confidence},
    tests::{harness::TestPortal, html::textarea},
};
use axum::http::StatusCode;
use serde_json::json;

on_both!(
    one_screen_holds_the_case_and_the_form,
    a_mark_is_saved_however_little_it_says,
    the_centres_own_level_comes_after_the_reviewers,
    the_rules_of_a_cycle_can_show_it_later,
    two_windows_lose_nothing,
    an_island_is_told_what_became_of_a_save,
    what_tells_who_somebody_is_is_pointed_out,
);

const HERE: &str = "/criteria/3";

async fn one_screen_holds_the_case_and_the_form(portal: TestPortal) {
    let (_, _, seat, mut rosa) = at_a_review(&portal).await;
    let page = rosa.page(&of(seat, HERE)).await;
    for text in
        ["What the centre says", "What each level means here", "Indicators", "Evidence", "Your level", "Pages 2-4"]
    {
        page.must_show(text);
    }
    page.must_show("0 of 13 marked");
    let html = page.html();
    let names: Vec<&str> = html.named("textarea").filter_map(|t| t.get("name")).collect();
    assert_eq!(names, ["strengths", "gap", "satisfy", "note"]);
    // Every key of the list leads somewhere, without a script by hand.
    let keys: Vec<&str> = html.values("data-keys").collect();
    for key in ["0", "1", "2", "3", "4", "t", "g", "w", "o", "n j", "s", "p k", "i"] {
        assert_eq!(keys.iter().filter(|k| **k == key).count(), 1, "{key} in {keys:?}");
    }
    assert!(html.ids().values().all(|count| *count == 1));
    // The last criterion leads on to the end, and the first has nothing before it.
    rosa.page(&of(seat, "/criteria/13")).await.must_show("Save and finish");
    assert!(!rosa.page(&of(seat, "/criteria/1")).await.text().contains("p k"));
    for wrong in ["/criteria/0", "/criteria/14", "/criteria/x", "/criteria/-1"] {
        assert_eq!(rosa.get(&of(seat, wrong)).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
}

async fn a_mark_is_saved_however_little_it_says(portal: TestPortal) {
    let (_, _, seat, mut rosa) = at_a_review(&portal).await;
    let here = of(seat, HERE);
    // Nothing at all is no mark.
    assert_eq!(rosa.post(&here, &[("version", "0")]).await.went_to(), format!("{here}?done=saved"));
    assert!(portal.read().await.mark(seat, 3).await.expect("a mark").is_none());
    let fields = [("version", "0"), ("gap", "No <b>rota</b>\r\nat night"), ("confidence", "low"), ("note", "A doubt")];
    assert_eq!(rosa.post(&here, &fields).await.went_to(), format!("{here}?done=saved"));
    let page = rosa.page(&here).await;
    assert_eq!(textarea(&page.text(), "gap").as_deref(), Some("No <b>rota</b>\nat night"));
    // A field that is not there leaves its part, and one that nobody knows is given back.
    let odd = rosa.post(&here, &[("version", "1"), ("level", "7"), ("satisfy", "A rota")]).await;
    assert_eq!(odd.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mark = portal.read().await.mark(seat, 3).await.expect("a mark").expect("a mark").mark;
    assert_eq!((mark.level, mark.satisfy.as_str(), mark.note.as_str()), (None, "A rota", "A doubt"));
    assert_eq!(mark.confidence, Some(Confidence::Low));
    // The same once more writes nothing.
    let before = portal.read().await.count_events().await.expect("events");
    rosa.post(&here, &[("version", "2"), ("satisfy", "A rota")]).await.went_to();
    assert_eq!(portal.read().await.count_events().await.expect("events"), before);
    let next = rosa.post(&here, &[("version", "2"), ("level", "2"), ("then", "next")]).await.went_to();
    assert_eq!(next, of(seat, "/criteria/4"));
    let last = rosa.post(&of(seat, "/criteria/13"), &[("level", "3"), ("then", "next")]).await.went_to();
    assert_eq!(last, of(seat, "/submit"));
    rosa.page(&next).await.must_show("2 of 13 marked");
}

async fn the_centres_own_level_comes_after_the_reviewers(portal: TestPortal) {
    let (_, _, seat, mut rosa) = at_a_review(&portal).await;
    let here = of(seat, HERE);
    let own = "The centre’s own level:";
    let stored = || async { portal.read().await.mark(seat, 3).await.expect("a mark").expect("a mark") };
    // A text alone shows nothing, and neither does a save by the island.
    rosa.post(&here, &[("version", "0"), ("gap", "None")]).await.went_to();
    assert!(!rosa.page(&here).await.shows(own));
    rosa.autosave(&here, &[("version", "1"), ("page", "a"), ("level", "1")]).await;
    rosa.autosave(&here, &[("version", "2"), ("page", "a"), ("level", "2")]).await;
    assert!(!rosa.page(&here).await.shows(own));
    assert!(!stored().await.own_shown);
    let place = rosa.post(&here, &[("version", "3"), ("level", "2")]).await.went_to();
    let page = rosa.page(&place).await;
    page.must_show(own);
    page.must_show("3 Established");
    assert!(!page.shows("Both are kept"));
    rosa.post(&here, &[("version", "3"), ("level", "3")]).await.went_to();
    rosa.page(&here).await.must_show("You marked 2 Partial before you saw it, and 3 Established after. Both are kept.");
    let mark = stored().await;
    assert_eq!((mark.level_before, mark.mark.level), (Some(Level::Partial), Some(Level::Established)));
    // A third value keeps the one from before the sight, not the second.
    rosa.post(&here, &[("version", "4"), ("level", "4")]).await.went_to();
    assert_eq!(stored().await.level_before, Some(Level::Partial));
}

async fn the_rules_of_a_cycle_can_show_it_later(portal: TestPortal) {
    let (world, application, seat, mut rosa) = at_a_review(&portal).await;
    portal.tamper(r#"UPDATE cycle SET rules = '{"own_level":"after-review"}'"#).await;
    portal.mark_all(application, seat, world.reviewers[0], [3; 13]).await;
    let here = of(seat, HERE);
    rosa.post(&here, &[("version", "1"), ("level", "4")]).await.went_to();
    assert!(!rosa.page(&here).await.shows("The centre’s own level:"));
    let base = rosa.page(&of(seat, "/submit")).await.html().value_of("base");
    let whole = [("base", base.as_str()), ("recommendation", "accredited"), ("summary", "Good."), ("then", "submit")];
    rosa.post(&of(seat, "/submit"), &whole).await.went_to();
    rosa.page(&here).await.must_show("The centre’s own level:");
}

async fn two_windows_lose_nothing(portal: TestPortal) {
    let (_, _, seat, mut first) = at_a_review(&portal).await;
    let mut second = first.clone();
    let here = of(seat, HERE);
    first.post(&here, &[("version", "0"), ("gap", "From the first window")]).await.went_to();
    let place = second.post(&here, &[("version", "0"), ("gap", "From the second window")]).await.went_to();
    assert_eq!(place, format!("{here}?done=beside#earlier"));
    let page = second.page(&format!("{here}?done=beside")).await;
    assert_eq!(textarea(&page.text(), "gap").as_deref(), Some("From the first window"));
    page.must_show("From the second window");
    page.must_show("Your text was not lost");
    // A page that did not see the second text says so quietly; the next save goes on from what is there.
    first.post(&here, &[("version", "1"), ("gap", "From the first window, mended")]).await.went_to();
    let page = first.page(&here).await;
    page.must_show("2 other texts of yours here");
    page.must_show("From the second window");
    let kept = portal.read().await.kept_marks(seat, 3).await.expect("texts");
    let mut texts: Vec<String> = kept.into_iter().map(|(mark, _)| mark.gap).collect();
    texts.sort();
    assert_eq!(texts, ["From the first window", "From the second window"]);
}

async fn an_island_is_told_what_became_of_a_save(portal: TestPortal) {
    let (world, application, seat, mut rosa) = at_a_review(&portal).await;
    let here = of(seat, HERE);
    let saved = rosa.autosave(&here, &[("version", "0"), ("page", "a"), ("gap", "One")]).await;
    assert_eq!(
        (saved.status, saved.json()),
        (StatusCode::OK, json!({ "state": "saved", "version": 1, "at": "14:32" }))
    );
    // Its answer was lost: the page saves again from where it stood.
    let again = rosa.autosave(&here, &[("version", "0"), ("page", "a"), ("gap", "One, two")]).await;
    assert_eq!(again.json()["version"], 2);
    let beside = rosa.autosave(&here, &[("version", "0"), ("page", "b"), ("gap", "Three")]).await;
    assert_eq!(beside.json()["state"], "beside");
    assert!(beside.json()["say"].as_str().is_some_and(|s| s.contains("another window")));
    let out = portal.visitor().autosave(&here, &[("gap", "x")]).await;
    assert_eq!((out.status, out.json()), (StatusCode::UNAUTHORIZED, json!({ "state": "signed-out" })));
    portal.mark_all(application, seat, world.reviewers[0], [3; 13]).await;
    portal.hand_in(application, seat, world.reviewers[0], crate::domain::outcome::Outcome::Deferred).await;
    let closed = rosa.autosave(&here, &[("version", "2"), ("page", "a"), ("gap", "Four")]).await;
    assert_eq!((closed.status, closed.json()), (StatusCode::CONFLICT, json!({ "state": "closed" })));
    let gap = portal.read().await.mark(seat, 3).await.expect("a mark").expect("a mark").mark.gap;
    assert_eq!(gap, "One, two");
}

async fn what_tells_who_somebody_is_is_pointed_out(portal: TestPortal) {
    let (_, _, seat, mut rosa) = at_a_review(&portal).await;
    let here = of(seat, HERE);
    rosa.post(&here, &[("version", "0"), ("level", "3"), ("strengths", "The rota is kept.")]).await.went_to();
    assert!(!rosa.page(&here).await.shows("This might tell who somebody is"));
    let gap = "As Rosa Altamira told you, write to me at rosa@clinic.example";
    // A warning, and no wall.
    assert_eq!(
        rosa.post(&here, &[("version", "1"), ("gap", gap), ("note", "Ask Rosa Altamira")]).await.went_to(),
        format!("{here}?done=saved")
    );
    for path in [here.clone(), of(seat, "")] {
        let page = rosa.page(&path).await;
        page.must_show("This might tell who somebody is");
        page.must_show("a known name");
        page.must_show("an e-mail address");
        assert!(page.text().contains(&format!("{here}#gap")), "the way to the place");
        assert!(!page.text().contains(&format!("{here}#note")), "the chair may read a name");
    }
    // To look for the names of centres would tell whether a guess was right.
    let guess = [("version", "2"), ("gap", "This reads like northmere Cancer Centre"), ("strengths", "")];
    rosa.post(&here, &guess).await.went_to();
    let one = rosa.page(&here).await.shows("This might tell who somebody is");
    let other = [("version", "3"), ("gap", "This reads like westmarch Cancer Centre")];
    rosa.post(&here, &other).await.went_to();
    assert_eq!(
        rosa.page(&here).await.shows("This might tell who somebody is"),
        one,
        "right and wrong guesses are alike"
    );
}
