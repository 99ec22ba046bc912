//! Parts of the pages where people are invited: the link that was just made, and what nobody has used yet.

use crate::{
    domain::{calendar::when, moment::Moment},
    store::invitation::Invitation,
};
use leptos::prelude::*;

/// Says what to do with a link that was just made. It is shown once; `mailed` says whether it goes out by mail as well.
pub fn ready(link: String, mailed: bool) -> impl IntoView {
    let said = if mailed {
        "It goes out by mail now. If it does not arrive, send this link yourself. It works once, for 72 hours, and is shown only now."
    } else {
        "Send this link to the person yourself. It works once, for 72 hours, and is shown only now."
    };
    view! {
        <section class="notice" role="status">
            <h2>"The invitation is ready"</h2>
            <p>{said}</p>
            <p class="typed"><code>{link}</code></p>
        </section>
    }
}

/// Invitations that nobody has used, with the ways to make a new link and to take one back. `base` is the address of the
/// page.
pub fn open(base: &str, invitations: &[Invitation], now: Moment, zone: &str) -> AnyView {
    if invitations.is_empty() {
        return view! { <p class="soft">"Nobody is invited and not here yet."</p> }.into_any();
    }
    let items = invitations.iter().map(|invitation| {
        let (renew, revoke) = (format!("{base}/{}/renew", invitation.id), format!("{base}/{}/revoke", invitation.id));
        let name = invitation.name.shown().to_owned();
        let whom = format!(" for {name}");
        let again = whom.clone();
        let place = invitation.centre_name.as_ref().map(|c| c.shown().to_owned()).or_else(|| invitation.cycle_name.clone());
        let what = match place {
            Some(place) => format!("{}, {place}", invitation.role.name()),
            None => invitation.role.name().to_owned(),
        };
        let until = if invitation.expires <= now {
            format!("The link ended {}", when(invitation.expires, now, zone))
        } else {
            format!("The link was made {}", when(invitation.sent, now, zone))
        };
        view! {
            <li>
                <span>{name}<br/><span class="soft">{invitation.email.shown().to_owned()}<br/>{what}<br/>{until}</span></span>
                <span class="row">
                    <form method="post" action=renew><button class="link-button small" type="submit">"Make a new link"<span class="visually-hidden">{whom}</span></button></form>
                    <form method="post" action=revoke><button class="link-button small" type="submit">"Take back"<span class="visually-hidden">{format!(" the invitation{again}")}</span></button></form>
                </span>
            </li>
        }
    });
    view! { <ul class="owed" role="list">{items.collect_view()}</ul> }.into_any()
}
