//! The shell of every page, and the route table.

use crate::{
    components::{field::escape, layout},
    domain::evidence,
    pages::{account, administration, centre, health, public, reviewer, working_group},
    server::{Portal, assets, guard, render::Frame},
    store::session::{LONGEST_HOURS, Sessions},
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    middleware,
    routing::{get, post},
};
use leptos::prelude::*;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{NotForContentType, Predicate, SizeAbove},
    },
};
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

#[expect(clippy::cast_possible_truncation, reason = "the portal runs on machines of 64 bits")]
const FILE_BYTES: usize = evidence::FILE_LIMIT as usize;

/// The most bytes of a form with a file: the largest file, and the texts around it.
const UPLOAD_BYTES: usize = FILE_BYTES + 2 * 1024 * 1024;

/// Every route of the portal. A page that is not here does not exist.
pub fn routes() -> Router<Portal> {
    let application = Router::new()
        .route("/", get(centre::application::show))
        .route("/criteria/{criterion}", get(centre::criterion::show).post(centre::criterion::save))
        .route("/criteria/{criterion}/choose", post(centre::criterion::choose))
        .route("/criteria/{criterion}/notes", post(centre::criterion::add_note))
        .route("/criteria/{criterion}/notes/{note}/close", post(centre::criterion::close_note))
        .route("/criteria/{criterion}/evidence", post(centre::evidence::use_here))
        .route("/criteria/{criterion}/history", get(centre::history::show))
        .route(
            "/evidence",
            get(centre::evidence::list).post(centre::evidence::add).layer(DefaultBodyLimit::max(UPLOAD_BYTES)),
        )
        .route("/evidence/{evidence}", get(centre::evidence::show).post(centre::evidence::edit))
        .route(
            "/evidence/{evidence}/replace",
            post(centre::evidence::replace).layer(DefaultBodyLimit::max(UPLOAD_BYTES)),
        )
        .route("/evidence/{evidence}/remove", post(centre::evidence::remove))
        .route("/evidence/{evidence}/file", get(centre::evidence::download))
        .route("/evidence/{evidence}/preview", get(centre::evidence::copy::preview))
        .route("/evidence/{evidence}/pages/{page}", get(centre::evidence::copy::picture))
        .route("/evidence/{evidence}/copy", get(centre::evidence::copy::copy))
        .route("/evidence/{evidence}/findings", post(centre::evidence::copy::decide))
        .route("/evidence.zip", get(centre::evidence::archive::all))
        .route("/plan", get(centre::plan::show).post(centre::plan::add))
        .route("/plan.csv", get(centre::plan::csv))
        .route("/plan.ics", get(centre::plan::ics))
        .route("/plan/{action}", post(centre::plan::change))
        .route("/team", get(centre::team::show))
        .route("/team/invitations", post(centre::team::invite))
        .route("/team/invitations/{invitation}/renew", post(centre::team::renew))
        .route("/team/invitations/{invitation}/revoke", post(centre::team::revoke))
        .route("/team/owners", post(centre::team::set_owners))
        .route("/team/members/{account}/remove", post(centre::team::remove))
        .route("/check", get(centre::check::show))
        .route("/check/signatories", post(centre::check::name_signatories))
        .route("/check/confirm", post(centre::check::confirm))
        .route("/check/declarations", post(centre::check::declare))
        .route("/submit", post(centre::check::submit))
        .route("/withdraw", get(centre::receipt::ask_withdraw).post(centre::receipt::withdraw))
        .route("/receipt", get(centre::receipt::show))
        .route("/result", get(centre::result::show))
        .route("/appeal", get(centre::appeal::show).post(centre::appeal::ask))
        .route("/certificate", get(centre::certificate::show))
        .route("/designation", get(centre::designation::show).post(centre::designation::publish))
        .route("/designation/unpublish", post(centre::designation::unpublish))
        .route("/requests", get(centre::requests::list))
        .route(
            "/requests/{request}",
            get(centre::requests::show).post(centre::requests::answer).layer(DefaultBodyLimit::max(UPLOAD_BYTES)),
        )
        .route("/requests/{request}/files/{file}", get(centre::requests::download));
    Router::new()
        .route("/", get(public::landing::show))
        .route("/criteria", get(public::criteria::list))
        .route("/criteria/{criterion}", get(public::criteria::show))
        .route("/programme", get(public::programme::show))
        .route("/glossary", get(public::programme::glossary))
        .route("/accessibility", get(public::about::accessibility))
        .route("/privacy", get(public::about::privacy))
        .route("/help", get(public::about::help))
        .route("/record", get(public::record::show))
        .route("/register", get(public::register::show))
        .route("/verify", get(public::verify::ask))
        .route("/certificates/{code}", get(public::verify::show))
        .route("/sign-in", get(account::sign_in::show).post(account::sign_in::sign_in))
        .route("/sign-in/passkey", post(account::passkeys::sign_in))
        .route("/sign-in/passkey/begin", post(account::passkeys::begin_sign_in))
        .route("/sign-in/provider/{provider}", post(account::provider::sign_in))
        .route("/sign-in/provider/{provider}/callback", get(account::provider::come_back))
        .route("/account/passkeys", get(account::passkeys::show).post(account::passkeys::add))
        .route("/account/passkeys/begin", post(account::passkeys::begin))
        .route("/account/passkeys/{passkey}", post(account::passkeys::rename))
        .route("/account/passkeys/{passkey}/remove", post(account::passkeys::remove))
        .route("/account/providers", get(account::provider::show))
        .route("/account/providers/{provider}", post(account::provider::link))
        .route("/account/identities/{identity}/remove", post(account::provider::unlink))
        .route("/sign-in/code", get(account::second_factor::show).post(account::second_factor::check))
        .route(
            "/sign-in/recovery",
            get(account::second_factor::show_recovery).post(account::second_factor::check_recovery),
        )
        .route("/sign-out", post(account::sign_in::sign_out))
        .route("/account", get(account::overview::show))
        .route("/account/confirm", get(account::confirm::show).post(account::confirm::check))
        .route("/account/confirm/passkey", post(account::passkeys::confirm))
        .route("/account/confirm/passkey/begin", post(account::passkeys::begin_confirm))
        .route("/account/factors", get(account::factors::show))
        .route("/account/factors/code", get(account::enrolment::show).post(account::enrolment::set_up))
        .route("/account/factors/recovery", post(account::factors::renew))
        .route("/account/password", get(account::password::show).post(account::password::change))
        .route("/account/sessions", get(account::sessions::list))
        .route("/account/sessions/end", post(account::sessions::end))
        .route("/invitations/{token}", get(account::invitation::show).post(account::invitation::accept))
        .route("/confirmations/{token}", get(account::confirmation::show).post(account::confirmation::confirm))
        .route("/account/record", get(account::record::show))
        .route("/account/data", get(account::data::show))
        .route("/account/data/export", post(account::data::export))
        .route("/account/data/erasure", get(account::data::ask_erase).post(account::data::erase))
        .route("/home", get(centre::home::show))
        .route("/applications", post(centre::home::start))
        .route("/account/mail", get(account::mail::show).post(account::mail::choose))
        .route("/administration", get(administration::overview::show))
        .route("/administration/record", get(administration::record::show))
        .route("/administration/mail", get(administration::mail::show))
        .route("/administration/mail/{letter}/resend", post(administration::mail::resend))
        .route("/administration/mail/{letter}/drop", post(administration::mail::discard))
        .route("/administration/mail/reminders/{cycle}", post(administration::mail::remind))
        .route("/outbox", get(account::outbox::show))
        .route("/reset/{token}", get(account::reset::show).post(account::reset::choose))
        .route(
            "/working-group/invitations",
            get(working_group::invitations::show).post(working_group::invitations::invite),
        )
        .route("/working-group/invitations/{invitation}/renew", post(working_group::invitations::renew))
        .route("/working-group/invitations/{invitation}/revoke", post(working_group::invitations::revoke))
        .route("/working-group", get(working_group::board::newest))
        .route("/working-group/cycles", get(working_group::cycles::list).post(working_group::cycles::begin))
        .route("/working-group/cycles/new", get(working_group::cycles::ask))
        .route("/working-group/cycles/{cycle}", get(working_group::board::show))
        .route(
            "/working-group/cycles/{cycle}/settings",
            get(working_group::settings::show).post(working_group::settings::save),
        )
        .route(
            "/working-group/cycles/{cycle}/applications",
            get(working_group::applications::show).post(working_group::applications::search),
        )
        .route("/working-group/cycles/{cycle}/applications.csv", get(working_group::applications::export::csv))
        .route("/working-group/cycles/{cycle}/applications.xlsx", get(working_group::applications::export::xlsx))
        .route("/working-group/applications/{application}", get(working_group::case::show))
        .route(
            "/working-group/applications/{application}/extension",
            get(working_group::extension::show).post(working_group::extension::save),
        )
        .route("/working-group/applications/{application}/file", get(working_group::file::show))
        .route("/working-group/applications/{application}/evidence/{evidence}", get(working_group::file::evidence))
        .route(
            "/working-group/applications/{application}/evidence/{evidence}/findings",
            get(working_group::findings::show).post(working_group::findings::decide),
        )
        .route(
            "/working-group/applications/{application}/screening",
            get(working_group::screening::show).post(working_group::screening::decide),
        )
        .route(
            "/working-group/applications/{application}/decision",
            get(working_group::decision::show).post(working_group::decision::propose),
        )
        .route("/working-group/applications/{application}/decision/confirm", post(working_group::decision::confirm))
        .route("/working-group/applications/{application}/decision/back", post(working_group::decision::send_back))
        .route("/working-group/applications/{application}/decision/letter", post(working_group::decision::mend))
        .route(
            "/working-group/applications/{application}/gate",
            get(working_group::gate::show).post(working_group::gate::clear),
        )
        .route(
            "/working-group/applications/{application}/appeal",
            get(working_group::appeal::show).post(working_group::appeal::answer),
        )
        .route("/working-group/applications/{application}/appeal/confirm", post(working_group::appeal::confirm))
        .route("/working-group/applications/{application}/appeal/back", post(working_group::appeal::send_back))
        .route(
            "/working-group/cycles/{cycle}/releases",
            get(working_group::releases::show).post(working_group::releases::propose),
        )
        .route(
            "/working-group/cycles/{cycle}/releases/{batch}",
            get(working_group::releases::show_batch).post(working_group::releases::release),
        )
        .route("/working-group/cycles/{cycle}/releases/{batch}/discard", post(working_group::releases::discard))
        .route("/working-group/designations", get(working_group::designations::show))
        .route("/working-group/designations.csv", get(working_group::designations::export::csv))
        .route("/working-group/designations.xlsx", get(working_group::designations::export::xlsx))
        .route("/working-group/designations/{designation}", get(working_group::designation::show))
        .route("/working-group/designations/{designation}/visits", post(working_group::designation::note))
        .route("/working-group/designations/{designation}/withdrawal", post(working_group::designation::propose))
        .route(
            "/working-group/designations/{designation}/withdrawal/drop",
            post(working_group::designation::drop_proposal),
        )
        .route(
            "/working-group/designations/{designation}/withdrawal/confirm",
            post(working_group::designation::confirm),
        )
        .route("/working-group/cycles/{cycle}/agreement", get(working_group::agreement::show))
        .route("/working-group/cycles/{cycle}/statistics", get(working_group::statistics::show))
        .route("/working-group/cycles/{cycle}/statistics.csv", get(working_group::statistics::csv))
        .route("/working-group/cycles/{cycle}/statistics.xlsx", get(working_group::statistics::xlsx))
        .route("/working-group/cycles/{cycle}/dates.ics", get(working_group::statistics::dates))
        .route("/reviews/practice", get(reviewer::practice::list))
        .route("/reviews/practice/{practice}", get(reviewer::practice::show).post(reviewer::practice::mark))
        .route("/reviews/due.ics", get(reviewer::practice::due))
        .route("/reviews/profile", get(reviewer::profile::show).post(reviewer::profile::save))
        .route("/reviews/profile/ties", post(reviewer::profile::add_tie))
        .route("/reviews/profile/ties/{tie}/remove", post(reviewer::profile::remove_tie))
        .route(
            "/working-group/cycles/{cycle}/assignment",
            get(working_group::assignment::show).post(working_group::assignment::accept),
        )
        .route("/working-group/cycles/{cycle}/assignment/proposal", get(working_group::assignment::propose))
        .route("/working-group/cycles/{cycle}/assignment/table", post(working_group::assignment::import))
        .route("/working-group/applications/{application}/panel", get(working_group::panel::show))
        .route("/working-group/applications/{application}/panel/ask", post(working_group::panel::ask))
        .route("/working-group/applications/{application}/panel/candidates", post(working_group::panel::settle))
        .route("/working-group/applications/{application}/panel/conflicts", post(working_group::panel::record))
        .route(
            "/working-group/applications/{application}/panel/conflicts/{conflict}/end",
            post(working_group::panel::end),
        )
        .route("/working-group/applications/{application}/panel/seats/{seat}/lead", post(working_group::panel::lead))
        .route(
            "/working-group/applications/{application}/panel/seats/{seat}/remove",
            post(working_group::panel::remove),
        )
        .route("/administration/people", get(administration::people::show).post(administration::people::search))
        .route(
            "/administration/people/{account}",
            get(administration::person::show).post(administration::person::correct),
        )
        .route("/administration/people/{account}/roles", post(administration::person::grant))
        .route("/administration/people/{account}/roles/end", post(administration::person::end_role))
        .route("/administration/people/{account}/close", post(administration::person::close))
        .route("/administration/people/{account}/reopen", post(administration::person::reopen))
        .route("/administration/people/{account}/reset", post(administration::person::reset))
        .route("/administration/people/{account}/sessions/end", post(administration::sessions::end_all))
        .route("/administration/people/{account}/sessions/{session}/end", post(administration::sessions::end))
        .route("/administration/sessions", get(administration::sessions::show))
        .route(
            "/administration/invitations",
            get(administration::invitations::show).post(administration::invitations::invite),
        )
        .route("/administration/invitations/{invitation}/renew", post(administration::invitations::renew))
        .route("/administration/invitations/{invitation}/revoke", post(administration::invitations::revoke))
        .route("/administration/files", get(administration::files::show))
        .route("/administration/settings", get(administration::settings::show))
        .route("/reviews", get(reviewer::queue::show))
        .route("/reviews/{review}", get(reviewer::overview::show))
        .route("/reviews/{review}/accept", post(reviewer::seat::accept))
        .route("/reviews/{review}/decline", post(reviewer::seat::decline))
        .route("/reviews/{review}/undo", post(reviewer::seat::undo))
        .route("/reviews/{review}/declaration", post(reviewer::seat::declare))
        .route("/reviews/{review}/conflict", get(reviewer::conflict::show).post(reviewer::conflict::declare))
        .route("/reviews/{review}/criteria/{criterion}", get(reviewer::criterion::show).post(reviewer::criterion::save))
        .route("/reviews/{review}/evidence/{letter}", get(reviewer::evidence::read))
        .route("/reviews/{review}/evidence/{letter}/copy", get(reviewer::evidence::download))
        .route("/reviews/{review}/evidence/{letter}/pages/{page}", get(reviewer::evidence::picture))
        .route("/reviews/{review}/evidence.zip", get(reviewer::evidence::archive))
        .route("/reviews/{review}/preview", get(reviewer::preview::show))
        .route("/reviews/{review}/submit", get(reviewer::submit::show).post(reviewer::submit::submit))
        .route("/reviews/{review}/reopen", post(reviewer::submit::reopen))
        .route("/reviews/{review}/requests", get(reviewer::requests::list).post(reviewer::requests::ask))
        .route("/reviews/{review}/requests/{request}", post(reviewer::requests::further))
        .route("/reviews/{review}/requests/evidence/{letter}", get(reviewer::requests::download))
        .route("/reviews/{review}/deliberation", get(reviewer::deliberation::list))
        .route(
            "/reviews/{review}/deliberation/{criterion}",
            get(reviewer::deliberation::show).post(reviewer::deliberation::act),
        )
        .route("/reviews/{review}/feedback", get(reviewer::feedback::list).post(reviewer::feedback::gather))
        .route("/reviews/{review}/feedback/{criterion}", get(reviewer::feedback::show).post(reviewer::feedback::save))
        .route(
            "/working-group/applications/{application}/requests",
            get(working_group::requests::list).post(working_group::requests::ask),
        )
        .route("/working-group/applications/{application}/requests/{request}", post(working_group::requests::act))
        .route(
            "/working-group/applications/{application}/requests/files/{file}",
            get(working_group::requests::download),
        )
        .route(
            "/working-group/applications/{application}/deliberation",
            get(working_group::deliberation::list).post(working_group::deliberation::open),
        )
        .route(
            "/working-group/applications/{application}/deliberation/{criterion}",
            get(working_group::deliberation::show).post(working_group::deliberation::say),
        )
        .route(
            "/working-group/applications/{application}/feedback",
            get(working_group::feedback::list).post(working_group::feedback::gather),
        )
        .route(
            "/working-group/applications/{application}/feedback/{criterion}",
            get(working_group::feedback::show).post(working_group::feedback::save),
        )
        .nest("/applications/{application}", application)
        .route("/assets/{name}", get(assets::serve))
        .route("/favicon.ico", get(assets::icon))
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .method_not_allowed_fallback(|| async { StatusCode::NOT_FOUND })
}

/// The routes with everything that surrounds them.
pub fn router(portal: Portal) -> Router {
    // A second call in the same process (tests) finds it named already.
    let _ = any_spawner::Executor::init_tokio();
    let secure = portal.settings.secure_cookies();
    let wall = portal.wall.clone();
    let sessions = SessionManagerLayer::new(Sessions::new(portal.store.clone(), move || wall.now()))
        .with_name(if secure { "__Host-session" } else { "session" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::hours(LONGEST_HOURS)));
    let compressed = SizeAbove::new(1024).and(NotForContentType::new("application/pdf")).and(NotForContentType::IMAGES);
    let origin = guard::origin_check(&portal.settings.origin);
    routes()
        .layer(sessions)
        .layer(origin)
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn_with_state(portal.clone(), guard::surround))
        // The last resort: a panic while a problem is dressed.
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest).compress_when(compressed))
        .with_state(portal)
}

/// The document around every page.
pub fn shell(nonce: &str, title: String, frame: Frame, islands: bool, main: AnyView) -> impl IntoView + use<> {
    let boot = islands.then_some(assets::SCRIPT).flatten().map(|(script, wasm)| boot(nonce, script, wasm));
    let wide_title = format!("{title} - {}", layout::NAME);
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                // The view macro would put its comment markers into a text here.
                <title inner_html=escape(&wide_title)></title>
                <link rel="stylesheet" href=format!("/assets/{}", assets::STYLE)/>
                <link rel="icon" href="/favicon.ico" type="image/svg+xml"/>
                {boot}
            </head>
            <body>
                {layout::header(&frame)}
                {main}
                {layout::footer()}
            </body>
        </html>
    }
}

/// Loads the bundle and brings each island on the page to life.
fn boot(nonce: &str, script: &str, wasm: &str) -> impl IntoView + use<> {
    let code = format!(
        "import('/assets/{script}').then(async (bundle) => {{\n\
           await bundle.default({{ module_or_path: '/assets/{wasm}' }});\n\
           bundle.hydrate();\n\
           for (const island of document.querySelectorAll('leptos-island')) bundle[island.dataset.component]?.(island);\n\
         }});"
    );
    view! { <script type="module" nonce=nonce.to_owned() inner_html=code></script> }
}
