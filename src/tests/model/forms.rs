//! The forms of a page, filled in at random.

use super::super::browser::Reply;
use axum::http::header;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    /// Goes back as it came.
    Kept(String, String),
    /// One of these.
    Choice(String, Vec<String>),
    /// Free text of several lines: somebody's work.
    Text(String),
    /// A line: a date, a number, a name.
    Line(String, String),
}

/// A form that is sent by POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// Where to.
    pub action: String,
    fields: Vec<Field>,
    buttons: Vec<(String, String)>,
}

/// Forms that end the walk or change how somebody signs in.
const NEVER: [&str; 3] = ["/sign-out", "/account", "/administration"];

/// The forms of a page; those with files are left out.
pub fn of(reply: &Reply) -> Vec<Form> {
    if !reply.header(header::CONTENT_TYPE).starts_with("text/html") {
        return Vec::new();
    }
    let page = reply.html();
    let mut all: Vec<Form> = Vec::new();
    let mut open: Option<Form> = None;
    let mut list: Option<usize> = None;
    for tag in &page.tags {
        let text = |name: &str| tag.get(name).unwrap_or_default().to_owned();
        if tag.name == "form" {
            all.extend(open.take());
            list = None;
            let posts = tag.get("method").is_some_and(|m| m.eq_ignore_ascii_case("post"));
            let plain = tag.get("enctype").is_none_or(|e| !e.contains("multipart"));
            let action = text("action");
            if posts && plain && !NEVER.iter().any(|start| action.starts_with(start)) {
                open = Some(Form { action, fields: Vec::new(), buttons: Vec::new() });
            }
            continue;
        }
        let Some(form) = &mut open else { continue };
        match tag.name.as_str() {
            "option" => {
                if let Some(Field::Choice(_, values)) = list.and_then(|at| form.fields.get_mut(at)) {
                    values.push(text("value"));
                }
            }
            "select" => {
                list = Some(form.fields.len());
                form.fields.push(Field::Choice(text("name"), Vec::new()));
            }
            "textarea" => form.fields.push(Field::Text(text("name"))),
            "button" if tag.get("name").is_some() => form.buttons.push((text("name"), text("value"))),
            "input" => match tag.get("type").unwrap_or("text") {
                "hidden" => form.fields.push(Field::Kept(text("name"), text("value"))),
                "radio" => {
                    let same = form.fields.iter_mut().find_map(|field| match field {
                        Field::Choice(name, values) if Some(name.as_str()) == tag.get("name") => Some(values),
                        _ => None,
                    });
                    match same {
                        Some(values) => values.push(text("value")),
                        None => form.fields.push(Field::Choice(text("name"), vec![text("value")])),
                    }
                }
                // Ticked, or not sent at all.
                "checkbox" => form.fields.push(Field::Choice(text("name"), vec![text("value"), String::new()])),
                "submit" | "file" => {}
                _ => form.fields.push(Field::Line(text("name"), text("value"))),
            },
            _ => {}
        }
    }
    all.extend(open);
    all
}

impl Form {
    /// Whether one of its buttons or hidden fields says this; nothing is asked for by an empty text.
    pub fn has(&self, button: &str) -> bool {
        let kept = |field: &Field| matches!(field, Field::Kept(_, value) if value == button);
        button.is_empty() || self.buttons.iter().any(|(_, value)| value == button) || self.fields.iter().any(kept)
    }

    /// What a browser would send with this button, with these fields typed.
    pub fn with(&self, button: &str, typed: &[(&str, &str)]) -> Vec<(String, String)> {
        let kept = self.fields.iter().filter_map(|field| match field {
            Field::Kept(name, value) | Field::Line(name, value) => Some((name.clone(), value.clone())),
            Field::Choice(..) | Field::Text(_) => None,
        });
        let mut sent: Vec<(String, String)> =
            kept.filter(|(name, _)| !typed.iter().any(|(other, _)| other == name)).collect();
        sent.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        sent.extend(self.buttons.iter().find(|(_, value)| value == button && !button.is_empty()).cloned());
        sent
    }

    /// Whether somebody writes more than a line in it.
    pub fn takes_text(&self) -> bool {
        self.fields.iter().any(|field| matches!(field, Field::Text(_)))
    }

    /// What a browser would send: every text is the token, everything else is drawn.
    #[expect(clippy::match_same_arms, reason = "a table reads line by line")]
    pub fn filled(&self, token: &str, draw: &mut impl FnMut(usize) -> usize) -> Vec<(String, String)> {
        let mut sent = Vec::new();
        for field in &self.fields {
            let (name, value) = match field {
                Field::Kept(name, value) => (name, value.clone()),
                Field::Line(name, value) if value.is_empty() => {
                    (name, ["", "2027-05-02", "3", "One line"][draw(4)].to_owned())
                }
                Field::Line(name, value) => (name, value.clone()),
                Field::Text(name) => (name, token.to_owned()),
                Field::Choice(_, values) if values.is_empty() => continue,
                Field::Choice(name, values) => {
                    let value = values[draw(values.len())].clone();
                    if value.is_empty() {
                        continue;
                    }
                    (name, value)
                }
            };
            if !name.is_empty() {
                sent.push((name.clone(), value));
            }
        }
        if !self.buttons.is_empty() {
            sent.push(self.buttons[draw(self.buttons.len())].clone());
        }
        sent
    }
}
