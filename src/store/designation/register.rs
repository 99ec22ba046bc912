//! What the public sees: the register of the designations that centres agreed to publish, and whether a code is valid.
//!
//! The statements of the register read what was published and nothing else: a centre that did not agree is neither listed
//! nor counted, and nothing tells that there is one.

use super::{Designation, Error, Result, Tx, beginning_with, sort_key, term, words};
use crate::domain::{
    designation::{Code, Term},
    id::DesignationId,
    moment::Moment,
    snapshot::hex,
};
use sqlx::FromRow;

/// How many lines stand on one page.
pub const PAGE: usize = 50;

/// How many lines are shown of a search.
pub const MOST: usize = 200;

/// How many entries are read at most for a search.
const FEW: i64 = 400;

/// What a line is made of.
macro_rules! line {
    () => {
        "SELECT r.designation_id, r.sort_key, d.public_name, r.country, r.valid_from, r.valid_until, y.zone, a.edition, \
        (SELECT MIN(o.valid_from) FROM register_entry o WHERE o.centre_id = r.centre_id) AS since \
        FROM register_entry r JOIN designation d ON d.id = r.designation_id \
        JOIN application a ON a.id = d.application_id JOIN cycle y ON y.id = a.cycle_id "
    };
}

/// What stands in the register at `$1`: valid, and not followed by a newer entry of the centre that has begun.
macro_rules! current {
    () => {
        "r.valid_from <= $1 AND $1 < r.valid_until AND NOT EXISTS (SELECT 1 FROM register_entry n \
        WHERE n.centre_id = r.centre_id AND n.valid_from <= $1 AND r.valid_from < n.valid_from) "
    };
}

statements! {
    /// The next lines by name.
    NEXT = concat!(line!(), "WHERE (r.sort_key, r.designation_id) > ($2, $3) AND ", current!(), "ORDER BY r.sort_key, r.designation_id LIMIT $4");
    /// The same of one country.
    NEXT_IN = concat!(line!(), "WHERE r.country = $5 AND (r.sort_key, r.designation_id) > ($2, $3) AND ", current!(),
        "ORDER BY r.sort_key, r.designation_id LIMIT $4");
    /// Those with a word in a range.
    WITH_WORD = concat!(line!(), "WHERE r.designation_id IN (SELECT w.designation_id FROM register_word w WHERE $3 <= w.word AND w.word < $4 \
        ORDER BY w.word, w.designation_id LIMIT $5) AND ", current!(), "AND ($2 = '' OR r.country = $2)");
    /// How many words are in a range, up to a bound.
    COUNT_WORDS = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM register_word WHERE $1 <= word AND word < $2 LIMIT $3) few";
    /// The countries with a line, each found by one step in the index.
    COUNTRIES = concat!("WITH RECURSIVE c (country) AS (SELECT MIN(country) FROM register_entry UNION ALL \
        SELECT (SELECT MIN(n.country) FROM register_entry n WHERE n.country > c.country) FROM c WHERE c.country IS NOT NULL) \
        SELECT c.country FROM c WHERE c.country IS NOT NULL AND EXISTS (SELECT 1 FROM register_entry r WHERE r.country = c.country AND ", current!(), ")");
    /// Enters one, with the country of the centre.
    ENTER = "INSERT INTO register_entry (designation_id, centre_id, country, sort_key, valid_from, valid_until) \
        SELECT $1, i.centre_id, i.country, $3, $4, $5 FROM centre_identity i WHERE i.centre_id = $2";
    /// Takes it out.
    LEAVE = "DELETE FROM register_entry WHERE designation_id = $1";
    /// A word that it is found by.
    KEEP_WORD = "INSERT INTO register_word (word, designation_id) VALUES ($1, $2) ON CONFLICT (word, designation_id) DO NOTHING";
    /// Forgets its words.
    FORGET_WORDS = "DELETE FROM register_word WHERE designation_id = $1";
    /// What a code stands for; the name only while it is published.
    BY_CODE = "SELECT d.valid_from, d.valid_until, d.withdrawn_at, y.zone, a.edition, r.country, CASE WHEN r.country IS NULL THEN '' ELSE d.public_name END \
        FROM designation d JOIN application a ON a.id = d.application_id JOIN cycle y ON y.id = a.cycle_id \
        LEFT JOIN register_entry r ON r.designation_id = d.id WHERE d.code = $1";
}

/// One line of the register: what its centre agreed to publish.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which designation.
    pub id: DesignationId,
    /// The name under which the centre is published.
    pub name: String,
    /// Its country.
    pub country: String,
    /// From when until when.
    pub term: Term,
    /// The zone of the programme.
    pub zone: String,
    /// The edition of the criteria that were met.
    pub edition: String,
    /// When the first of its published designations began.
    pub since: Moment,
    key: Vec<u8>,
}

/// Where the list goes on, in a form that addresses can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The sort key of a name, in hexadecimal digits.
    pub place: String,
    /// The designation of the line.
    pub id: DesignationId,
}

/// What a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// From when until when.
    pub term: Term,
    /// When it was withdrawn, if it was.
    pub withdrawn: Option<Moment>,
    /// The zone of the programme.
    pub zone: String,
    /// The edition of the criteria that were met.
    pub edition: String,
    /// Name and country, while the centre agrees to publish them.
    pub published: Option<(String, String)>,
}

#[derive(FromRow)]
struct Row {
    designation_id: String,
    sort_key: Vec<u8>,
    public_name: String,
    country: String,
    valid_from: i64,
    valid_until: i64,
    zone: String,
    edition: String,
    since: i64,
}

fn entry(row: Row) -> Result<Entry> {
    let wrong = || Error::Inconsistent("register_entry", "designation_id", row.designation_id.clone());
    Ok(Entry {
        id: DesignationId::parse(&row.designation_id).ok_or_else(wrong)?,
        name: row.public_name,
        country: row.country,
        term: term(row.valid_from, row.valid_until),
        zone: row.zone,
        edition: row.edition,
        since: Moment::from_millis(row.since),
        key: row.sort_key,
    })
}

type CodeRow = (i64, i64, Option<i64>, String, String, Option<String>, String);

impl Tx {
    /// A page of the register at a moment, by name, and where the next one begins. `country` is empty for all.
    pub async fn register(
        &mut self,
        country: &str,
        after: Option<&After>,
        now: Moment,
    ) -> Result<(Vec<Entry>, Option<After>)> {
        let (key, id) = after
            .and_then(|after| Some((super::ledger::bytes_of(&after.place)?, after.id.to_string())))
            .unwrap_or_default();
        let (limit, now) = (i64::try_from(PAGE + 1).unwrap_or(i64::MAX), now.millis());
        let rows = if country.is_empty() {
            list!(self, Row, NEXT, now, key, id, limit)?
        } else {
            list!(self, Row, NEXT_IN, now, key, id, limit, country.to_owned())?
        };
        let mut entries = rows.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
        let more = PAGE < entries.len();
        entries.truncate(PAGE);
        let next = entries.last().map(|last| After { place: hex(&last.key), id: last.id }).filter(|_| more);
        Ok((entries, next))
    }

    /// The lines of the register of which every word that was typed begins a word of the name; by name, and one more than
    /// [`MOST`] when there are more.
    pub async fn search_register(&mut self, text: &str, country: &str, now: Moment) -> Result<Vec<Entry>> {
        let typed = words(text);
        // Of several words, the one that the fewest have leads to the lines.
        let mut rarest = None;
        for word in &typed {
            let (from, until) = beginning_with(word);
            let count = find!(self, (i64,), COUNT_WORDS, from.clone(), until.clone(), FEW)?.map_or(0, |row| row.0);
            if rarest.as_ref().is_none_or(|(least, _)| count < *least) {
                rarest = Some((count, (from, until)));
            }
        }
        let Some((_, (from, until))) = rarest else { return Ok(Vec::new()) };
        let rows = list!(self, Row, WITH_WORD, now.millis(), country.to_owned(), from, until, FEW)?;
        let mut entries = rows.into_iter().map(entry).collect::<Result<Vec<_>>>()?;
        entries.retain(|entry| {
            let has = words(&entry.name);
            typed.iter().all(|word| has.iter().any(|own| own.starts_with(word)))
        });
        entries.sort_by(|one, other| (&one.key, one.id).cmp(&(&other.key, other.id)));
        entries.truncate(MOST + 1);
        Ok(entries)
    }

    /// The countries with a line in the register.
    pub async fn register_countries(&mut self, now: Moment) -> Result<Vec<String>> {
        let mut rows = list!(self, (String,), COUNTRIES, now.millis())?;
        rows.sort();
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// What a code stands for; `None` when it stands for nothing. A text that can be no code is looked up like one, so that
    /// the answer does not come sooner.
    pub async fn verify_code(&mut self, text: &str) -> Result<Option<Verified>> {
        let code = Code::parse(text).map_or_else(|| "no code".to_owned(), |code| code.plain().to_owned());
        let row = find!(self, CodeRow, BY_CODE, code)?;
        Ok(row.map(|(from, until, withdrawn, zone, edition, country, name)| Verified {
            term: term(from, until),
            withdrawn: withdrawn.map(Moment::from_millis),
            zone,
            edition,
            published: country.map(|country| (name, country)),
        }))
    }

    pub(super) async fn enter_register(&mut self, of: &Designation, name: &str) -> Result<()> {
        let (from, until) = (of.term.from.millis(), of.term.until.millis());
        let entered = run!(self, ENTER, of.id.to_string(), of.centre.to_string(), sort_key(name), from, until)?;
        super::ensure_one(entered)?;
        for word in words(name) {
            run!(self, KEEP_WORD, word.into_bytes(), of.id.to_string())?;
        }
        Ok(())
    }

    pub(super) async fn leave_register(&mut self, id: DesignationId) -> Result<()> {
        run!(self, FORGET_WORDS, id.to_string())?;
        run!(self, LEAVE, id.to_string())?;
        Ok(())
    }
}
