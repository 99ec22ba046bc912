//! Designations: what follows an outcome, until it lapses or is withdrawn.
//!
//! A designation is made when its decision is released ([`Tx::add_designation`]), and never deleted. Which one of a centre
//! counts now, and what the working group finds it by, stands in [`ledger`]; what the public sees in [`register`], and that
//! only while the centre agrees.

pub mod ledger;
pub mod register;

use super::{Error, Result, Stamp, Tx, account::read_id, ensure_one, event::What};
use crate::domain::{
    designation::{Code, Facts, Status, Term},
    id::{AccountId, ApplicationId, CentreId, DesignationId, VisitId},
    moment::Moment,
};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;

/// What a designation is made of.
macro_rules! whole {
    () => {
        "SELECT d.id, d.centre_id, d.application_id, d.code, d.valid_from, d.valid_until, d.published, d.public_name, \
        d.withdrawn_at, d.withdrawn_why, d.proposed_withdrawal, d.version, y.name AS cycle_name, y.zone, a.edition \
        FROM designation d JOIN application a ON a.id = d.application_id JOIN cycle y ON y.id = a.cycle_id "
    };
}

/// Whether the centre of a designation (`d.id`) has an application in a later cycle than the one that made it, in some
/// stages (`u.stage`). What is left over from an earlier cycle renews nothing.
macro_rules! later {
    ($id:literal, $stages:expr) => {
        concat!(
            "EXISTS (SELECT 1 FROM designation e CROSS JOIN application u CROSS JOIN application f CROSS JOIN cycle g CROSS JOIN cycle z WHERE e.id = ",
            $id,
            " AND u.centre_id = e.centre_id AND ",
            $stages,
            " AND f.id = e.application_id AND g.id = f.cycle_id AND z.id = u.cycle_id AND g.closes_at < z.closes_at)"
        )
    };
}
pub(super) use later;

/// Whether a designation is in renewal: such an application was handed in and is not over. A draft is the centre's own.
macro_rules! renewing {
    ($id:literal) => {
        $crate::store::designation::later!($id, "u.stage IN ('submitted', 'under-review', 'deliberation', 'decided')")
    };
}
pub(super) use renewing;

/// Whether the centre has begun to renew a designation, be it only a draft.
macro_rules! begun {
    ($id:literal) => {
        $crate::store::designation::later!($id, "u.stage NOT IN ('released', 'withdrawn')")
    };
}
pub(super) use begun;

statements! {
    /// A new one.
    ADD = "INSERT INTO designation (id, centre_id, application_id, code, valid_from, valid_until, published, public_name, withdrawn_why, version, created_at) \
        VALUES ($1, $2, $3, $4, $5, $6, FALSE, '', '', 1, $7)";
    /// One.
    ONE = concat!(whole!(), "WHERE d.id = $1");
    /// That of an application.
    OF_APPLICATION = concat!(whole!(), "WHERE d.application_id = $1");
    /// Those of a centre, the newest first.
    OF_CENTRE = concat!(whole!(), "WHERE d.centre_id = $1 ORDER BY d.valid_from DESC, d.id");
    /// A designation, when it is in renewal.
    RENEWED = concat!("SELECT d.id FROM designation d WHERE d.id = $1 AND ", renewing!("d.id"));
    /// A designation, when its renewal has begun.
    BEGUN = concat!("SELECT d.id FROM designation d WHERE d.id = $1 AND ", begun!("d.id"));
    /// Whether somebody works for a centre, or has a conflict with one of its applications.
    HIDDEN = "SELECT CAST(COUNT(*) AS BIGINT) FROM centre c WHERE c.id = $2 AND (EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = c.id AND m.account_id = $1) \
        OR EXISTS (SELECT 1 FROM conflict k JOIN application a ON a.id = k.application_id WHERE k.account_id = $1 AND k.ended_at IS NULL AND a.centre_id = c.id))";
    /// Consent, or that it was taken back.
    PUBLISH = "UPDATE designation SET published = $3, public_name = $4, version = version + 1 WHERE id = $1 AND version = $2";
    /// Somebody proposes to withdraw it.
    PROPOSE = "UPDATE designation SET proposed_withdrawal = $3, version = version + 1 WHERE id = $1 AND version = $2 \
        AND withdrawn_at IS NULL AND proposed_withdrawal IS NULL";
    /// The proposal is dropped.
    DROP = "UPDATE designation SET proposed_withdrawal = NULL, version = version + 1 WHERE id = $1 AND version = $2 \
        AND withdrawn_at IS NULL AND proposed_withdrawal IS NOT NULL";
    /// It is withdrawn; the proposal stays, for the history.
    WITHDRAW = "UPDATE designation SET withdrawn_at = $3, withdrawn_why = $4, withdrawn_by = $5, published = FALSE, version = version + 1 \
        WHERE id = $1 AND version = $2 AND withdrawn_at IS NULL AND proposed_withdrawal IS NOT NULL";
    /// A note of a visit.
    ADD_VISIT = "INSERT INTO visit_note (id, designation_id, visited, text, author_id, at) VALUES ($1, $2, $3, $4, $5, $6)";
    /// The notes of visits to a centre, the newest first.
    VISITS = "SELECT v.id, v.visited, v.text, v.at, v.author_id FROM visit_note v JOIN designation d ON d.id = v.designation_id \
        WHERE d.centre_id = $1 ORDER BY v.at DESC, v.id";
}

/// The proposal to withdraw a designation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who proposes it.
    pub by: AccountId,
    /// When.
    pub at: Moment,
    /// Why; the centre will read it.
    pub why: String,
}

/// That a designation was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// When.
    pub at: Moment,
    /// Why.
    pub why: String,
}

/// A designation.
#[derive(Clone, Debug)]
pub struct Designation {
    /// Which one.
    pub id: DesignationId,
    /// Whose.
    pub centre: CentreId,
    /// The application that it follows.
    pub application: ApplicationId,
    /// What stands on the certificate.
    pub code: Code,
    /// From when until when.
    pub term: Term,
    /// Whether the centre agrees to publish it.
    pub published: bool,
    /// The name under which it is published, or was last.
    pub public_name: String,
    /// Set when it was withdrawn.
    pub withdrawn: Option<Withdrawal>,
    /// Set when somebody has proposed to withdraw it.
    pub proposed: Option<Proposal>,
    /// Counts changes.
    pub version: i64,
    /// The cycle, "2027".
    pub cycle: String,
    /// The zone of the programme.
    pub zone: String,
    /// The edition of the criteria that were met.
    pub edition: String,
}

impl Designation {
    /// Where it stands, given whether a further application of the centre is under way.
    pub fn status(&self, renewing: bool, now: Moment) -> Status {
        Status::of(self.term.until, Facts { withdrawn: self.withdrawn.is_some(), renewing }, now)
    }
}

/// What somebody has noted of a visit to a centre.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Which note.
    pub id: VisitId,
    /// The day of the visit, `2027-03-05`.
    pub day: String,
    /// What was seen.
    pub text: String,
    /// When it was noted.
    pub at: Moment,
    /// By whom.
    pub author: Option<AccountId>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    centre_id: String,
    application_id: String,
    code: String,
    valid_from: i64,
    valid_until: i64,
    published: bool,
    public_name: String,
    withdrawn_at: Option<i64>,
    withdrawn_why: String,
    proposed_withdrawal: Option<String>,
    version: i64,
    cycle_name: String,
    zone: String,
    edition: String,
}

fn wrong(column: &'static str, row: &str) -> Error {
    Error::Inconsistent("designation", column, row.to_owned())
}

fn term(from: i64, until: i64) -> Term {
    Term { from: Moment::from_millis(from), until: Moment::from_millis(until) }
}

fn designation(row: Row) -> Result<Designation> {
    let id = row.id.as_str();
    let proposed = row.proposed_withdrawal.map(|json| serde_json::from_str(&json)).transpose();
    let why = row.withdrawn_why;
    Ok(Designation {
        id: DesignationId::parse(id).ok_or_else(|| wrong("id", id))?,
        centre: CentreId::parse(&row.centre_id).ok_or_else(|| wrong("centre_id", id))?,
        application: ApplicationId::parse(&row.application_id).ok_or_else(|| wrong("application_id", id))?,
        code: Code::parse(&row.code).ok_or_else(|| wrong("code", id))?,
        term: term(row.valid_from, row.valid_until),
        published: row.published,
        public_name: row.public_name,
        withdrawn: row.withdrawn_at.map(|at| Withdrawal { at: Moment::from_millis(at), why }),
        proposed: proposed.map_err(|_| wrong("proposed_withdrawal", id))?,
        version: row.version,
        cycle: row.cycle_name,
        zone: row.zone,
        edition: row.edition,
    })
}

/// The words that something is found by: runs of letters and digits, in lower case.
fn words(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let mut all: Vec<String> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(|w| w.chars().take(60).collect())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The range of all words that begin like one.
fn beginning_with(word: &str) -> (Vec<u8>, Vec<u8>) {
    let from = word.as_bytes().to_vec();
    // 0xFF is in no text.
    let until = [from.as_slice(), &[0xFF]].concat();
    (from, until)
}

/// What orders a list of names.
fn sort_key(name: &str) -> Vec<u8> {
    name.trim().to_lowercase().into_bytes()
}

impl Tx {
    /// A new designation, of an outcome that is being released; draws its code. [`Error::Taken`] when the application has
    /// one already.
    pub async fn add_designation(
        &mut self,
        stamp: &Stamp,
        centre: CentreId,
        application: ApplicationId,
        valid_from: Moment,
        valid_until: Moment,
    ) -> Result<DesignationId> {
        let id = DesignationId::new(stamp.chance.bits());
        let code = Code::draw(stamp.chance.bits());
        run!(
            self,
            ADD,
            id.to_string(),
            centre.to_string(),
            application.to_string(),
            code.plain().to_owned(),
            valid_from.millis(),
            valid_until.millis(),
            stamp.now.millis(),
        )?;
        self.enter_ledger(centre, id, valid_until).await?;
        // The code proves a certificate to everybody who has it: it does not stand in the record.
        self.record(stamp, What::Designated, &id.to_string(), &application.to_string()).await?;
        Ok(id)
    }

    /// One designation.
    pub async fn designation(&mut self, id: DesignationId) -> Result<Option<Designation>> {
        find!(self, Row, ONE, id.to_string())?.map(designation).transpose()
    }

    /// The designation that follows an application.
    pub async fn designation_of(&mut self, application: ApplicationId) -> Result<Option<Designation>> {
        find!(self, Row, OF_APPLICATION, application.to_string())?.map(designation).transpose()
    }

    /// The designations of a centre, the newest first.
    pub async fn designations_of(&mut self, centre: CentreId) -> Result<Vec<Designation>> {
        list!(self, Row, OF_CENTRE, centre.to_string())?.into_iter().map(designation).collect()
    }

    /// Whether a designation is in renewal: an application of its centre in a later cycle has been handed in and not been
    /// released or withdrawn. A draft is the centre's own and does not count.
    pub async fn in_renewal(&mut self, id: DesignationId) -> Result<bool> {
        Ok(find!(self, (String,), RENEWED, id.to_string())?.is_some())
    }

    /// The same with drafts, for the centre itself.
    pub async fn renewal_begun(&mut self, id: DesignationId) -> Result<bool> {
        Ok(find!(self, (String,), BEGUN, id.to_string())?.is_some())
    }

    /// Whether what concerns a centre is hidden from somebody of the working group: they work there, or have a conflict
    /// with one of its applications.
    pub async fn centre_hidden_from(&mut self, account: AccountId, centre: CentreId) -> Result<bool> {
        Ok(find!(self, (i64,), HIDDEN, account.to_string(), centre.to_string())?.is_some_and(|row| row.0 != 0))
    }

    /// The centre agrees that a designation is published under this name, with its country and its dates.
    /// [`Error::Stale`] when it was changed meanwhile.
    pub async fn publish(&mut self, stamp: &Stamp, of: &Designation, name: &str) -> Result<()> {
        ensure_one(run!(self, PUBLISH, of.id.to_string(), of.version, true, name.to_owned())?)?;
        self.leave_register(of.id).await?;
        self.enter_register(of, name).await?;
        self.record(stamp, What::DesignationPublished, &of.id.to_string(), "").await
    }

    /// The centre takes its consent back; the name is kept for another time. [`Error::Stale`] when it was changed meanwhile.
    pub async fn unpublish(&mut self, stamp: &Stamp, of: &Designation) -> Result<()> {
        ensure_one(run!(self, PUBLISH, of.id.to_string(), of.version, false, of.public_name.clone())?)?;
        self.leave_register(of.id).await?;
        self.record(stamp, What::DesignationUnpublished, &of.id.to_string(), "").await
    }

    /// Somebody proposes to withdraw a designation. [`Error::Stale`] when it was changed meanwhile, or there is a proposal.
    pub async fn propose_withdrawal(&mut self, stamp: &Stamp, of: &Designation, proposal: &Proposal) -> Result<()> {
        let json = serde_json::to_string(proposal).map_err(|_| wrong("proposed_withdrawal", "new"))?;
        ensure_one(run!(self, PROPOSE, of.id.to_string(), of.version, json)?)?;
        self.record(stamp, What::WithdrawalProposed, &of.id.to_string(), "").await
    }

    /// The proposal is dropped; the designation stays as it is. [`Error::Stale`] when it was changed meanwhile.
    pub async fn drop_withdrawal(&mut self, stamp: &Stamp, of: &Designation) -> Result<()> {
        ensure_one(run!(self, DROP, of.id.to_string(), of.version)?)?;
        self.record(stamp, What::WithdrawalDropped, &of.id.to_string(), "").await
    }

    /// Withdraws a designation as it was proposed; who confirms has to be another person than who proposed, which the page
    /// makes sure of. It leaves the register at once. [`Error::Stale`] when it was changed meanwhile.
    pub async fn withdraw_designation(&mut self, stamp: &Stamp, of: &Designation) -> Result<()> {
        let why = of.proposed.as_ref().map_or("", |proposal| proposal.why.as_str());
        let by = stamp.actor.map(|a| a.to_string());
        let at = stamp.now.millis();
        ensure_one(run!(self, WITHDRAW, of.id.to_string(), of.version, at, why.to_owned(), by)?)?;
        self.leave_register(of.id).await?;
        self.withdraw_in_ledger(of.id).await?;
        self.record(stamp, What::DesignationWithdrawn, &of.id.to_string(), "").await
    }

    /// Notes a visit; `day` as `2027-03-05`.
    pub async fn add_visit(&mut self, stamp: &Stamp, of: DesignationId, day: &str, text: &str) -> Result<VisitId> {
        let id = VisitId::new(stamp.chance.bits());
        let author = stamp.actor.map(|a| a.to_string());
        run!(
            self,
            ADD_VISIT,
            id.to_string(),
            of.to_string(),
            day.to_owned(),
            text.to_owned(),
            author,
            stamp.now.millis()
        )?;
        self.record(stamp, What::VisitNoted, &of.to_string(), &id.to_string()).await?;
        Ok(id)
    }

    /// What was noted of visits to a centre, the newest first.
    pub async fn visits(&mut self, centre: CentreId) -> Result<Vec<Visit>> {
        let rows = list!(self, (String, String, String, i64, Option<String>), VISITS, centre.to_string())?;
        let read = |(id, day, text, at, author): (String, String, String, i64, Option<String>)| {
            let author = author.map(|a| read_id(&a, "visit_note")).transpose()?;
            let id = VisitId::parse(&id).ok_or(Error::Inconsistent("visit_note", "id", id))?;
            Ok(Visit { id, day, text, at: Moment::from_millis(at), author })
        };
        rows.into_iter().map(read).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_found_by_each_of_its_words() {
        assert_eq!(words("St. Mary's  Cancer-Centre, Åre"), ["cancer", "centre", "mary", "s", "st", "åre"]);
        assert_eq!(words(" -- "), [""; 0]);
        assert_eq!(sort_key(" Åre Klinik "), "åre klinik".as_bytes());
    }
}
