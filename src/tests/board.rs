//! The board and the table of applications: what they count and find, for whom, and in which order.

use super::{
    browser::Browser,
    harness::TestPortal,
    world::review::{CHAIR, COORDINATOR, SECOND, reviewer},
};
use crate::{
    domain::{application::Kind, id::ApplicationId, outcome::Outcome, stage::StageName},
    store::{
        caseload::{From, PAGE, Search, Sort},
        centre::{CentreIdentity, Role},
        conflict,
        event::What,
    },
};

on_both!(
    the_board_tells_who_owes_what,
    a_conflicted_viewer_finds_the_application_in_no_count,
    the_table_is_filtered_searched_and_ordered,
    every_page_of_the_table_is_reached_both_ways_in_every_order,
    many_are_walked_like_few,
    home_leads_the_working_group_to_its_board,
    the_table_is_taken_away_as_it_is_filtered,
    what_happened_at_one_moment_stands_in_its_order,
);

fn board(world: &super::world::review::ReviewWorld) -> String {
    format!("/working-group/cycles/{}", world.cycle.id)
}

async fn the_board_tells_who_owes_what(portal: TestPortal) {
    let world = portal.review_world().await;
    let mut coordinator = portal.sign_in(COORDINATOR).await;
    let path = board(&world);
    let page = coordinator.page(&path).await;
    page.must_show("2 applications");
    page.must_show("You owe 2 screenings");
    page.must_show("The oldest came today");
    page.must_show("Nobody is asked yet.");
    portal.sign_in(CHAIR).await.page(&path).await.must_show("The secretariat owes 2 screenings");

    let [first, _] = world.applications;
    portal.accept(&world, first).await;
    coordinator.page(&path).await.must_show("You owe 1 complete panel");
    let case = super::world::decided::group(first, "");
    coordinator.page(&case).await.must_show("The secretariat (you): asks 2 reviewers.");
    portal.sign_in(CHAIR).await.page(&case).await.must_show("The secretariat: asks 2 reviewers.");
    let one = portal.seat(&world, first, world.reviewers[0]).await;
    let two = portal.seat(&world, first, world.reviewers[1]).await;
    let page = coordinator.page(&path).await;
    page.must_show("Reviewers owe 2 reviews");
    page.must_show("Rosa Altamira 1, Rune Bergstad 1");
    assert!(!page.shows("complete panel") && !page.shows("Late"));
    // After the date everything that is open is late.
    portal.wait_minutes(60 * 24 * 130);
    let page = coordinator.page(&path).await;
    page.must_show("2 late");
    portal.wait_minutes(-60 * 24 * 130);
    for (seat, reviewer) in [(one, world.reviewers[0]), (two, world.reviewers[1])] {
        portal.mark_all(first, seat, reviewer, [3; 13]).await;
        portal.hand_in(first, seat, reviewer, Outcome::Accredited).await;
    }
    let page = coordinator.page(&path).await;
    page.must_show("You owe 1 deliberation to open");
    assert!(!page.shows("Reviewers owe"));
    portal.deliberate(&world, first).await;
    coordinator.page(&path).await.must_show("The chair owes 1 decision");
    portal.sign_in(CHAIR).await.page(&path).await.must_show("You owe 1 decision");
}

async fn a_conflicted_viewer_finds_the_application_in_no_count(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(Some(world.second));
    let (kind, source) = (conflict::Kind::Other, conflict::Source::Recorded);
    tx.add_conflict(&stamp, application, world.coordinator, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    let table = format!("{}/applications", board(&world));
    let (mut conflicted, mut second) = (portal.sign_in(COORDINATOR).await, portal.sign_in(SECOND).await);
    let page = conflicted.page(&board(&world)).await;
    page.must_show("1 application");
    page.must_show("Nobody is asked yet.");
    assert!(!page.shows("Rosa Altamira") && !page.shows("The chair owes"));
    second.page(&board(&world)).await.must_show("Rosa Altamira");
    for fields in [vec![], vec![("name", "northmere")], vec![("stage", "deliberation")], vec![("country", "Utopia")]] {
        let (theirs, others) = (conflicted.post(&table, &fields).await, second.post(&table, &fields).await);
        assert!(!theirs.html().values("href").any(|h| h.contains(&application.to_string())), "{fields:?}");
        assert!(others.html().values("href").any(|h| h.contains(&application.to_string())), "{fields:?}");
    }
    // What fits nothing else looks like a word that nobody has.
    let (hit, miss) = (
        conflicted.post(&table, &[("name", "northmere")]).await,
        conflicted.post(&table, &[("name", "nonsenses")]).await,
    );
    assert_eq!(hit.bare().replace("northmere", "nonsenses"), miss.bare());
    // Who comes to work for a centre sees its application from the other side alone.
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    tx.join_centre(&stamp, world.centres[1].id, world.second, Role::Contributor).await.expect("a member");
    tx.commit().await.expect("commit");
    let page = second.page(&table).await;
    assert!(page.shows("northmere Cancer Centre") && !page.shows("southwold Cancer Centre"));
    second.page(&board(&world)).await.must_show("1 application");
}

async fn the_table_is_filtered_searched_and_ordered(portal: TestPortal) {
    let world = portal.review_world().await;
    let table = format!("{}/applications", board(&world));
    let mut chair = portal.sign_in(CHAIR).await;
    let names = |reply: &super::browser::Reply| -> Vec<String> {
        let text = reply.text();
        let mut found: Vec<(usize, String)> = ["northmere Cancer Centre", "southwold Cancer Centre"]
            .into_iter()
            .filter_map(|name| Some((text.find(name)?, name[..5].to_owned())))
            .collect();
        found.sort();
        found.into_iter().map(|(_, name)| name).collect()
    };
    portal.accept(&world, world.applications[1]).await;
    for (fields, expected) in [
        (vec![], vec!["north", "south"]),
        (vec![("sort", "name-down")], vec!["south", "north"]),
        (vec![("name", "SOUTH")], vec!["south"]),
        (vec![("name", "port cancer north")], vec!["north"]),
        (vec![("name", "north south")], vec![]),
        (vec![("name", "%")], vec!["north", "south"]),
        (vec![("stage", "submitted")], vec!["north"]),
        (vec![("stage", "under-review"), ("country", "Utopia"), ("kind", "initial")], vec!["south"]),
        (vec![("kind", "renewal")], vec![]),
        (vec![("country", "Arcadia")], vec![]),
        (vec![("overdue", "yes")], vec![]),
        (vec![("stage", "no-such-stage"), ("sort", "no-such-order")], vec!["north", "south"]),
    ] {
        assert_eq!(names(&chair.post(&table, &fields).await), expected, "{fields:?}");
    }
    chair.page(&format!("{table}?stage=submitted&country=Utopia")).await.must_show("1 application");
    portal.wait_minutes(60 * 24 * 130);
    let late = chair.page(&format!("{table}?overdue=yes")).await;
    assert_eq!(names(&late), ["north", "south"]);
    late.must_show("Late");
    // What is looked for stands in no address.
    let found = chair.post(&table, &[("name", "northmere")]).await;
    assert!(!found.html().values("href").any(|href| href.contains("northmere")));
}

/// Centres with drafts beside the two that are there.
async fn more(portal: &TestPortal, world: &super::world::review::ReviewWorld, count: usize) {
    let stamp = portal.stamp(Some(world.coordinator));
    let mut tx = portal.write().await;
    for number in 0..count {
        let name = format!("{} Clinic {number}", if number % 2 == 0 { "Ängel" } else { "Birch" });
        let country = if number % 10 == 0 { "Arcadia" } else { "Utopia" };
        let identity = CentreIdentity::new(name, "Town".into(), country.into());
        let centre = tx.add_centre(&stamp, &identity).await.expect("a centre");
        let mut later = stamp.clone();
        later.now = stamp.now.plus_minutes(i64::try_from(number / 3).expect("few"));
        tx.start_application(&later, &world.cycle, centre, None).await.expect("a draft");
    }
    tx.commit().await.expect("commit");
}

async fn every_page_of_the_table_is_reached_both_ways_in_every_order(portal: TestPortal) {
    let world = portal.review_world().await;
    more(&portal, &world, 2 * PAGE + 7).await;
    let all = 2 * PAGE + 9;
    let viewer = world.coordinator;
    for stages in [vec![], vec![StageName::Draft, StageName::Submitted]] {
        for sort in Sort::ALL {
            let search = Search { sort, stages: stages.clone(), ..Search::default() };
            let mut tx = portal.read().await;
            let mut forwards: Vec<ApplicationId> = Vec::new();
            let mut from = From::Start;
            loop {
                let found = tx.caseload(world.cycle.id, viewer, &search, from).await.expect("a page");
                assert_eq!(found.before, from != From::Start, "{sort:?}");
                forwards.extend(found.lines.iter().map(|l| l.id));
                if !found.after {
                    break;
                }
                assert_eq!(found.lines.len(), PAGE);
                from = From::After(found.lines[PAGE - 1].id);
            }
            assert_eq!(forwards.len(), all, "{sort:?}");
            let mut backwards: Vec<ApplicationId> = Vec::new();
            let mut from = From::End;
            loop {
                let found = tx.caseload(world.cycle.id, viewer, &search, from).await.expect("a page");
                let ids: Vec<ApplicationId> = found.lines.iter().map(|l| l.id).collect();
                backwards.splice(0..0, ids);
                if !found.before {
                    break;
                }
                from = From::Before(found.lines[0].id);
            }
            assert_eq!(backwards, forwards, "{sort:?}");
        }
    }
    let search = Search { kind: Some(Kind::Initial), text: "angel clin".into(), ..Search::default() };
    let found = portal.read().await.caseload(world.cycle.id, viewer, &search, From::Start).await.expect("a page");
    assert_eq!(found.total, Some(PAGE + 4), "whatever the accent");
    // On the pages themselves.
    let mut chair: Browser = portal.sign_in(CHAIR).await;
    let table = format!("{}/applications", board(&world));
    let first = chair.page(&table).await;
    first.must_show(&format!("{all} applications"));
    let next = first.html().values("href").find(|h| h.contains("after=")).expect("a next page").to_owned();
    let second = chair.page(&next).await;
    assert!(second.html().values("href").any(|h| h.contains("before=")));
    let found = chair.post(&table, &[("name", "clinic")]).await;
    let last = found.html().named("button").filter(|b| b.get("name") == Some("after")).count();
    assert_eq!(last, 1, "a form, so that the name stays out of the address");
}

/// More than are read whole: the way that walks an index has to find the same as the one that sorts.
async fn many_are_walked_like_few(portal: TestPortal) {
    let world = portal.review_world().await;
    more(&portal, &world, 1010).await;
    let viewer = world.coordinator;
    let draft = Search { stages: vec![StageName::Draft], ..Search::default() };
    let mut tx = portal.read().await;
    let found = tx.caseload(world.cycle.id, viewer, &draft, From::Start).await.expect("a page");
    assert_eq!((found.lines.len(), found.total, found.after), (PAGE, None, true));
    assert!(found.lines.iter().all(|l| l.stage.name() == StageName::Draft));
    let narrow = Search { country: "Arcadia".into(), stages: vec![StageName::Draft], ..Search::default() };
    let found = tx.caseload(world.cycle.id, viewer, &narrow, From::Start).await.expect("a page");
    assert_eq!(found.total, Some(101));
    // A word that very many have, with a filter beside it.
    let wide = Search { text: "clinic birch".into(), ..Search::default() };
    let mut count = 0;
    let mut from = From::Start;
    loop {
        let found = tx.caseload(world.cycle.id, viewer, &wide, from).await.expect("a page");
        count += found.lines.len();
        assert!(found.lines.iter().all(|l| l.identity.name().starts_with("Birch")));
        if !found.after {
            break;
        }
        from = From::After(found.lines[found.lines.len() - 1].id);
    }
    assert_eq!(count, 505);
    assert_eq!(tx.count_caseload(world.cycle.id, viewer).await.expect("a count"), None);
    let few = Search { stages: vec![StageName::Submitted], ..Search::default() };
    assert_eq!(tx.caseload(world.cycle.id, viewer, &few, From::Start).await.expect("a page").total, Some(2));
    assert_eq!(tx.countries(world.second).await.expect("countries"), ["Arcadia", "Utopia"]);
}

async fn home_leads_the_working_group_to_its_board(portal: TestPortal) {
    let world = portal.review_world().await;
    for email in [COORDINATOR, CHAIR] {
        let mut browser = portal.sign_in(email).await;
        assert_eq!(browser.get("/home").await.went_to(), "/working-group");
        assert_eq!(browser.get("/working-group").await.went_to(), board(&world));
    }
    portal.account("Ida Admin", "ida@programme.example", &["administrator", "coordinator"]).await;
    let mut admin = portal.sign_in("ida@programme.example").await;
    assert!(
        !admin.page("/home").await.html().values("href").any(|h| h == "/working-group"),
        "no way that ends nowhere"
    );
    for email in ["ida@programme.example", reviewer(0).as_str(), "lead@northmere.example"] {
        let mut browser = portal.sign_in(email).await;
        let unknown = browser.get("/no/such/page").await;
        for path in ["/working-group".to_owned(), board(&world), format!("{}/applications", board(&world))] {
            assert_eq!(browser.get(&path).await.bare(), unknown.bare(), "{email} {path}");
        }
    }
}

async fn the_table_is_taken_away_as_it_is_filtered(portal: TestPortal) {
    let (world, application, _) = portal.in_deliberation().await;
    portal.tamper("UPDATE centre_identity SET city = '=HYPERLINK(1)' WHERE name LIKE 'southwold%'").await;
    let table = format!("{}/applications", board(&world));
    let mut second = portal.sign_in(SECOND).await;
    second.page(&table).await.must_show("Take what fits the filters away");
    let reply = second.page(&format!("{table}.csv")).await;
    assert_eq!(reply.header("content-disposition"), "attachment; filename=\"applications.csv\"");
    let text = reply.text();
    assert_eq!(text.lines().count(), 1 + world.applications.len(), "{text}");
    assert!(text.contains("northmere") && !text.contains("\"=HYPERLINK"), "{text}");
    let filtered = second.page(&format!("{table}.csv?stage=deliberation")).await.text();
    assert_eq!(filtered.lines().count(), 2, "{filtered}");
    assert!(filtered.contains("\"Deliberation\"") && filtered.contains(",2,2,"), "{filtered}");
    let workbook = second.page(&format!("{table}.xlsx")).await;
    assert!(workbook.body.starts_with(b"PK"));
    // Nobody takes away what they must not see; others have no such file.
    let mut tx = portal.write().await;
    let (kind, source) = (conflict::Kind::Other, conflict::Source::Recorded);
    let stamp = portal.stamp(None);
    tx.add_conflict(&stamp, application, world.second, kind, source, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    let less = second.page(&format!("{table}.csv")).await.text();
    assert!(!less.contains("northmere") && !less.contains("Deliberation"), "{less}");
    let mut lead = portal.sign_in(&world.centres[0].lead_email()).await;
    let unknown = lead.get("/no/such/page").await.bare();
    for ending in ["csv", "xlsx"] {
        assert_eq!(lead.get(&format!("{table}.{ending}")).await.bare(), unknown);
    }
    for minutes in [20, 20, 21] {
        portal.wait_outside(minutes);
        second.page("/account").await;
    }
    let asked = second.get(&format!("{table}.csv")).await.went_to();
    assert!(asked.starts_with("/account/confirm"), "{asked}");
}

/// Identifiers are drawn at random: the order of the record is that of its chain.
async fn what_happened_at_one_moment_stands_in_its_order(portal: TestPortal) {
    let world = portal.review_world().await;
    let application = world.applications[0];
    let mut tx = portal.write().await;
    let before = tx.events_of(&application.to_string()).await.expect("lines").len();
    let kinds = [What::Returned, What::Submitted, What::Accepted, What::HitCleared, What::DecisionProposed];
    for kind in kinds.iter().cycle().take(20) {
        tx.record(&portal.stamp(None), *kind, &application.to_string(), "").await.expect("a line");
    }
    tx.commit().await.expect("commit");
    let lines = portal.read().await.events_of(&application.to_string()).await.expect("lines");
    let found: Vec<String> = lines.into_iter().skip(before).map(|(kind, _)| kind).collect();
    let expected: Vec<String> = kinds.iter().cycle().take(20).map(|kind| format!("{kind:?}")).collect();
    assert_eq!(found, expected);
}
