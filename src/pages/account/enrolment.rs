//! Setting up an authenticator app: the first time before anything else opens, later in place of another one.

use super::{code_field, factors::codes_page, frame, passkeys};
use crate::{
    components::{
        message::{self, Item},
        qr::Square,
    },
    domain::{id::AccountId, moment::Moment},
    server::{
        codes::{self, Secret},
        desk::Desk,
        entry::{self, How, STEP_UP_MINUTES},
        form::Form,
        problem::Problem,
        render::{Frame, Page},
    },
    store::{account::Account, session},
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// In a session's data: the secret that is offered until a code of it was right, sealed.
const OFFERED: &str = "offered";

/// Who sets up a factor.
pub(super) struct Who {
    /// The account.
    pub(super) account: Account,
    /// Where to go on, when it is the first factor and nothing else opens before.
    pub(super) first: Option<String>,
}

impl Who {
    /// Only somebody who is wholly signed in; everybody else has to set up a factor first.
    pub(super) fn whole(self, desk: &Desk) -> Result<Account, Problem> {
        if self.first.is_none() { Ok(self.account) } else { Err(desk.sign_in_first()) }
    }
}

/// The square, the secret as text, and the form for a first code.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let who = who(&desk).await?;
    let secret = match offered(&desk, who.account.id).await? {
        Some((secret, _)) => secret,
        None => offer(&desk, who.account.id).await?,
    };
    Ok(desk.page(page(&desk, &who, &secret, None)?).await)
}

/// Takes a first code: from then on the app is the second factor. Shows the recovery codes, once.
pub async fn set_up(desk: Desk, form: Form) -> Result<Response, Problem> {
    let who = who(&desk).await?;
    let id = who.account.id;
    let Some((secret, sealed)) = offered(&desk, id).await? else {
        return Ok(Redirect::to("/account/factors/code").into_response());
    };
    let Some(step) = codes::step_now(&desk, &secret, form.get("code"))? else {
        let text = if form.get("code").trim().is_empty() {
            "Enter the six digits that your app shows now"
        } else {
            "This code does not fit. Read the square again with your app, and type the code that it shows for this portal. Check that the clock of your phone is set automatically."
        };
        return Ok(desk
            .page_with(StatusCode::UNPROCESSABLE_ENTITY, page(&desk, &who, &secret, Some(text.into()))?)
            .await);
    };
    let stamp = desk.stamp(Some(id));
    let mut tx = desk.portal.store.write().await?;
    tx.set_up_code(&stamp, id, &sealed, step).await?;
    let fresh = codes::new_recovery(&mut tx, &stamp, id).await?;
    desk.factor_changed(&mut tx, &stamp, id, "An authenticator app was set up").await?;
    tx.commit().await?;
    let next = if let Some(next) = who.first {
        entry::admit(&desk, id, How::PasswordAndCode).await?;
        next
    } else {
        desk.session.remove::<String>(OFFERED).await?;
        entry::step_up(&desk, id, How::PasswordAndCode).await?;
        "/account/factors".to_owned()
    };
    Ok(desk.page(codes_page(frame(&who.account), fresh, next, true)).await)
}

/// Somebody who has no second factor yet, or who has just shown the one they have.
pub(super) async fn who(desk: &Desk) -> Result<Who, Problem> {
    if let Some(half) = desk.enrolling().await? {
        let account = desk.portal.store.read().await?.account(half.account).await?;
        let account = account.ok_or_else(|| desk.sign_in_first())?;
        return Ok(Who { account, first: Some(half.next) });
    }
    let account = desk.signed_in().await?;
    if desk.portal.store.read().await?.factors(account.id).await?.any() {
        desk.require_step_up_for_factors().await?;
    } else {
        // Whoever comes from an identity provider has nothing to confirm with; a fresh sign-in stands in for it.
        let begun = desk.session.get::<i64>(session::BEGUN).await?.map(Moment::from_millis);
        if begun.is_none_or(|at| at.plus_minutes(STEP_UP_MINUTES) <= desk.portal.wall.now()) {
            desk.session.flush().await?;
            return Err(desk.sign_in_first());
        }
    }
    Ok(Who { account, first: None })
}

/// The secret that is on offer in this session, open and sealed.
async fn offered(desk: &Desk, account: AccountId) -> Result<Option<(Secret, String)>, Problem> {
    let Some(sealed) = desk.session.get::<String>(OFFERED).await? else { return Ok(None) };
    Ok(Secret::open(&desk.portal.seal, account, &sealed).ok().map(|secret| (secret, sealed)))
}

async fn offer(desk: &Desk, account: AccountId) -> Result<Secret, Problem> {
    let secret = Secret::draw(&desk.portal.chance);
    desk.session.insert(OFFERED, secret.seal(&desk.portal.seal, account)?).await?;
    Ok(secret)
}

fn page(desk: &Desk, who: &Who, secret: &Secret, error: Option<String>) -> Result<Page, Problem> {
    let address = secret.address(who.account.email.shown())?;
    let square = Square::of(&address).ok_or_else(|| anyhow::anyhow!("the address of a secret is too long"))?;
    let (first, text, portal) = (who.first.is_some(), grouped(&secret.base32()), desk.portal.clone());
    // Before there is a second factor, nothing says who has typed the password.
    let frame = if first { Frame { current: "Sign in", ..Frame::default() } } else { frame(&who.account) };
    let islands = passkeys::wake(&portal);
    Ok(Page::new("Set up your app", frame, move || {
        let items = error.iter().map(|text| Item { text: text.clone(), href: "#code".into() }).collect();
        let intro = if first {
            "A password alone opens nothing here: what is written in this portal needs two keys. The second one is a code from an app on your phone. This takes a minute, once."
        } else {
            "The new app takes the place of the old one as soon as its first code is right. You get new recovery codes, and all other sessions end."
        };
        let leave = first.then(|| {
            view! { <form method="post" action="/sign-out"><button class="link-button" type="submit">"Not now: sign out"</button></form> }
        });
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><h1>"Set up your app"</h1><p>{intro}</p></div>
                {message::refused(items)}
                <section class="panel stack" aria-labelledby="read">
                    <h2 id="read">"1. Read the square"</h2>
                    <p>"Open an authenticator app, such as the one of your hospital, FreeOTP, Aegis, or the password manager of your phone. Add an account, and point the camera here."</p>
                    {square.view("qr", "The secret as a square for the camera of your app; the same as the text below")}
                    <p>"No camera? Type this secret into the app:"</p>
                    <p><code>{text}</code></p>
                </section>
                <form class="panel form" method="post" action="/account/factors/code" novalidate>
                    <h2>"2. Type the code it shows"</h2>
                    {code_field(error).view()}
                    <div class="stack"><button class="button" type="submit">"Finish"</button></div>
                </form>
                {first.then(|| passkeys::first_offer(&portal))}
                {leave}
            </main>
        }
    })
    .with_islands_if(islands))
}

/// In groups of four, as one types it.
fn grouped(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
