//! Agreement and statistics: who counts, who is left out for whom, what is hidden, and what leaves in files.

use super::{
    browser::Reply,
    harness::TestPortal,
    world::review::{CHAIR, COORDINATOR, ReviewWorld, SECOND, reviewer},
};
use crate::{
    domain::{id::ApplicationId, outcome::Outcome},
    store::conflict::{Kind, Source},
};
use axum::http::StatusCode;
use std::{collections::BTreeMap, io::Read as _};

on_both!(
    a_panel_is_shown_once_all_its_reviews_are_in,
    for_a_conflicted_viewer_there_is_no_such_application,
    counting_again_changes_nothing,
    every_page_of_the_map_goes_on_where_the_last_one_ended,
    small_groups_are_hidden_and_large_ones_told,
    files_need_a_fresh_second_factor_and_name_nobody,
    the_dates_of_a_cycle_go_into_a_calendar,
);

const LEVELS: [[u8; 13]; 2] = [[3; 13], [2, 3, 3, 3, 1, 3, 3, 3, 3, 4, 3, 3, 3]];

fn page(world: &ReviewWorld, rest: &str) -> String {
    format!("/working-group/cycles/{}/{rest}", world.cycle.id)
}

/// The first application is with two reviewers who have marked it, and not handed in.
async fn marked(portal: &TestPortal) -> (ReviewWorld, ApplicationId, Vec<crate::domain::id::SeatId>) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let mut seats = Vec::new();
    for (reviewer, levels) in world.reviewers.into_iter().zip(LEVELS) {
        let seat = portal.seat(&world, application, reviewer).await;
        portal.mark_all(application, seat, reviewer, levels).await;
        seats.push(seat);
    }
    (world, application, seats)
}

async fn a_panel_is_shown_once_all_its_reviews_are_in(portal: TestPortal) {
    let (world, application, seats) = marked(&portal).await;
    let here = page(&world, "agreement");
    let mut chair = portal.sign_in(CHAIR).await;
    portal.hand_in(application, seats[0], world.reviewers[0], Outcome::Accredited).await;
    let empty = chair.page(&here).await;
    empty.must_show("No application has all its reviews yet.");
    assert!(!empty.shows("northmere"));
    portal.hand_in(application, seats[1], world.reviewers[1], Outcome::Deferred).await;
    let full = chair.page(&here).await;
    full.must_show("1 application has all its reviews; it has something to settle.");
    full.must_show("northmere Cancer Centre");
    // 3 and 2 lie across yes and no, 3 and 1 two apart; 3 and 4 is no disagreement.
    let text = full.text();
    assert_eq!(text.matches("class=\"agreement apart straddles\"").count(), 1, "{text}");
    // One cell, and one in the legend.
    assert_eq!(text.matches("class=\"agreement near straddles\"").count(), 2, "{text}");
    assert_eq!(listed(&full), [(application.to_string(), 2)], "two to settle");
    for (show, shown) in [("split", true), ("1", true), ("5", true), ("10", false), ("13", false), ("none", true)] {
        let filtered = chair.page(&format!("{here}?show={show}")).await;
        assert_eq!(filtered.shows("northmere"), shown, "{show}");
    }
    // A reviewer takes the review back to change it: the panel is complete no longer.
    let seat = portal.seat_now(application, seats[1]).await;
    let mut tx = portal.write().await;
    tx.reopen_review(&portal.stamp(Some(world.reviewers[1])), &seat).await.expect("reopened");
    tx.commit().await.expect("commit");
    assert_eq!(chair.page(&here).await.text(), empty.text());
    // The seat ends: what is left is all there is.
    let mut tx = portal.write().await;
    tx.remove_seat(&portal.stamp(Some(world.coordinator)), seats[1]).await.expect("removed");
    tx.commit().await.expect("commit");
    chair.page(&here).await.must_show("1 application has all its reviews; it does not have something to settle.");
}

async fn for_a_conflicted_viewer_there_is_no_such_application(portal: TestPortal) {
    let (world, application, seats) = marked(&portal).await;
    let mut second = portal.sign_in(SECOND).await;
    let places = ["agreement", "agreement?show=split", "agreement?show=5", "statistics", "statistics.csv"];
    let mut before = Vec::new();
    for place in places {
        before.push(second.page(&page(&world, place)).await.text());
    }
    for (seat, reviewer) in seats.iter().zip(world.reviewers) {
        portal.hand_in(application, *seat, reviewer, Outcome::Accredited).await;
    }
    second.page(&page(&world, places[0])).await.must_show("northmere");
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.coordinator));
    let (kind, source) = (Kind::Institution, Source::Recorded);
    tx.add_conflict(&stamp, application, world.second, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    for (place, before) in places.iter().zip(before) {
        assert_eq!(second.page(&page(&world, place)).await.text(), before, "{place}");
    }
    portal.sign_in(COORDINATOR).await.page(&page(&world, places[0])).await.must_show("northmere");
    // The same for whoever begins to work for the centre.
    let mut tx = portal.write().await;
    let role = crate::store::centre::Role::Contributor;
    tx.join_centre(&stamp, world.centres[0].id, world.chair, role).await.expect("a contributor");
    tx.commit().await.expect("commit");
    let mut chair = portal.sign_in(CHAIR).await;
    assert!(!chair.page(&page(&world, places[0])).await.shows("northmere"));
}

/// Counts all panels of the cycle again, as a commit does whose lines say that the rules of disagreement are others.
async fn recount(portal: &TestPortal, world: &ReviewWorld) {
    let mut tx = portal.write().await;
    let (stamp, cycle) = (portal.stamp(Some(world.coordinator)), world.cycle.id.to_string());
    tx.record(&stamp, crate::store::event::What::CycleChanged, &cycle, "across yes -> none").await.expect("a line");
    tx.commit().await.expect("commit");
}

async fn counting_again_changes_nothing(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    let rows = async || {
        let mut rows = portal.rows().await;
        ["panel_figure", "panel_split", "level_tally"].map(|table| rows.remove(table).expect(table))
    };
    let before = rows().await;
    assert_eq!((before[0].len(), before[1].len()), (1, 2), "{before:?}");
    assert!(before[2].len() > 13, "{before:?}");
    recount(&portal, &world).await;
    assert_eq!(rows().await, before);
    // Other rules: what lies across yes and no is no disagreement any more.
    portal.tamper("UPDATE cycle SET rules = '{\"across\":false}'").await;
    recount(&portal, &world).await;
    let split = portal.texts("SELECT CAST(criterion AS TEXT) FROM panel_split").await;
    assert_eq!(split, ["5"]);
    assert_eq!(portal.count("SELECT CAST(SUM(number) AS BIGINT) FROM level_tally WHERE kind = 'panel'").await, 1);
    // What a withdrawal leaves behind is nothing.
    let standing = portal.read().await.standing(application, world.coordinator).await.expect("it").expect("it");
    let (stamp, mut tx) = (portal.stamp(Some(world.coordinator)), portal.write().await);
    let stage = crate::domain::stage::Stage::Withdrawn { at: stamp.now };
    let what = crate::store::event::What::Withdrawn;
    tx.set_stage(&stamp, application, standing.application.version, &stage, what).await.expect("withdrawn");
    tx.commit().await.expect("commit");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM level_tally WHERE number <> 0").await, 0);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM panel_split").await, 0);
}

/// 60 applications whose reviews are all in, with nothing behind them; every 14th has the same number to settle.
async fn many(portal: &TestPortal) {
    for sql in [
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60) INSERT INTO centre (id, created_at) \
         SELECT SUBSTR('c0000000000000000000000000000000' || i, 1 + LENGTH(CAST(i AS TEXT))), 0 FROM n",
        "INSERT INTO centre_identity (centre_id, name, city, country) SELECT id, 'Many ' || id, 'Town', 'Land' FROM centre WHERE created_at = 0",
        "INSERT INTO application (id, cycle_id, centre_id, kind, edition, stage, stage_data, version, created_at, updated_at) \
         SELECT c.id, y.id, c.id, 'initial', '2026', 'deliberation', '{}', 1, 0, 0 FROM centre c, cycle y WHERE c.created_at = 0",
        "INSERT INTO panel_figure (application_id, cycle_id, agreed, levels, gaps) SELECT a.id, a.cycle_id, \
         CAST(SUBSTR(a.id, 31) AS BIGINT) % 14, '33 33 33 33 33 33 33 33 33 33 33 33 33', '' FROM application a WHERE a.created_at = 0",
        "INSERT INTO panel_split (cycle_id, criterion, application_id) SELECT cycle_id, 4, application_id FROM panel_figure WHERE agreed < 13",
    ] {
        assert!(0 < portal.tamper(sql).await, "{sql}");
    }
}

fn listed(reply: &Reply) -> Vec<(String, u8)> {
    let text = reply.text();
    let rows = text.split("<tr><th scope=\"row\"><a href=\"/working-group/applications/").skip(1);
    rows.map(|row| {
        let settle = row.split("<td>").nth(1).and_then(|rest| rest.split('<').next()).expect("a number");
        (row[..32].to_owned(), settle.parse().unwrap_or(0))
    })
    .collect()
}

async fn every_page_of_the_map_goes_on_where_the_last_one_ended(portal: TestPortal) {
    let world = portal.review_world().await;
    many(&portal).await;
    let mut chair = portal.sign_in(CHAIR).await;
    for (show, expected) in [("", 60), ("split", 56), ("4", 56), ("5", 0)] {
        let mut all = Vec::new();
        let mut next = Some(page(&world, &format!("agreement?show={show}")));
        let mut sizes = Vec::new();
        while let Some(here) = next {
            let reply = chair.page(&here).await;
            let rows = listed(&reply);
            sizes.push(rows.len());
            all.extend(rows);
            next = reply.html().values("href").find(|href| href.contains("after=")).map(str::to_owned);
        }
        assert_eq!(all.len(), expected, "{show}: {sizes:?}");
        assert!(sizes.iter().rev().skip(1).all(|size| *size == 25), "{sizes:?}");
        let ids: std::collections::BTreeSet<&String> = all.iter().map(|(id, _)| id).collect();
        assert_eq!(ids.len(), expected, "each once");
        if show != "4" {
            assert!(all.is_sorted_by(|one, other| one.1 >= other.1), "most to settle first");
        }
    }
    for odd in ["after=x", "after=99-zz", "after=-1-0", "show=99&after=3-"] {
        assert_eq!(listed(&chair.page(&page(&world, &format!("agreement?{odd}"))).await).len(), 25, "{odd}");
    }
}

/// Twelve applications are counted: at criterion 4 two panels are below level 3, at criterion 9 six.
async fn counted(portal: &TestPortal) {
    for sql in [
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'panel', 0, 2, 13, 12 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'pair', 4, 3, 3, 9 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'pair', 4, 2, 3, 3 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'gap', 4, 3, 2, 2 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'gap', 4, 3, 3, 10 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'gap', 9, 3, 1, 6 FROM cycle",
        "INSERT INTO level_tally (cycle_id, kind, criterion, one, other, number) SELECT id, 'gap', 9, 3, 3, 6 FROM cycle",
    ] {
        assert_eq!(portal.tamper(sql).await, 1, "{sql}");
    }
}

async fn small_groups_are_hidden_and_large_ones_told(portal: TestPortal) {
    let world = portal.review_world().await;
    counted(&portal).await;
    let mut chair = portal.sign_in(CHAIR).await;
    let text = async |chair: &mut super::browser::Browser, table: &str| {
        let reply = chair.page(&page(&world, &format!("statistics.csv?table={table}"))).await;
        reply.text().strip_prefix('\u{feff}').expect("the mark of UTF-8").to_owned()
    };
    let agreement = text(&mut chair, "agreement").await;
    let line = |text: &str, begin: &str| text.lines().find(|l| l.starts_with(begin)).expect(begin).to_owned();
    // By hand, both orders: 18 times 3|3, 3 times 2|3 and 3|2. Of 24 levels 21 are 3: variance 21/24 * 3/24 = 63/576,
    // mean squared difference 6/24; kappa 1 - (1/4) / (2 * 63/576) = 1 - 8/7.
    assert!(line(&agreement, "\"4.").ends_with(",12,75,-0.14,\"\""), "{agreement}");
    assert!(line(&agreement, "\"5.").ends_with(",\"hidden\",\"hidden\",\"hidden\",\"fewer than 5 applications\""));
    let gap = text(&mut chair, "level-gap").await;
    assert!(line(&gap, "\"9.").ends_with(",12,-1,50,50,0"), "{gap}");
    let gaps = text(&mut chair, "frequent-gaps").await;
    assert!(gaps.lines().nth(1).expect("a row").starts_with("\"9."), "{gaps}");
    assert!(line(&gaps, "\"9.").ends_with(",6,12,50"), "{gaps}");
    assert!(line(&gaps, "\"4.").ends_with(",\"hidden\",12,\"hidden\""), "two are few: {gaps}");
    assert_eq!(chair.get(&page(&world, "statistics.csv?table=people")).await.status, StatusCode::NOT_FOUND);
    let shown = chair.page(&page(&world, "statistics")).await;
    for words in
        ["Agreement", "Level gap", "Frequent gaps", "Designations by country", "Designations by year", "None yet"]
    {
        shown.must_show(words);
    }
}

async fn files_need_a_fresh_second_factor_and_name_nobody(portal: TestPortal) {
    let world = portal.review_world().await;
    counted(&portal).await;
    let mut chair = portal.sign_in(CHAIR).await;
    let places = [page(&world, "statistics.csv"), page(&world, "statistics.xlsx")];
    let names = ["northmere", "Port ", "Utopia", "Rosa", "Altamira", "Chiara", "Monti", "programme.example"];
    for (place, file) in places.iter().zip(["agreement.csv", "statistics.xlsx"]) {
        let reply = chair.page(place).await;
        assert_eq!(reply.header("content-disposition"), format!("attachment; filename=\"{file}\""));
        let mut texts = vec![String::from_utf8_lossy(&reply.body).into_owned()];
        if let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(reply.body.clone())) {
            assert!(5 < archive.len());
            for part in 0..archive.len() {
                let mut text = String::new();
                archive.by_index(part).expect("a part").read_to_string(&mut text).expect("XML");
                texts.push(text);
            }
        }
        for name in names {
            assert!(texts.iter().all(|text| !text.contains(name)), "{place} holds {name}");
        }
        assert_eq!(chair.page(place).await.body, reply.body, "the same bytes again");
    }
    // Not idle for so long that the session ends.
    for minutes in [20, 20, 21] {
        portal.wait_outside(minutes);
        chair.page("/account").await;
    }
    for place in &places {
        let asked = chair.get(place).await;
        assert!(asked.went_to().starts_with("/account/confirm"), "{}", asked.went_to());
        // The pages themselves do not need it.
        chair.page(&page(&world, "statistics")).await;
    }
    let mut strangers = BTreeMap::new();
    for email in [reviewer(0), world.centres[0].lead_email()] {
        strangers.insert(email.clone(), portal.sign_in(&email).await);
    }
    for browser in strangers.values_mut() {
        let unknown = browser.get("/no/such/page").await.bare();
        for place in ["agreement", "statistics", "statistics.csv", "statistics.xlsx", "dates.ics"] {
            assert_eq!(browser.get(&page(&world, place)).await.bare(), unknown, "{place}");
        }
    }
    let unknown = chair.get("/no/such/page").await.bare();
    for cycle in ["0".repeat(32), "x".to_owned()] {
        let reply = chair.get(&format!("/working-group/cycles/{cycle}/statistics")).await;
        assert_eq!(reply.bare(), unknown, "{cycle}");
    }
}

async fn the_dates_of_a_cycle_go_into_a_calendar(portal: TestPortal) {
    let world = portal.review_world().await;
    let mut chair = portal.sign_in(CHAIR).await;
    let reply = chair.page(&page(&world, "dates.ics")).await;
    assert_eq!(reply.header("content-type"), "text/calendar; charset=utf-8");
    let text = reply.text();
    assert_eq!(text.matches("BEGIN:VEVENT\r\n").count(), 5, "{text}");
    // The call closes 41 days after 5 March 2027.
    assert!(text.contains("DTSTART;VALUE=DATE:20270415\r\nSUMMARY:Cycle 2027: applications close\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Cycle 2027: reviews are due\r\n"), "{text}");
}
