//! Notes to colleagues, and requests for a change.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    ensure_one,
    event::What,
};
use crate::domain::{
    id::{AccountId, ApplicationId, NoteId},
    moment::Moment,
};

statements! {
    /// A new note or request.
    ADD = "INSERT INTO note (id, application_id, criterion, author_id, kind, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    /// All of an application.
    OF_APPLICATION = "SELECT n.id, n.criterion, n.author_id, n.kind, n.text, n.at, n.closed_at, p.name FROM note n \
        JOIN person p ON p.account_id = n.author_id WHERE n.application_id = $1 ORDER BY n.at, n.id";
    /// A request is answered.
    CLOSE = "UPDATE note SET closed_at = $3 WHERE id = $1 AND application_id = $2 AND closed_at IS NULL";
}

/// Something said to colleagues at a criterion. Never leaves the centre.
#[derive(Clone, Debug)]
pub struct Note {
    /// Which one.
    pub id: NoteId,
    /// Where.
    pub criterion: u8,
    /// Who said it.
    pub author: AccountId,
    /// Their name.
    pub name: PersonName,
    /// Whether it asks for a change.
    pub request: bool,
    /// What was said.
    pub text: String,
    /// When.
    pub at: Moment,
    /// When the request was closed.
    pub closed: Option<Moment>,
}

impl Note {
    /// Whether it asks for a change that nobody has made.
    pub const fn is_open_request(&self) -> bool {
        self.request && self.closed.is_none()
    }
}

type Row = (String, i64, String, String, String, i64, Option<i64>, String);

fn note((id, criterion, author, kind, text, at, closed, name): Row) -> Result<Note> {
    Ok(Note {
        criterion: u8::try_from(criterion).map_err(|_| Error::Inconsistent("note", "criterion", id.clone()))?,
        author: read_id(&author, "note")?,
        name: PersonName::new(name),
        request: kind == "request",
        text,
        at: Moment::from_millis(at),
        closed: closed.map(Moment::from_millis),
        id: NoteId::parse(&id).ok_or(Error::Inconsistent("note", "id", id))?,
    })
}

impl Tx {
    /// Says something at a criterion; answers with what it is called from now on.
    pub async fn add_note(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        request: bool,
        text: &str,
    ) -> Result<NoteId> {
        let id = NoteId::new(stamp.chance.bits());
        let kind = if request { "request" } else { "note" };
        let author = stamp.actor.map(|a| a.to_string());
        run!(
            self,
            ADD,
            id.to_string(),
            application.to_string(),
            i64::from(criterion),
            author,
            kind,
            text.to_owned(),
            stamp.now.millis()
        )?;
        self.record(stamp, What::NoteAdded, &application.to_string(), &format!("{kind} at criterion {criterion}"))
            .await?;
        Ok(id)
    }

    /// All notes and requests of an application, the oldest first.
    pub async fn notes(&mut self, application: ApplicationId) -> Result<Vec<Note>> {
        list!(self, Row, OF_APPLICATION, application.to_string())?.into_iter().map(note).collect()
    }

    /// Closes a request.
    pub async fn close_note(&mut self, stamp: &Stamp, application: ApplicationId, id: NoteId) -> Result<()> {
        ensure_one(run!(self, CLOSE, id.to_string(), application.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::NoteClosed, &application.to_string(), &id.to_string()).await
    }
}
