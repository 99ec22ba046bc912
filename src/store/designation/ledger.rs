//! The ledger: the designation of each centre that counts now, in pages that cost the same wherever they stand.
//!
//! A page is a range of an index. What is rare (withdrawn, in renewal, found by a word) is read at once and ordered here,
//! up to a bound. Whoever looks does not see the line of a centre they work for or have a conflict with.

use super::{super::centre::CentreIdentity, Error, Result, Tx, beginning_with, renewing, sort_key, term, words, wrong};
use crate::domain::{
    designation::{Facts, Status, Term, Wanted},
    id::{AccountId, CentreId, DesignationId},
    moment::Moment,
    snapshot::hex,
};
use sqlx::FromRow;

/// How many lines stand on one page.
pub const PAGE: usize = 50;

/// How many lines are read at most where they are ordered here.
const FEW: i64 = 400;

/// What a line is made of; `$1` is who looks.
macro_rules! line {
    () => {
        concat!(
            "SELECT l.centre_id, l.designation_id, l.sort_key, l.valid_until, l.withdrawn, i.name, i.city, i.country, d.valid_from, \
        d.published, d.proposed_withdrawal IS NOT NULL AS proposed, y.zone, \
        (SELECT MIN(o.valid_from) FROM designation o WHERE o.centre_id = l.centre_id) AS since, \
        ",
            renewing!("l.designation_id"),
            " AS renewing FROM ledger l JOIN designation d ON d.id = l.designation_id JOIN centre_identity i ON i.centre_id = l.centre_id \
        JOIN application a ON a.id = d.application_id JOIN cycle y ON y.id = a.cycle_id "
        )
    };
}

/// What `$1` may see.
macro_rules! visible {
    () => {
        "NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = l.centre_id AND m.account_id = $1) \
        AND NOT EXISTS (SELECT 1 FROM conflict k JOIN application x ON x.id = k.application_id \
            WHERE k.account_id = $1 AND k.ended_at IS NULL AND x.centre_id = l.centre_id) "
    };
}

/// Which lines: ends between `$4` and `$5`; withdrawn ones left out if `$6`, those in renewal if `$7`. Where the list is
/// ordered by name, the end is written as a sum, so that SQLite does not walk through the ends instead of the names.
macro_rules! plain {
    ($end:literal) => {
        concat!(
            "AND ",
            $end,
            " >= $4 AND ",
            $end,
            " < $5 AND (NOT $6 OR NOT l.withdrawn) AND (NOT $7 OR NOT ",
            renewing!("l.designation_id"),
            ") "
        )
    };
}

statements! {
    /// The next lines by the end of their term.
    BY_END = concat!(line!(), "WHERE (l.valid_until, l.centre_id) > ($2, $3) AND ", visible!(), plain!("l.valid_until"),
        "ORDER BY l.valid_until, l.centre_id LIMIT $8");
    /// The same of one country.
    BY_END_IN = concat!(line!(), "WHERE l.country = $9 AND (l.valid_until, l.centre_id) > ($2, $3) AND ", visible!(), plain!("l.valid_until"),
        "ORDER BY l.valid_until, l.centre_id LIMIT $8");
    /// The next lines by name.
    BY_NAME = concat!(line!(), "WHERE (l.sort_key, l.centre_id) > ($2, $3) AND ", visible!(), plain!("l.valid_until + 0"),
        "ORDER BY l.sort_key, l.centre_id LIMIT $8");
    /// The same of one country.
    BY_NAME_IN = concat!(line!(), "WHERE l.country = $9 AND (l.sort_key, l.centre_id) > ($2, $3) AND ", visible!(), plain!("l.valid_until + 0"),
        "ORDER BY l.sort_key, l.centre_id LIMIT $8");
    /// Those that were withdrawn.
    WITHDRAWN = concat!(line!(), "WHERE l.withdrawn AND ", visible!(), "AND ($3 = '' OR l.country = $3) ORDER BY l.valid_until DESC, l.centre_id LIMIT $2");
    /// Those whose centre applies again.
    RENEWING = concat!(line!(), "WHERE l.centre_id IN (SELECT w.centre_id FROM application w WHERE w.stage IN ('submitted', 'under-review', 'deliberation', 'decided')) AND ",
        visible!(), "AND ", renewing!("l.designation_id"), " AND NOT l.withdrawn AND l.valid_until > $4 AND ($3 = '' OR l.country = $3) LIMIT $2");
    /// Those with a word in a range.
    WITH_WORD = concat!(line!(), "WHERE l.centre_id IN (SELECT w.centre_id FROM ledger_word w WHERE $4 <= w.word AND w.word < $5 ORDER BY w.word, w.centre_id LIMIT $2) AND ",
        visible!(), "AND ($3 = '' OR l.country = $3)");
    /// How many words are in a range, up to a bound.
    COUNT_WORDS = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ledger_word WHERE $1 <= word AND word < $2 LIMIT $3) few";
    /// The countries in which somebody sees a line, each found by one step in the index.
    COUNTRIES = concat!("WITH RECURSIVE c (country) AS (SELECT MIN(country) FROM ledger UNION ALL \
        SELECT (SELECT MIN(n.country) FROM ledger n WHERE n.country > c.country) FROM c WHERE c.country IS NOT NULL) \
        SELECT c.country FROM c WHERE c.country IS NOT NULL AND EXISTS (SELECT 1 FROM ledger l WHERE l.country = c.country AND ", visible!(), ")");
    /// How many end in a range, neither withdrawn nor in renewal; up to a bound.
    COUNT = concat!("SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 AS one FROM ledger l WHERE l.valid_until >= $2 AND l.valid_until < $3 AND NOT l.withdrawn AND ",
        visible!(), "AND NOT ", renewing!("l.designation_id"), " LIMIT $4) few");
    /// Puts a designation where that of its centre stands, unless a later one stands there.
    ENTER = "INSERT INTO ledger (centre_id, designation_id, country, sort_key, valid_until, withdrawn) VALUES ($1, $2, $3, $4, $5, FALSE) \
        ON CONFLICT (centre_id) DO UPDATE SET designation_id = excluded.designation_id, country = excluded.country, sort_key = excluded.sort_key, \
        valid_until = excluded.valid_until, withdrawn = FALSE WHERE ledger.valid_until < excluded.valid_until";
    /// Forgets the words of a centre.
    FORGET_WORDS = "DELETE FROM ledger_word WHERE centre_id = $1";
    /// Keeps one.
    KEEP_WORD = "INSERT INTO ledger_word (word, centre_id) VALUES ($1, $2) ON CONFLICT (word, centre_id) DO NOTHING";
    /// It was withdrawn.
    MARK_WITHDRAWN = "UPDATE ledger SET withdrawn = TRUE WHERE designation_id = $1";
}

/// One line of the ledger.
#[derive(Clone, Debug)]
pub struct Line {
    /// The centre.
    pub centre: CentreId,
    /// Its designation that counts now.
    pub designation: DesignationId,
    /// Name and place.
    pub identity: CentreIdentity,
    /// From when until when.
    pub term: Term,
    /// The zone of the programme.
    pub zone: String,
    /// When the first designation of the centre began.
    pub since: Moment,
    /// What counts beside the dates.
    pub facts: Facts,
    /// Whether somebody has proposed to withdraw it.
    pub proposed: bool,
    /// Whether it stands in the public register.
    pub published: bool,
}

impl Line {
    /// Where it stands.
    pub fn status(&self, now: Moment) -> Status {
        Status::of(self.term.until, self.facts, now)
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// What ends first comes first.
    #[default]
    End,
    /// By the name of the centre.
    Name,
}

/// Which lines somebody wants to see.
#[derive(Clone, Debug)]
pub struct Search {
    /// Who looks.
    pub viewer: AccountId,
    /// With which status.
    pub wanted: Wanted,
    /// In which country; empty for all.
    pub country: String,
    /// Words of the name or the town; empty for all.
    pub text: String,
    /// In which order.
    pub order: Order,
    /// After which line.
    pub after: Option<After>,
}

/// Where a list goes on, in a form that addresses can carry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The end of a term in milliseconds, or the sort key of a name in hexadecimal digits.
    pub place: String,
    /// The centre of the line.
    pub centre: CentreId,
}

#[derive(FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "what the statement answers")]
struct Row {
    centre_id: String,
    designation_id: String,
    sort_key: Vec<u8>,
    valid_until: i64,
    withdrawn: bool,
    name: String,
    city: String,
    country: String,
    valid_from: i64,
    published: bool,
    proposed: bool,
    zone: String,
    since: i64,
    renewing: bool,
}

/// A line with what orders it.
type Found = ((Vec<u8>, i64), Line);

fn found(row: Row) -> Result<Found> {
    let id = row.centre_id.as_str();
    let line = Line {
        centre: CentreId::parse(id).ok_or_else(|| wrong("centre_id", id))?,
        designation: DesignationId::parse(&row.designation_id).ok_or_else(|| wrong("id", id))?,
        identity: CentreIdentity::new(row.name, row.city, row.country),
        term: term(row.valid_from, row.valid_until),
        zone: row.zone,
        since: Moment::from_millis(row.since),
        facts: Facts { withdrawn: row.withdrawn, renewing: row.renewing },
        proposed: row.proposed,
        published: row.published,
    };
    Ok(((row.sort_key, row.valid_until), line))
}

pub(super) fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let pairs = hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok());
    hex.len().is_multiple_of(2).then(|| pairs.collect()).flatten()
}

impl Search {
    /// Where a page begins: end of a term, name, and centre.
    fn begin(&self, first: i64) -> (i64, Vec<u8>, String) {
        let Some(after) = &self.after else { return (first, Vec::new(), String::new()) };
        let end = after.place.parse().unwrap_or(first).max(first);
        (end, bytes_of(&after.place).unwrap_or_default(), after.centre.to_string())
    }

    fn after(&self, (key, end): &(Vec<u8>, i64), line: &Line) -> After {
        let place = match self.order {
            Order::End => end.to_string(),
            Order::Name => hex(key),
        };
        After { place, centre: line.centre }
    }

    /// Orders what was read at once, and cuts the page out of it.
    fn cut(&self, mut rows: Vec<Found>) -> Vec<Found> {
        let by_name = self.order == Order::Name;
        let place = |((key, end), line): &Found| {
            let (key, end) = if by_name { (key.clone(), 0) } else { (Vec::new(), *end) };
            (key, end, line.centre.to_string())
        };
        rows.sort_by_cached_key(place);
        rows.dedup_by_key(|(_, line)| line.centre);
        if self.after.is_some() {
            let (end, key, centre) = self.begin(i64::MIN);
            let begin = if by_name { (key, 0, centre) } else { (Vec::new(), end, centre) };
            rows.retain(|row| begin < place(row));
        }
        rows.truncate(PAGE + 1);
        rows
    }
}

impl Tx {
    /// A page of the ledger, and where the next one begins.
    pub async fn ledger(&mut self, search: &Search, now: Moment) -> Result<(Vec<Line>, Option<After>)> {
        let mut rows = if words(&search.text).is_empty() {
            match search.wanted {
                Wanted::Withdrawn | Wanted::InRenewal => self.few(search, now).await?,
                _ => self.range(search, now).await?,
            }
        } else {
            self.with_words(search, now).await?
        };
        let more = PAGE < rows.len();
        rows.truncate(PAGE);
        let next = rows.last().map(|(key, line)| search.after(key, line)).filter(|_| more);
        Ok((rows.into_iter().map(|(_, line)| line).collect(), next))
    }

    /// Lines that are a range of an index.
    async fn range(&mut self, search: &Search, now: Moment) -> Result<Vec<Found>> {
        let (first, last) = search.wanted.ends(now);
        let (first, last) = (first.millis(), last.millis());
        let (end, key, centre) = search.begin(first);
        let no_withdrawn = search.wanted != Wanted::Any;
        let no_renewal = matches!(search.wanted, Wanted::Active | Wanted::Expiring(_));
        let (viewer, country) = (search.viewer.to_string(), search.country.clone());
        let limit = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let rows = match (search.order, country.is_empty()) {
            (Order::End, true) => {
                list!(self, Row, BY_END, viewer, end, centre, first, last, no_withdrawn, no_renewal, limit)?
            }
            (Order::End, false) => {
                list!(self, Row, BY_END_IN, viewer, end, centre, first, last, no_withdrawn, no_renewal, limit, country)?
            }
            (Order::Name, true) => {
                list!(self, Row, BY_NAME, viewer, key, centre, first, last, no_withdrawn, no_renewal, limit)?
            }
            (Order::Name, false) => list!(
                self,
                Row,
                BY_NAME_IN,
                viewer,
                key,
                centre,
                first,
                last,
                no_withdrawn,
                no_renewal,
                limit,
                country
            )?,
        };
        rows.into_iter().map(found).collect()
    }

    async fn few(&mut self, search: &Search, now: Moment) -> Result<Vec<Found>> {
        let (viewer, country) = (search.viewer.to_string(), search.country.clone());
        let rows = if search.wanted == Wanted::Withdrawn {
            list!(self, Row, WITHDRAWN, viewer, FEW, country)?
        } else {
            list!(self, Row, RENEWING, viewer, FEW, country, now.millis())?
        };
        Ok(search.cut(rows.into_iter().map(found).collect::<Result<_>>()?))
    }

    /// Lines of centres of which every word that was typed begins a word of the name or the town.
    async fn with_words(&mut self, search: &Search, now: Moment) -> Result<Vec<Found>> {
        let typed = words(&search.text);
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
        let rows = list!(self, Row, WITH_WORD, search.viewer.to_string(), FEW, search.country.clone(), from, until)?;
        let mut rows = rows.into_iter().map(found).collect::<Result<Vec<_>>>()?;
        rows.retain(|(_, line)| {
            let has = words(&format!("{} {}", line.identity.name(), line.identity.city()));
            let fits = typed.iter().all(|word| has.iter().any(|own| own.starts_with(word)));
            fits && search.wanted.holds(line.status(now))
        });
        Ok(search.cut(rows))
    }

    /// The countries in which somebody sees a line of the ledger.
    pub async fn ledger_countries(&mut self, viewer: AccountId) -> Result<Vec<String>> {
        let mut rows = list!(self, (String,), COUNTRIES, viewer.to_string())?;
        rows.sort();
        Ok(rows.into_iter().map(|row| row.0).collect())
    }

    /// How many designations a filter by dates shows somebody, up to `most`.
    pub async fn ledger_count(&mut self, viewer: AccountId, wanted: Wanted, most: i64, now: Moment) -> Result<i64> {
        let (first, last) = wanted.ends(now);
        Ok(find!(self, (i64,), COUNT, viewer.to_string(), first.millis(), last.millis(), most)?.map_or(0, |row| row.0))
    }

    /// A designation takes the place of the one before, and the centre is found by the words of its name and town.
    pub(super) async fn enter_ledger(&mut self, centre: CentreId, id: DesignationId, until: Moment) -> Result<()> {
        let missing = || Error::Inconsistent("centre_identity", "centre_id", centre.to_string());
        let identity = self.centre_identity(centre).await?.ok_or_else(missing)?;
        let (country, key) = (identity.country().to_owned(), sort_key(identity.name()));
        run!(self, ENTER, centre.to_string(), id.to_string(), country, key, until.millis())?;
        run!(self, FORGET_WORDS, centre.to_string())?;
        for word in words(&format!("{} {}", identity.name(), identity.city())) {
            run!(self, KEEP_WORD, word.into_bytes(), centre.to_string())?;
        }
        Ok(())
    }

    pub(super) async fn withdraw_in_ledger(&mut self, id: DesignationId) -> Result<()> {
        run!(self, MARK_WITHDRAWN, id.to_string())?;
        Ok(())
    }
}
