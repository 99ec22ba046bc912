//! How far files are on their way to reviewers: claimed by one node at a time, as letters are (see [`super::mail`]).

use super::{Error, Result, Stamp, Tx, event::What};
use crate::domain::{
    checking::{About, Check, Found, State, Wait},
    cycle::Anonymity,
    evidence::FileType,
    id::{AccountId, ApplicationId, CentreId, CycleId, FileId, FindingId},
    moment::Moment,
    naming::Known,
    report::{Fault, Removed},
    snapshot::Digest,
};
use sqlx::FromRow;

statements! {
    /// Whether anything is due.
    ANY_DUE = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT file_id FROM file_check WHERE state IN ('received', 'checking', 'cleaned') AND due_at <= $1 LIMIT 1) due";
    /// Takes some that are due until a moment; the name of the claim is how often the file was claimed. The condition stands
    /// twice, as in the outbox.
    CLAIM = "UPDATE file_check SET state = CASE WHEN state = 'received' THEN 'checking' ELSE state END, due_at = $2, tries = tries + 1 \
        WHERE state IN ('received', 'checking', 'cleaned') AND due_at <= $1 AND file_id IN \
        (SELECT file_id FROM file_check WHERE state IN ('received', 'checking', 'cleaned') AND due_at <= $1 ORDER BY due_at, file_id LIMIT $3) \
        RETURNING file_id, state, tries";
    /// What a file is.
    FILE = "SELECT centre_id, type FROM file WHERE id = $1";
    /// It cannot be shown.
    REFUSE = "UPDATE file_check SET state = 'refused', fault = $3, malware = $4, waits = NULL, changed_at = $5 WHERE file_id = $1 AND tries = $2 AND state = 'checking'";
    /// There is a copy.
    CLEAN = "UPDATE file_check SET state = 'cleaned', fault = NULL, malware = $3, waits = NULL, report = $4, pages = $5, changed_at = $6 \
        WHERE file_id = $1 AND tries = $2 AND state = 'checking'";
    /// Its turn comes later.
    WAIT = "UPDATE file_check SET waits = $3, due_at = $4, tries = 0, changed_at = $5 WHERE file_id = $1 AND tries = $2 AND state IN ('checking', 'cleaned')";
    /// Its text was searched.
    SETTLE = "UPDATE file_check SET state = $3, waits = NULL, tries = 0, changed_at = $4 WHERE file_id = $1 AND tries = $2 AND state = 'cleaned'";
    /// Nothing is left to decide.
    RELEASE = "UPDATE file_check SET state = 'ready', changed_at = $2 WHERE file_id = $1 AND state = 'needs-you' \
        AND NOT EXISTS (SELECT 1 FROM file_finding g WHERE g.file_id = $1 AND g.settled_at IS NULL AND g.about <> 'unchecked')";
    /// The text of every file of an application is searched again: names may have come since.
    SEARCH_AGAIN = "UPDATE file_check SET state = 'cleaned', due_at = $2, tries = 0 WHERE state IN ('needs-you', 'ready') \
        AND file_id IN (SELECT e.file_id FROM evidence e WHERE e.application_id = $1 AND e.removed_at IS NULL)";
    /// The same for one file.
    SEARCH_FILE = "UPDATE file_check SET state = 'cleaned', due_at = $2, tries = 0 WHERE file_id = $1 AND state IN ('needs-you', 'ready')";
    /// Findings that nobody has decided are forgotten before a new search.
    FORGET = "DELETE FROM file_finding WHERE file_id = $1 AND settled_at IS NULL";
    /// Keeps one; what was decided stays decided.
    KEEP = "INSERT INTO file_finding (id, file_id, about, what, place, snippet, hash, found_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
        ON CONFLICT (file_id, hash) DO NOTHING";
    /// How many wait for a decision, by what they are about.
    OPEN = "SELECT about, CAST(COUNT(*) AS BIGINT) FROM file_finding WHERE file_id = $1 AND settled_at IS NULL GROUP BY about";
    /// All of one file.
    FINDINGS = "SELECT g.id, g.about, g.what, g.place, g.snippet, g.reason, g.settled_by, g.settled_at FROM file_finding g WHERE g.file_id = $1 ORDER BY g.about DESC, g.found_at, g.id";
    /// Somebody has decided that it may stay.
    DECIDE = "UPDATE file_finding SET reason = $3, settled_by = $4, settled_at = $5 WHERE id = $1 AND file_id = $2 AND settled_at IS NULL AND about <> 'unchecked'";
    /// Where a file is used, also in answers to questions.
    USED_BY = "SELECT DISTINCT e.application_id FROM evidence e WHERE e.file_id = $1 AND e.removed_at IS NULL \
        UNION SELECT r.application_id FROM information_evidence i JOIN information_message m ON m.id = i.message_id \
        JOIN information_request r ON r.id = m.request_id WHERE i.file_id = $1 ORDER BY 1";
    /// What the open pages of those applications show of it has changed.
    COUNT_USES = "UPDATE application SET changes = changes + 1 WHERE id IN (SELECT e.application_id FROM evidence e WHERE e.file_id = $1 AND e.removed_at IS NULL \
        UNION SELECT r.application_id FROM information_evidence i JOIN information_message m ON m.id = i.message_id \
        JOIN information_request r ON r.id = m.request_id WHERE i.file_id = $1)";
    /// The cycle of an application.
    CYCLE = "SELECT cycle_id FROM application WHERE id = $1";
    /// How far one file is.
    STATUS = "SELECT c.state, c.fault, c.waits, c.report, c.pages, c.malware, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = c.file_id AND g.settled_at IS NULL AND g.about = 'patient') AS patients, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = c.file_id AND g.settled_at IS NULL AND g.about = 'identity') AS names, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM file_finding g WHERE g.file_id = c.file_id AND g.about = 'unchecked') AS unchecked \
        FROM file_check c WHERE c.file_id = $1";
    /// How many files are in each state, and since when the oldest waits.
    QUEUE = "SELECT state, CAST(COUNT(*) AS BIGINT), MIN(changed_at) FROM file_check GROUP BY state";
    /// Why files were refused, since a moment.
    REFUSALS = "SELECT fault, CAST(COUNT(*) AS BIGINT) FROM file_check WHERE state = 'refused' AND $1 <= changed_at GROUP BY fault ORDER BY 2 DESC, 1";
}

/// After so many claims that never ended, a file is refused: it ends whoever opens it.
pub const MOST_TRIES: i64 = 5;

/// A file that this node has claimed.
#[derive(Clone, Debug)]
pub struct ClaimedFile {
    /// Which one.
    pub id: FileId,
    /// Whose it is.
    pub centre: CentreId,
    /// What it is.
    pub file_type: FileType,
    /// How far it is: [`State::Checking`] or [`State::Cleaned`].
    pub state: State,
    /// How often it was claimed since something last became of it: the name of this claim.
    pub claim: i64,
}

/// What became of a claimed file.
#[derive(Clone, Debug)]
pub enum Became {
    /// It cannot be shown.
    Refused(Fault),
    /// There is a copy, without what was taken out, of so many pages.
    Cleaned(Vec<Removed>, Option<u32>),
}

/// How far a file is, with what its centre wants to know of it.
#[derive(Clone, Debug)]
pub struct FileStatus {
    /// For the rules.
    pub check: Check,
    /// What was taken out of the copy.
    pub removed: Vec<Removed>,
    /// Pages that can be drawn.
    pub pages: Option<u32>,
    /// What the malware scanner said: "clean", or "off" when nobody was asked.
    pub malware: Option<String>,
}

/// A finding in a file.
#[derive(Clone, Debug)]
pub struct FileFinding {
    /// Which one.
    pub id: FindingId,
    /// What it is about.
    pub about: About,
    /// What it is.
    pub what: String,
    /// Where.
    pub place: String,
    /// The words around it.
    pub snippet: String,
    /// Why it may stay, who said so, and when.
    pub decided: Option<(String, Option<AccountId>, Moment)>,
}

#[derive(FromRow)]
struct StatusRow {
    state: String,
    fault: Option<String>,
    waits: Option<String>,
    report: Option<String>,
    pages: Option<i64>,
    malware: Option<String>,
    patients: i64,
    names: i64,
    unchecked: i64,
}

/// Always the same for the same words in the same file. Drawn by chance, it would make everything that is drawn afterwards
/// depend on how many names a file holds.
fn finding_id(file: &str, found: &Found) -> FindingId {
    let digest = Digest::of(format!("{file}\n{}", found.hash.as_str()).as_bytes());
    FindingId::new(u128::from_str_radix(&digest.as_str()[..32], 16).unwrap_or_default())
}

/// A check as its columns say it.
pub(super) fn read_check(
    of: &str,
    (state, fault, waits): (&str, Option<&str>, Option<&str>),
    [patients, names, unchecked]: [i64; 3],
) -> Result<Check> {
    let wrong = |column| Error::Inconsistent("file_check", column, of.to_owned());
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Check {
        state: State::parse(state).ok_or_else(|| wrong("state"))?,
        fault: fault.map(|f| Fault::parse(f).ok_or_else(|| wrong("fault"))).transpose()?,
        waits: waits.map(|w| Wait::parse(w).ok_or_else(|| wrong("waits"))).transpose()?,
        patients: count(patients),
        names: count(names),
        unchecked: unchecked != 0,
    })
}

impl Tx {
    /// Whether a file is due. Costs no lock.
    pub async fn any_file_due(&mut self, now: Moment) -> Result<bool> {
        Ok(find!(self, (i64,), ANY_DUE, now.millis())?.is_some_and(|row| row.0 != 0))
    }

    /// Claims files that are due, until a moment.
    pub async fn claim_files(&mut self, now: Moment, until: Moment, most: i64) -> Result<Vec<ClaimedFile>> {
        let rows = list!(self, (String, String, i64), CLAIM, now.millis(), until.millis(), most)?;
        let mut files = Vec::with_capacity(rows.len());
        for (id, state, claim) in rows {
            let wrong = |column| Error::Inconsistent("file_check", column, id.clone());
            let (centre, file_type) =
                find!(self, (String, String), FILE, id.clone())?.ok_or_else(|| wrong("file_id"))?;
            files.push(ClaimedFile {
                centre: CentreId::parse(&centre).ok_or_else(|| wrong("centre_id"))?,
                file_type: super::evidence::file_type(&file_type).ok_or_else(|| wrong("type"))?,
                state: State::parse(&state).ok_or_else(|| wrong("state"))?,
                id: FileId::parse(&id).ok_or_else(|| wrong("file_id"))?,
                claim,
            });
        }
        Ok(files)
    }

    /// Writes what became of a claimed file; whether the claim still held. `malware` is what the scanner said.
    pub async fn file_became(
        &mut self,
        stamp: &Stamp,
        file: &ClaimedFile,
        malware: &'static str,
        became: &Became,
    ) -> Result<bool> {
        let (id, now) = (file.id.to_string(), stamp.now.millis());
        let changed = match became {
            Became::Refused(fault) => run!(self, REFUSE, id, file.claim, fault.key(), malware, now)?,
            Became::Cleaned(removed, pages) => {
                let report = serde_json::to_string(removed)
                    .map_err(|_| Error::Inconsistent("file_check", "report", file.id.to_string()))?;
                run!(self, CLEAN, id, file.claim, malware, report, pages.map(i64::from), now)?
            }
        };
        if changed == 1
            && let Became::Refused(fault) = became
        {
            self.record(stamp, What::FileRefused, &file.id.to_string(), fault.key()).await?;
        }
        self.count_uses(file.id).await?;
        Ok(changed == 1)
    }

    /// A claimed file waits until a moment.
    pub async fn file_waits(&mut self, file: &ClaimedFile, wait: Wait, until: Moment, now: Moment) -> Result<()> {
        run!(self, WAIT, file.id.to_string(), file.claim, wait.key(), until.millis(), now.millis())?;
        self.count_uses(file.id).await
    }

    /// Writes what was found in the text of a claimed file, and whether reviewers may see it.
    pub async fn file_searched(&mut self, stamp: &Stamp, file: &ClaimedFile, found: &[Found]) -> Result<()> {
        let id = file.id.to_string();
        run!(self, FORGET, id.clone())?;
        for one in found {
            run!(
                self,
                KEEP,
                finding_id(&id, one).to_string(),
                id.clone(),
                one.about.key(),
                one.what.clone(),
                one.place.clone(),
                one.snippet.clone(),
                one.hash.as_str().to_owned(),
                stamp.now.millis(),
            )?;
        }
        let open = list!(self, (String, i64), OPEN, id.clone())?;
        let count = |about: About| {
            let many = open.iter().find(|(key, _)| key == about.key()).map_or(0, |(_, many)| *many);
            u32::try_from(many).unwrap_or(u32::MAX)
        };
        let state = Check::settled(count(About::Patient), count(About::Identity));
        run!(self, SETTLE, id, file.claim, state.key(), stamp.now.millis())?;
        self.count_uses(file.id).await
    }

    /// The text of every file of an application is searched again, with the names as they are now.
    pub async fn search_files_again(&mut self, application: ApplicationId, now: Moment) -> Result<()> {
        run!(self, SEARCH_AGAIN, application.to_string(), now.millis())?;
        Ok(())
    }

    /// The text of one file is searched again: it is used in another application.
    pub(super) async fn search_file_again(&mut self, file: FileId, now: Moment) -> Result<()> {
        run!(self, SEARCH_FILE, file.to_string(), now.millis())?;
        Ok(())
    }

    /// Where a file is used.
    pub async fn uses_of_file(&mut self, file: FileId) -> Result<Vec<ApplicationId>> {
        let rows = list!(self, (String,), USED_BY, file.to_string())?;
        let id =
            |(id,): (String,)| ApplicationId::parse(&id).ok_or(Error::Inconsistent("evidence", "application_id", id));
        rows.into_iter().map(id).collect()
    }

    /// What the open pages of applications show of a file has changed.
    async fn count_uses(&mut self, file: FileId) -> Result<()> {
        run!(self, COUNT_USES, file.to_string())?;
        Ok(())
    }

    /// The names that must not stand in a file, where its reviewers must not know the centre; none where they may.
    pub async fn known_to_the_search(&mut self, file: FileId) -> Result<Option<Known>> {
        let mut names = Vec::new();
        for application in self.uses_of_file(file).await? {
            if self.hides_the_centre(application).await? {
                names.push(self.names_behind(application).await?);
            }
        }
        Ok((!names.is_empty()).then(|| Known::new(names.iter().flat_map(super::masking::CentreNames::all))))
    }

    /// Whether reviewers of an application must not know its centre.
    async fn hides_the_centre(&mut self, application: ApplicationId) -> Result<bool> {
        let row = find!(self, (String,), CYCLE, application.to_string())?;
        let Some(cycle) = row.and_then(|(id,)| CycleId::parse(&id)) else { return Ok(true) };
        Ok(self.plan_of_cycle(cycle).await?.is_none_or(|plan| plan.rules.anonymity == Anonymity::Double))
    }

    /// How far a file is.
    pub async fn file_status(&mut self, file: FileId) -> Result<Option<FileStatus>> {
        let of = file.to_string();
        let Some(row) = find!(self, StatusRow, STATUS, of.clone())? else { return Ok(None) };
        let removed = row.report.as_deref().map(serde_json::from_str::<Vec<Removed>>).transpose();
        Ok(Some(FileStatus {
            check: read_check(
                &of,
                (&row.state, row.fault.as_deref(), row.waits.as_deref()),
                [row.patients, row.names, row.unchecked],
            )?,
            removed: removed.map_err(|_| Error::Inconsistent("file_check", "report", of))?.unwrap_or_default(),
            pages: row.pages.and_then(|n| u32::try_from(n).ok()),
            malware: row.malware,
        }))
    }

    /// Everything that was found in a file.
    pub async fn file_findings(&mut self, file: FileId) -> Result<Vec<FileFinding>> {
        type Row = (String, String, String, String, String, Option<String>, Option<String>, Option<i64>);
        let rows = list!(self, Row, FINDINGS, file.to_string())?;
        let finding = |(id, about, what, place, snippet, reason, by, at): Row| {
            let wrong = |column| Error::Inconsistent("file_finding", column, id.clone());
            Ok(FileFinding {
                about: About::parse(&about).ok_or_else(|| wrong("about"))?,
                decided: at.map(|at| {
                    (reason.unwrap_or_default(), by.as_deref().and_then(AccountId::parse), Moment::from_millis(at))
                }),
                id: FindingId::parse(&id).ok_or_else(|| wrong("id"))?,
                what,
                place,
                snippet,
            })
        };
        rows.into_iter().map(finding).collect()
    }

    /// Somebody says why findings may stay. What was decided already stays as it is. The file goes on when nothing is left to
    /// decide.
    pub async fn decide_findings(
        &mut self,
        stamp: &Stamp,
        (application, file): (ApplicationId, FileId),
        findings: &[FindingId],
        reason: &str,
    ) -> Result<()> {
        let (of, by) = (file.to_string(), stamp.actor.map(|a| a.to_string()));
        for finding in findings {
            let (id, reason, by) = (finding.to_string(), reason.to_owned(), by.clone());
            if run!(self, DECIDE, id.clone(), of.clone(), reason, by, stamp.now.millis())? == 1 {
                self.record(stamp, What::FindingDecided, &application.to_string(), &id).await?;
            }
        }
        run!(self, RELEASE, of, stamp.now.millis())?;
        self.count_uses(file).await
    }

    /// How many files are in each state, and since when the oldest waits.
    pub async fn file_queue(&mut self) -> Result<Vec<(State, i64, Moment)>> {
        let rows = list!(self, (String, i64, i64), QUEUE)?;
        let state = |(key, many, since): (String, i64, i64)| {
            let state = State::parse(&key).ok_or(Error::Inconsistent("file_check", "state", key))?;
            Ok((state, many, Moment::from_millis(since)))
        };
        rows.into_iter().map(state).collect()
    }

    /// Why files were refused since a moment, the most frequent reason first.
    pub async fn file_refusals(&mut self, since: Moment) -> Result<Vec<(Fault, i64)>> {
        let rows = list!(self, (String, i64), REFUSALS, since.millis())?;
        Ok(rows.into_iter().filter_map(|(key, many)| Some((Fault::parse(&key)?, many))).collect())
    }
}
