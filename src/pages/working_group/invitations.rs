//! Coordinators invite the people who lead applications: for a centre that is known, or for a new one.

use super::frame;
use crate::{
    components::{
        field::{Text, select},
        inviting,
        message::{self, Item},
    },
    domain::{
        id::{CentreId, InvitationId},
        text::{one_line, same_name},
    },
    pages::centre::team::is_email,
    server::{coordinating::Coordinating, form::Form, mail, problem::Problem, render::Page},
    store::{
        centre::CentreIdentity,
        invitation::{Invitation, Invite, Whose},
    },
};
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use leptos::prelude::*;

/// The address of the page.
const HERE: &str = "/working-group/invitations";

/// The most characters of a name or a place.
const LONGEST: usize = 200;

#[derive(Clone, Default)]
struct Typed {
    name: String,
    email: String,
    centre: String,
    centre_name: String,
    city: String,
    country: String,
    errors: Vec<(&'static str, String)>,
    /// Centres of the same name in the same country: one of them, or really a new one?
    twins: Vec<(CentreId, CentreIdentity)>,
    /// The link of an invitation that was just made; shown once.
    link: Option<String>,
    /// Whether the link goes out by mail as well.
    mailed: bool,
}

/// The page.
pub async fn show(here: Coordinating) -> Result<Response, Problem> {
    respond(&here, Typed::default(), StatusCode::OK).await
}

async fn respond(here: &Coordinating, typed: Typed, status: StatusCode) -> Result<Response, Problem> {
    let mut tx = here.desk().portal.store.read().await?;
    let open = tx.open_invitations_of(Whose::Leads).await?;
    let centres = tx.all_centres().await?;
    let zone = tx.cycles().await?.into_iter().next().map_or_else(|| "UTC".to_owned(), |c| c.closes.zone);
    drop(tx);
    let now = here.desk().now();
    let page = Page::new("Invitations", frame(here, "Invitations"), move || {
        let open = inviting::open(HERE, &open, now, &zone);
        view(typed, &centres, open)
    });
    Ok(here.desk().page_with(status, page).await)
}

/// Invites a lead. A new centre is made with the invitation; nothing is made while something has to be mended.
pub async fn invite(here: Coordinating, form: Form) -> Result<Response, Problem> {
    let mut typed = Typed {
        name: one_line(form.get("name")),
        email: one_line(form.get("email")),
        centre: form.get("centre").to_owned(),
        centre_name: one_line(form.get("centre-name")),
        city: one_line(form.get("city")),
        country: one_line(form.get("country")),
        ..Typed::default()
    };
    let long = |text: &str, most: usize| text.is_empty() || most < text.chars().count();
    if long(&typed.name, 120) {
        typed.errors.push(("name", "Enter the name of the person, up to 120 characters".into()));
    }
    if !is_email(&typed.email) {
        typed.errors.push(("email", "Enter an email address, such as name@hospital.example".into()));
    }
    let mut tx = here.write().await?;
    let centres = tx.all_centres().await?;
    let known = |id: &str| CentreId::parse(id).filter(|id| centres.iter().any(|(known, _)| known == id));
    let mut centre = known(&typed.centre);
    if centre.is_none() {
        for (field, text, what) in [
            ("centre-name", &typed.centre_name, "the name of the centre, or choose one above"),
            ("city", &typed.city, "the town"),
            ("country", &typed.country, "the country"),
        ] {
            if long(text, LONGEST) {
                typed.errors.push((field, format!("Enter {what}, up to {LONGEST} characters")));
            }
        }
        let twins = centres.iter().filter(|(_, c)| {
            !typed.centre_name.is_empty()
                && same_name(c.name(), &typed.centre_name)
                && same_name(c.country(), &typed.country)
        });
        typed.twins = twins.cloned().collect();
        centre = known(form.get("twin")).filter(|id| typed.twins.iter().any(|(twin, _)| twin == id));
        if !typed.twins.is_empty() && centre.is_none() && form.get("twin") != "new" {
            let text = "There is a centre of this name in this country already. Say which one you mean";
            typed.errors.push(("twin-new", text.into()));
        }
    }
    if !typed.errors.is_empty() {
        drop(tx);
        return respond(&here, typed, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let stamp = here.stamp();
    let centre = if let Some(centre) = centre {
        centre
    } else {
        let identity = CentreIdentity::new(typed.centre_name, typed.city, typed.country);
        tx.add_centre(&stamp, &identity).await?
    };
    let invite = Invite { centre: Some(centre), role: "lead", cycle: None, name: typed.name, email: typed.email };
    let token = tx.invite(&stamp, &invite).await?;
    mail::invited(&mut tx, &stamp, &here.desk().portal.settings.origin, &invite, &token).await?;
    tx.commit().await?;
    made(&here, &token).await
}

async fn made(here: &Coordinating, token: &str) -> Result<Response, Problem> {
    let link = format!("{}/invitations/{token}", here.desk().portal.settings.origin);
    respond(
        here,
        Typed { link: Some(link), mailed: here.desk().portal.settings.mail.leaves(), ..Typed::default() },
        StatusCode::OK,
    )
    .await
}

async fn one(tx: &mut crate::store::Tx, id: &str) -> Result<Invitation, Problem> {
    let id = InvitationId::parse(id).ok_or(Problem::NotFound)?;
    tx.open_invitation(Whose::Leads, id).await?.ok_or(Problem::Stale)
}

/// Makes a new link; the old one ends.
pub async fn renew(here: Coordinating, Path(invitation): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let invitation = one(&mut tx, &invitation).await?;
    let stamp = here.stamp();
    let token = tx.renew_invitation(&stamp, Whose::Leads, invitation.id).await?;
    mail::invited(&mut tx, &stamp, &here.desk().portal.settings.origin, &invitation.again(), &token).await?;
    tx.commit().await?;
    made(&here, &token).await
}

/// Takes an invitation back.
pub async fn revoke(here: Coordinating, Path(invitation): Path<String>) -> Result<Response, Problem> {
    let mut tx = here.write().await?;
    let invitation = one(&mut tx, &invitation).await?;
    tx.revoke_invitation(&here.stamp(), Whose::Leads, invitation.id).await?;
    tx.commit().await?;
    Ok(Redirect::to(HERE).into_response())
}

fn view(typed: Typed, centres: &[(CentreId, CentreIdentity)], open: AnyView) -> impl IntoView + use<> {
    let items =
        typed.errors.iter().map(|(field, text)| Item { text: text.clone(), href: format!("#{field}") }).collect();
    let error = |name: &str| typed.errors.iter().find(|(f, _)| *f == name).map(|(_, text)| text.clone());
    let field = |name: &'static str, label: &'static str, value: &str| Text {
        name,
        label,
        value: value.to_owned(),
        error: error(name),
        ..Text::default()
    };
    let name = field("name", "Name", &typed.name);
    let email = Text { kind: "email", ..field("email", "Email address", &typed.email) };
    let options = std::iter::once((String::new(), "A new centre".to_owned()))
        .chain(centres.iter().map(|(id, c)| (id.to_string(), format!("{}, {}, {}", c.name(), c.city(), c.country()))))
        .collect();
    let existing = select("centre".into(), "centre", "Centre", options, &typed.centre);
    let centre = field("centre-name", "Name of the new centre", &typed.centre_name);
    let city = field("city", "Town", &typed.city);
    let country = field("country", "Country", &typed.country);
    let twins = (!typed.twins.is_empty()).then(|| twins(&typed.twins, error("twin-new")));
    view! {
        <main class="page" id="main">
            <div class="page-head"><div>
                <h1>"Invitations"</h1>
                <p class="soft">"A lead answers for the applications of a centre, and invites the colleagues who work on them."</p>
            </div></div>
            {message::refused(items)}
            {typed.link.map(|link| inviting::ready(link, typed.mailed))}
            <div class="split">
                <section class="panel" aria-labelledby="invite">
                    <h2 id="invite">"Invite a centre lead"</h2>
                    <form class="form" method="post" action=HERE novalidate>
                        {name.view()}{email.view()}{existing}{centre.view()}
                        <div class="pair">{city.view()}{country.view()}</div>
                        {twins}
                        <p><button class="button" type="submit">"Make an invitation link"</button></p>
                    </form>
                </section>
                <section class="panel" aria-labelledby="open"><h2 id="open">"Invited, not here yet"</h2>{open}</section>
            </div>
        </main>
    }
}

fn twins(twins: &[(CentreId, CentreIdentity)], error: Option<String>) -> impl IntoView + use<> {
    let choices = twins.iter().map(|(id, centre)| {
        let (id, text) = (id.to_string(), format!("{} in {}, which is here already", centre.name(), centre.city()));
        let field = format!("twin-{id}");
        view! {
            <div class="choice">
                <input id=field.clone() type="radio" name="twin" value=id/>
                <label for=field>{text}</label>
            </div>
        }
    });
    view! {
        <fieldset class="field invalid" aria-describedby="twin-error">
            <legend>"Which centre?"</legend>
            {error.map(|text| view! { <p class="field-error" id="twin-error">{text}</p> })}
            {choices.collect_view()}
            <div class="choice">
                <input id="twin-new" type="radio" name="twin" value="new"/>
                <label for="twin-new">"Another centre, to be made now"</label>
            </div>
        </fieldset>
    }
}
