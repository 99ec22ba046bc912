//! Invitations of the whole programme: who invites whom, links that end, and people who have an account already.

use super::{
    harness::{PASSWORD, TestPortal},
    world::at,
};
use crate::{
    domain::access::Role,
    store::{account::PersonName, centre, invitation::Whose},
};
use axum::http::StatusCode;

on_both!(
    a_coordinator_invites_a_lead_for_a_new_centre,
    a_centre_of_the_same_name_in_the_same_country_is_asked_about,
    an_administrator_invites_to_a_role_in_one_cycle,
    somebody_with_an_account_signs_in_first,
    a_contributor_who_is_invited_to_lead_leads,
    a_link_that_cannot_be_used_always_looks_the_same,
    a_new_link_ends_the_old_one,
    only_who_may_invite_to_a_role_makes_a_new_link_or_takes_back,
    invitations_of_somebody_who_lost_the_right_end,
    a_closed_account_is_not_opened_by_an_invitation,
);

const HERE: &str = "/working-group/invitations";

const FIELDS: [(&str, &str); 5] = [
    ("name", "Wanda West"),
    ("email", "Wanda@west.example"),
    ("centre-name", "West Cancer Centre"),
    ("city", "Westport"),
    ("country", "Utopia"),
];

/// The way of somebody new through the link.
async fn accept(portal: &TestPortal, link: &str, name: &str) {
    let fields = [("name", name), ("password", PASSWORD), ("again", PASSWORD)];
    let mut browser = portal.visitor();
    assert_eq!(browser.post(link, &fields).await.went_to(), "/account/factors/code");
    portal.enrol(&mut browser).await;
}

async fn a_coordinator_invites_a_lead_for_a_new_centre(portal: TestPortal) {
    portal.account("Cora", "cora@example.org", &["coordinator"]).await;
    let mut cora = portal.sign_in("cora@example.org").await;
    let refused = cora.post(HERE, &[("name", ""), ("email", "nobody"), ("city", "Westport")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in
        ["Enter the name of the person", "Enter an email address", "Enter the name of the centre", "Enter the country"]
    {
        refused.must_show(text);
    }
    assert_eq!(refused.html().value_of("city"), "Westport", "what was typed is kept");
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM centre").await, 0, "nothing is made meanwhile");

    let invited = cora.post(HERE, &FIELDS).await;
    invited.must_show("The invitation is ready");
    cora.page(HERE).await.must_show("Wanda West");
    let link = invited.links("invitations").remove(0);
    portal.visitor().page(&link).await.must_show("You are invited to lead the application of West Cancer Centre.");
    accept(&portal, &link, "Wanda West").await;
    let cycle = portal.open_cycle().await;
    let mut wanda = portal.sign_in("wanda@west.example").await;
    wanda.page("/home").await.must_show("West Cancer Centre");
    wanda.page("/home").await.must_show(&format!("Apply in the cycle {}", cycle.name));
    assert!(!cora.page(HERE).await.shows("Wanda West"), "it is used");
    let second = portal.visitor().post(&link, &[("name", "Other"), ("password", PASSWORD), ("again", PASSWORD)]).await;
    assert_eq!(second.status, StatusCode::NOT_FOUND);
}

async fn a_centre_of_the_same_name_in_the_same_country_is_asked_about(portal: TestPortal) {
    portal.account("Cora", "cora@example.org", &["coordinator"]).await;
    let north = portal.centre("north").await;
    let mut cora = portal.sign_in("cora@example.org").await;
    let twin = |country| {
        [
            ("name", "Nora"),
            ("email", "nora@north.example"),
            ("centre-name", "North cancer-centre"),
            ("city", "Elsewhere"),
            ("country", country),
        ]
    };
    let asked = cora.post(HERE, &twin("UTOPIA")).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    asked.must_show("There is a centre of this name in this country already");
    asked.must_show("north Cancer Centre in Port north, which is here already");
    let count = "SELECT CAST(COUNT(*) AS BIGINT) FROM centre";
    assert_eq!(portal.count(count).await, 1);
    // A centre that is no twin is no answer.
    let other = portal.centre("south").await.id.to_string();
    let wrong = cora.post(HERE, &[twin("Utopia").as_slice(), &[("twin", other.as_str())]].concat()).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);

    let known = north.id.to_string();
    cora.post(HERE, &[twin("Utopia").as_slice(), &[("twin", known.as_str())]].concat()).await.must_show("is ready");
    assert_eq!(portal.count(count).await, 2, "the centre that was there already");
    cora.post(HERE, &[twin("Utopia").as_slice(), &[("twin", "new")]].concat()).await.must_show("is ready");
    assert_eq!(portal.count(count).await, 3, "another one");
    cora.post(HERE, &twin("Arcadia")).await.must_show("is ready");
    assert_eq!(portal.count(count).await, 4, "the same name in another country is no twin");
    let chosen = [("name", "Nils"), ("email", "nils@north.example"), ("centre", known.as_str())];
    let link = cora.post(HERE, &chosen).await.links("invitations").remove(0);
    accept(&portal, &link, "Nils").await;
    let members = portal.read().await.members(north.id).await.expect("members");
    assert_eq!(members.iter().filter(|m| m.role == centre::Role::Lead).count(), 2);
}

async fn an_administrator_invites_to_a_role_in_one_cycle(portal: TestPortal) {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let (cycle, other) = (portal.open_cycle().await, portal.cycle("2028", 300, 400).await);
    let mut ida = portal.sign_in("ida@example.org").await;
    let here = "/administration/invitations";
    for (role, cycle) in [("", ""), ("lead", ""), ("contributor", ""), ("owner", ""), ("chair", "2027")] {
        let fields = [("name", "Carl"), ("email", "carl@example.org"), ("role", role), ("cycle", cycle)];
        assert_eq!(ida.post(here, &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{role} {cycle}");
    }
    let id = cycle.id.to_string();
    let fields = [("name", "Carl"), ("email", "carl@example.org"), ("role", "chair"), ("cycle", id.as_str())];
    let link = ida.post(here, &fields).await.links("invitations").remove(0);
    portal.visitor().page(&link).await.must_show("You are invited to chair the working group in the cycle 2027.");
    accept(&portal, &link, "Carl").await;
    let carl = portal.read().await.account_by_email("carl@example.org").await.expect("an account").expect("Carl");
    assert!(carl.holds(Role::Chair, cycle.id) && !carl.holds(Role::Chair, other.id) && carl.has_role("chair"));
    let lines = portal.read().await.grants_of(carl.id).await.expect("grants");
    assert_eq!(lines[0].by.as_ref().map(PersonName::shown), Some("Ida"), "the role comes from who has invited");
    // An administrator is one everywhere.
    let fields = [("name", "Adam"), ("email", "adam@example.org"), ("role", "administrator"), ("cycle", id.as_str())];
    let link = ida.post(here, &fields).await.links("invitations").remove(0);
    accept(&portal, &link, "Adam").await;
    portal.sign_in("adam@example.org").await.page("/administration").await;
}

async fn somebody_with_an_account_signs_in_first(portal: TestPortal) {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let rita = portal.account("Rita", "rita@example.org", &[]).await;
    portal.account("Otto", "otto@example.org", &[]).await;
    let mut ida = portal.sign_in("ida@example.org").await;
    let fields = [("name", "Rita"), ("email", "rita@example.org"), ("role", "reviewer"), ("cycle", "")];
    let link = ida.post("/administration/invitations", &fields).await.links("invitations").remove(0);
    let reviewer =
        || async { portal.read().await.account(rita).await.expect("an account").expect("Rita").has_role("reviewer") };

    // Signed in with another account: nothing happens, and the page says what to do.
    let mut otto = portal.sign_in("otto@example.org").await;
    otto.page(&link).await.must_show("You are signed in with another account");
    assert_eq!(otto.post(&link, &[]).await.status, StatusCode::FORBIDDEN);
    // Signed out: no field for a password, and a button that comes back after signing in.
    let mut browser = portal.visitor();
    let page = browser.page(&link).await;
    page.must_show("You have an account already");
    assert_eq!(page.html().named("input").count(), 0);
    let forced = browser.post(&link, &[("name", "R"), ("password", PASSWORD), ("again", PASSWORD)]).await;
    let way = format!("/sign-in?next={}", link.replace('/', "%2F"));
    assert_eq!(forced.went_to(), way);
    assert!(page.html().values("href").any(|href| href == way), "the button");
    assert!(!reviewer().await);

    let next = browser.page(&way).await.html().value_of("next");
    let place = portal.sign_in_as(&mut browser, "rita@example.org", &[("next", next.as_str())]).await;
    assert_eq!(place, link);
    browser.page(&link).await.must_show("You are signed in with the account that the invitation is for.");
    assert_eq!(browser.post(&link, &[]).await.went_to(), "/home");
    assert!(reviewer().await);
    assert_eq!(browser.post(&link, &[]).await.status, StatusCode::NOT_FOUND, "the second use");
    // Invited a second time to what she is already: nothing breaks, and she has the role once.
    let fields = [("name", "Rita"), ("email", "rita@example.org"), ("role", "reviewer"), ("cycle", "")];
    let again = ida.post("/administration/invitations", &fields).await.links("invitations").remove(0);
    assert_eq!(browser.post(&again, &[]).await.went_to(), "/home");
    assert_eq!(portal.read().await.grants_of(rita).await.expect("grants").len(), 1);
}

async fn a_contributor_who_is_invited_to_lead_leads(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    portal.account("Cora", "cora@example.org", &["coordinator"]).await;
    let (id, email) = (north.id.to_string(), north.contributor_email());
    let fields = [("name", "Ben"), ("email", email.as_str()), ("centre", id.as_str())];
    let link = portal.sign_in("cora@example.org").await.post(HERE, &fields).await.links("invitations").remove(0);
    let mut ben = portal.sign_in(&email).await;
    assert_eq!(ben.get(&at(application, "/withdraw")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ben.post(&link, &[]).await.went_to(), "/home");
    ben.page(&at(application, "/withdraw")).await;
    // To be invited to less than one is changes nothing.
    let way = at(application, "/team/invitations");
    let less = portal.sign_in(&north.lead_email()).await.post(&way, &[("name", "Ben"), ("email", &email)]).await;
    assert_eq!(ben.post(&less.links("invitations").remove(0), &[]).await.went_to(), "/home");
    ben.page(&at(application, "/withdraw")).await;
}

async fn a_link_that_cannot_be_used_always_looks_the_same(portal: TestPortal) {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let mut ida = portal.sign_in("ida@example.org").await;
    let here = "/administration/invitations";
    let mut links = Vec::new();
    for word in ["used", "late", "revoked", "replaced"] {
        let email = format!("{word}@example.org");
        let fields = [("name", word), ("email", &email), ("role", "reviewer"), ("cycle", "")];
        links.push(ida.post(here, &fields).await.links("invitations").remove(0));
    }
    accept(&portal, &links[0], "Used").await;
    let open = portal.read().await.open_invitations_of(Whose::Programme).await.expect("invitations");
    let id = |word: &str| open.iter().find(|i| i.name.shown() == word).expect("an invitation").id;
    assert_eq!(ida.post(&format!("{here}/{}/revoke", id("revoked")), &[]).await.went_to(), here);
    ida.post(&format!("{here}/{}/renew", id("replaced")), &[]).await.must_show("The invitation is ready");
    portal.wait_minutes(72 * 60);
    let unknown = format!("/invitations/{}", "0".repeat(64));
    let fields = [("name", "X"), ("password", PASSWORD), ("again", PASSWORD)];
    let (get, post) = (portal.visitor().get(&unknown).await, portal.visitor().post(&unknown, &fields).await);
    assert_eq!((get.status, post.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    get.must_show("ask the person who invited you to send a new link");
    for link in links {
        assert_eq!(portal.visitor().get(&link).await.bare(), get.bare());
        assert_eq!(portal.visitor().post(&link, &fields).await.bare(), post.bare());
        assert_eq!(ida.get(&link).await.bare(), get.bare(), "also for somebody who is signed in");
    }
    ida.page(here).await.must_show("The link ended today");
}

async fn a_new_link_ends_the_old_one(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    let mut lead = portal.sign_in(&north.lead_email()).await;
    let way = at(application, "/team/invitations");
    let first =
        lead.post(&way, &[("name", "Cleo"), ("email", "cleo@north.example")]).await.links("invitations").remove(0);
    let id = portal.read().await.open_invitations_of(Whose::Centre(north.id)).await.expect("invitations").remove(0).id;
    portal.wait_minutes(72 * 60 + 1);
    lead.page(&at(application, "/team")).await.must_show("The link ended");
    let second = lead.post(&format!("{way}/{id}/renew"), &[]).await.links("invitations").remove(0);
    assert_ne!(first, second);
    assert_eq!(portal.visitor().get(&first).await.status, StatusCode::NOT_FOUND);
    accept(&portal, &second, "Cleo").await;
    assert_eq!(lead.post(&format!("{way}/{id}/renew"), &[]).await.status, StatusCode::CONFLICT, "it is used");
    assert_eq!(lead.post(&format!("{way}/{id}/revoke"), &[]).await.status, StatusCode::CONFLICT);
}

async fn only_who_may_invite_to_a_role_makes_a_new_link_or_takes_back(portal: TestPortal) {
    let (north, application) = portal.at_a_draft().await;
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    portal.account("Cora", "cora@example.org", &["coordinator"]).await;
    let (mut ida, mut cora) = (portal.sign_in("ida@example.org").await, portal.sign_in("cora@example.org").await);
    let mut lead = portal.sign_in(&north.lead_email()).await;
    let team = at(application, "/team/invitations");
    let person = [("name", "P"), ("email", "p@example.org")];
    lead.post(&team, &person).await.must_show("is ready");
    cora.post(HERE, &[person.as_slice(), &[("centre", &north.id.to_string())]].concat()).await.must_show("is ready");
    let here = "/administration/invitations";
    ida.post(here, &[person.as_slice(), &[("role", "coordinator")]].concat()).await.must_show("is ready");
    let all = "SELECT id FROM invitation WHERE used_at IS NULL AND revoked_at IS NULL ORDER BY role";
    let ids = portal.texts(all).await;
    // In the order of their roles: contributor, coordinator, lead.
    let (contributor, coordinator, leads) = (&ids[0], &ids[1], &ids[2]);
    for step in ["renew", "revoke"] {
        for (browser, base, foreign) in [
            (&mut lead, team.as_str(), [coordinator, leads]),
            (&mut cora, HERE, [contributor, coordinator]),
            (&mut ida, here, [contributor, leads]),
        ] {
            for id in foreign {
                let reply = browser.post(&format!("{base}/{id}/{step}"), &[]).await;
                assert_eq!(reply.status, StatusCode::CONFLICT, "{base} {step}");
            }
        }
    }
    assert_eq!(portal.texts(all).await, ids);
    // The lead of another centre neither.
    let south = portal.centre("south").await;
    let cycle = portal.read().await.cycles().await.expect("cycles").remove(0);
    let other = portal.draft(&south, &cycle).await;
    let way = at(other, &format!("/team/invitations/{contributor}/revoke"));
    assert_eq!(portal.sign_in(&south.lead_email()).await.post(&way, &[]).await.status, StatusCode::CONFLICT);
    assert_eq!(portal.texts(all).await, ids);
}

async fn invitations_of_somebody_who_lost_the_right_end(portal: TestPortal) {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let eve = portal.account("Eve", "eve@example.org", &["administrator", "coordinator"]).await;
    let mut browser = portal.sign_in("eve@example.org").await;
    let fields = [("name", "Mallory"), ("email", "mallory@example.org"), ("role", "administrator")];
    let link = browser.post("/administration/invitations", &fields).await.links("invitations").remove(0);
    let lead = browser.post(HERE, &FIELDS).await.links("invitations").remove(0);
    portal.visitor().page(&link).await;
    let mut ida = portal.sign_in("ida@example.org").await;
    let way = format!("/administration/people/{eve}");
    ida.post(&format!("{way}/roles/end"), &[("role", "administrator")]).await.went_to();
    assert_eq!(portal.visitor().get(&link).await.status, StatusCode::NOT_FOUND);
    portal.visitor().page(&lead).await.must_show("You are invited to lead");
    ida.post(&format!("{way}/close"), &[]).await.went_to();
    assert_eq!(portal.visitor().get(&lead).await.status, StatusCode::NOT_FOUND);
}

async fn a_closed_account_is_not_opened_by_an_invitation(portal: TestPortal) {
    portal.account("Ida", "ida@example.org", &["administrator"]).await;
    let zoe = portal.account("Zoe", "zoe@example.org", &[]).await;
    let mut ida = portal.sign_in("ida@example.org").await;
    ida.post(&format!("/administration/people/{zoe}/close"), &[]).await.went_to();
    let fields = [("name", "Zoe"), ("email", "zoe@example.org"), ("role", "chair")];
    let link = ida.post("/administration/invitations", &fields).await.links("invitations").remove(0);
    let fields = [("name", "Zoe"), ("password", PASSWORD), ("again", PASSWORD)];
    let refused = portal.visitor().post(&link, &fields).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    refused.must_show("This link cannot be used");
    assert!(portal.read().await.account(zoe).await.expect("a look").is_none(), "it stays closed");
}
