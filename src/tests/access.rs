//! Every route, and who it opens for. What somebody must not see is answered like what does not exist.

use super::{
    browser::{Browser, Part, Reply},
    harness::{PASSWORD, TestPortal},
    routes::{
        Door::{
            Account, Administrator, Case, Centre as OfCentre, Coordinator, Demo, GroupTyped, Lead, Panel, PanelTyped,
            Public, Reviewer, Secretariat, Typed, WorkingGroup,
        },
        LATER, ROUTES,
    },
    world::{Centre, PDF, at},
};
use crate::{
    domain::{
        access::Action,
        id::{ActionId, ApplicationId},
        plan::PlannedAction,
    },
    store::{
        invitation::{Invite, Whose},
        request::Question,
    },
};
use axum::{
    body::Body,
    http::{Method, StatusCode, header},
};
use std::collections::BTreeMap;

/// A draft in which every kind of thing exists, with what its addresses need.
pub struct Scene {
    /// Whose it is.
    pub centre: Centre,
    /// The draft.
    pub application: ApplicationId,
    values: BTreeMap<&'static str, String>,
}

impl Scene {
    /// Makes one.
    pub async fn of(portal: &TestPortal) -> Self {
        let (centre, application) = portal.at_a_draft().await;
        let mut lead = portal.sign_in(&centre.lead_email()).await;
        let added = lead.post_multipart(&at(application, "/evidence"), &[Part::File("file", "a.pdf", PDF)]).await;
        let evidence = added.went_to().rsplit_once('/').expect("an address").1.replace("?done=added", "");
        portal.look_through().await;
        let stamp = portal.stamp(Some(centre.lead));
        let mut tx = portal.write().await;
        tx.add_note(&stamp, application, 3, true, "Please look at the figures").await.expect("a note");
        let action = PlannedAction {
            id: ActionId::new(0),
            criterion: 3,
            what: "Hire".into(),
            owner: String::new(),
            due: String::new(),
            measure: String::new(),
            carried: false,
            done: None,
        };
        tx.add_action(&stamp, application, &action).await.expect("an action");
        let action = tx.plan(application).await.expect("a plan").remove(0).id;
        let invite = Invite {
            centre: Some(centre.id),
            role: "contributor",
            cycle: None,
            name: "Cleo north".into(),
            email: "cleo@north.example".into(),
        };
        tx.invite(&stamp, &invite).await.expect("an invitation");
        let due = stamp.now.plus_days(14);
        let question = Question { criterion: 3, seat: None, text: "How many?", due };
        let request = tx.ask_centre(&stamp, application, question).await.expect("a question");
        let note = tx.notes(application).await.expect("notes").remove(0).id;
        let invitation = tx.open_invitations_of(Whose::Centre(centre.id)).await.expect("invitations").remove(0).id;
        let lead_invite = Invite { role: "lead", ..invite.clone() };
        tx.invite(&stamp, &lead_invite).await.expect("an invitation");
        let programme = Invite { centre: None, role: "chair", ..invite };
        tx.invite(&stamp, &programme).await.expect("an invitation");
        let of_leads = tx.open_invitations_of(Whose::Leads).await.expect("invitations").remove(0).id;
        let of_programme = tx.open_invitations_of(Whose::Programme).await.expect("invitations").remove(0).id;
        tx.commit().await.expect("commit");
        let cycle = portal.read().await.cycles().await.expect("cycles").remove(0).id;
        let values = BTreeMap::from([
            ("{application}", application.to_string()),
            ("{criterion}", "3".to_owned()),
            ("{evidence}", evidence),
            ("{page}", "1".to_owned()),
            ("{note}", note.to_string()),
            ("{action}", action.to_string()),
            ("team/invitations/{invitation}", format!("team/invitations/{invitation}")),
            ("group/invitations/{invitation}", format!("group/invitations/{of_leads}")),
            ("administration/invitations/{invitation}", format!("administration/invitations/{of_programme}")),
            ("{session}", "0".repeat(16)),
            ("{account}", centre.contributor.to_string()),
            ("{review}", "0".repeat(32)),
            ("{letter}", "0".repeat(32)),
            ("{practice}", "1".to_owned()),
            ("{seat}", "0".repeat(32)),
            ("{conflict}", "0".repeat(32)),
            ("{tie}", "0".repeat(32)),
            ("{cycle}", "0".repeat(32)),
            ("group/cycles/{cycle}", format!("group/cycles/{cycle}")),
            ("{batch}", "0".repeat(32)),
            ("{token}", "0".repeat(64)),
            ("{passkey}", "0".repeat(32)),
            ("{identity}", "0".repeat(32)),
            ("{provider}", "no-hospital".to_owned()),
            ("{designation}", "0".repeat(32)),
            ("{code}", crate::domain::designation::Code::draw(7).to_string()),
            ("{review}", "0".repeat(32)),
            ("{request}", request.to_string()),
            ("{file}", "0".repeat(32)),
            ("{name}", crate::server::assets::STYLE.to_owned()),
        ]);
        Self { centre, application, values }
    }

    /// What stands in addresses here for a name in braces.
    pub fn value(&self, name: &str) -> &str {
        &self.values[name]
    }

    /// The address of a route here.
    pub fn address(&self, template: &str) -> String {
        self.values.iter().fold(template.to_owned(), |path, (name, value)| path.replace(name, value))
    }
}

/// Asks as a browser would: a form has a field.
pub async fn ask(browser: &mut Browser, method: &str, path: &str) -> Reply {
    if method == "POST" { browser.post(path, &[("narrative", "typed")]).await } else { browser.get(path).await }
}

on_both!(
    somebody_signed_out_is_asked_to_sign_in,
    a_foreign_application_is_answered_like_an_unknown_page,
    a_contributor_cannot_do_what_the_lead_answers_for,
    the_lead_can_open_every_page,
    only_administrators_find_the_pages_of_administration,
    only_coordinators_find_the_pages_of_the_working_group,
    nothing_but_the_table_can_be_asked_for,
    an_address_that_cannot_be_is_not_found,
    after_signing_in_there_is_a_page,
    an_account_that_was_closed_has_to_sign_in_again,
);

async fn somebody_signed_out_is_asked_to_sign_in(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    for (method, template, door) in ROUTES {
        let path = scene.address(template);
        let reply = ask(&mut portal.visitor(), method, &path).await;
        match door {
            Public | Demo => assert_ne!(reply.status, StatusCode::UNAUTHORIZED, "{method} {template}"),
            Typed | GroupTyped | PanelTyped => {
                assert_eq!(reply.status, StatusCode::UNAUTHORIZED, "{method} {template}");
                reply.must_show("typed");
            }
            // A form with text gives it back.
            Panel | Case | Reviewer if reply.status == StatusCode::UNAUTHORIZED => reply.must_show("typed"),
            Account | OfCentre | Lead | Coordinator | WorkingGroup | Secretariat | Case | Administrator | Reviewer
            | Panel => {
                assert!(reply.went_to().starts_with("/sign-in?next=%2F"), "{method} {template}: {}", reply.went_to());
                assert_eq!(reply.body.len(), 0, "{method} {template}");
            }
        }
    }
}

async fn a_foreign_application_is_answered_like_an_unknown_page(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    portal.centre("south").await;
    portal.account("Stranger", "stranger@example.org", &[]).await;
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    portal.account("Coordinator", "coordinator@example.org", &["coordinator"]).await;
    let mut different = Vec::new();
    for submitted in [false, true] {
        if submitted {
            portal.submit(&scene.centre, scene.application).await;
        }
        for email in ["stranger@example.org", "admin@example.org", "coordinator@example.org", "lead@south.example"] {
            let mut browser = portal.sign_in(email).await;
            let inside =
                ROUTES.iter().filter(|(.., door)| matches!(door, OfCentre | Typed | Lead | Panel | PanelTyped));
            for (method, template, _) in inside {
                let foreign = ask(&mut browser, method, &scene.address(template)).await;
                let unknown = ask(&mut browser, method, "/no/such/page").await;
                assert_eq!(unknown.status, StatusCode::NOT_FOUND);
                if foreign.bare() != unknown.bare() {
                    different.push(format!("{email}: {method} {template}: {}\n", foreign.headline()));
                }
            }
            // An island asks in JSON; that must not tell more.
            let foreign = browser.autosave(&at(scene.application, "/criteria/3"), &[("narrative", "x")]).await;
            let unknown = browser.autosave("/no/such/page", &[("narrative", "x")]).await;
            assert_eq!(foreign.bare(), unknown.bare(), "{email}");
        }
    }
    assert!(different.is_empty(), "{}", different.concat());
}

async fn a_contributor_cannot_do_what_the_lead_answers_for(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut contributor = portal.sign_in(&scene.centre.contributor_email()).await;
    for (method, template, door) in ROUTES {
        let reply = match door {
            Lead => ask(&mut contributor, method, &scene.address(template)).await,
            OfCentre | Typed if *method == "GET" => contributor.get(&scene.address(template)).await,
            _ => continue,
        };
        let expected = match (door, *template) {
            (Lead, _) => StatusCode::FORBIDDEN,
            // There is none while it is a draft.
            (_, template) if LATER.contains(&template) => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        };
        assert_eq!(reply.status, expected, "{method} {template}");
    }
    let standing = portal.read().await.standing(scene.application, scene.centre.contributor).await;
    let standing = standing.expect("a standing").expect("a member");
    assert_eq!(standing.application.stage.name(), crate::domain::stage::StageName::Draft);
    let decision = crate::domain::access::may(standing.relation, standing.application.stage.name(), Action::Submit);
    assert_eq!(decision, crate::domain::access::Decision::Refused);
    assert_eq!(portal.count("SELECT CAST(COUNT(*) AS BIGINT) FROM signatory").await, 0);
}

async fn the_lead_can_open_every_page(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut lead = portal.sign_in(&scene.centre.lead_email()).await;
    let others = |door: &_| {
        matches!(door, Coordinator | WorkingGroup | GroupTyped | Secretariat | Case | Administrator | Reviewer | Panel)
    };
    for (_, template, _) in ROUTES.iter().filter(|(method, _, door)| *method == "GET" && !others(door)) {
        let reply = lead.get(&scene.address(template)).await;
        let expected = match *template {
            "/sign-in" | "/sign-in/code" | "/sign-in/recovery" => StatusCode::SEE_OTHER,
            // Unknown tokens and providers, and no receipt while it is a draft.
            "/invitations/{token}"
            | "/reset/{token}"
            | "/confirmations/{token}"
            | "/sign-in/provider/{provider}/callback" => StatusCode::NOT_FOUND,
            template if LATER.contains(&template) => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        };
        assert_eq!(reply.status, expected, "GET {template}");
    }
}

async fn only_administrators_find_the_pages_of_administration(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    portal.account("Administrator", "admin@example.org", &["administrator"]).await;
    portal.account("Coordinator", "coordinator@example.org", &["coordinator"]).await;
    let inside = || ROUTES.iter().filter(|(.., door)| *door == Administrator);
    let lead = scene.centre.lead_email();
    for email in [lead.as_str(), "coordinator@example.org"] {
        let mut browser = portal.sign_in(email).await;
        for (method, template, _) in inside() {
            let foreign = ask(&mut browser, method, &scene.address(template)).await;
            let unknown = ask(&mut browser, method, "/no/such/page").await;
            assert_eq!(foreign.bare(), unknown.bare(), "{email}: {method} {template}");
        }
    }
    let mut administrator = portal.sign_in("admin@example.org").await;
    for (_, template, _) in inside().filter(|(method, ..)| *method == "GET") {
        let reply = administrator.get(&scene.address(template)).await;
        assert_eq!(reply.status, StatusCode::OK, "GET {template}");
    }
    administrator.page("/home").await.must_show("Administration");
}

async fn only_coordinators_find_the_pages_of_the_working_group(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    for role in ["administrator", "coordinator", "chair", "reviewer"] {
        portal.account(role, &format!("{role}@example.org"), &[role]).await;
    }
    let inside = || ROUTES.iter().filter(|(.., door)| *door == Coordinator);
    let lead = scene.centre.lead_email();
    for email in [lead.as_str(), "administrator@example.org", "chair@example.org", "reviewer@example.org"] {
        let mut browser = portal.sign_in(email).await;
        for (method, template, _) in inside() {
            let foreign = ask(&mut browser, method, &scene.address(template)).await;
            let unknown = ask(&mut browser, method, "/no/such/page").await;
            assert_eq!(foreign.bare(), unknown.bare(), "{email}: {method} {template}");
        }
    }
    let mut coordinator = portal.sign_in("coordinator@example.org").await;
    for (_, template, _) in inside().filter(|(method, ..)| *method == "GET") {
        let reply = coordinator.get(&scene.address(template)).await;
        assert_eq!(reply.status, StatusCode::OK, "GET {template}");
    }
    assert_eq!(coordinator.get("/home").await.went_to(), "/working-group", "their work begins at the board");
}

async fn nothing_but_the_table_can_be_asked_for(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut lead = portal.sign_in(&scene.centre.lead_email()).await;
    for (_, template, _) in ROUTES {
        let known: Vec<&str> = ROUTES.iter().filter(|(_, path, _)| path == template).map(|(m, ..)| *m).collect();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if known.contains(&method.as_str()) {
                continue;
            }
            let path = scene.address(template);
            let request = lead.request(&method, &path).body(Body::empty()).expect("a request");
            let reply = lead.send(request).await;
            let request = lead.request(&method, "/no/such/page").body(Body::empty()).expect("a request");
            let unknown = lead.send(request).await;
            // The header `Allow` of the framework tells the shape of the address, which is no secret.
            let (reply, unknown) = (reply.bare(), unknown.bare());
            let lines = reply.lines().filter(|line| !line.starts_with("allow: "));
            assert!(lines.eq(unknown.lines()), "{method} {template}: {reply}");
        }
    }
}

async fn an_address_that_cannot_be_is_not_found(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut lead = portal.sign_in(&scene.centre.lead_email()).await;
    let mut wrong = Vec::new();
    let base = at(scene.application, "");
    for (method, path) in [
        ("GET", "/criteria/0".to_owned()),
        ("GET", "/criteria/14".to_owned()),
        ("GET", "/criteria/abc".to_owned()),
        ("GET", "/criteria/3/".to_owned()),
        ("GET", "/applications/x".to_owned()),
        ("GET", format!("{base}/criteria/0")),
        ("GET", format!("{base}/criteria/14")),
        ("GET", format!("{base}/criteria/abc")),
        ("GET", format!("{base}/criteria/300")),
        ("GET", format!("{base}/criteria/-1")),
        ("GET", format!("{base}/criteria/%FF")),
        ("GET", format!("{base}/criteria/14/history")),
        ("GET", format!("{base}/evidence/x")),
        ("GET", format!("{base}/evidence/{}", "0".repeat(32))),
        ("GET", format!("{base}/evidence/x/file")),
        ("POST", format!("{base}/criteria/0")),
        ("POST", format!("{base}/criteria/abc")),
        ("POST", format!("{base}/criteria/abc/notes")),
        ("POST", format!("{base}/criteria/3/notes/x/close")),
        ("POST", format!("{base}/evidence/x/remove")),
        ("POST", format!("{base}/team/invitations/x/revoke")),
        ("POST", format!("{base}/team/members/x/remove")),
    ] {
        let reply = ask(&mut lead, method, &path).await;
        if reply.status != StatusCode::NOT_FOUND {
            wrong.push(format!("{method} {}: {}\n", path.replace(&base, "…"), reply.headline()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

async fn after_signing_in_there_is_a_page(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut lost = Vec::new();
    for (method, template, door) in ROUTES {
        let closed = matches!(
            door,
            Coordinator
                | WorkingGroup
                | GroupTyped
                | Secretariat
                | Case
                | Administrator
                | Reviewer
                | Panel
                | PanelTyped
        );
        if closed || matches!(door, Public | Typed | Demo) || LATER.contains(template) {
            continue;
        }
        let mut browser = portal.visitor();
        let way = ask(&mut browser, method, &scene.address(template)).await.went_to();
        let next = browser.page(&way).await.html().value_of("next");
        let email = scene.centre.lead_email();
        let place = portal.sign_in_as(&mut browser, &email, &[("next", next.as_str())]).await;
        let reply = browser.get(&place).await;
        if reply.status != StatusCode::OK {
            lost.push(format!("{method} {template}: {}\n", reply.headline()));
        }
    }
    assert!(lost.is_empty(), "signing in led nowhere after\n{}", lost.concat());
}

async fn an_account_that_was_closed_has_to_sign_in_again(portal: TestPortal) {
    let scene = Scene::of(&portal).await;
    let mut lead = portal.sign_in(&scene.centre.lead_email()).await;
    portal.tamper("UPDATE account SET disabled_at = 1").await;
    for path in ["/home".to_owned(), at(scene.application, ""), at(scene.application, "/criteria/3")] {
        assert!(lead.get(&path).await.went_to().starts_with("/sign-in?next="), "{path}");
    }
    let refused =
        portal.visitor().post("/sign-in", &[("email", &scene.centre.lead_email()), ("password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(refused.header(header::SET_COOKIE), "");
}
