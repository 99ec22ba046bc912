//! Answers. A save never overwrites what somebody else has written: the second text is kept beside the first.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    event::What,
};
use crate::domain::{
    answer::Content,
    id::{AccountId, ApplicationId, EventId},
    moment::Moment,
};
use sqlx::FromRow;
use std::collections::BTreeMap;

statements! {
    /// All answers of an application.
    OF_APPLICATION = "SELECT a.criterion, a.content, a.carried, a.owner_id, a.version, a.updated_at, a.updated_by, a.saved_from, p.name AS author_name \
        FROM answer a LEFT JOIN person p ON p.account_id = a.updated_by WHERE a.application_id = $1 ORDER BY a.criterion";
    /// One answer.
    ONE = "SELECT a.criterion, a.content, a.carried, a.owner_id, a.version, a.updated_at, a.updated_by, a.saved_from, p.name AS author_name \
        FROM answer a LEFT JOIN person p ON p.account_id = a.updated_by WHERE a.application_id = $1 AND a.criterion = $2";
    /// The first save.
    ADD = "INSERT INTO answer (application_id, criterion, content, carried, version, updated_at, updated_by, saved_from) \
        VALUES ($1, $2, $3, $4, 1, $5, $6, $7) ON CONFLICT (application_id, criterion) DO NOTHING";
    /// A later save, against the version that was read.
    UPDATE = "UPDATE answer SET content = $4, version = version + 1, updated_at = $5, updated_by = $6, saved_from = $7 \
        WHERE application_id = $1 AND criterion = $2 AND version = $3";
    /// Who looks after it.
    SET_OWNER = "INSERT INTO answer (application_id, criterion, content, owner_id, version, updated_at) VALUES ($1, $2, $3, $4, 0, $5) \
        ON CONFLICT (application_id, criterion) DO UPDATE SET owner_id = excluded.owner_id";
    /// Keeps a text that would have overwritten another.
    KEEP_RIVAL = "INSERT INTO answer_rival (application_id, criterion, author_id, content, base_version, at) VALUES ($1, $2, $3, $4, $5, $6) \
        ON CONFLICT (application_id, criterion, author_id) DO UPDATE SET content = excluded.content, base_version = excluded.base_version, at = excluded.at";
    /// Texts that wait for a choice, in a whole application.
    RIVALS = "SELECT r.criterion, r.author_id, r.content, r.at, p.name AS author_name FROM answer_rival r JOIN person p ON p.account_id = r.author_id \
        WHERE r.application_id = $1 ORDER BY r.criterion, r.at";
    /// A choice was made.
    DROP_RIVAL = "DELETE FROM answer_rival WHERE application_id = $1 AND criterion = $2 AND author_id = $3";
    /// Keeps a text that is about to be replaced.
    KEEP = "INSERT INTO answer_history (id, application_id, criterion, content, author_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// When a text of this criterion was last kept.
    LAST_KEPT = "SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM answer_history WHERE application_id = $1 AND criterion = $2";
    /// Earlier texts, the newest first.
    HISTORY = "SELECT h.content, h.at, p.name FROM answer_history h LEFT JOIN person p ON p.account_id = h.author_id \
        WHERE h.application_id = $1 AND h.criterion = $2 ORDER BY h.at DESC LIMIT 50";
}

/// Texts of one author within this many minutes count as one sitting; longer ago, the earlier text is kept in the history.
const SITTING_MINUTES: i64 = 10;

/// One answer with what surrounds it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What was answered.
    pub content: Content,
    /// The answer of the last cycle it was carried over from.
    pub carried: Option<Content>,
    /// Who looks after it.
    pub owner: Option<AccountId>,
    /// Counts saves; 0 while nothing was saved.
    pub version: i64,
    /// The last save.
    pub updated: Moment,
    /// Who saved last.
    pub author: Option<(AccountId, PersonName)>,
    /// The open page that saved last, as it named itself.
    pub saved_from: Option<String>,
}

/// Against what an answer was written.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// The version that the page was made from.
    pub version: i64,
    /// The name that the open page gave itself; without JavaScript it has none. A page that saved last itself may save
    /// again although it has not heard of that yet.
    pub page: Option<String>,
}

/// A text that was saved against an older version, kept until one of both is chosen.
#[derive(Clone, Debug)]
pub struct Rival {
    /// Which criterion.
    pub criterion: u8,
    /// Who wrote it.
    pub author: AccountId,
    /// Their name.
    pub name: PersonName,
    /// The text.
    pub content: Content,
    /// When it was saved.
    pub at: Moment,
}

/// What became of a save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is the answer now, with this version.
    Kept(i64),
    /// Somebody else had saved a different text: both are kept.
    BesideAnother,
}

/// An earlier text.
#[derive(Clone, Debug)]
pub struct Earlier {
    /// What was answered.
    pub content: Content,
    /// Until when.
    pub at: Moment,
    /// Who had written it.
    pub author: Option<PersonName>,
}

#[derive(FromRow)]
struct Row {
    criterion: i64,
    content: String,
    carried: Option<String>,
    owner_id: Option<String>,
    version: i64,
    updated_at: i64,
    updated_by: Option<String>,
    saved_from: Option<String>,
    author_name: Option<String>,
}

#[derive(FromRow)]
struct RivalRow {
    criterion: i64,
    author_id: String,
    content: String,
    at: i64,
    author_name: String,
}

fn read_content(text: &str) -> Result<Content> {
    serde_json::from_str(text).map_err(|_| Error::Inconsistent("answer", "content", text.chars().take(20).collect()))
}

fn write_content(content: &Content) -> Result<String> {
    serde_json::to_string(content).map_err(|_| Error::Inconsistent("answer", "content", "new".into()))
}

fn number(criterion: i64) -> Result<u8> {
    u8::try_from(criterion).map_err(|_| Error::Inconsistent("answer", "criterion", criterion.to_string()))
}

fn answer(row: Row) -> Result<(u8, Answer)> {
    let author = match (row.updated_by, row.author_name) {
        (Some(id), Some(name)) => Some((read_id(&id, "answer")?, PersonName::new(name))),
        _ => None,
    };
    let answer = Answer {
        content: read_content(&row.content)?,
        carried: row.carried.as_deref().map(read_content).transpose()?,
        owner: row.owner_id.as_deref().map(|id| read_id(id, "answer")).transpose()?,
        version: row.version,
        updated: Moment::from_millis(row.updated_at),
        author,
        saved_from: row.saved_from,
    };
    Ok((number(row.criterion)?, answer))
}

impl Tx {
    /// All answers of an application, by criterion.
    pub async fn answers(&mut self, application: ApplicationId) -> Result<BTreeMap<u8, Answer>> {
        list!(self, Row, OF_APPLICATION, application.to_string())?.into_iter().map(answer).collect()
    }

    /// One answer; `None` while nothing was saved and nobody owns it.
    pub async fn answer(&mut self, application: ApplicationId, criterion: u8) -> Result<Option<Answer>> {
        let row = find!(self, Row, ONE, application.to_string(), i64::from(criterion))?;
        Ok(row.map(answer).transpose()?.map(|(_, answer)| answer))
    }

    /// Saves an answer that was written against `base`. When somebody else has saved
    /// something different since, nothing is overwritten: this text is kept beside the other.
    pub async fn save_answer(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        base: &Base,
        content: &Content,
        current: Option<&Answer>,
    ) -> Result<Saved> {
        let json = write_content(content)?;
        let (place, number, now) = (application.to_string(), i64::from(criterion), stamp.now.millis());
        let actor = stamp.actor.map(|a| a.to_string());
        let version = current.map_or(0, |a| a.version);
        if let Some(current) = current
            && (current.content == *content && 0 < version)
        {
            return Ok(Saved::Kept(version));
        }
        let changed = match current {
            None => run!(
                self,
                ADD,
                place.clone(),
                number,
                json.clone(),
                None::<String>,
                now,
                actor.clone(),
                base.page.clone()
            )?,
            Some(answer)
                if answer.version == base.version || (base.page.is_some() && answer.saved_from == base.page) =>
            {
                self.keep_before(stamp, application, criterion, answer).await?;
                run!(self, UPDATE, place.clone(), number, version, json.clone(), now, actor.clone(), base.page.clone())?
            }
            Some(_) => 0,
        };
        if changed == 1 {
            self.record(
                stamp,
                What::AnswerSaved,
                &place,
                &format!("criterion {criterion}, {} words", crate::domain::text::words(&content.narrative)),
            )
            .await?;
            return Ok(Saved::Kept(version + 1));
        }
        run!(self, KEEP_RIVAL, place.clone(), number, actor, json, base.version, now)?;
        self.record(stamp, What::AnswerRivalKept, &place, &format!("criterion {criterion}")).await?;
        Ok(Saved::BesideAnother)
    }

    /// Keeps the text that is about to be replaced, unless the same person wrote it within one sitting.
    async fn keep_before(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        before: &Answer,
    ) -> Result<()> {
        let same_author = before.author.as_ref().map(|(id, _)| *id) == stamp.actor;
        let (place, number) = (application.to_string(), i64::from(criterion));
        if before.content.is_empty() {
            return Ok(());
        }
        if same_author {
            let last = find!(self, (i64,), LAST_KEPT, place.clone(), number)?.map_or(0, |row| row.0);
            let since = if last == 0 { before.updated } else { Moment::from_millis(last) };
            if stamp.now < since.plus_minutes(SITTING_MINUTES) {
                return Ok(());
            }
        }
        self.keep_text(stamp, application, criterion, &before.content, before.author.as_ref().map(|(id, _)| *id)).await
    }

    async fn keep_text(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        content: &Content,
        author: Option<AccountId>,
    ) -> Result<()> {
        let id = EventId::new(stamp.chance.bits());
        run!(
            self,
            KEEP,
            id.to_string(),
            application.to_string(),
            i64::from(criterion),
            write_content(content)?,
            author.map(|a| a.to_string()),
            stamp.now.millis(),
        )?;
        Ok(())
    }

    /// Copies an answer of the last cycle into a new application, and remembers what it was.
    pub async fn carry_answer(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        content: &Content,
    ) -> Result<()> {
        let json = write_content(content)?;
        let actor = stamp.actor.map(|a| a.to_string());
        run!(
            self,
            ADD,
            application.to_string(),
            i64::from(criterion),
            json.clone(),
            Some(json),
            stamp.now.millis(),
            actor,
            None::<String>,
        )?;
        Ok(())
    }

    /// Gives a criterion an owner, or none.
    pub async fn set_owner(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        criterion: u8,
        owner: Option<AccountId>,
    ) -> Result<()> {
        let empty = write_content(&Content::default())?;
        let owner = owner.map(|o| o.to_string());
        run!(self, SET_OWNER, application.to_string(), i64::from(criterion), empty, owner.clone(), stamp.now.millis())?;
        self.record(
            stamp,
            What::OwnerSet,
            &application.to_string(),
            &format!("criterion {criterion}: {}", owner.unwrap_or_default()),
        )
        .await
    }

    /// Texts that wait for a choice.
    pub async fn rivals(&mut self, application: ApplicationId) -> Result<Vec<Rival>> {
        let rows = list!(self, RivalRow, RIVALS, application.to_string())?;
        let rival = |row: RivalRow| {
            Ok(Rival {
                criterion: number(row.criterion)?,
                author: read_id(&row.author_id, "answer_rival")?,
                name: PersonName::new(row.author_name),
                content: read_content(&row.content)?,
                at: Moment::from_millis(row.at),
            })
        };
        rows.into_iter().map(rival).collect()
    }

    /// Chooses between the answer and a rival. The text that is not chosen goes into the history.
    pub async fn choose(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        rival: &Rival,
        current: &Answer,
        take_rival: bool,
    ) -> Result<()> {
        let (place, number) = (application.to_string(), i64::from(rival.criterion));
        if take_rival {
            self.keep_text(
                stamp,
                application,
                rival.criterion,
                &current.content,
                current.author.as_ref().map(|(id, _)| *id),
            )
            .await?;
            let json = write_content(&rival.content)?;
            let changed = run!(
                self,
                UPDATE,
                place.clone(),
                number,
                current.version,
                json,
                stamp.now.millis(),
                Some(rival.author.to_string()),
                None::<String>,
            )?;
            super::ensure_one(changed)?;
        } else {
            self.keep_text(stamp, application, rival.criterion, &rival.content, Some(rival.author)).await?;
        }
        super::ensure_one(run!(self, DROP_RIVAL, place.clone(), number, rival.author.to_string())?)?;
        self.record(
            stamp,
            What::AnswerChosen,
            &place,
            &format!("criterion {}, the {} text", rival.criterion, if take_rival { "second" } else { "first" }),
        )
        .await
    }

    /// Earlier texts, the newest first.
    pub async fn earlier_answers(&mut self, application: ApplicationId, criterion: u8) -> Result<Vec<Earlier>> {
        let rows = list!(self, (String, i64, Option<String>), HISTORY, application.to_string(), i64::from(criterion))?;
        let earlier = |(content, at, name): (String, i64, Option<String>)| {
            Ok(Earlier {
                content: read_content(&content)?,
                at: Moment::from_millis(at),
                author: name.map(PersonName::new),
            })
        };
        rows.into_iter().map(earlier).collect()
    }
}
