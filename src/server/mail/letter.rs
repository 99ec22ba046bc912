//! The words of every letter. Each is written once and rendered as text and as HTML.
//!
//! A letter holds nothing that its recipient may not know: no name of anybody else, no time of the other side's doing, no
//! text that somebody else has typed. Only people with an account are greeted by name: by the one they have typed themselves.

mod wording;

use crate::domain::{mail::Kind, signatory::Capacity, text::one_line};
use askama::Template;

/// What a letter says.
#[derive(Clone, PartialEq, Eq)]
pub enum Letter {
    /// A link that makes an account.
    Invitation {
        /// `lead`, `contributor`, `coordinator` or `administrator`.
        role: String,
        /// The centre, where there is one.
        centre: Option<String>,
        /// Below the origin; holds the token.
        path: String,
    },
    /// A link through which a signatory confirms.
    Signature {
        /// As what.
        capacity: Capacity,
        /// The centre they stand for.
        centre: String,
        /// The cycle.
        cycle: String,
        /// Below the origin; holds the token.
        path: String,
    },
    /// A colleague asks for a change.
    Request {
        /// "Renewal application 2027".
        title: String,
        /// Where.
        criterion: u8,
        /// The page.
        path: String,
    },
    /// The application was submitted.
    Receipt {
        /// "Renewal application 2027".
        title: String,
        /// The day in the zone of the programme.
        day: String,
        /// The page.
        path: String,
    },
    /// Screening has returned the application.
    Returned {
        /// "Renewal application 2027".
        title: String,
        /// The page.
        path: String,
    },
    /// The decision was released; says nothing of what it is.
    Decision {
        /// "Renewal application 2027".
        title: String,
        /// The page.
        path: String,
    },
    /// What the centre asked for after the release was answered; says nothing of what.
    AppealAnswer {
        /// "Renewal application 2027".
        title: String,
        /// The page.
        path: String,
    },
    /// The working group asks for reviews. Says neither how many nor of what.
    ReviewAsked {
        /// The page.
        path: String,
    },
    /// The deadline is near, or has just passed.
    Reminder {
        /// "Renewal application 2027".
        title: String,
        /// Days that are left; negative when it is past.
        left: i64,
        /// "Thursday 15 April 2027, 23:59 Zurich time".
        closes: String,
        /// The page.
        path: String,
    },
    /// The panel asks the centre something.
    Question {
        /// "Renewal application 2027".
        title: String,
        /// "Friday 19 March 2027, 23:59 Zurich time".
        due: String,
        /// The page.
        path: String,
    },
    /// There is news for a panel, or for those who look after it.
    Panel {
        /// What it is.
        news: News,
        /// The page.
        path: String,
    },
    /// A designation ends soon, or was withdrawn.
    Designation {
        /// "31 October 2027"; none when it was withdrawn.
        ends: Option<String>,
        /// The page.
        path: String,
    },
    /// Somebody has signed in from a device that was not used before.
    SignedIn {
        /// "a passkey", "a password and a code".
        how: String,
        /// The day, in UTC.
        day: String,
        /// Where they see it.
        path: String,
    },
    /// A way to sign in was added, changed or removed.
    FactorChanged {
        /// "A passkey was added", "The password was changed".
        what: String,
        /// The day, in UTC.
        day: String,
        /// Where they see it.
        path: String,
    },
    /// What could wait: sentences and pages.
    Digest {
        /// Sentence, and path below the origin.
        lines: Vec<(String, String)>,
    },
}

/// What a panel is told by mail; names neither the application nor anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The centre has answered a question.
    Answer,
    /// All reviews are in.
    Deliberation,
    /// A message across the blind waits for the secretariat.
    Waits,
}

/// A letter in words.
struct Words {
    subject: String,
    paragraphs: Vec<String>,
    items: Vec<(String, String)>,
    button: Option<(&'static str, String)>,
    notes: Vec<&'static str>,
}

/// A rendered letter.
#[derive(Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

#[derive(Template)]
#[template(path = "letter.txt", config = "src/server/letters/askama.toml")]
struct Plain<'a> {
    greeting: &'a str,
    paragraphs: &'a [String],
    items: &'a [(String, String)],
    button: &'a Option<(&'static str, String)>,
    notes: &'a [&'static str],
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "letter.html", config = "src/server/letters/askama.toml")]
struct Rich<'a> {
    subject: &'a str,
    greeting: &'a str,
    paragraphs: &'a [String],
    items: &'a [(String, String)],
    button: &'a Option<(&'static str, String)>,
    notes: &'a [&'static str],
    footer: &'a str,
}

const ONCE: &str = "The link works once, for 72 hours, and for you alone. Do not pass it on.";

impl Letter {
    /// What it is about.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Invitation { .. } => Kind::Invitation,
            Self::Signature { .. } => Kind::Signature,
            Self::Request { .. } => Kind::Request,
            Self::Receipt { .. } => Kind::Receipt,
            Self::Returned { .. } => Kind::Returned,
            Self::Decision { .. } | Self::AppealAnswer { .. } => Kind::Decision,
            Self::ReviewAsked { .. } => Kind::ReviewAsked,
            Self::Reminder { .. } => Kind::Reminder,
            Self::Question { .. } => Kind::Question,
            Self::Panel { .. } => Kind::Panel,
            Self::Designation { .. } => Kind::Designation,
            Self::SignedIn { .. } | Self::FactorChanged { .. } => Kind::Security,
            Self::Digest { .. } => Kind::Digest,
        }
    }

    /// One sentence and the page it is about, for a digest; none for what cannot wait.
    pub fn line(&self) -> Option<(String, String)> {
        let line = match self {
            Self::Request { title, criterion, path } => {
                (format!("{title}: a colleague asks for a change at criterion {criterion}."), path)
            }
            Self::Receipt { title, path, .. } => (format!("{title} was submitted."), path),
            Self::Returned { title, path } => (format!("{title} was returned to your centre, with reasons."), path),
            Self::Decision { title, path } => (format!("{title}: the decision is there."), path),
            Self::AppealAnswer { title, path } => (format!("{title}: what you asked for is answered."), path),
            Self::Reminder { title, closes, left, path } if 0 <= *left => {
                (format!("{title} is a draft. It can be submitted until {closes}."), path)
            }
            Self::Reminder { title, path, .. } => (format!("{title} was not submitted before the deadline."), path),
            Self::Question { title, path, .. } => (format!("{title}: there is a question for your centre."), path),
            Self::Designation { ends: Some(day), path } => (format!("Your designation ends on {day}."), path),
            Self::Designation { path, .. } => ("Your designation was withdrawn.".into(), path),
            Self::Invitation { .. }
            | Self::Signature { .. }
            | Self::ReviewAsked { .. }
            | Self::Panel { .. }
            | Self::SignedIn { .. }
            | Self::FactorChanged { .. }
            | Self::Digest { .. } => return None,
        };
        Some((line.0, line.1.clone()))
    }

    /// Renders it for somebody; `name` is the one they have typed themselves.
    pub fn render(&self, name: Option<&str>, origin: &str) -> Result<Rendered, askama::Error> {
        let words = self.words(origin);
        let greeting = name.map_or_else(|| "Hello,".to_owned(), |name| format!("Dear {},", one_line(name)));
        let footer = format!("{origin}\nIndependent software for the programme; not an official ESMO product.");
        let Words { subject, paragraphs, items, button, notes } = words;
        let subject = one_line(&subject);
        let plain = Plain {
            greeting: &greeting,
            paragraphs: &paragraphs,
            items: &items,
            button: &button,
            notes: &notes,
            footer: &footer,
        };
        let rich = Rich {
            subject: &subject,
            greeting: &greeting,
            paragraphs: &paragraphs,
            items: &items,
            button: &button,
            notes: &notes,
            footer: &footer,
        };
        Ok(Rendered { text: plain.render()?, html: rich.render()?, subject })
    }

    fn words(&self, origin: &str) -> Words {
        let to = |path: &str| format!("{origin}{path}");
        match self {
            Self::Invitation { role, centre, path } => {
                let what = match (role.as_str(), centre) {
                    ("lead", Some(centre)) => format!("You are invited to lead the application of {}.", one_line(centre)),
                    (_, Some(centre)) => format!("You are invited to work on the application of {}.", one_line(centre)),
                    ("coordinator", None) => "You are invited to coordinate the programme.".into(),
                    _ => "You are invited to look after accounts and operation.".into(),
                };
                let explained = "In the portal, cancer centres describe their integration of oncology and palliative care.";
                Words {
                    subject: "Your invitation to Designated Centres".into(),
                    paragraphs: vec![what, explained.into()],
                    items: Vec::new(),
                    button: Some(("Accept the invitation", to(path))),
                    notes: vec![ONCE, "If you do not expect an invitation, you can ignore this letter."],
                }
            }
            Self::Signature { capacity, centre, cycle, path } => Words {
                subject: "Your confirmation is asked for".into(),
                paragraphs: vec![
                    format!(
                        "{} applies in the cycle {}. You are named as its {}.",
                        one_line(centre),
                        one_line(cycle),
                        capacity.name().to_lowercase()
                    ),
                    "The application can be submitted once you have confirmed that it describes the centre as it is. \
                     You need no account."
                        .into(),
                ],
                items: Vec::new(),
                button: Some(("Read and confirm", to(path))),
                notes: vec![
                    "The link is for you alone. Do not pass it on.",
                    "If this is a mistake, tell the person who prepares the application.",
                ],
            },
            Self::Request { title, criterion, path } => Words {
                subject: format!("A change is asked for at criterion {criterion}"),
                paragraphs: vec![format!("{}: a colleague asks for a change at criterion {criterion}.", one_line(title))],
                items: Vec::new(),
                button: Some(("Read the request", to(path))),
                notes: vec![CHOOSE],
            },
            Self::Receipt { title, day, path } => Words {
                subject: "Your application is submitted".into(),
                paragraphs: vec![
                    format!("{} was submitted on {day}. Nothing in it can change now.", one_line(title)),
                    "There is nothing to do until we write again. The receipt shows what was submitted.".into(),
                ],
                items: Vec::new(),
                button: Some(("Open the receipt", to(path))),
                notes: vec![CHOOSE],
            },
            Self::Returned { title, path } => Words {
                subject: "Your application needs a change".into(),
                paragraphs: vec![
                    format!("{} was returned to your centre. Screening has found something to mend.", one_line(title)),
                    "The reasons stand at their places in the application. Mend them, and submit it again; the deadline \
                     of the call does not count for this."
                        .into(),
                ],
                items: Vec::new(),
                button: Some(("See the reasons", to(path))),
                notes: vec![CHOOSE],
            },
            Self::ReviewAsked { path } => Words {
                subject: "You are asked to review".into(),
                paragraphs: vec![
                    "The working group asks you to review. You can accept or decline with one click, and take it back."
                        .into(),
                    "Whose application it is stays hidden. Before you open it, you say whether you have a conflict.".into(),
                ],
                items: Vec::new(),
                button: Some(("See your reviews", to(path))),
                notes: vec!["This letter is the same for everybody who is asked."],
            },
            Self::Decision { title, path } => wording::decision(title, to(path)),
            Self::AppealAnswer { title, path } => wording::appeal_answer(title, to(path)),
            Self::Reminder { title, left, closes, path } => wording::reminder(title, *left, closes, to(path)),
            Self::Question { title, due, path } => wording::question(title, due, to(path)),
            Self::Panel { news, path } => wording::news(*news, to(path)),
            Self::Designation { ends, path } => wording::designation(ends.as_deref(), to(path)),
            Self::SignedIn { how, day, path } => Words {
                subject: "A new sign-in to your account".into(),
                paragraphs: vec![format!("Your account was used to sign in with {} on {day}.", one_line(how))],
                items: Vec::new(),
                button: Some(("See where you are signed in", to(path))),
                notes: vec![NOT_ME],
            },
            Self::FactorChanged { what, day, path } => Words {
                subject: "The way you sign in was changed".into(),
                paragraphs: vec![format!("{} on {day}.", one_line(what))],
                items: Vec::new(),
                button: Some(("See how you sign in", to(path))),
                notes: vec![NOT_ME],
            },
            Self::Digest { lines } => Words {
                subject: match lines.len() {
                    1 => "Designated Centres: 1 piece of news".into(),
                    n => format!("Designated Centres: {n} pieces of news"),
                },
                paragraphs: vec!["Since yesterday:".into()],
                items: lines.iter().map(|(line, path)| (one_line(line), to(path))).collect(),
                button: None,
                notes: vec![CHOOSE],
            },
        }
    }
}

const CHOOSE: &str = "On your home page you choose what is written to you, and how often.";
const NOT_ME: &str = "If this was not you, write to the administrators of the portal at once.";

impl std::fmt::Debug for Letter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[a letter: {}]", self.kind().key())
    }
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[a rendered letter]")
    }
}

#[cfg(test)]
mod tests;
