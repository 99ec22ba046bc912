//! Cycles: begun as the last one a year later, changed with the values before and after in the record, and a deadline of
//! its own for one application.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::{
        at,
        review::{CHAIR, COORDINATOR, SECOND},
    },
};
use crate::{
    domain::{call::Typed, id::CycleId, moment::Moment},
    server::mail::schedule,
    store::centre::Cycle,
};
use axum::http::StatusCode;

on_both!(
    a_new_cycle_begins_as_the_last_one_a_year_later,
    reviews_are_due_at_the_time_of_day_of_the_deadline,
    settings_are_changed_by_who_runs_the_cycle_and_recorded,
    what_a_centre_has_begun_to_answer_stays,
    two_coordinators_at_one_form_lose_nothing,
    one_application_gets_a_deadline_of_its_own,
    a_role_in_one_cycle_opens_that_one,
    a_deadline_of_its_own_is_the_one_that_is_called_to_mind,
);

/// The fields of a form as they stand on its page.
fn fields(page: &super::browser::Reply) -> Typed {
    let html = page.html();
    let inputs = html.named("input").filter(|t| t.get("type") != Some("checkbox") || t.get("checked").is_some());
    let mut typed: Typed = inputs
        .filter_map(|t| Some((t.get("name")?.to_owned(), t.get("value").unwrap_or_default().to_owned())))
        .collect();
    // The chosen option of each list follows it.
    let mut list = None;
    for tag in &html.tags {
        match tag.name.as_str() {
            "select" => list = tag.get("name").map(str::to_owned),
            "option" if tag.get("selected").is_some() => {
                typed.insert(list.clone().expect("a list"), tag.get("value").unwrap_or_default().to_owned());
            }
            _ => {}
        }
    }
    typed
}

async fn send(browser: &mut Browser, path: &str, typed: &Typed) -> super::browser::Reply {
    let fields: Vec<(&str, &str)> = typed.iter().map(|(n, t)| (n.as_str(), t.as_str())).collect();
    browser.post(path, &fields).await
}

fn with(typed: &Typed, changes: &[(&str, &str)]) -> Typed {
    let mut typed = typed.clone();
    for (name, text) in changes {
        typed.insert((*name).to_owned(), (*text).to_owned());
    }
    typed
}

async fn a_new_cycle_begins_as_the_last_one_a_year_later(portal: TestPortal) {
    let world = portal.review_world().await;
    let mut chair = portal.sign_in(CHAIR).await;
    let new = "/working-group/cycles/new";
    assert_eq!(chair.get(new).await.status, StatusCode::FORBIDDEN);
    assert_eq!(chair.post("/working-group/cycles", &[("name", "2028")]).await.status, StatusCode::FORBIDDEN);

    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let typed = fields(&coordinator.page(new).await);
    assert_eq!((typed["name"].as_str(), typed["closes-day"].as_str()), ("2028", "2028-04-15"));
    // What has to be mended is told at its field, and what was typed stays.
    let wrong = with(&typed, &[("closes-day", "2027-01-01"), ("name", "2027"), ("reviewers", "many")]);
    let refused = send(&mut coordinator, "/working-group/cycles", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Submission deadline has to come after: opens");
    refused.must_show("Reviewers of one application: enter a number from 1 to 5");
    assert_eq!(refused.html().value_of("reviewers"), "many");
    let taken = send(&mut coordinator, "/working-group/cycles", &with(&typed, &[("name", "2027")])).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    taken.must_show("There is a cycle 2027 already");
    assert_eq!(portal.read().await.cycles().await.expect("cycles").len(), 1);

    let way = send(&mut coordinator, "/working-group/cycles", &with(&typed, &[("reviewers", "3")])).await.went_to();
    let cycles = portal.read().await.cycles().await.expect("cycles");
    assert_eq!(way, format!("/working-group/cycles/{}/settings?done=begun", cycles[0].id));
    let plan = portal.read().await.plan_of_cycle(cycles[0].id).await.expect("a plan").expect("the new cycle");
    assert_eq!((plan.cycle.name.as_str(), plan.rules.reviewers, plan.version), ("2028", 3, 1));
    assert!(plan.cycle.closes.at < plan.reviews_due.at && plan.decision.at < plan.award.at);
    // Pressed twice: there is one.
    let again = send(&mut coordinator, "/working-group/cycles", &typed).await;
    again.must_show("There is a cycle 2028 already");
    // The newest that is open is where the working group begins; the other is in the list.
    assert_eq!(coordinator.get("/working-group").await.went_to(), format!("/working-group/cycles/{}", world.cycle.id));
    coordinator.page("/working-group/cycles").await.must_show("Planned");
}

async fn reviews_are_due_at_the_time_of_day_of_the_deadline(portal: TestPortal) {
    let first = portal.open_cycle().await;
    let (id, decision) = (CycleId::new(portal.chance.bits()), first.decision.plus_minutes(-719));
    let odd = Cycle { id, name: "odd".into(), decision, ..first };
    let mut tx = portal.write().await;
    tx.add_cycle(&odd).await.expect("a cycle");
    tx.commit().await.expect("commit");
    let plan = portal.read().await.plan_of_cycle(id).await.expect("a plan").expect("the odd cycle");
    assert_eq!(plan.reviews_due.at, odd.closes.at.plus_days(74), "half of 149 days and a half, in whole days");
}

async fn settings_are_changed_by_who_runs_the_cycle_and_recorded(portal: TestPortal) {
    let world = portal.review_world().await;
    let path = format!("/working-group/cycles/{}/settings", world.cycle.id);
    let mut chair = portal.sign_in(CHAIR).await;
    let read = chair.page(&path).await;
    read.must_show("The coordinators of the cycle change them.");
    assert_eq!(read.html().named("form").filter(|f| f.get("action") == Some(&path)).count(), 0);
    assert_eq!(chair.post(&path, &[("name", "x")]).await.status, StatusCode::FORBIDDEN);

    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let typed = fields(&coordinator.page(&path).await);
    let changed =
        with(&typed, &[("reviewers", "3"), ("across", ""), ("award-day", "2027-12-01"), ("remind-before", "10")]);
    let saved = send(&mut coordinator, &path, &changed).await.went_to();
    assert_eq!(saved, format!("{path}?done=saved"));
    coordinator.page(&saved).await.must_show("Saved");
    let plan = portal.read().await.plan_of_cycle(world.cycle.id).await.expect("a plan").expect("the cycle");
    assert_eq!((plan.rules.reviewers, plan.rules.across, plan.version), (3, false, 2));
    let events = portal.texts("SELECT detail FROM event WHERE kind = 'CycleChanged'").await;
    assert_eq!(events.len(), 1);
    for part in ["reviewers 2 -> 3", "across yes -> none", "-> 2027-12-01", "remind-before 14 7 2 -> 10"] {
        assert!(events[0].contains(part), "{part}: {events:?}");
    }
    // The same once more writes nothing.
    send(&mut coordinator, &path, &changed).await.went_to();
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'CycleChanged'").await, 1);
    let unknown = format!("/working-group/cycles/{}/settings", CycleId::new(7));
    assert_eq!(coordinator.get(&unknown).await.bare(), coordinator.get("/no/such/page").await.bare());
}

async fn what_a_centre_has_begun_to_answer_stays(portal: TestPortal) {
    let world = portal.review_world().await;
    let path = format!("/working-group/cycles/{}/settings", world.cycle.id);
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let typed = fields(&coordinator.page(&path).await);
    let shown = send(&mut coordinator, &path, &with(&typed, &[("anonymity", "reviewer"), ("appeal-days", "60")])).await;
    assert_eq!(shown.status, StatusCode::UNPROCESSABLE_ENTITY);
    shown.must_show("Centres have begun to apply unseen by reviewers, so this stays");
    assert_eq!(shown.html().value_of("appeal-days"), "60", "what was typed stays");
    let plan = portal.read().await.plan_of_cycle(world.cycle.id).await.expect("a plan").expect("the cycle");
    assert_eq!(plan.version, 1);
}

async fn two_coordinators_at_one_form_lose_nothing(portal: TestPortal) {
    let world = portal.review_world().await;
    let path = format!("/working-group/cycles/{}/settings", world.cycle.id);
    let (mut one, mut two) = (portal.sign_in(COORDINATOR).await, portal.sign_in(SECOND).await);
    let typed = fields(&one.page(&path).await);
    send(&mut one, &path, &with(&typed, &[("reviewers", "3")])).await.went_to();
    let late = send(&mut two, &path, &with(&typed, &[("appeal-days", "45")])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Somebody else has saved these settings meanwhile");
    assert_eq!(late.html().value_of("appeal-days"), "45");
    // The form they get back is against what stands now.
    let again = with(&fields(&late), &[("reviewers", "3")]);
    send(&mut two, &path, &again).await.went_to();
    let plan = portal.read().await.plan_of_cycle(world.cycle.id).await.expect("a plan").expect("the cycle");
    assert_eq!((plan.rules.reviewers, plan.rules.appeal_days, plan.version), (3, 45, 3));
}

async fn one_application_gets_a_deadline_of_its_own(portal: TestPortal) {
    let world = portal.review_world().await;
    let east = portal.centre("easton").await;
    let draft = portal.draft(&east, &world.cycle).await;
    let path = format!("/working-group/applications/{draft}/extension");
    let mut chair = portal.sign_in(CHAIR).await;
    assert_eq!(chair.get(&path).await.status, StatusCode::FORBIDDEN);
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    // What was handed in has no deadline to be moved.
    let submitted = format!("/working-group/applications/{}/extension", world.applications[0]);
    assert_eq!(coordinator.get(&submitted).await.status, StatusCode::FORBIDDEN);

    let page = coordinator.page(&path).await;
    let typed = fields(&page);
    assert_eq!(typed["day"], "2027-04-22", "a week later, as a beginning");
    for (day, reason, told) in [
        ("2027-03-01", "Fire in the archive", "Choose a day that has not passed"),
        ("2027-04-01", "Fire in the archive", "Choose a day after the deadline of the cycle"),
        ("2029-01-01", "Fire in the archive", "Choose a day before decisions are due"),
        ("someday", "Fire in the archive", "Enter a day"),
        ("2027-04-22", "", "Say why"),
    ] {
        let refused = send(&mut coordinator, &path, &with(&typed, &[("day", day), ("reason", reason)])).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{day} {reason}");
        refused.must_show(told);
        assert_eq!(refused.html().value_of("day"), day);
    }
    let good = with(&typed, &[("time", "23:59"), ("reason", "Fire in the archive")]);
    let way = send(&mut coordinator, &path, &good).await.went_to();
    coordinator.page(&way).await.must_show("The deadline is moved");
    coordinator.page(&way).await.must_show("Fire in the archive");
    // Twice is once; another page that was open reads what happened.
    send(&mut coordinator, &path, &good).await.went_to();
    let mut second = portal.sign_in(SECOND).await;
    let late = send(&mut second, &path, &with(&good, &[("day", "2027-04-25")])).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    late.must_show("Somebody else has moved the deadline meanwhile");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM extension").await, 1);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM event WHERE kind = 'DeadlineExtended'").await, 1);

    // The centre sees it, and it counts: after the deadline of the cycle it can still submit.
    let mut lead = portal.sign_in(&east.lead_email()).await;
    lead.page(&at(draft, "/check")).await.must_show("Thursday 22 April 2027, 23:59 Zurich time");
    let text = lead.page(&at(draft, "/check")).await.text();
    assert!(!text.contains("Fire in the archive"), "the reason is the working group's");
}

async fn a_role_in_one_cycle_opens_that_one(portal: TestPortal) {
    let world = portal.review_world().await;
    let other = portal.cycle("2026", -400, -300).await;
    let account = portal.account("Olga Only", "only@programme.example", &[]).await;
    let mut tx = portal.write().await;
    let grant = crate::domain::access::Grant { role: crate::domain::access::Role::Coordinator, cycle: Some(other.id) };
    tx.grant(&portal.stamp(Some(world.coordinator)), account, grant).await.expect("a role");
    tx.commit().await.expect("commit");
    let mut only = portal.sign_in("only@programme.example").await;
    assert_eq!(only.get("/working-group").await.went_to(), format!("/working-group/cycles/{}", other.id));
    let unknown = only.get("/no/such/page").await;
    for rest in ["", "/settings", "/applications"] {
        let path = format!("/working-group/cycles/{}{rest}", world.cycle.id);
        assert_eq!(only.get(&path).await.bare(), unknown.bare(), "{rest}");
    }
    for rest in ["", "/screening", "/file"] {
        let path = format!("/working-group/applications/{}{rest}", world.applications[0]);
        assert_eq!(only.get(&path).await.bare(), unknown.bare(), "{rest}");
    }
    assert_eq!(only.get("/working-group/cycles/new").await.status, StatusCode::FORBIDDEN);
    let list = only.page("/working-group/cycles").await.text();
    assert!(list.contains("Cycle 2026") && !list.contains("Cycle 2027"));
}

async fn a_deadline_of_its_own_is_the_one_that_is_called_to_mind(portal: TestPortal) {
    let cycle = portal.open_cycle().await;
    let (east, west) = (portal.centre("easton").await, portal.centre("weston").await);
    let (moved, _) = (portal.draft(&east, &cycle).await, portal.draft(&west, &cycle).await);
    let mut tx = portal.write().await;
    let until = Moment::parse("2027-04-22T21:59:00Z").expect("a time");
    tx.extend(&portal.stamp(None), moved, (None, until), "Fire in the archive").await.expect("moved");
    tx.commit().await.expect("commit");
    // The day after the deadline of the cycle, and six before the other one.
    portal.go_to("2027-04-16T09:00:00Z");
    schedule::tick(portal.portal()).await;
    let posted = portal.posted().await;
    let to = |word: &str| posted.iter().filter(|line| line.contains(word)).count();
    assert_eq!((to("weston"), to("easton")), (1, 2), "{posted:?}");
    let letters = portal.mailed().await;
    let moved: Vec<&String> = letters.iter().filter(|letter| letter.contains("easton")).collect();
    assert!(moved.iter().all(|letter| letter.contains("22 April 2027")), "{moved:?}");
    assert!(!letters.iter().any(|letter| letter.contains("archive")), "the reason is the working group's");
}
