//! Answers. A save never overwrites what somebody else has written: the second text is kept beside the first.

use super::{
    Error, Result, Stamp, Tx,
    account::{PersonName, read_id},
    event::What,
};
use crate::domain::{
    answer::Content,
    id::{AccountId, ApplicationId},
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
    KEEP_RIVAL = "INSERT INTO answer_rival (application_id, criterion, author_id, content, base_version, at, page) VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (application_id, criterion, author_id) DO UPDATE SET content = excluded.content, base_version = excluded.base_version, at = excluded.at, page = excluded.page";
    /// Texts that wait for a choice, in a whole application.
    RIVALS = "SELECT r.criterion, r.author_id, r.content, r.page, r.at, p.name AS author_name FROM answer_rival r JOIN person p ON p.account_id = r.author_id \
        WHERE r.application_id = $1 ORDER BY r.criterion, r.at";
    /// A choice was made.
    DROP_RIVAL = "DELETE FROM answer_rival WHERE application_id = $1 AND criterion = $2 AND author_id = $3";
}

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

/// Against what a text was written: an answer, a mark, a wording.
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
    /// The open page it was saved from, when that has a name.
    pub page: Option<String>,
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
    page: Option<String>,
    at: i64,
    author_name: String,
}

pub(super) fn read_content(text: &str) -> Result<Content> {
    serde_json::from_str(text).map_err(|_| Error::Inconsistent("answer", "content", text.chars().take(20).collect()))
}

pub(super) fn write_content(content: &Content) -> Result<String> {
    serde_json::to_string(content).map_err(|_| Error::Inconsistent("answer", "content", "new".into()))
}

pub(super) fn number(criterion: i64) -> Result<u8> {
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
        // A second text of the same person that belongs to another open page is no new wording of this one.
        let author = stamp.actor;
        for rival in self.rivals(application).await? {
            let mine = rival.criterion == criterion && Some(rival.author) == author;
            let other_page = rival.page.is_none() || rival.page != base.page;
            if mine && other_page && rival.content != *content {
                self.keep_text(stamp, application, criterion, &rival.content, author).await?;
            }
        }
        run!(self, KEEP_RIVAL, place.clone(), number, actor, json, base.version, now, base.page.clone())?;
        self.record(stamp, What::AnswerRivalKept, &place, &format!("criterion {criterion}")).await?;
        Ok(Saved::BesideAnother)
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
                page: row.page,
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
}
