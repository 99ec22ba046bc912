//! Evidence and the files behind it.

use super::{Error, Result, Stamp, Tx, checking::read_check, ensure_one, event::What};
use crate::domain::{
    evidence::{Evidence, FileType, Kind},
    id::{ApplicationId, EventId, EvidenceId, FileId},
    moment::Moment,
    snapshot::Digest,
};
use sqlx::FromRow;
use std::collections::BTreeMap;

statements! {
    /// All evidence of an application that was not removed.
    OF_APPLICATION = "SELECT e.id, e.title, e.kind, e.effective, e.expiry, e.file_id, e.file_name, e.link, e.version, e.created_at, \
        f.sha256, f.size, f.type AS file_type, c.state, c.fault, c.waits, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = e.file_id AND g.settled_at IS NULL AND g.about = 'patient') AS patients, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = e.file_id AND g.settled_at IS NULL AND g.about = 'identity') AS names, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = e.file_id AND g.about = 'unchecked') AS unchecked \
        FROM evidence e LEFT JOIN file f ON f.id = e.file_id LEFT JOIN file_check c ON c.file_id = e.file_id \
        WHERE e.application_id = $1 AND e.removed_at IS NULL ORDER BY e.created_at, e.id";
    /// Where it is used.
    USES = "SELECT u.evidence_id, u.criterion, u.pages FROM evidence_use u JOIN evidence e ON e.id = u.evidence_id \
        WHERE e.application_id = $1 AND e.removed_at IS NULL ORDER BY u.criterion";
    /// A new piece.
    ADD = "INSERT INTO evidence (id, application_id, title, kind, effective, expiry, file_id, file_name, link, version, created_at, created_by) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11)";
    /// Title, kind, dates.
    EDIT = "UPDATE evidence SET title = $3, kind = $4, effective = $5, expiry = $6, version = version + 1 WHERE id = $1 AND version = $2 AND removed_at IS NULL";
    /// Another file or link in its place.
    REPLACE = "UPDATE evidence SET file_id = $3, file_name = $4, link = $5, version = version + 1 WHERE id = $1 AND version = $2 AND removed_at IS NULL";
    /// What stood there before.
    KEEP = "INSERT INTO evidence_history (id, evidence_id, file_id, file_name, link, replaced_at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// Earlier files of one piece, the newest first.
    HISTORY = "SELECT h.file_id, h.file_name, h.link, h.replaced_at, f.size, f.type FROM evidence_history h LEFT JOIN file f ON f.id = h.file_id \
        WHERE h.evidence_id = $1 ORDER BY h.replaced_at DESC";
    /// Out of the application; the row stays.
    REMOVE = "UPDATE evidence SET removed_at = $2, version = version + 1 WHERE id = $1 AND removed_at IS NULL";
    /// Used for a criterion, with pages.
    SET_USE = "INSERT INTO evidence_use (evidence_id, criterion, pages) VALUES ($1, $2, $3) ON CONFLICT (evidence_id, criterion) DO UPDATE SET pages = excluded.pages";
    /// Not used for it any more.
    DROP_USE = "DELETE FROM evidence_use WHERE evidence_id = $1 AND criterion = $2";
}

/// Where the bytes or the page of a piece of evidence are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(StoredFile),
    /// An address.
    Link(String),
}

/// A file as the centre sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    /// Which one.
    pub id: FileId,
    /// Of its bytes.
    pub sha256: Digest,
    /// In bytes.
    pub size: u64,
    /// What it is.
    pub file_type: FileType,
    /// As it was called where it came from; shown only to its centre.
    pub name: String,
}

/// A piece of evidence with its source.
#[derive(Clone, Debug)]
pub struct Piece {
    /// What the rules see.
    pub evidence: Evidence,
    /// Its file or link.
    pub source: Source,
    /// Counts changes.
    pub version: i64,
    /// When it was added.
    pub added: Moment,
}

/// What a centre says about a piece of evidence.
#[derive(Clone, Debug)]
pub struct About {
    /// What the centre calls it.
    pub title: String,
    /// What it shows.
    pub kind: Kind,
    /// As typed.
    pub effective: String,
    /// As typed.
    pub expiry: String,
}

/// What stood at the place of a piece of evidence before it was replaced.
#[derive(Clone, Debug)]
pub struct EarlierSource {
    /// The file's name, or the link.
    pub name: String,
    /// When it was replaced.
    pub replaced: Moment,
}

#[derive(FromRow)]
struct Row {
    id: String,
    title: String,
    kind: String,
    effective: String,
    expiry: String,
    file_id: Option<String>,
    file_name: Option<String>,
    link: Option<String>,
    version: i64,
    created_at: i64,
    sha256: Option<String>,
    size: Option<i64>,
    file_type: Option<String>,
    state: Option<String>,
    fault: Option<String>,
    waits: Option<String>,
    patients: i64,
    names: i64,
    unchecked: i64,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("evidence", column, row.to_owned())
}

pub(super) fn file_type(key: &str) -> Option<FileType> {
    FileType::ALL.into_iter().find(|t| t.extension() == key)
}

fn piece(row: Row, uses: Vec<(u8, String)>) -> Result<Piece> {
    let id = &row.id;
    let check = row.state.as_deref().map(|state| {
        read_check(id, (state, row.fault.as_deref(), row.waits.as_deref()), [row.patients, row.names, row.unchecked])
    });
    let check = check.transpose()?;
    let source = match (row.file_id, row.sha256, row.size, row.file_type, row.link) {
        (Some(file), Some(sha256), Some(size), Some(kind), _) => Source::File(StoredFile {
            id: FileId::parse(&file).ok_or_else(|| wrong("file_id", id))?,
            sha256: Digest::parse(&sha256).ok_or_else(|| wrong("sha256", id))?,
            size: u64::try_from(size).map_err(|_| wrong("size", id))?,
            file_type: file_type(&kind).ok_or_else(|| wrong("type", id))?,
            name: row.file_name.unwrap_or_default(),
        }),
        (.., Some(link)) => Source::Link(link),
        _ => return Err(wrong("file_id", id)),
    };
    Ok(Piece {
        evidence: Evidence {
            id: EvidenceId::parse(id).ok_or_else(|| wrong("id", id))?,
            kind: Kind::parse(&row.kind).ok_or_else(|| wrong("kind", id))?,
            title: row.title,
            effective: row.effective,
            expiry: row.expiry,
            uses,
            check,
        },
        source,
        version: row.version,
        added: Moment::from_millis(row.created_at),
    })
}

impl Tx {
    /// All evidence of an application, the oldest first.
    pub async fn evidence(&mut self, application: ApplicationId) -> Result<Vec<Piece>> {
        let mut uses: BTreeMap<String, Vec<(u8, String)>> = BTreeMap::new();
        for (id, criterion, pages) in list!(self, (String, i64, String), USES, application.to_string())? {
            uses.entry(id).or_default().push((u8::try_from(criterion).unwrap_or(0), pages));
        }
        let rows = list!(self, Row, OF_APPLICATION, application.to_string())?;
        rows.into_iter()
            .map(|row| {
                let used = uses.remove(&row.id).unwrap_or_default();
                piece(row, used)
            })
            .collect()
    }

    /// Adds a piece of evidence.
    pub async fn add_evidence(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        about: &About,
        source: &Source,
    ) -> Result<EvidenceId> {
        let id = EvidenceId::new(stamp.chance.bits());
        let (file, name, link) = columns(source);
        run!(
            self,
            ADD,
            id.to_string(),
            application.to_string(),
            about.title.clone(),
            about.kind.key(),
            about.effective.clone(),
            about.expiry.clone(),
            file,
            name,
            link,
            stamp.now.millis(),
            stamp.actor.map(|a| a.to_string()),
        )?;
        if let Source::File(file) = source {
            self.search_file_again(file.id, stamp.now).await?;
        }
        self.record(stamp, What::EvidenceAdded, &application.to_string(), &id.to_string()).await?;
        Ok(id)
    }

    /// Changes what the centre says about it, against the version that was read.
    pub async fn edit_evidence(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        id: EvidenceId,
        version: i64,
        about: &About,
    ) -> Result<()> {
        let changed = run!(
            self,
            EDIT,
            id.to_string(),
            version,
            about.title.clone(),
            about.kind.key(),
            about.effective.clone(),
            about.expiry.clone(),
        )?;
        ensure_one(changed)?;
        self.record(stamp, What::EvidenceEdited, &application.to_string(), &id.to_string()).await
    }

    /// Puts another file or link in its place and keeps the earlier one.
    pub async fn replace_evidence(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        piece: &Piece,
        source: &Source,
    ) -> Result<()> {
        let id = piece.evidence.id;
        let (file, name, link) = columns(&piece.source);
        run!(
            self,
            KEEP,
            EventId::new(stamp.chance.bits()).to_string(),
            id.to_string(),
            file,
            name,
            link,
            stamp.now.millis()
        )?;
        let (file, name, link) = columns(source);
        ensure_one(run!(self, REPLACE, id.to_string(), piece.version, file, name, link)?)?;
        if let Source::File(file) = source {
            self.search_file_again(file.id, stamp.now).await?;
        }
        self.record(stamp, What::EvidenceReplaced, &application.to_string(), &id.to_string()).await
    }

    /// What stood there before, the newest first.
    pub async fn earlier_sources(&mut self, id: EvidenceId) -> Result<Vec<EarlierSource>> {
        type Row = (Option<String>, Option<String>, Option<String>, i64, Option<i64>, Option<String>);
        let rows = list!(self, Row, HISTORY, id.to_string())?;
        let earlier = |(_, name, link, at, ..): Row| EarlierSource {
            name: name.or(link).unwrap_or_default(),
            replaced: Moment::from_millis(at),
        };
        Ok(rows.into_iter().map(earlier).collect())
    }

    /// Takes a piece of evidence out of the application.
    pub async fn remove_evidence(&mut self, stamp: &Stamp, application: ApplicationId, id: EvidenceId) -> Result<()> {
        ensure_one(run!(self, REMOVE, id.to_string(), stamp.now.millis())?)?;
        self.record(stamp, What::EvidenceRemoved, &application.to_string(), &id.to_string()).await
    }

    /// Uses a piece of evidence for a criterion.
    pub async fn use_evidence(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        id: EvidenceId,
        criterion: u8,
        pages: &str,
    ) -> Result<()> {
        run!(self, SET_USE, id.to_string(), i64::from(criterion), pages.to_owned())?;
        self.record(stamp, What::EvidenceUsed, &application.to_string(), &format!("{id} for criterion {criterion}"))
            .await
    }

    /// Stops using it there.
    pub async fn unuse_evidence(
        &mut self,
        stamp: &Stamp,
        application: ApplicationId,
        id: EvidenceId,
        criterion: u8,
    ) -> Result<()> {
        run!(self, DROP_USE, id.to_string(), i64::from(criterion))?;
        self.record(
            stamp,
            What::EvidenceUsed,
            &application.to_string(),
            &format!("{id} no longer for criterion {criterion}"),
        )
        .await
    }
}

fn columns(source: &Source) -> (Option<String>, Option<String>, Option<String>) {
    match source {
        Source::File(file) => (Some(file.id.to_string()), Some(file.name.clone()), None),
        Source::Link(link) => (None, None, Some(link.clone())),
    }
}
