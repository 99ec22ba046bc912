//! Information requests as each side reads them: the panel by seats, the centre without any, the working group both.

use super::AnswerFile;
use crate::{
    domain::{
        evidence::{FileType, Kind},
        id::{ApplicationId, CentreId, FileId, MessageId, RequestId, SeatId},
        moment::Moment,
        request::{Side, State, Way},
        snapshot::Digest,
    },
    store::{Error, Result, Tx, account::PersonName},
};
use sqlx::FromRow;
use std::collections::BTreeMap;

statements! {
    /// The requests of an application, in an order that says nothing.
    REQUESTS = "SELECT id, criterion, seat_id, due_at, relayed_at, closed_at FROM information_request WHERE application_id = $1 ORDER BY criterion, id";
    /// Those that the centre knows; without whose they are.
    REQUESTS_OF_CENTRE = "SELECT id, criterion, NULL AS seat_id, due_at, relayed_at, closed_at FROM information_request \
        WHERE application_id = $1 AND relayed_at IS NOT NULL ORDER BY criterion, id";
    /// What reviewers read: their own words, and the wording of answers that crosses.
    BLIND_MESSAGES = "SELECT m.id, m.request_id, m.side, CASE WHEN m.side = 'panel' THEN m.text ELSE m.passed END AS text, m.passed, m.at, \
        m.relayed_at, m.declined_at, m.declined_why, m.version, NULL AS author_name FROM information_message m \
        JOIN information_request q ON q.id = m.request_id WHERE q.application_id = $1 AND (m.side = 'panel' OR m.relayed_at IS NOT NULL) \
        ORDER BY m.at, m.id";
    /// What the centre reads: questions that were passed on, in the wording that crosses, and its own answers.
    CENTRE_MESSAGES = "SELECT m.id, m.request_id, m.side, CASE WHEN m.side = 'panel' THEN m.passed ELSE m.text END AS text, '' AS passed, \
        CASE WHEN m.side = 'panel' THEN m.relayed_at ELSE m.at END AS at, m.relayed_at, CAST(NULL AS BIGINT) AS declined_at, '' AS declined_why, m.version, \
        CASE WHEN m.side = 'centre' THEN p.name ELSE NULL END AS author_name FROM information_message m \
        JOIN information_request q ON q.id = m.request_id LEFT JOIN person p ON p.account_id = m.author_id \
        WHERE q.application_id = $1 AND (m.side = 'centre' OR m.relayed_at IS NOT NULL) ORDER BY 6, m.id";
    /// What the working group reads: both wordings.
    ALL_MESSAGES = "SELECT m.id, m.request_id, m.side, m.text, m.passed, m.at, m.relayed_at, m.declined_at, m.declined_why, m.version, \
        NULL AS author_name FROM information_message m JOIN information_request q ON q.id = m.request_id WHERE q.application_id = $1 ORDER BY m.at, m.id";
    /// What came with answers, as the centre called it.
    EVIDENCE = "SELECT e.message_id, e.letter, e.kind, e.title, e.link, f.id AS file_id, f.sha256, f.size, f.type AS file_type \
        FROM information_evidence e JOIN information_message m ON m.id = e.message_id JOIN information_request q ON q.id = m.request_id \
        LEFT JOIN file f ON f.id = e.file_id WHERE q.application_id = $1 ORDER BY e.message_id, e.letter";
    /// What came with answers, as reviewers read it.
    BLIND_EVIDENCE = "SELECT e.message_id, e.letter, e.kind, e.blind_title AS title, e.blind_link AS link, f.id AS file_id, f.sha256, f.size, \
        f.type AS file_type FROM information_evidence e JOIN information_message m ON m.id = e.message_id \
        JOIN information_request q ON q.id = m.request_id LEFT JOIN file f ON f.id = e.file_id \
        WHERE q.application_id = $1 AND m.relayed_at IS NOT NULL ORDER BY e.message_id, e.letter";
    /// Where the bytes of an application's answers are.
    PLACE = "SELECT centre_id FROM application WHERE id = $1";
    /// Wordings that were replaced or came too late, the newest first; without who wrote them.
    WORDINGS = "SELECT h.message_id, h.text, h.at FROM information_history h JOIN information_message m ON m.id = h.message_id \
        JOIN information_request q ON q.id = m.request_id WHERE q.application_id = $1 ORDER BY h.at DESC, h.id";
}

/// One request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which one.
    pub id: RequestId,
    /// At which criterion.
    pub criterion: u8,
    /// From which seat; none for the working group's own, and always for the centre.
    pub seat: Option<SeatId>,
    /// Until when an answer is hoped for.
    pub due: Moment,
    /// When the centre was asked.
    pub relayed: Option<Moment>,
    /// Whether nothing more is asked.
    pub closed: bool,
    /// What was said, the oldest first.
    pub messages: Vec<Message>,
}

impl Request {
    /// Where it stands.
    pub fn state(&self) -> State {
        let messages: Vec<_> = self.messages.iter().map(|m| (m.side, m.way)).collect();
        State::of(self.closed, &messages)
    }

    /// Whether the centre has not answered since it was last asked.
    pub fn waits_for_centre(&self) -> bool {
        !self.closed && self.messages.last().is_some_and(|m| m.side == Side::Panel)
    }
}

/// What somebody said.
#[derive(Clone, Debug)]
pub struct Message {
    /// Which one.
    pub id: MessageId,
    /// Who.
    pub side: Side,
    /// What this reader may read of it.
    pub text: String,
    /// The wording that crosses; empty for the centre.
    pub passed: String,
    /// When; for the centre, when a question was passed on.
    pub at: Moment,
    /// How far it is.
    pub way: Way,
    /// Why it was not passed on.
    pub declined_why: String,
    /// Counts wordings.
    pub version: i64,
    /// Who of the centre; for the centre alone.
    pub author: Option<PersonName>,
    /// What came with it.
    pub attached: Vec<Attached>,
}

/// Something that came with an answer.
#[derive(Clone, Debug)]
pub struct Attached {
    /// The letter under which reviewers know it; a number until then.
    pub letter: String,
    /// What it shows.
    pub kind: Kind,
    /// What it is called, for this reader.
    pub title: String,
    /// Its bytes.
    pub file: Option<AnswerFile>,
    /// Its address, for this reader.
    pub link: Option<String>,
}

#[derive(FromRow)]
struct MessageRow {
    id: String,
    request_id: String,
    side: String,
    text: String,
    passed: String,
    at: i64,
    relayed_at: Option<i64>,
    declined_at: Option<i64>,
    declined_why: String,
    version: i64,
    author_name: Option<String>,
}

#[derive(FromRow)]
struct PieceRow {
    message_id: String,
    letter: String,
    kind: String,
    title: String,
    link: Option<String>,
    file_id: Option<String>,
    sha256: Option<String>,
    size: Option<i64>,
    file_type: Option<String>,
}

type RequestRow = (String, i64, Option<String>, i64, Option<i64>, Option<i64>);

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("information_request", column, row.to_owned())
}

fn attached(row: PieceRow) -> Result<(String, Attached)> {
    let of = row.message_id;
    let file = match (row.file_id, row.sha256, row.size, row.file_type) {
        (Some(id), Some(sha256), Some(size), Some(kind)) => Some(AnswerFile {
            id: FileId::parse(&id).ok_or_else(|| wrong("file_id", &of))?,
            sha256: Digest::parse(&sha256).ok_or_else(|| wrong("sha256", &of))?,
            size: u64::try_from(size).map_err(|_| wrong("size", &of))?,
            file_type: FileType::ALL.into_iter().find(|t| t.extension() == kind).ok_or_else(|| wrong("type", &of))?,
        }),
        _ => None,
    };
    let kind = Kind::parse(&row.kind).ok_or_else(|| wrong("kind", &of))?;
    Ok((of, Attached { letter: row.letter, kind, title: row.title, file, link: row.link }))
}

fn message(row: MessageRow, attached: Vec<Attached>) -> Result<(String, Message)> {
    let way = match (row.relayed_at, row.declined_at) {
        (Some(_), _) => Way::Passed,
        (None, Some(_)) => Way::Declined,
        (None, None) => Way::Waits,
    };
    let message = Message {
        id: MessageId::parse(&row.id).ok_or_else(|| wrong("message", &row.id))?,
        side: Side::parse(&row.side).ok_or_else(|| wrong("side", &row.id))?,
        text: row.text,
        passed: row.passed,
        at: Moment::from_millis(row.at),
        way,
        declined_why: row.declined_why,
        version: row.version,
        author: row.author_name.map(PersonName::new),
        attached,
    };
    Ok((row.request_id, message))
}

fn put_together(requests: Vec<RequestRow>, messages: Vec<MessageRow>, pieces: Vec<PieceRow>) -> Result<Vec<Request>> {
    let mut of_message: BTreeMap<String, Vec<Attached>> = BTreeMap::new();
    for row in pieces {
        let (of, piece) = attached(row)?;
        of_message.entry(of).or_default().push(piece);
    }
    let mut of_request: BTreeMap<String, Vec<Message>> = BTreeMap::new();
    for row in messages {
        let attached = of_message.remove(&row.id).unwrap_or_default();
        let (of, message) = message(row, attached)?;
        of_request.entry(of).or_default().push(message);
    }
    let request = |(id, criterion, seat, due, relayed, closed): RequestRow| {
        Ok(Request {
            id: RequestId::parse(&id).ok_or_else(|| wrong("id", &id))?,
            criterion: u8::try_from(criterion).map_err(|_| wrong("criterion", &id))?,
            seat: seat.as_deref().map(|s| SeatId::parse(s).ok_or_else(|| wrong("seat_id", &id))).transpose()?,
            due: Moment::from_millis(due),
            relayed: relayed.map(Moment::from_millis),
            closed: closed.is_some(),
            messages: of_request.remove(&id).unwrap_or_default(),
        })
    };
    requests.into_iter().map(request).collect()
}

impl Tx {
    /// The requests of an application as its panel reads them: no word of the centre that was not passed on, and none in
    /// which its names still stand.
    pub async fn blind_requests(&mut self, application: ApplicationId) -> Result<Vec<Request>> {
        let id = application.to_string();
        let requests = list!(self, RequestRow, REQUESTS, id.clone())?;
        let messages = list!(self, MessageRow, BLIND_MESSAGES, id.clone())?;
        put_together(requests, messages, list!(self, PieceRow, BLIND_EVIDENCE, id)?)
    }

    /// The requests of an application as its centre reads them: only what was passed on, and nothing of who asks.
    pub async fn requests_of_centre(&mut self, application: ApplicationId) -> Result<Vec<Request>> {
        let id = application.to_string();
        let requests = list!(self, RequestRow, REQUESTS_OF_CENTRE, id.clone())?;
        let messages = list!(self, MessageRow, CENTRE_MESSAGES, id.clone())?;
        put_together(requests, messages, list!(self, PieceRow, EVIDENCE, id)?)
    }

    /// The requests of an application as the working group reads them.
    pub async fn requests(&mut self, application: ApplicationId) -> Result<Vec<Request>> {
        let id = application.to_string();
        let requests = list!(self, RequestRow, REQUESTS, id.clone())?;
        let messages = list!(self, MessageRow, ALL_MESSAGES, id.clone())?;
        put_together(requests, messages, list!(self, PieceRow, EVIDENCE, id)?)
    }

    /// Wordings that were replaced or came too late, by message, the newest first.
    pub async fn request_wordings(&mut self, application: ApplicationId) -> Result<Vec<(MessageId, String, Moment)>> {
        let rows = list!(self, (String, String, i64), WORDINGS, application.to_string())?;
        let wording = |(id, text, at): (String, String, i64)| {
            let id = MessageId::parse(&id).ok_or_else(|| wrong("message_id", &id))?;
            Ok((id, text, Moment::from_millis(at)))
        };
        rows.into_iter().map(wording).collect()
    }

    /// Under which centre the bytes of an application's answers are stored.
    pub async fn bytes_of(&mut self, application: ApplicationId) -> Result<Option<CentreId>> {
        Ok(find!(self, (String,), PLACE, application.to_string())?.and_then(|(id,)| CentreId::parse(&id)))
    }
}
