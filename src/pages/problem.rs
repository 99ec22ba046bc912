//! Problems: what happened, and a way out. The same page for everybody, signed in or not.

use crate::{
    components::field::area_html,
    server::{
        problem::{Problem, Why},
        render::{Frame, Page},
    },
};
use leptos::prelude::*;

/// The page for a problem. Internals are in the log, under the request's name.
pub fn page(problem: Problem, request_id: &str) -> Page {
    let (number, title, text) = words(&problem);
    let kept = if let Problem::Kept(_, kept) = &problem { kept.clone() } else { Vec::new() };
    let signed_out = matches!(problem, Problem::Kept(Why::SignedOut, _));
    // "Not found" is byte for byte the same for everybody: it carries no name of the request.
    let request = (problem != Problem::NotFound).then(|| request_id.to_owned());
    Page::new(title, Frame::default(), move || {
        let texts = kept.into_iter().enumerate().map(|(i, (name, text))| {
            let id = format!("kept-{i}");
            view! {
                <div class="field">
                    <label for=id.clone()>{field_name(&name)}</label>
                    <textarea id=id rows="6" readonly inner_html=area_html(&text)></textarea>
                </div>
            }
        });
        let texts = texts.collect_view();
        view! {
            <main class="page narrow" id="main">
                <div class="stack"><p class="soft">{format!("Error {number}")}</p><h1>{title}</h1></div>
                <p>{text}</p>
                {(!texts.is_empty()).then(|| view! { <section class="form" aria-label="What you wrote">{texts}</section> })}
                <ul class="stack" role="list">
                    {if signed_out {
                        view! { <li><a class="button" href="/sign-in">"Sign in again"</a></li> }.into_any()
                    } else {
                        view! { <li><a class="button" href="/home">"Go to my home page"</a></li> }.into_any()
                    }}
                    <li>"Did a link in a mail bring you here? "<a href="/sign-in">"Sign in with the account the mail went to"</a>"."</li>
                    <li>"Looking for a criterion? "<a href="/criteria">"Read the 13 guides"</a>"."</li>
                    <li>"Still stuck? "<a href="/help">"Write to us"</a>
                        {match request { Some(id) => format!(" and give the reference {id}."), None => " and paste the address.".to_owned() }}</li>
                </ul>
            </main>
        }
    })
}

/// Status, title, and what to do.
fn words(problem: &Problem) -> (u16, &'static str, &'static str) {
    let (title, text) = match problem {
        Problem::NotFound | Problem::SignIn(_) | Problem::Confirm(_) => (
            "We cannot show this page",
            "The address may be mistyped or out of date, or the page may not be open to you. To protect anonymity we answer the same way in each case.",
        ),
        Problem::NotAllowed => (
            "You cannot do this here",
            "You may read this, but this step belongs to somebody else, or its time is over: what was handed in or decided is not changed here. Nothing was changed.",
        ),
        Problem::Kept(Why::SignedOut, _) => (
            "You were signed out before this was saved",
            "For safety, a session ends after half an hour without use, and after 12 hours. Copy your text from below, sign in again, and paste it. It was not saved yet.",
        ),
        Problem::Kept(Why::Closed, _) => (
            "This was not saved",
            "In the meantime it was handed in, withdrawn or closed, or somebody changed the same thing. Copy your text from below, then open the page again: it says what is possible now.",
        ),
        Problem::Kept(Why::NotUnderstood, _) => (
            "A part of this form was not saved",
            "The portal was updated while your page was open, and no longer knows the fields below. Everything else was saved. Copy what you still need, and open the page again.",
        ),
        Problem::Kept(Why::Busy, _) => (
            "This was not saved yet: we are busy",
            "Many people are saving at this moment. Go back, and save again in a minute. To be safe, copy your text from below first.",
        ),
        Problem::Kept(Why::Full, _) => (
            "This was not saved: our storage is full",
            "Copy your text from below. The operator has been told; save it again later. What was saved before is safe.",
        ),
        Problem::Kept(Why::Unexpected, _) => (
            "This was not saved: something went wrong on our side",
            "Copy your text from below, then go back and save again. If it happens again, write to us.",
        ),
        Problem::TooMany(_) => (
            "Too often in a short time",
            "This takes much work, so it can be asked for only so often. Wait a while, then try again. Nothing is lost.",
        ),
        Problem::Foreign => (
            "This request came from another site",
            "To protect your account we only take forms from our own pages. Open the page here, and send the form again.",
        ),
        Problem::Unreadable => (
            "We could not read this form",
            "It did not arrive whole, perhaps because the line broke. Go back: your browser usually still has what you typed. Then send it again.",
        ),
        Problem::TooLarge => (
            "This is more than we can take at once",
            "A text may have up to 100,000 characters, a file up to 512 MiB. Go back: your browser usually still has what you typed. Shorten it, or split the file.",
        ),
        Problem::Stale => (
            "Somebody was quicker",
            "This was changed in another window or by a colleague since you opened the page. Nothing was overwritten. Open it again, and repeat the step if it is still needed.",
        ),
        Problem::NotYet => (
            "This file is still being looked through",
            "Before a reviewer gets a file, it is scanned, and what tells who made it is taken out. Try again in a while. If it stays like this, write to the secretariat.",
        ),
        Problem::Busy => {
            ("We are busy", "Many people are using the portal at this moment. Try again in a minute. Nothing is lost.")
        }
        Problem::Full => {
            ("Our storage is full", "The operator has been told. What was saved before is safe. Try again later.")
        }
        Problem::Unexpected => (
            "Something went wrong on our side",
            "Nothing that was saved before is lost. Try again; if it happens again, write to us.",
        ),
    };
    (problem.status().as_u16(), title, text)
}

/// A form field as people know it.
fn field_name(name: &str) -> String {
    match name {
        "narrative" => "How you meet this criterion".into(),
        "level" => "Level".into(),
        "text" => "Note".into(),
        "strengths" => "Strengths".into(),
        "gap" => "Gap".into(),
        "satisfy" => "What would satisfy you".into(),
        "confidence" => "How sure you are".into(),
        "summary" => "Summary".into(),
        "recommendation" => "Recommendation".into(),
        "note" => "Private note".into(),
        other => match other.strip_prefix("indicator.").and_then(|rest| rest.rsplit_once('.')) {
            Some((key, part)) => format!("{}: {part}", key.replace('-', " ")),
            None => other.to_owned(),
        },
    }
}
