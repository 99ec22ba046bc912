//! The words of letters that need more than a sentence.

use super::{CHOOSE, News, Words};
use crate::domain::text::one_line;

/// The panel asks the centre something.
pub(super) fn question(title: &str, due: &str, link: String) -> Words {
    Words {
        subject: "A question about your application".into(),
        paragraphs: vec![
            format!("{}: the panel asks your centre something. Answer until {due}.", one_line(title)),
            "The question stands in the portal. What you submitted stays as it is; your answer is read beside it."
                .into(),
        ],
        items: Vec::new(),
        button: Some(("Read the question", link)),
        notes: vec![CHOOSE],
    }
}

/// There is news for a panel; names neither the application nor anybody.
pub(super) fn news(news: News, link: String) -> Words {
    let (subject, what, button) = match news {
        News::Answer => (
            "A centre has answered",
            "A question to a centre whose application you review was answered. The answer is part of the file now.",
            "Read the answer",
        ),
        News::Deliberation => (
            "A panel begins to deliberate",
            "All reviews of an application that you reviewed are in. Now you see what the others say, under letters.",
            "Open the deliberation",
        ),
        News::Waits => (
            "A message waits for the secretariat",
            "A reviewer has asked something, or a centre has answered. Nothing crosses the blind before one of you has read it.",
            "See what waits",
        ),
    };
    Words {
        subject: subject.into(),
        paragraphs: vec![what.into()],
        items: Vec::new(),
        button: Some((button, link)),
        notes: Vec::new(),
    }
}

/// A designation ends on a day, or was withdrawn.
pub(super) fn designation(ends: Option<&str>, link: String) -> Words {
    let (subject, what, button) = match ends {
        Some(day) => (
            format!("Your designation ends on {day}"),
            format!(
                "The designation of your centre ends on {day}, and no further application is under way. A renewal starts \
                 from what you wrote last, while a call is open."
            ),
            "See how to renew it",
        ),
        None => (
            "Your designation was withdrawn".to_owned(),
            "The designation of your centre was withdrawn, so its certificate is not valid any more. The reason stands in \
             the portal."
                .to_owned(),
            "Read the reason",
        ),
    };
    Words { subject, paragraphs: vec![what], items: Vec::new(), button: Some((button, link)), notes: vec![CHOOSE] }
}

/// A draft is not submitted yet, or was not in time.
pub(super) fn reminder(title: &str, left: i64, closes: &str, link: String) -> Words {
    let title = one_line(title);
    let (subject, what) = match left {
        ..0 => (
            "Your application was not submitted".to_owned(),
            format!(
                "The call closed on {closes}. {title} is still a draft, so it does not take part in this cycle. Nothing in it is lost."
            ),
        ),
        0 => ("Last day to submit".into(), format!("{title} is still a draft. The call closes on {closes}.")),
        1 => ("1 day left to submit".into(), format!("{title} is still a draft. The call closes on {closes}.")),
        n => (format!("{n} days left to submit"), format!("{title} is still a draft. The call closes on {closes}.")),
    };
    let button = if left < 0 { "Open the draft" } else { "See what is missing" };
    Words { subject, paragraphs: vec![what], items: Vec::new(), button: Some((button, link)), notes: vec![CHOOSE] }
}

/// The decision was released.
pub(super) fn decision(title: &str, link: String) -> Words {
    Words {
        subject: "The decision on your application is there".into(),
        paragraphs: vec![
            format!("{}: the decision was released.", one_line(title)),
            "The portal shows it with the letter and the feedback for each criterion. For your privacy this letter \
             says nothing more."
                .into(),
        ],
        items: Vec::new(),
        button: Some(("Read the decision", link)),
        notes: vec![CHOOSE],
    }
}

/// An appeal, or the correction of a fact, is answered.
pub(super) fn appeal_answer(title: &str, link: String) -> Words {
    let what = format!("{}: the working group has answered. The answer stands in the portal.", one_line(title));
    Words {
        subject: "What you asked for is answered".into(),
        paragraphs: vec![what],
        items: Vec::new(),
        button: Some(("Read the answer", link)),
        notes: vec![CHOOSE],
    }
}
