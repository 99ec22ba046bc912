//! The applications of a cycle as a table for the working group: filtered, found by words of the centre's name, ordered,
//! and paged, also among very many.
//!
//! A page is a range of an index, so that a late one costs what the first does. Two ways lead to it: where a filter leaves
//! few (up to [`FEW`], counted first), they are read whole and ordered here; otherwise the order is walked from the place
//! where the last page ended, and what does not fit is left out on the way. What the viewer must not see (a conflict, a
//! seat on the panel, their own centre) is left out in every statement.

mod search;

pub use search::{From, Search, Sort};

use super::{Error, Result, Tx, centre::CentreIdentity, centre_key::sort_key};
use crate::domain::{
    application::Kind,
    id::{AccountId, ApplicationId, CycleId},
    moment::Moment,
    stage::Stage,
};
use search::Filter;
use sqlx::FromRow;

/// How many applications stand on one page.
pub const PAGE: usize = 50;

/// Up to how many are read whole.
pub const FEW: usize = 1000;

macro_rules! columns {
    () => {
        "SELECT a.id, a.kind, a.stage_data, a.updated_at, a.extended_to, i.name, i.city, i.country, i.sort_key, a.centre_id, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM seat s WHERE s.application_id = a.id AND s.state IN ('asked', 'accepted')) AS seats, \
        (SELECT CAST(COUNT(*) AS BIGINT) FROM seat s WHERE s.application_id = a.id AND s.state = 'accepted' AND s.submitted_at IS NOT NULL) AS submitted "
    };
}

/// What the viewer `$2` may see of the cycle `$1`. What is hidden is little, and looked up once, not for each row.
macro_rules! visible {
    () => {
        "a.cycle_id = $1 AND a.id NOT IN (SELECT x.application_id FROM conflict x WHERE x.account_id = $2 AND x.ended_at IS NULL) \
        AND a.centre_id NOT IN (SELECT m.centre_id FROM membership m WHERE m.account_id = $2) \
        AND a.id NOT IN (SELECT y.application_id FROM panel_identity n JOIN seat y ON y.id = n.seat_id WHERE n.account_id = $2 \
        AND y.state IN ('asked', 'accepted')) "
    };
}
pub(super) use visible;

/// Kind `$3`, country `$4`, stages `$5` to `$11`.
macro_rules! fits {
    () => {
        concat!("AND ($3 = '' OR a.kind = $3) AND ($4 = '' OR i.country = $4) AND a.stage IN ($5, $6, $7, $8, $9, $10, $11) AND ", visible!())
    };
}

/// Words `$12` to `$17`. Each is one look into the words of the centre.
macro_rules! named {
    () => {
        "AND EXISTS (SELECT 1 FROM centre_word w WHERE w.centre_id = a.centre_id AND w.word >= $12 AND w.word < $13) \
        AND EXISTS (SELECT 1 FROM centre_word w WHERE w.centre_id = a.centre_id AND w.word >= $14 AND w.word < $15) \
        AND EXISTS (SELECT 1 FROM centre_word w WHERE w.centre_id = a.centre_id AND w.word >= $16 AND w.word < $17) "
    };
}

/// Walked by the name of the centre.
macro_rules! by_name {
    () => {
        "FROM centre_identity i CROSS JOIN application a WHERE a.centre_id = i.centre_id "
    };
}

/// Walked by what is known of the application.
macro_rules! by_application {
    () => {
        "FROM application a CROSS JOIN centre_identity i WHERE i.centre_id = a.centre_id "
    };
}

// A CROSS JOIN is walked from left to right by SQLite; to PostgreSQL it is any join.
statements! {
    /// By name, from a place on.
    NAME_UP = concat!(columns!(), by_name!(), "AND (i.sort_key, i.centre_id) > ($12, $13) ", fits!(), "ORDER BY i.sort_key, i.centre_id LIMIT $14");
    /// By name backwards, from a place on.
    NAME_DOWN = concat!(columns!(), by_name!(), "AND (i.sort_key, i.centre_id) < ($12, $13) ", fits!(), "ORDER BY i.sort_key DESC, i.centre_id DESC LIMIT $14");
    /// By the last change, from a place on.
    CHANGE_UP = concat!(columns!(), by_application!(), "AND (a.updated_at, a.id) > ($12, $13) ", fits!(), "ORDER BY a.updated_at, a.id LIMIT $14");
    /// By the last change backwards, from a place on.
    CHANGE_DOWN = concat!(columns!(), by_application!(), "AND (a.updated_at, a.id) < ($12, $13) ", fits!(), "ORDER BY a.updated_at DESC, a.id DESC LIMIT $14");
    /// By name, from a place on, with words of its name.
    FOUND_NAME_UP = concat!(columns!(), by_name!(), "AND (i.sort_key, i.centre_id) > ($18, $19) ", fits!(), named!(), "ORDER BY i.sort_key, i.centre_id LIMIT $20");
    /// By name backwards, from a place on, with words of its name.
    FOUND_NAME_DOWN = concat!(columns!(), by_name!(), "AND (i.sort_key, i.centre_id) < ($18, $19) ", fits!(), named!(), "ORDER BY i.sort_key DESC, i.centre_id DESC LIMIT $20");
    /// By the last change, from a place on, with words of its name.
    FOUND_CHANGE_UP = concat!(columns!(), by_application!(), "AND (a.updated_at, a.id) > ($18, $19) ", fits!(), named!(), "ORDER BY a.updated_at, a.id LIMIT $20");
    /// By the last change backwards, from a place on, with words of its name.
    FOUND_CHANGE_DOWN = concat!(columns!(), by_application!(), "AND (a.updated_at, a.id) < ($18, $19) ", fits!(), named!(), "ORDER BY a.updated_at DESC, a.id DESC LIMIT $20");
    /// The few of some stages.
    FEW_BY_STAGE = concat!(columns!(), by_application!(), fits!(), "LIMIT $12");
    /// The few of a country.
    FEW_BY_COUNTRY = concat!(columns!(), by_name!(), "AND i.country = $4 ", fits!(), "LIMIT $12");
    /// The few of some stages, with words of their name.
    FOUND_BY_STAGE = concat!(columns!(), by_application!(), fits!(), named!(), "LIMIT $18");
    /// The few of a country, with words of their name.
    FOUND_BY_COUNTRY = concat!(columns!(), by_name!(), "AND i.country = $4 ", fits!(), named!(), "LIMIT $18");
    /// The few with a word.
    FOUND_BY_WORD = concat!(columns!(), "FROM (SELECT DISTINCT k.centre_id FROM centre_word k WHERE k.word >= $12 AND k.word < $13) h \
        CROSS JOIN centre_identity i CROSS JOIN application a WHERE i.centre_id = h.centre_id AND a.centre_id = h.centre_id ", fits!(), named!(), "LIMIT $18");
    /// How many there are of some stages, up to a number.
    COUNT_STAGES = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM application a WHERE a.cycle_id = $1 \
        AND a.stage IN ($2, $3, $4, $5, $6, $7, $8) LIMIT $9) few";
    /// How many centres there are in a country, up to a number.
    COUNT_COUNTRY = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM centre_identity i WHERE i.country = $1 LIMIT $2) few";
    /// How many centres have a word, up to a number.
    COUNT_WORD = "SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM centre_word w WHERE w.word >= $1 AND w.word < $2 LIMIT $3) few";
    /// How many applications the viewer sees, up to a number.
    COUNT_ALL = concat!("SELECT CAST(COUNT(*) AS BIGINT) FROM (SELECT 1 FROM application a WHERE ", visible!(), "LIMIT $3) few");
    /// Where an application stands in each order.
    PLACE = "SELECT i.sort_key, a.centre_id, a.updated_at FROM application a JOIN centre_identity i ON i.centre_id = a.centre_id WHERE a.id = $1 AND a.cycle_id = $2";
    /// In which countries there are centres.
    COUNTRIES = "WITH RECURSIVE found(country) AS (SELECT MIN(country) FROM centre_identity UNION ALL \
        SELECT (SELECT MIN(i.country) FROM centre_identity i WHERE i.country > found.country) FROM found WHERE found.country IS NOT NULL) \
        SELECT country FROM found WHERE country IS NOT NULL";
    /// Countries whose every centre is hidden from somebody.
    HIDDEN_COUNTRIES = "WITH hidden(centre_id) AS (SELECT a.centre_id FROM conflict f JOIN application a ON a.id = f.application_id \
        WHERE f.account_id = $1 AND f.ended_at IS NULL UNION SELECT m.centre_id FROM membership m WHERE m.account_id = $1) \
        SELECT DISTINCT i.country FROM centre_identity i JOIN hidden h ON h.centre_id = i.centre_id WHERE NOT EXISTS \
        (SELECT 1 FROM centre_identity o WHERE o.country = i.country AND o.centre_id NOT IN (SELECT centre_id FROM hidden))";
}

/// One line of the table.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which application.
    pub id: ApplicationId,
    /// First or renewal.
    pub kind: Kind,
    /// Where it stands.
    pub stage: Stage,
    /// The last change.
    pub updated: Moment,
    /// Its own deadline, if it has one.
    pub extended: Option<Moment>,
    /// Whose it is.
    pub identity: CentreIdentity,
    /// How many were asked or review.
    pub seats: i64,
    /// How many of them have submitted.
    pub submitted: i64,
    name_place: (Vec<u8>, String),
}

/// A page of the table.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The lines, in order.
    pub lines: Vec<Line>,
    /// Whether there are some before.
    pub before: bool,
    /// Whether there are some after.
    pub after: bool,
    /// How many fit in all, where that is known without counting far.
    pub total: Option<usize>,
}

#[derive(FromRow)]
struct Row {
    id: String,
    kind: String,
    stage_data: String,
    updated_at: i64,
    extended_to: Option<i64>,
    name: String,
    city: String,
    country: String,
    sort_key: Option<Vec<u8>>,
    centre_id: String,
    seats: i64,
    submitted: i64,
}

fn line(row: Row) -> Result<Line> {
    let wrong = |column| Error::Inconsistent("application", column, row.id.clone());
    Ok(Line {
        id: ApplicationId::parse(&row.id).ok_or_else(|| wrong("id"))?,
        kind: if row.kind == Kind::Renewal.key() { Kind::Renewal } else { Kind::Initial },
        stage: serde_json::from_str(&row.stage_data).map_err(|_| wrong("stage_data"))?,
        updated: Moment::from_millis(row.updated_at),
        extended: row.extended_to.map(Moment::from_millis),
        name_place: (row.sort_key.unwrap_or_else(|| sort_key(&row.name)), row.centre_id),
        identity: CentreIdentity::new(row.name, row.city, row.country),
        seats: row.seats,
        submitted: row.submitted,
    })
}

/// A statement with the filters, and what follows them; the second one when words of a name are looked for.
macro_rules! filtered {
    ($tx:expr, $plain:expr, $found:expr, $f:expr $(, $more:expr)*) => {{
        let Filter { cycle, viewer, kind, country, stages: [s1, s2, s3, s4, s5, s6, s7], words } = $f.clone();
        if let Some([(a, b), (c, d), (e, f)]) = words {
            list!($tx, Row, $found, cycle, viewer, kind, country, s1, s2, s3, s4, s5, s6, s7, a, b, c, d, e, f $(, $more)*)
        } else {
            list!($tx, Row, $plain, cycle, viewer, kind, country, s1, s2, s3, s4, s5, s6, s7 $(, $more)*)
        }
    }};
}

type Place = (Vec<u8>, String, i64, ApplicationId);

impl Tx {
    /// A page of the applications of a cycle that the viewer may see.
    pub async fn caseload(&mut self, cycle: CycleId, viewer: AccountId, search: &Search, from: From) -> Result<Found> {
        let filter = Filter::of(cycle, viewer, search);
        let place = match from {
            From::After(id) | From::Before(id) => match self.place_in_caseload(cycle, id).await? {
                Some(place) => Some(place),
                // It was withdrawn from sight since: the list begins anew.
                None => return Box::pin(self.caseload(cycle, viewer, search, From::Start)).await,
            },
            From::Start | From::End => None,
        };
        if let Some(few) = self.few_that_fit(&filter, search).await? {
            return Ok(cut(few, search.sort, from));
        }
        let backwards = matches!(from, From::Before(_) | From::End);
        let sort = if backwards { search.sort.turned() } else { search.sort };
        let mut lines = self.walk(&filter, sort, place).await?;
        let more = PAGE < lines.len();
        lines.truncate(PAGE);
        if backwards {
            lines.reverse();
        }
        let (before, after) = match from {
            From::Start => (false, more),
            From::After(_) => (true, more),
            From::Before(_) => (more, true),
            From::End => (more, false),
        };
        let all = search.stages.is_empty()
            && search.country.is_empty()
            && search.kind.is_none()
            && search.text.trim().is_empty();
        let total = if !before && !after {
            Some(lines.len())
        } else if all {
            self.count_caseload(cycle, viewer).await?
        } else {
            None
        };
        Ok(Found { lines, before, after, total })
    }

    /// How many applications of a cycle the viewer may see; none when they are more than [`FEW`].
    pub async fn count_caseload(&mut self, cycle: CycleId, viewer: AccountId) -> Result<Option<usize>> {
        let row = find!(self, (i64,), COUNT_ALL, cycle.to_string(), viewer.to_string(), limit(FEW))?;
        Ok(row.and_then(|(n,)| usize::try_from(n).ok()).filter(|n| *n <= FEW))
    }

    /// The countries of all centres, but for those where the viewer must see none.
    pub async fn countries(&mut self, viewer: AccountId) -> Result<Vec<String>> {
        let mut all: Vec<String> = list!(self, (String,), COUNTRIES)?.into_iter().map(|row| row.0).collect();
        for (hidden,) in list!(self, (String,), HIDDEN_COUNTRIES, viewer.to_string())? {
            all.retain(|country| *country != hidden);
        }
        all.sort();
        Ok(all)
    }

    async fn place_in_caseload(&mut self, cycle: CycleId, id: ApplicationId) -> Result<Option<Place>> {
        let row = find!(self, (Option<Vec<u8>>, String, i64), PLACE, id.to_string(), cycle.to_string())?;
        Ok(row.map(|(key, centre, updated)| (key.unwrap_or_default(), centre, updated, id)))
    }

    /// All that fit, when a filter says that they are few.
    #[expect(clippy::many_single_char_names, reason = "one for each of seven places")]
    async fn few_that_fit(&mut self, filter: &Filter, search: &Search) -> Result<Option<Vec<Line>>> {
        let mut ways: Vec<(usize, [&'static str; 2])> = Vec::new();
        if !search.stages.is_empty() {
            let [a, b, c, d, e, f, g] = filter.stages.clone();
            let row = find!(self, (i64,), COUNT_STAGES, filter.cycle.clone(), a, b, c, d, e, f, g, limit(FEW))?;
            ways.push((number(row), [FEW_BY_STAGE, FOUND_BY_STAGE]));
        }
        if !search.country.is_empty() {
            let row = find!(self, (i64,), COUNT_COUNTRY, filter.country.clone(), limit(FEW))?;
            ways.push((number(row), [FEW_BY_COUNTRY, FOUND_BY_COUNTRY]));
        }
        // The rarest word leads: the others are looked up in what it leaves.
        let mut filter = filter.clone();
        if let Some(words) = &mut filter.words {
            let mut rarest = (usize::MAX, 0);
            for (place, (from, to)) in words.iter().enumerate() {
                let row = find!(self, (i64,), COUNT_WORD, from.clone(), to.clone(), limit(FEW))?;
                rarest = rarest.min((number(row), place));
            }
            words.swap(0, rarest.1);
            ways.push((rarest.0, [FOUND_BY_WORD; 2]));
        }
        let Some((_, [plain, found])) =
            ways.into_iter().filter(|(count, _)| *count <= FEW).min_by_key(|(count, _)| *count)
        else {
            return Ok(None);
        };
        let rows = filtered!(self, plain, found, filter, limit(FEW))?;
        Ok(Some(rows.into_iter().map(line).collect::<Result<_>>()?))
    }

    /// One more than a page, in an order, from a place on.
    async fn walk(&mut self, filter: &Filter, sort: Sort, place: Option<Place>) -> Result<Vec<Line>> {
        let most = limit(PAGE);
        let (end, last) = (vec![0xff], "~".to_owned());
        let rows = match (sort, place) {
            (Sort::Name, None) => {
                filtered!(self, NAME_UP, FOUND_NAME_UP, filter, Vec::<u8>::new(), String::new(), most)
            }
            (Sort::Name, Some((key, centre, ..))) => filtered!(self, NAME_UP, FOUND_NAME_UP, filter, key, centre, most),
            (Sort::NameDown, None) => filtered!(self, NAME_DOWN, FOUND_NAME_DOWN, filter, end, last, most),
            (Sort::NameDown, Some((key, centre, ..))) => {
                filtered!(self, NAME_DOWN, FOUND_NAME_DOWN, filter, key, centre, most)
            }
            (Sort::Oldest, None) => filtered!(self, CHANGE_UP, FOUND_CHANGE_UP, filter, i64::MIN, String::new(), most),
            (Sort::Oldest, Some((.., at, id))) => {
                filtered!(self, CHANGE_UP, FOUND_CHANGE_UP, filter, at, id.to_string(), most)
            }
            (Sort::Newest, None) => filtered!(self, CHANGE_DOWN, FOUND_CHANGE_DOWN, filter, i64::MAX, last, most),
            (Sort::Newest, Some((.., at, id))) => {
                filtered!(self, CHANGE_DOWN, FOUND_CHANGE_DOWN, filter, at, id.to_string(), most)
            }
        };
        rows?.into_iter().map(line).collect()
    }
}

fn limit(most: usize) -> i64 {
    i64::try_from(most + 1).unwrap_or(i64::MAX)
}

fn number(row: Option<(i64,)>) -> usize {
    row.and_then(|(n,)| usize::try_from(n).ok()).unwrap_or(usize::MAX)
}

/// Orders few lines, and cuts the page out.
fn cut(mut lines: Vec<Line>, sort: Sort, from: From) -> Found {
    let total = Some(lines.len());
    match sort {
        Sort::Name | Sort::NameDown => lines.sort_by(|a, b| a.name_place.cmp(&b.name_place)),
        Sort::Oldest | Sort::Newest => lines.sort_by_key(|line| (line.updated, line.id)),
    }
    if matches!(sort, Sort::NameDown | Sort::Newest) {
        lines.reverse();
    }
    let at = |id: ApplicationId| lines.iter().position(|line| line.id == id);
    let start = match from {
        From::Start => 0,
        From::After(id) => at(id).map_or(0, |place| place + 1),
        From::Before(id) => at(id).unwrap_or(0).saturating_sub(PAGE),
        From::End => lines.len().saturating_sub(PAGE),
    };
    let end = match from {
        From::Before(id) => at(id).unwrap_or(PAGE),
        _ => start + PAGE,
    };
    let end = end.min(lines.len());
    let (before, after) = (0 < start, end < lines.len());
    Found { lines: lines.drain(start.min(end)..end).collect(), before, after, total }
}
