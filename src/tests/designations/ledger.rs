//! The ledger: what the working group sees of designations, and what two people end.

use super::*;

on_both!(
    the_ledger_leaves_out_what_a_viewer_must_not_see,
    the_ledger_is_filtered_ordered_and_paged,
    two_people_withdraw_a_designation,
    a_visit_is_noted_once,
    the_record_tells_nobody_of_a_designation_that_is_hidden_from_them,
    a_draft_is_no_renewal_to_the_working_group,
    what_is_left_of_an_earlier_cycle_renews_nothing,
);

async fn the_ledger_leaves_out_what_a_viewer_must_not_see(portal: TestPortal) {
    let (north, application, designation) = designated(&portal, "north").await;
    let (_, _, other) = designated(&portal, "south").await;
    let [mut one, mut two, mut chair] = group(&portal).await;
    for browser in [&mut one, &mut two, &mut chair] {
        let page = browser.page("/working-group/designations").await;
        assert_eq!(names(&page.text()).len(), 2);
        browser.page(&ledger(designation.id, "")).await.must_show("north Cancer Centre");
    }
    for (email, roles) in [("rosa@clinic.example", vec!["reviewer"]), ("ida@portal.example", vec!["administrator"])] {
        portal.account("Somebody", email, &roles).await;
        let mut browser = portal.sign_in(email).await;
        let unknown = browser.get("/no/such/page").await;
        for path in ["/working-group/designations".to_owned(), ledger(designation.id, "")] {
            assert_eq!(browser.get(&path).await.bare(), unknown.bare(), "{email} {path}");
        }
    }
    // A conflict of one, and another one who begins to work there.
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    let second = tx.account_by_email(SECOND).await.expect("an account").expect("the second").id;
    let chair_id = tx.account_by_email(CHAIR).await.expect("an account").expect("the chair").id;
    let (kind, source) = (Kind::Institution, Source::Recorded);
    tx.add_conflict(&stamp, application, second, kind, source, "").await.expect("a conflict");
    tx.join_centre(&stamp, north.id, chair_id, crate::store::centre::Role::Contributor).await.expect("joined");
    tx.commit().await.expect("commit");
    for browser in [&mut two, &mut chair] {
        let unknown = browser.get("/no/such/page").await;
        for address in ["", "?sort=name", "?q=north", "?country=Utopia", "?status=active", "?status=expiring-12"] {
            let page = browser.page(&format!("/working-group/designations{address}")).await;
            let names = names(&page.text());
            assert!(names.iter().all(|name| name.starts_with("south")), "{address}: {names:?}");
        }
        for rest in ["", "/visits", "/withdrawal", "/withdrawal/drop", "/withdrawal/confirm"] {
            let path = ledger(designation.id, rest);
            let reply =
                if rest.is_empty() { browser.get(&path).await } else { browser.post(&path, &[("why", "x")]).await };
            assert_eq!(reply.bare(), unknown.bare(), "{rest}");
        }
        browser.page(&ledger(other.id, "")).await.must_show("south Cancer Centre");
    }
    assert_eq!(names(&one.page("/working-group/designations").await.text()).len(), 2);
}

async fn the_ledger_is_filtered_ordered_and_paged(portal: TestPortal) {
    let cycle = portal.cycle("2024", -1000, -900).await;
    let viewer = portal.account("Corinna Dahl", COORDINATOR, &["coordinator"]).await;
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    for number in 0..120_i64 {
        let country = if number % 3 == 0 { "Utopia" } else { "Åland" };
        // By name the other way round than by end.
        let name = format!("Klinik {:03}", 119 - number);
        let identity = crate::store::centre::CentreIdentity::new(name, format!("Town{number}"), country.into());
        let centre = tx.add_centre(&stamp, &identity).await.expect("a centre");
        let application = tx.start_application(&stamp, &cycle, centre, None).await.expect("an application");
        // The first ended ten days ago, the next ones every ten days.
        let until = stamp.now.plus_days(10 * (number - 1));
        tx.add_designation(&stamp, centre, application, moment(FROM), until).await.expect("one");
    }
    tx.commit().await.expect("commit");
    let mut search = Search {
        viewer,
        wanted: Wanted::Any,
        country: String::new(),
        text: String::new(),
        order: Order::End,
        after: None,
    };
    for (order, country, wanted) in [
        (Order::End, "", Wanted::Any),
        (Order::Name, "", Wanted::Any),
        (Order::End, "Utopia", Wanted::Any),
        (Order::Name, "Åland", Wanted::Any),
    ]
    .into_iter()
    .chain(Wanted::ALL.into_iter().flat_map(|w| [(Order::End, "", w), (Order::Name, "", w), (Order::End, "Utopia", w)]))
    {
        search = Search { order, country: country.into(), wanted, after: None, ..search };
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let (lines, more) = portal.read().await.ledger(&search, stamp.now).await.expect("lines");
            assert!(lines.len() <= 50);
            pages += 1;
            seen.extend(lines);
            search.after = more;
            if search.after.is_none() {
                break;
            }
        }
        // Every third of 120 is in Utopia.
        let whole: usize = if country.is_empty() {
            120
        } else if country == "Utopia" {
            40
        } else {
            80
        };
        if wanted == Wanted::Any {
            assert_eq!((seen.len(), pages), (whole, whole.div_ceil(50)), "{order:?} {country}");
        }
        assert!(seen.iter().all(|line| wanted.holds(line.status(stamp.now))), "{wanted:?}");
        let sorted = match order {
            Order::End => seen.is_sorted_by_key(|line| line.term.until),
            Order::Name => seen.is_sorted_by_key(|line| line.identity.name().to_owned()),
        };
        assert!(sorted, "{order:?} {country} {wanted:?}");
        if country.is_empty() {
            let expected = match wanted {
                Wanted::Any => 120,
                Wanted::Lapsed => 2,
                Wanted::InRenewal | Wanted::Withdrawn => 0,
                // Ends every ten days; 92, 184 and 366 days lie before 5 June, 5 September and 5 March.
                Wanted::Expiring(step) => match step.months() {
                    3 => 9,
                    6 => 18,
                    _ => 36,
                },
                Wanted::Active => 82,
            };
            assert_eq!(seen.len(), expected, "{wanted:?}");
        }
    }
    let mut browser = portal.sign_in(COORDINATOR).await;
    let page = browser.page("/working-group/designations?q=klinik+01").await;
    assert_eq!(names(&page.text()).len(), 10, "010 to 019");
    assert_eq!(names(&browser.page("/working-group/designations?q=town7").await.text()).len(), 11, "7 and 70 to 79");
    let page = browser.page("/working-group/designations?sort=name&country=Utopia").await;
    assert_eq!(names(&page.text()).first().map(String::as_str), Some("Klinik 002"));
    assert_eq!(page.html().value_of("q"), "");
    for odd in
        ["?place=x&after=0", "?status=none", "?q=%00%27", "?sort=name&place=zz&after=00000000000000000000000000000001"]
    {
        let reply = browser.page(&format!("/working-group/designations{odd}")).await;
        assert_ne!(names(&reply.text()).len(), 0, "{odd}");
    }
}

async fn two_people_withdraw_a_designation(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    publish(&portal, &designation, "North Clinic").await;
    let [mut one, _, mut chair] = group(&portal).await;
    let path = |rest: &str| ledger(designation.id, rest);
    let early = chair.post(&path("/withdrawal/confirm"), &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);
    early.must_show("Nothing is proposed any more.");
    let refused = one.post(&path("/withdrawal"), &[("why", " ")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Say why");

    let why = "The two hospitals have merged.";
    for _ in 0..2 {
        assert_eq!(one.post(&path("/withdrawal"), &[("why", why)]).await.went_to(), path("?done=proposed"));
    }
    let own = one.post(&path("/withdrawal/confirm"), &[]).await;
    assert_eq!(own.status, StatusCode::CONFLICT);
    own.must_show("Another person has to confirm what you have proposed.");
    // One person with a second account is not two people.
    for (name, email, told) in [
        ("Dahl, Corinna", "c.dahl@elsewhere.example", "an account with your name"),
        ("Somebody Else", "coordinator+two@programme.example", "an account with your address"),
    ] {
        portal.account(name, email, &["chair"]).await;
        let same = portal.sign_in(email).await.post(&path("/withdrawal/confirm"), &[]).await;
        assert_eq!(same.status, StatusCode::CONFLICT);
        same.must_show(told);
    }
    let second = chair.post(&path("/withdrawal"), &[("why", "Another reason of mine")]).await;
    assert_eq!(second.status, StatusCode::CONFLICT);
    second.must_show("Another reason of mine");
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    assert!(!lead.page(&at(application, "/designation")).await.shows(why), "nothing before it is confirmed");
    // Dropped, and proposed once more.
    chair.post(&path("/withdrawal/drop"), &[]).await.went_to();
    chair.post(&path("/withdrawal/drop"), &[]).await.went_to();
    assert!(now(&portal, designation.id).await.proposed.is_none());
    one.post(&path("/withdrawal"), &[("why", why)]).await.went_to();
    one.page("/working-group/designations").await.must_show("Withdrawal proposed");
    for _ in 0..2 {
        assert_eq!(chair.post(&path("/withdrawal/confirm"), &[]).await.went_to(), path("?done=withdrawn"));
    }
    assert_eq!(one.post(&path("/withdrawal/drop"), &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(one.post(&path("/withdrawal"), &[("why", "late")]).await.status, StatusCode::CONFLICT);

    assert!(!portal.visitor().page("/register").await.shows("North Clinic"), "it leaves the register at once");
    let checked = portal.visitor().page(&format!("/certificates/{}", designation.code)).await;
    checked.must_show("The designation was withdrawn on 5 March 2027.");
    assert!(!checked.shows("North Clinic"));
    let page = lead.page(&at(application, "/designation")).await;
    page.must_show(why);
    let certificate = lead.page(&at(application, "/certificate")).await;
    assert!(!certificate.text().contains("class=\"certificate\""), "no sheet that says it is valid");
    let late = lead.post(&at(application, "/designation"), &[("public-name", "North")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    one.page("/working-group/designations?status=withdrawn").await.must_show("north Cancer Centre");
    let texts = portal.texts("SELECT kind FROM event WHERE kind LIKE '%Withdraw%' ORDER BY kind").await;
    assert_eq!(texts, ["DesignationWithdrawn", "WithdrawalDropped", "WithdrawalProposed", "WithdrawalProposed"]);
    portal.wait_minutes(60);
    let posted = portal.posted().await;
    assert_eq!(posted, ["designation contributor colleague@north.example", "designation lead lead@north.example"]);
    for letter in portal.mailed().await {
        assert!(!letter.contains("merged") && !letter.contains("Monti"), "{letter}");
    }
}

async fn a_visit_is_noted_once(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let [mut one, mut two, _] = group(&portal).await;
    let path = ledger(designation.id, "/visits");
    let refused = one.post(&path, &[("day", "yesterday"), ("text", "The wards were calm.")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.must_show("Enter the day of the visit");
    refused.must_show("The wards were calm.");
    let fields = [("day", "2027-03-01"), ("text", "The wards were calm.")];
    for _ in 0..2 {
        assert_eq!(one.post(&path, &fields).await.went_to(), ledger(designation.id, "?done=noted"));
    }
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM visit_note").await, 1);
    let page = two.page(&ledger(designation.id, "")).await;
    page.must_show("The wards were calm.");
    page.must_show("1 March 2027");
    assert!(!page.shows("Corinna"), "by a colleague");
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    assert!(!lead.page(&at(application, "/designation")).await.shows("wards"), "for the working group alone");
}

/// A withdrawal that is only proposed is the working group's alone.
async fn the_record_tells_nobody_of_a_designation_that_is_hidden_from_them(portal: TestPortal) {
    let (north, application, designation) = designated(&portal, "north").await;
    let own = portal.account("Olga North", "olga@north.example", &["administrator"]).await;
    let conflicted = portal.account("Ada Lund", "ada@operator.example", &["administrator"]).await;
    portal.account("Otto Weit", "otto@operator.example", &["administrator"]).await;
    let [mut one, ..] = group(&portal).await;
    one.post(&ledger(designation.id, "/withdrawal"), &[("why", "The palliative ward was closed.")]).await.went_to();
    one.post(&ledger(designation.id, "/withdrawal/drop"), &[]).await.went_to();
    let visit = [("day", "2027-03-01"), ("text", "The wards were calm.")];
    one.post(&ledger(designation.id, "/visits"), &visit).await.went_to();
    let mut tx = portal.write().await;
    let stamp = portal.stamp(None);
    tx.join_centre(&stamp, north.id, own, crate::store::centre::Role::Contributor).await.expect("a contributor");
    tx.add_conflict(&stamp, application, conflicted, Kind::Mentor, Source::Declared, "").await.expect("a conflict");
    tx.commit().await.expect("commit");
    for (email, sees) in
        [("olga@north.example", false), ("ada@operator.example", false), ("otto@operator.example", true)]
    {
        let mut browser = portal.sign_in(email).await;
        for query in ["", "?day=2027-03-05", "?kind=WithdrawalProposed", "?kind=WithdrawalDropped", "?kind=VisitNoted"]
        {
            let page = browser.page(&format!("/administration/record{query}")).await;
            assert_eq!(page.shows(&designation.id.to_string()), sees, "{email} {query}");
        }
    }
}

async fn a_draft_is_no_renewal_to_the_working_group(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let [mut one, ..] = group(&portal).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let page = at(application, "/designation");
    lead.page(&page).await.must_show("No call is open now.");
    let cycle = portal.open_cycle().await;
    lead.page(&page).await.must_show("Start the renewal");
    let before = one.page("/working-group/designations").await;
    before.must_show("Ends within 12 months");
    let detail = one.page(&ledger(designation.id, "")).await;
    let again = portal.draft(&centre, &cycle).await;
    assert_eq!(one.page("/working-group/designations").await.bare(), before.bare(), "a draft is the centre's own");
    assert_eq!(one.page(&ledger(designation.id, "")).await.bare(), detail.bare());
    lead.page(&page).await.must_show("A further application of your centre is under way.");
    portal.submit(&centre, again).await;
    one.page("/working-group/designations?status=in-renewal").await.must_show("north Cancer Centre");
    assert_eq!(names(&one.page("/working-group/designations?status=expiring-12").await.text()).len(), 0);
    let own = lead.page(&page).await;
    own.must_show("In renewal");
}

async fn what_is_left_of_an_earlier_cycle_renews_nothing(portal: TestPortal) {
    let (centre, application, designation) = designated(&portal, "north").await;
    let [mut one, ..] = group(&portal).await;
    let mut lead = portal.sign_in(&centre.lead_email()).await;
    let page = at(application, "/designation");
    let list = one.page("/working-group/designations").await;
    let (before, own) = (list.bare(), lead.page(&page).await.bare());
    // Handed in for the cycle before the one that made the designation, and never released.
    let earlier = portal.cycle("2023", -1400, -1300).await;
    let old = portal.draft(&centre, &earlier).await;
    portal.submit(&centre, old).await;
    assert_eq!(one.page("/working-group/designations").await.bare(), before);
    assert_eq!(lead.page(&page).await.bare(), own, "no further application");
    one.page(&ledger(designation.id, "")).await.must_show("Ends within 12 months");
    assert!(!one.page("/working-group/designations?status=in-renewal").await.shows("north Cancer Centre"));
    assert_eq!(names(&one.page("/working-group/designations?status=expiring-12").await.text()).len(), 1);
    let chair = portal.read().await.account_by_email(CHAIR).await.expect("an account").expect("the chair").id;
    let counted = async || {
        let all = portal.read().await.counted_designations(chair).await.expect("designations");
        all.iter().filter(|d| d.renewing).count()
    };
    assert_eq!(counted().await, 0);
    // Its lead is still written to.
    portal.go_to("2026-11-01T07:00:00Z");
    schedule::tick(portal.portal()).await;
    assert_eq!(portal.posted().await, ["designation lead lead@north.example"]);
    portal.go_to(crate::tests::harness::NOW);
    let later = portal.open_cycle().await;
    let again = portal.draft(&centre, &later).await;
    portal.submit(&centre, again).await;
    one.page("/working-group/designations?status=in-renewal").await.must_show("north Cancer Centre");
    one.page(&ledger(designation.id, "")).await.must_show("In renewal");
    assert_eq!(counted().await, 1);
}
