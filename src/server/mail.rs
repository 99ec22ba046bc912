//! Mail: letters are posted in the transaction of their cause, and delivered by a worker that no page waits for.
//!
//! # For pages
//!
//! Within the transaction of the change, call the function that names the cause: [`invited`], [`asked_to_confirm`],
//! [`change_requested`], [`submitted`], [`returned`], [`security_notice`]; or [`post`] with a [`Letter`] of your own and a
//! [`To`]. Rendering happens there and then, with what this recipient may know. The person's choice at `/account/mail` is
//! kept: at once, in the daily digest, or (where it is not essential) never. A letter about something that somebody across
//! the blind has done gets `not_before: next_batch(now)`, so that its time does not tell who acted.
//!
//! # How a letter travels
//!
//! [`Postman`] claims letters that are due, hands them to the [`Transport`], and writes what became of them. How it errs in a
//! crash, and what is kept how long, is told in [`crate::store::mail`]. One-time links are kept as hashes in their own
//! tables; the letter holds the link in clear until it was sent, dropped, or too old, and is then forgotten. Nothing of
//! address, subject or text is ever logged, and no page but the demo's outbox shows a text or a link.
//!
//! Without a transport letters wait; links of invitations become too old, and are dead then.

mod compose;
pub mod ending;
pub mod letter;
pub mod panel;
pub mod postman;
pub mod schedule;
pub mod settings;
mod smtp;
pub mod transport;

pub use letter::Letter;
pub use postman::{Pace, Postman};
pub use settings::{MailArgs, MailSettings, Way};
pub use transport::Transport;

use crate::{
    domain::{
        calendar::day_long,
        id::{AccountId, ApplicationId, CycleId, NoteId},
        mail::{Choice, Kind, next_batch},
        moment::Moment,
        signatory::Capacity,
        snapshot::Digest,
    },
    store::{
        self, Error, Stamp, Tx,
        account::{PersonName, fold_email},
        application::Application,
        centre::Role,
        invitation::{Invite, VALID_HOURS},
        mail::{Post, digest::Notice},
    },
};

/// Who a letter goes to.
#[derive(Clone, Debug)]
pub struct To {
    /// Their account, if they have one; then their choice counts.
    pub account: Option<AccountId>,
    /// Who they are, by role: "contributor", "signatory".
    pub role: &'static str,
    /// The name they have typed themselves.
    pub name: Option<PersonName>,
    /// Their address.
    pub email: PersonName,
    /// The application it is about; only what is about one can wait for a digest.
    pub application: Option<ApplicationId>,
    /// Until when its link can be used.
    pub valid_until: Option<Moment>,
    /// Not to be sent before; at once when it is past.
    pub not_before: Moment,
}

impl To {
    /// Somebody with an address, at once.
    pub fn address(role: &'static str, email: &str, now: Moment) -> Self {
        let email = PersonName::new(fold_email(email));
        Self { account: None, role, name: None, email, application: None, valid_until: None, not_before: now }
    }

    /// Somebody with an account, at once.
    pub fn account(role: &'static str, account: AccountId, name: &PersonName, email: &PersonName, now: Moment) -> Self {
        let (account, name) = (Some(account), Some(name.clone()));
        Self { account, role, name, email: email.clone(), application: None, valid_until: None, not_before: now }
    }
}

/// Posts a letter, or keeps it for the digest, as the recipient has chosen. The same cause never makes a second letter:
/// `false` then. `cause` holds references, never a name or a link.
pub async fn post(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    cause: String,
    to: To,
    letter: &Letter,
) -> store::Result<bool> {
    let kind = letter.kind();
    let choice = match to.account {
        Some(account) if 1 < kind.choices().len() => tx.mail_choice(account, kind).await?,
        _ => Choice::AtOnce,
    };
    match (choice, to.account, to.application, letter.line()) {
        (Choice::Never, ..) => return Ok(false),
        (Choice::Digest, Some(account), Some(application), Some((line, path))) => {
            tx.note_for_digest(stamp, (&cause, kind), account, application, &Notice { line, path }).await?;
            return Ok(false);
        }
        _ => {}
    }
    let rendered = letter
        .render(to.name.as_ref().map(PersonName::shown), origin)
        .map_err(|_| Error::Inconsistent("letter", "text", kind.key().to_owned()))?;
    let post = Post {
        cause,
        kind,
        role: to.role,
        account: to.account,
        application: to.application,
        email: to.email,
        subject: rendered.subject,
        text: rendered.text,
        html: rendered.html,
        valid_until: to.valid_until,
        not_before: to.not_before,
    };
    tx.post(stamp, &post).await
}

/// The hash that stands for a token everywhere but in its link.
fn hash(token: &str) -> String {
    Digest::of(token.as_bytes()).into()
}

/// "Renewal application 2027".
fn title(application: &Application) -> String {
    format!("{} application {}", application.kind.name(), application.cycle.name)
}

/// Somebody was invited; `token` is what [`Tx::invite`] answered with.
pub async fn invited(tx: &mut Tx, stamp: &Stamp, origin: &str, invite: &Invite, token: &str) -> store::Result<()> {
    let centre = match invite.centre {
        Some(centre) => tx.centre_identity(centre).await?.map(|identity| identity.name().to_owned()),
        None => None,
    };
    let letter = Letter::Invitation { role: invite.role.into(), centre, path: format!("/invitations/{token}") };
    let mut to = To::address(invite.role, &invite.email, stamp.now);
    to.valid_until = Some(stamp.now.plus_minutes(VALID_HOURS * 60));
    post(tx, stamp, origin, format!("invitation:{}", hash(token)), to, &letter).await?;
    Ok(())
}

/// A signatory was named; `token` is what [`Tx::name_signatory`] answered with.
pub async fn asked_to_confirm(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: &Application,
    (capacity, email, token): (Capacity, &str, &str),
) -> store::Result<()> {
    let letter = Letter::Signature {
        capacity,
        centre: application.identity.name().to_owned(),
        cycle: application.cycle.name.clone(),
        path: format!("/confirmations/{token}"),
    };
    let mut to = To::address("signatory", email, stamp.now);
    to.application = Some(application.id);
    post(tx, stamp, origin, format!("signature:{}", hash(token)), to, &letter).await?;
    Ok(())
}

/// A change was asked for at a criterion: goes to its owner, or to the lead, never to who asks. `note` is the request.
pub async fn change_requested(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: &Application,
    (note, criterion): (NoteId, u8),
) -> store::Result<()> {
    let members = tx.members(application.centre).await?;
    let owner = tx.answer(application.id, criterion).await?.and_then(|answer| answer.owner);
    let owner = members.iter().find(|m| Some(m.account) == owner && Some(m.account) != stamp.actor);
    let lead = members.iter().find(|m| m.role == Role::Lead && Some(m.account) != stamp.actor);
    let Some(member) = owner.or(lead) else { return Ok(()) };
    let path = format!("/applications/{}/criteria/{criterion}#notes", application.id);
    let letter = Letter::Request { title: title(application), criterion, path };
    let mut to = To::account(member.role.key(), member.account, &member.name, &member.email, stamp.now);
    to.application = Some(application.id);
    post(tx, stamp, origin, format!("request:{note}:{}", member.account), to, &letter).await?;
    Ok(())
}

/// The application was submitted, from this version of it: goes to the lead.
pub async fn submitted(tx: &mut Tx, stamp: &Stamp, origin: &str, application: &Application) -> store::Result<()> {
    let letter = Letter::Receipt {
        title: title(application),
        day: day_long(stamp.now, &application.cycle.closes.zone),
        path: format!("/applications/{}/receipt", application.id),
    };
    let leads = |role| role == Role::Lead;
    to_members(tx, stamp, origin, application, "submitted", leads, &letter).await
}

/// Screening has returned the application, from this version of it: goes to everybody who works on it.
pub async fn returned(tx: &mut Tx, stamp: &Stamp, origin: &str, application: &Application) -> store::Result<()> {
    let path = format!("/applications/{}", application.id);
    let letter = Letter::Returned { title: title(application), path };
    to_members(tx, stamp, origin, application, "returned", |_| true, &letter).await
}

/// The working group asks somebody to review in a cycle. One letter for everything that they are asked for within an hour.
pub async fn asked_to_review(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    cycle: CycleId,
    account: AccountId,
) -> store::Result<()> {
    let Some(person) = tx.account(account).await? else { return Ok(()) };
    let not_before = next_batch(stamp.now);
    let to = To { not_before, ..To::account("reviewer", account, &person.name, &person.email, stamp.now) };
    let cause = format!("review-asked:{cycle}:{account}:{}", not_before.millis());
    post(tx, stamp, origin, cause, to, &Letter::ReviewAsked { path: "/reviews".into() }).await?;
    Ok(())
}

/// The decision was released: goes to everybody who works on the application, with the next batch.
pub async fn released(tx: &mut Tx, stamp: &Stamp, origin: &str, application: &Application) -> store::Result<()> {
    let path = format!("/applications/{}/result", application.id);
    let letter = Letter::Decision { title: title(application), path };
    from_across(tx, stamp, origin, application, "released", &letter).await
}

/// What the centre asked for after the release was answered: goes to everybody who works on the application, with the next
/// batch.
pub async fn appeal_answered(tx: &mut Tx, stamp: &Stamp, origin: &str, application: &Application) -> store::Result<()> {
    let path = format!("/applications/{}/appeal", application.id);
    let letter = Letter::AppealAnswer { title: title(application), path };
    from_across(tx, stamp, origin, application, "appeal-answered", &letter).await
}

/// To everybody at the centre, once, at a time that does not tell who acted.
async fn from_across(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: &Application,
    what: &str,
    letter: &Letter,
) -> store::Result<()> {
    for member in tx.members(application.centre).await? {
        let mut to = To::account(member.role.key(), member.account, &member.name, &member.email, stamp.now);
        to.application = Some(application.id);
        to.not_before = next_batch(stamp.now);
        post(tx, stamp, origin, format!("{what}:{}:{}", application.id, member.account), to, letter).await?;
    }
    Ok(())
}

async fn to_members(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    application: &Application,
    what: &str,
    chosen: impl Fn(Role) -> bool,
    letter: &Letter,
) -> store::Result<()> {
    for member in tx.members(application.centre).await? {
        if !chosen(member.role) {
            continue;
        }
        let mut to = To::account(member.role.key(), member.account, &member.name, &member.email, stamp.now);
        to.application = Some(application.id);
        // A transition is made once from each version.
        let cause = format!("{what}:{}:{}:{}", application.id, application.version, member.account);
        post(tx, stamp, origin, cause, to, letter).await?;
    }
    Ok(())
}

/// A sign-in, or a changed factor: [`Letter::SignedIn`] or [`Letter::FactorChanged`], to the person it concerns. `reference`
/// tells one from another: the request, or the identifier of what was changed.
pub async fn security_notice(
    tx: &mut Tx,
    stamp: &Stamp,
    origin: &str,
    account: AccountId,
    reference: &str,
    letter: &Letter,
) -> store::Result<()> {
    let Some(person) = tx.account(account).await? else { return Ok(()) };
    let to = To::account("account", account, &person.name, &person.email, stamp.now);
    let kind = Kind::Security.key();
    post(tx, stamp, origin, format!("{kind}:{account}:{reference}"), to, letter).await?;
    Ok(())
}
