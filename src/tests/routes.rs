//! Every route of the portal with who it opens for. A route that is missing here fails a test.

use Door::{
    Account, Administrator, Case, Centre, Coordinator, Demo, GroupTyped, Lead, Panel, PanelTyped, Public, Reviewer,
    Secretariat, Typed, WorkingGroup,
};
use std::collections::BTreeSet;

/// Who a route opens for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Everybody.
    Public,
    /// Everybody who is signed in.
    Account,
    /// The centre of the application.
    Centre,
    /// The centre; what was typed is given back to somebody whose session has ended.
    Typed,
    /// The lead of the centre.
    Lead,
    /// Coordinators; for everybody else there is no such page.
    Coordinator,
    /// Coordinators and chairs; for everybody else there is no such page.
    WorkingGroup,
    /// Coordinators; a chair may know it and not do it; for everybody else there is no such page.
    Secretariat,
    /// Whoever handles the application for the working group, once it was handed in.
    Case,
    /// The same; what was typed is given back to somebody whose session has ended.
    GroupTyped,
    /// Administrators; for everybody else there is no such page.
    Administrator,
    /// Reviewers; for everybody else there is no such page.
    Reviewer,
    /// Who sits on the panel of that application; for everybody else there is no such page.
    Panel,
    /// The same; what was typed is given back to somebody whose session has ended.
    PanelTyped,
    /// Testers of the demo: shows everybody's mail to everybody there. Outside the demo there is no such page.
    Demo,
}

/// Pages of an application that there are not while it is a draft.
pub const LATER: &[&str] = &[
    "/applications/{application}/receipt",
    "/applications/{application}/result",
    "/applications/{application}/appeal",
    "/applications/{application}/certificate",
    "/applications/{application}/designation",
    "/applications/{application}/requests/{request}/files/{file}",
];

/// Every route of the portal, in the order of `app.rs`.
pub const ROUTES: &[(&str, &str, Door)] = &[
    ("GET", "/applications/{application}", Centre),
    ("GET", "/applications/{application}/criteria/{criterion}", Centre),
    ("POST", "/applications/{application}/criteria/{criterion}", Typed),
    ("POST", "/applications/{application}/criteria/{criterion}/choose", Centre),
    ("POST", "/applications/{application}/criteria/{criterion}/notes", Typed),
    ("POST", "/applications/{application}/criteria/{criterion}/notes/{note}/close", Centre),
    ("POST", "/applications/{application}/criteria/{criterion}/evidence", Centre),
    ("GET", "/applications/{application}/criteria/{criterion}/history", Centre),
    ("GET", "/applications/{application}/evidence", Centre),
    ("POST", "/applications/{application}/evidence", Centre),
    ("GET", "/applications/{application}/evidence/{evidence}", Centre),
    ("POST", "/applications/{application}/evidence/{evidence}", Typed),
    ("POST", "/applications/{application}/evidence/{evidence}/replace", Centre),
    ("POST", "/applications/{application}/evidence/{evidence}/remove", Centre),
    ("GET", "/applications/{application}/evidence/{evidence}/file", Centre),
    ("GET", "/applications/{application}/evidence/{evidence}/preview", Centre),
    ("GET", "/applications/{application}/evidence/{evidence}/pages/{page}", Centre),
    ("GET", "/applications/{application}/evidence/{evidence}/copy", Centre),
    ("POST", "/applications/{application}/evidence/{evidence}/findings", Centre),
    ("GET", "/applications/{application}/evidence.zip", Centre),
    ("GET", "/applications/{application}/plan", Centre),
    ("POST", "/applications/{application}/plan", Typed),
    ("GET", "/applications/{application}/plan.csv", Centre),
    ("GET", "/applications/{application}/plan.ics", Centre),
    ("POST", "/applications/{application}/plan/{action}", Typed),
    ("GET", "/applications/{application}/team", Centre),
    ("POST", "/applications/{application}/team/invitations", Lead),
    ("POST", "/applications/{application}/team/invitations/{invitation}/renew", Lead),
    ("POST", "/applications/{application}/team/invitations/{invitation}/revoke", Lead),
    ("POST", "/applications/{application}/team/owners", Lead),
    ("POST", "/applications/{application}/team/members/{account}/remove", Lead),
    ("GET", "/applications/{application}/check", Centre),
    ("POST", "/applications/{application}/check/signatories", Lead),
    ("POST", "/applications/{application}/check/confirm", Centre),
    ("POST", "/applications/{application}/check/declarations", Lead),
    ("POST", "/applications/{application}/submit", Lead),
    ("GET", "/applications/{application}/withdraw", Lead),
    ("POST", "/applications/{application}/withdraw", Lead),
    ("GET", "/applications/{application}/receipt", Centre),
    ("GET", "/applications/{application}/result", Centre),
    ("GET", "/applications/{application}/appeal", Centre),
    ("POST", "/applications/{application}/appeal", Typed),
    ("GET", "/applications/{application}/certificate", Centre),
    ("GET", "/applications/{application}/designation", Centre),
    ("POST", "/applications/{application}/designation", Lead),
    ("POST", "/applications/{application}/designation/unpublish", Lead),
    ("GET", "/applications/{application}/requests", Centre),
    ("GET", "/applications/{application}/requests/{request}", Centre),
    ("POST", "/applications/{application}/requests/{request}", Centre),
    ("GET", "/applications/{application}/requests/{request}/files/{file}", Centre),
    ("GET", "/", Public),
    ("GET", "/criteria", Public),
    ("GET", "/criteria/{criterion}", Public),
    ("GET", "/programme", Public),
    ("GET", "/glossary", Public),
    ("GET", "/accessibility", Public),
    ("GET", "/privacy", Public),
    ("GET", "/help", Public),
    ("GET", "/record", Public),
    ("GET", "/register", Public),
    ("GET", "/verify", Public),
    ("GET", "/certificates/{code}", Public),
    ("GET", "/sign-in", Public),
    ("POST", "/sign-in", Public),
    ("POST", "/sign-in/passkey", Public),
    ("POST", "/sign-in/passkey/begin", Public),
    ("POST", "/sign-in/provider/{provider}", Public),
    ("GET", "/sign-in/provider/{provider}/callback", Public),
    ("GET", "/account/passkeys", Account),
    ("POST", "/account/passkeys", Account),
    ("POST", "/account/passkeys/begin", Account),
    ("POST", "/account/passkeys/{passkey}", Account),
    ("POST", "/account/passkeys/{passkey}/remove", Account),
    ("GET", "/account/providers", Account),
    ("POST", "/account/providers/{provider}", Account),
    ("POST", "/account/identities/{identity}/remove", Account),
    ("GET", "/sign-in/code", Public),
    ("POST", "/sign-in/code", Public),
    ("GET", "/sign-in/recovery", Public),
    ("POST", "/sign-in/recovery", Public),
    ("POST", "/sign-out", Public),
    ("GET", "/account", Account),
    ("GET", "/account/confirm", Account),
    ("POST", "/account/confirm", Account),
    ("POST", "/account/confirm/passkey", Account),
    ("POST", "/account/confirm/passkey/begin", Account),
    ("GET", "/account/factors", Account),
    ("GET", "/account/factors/code", Account),
    ("POST", "/account/factors/code", Account),
    ("POST", "/account/factors/recovery", Account),
    ("GET", "/account/password", Account),
    ("POST", "/account/password", Account),
    ("GET", "/account/sessions", Account),
    ("POST", "/account/sessions/end", Account),
    ("GET", "/invitations/{token}", Public),
    ("POST", "/invitations/{token}", Public),
    ("GET", "/confirmations/{token}", Public),
    ("POST", "/confirmations/{token}", Public),
    ("GET", "/account/record", Account),
    ("GET", "/account/data", Account),
    ("POST", "/account/data/export", Account),
    ("GET", "/account/data/erasure", Account),
    ("POST", "/account/data/erasure", Account),
    ("GET", "/home", Account),
    ("POST", "/applications", Account),
    ("GET", "/account/mail", Account),
    ("POST", "/account/mail", Account),
    ("GET", "/administration", Administrator),
    ("GET", "/administration/record", Administrator),
    ("GET", "/administration/mail", Administrator),
    ("POST", "/administration/mail/{letter}/resend", Administrator),
    ("POST", "/administration/mail/{letter}/drop", Administrator),
    ("POST", "/administration/mail/reminders/{cycle}", Administrator),
    ("GET", "/outbox", Demo),
    ("GET", "/reset/{token}", Public),
    ("POST", "/reset/{token}", Public),
    ("GET", "/working-group/invitations", Coordinator),
    ("POST", "/working-group/invitations", Coordinator),
    ("POST", "/working-group/invitations/{invitation}/renew", Coordinator),
    ("POST", "/working-group/invitations/{invitation}/revoke", Coordinator),
    ("GET", "/working-group", WorkingGroup),
    ("GET", "/working-group/cycles", WorkingGroup),
    ("POST", "/working-group/cycles", Secretariat),
    ("GET", "/working-group/cycles/new", Secretariat),
    ("GET", "/working-group/cycles/{cycle}", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/settings", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/settings", Secretariat),
    ("GET", "/working-group/cycles/{cycle}/applications", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/applications", WorkingGroup),
    ("GET", "/working-group/applications/{application}", WorkingGroup),
    ("GET", "/working-group/applications/{application}/extension", Secretariat),
    ("POST", "/working-group/applications/{application}/extension", Secretariat),
    ("GET", "/working-group/applications/{application}/file", Case),
    ("GET", "/working-group/applications/{application}/evidence/{evidence}", Case),
    ("GET", "/working-group/applications/{application}/evidence/{evidence}/findings", Case),
    ("POST", "/working-group/applications/{application}/evidence/{evidence}/findings", Case),
    ("GET", "/working-group/applications/{application}/screening", Case),
    ("POST", "/working-group/applications/{application}/screening", Secretariat),
    ("GET", "/working-group/applications/{application}/decision", WorkingGroup),
    ("POST", "/working-group/applications/{application}/decision", GroupTyped),
    ("POST", "/working-group/applications/{application}/decision/confirm", WorkingGroup),
    ("POST", "/working-group/applications/{application}/decision/back", GroupTyped),
    ("POST", "/working-group/applications/{application}/decision/letter", GroupTyped),
    ("GET", "/working-group/applications/{application}/gate", WorkingGroup),
    ("POST", "/working-group/applications/{application}/gate", GroupTyped),
    ("GET", "/working-group/applications/{application}/appeal", WorkingGroup),
    ("POST", "/working-group/applications/{application}/appeal", GroupTyped),
    ("POST", "/working-group/applications/{application}/appeal/confirm", WorkingGroup),
    ("POST", "/working-group/applications/{application}/appeal/back", GroupTyped),
    ("GET", "/working-group/cycles/{cycle}/releases", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/releases", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/releases/{batch}", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/releases/{batch}", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/releases/{batch}/discard", WorkingGroup),
    ("GET", "/working-group/designations", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/applications.csv", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/applications.xlsx", WorkingGroup),
    ("GET", "/working-group/designations.csv", WorkingGroup),
    ("GET", "/working-group/designations.xlsx", WorkingGroup),
    ("GET", "/working-group/designations/{designation}", WorkingGroup),
    ("POST", "/working-group/designations/{designation}/visits", WorkingGroup),
    ("POST", "/working-group/designations/{designation}/withdrawal", WorkingGroup),
    ("POST", "/working-group/designations/{designation}/withdrawal/drop", WorkingGroup),
    ("POST", "/working-group/designations/{designation}/withdrawal/confirm", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/agreement", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/statistics", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/statistics.csv", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/statistics.xlsx", WorkingGroup),
    ("GET", "/working-group/cycles/{cycle}/dates.ics", WorkingGroup),
    ("GET", "/reviews/practice", Reviewer),
    ("GET", "/reviews/practice/{practice}", Reviewer),
    ("POST", "/reviews/practice/{practice}", Reviewer),
    ("GET", "/reviews/due.ics", Reviewer),
    ("GET", "/reviews/profile", Reviewer),
    ("POST", "/reviews/profile", Reviewer),
    ("POST", "/reviews/profile/ties", Reviewer),
    ("POST", "/reviews/profile/ties/{tie}/remove", Reviewer),
    ("GET", "/working-group/cycles/{cycle}/assignment", WorkingGroup),
    ("POST", "/working-group/cycles/{cycle}/assignment", Secretariat),
    ("GET", "/working-group/cycles/{cycle}/assignment/proposal", Secretariat),
    ("POST", "/working-group/cycles/{cycle}/assignment/table", Secretariat),
    ("GET", "/working-group/applications/{application}/panel", Case),
    ("POST", "/working-group/applications/{application}/panel/ask", Case),
    ("POST", "/working-group/applications/{application}/panel/candidates", Case),
    ("POST", "/working-group/applications/{application}/panel/conflicts", Case),
    ("POST", "/working-group/applications/{application}/panel/conflicts/{conflict}/end", Case),
    ("POST", "/working-group/applications/{application}/panel/seats/{seat}/lead", Case),
    ("POST", "/working-group/applications/{application}/panel/seats/{seat}/remove", Case),
    ("GET", "/administration/people", Administrator),
    ("POST", "/administration/people", Administrator),
    ("GET", "/administration/people/{account}", Administrator),
    ("POST", "/administration/people/{account}", Administrator),
    ("POST", "/administration/people/{account}/roles", Administrator),
    ("POST", "/administration/people/{account}/roles/end", Administrator),
    ("POST", "/administration/people/{account}/close", Administrator),
    ("POST", "/administration/people/{account}/reopen", Administrator),
    ("POST", "/administration/people/{account}/reset", Administrator),
    ("POST", "/administration/people/{account}/sessions/end", Administrator),
    ("POST", "/administration/people/{account}/sessions/{session}/end", Administrator),
    ("GET", "/administration/sessions", Administrator),
    ("GET", "/administration/invitations", Administrator),
    ("POST", "/administration/invitations", Administrator),
    ("POST", "/administration/invitations/{invitation}/renew", Administrator),
    ("POST", "/administration/invitations/{invitation}/revoke", Administrator),
    ("GET", "/administration/files", Administrator),
    ("GET", "/administration/settings", Administrator),
    ("GET", "/reviews", Reviewer),
    ("GET", "/reviews/{review}", Panel),
    ("POST", "/reviews/{review}/accept", Panel),
    ("POST", "/reviews/{review}/decline", Panel),
    ("POST", "/reviews/{review}/undo", Panel),
    ("POST", "/reviews/{review}/declaration", Panel),
    ("GET", "/reviews/{review}/conflict", Panel),
    ("POST", "/reviews/{review}/conflict", Panel),
    ("GET", "/reviews/{review}/criteria/{criterion}", Panel),
    ("POST", "/reviews/{review}/criteria/{criterion}", PanelTyped),
    ("GET", "/reviews/{review}/evidence/{letter}", Panel),
    ("GET", "/reviews/{review}/evidence/{letter}/copy", Panel),
    ("GET", "/reviews/{review}/evidence/{letter}/pages/{page}", Panel),
    ("GET", "/reviews/{review}/evidence.zip", Panel),
    ("GET", "/reviews/{review}/preview", Panel),
    ("GET", "/reviews/{review}/submit", Panel),
    ("POST", "/reviews/{review}/submit", PanelTyped),
    ("POST", "/reviews/{review}/reopen", Panel),
    ("GET", "/reviews/{review}/requests", Panel),
    ("POST", "/reviews/{review}/requests", Panel),
    ("POST", "/reviews/{review}/requests/{request}", Panel),
    ("GET", "/reviews/{review}/requests/evidence/{letter}", Panel),
    ("GET", "/reviews/{review}/deliberation", Panel),
    ("GET", "/reviews/{review}/deliberation/{criterion}", Panel),
    ("POST", "/reviews/{review}/deliberation/{criterion}", Panel),
    ("GET", "/reviews/{review}/feedback", Panel),
    ("POST", "/reviews/{review}/feedback", Panel),
    ("GET", "/reviews/{review}/feedback/{criterion}", Panel),
    ("POST", "/reviews/{review}/feedback/{criterion}", Panel),
    ("GET", "/working-group/applications/{application}/requests", Case),
    ("POST", "/working-group/applications/{application}/requests", Case),
    ("POST", "/working-group/applications/{application}/requests/{request}", Case),
    ("GET", "/working-group/applications/{application}/requests/files/{file}", Case),
    ("GET", "/working-group/applications/{application}/deliberation", Case),
    ("POST", "/working-group/applications/{application}/deliberation", Case),
    ("GET", "/working-group/applications/{application}/deliberation/{criterion}", Case),
    ("POST", "/working-group/applications/{application}/deliberation/{criterion}", Case),
    ("GET", "/working-group/applications/{application}/feedback", Case),
    ("POST", "/working-group/applications/{application}/feedback", Case),
    ("GET", "/working-group/applications/{application}/feedback/{criterion}", Case),
    ("POST", "/working-group/applications/{application}/feedback/{criterion}", Case),
    ("GET", "/assets/{name}", Public),
    ("GET", "/favicon.ico", Public),
    ("GET", "/livez", Public),
    ("GET", "/readyz", Public),
];

/// The routes that `app.rs` writes down.
fn routes_of_the_source() -> BTreeSet<(String, String)> {
    let source = include_str!("../app.rs");
    let (_, body) = source.split_once("pub fn routes()").expect("the function");
    let (body, _) = body.split_once("\n}\n").expect("its end");
    for other in [".merge(", "put(", "patch(", "delete(", "any(", "on(", "route_service(", "nest_service("] {
        assert!(!body.contains(other), "this test does not know what {other} adds");
    }
    assert_eq!(body.matches(".nest(").count(), 1);
    assert!(body.contains(".nest(\"/applications/{application}\", application)"));
    let (application, portal) = body
        .split_once("Router::new()")
        .and_then(|(_, rest)| rest.split_once("Router::new()"))
        .expect("the application's router, then the portal's");
    let mut routes = BTreeSet::new();
    for (prefix, part) in [("/applications/{application}", application), ("", portal)] {
        for route in part.split(".route(").skip(1) {
            let path = route.split('"').nth(1).expect("a path");
            let path = if path == "/" && !prefix.is_empty() { prefix.to_owned() } else { format!("{prefix}{path}") };
            let words: Vec<&str> = route.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '(').collect();
            for (method, word) in [("GET", "get("), ("POST", "post(")] {
                if words.iter().any(|w| w.starts_with(word)) {
                    routes.insert((method.to_owned(), path.clone()));
                }
            }
        }
    }
    routes
}

#[test]
fn every_route_is_in_the_table() {
    let table: BTreeSet<_> =
        ROUTES.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(table.len(), ROUTES.len(), "a route stands twice in the table");
    assert_eq!(table, routes_of_the_source());
}
