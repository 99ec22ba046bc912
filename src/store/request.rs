//! Information requests: anonymous questions to a centre, and their answers. Every message waits for a person of the working
//! group who passes it on; what its author wrote is never changed, and every wording that was replaced is kept.

pub mod reading;

use super::{Error, Result, Stamp, Tx, ensure_one, event::What, evidence::Piece, evidence::Source};
use crate::domain::{
    blind::Mask,
    evidence::Kind,
    id::{ApplicationId, EventId, FileId, MessageId, RequestId, SeatId},
    moment::Moment,
    request::Side,
    review::letter,
    snapshot::Digest,
};

statements! {
    /// A new request.
    ADD = "INSERT INTO information_request (id, application_id, criterion, seat_id, asked_at, due_at, relayed_at, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, 1)";
    /// One more message.
    ADD_MESSAGE = "INSERT INTO information_message (id, request_id, side, text, passed, at, relayed_at, author_id, version) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)";
    /// Evidence that comes with an answer.
    ADD_EVIDENCE = "INSERT INTO information_evidence (message_id, letter, kind, title, file_id, link, blind_title, blind_link) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    /// Takes the requests of an application: whoever else changes one of them waits.
    HOLD = "UPDATE information_request SET version = version + 1 WHERE application_id = $1";
    /// Takes one request, while it is open.
    HOLD_ONE = "UPDATE information_request SET version = version + 1 WHERE id = $1 AND application_id = $2 AND closed_at IS NULL";
    /// The same text at the same place: a second press of the button.
    AGAIN = "SELECT q.id FROM information_request q JOIN information_message m ON m.request_id = q.id WHERE q.application_id = $1 \
        AND q.criterion = $2 AND COALESCE(q.seat_id, '') = $3 AND m.side = 'panel' AND m.text = $4 AND m.at >= $5";
    /// The same text in the same request.
    AGAIN_HERE = "SELECT id FROM information_message WHERE request_id = $1 AND side = $2 AND text = $3 AND at >= $4";
    /// Another wording, against the version that was read.
    REWORD = "UPDATE information_message SET passed = $3, version = version + 1 WHERE id = $1 AND version = $2 AND relayed_at IS NULL AND declined_at IS NULL";
    /// Passes it on.
    RELAY = "UPDATE information_message SET passed = $3, relayed_at = $4, version = version + 1 \
        WHERE id = $1 AND version = $2 AND relayed_at IS NULL AND declined_at IS NULL";
    /// The centre is asked, until then.
    SET_DUE = "UPDATE information_request SET due_at = $3, relayed_at = COALESCE(relayed_at, $4), version = version + 1 WHERE id = $1 AND application_id = $2";
    /// Does not pass it on.
    DECLINE = "UPDATE information_message SET declined_at = $3, declined_why = $4, version = version + 1 \
        WHERE id = $1 AND version = $2 AND relayed_at IS NULL AND declined_at IS NULL";
    /// Nothing more is asked.
    CLOSE = "UPDATE information_request SET closed_at = $3, version = version + 1 WHERE id = $1 AND application_id = $2 AND closed_at IS NULL";
    /// Keeps a wording.
    KEEP = "INSERT INTO information_history (id, message_id, text, at, author_id) VALUES ($1, $2, $3, $4, $5)";
    /// One message of an application's request.
    MESSAGE = "SELECT m.side, m.passed, m.version FROM information_message m JOIN information_request q ON q.id = m.request_id \
        WHERE m.id = $1 AND q.id = $2 AND q.application_id = $3";
    /// What came with answers, in the order in which it came.
    PIECES = "SELECT e.message_id, e.letter, e.title, f.sha256, e.blind_link, m.relayed_at FROM information_evidence e \
        JOIN information_message m ON m.id = e.message_id JOIN information_request q ON q.id = m.request_id \
        LEFT JOIN file f ON f.id = e.file_id WHERE q.application_id = $1 ORDER BY e.message_id, e.letter";
    /// The letter under which reviewers find it.
    SET_LETTER = "UPDATE information_evidence SET letter = $3 WHERE message_id = $1 AND letter = $2";
    /// All bytes that came with answers.
    BYTES = "SELECT CAST(COALESCE(SUM(f.size), 0) AS BIGINT) FROM file f WHERE f.id IN (SELECT e.file_id FROM information_evidence e \
        JOIN information_message m ON m.id = e.message_id JOIN information_request q ON q.id = m.request_id WHERE q.application_id = $1)";
}

/// The same text within this many minutes is a second press of the button.
const AGAIN_MINUTES: i64 = 10;

/// A question before it is written down.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// At which criterion.
    pub criterion: u8,
    /// From which seat; none when the working group asks, which passes it on at once.
    pub seat: Option<SeatId>,
    /// What is asked.
    pub text: &'a str,
    /// Until when an answer is hoped for.
    pub due: Moment,
}

/// Something that comes with an answer.
#[derive(Clone, Debug)]
pub struct Attachment {
    /// What it shows.
    pub kind: Kind,
    /// What the centre calls it.
    pub title: String,
    /// Where it is.
    pub source: Source,
}

impl From<&Piece> for Attachment {
    fn from(piece: &Piece) -> Self {
        Self { kind: piece.evidence.kind, title: piece.evidence.title.clone(), source: piece.source.clone() }
    }
}

/// One message, as whoever changes it has read it.
#[derive(Clone, Copy, Debug)]
pub struct At {
    /// Of which application.
    pub application: ApplicationId,
    /// In which request.
    pub request: RequestId,
    /// Which message.
    pub message: MessageId,
    /// Counts its wordings.
    pub version: i64,
}

/// What became of a wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worded {
    /// It stands there now.
    Kept,
    /// Somebody else was quicker, or it is on its way: this wording is kept beside it.
    Beside,
}

type PieceRow = (String, String, String, Option<String>, Option<String>, Option<i64>);

impl Tx {
    /// Asks the centre something. From a seat it waits for the working group; from the working group it is passed on at
    /// once. The same text from the same place within minutes is the same question.
    pub async fn ask_centre(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        question: Question<'_>,
    ) -> Result<RequestId> {
        let Question { criterion, seat, text, due } = question;
        let (place, now) = (application.to_string(), stamp.now.millis());
        let seat_ = seat.map(|s| s.to_string());
        let since = stamp.now.plus_minutes(-AGAIN_MINUTES).millis();
        let whose = seat_.clone().unwrap_or_default();
        run!(self, HOLD, place.clone())?;
        let again = find!(self, (String,), AGAIN, place.clone(), i64::from(criterion), whose, text.to_owned(), since)?;
        if let Some(id) = again.and_then(|(id,)| RequestId::parse(&id)) {
            return Ok(id);
        }
        let id = RequestId::new(stamp.chance.bits());
        let relayed = seat.is_none().then_some(now);
        run!(self, ADD, id.to_string(), place.clone(), i64::from(criterion), seat_, now, due.millis(), relayed)?;
        self.add_message(stamp, id, (Side::Panel, seat.is_none()), text, text).await?;
        self.record(stamp, What::QuestionAsked, &place, &format!("{id}, criterion {criterion}")).await?;
        Ok(id)
    }

    /// Asks further in the same request. From a seat it waits for the working group. [`Error::Stale`] when the request is
    /// closed.
    pub async fn ask_further(
        &mut self,
        stamp: &Stamp,
        (application, request): (ApplicationId, RequestId),
        text: &str,
        due: Option<Moment>,
    ) -> Result<()> {
        if self.said_again(stamp, (application, request), Side::Panel, text).await?.is_some() {
            return Ok(());
        }
        self.add_message(stamp, request, (Side::Panel, due.is_some()), text, text).await?;
        if let Some(due) = due {
            self.set_due(stamp, (application, request), due).await?;
        }
        self.record(stamp, What::QuestionAsked, &application.to_string(), &format!("{request}, further")).await
    }

    /// The centre answers; `mask` takes its names out of what reviewers will read. [`Error::Stale`] when the request is
    /// closed. `false`: the same answer is there already.
    pub async fn answer_request(
        &mut self,
        stamp: &Stamp,
        (application, request): (ApplicationId, RequestId),
        text: &str,
        attached: &[Attachment],
        mask: &Mask,
    ) -> Result<bool> {
        if let Some(earlier) = self.said_again(stamp, (application, request), Side::Centre, text).await? {
            let pieces = list!(self, PieceRow, PIECES, application.to_string())?;
            let mut before: Vec<String> = pieces.into_iter().filter(|p| p.0 == earlier).map(|p| p.2).collect();
            let mut now: Vec<String> = attached.iter().map(|a| a.title.clone()).collect();
            before.sort();
            now.sort();
            if before == now {
                return Ok(false);
            }
        }
        let message = self.add_message(stamp, request, (Side::Centre, false), text, &mask.hide(text)).await?;
        for (number, piece) in (1..).zip(attached) {
            let (file, link) = match &piece.source {
                Source::File(file) => (Some(file.id.to_string()), None),
                Source::Link(link) => (None, Some(link.clone())),
            };
            run!(
                self,
                ADD_EVIDENCE,
                message.to_string(),
                format!("{number:02}"),
                piece.kind.key(),
                piece.title.clone(),
                file,
                link.clone(),
                mask.hide(&piece.title),
                link.map(|link| mask.hide(&link)),
            )?;
        }
        self.record(stamp, What::QuestionAnswered, &application.to_string(), &request.to_string()).await?;
        Ok(true)
    }

    /// Takes the request, and finds the message that said this there a moment ago.
    async fn said_again(
        &mut self,
        stamp: &Stamp,
        (application, request): (ApplicationId, RequestId),
        side: Side,
        text: &str,
    ) -> Result<Option<String>> {
        ensure_one(run!(self, HOLD_ONE, request.to_string(), application.to_string())?)?;
        let since = stamp.now.plus_minutes(-AGAIN_MINUTES).millis();
        let again = find!(self, (String,), AGAIN_HERE, request.to_string(), side.key(), text.to_owned(), since)?;
        Ok(again.map(|(id,)| id))
    }

    /// A reviewer's message carries no account: the seat of its request says from where it comes.
    async fn add_message(
        &mut self,
        stamp: &Stamp,
        request: RequestId,
        (side, named): (Side, bool),
        text: &str,
        passed: &str,
    ) -> Result<MessageId> {
        let id = MessageId::new(stamp.chance.bits());
        let relayed = (side == Side::Panel && named).then_some(stamp.now.millis());
        let author = stamp.actor.filter(|_| named || side == Side::Centre).map(|a| a.to_string());
        run!(
            self,
            ADD_MESSAGE,
            id.to_string(),
            request.to_string(),
            side.key(),
            text.to_owned(),
            passed.to_owned(),
            stamp.now.millis(),
            relayed,
            author,
        )?;
        Ok(id)
    }

    async fn set_due(
        &mut self,
        stamp: &Stamp,
        (application, request): (ApplicationId, RequestId),
        due: Moment,
    ) -> Result<()> {
        let (request, place) = (request.to_string(), application.to_string());
        ensure_one(run!(self, SET_DUE, request, place, due.millis(), stamp.now.millis())?)
    }

    async fn message(&mut self, at: &At) -> Result<(Side, String, i64)> {
        let ids = (at.message.to_string(), at.request.to_string(), at.application.to_string());
        let row = find!(self, (String, String, i64), MESSAGE, ids.0, ids.1, ids.2)?;
        let (side, passed, version) = row.ok_or(Error::Stale)?;
        let wrong = || Error::Inconsistent("information_message", "side", at.message.to_string());
        Ok((Side::parse(&side).ok_or_else(wrong)?, passed, version))
    }

    async fn keep_message(&mut self, stamp: &Stamp, message: MessageId, text: &str) -> Result<()> {
        let (id, actor) = (EventId::new(stamp.chance.bits()), stamp.actor.map(|a| a.to_string()));
        run!(self, KEEP, id.to_string(), message.to_string(), text.to_owned(), stamp.now.millis(), actor)?;
        Ok(())
    }

    /// The working group words what crosses; the wording before is kept. Somebody who was slower loses nothing: their
    /// wording is kept beside.
    pub async fn reword(&mut self, stamp: &Stamp, at: &At, text: &str) -> Result<Worded> {
        let (_, before, _) = self.message(at).await?;
        if before == text {
            return Ok(Worded::Kept);
        }
        if run!(self, REWORD, at.message.to_string(), at.version, text.to_owned())? == 0 {
            self.keep_message(stamp, at.message, text).await?;
            return Ok(Worded::Beside);
        }
        self.keep_message(stamp, at.message, &before).await?;
        self.record(stamp, What::QuestionWorded, &at.application.to_string(), &at.message.to_string()).await?;
        Ok(Worded::Kept)
    }

    /// Passes a message on to the other side, in this wording; a question with the day until which an answer is hoped for.
    /// Evidence of an answer gets its letters. [`Error::Stale`] when it is on its way, declined, or worded anew.
    pub async fn relay(&mut self, stamp: &Stamp, at: &At, text: &str, due: Moment) -> Result<Side> {
        run!(self, HOLD, at.application.to_string())?;
        let (side, before, _) = self.message(at).await?;
        ensure_one(run!(self, RELAY, at.message.to_string(), at.version, text.to_owned(), stamp.now.millis())?)?;
        if before != text {
            self.keep_message(stamp, at.message, &before).await?;
        }
        let what = match side {
            Side::Panel => {
                self.set_due(stamp, (at.application, at.request), due).await?;
                What::QuestionRelayed
            }
            Side::Centre => {
                self.give_letters(at).await?;
                What::AnswerRelayed
            }
        };
        self.record(stamp, what, &at.application.to_string(), &format!("{} of {}", at.message, at.request)).await?;
        Ok(side)
    }

    /// What reviewers know under a letter keeps it; the rest gets the next ones.
    async fn give_letters(&mut self, at: &At) -> Result<()> {
        let copy = self.blind_copy(at.application).await?.map(|blind| blind.copy.evidence).unwrap_or_default();
        let pieces = list!(self, PieceRow, PIECES, at.application.to_string())?;
        let message = at.message.to_string();
        let mut known: Vec<(Option<Digest>, Option<String>, String)> =
            copy.iter().map(|e| (e.sha256.clone(), e.link.clone(), e.letter.clone())).collect();
        for (of, letter, _, sha256, link, relayed) in &pieces {
            if *of != message && relayed.is_some() && !known.iter().any(|(.., l)| l == letter) {
                known.push((sha256.as_deref().and_then(Digest::parse), link.clone(), letter.clone()));
            }
        }
        for (_, number, _, sha256, link, _) in pieces.into_iter().filter(|(of, ..)| *of == message) {
            let sha256 = sha256.as_deref().and_then(Digest::parse);
            // A link of which only the removed name is left says nothing about which one it is.
            let same = known.iter().find(|(digest, ..)| sha256.is_some() && *digest == sha256).map(|(.., l)| l.clone());
            let letter = same.unwrap_or_else(|| letter(known.len()));
            run!(self, SET_LETTER, message.clone(), number, letter.clone())?;
            if !known.iter().any(|(.., l)| *l == letter) {
                known.push((sha256, link, letter));
            }
        }
        Ok(())
    }

    /// Does not pass a message on. [`Error::Stale`] as for [`Tx::relay`].
    pub async fn decline_message(&mut self, stamp: &Stamp, at: &At, why: &str) -> Result<()> {
        self.message(at).await?;
        let changed = run!(self, DECLINE, at.message.to_string(), at.version, stamp.now.millis(), why.to_owned())?;
        ensure_one(changed)?;
        self.record(stamp, What::QuestionDeclined, &at.application.to_string(), &at.message.to_string()).await
    }

    /// Nothing more is asked; or it is open again.
    pub async fn close_request(&mut self, stamp: &Stamp, application: ApplicationId, request: RequestId) -> Result<()> {
        ensure_one(run!(self, CLOSE, request.to_string(), application.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::QuestionClosed, &application.to_string(), &request.to_string()).await
    }

    /// The bytes of all files that came with answers.
    pub async fn answer_bytes(&mut self, application: ApplicationId) -> Result<u64> {
        let sum = find!(self, (i64,), BYTES, application.to_string())?.map_or(0, |row| row.0);
        Ok(u64::try_from(sum).unwrap_or(0))
    }
}

/// A file that came with an answer.
#[derive(Clone, Debug)]
pub struct AnswerFile {
    /// Which one.
    pub id: FileId,
    /// Of its bytes.
    pub sha256: Digest,
    /// In bytes.
    pub size: u64,
    /// What it is.
    pub file_type: crate::domain::evidence::FileType,
}
