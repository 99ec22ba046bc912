//! Pages of the working group with 300 and with 300,000 applications in one cycle: what a page costs must not grow with
//! what it does not show.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::Figure;
use crate::http::Server;
use crate::project::Project;

/// Applications in the small world and in the large one.
const SIZES: [i64; 2] = [300, 300_000];

/// Lines on a page of the table, and the page that is asked for in the large world; in the small one it is the last.
const PAGE: i64 = 50;
const FAR: i64 = 5_000;

/// The application on which the page before that one ends.
const BEFORE_FAR: &str = "SELECT a.id FROM application a JOIN centre_identity i ON i.centre_id = a.centre_id WHERE a.cycle_id = $1 \
     ORDER BY i.sort_key, i.centre_id LIMIT 1 OFFSET $2";

/// How often each page is asked for to warm up, and then to be timed.
const WARM: usize = 20;
const TIMES: usize = 200;

/// The first digits of what is added here: nothing random begins with as many zeros.
const MARK: &str = "00000000000000000000";

/// Adds one application in `$1` for a centre each, all in the cycle `$2`. Every stage has its share: of ten, one is a
/// draft, one is submitted, four are under review, two in deliberation, one is decided, one released.
const FILL: [&str; 15] = [
    // No statistics are gathered for the planner: the portal gathers none either.
    "CREATE TEMPORARY TABLE number AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) \
     SELECT i, printf('00000000000000000000%012x', i) AS id, (i * 7919) % 10 AS share FROM n WHERE $2 <> ''",
    "INSERT INTO centre (id, created_at) SELECT id, 1767225600000 + i FROM number WHERE $1 > 0 AND $2 <> ''",
    "INSERT INTO centre_identity (centre_id, name, city, country, sort_key) SELECT id, 'Centre ' || (i * 7919) % 1000003, 'Town ' || i % 977, \
     'Land ' || i % 41, CAST(lower('centre ' || (i * 7919) % 1000003) AS BLOB) FROM number WHERE $1 > 0 AND $2 <> ''",
    // The words by which a centre is found: of its name and its town.
    "INSERT INTO centre_word (word, centre_id) SELECT DISTINCT CAST(word AS BLOB), id FROM (SELECT 'centre' AS word, id FROM number \
     UNION ALL SELECT CAST((i * 7919) % 1000003 AS TEXT), id FROM number UNION ALL SELECT 'town', id FROM number \
     UNION ALL SELECT CAST(i % 977 AS TEXT), id FROM number) WHERE $1 > 0 AND $2 <> ''",
    "INSERT INTO application (id, cycle_id, centre_id, kind, edition, stage, stage_data, version, created_at, updated_at) \
     SELECT id, $2, id, CASE WHEN i % 3 = 0 THEN 'initial' ELSE 'renewal' END, '2026', \
     CASE share WHEN 0 THEN 'draft' WHEN 1 THEN 'submitted' WHEN 6 THEN 'deliberation' WHEN 7 THEN 'deliberation' WHEN 8 THEN 'decided' \
     WHEN 9 THEN 'released' ELSE 'under-review' END, \
     CASE share WHEN 0 THEN '{\"stage\":\"draft\",\"returned\":null}' \
     WHEN 1 THEN '{\"stage\":\"submitted\",\"at\":1772000000000,\"digest\":\"' || id || id || '\"}' \
     WHEN 6 THEN '{\"stage\":\"deliberation\",\"submitted\":1772000000000,\"digest\":\"' || id || id || '\",\"since\":1772500000000}' \
     WHEN 7 THEN '{\"stage\":\"deliberation\",\"submitted\":1772000000000,\"digest\":\"' || id || id || '\",\"since\":1772500000000}' \
     WHEN 8 THEN '{\"stage\":\"decided\",\"submitted\":1772000000000,\"digest\":\"' || id || id || '\",\"at\":1772600000000,\"outcome\":\"accredited\"}' \
     WHEN 9 THEN '{\"stage\":\"released\",\"submitted\":1772000000000,\"digest\":\"' || id || id || '\",\"at\":1772700000000,\"outcome\":\"accredited\"}' \
     ELSE '{\"stage\":\"under-review\",\"submitted\":1772000000000,\"digest\":\"' || id || id || '\",\"since\":1772100000000}' END, \
     1, 1770000000000 + i, 1772000000000 + i FROM number WHERE $1 > 0",
    // Two seats each from under review on; those at every fourth that is under review are not handed in yet.
    "INSERT INTO seat (id, application_id, state, place, leads, asked_at, answered_at, opened_at, recommendation, summary, note, submitted_at, version, updated_at) \
     SELECT substr(n.id, 1, 19) || s.place || substr(n.id, 21), n.id, 'accepted', s.place, s.place = 1, 1772100000000, 1772100000000, 1772100000000, \
     CASE WHEN n.share < 4 THEN NULL ELSE 'accredited' END, '', '', CASE WHEN n.share < 4 THEN NULL ELSE 1772400000000 END, 3, 1772400000000 \
     FROM number n, (SELECT 1 AS place UNION ALL SELECT 2) s WHERE 2 <= n.share AND $1 > 0 AND $2 <> ''",
    "INSERT INTO panel_identity (seat_id, account_id, why, decline_reason) SELECT s.id, r.account_id, '', '' FROM number n \
     JOIN seat s ON s.application_id = n.id JOIN (SELECT account_id, row_number() OVER (ORDER BY account_id) - 1 AS turn FROM role_grant \
     WHERE role = 'reviewer' AND ended_at IS NULL) r ON r.turn = (s.place + n.i) % 6 WHERE $1 > 0 AND $2 <> ''",
    // The marks themselves for every tenth panel: no page of many applications reads them.
    "INSERT INTO mark (seat_id, criterion, content, level, own_shown, revised_why, version, updated_at) \
     SELECT s.id, k.i, '{\"level\":3,\"strengths\":\"\",\"gap\":\"\",\"satisfy\":\"\",\"confidence\":null,\"note\":\"\"}', 3, FALSE, '', 1, 1772300000000 \
     FROM number n JOIN seat s ON s.application_id = n.id, (SELECT i FROM number WHERE i <= 13) k WHERE n.share = 6 AND $1 > 0 AND $2 <> ''",
    // What reviewers read, which assignment goes through.
    "INSERT INTO blind_copy (application_id, cycle_id, alias, edition, content) SELECT id, $2, 'Alias ' || i, '2026', '{}' FROM number WHERE 2 <= share AND $1 > 0",
    // Every seventh that a panel works on has an open question, half of them passed on.
    "INSERT INTO information_request (id, application_id, criterion, asked_at, due_at, relayed_at, version) SELECT id, id, 1 + i % 13, 1772200000000, \
     1772800000000 + 86400000 * (i % 14), CASE WHEN i % 2 = 0 THEN NULL ELSE 1772250000000 END, 1 FROM number WHERE share BETWEEN 2 AND 7 AND i % 7 = 0 \
     AND $1 > 0 AND $2 <> ''",
    "INSERT INTO information_message (id, request_id, side, text, passed, at, relayed_at, version) SELECT r.id, r.id, 'panel', 'How many?', 'How many?', \
     r.asked_at, r.relayed_at, 1 FROM number n JOIN information_request r ON r.id = n.id WHERE $1 > 0 AND $2 <> ''",
    // What the portal has counted for the board.
    "INSERT INTO board_part (application_id, part, word, number) SELECT b.application_id, b.part, b.word, COUNT(*) FROM number n \
     CROSS JOIN board_now b WHERE b.application_id = n.id AND $1 > 0 AND $2 <> '' GROUP BY b.application_id, b.part, b.word",
    "INSERT OR REPLACE INTO board_sum (cycle_id, part, word, number) SELECT cycle_id, part, word, COUNT(*) FROM board_now \
     WHERE cycle_id = $2 AND $1 > 0 GROUP BY cycle_id, part, word",
    // What the portal has counted of the panels whose reviews are in.
    "INSERT INTO panel_figure (application_id, cycle_id, agreed, levels, gaps) SELECT id, $2, 13 - i % 6, \
     CASE i % 3 WHEN 0 THEN '33 33 23 33 34 33 33 13 33 33 33 33 33' ELSE '33 34 33 33 33 33 33 33 33 33 33 33 33' END, '' \
     FROM number WHERE 4 <= share AND $1 > 0",
    "INSERT INTO panel_split (cycle_id, criterion, application_id) SELECT $2, 1 + i % 13, id FROM number WHERE 4 <= share AND i % 6 <> 0 AND $1 > 0",
];

/// One page, in milliseconds.
struct Timed {
    p50: f64,
    p99: f64,
}

impl Timed {
    fn of(mut millis: Vec<f64>) -> Self {
        millis.sort_by(f64::total_cmp);
        let at = |share: usize| millis[(millis.len() * share / 100).min(millis.len() - 1)];
        Self { p50: at(50), p99: at(99) }
    }
}

/// A page that is asked for, or a form that looks for something.
struct Page {
    name: &'static str,
    path: String,
    form: Option<&'static str>,
}

/// A portal with so many applications, and somebody who is signed in.
struct World {
    server: Server,
    cookie: String,
    pages: Vec<Page>,
}

/// Measures. The worlds take turns at every request, so that whatever else the machine does holds back both.
pub fn measure(project: &Project, folder: &Path) -> Result<Vec<Figure>> {
    let [small, large] = SIZES.map(|size| World::begin(project, &folder.join(format!("cycle-{size}")), size));
    let (small, large) = (small?, large?);
    let mut figures = Vec::new();
    for (few, many) in small.pages.iter().zip(&large.pages) {
        let (mut short, mut long) = (Vec::with_capacity(TIMES), Vec::with_capacity(TIMES));
        for time in 0..WARM + TIMES {
            let taken = (small.ask(few)?, large.ask(many)?);
            if WARM <= time {
                short.push(taken.0);
                long.push(taken.1);
            }
        }
        let (few, many, name) = (Timed::of(short), Timed::of(long), few.name);
        let ratio = many.p50 / few.p50;
        let beside =
            format!("p99 {:.1} ms; with 300: p50 {:.1}, p99 {:.1} ms; ratio {ratio:.2}", many.p99, few.p50, few.p99);
        let figure = Figure::new(name, format!("p50 {:.1} ms", many.p50), beside);
        figures.push(figure.within("1.5 times the page of 300", ratio <= 1.5));
    }
    Ok(figures)
}

impl World {
    fn begin(project: &Project, data: &Path, size: i64) -> Result<Self> {
        let binary = project.release_binary();
        drop(Server::start(&binary, data)?);
        let begun = Instant::now();
        let (cycle, before_far) = fill(data, size)?;
        println!("{size} applications written in {:.0} s", begun.elapsed().as_secs_f64());
        let server = Server::start(&binary, data)?;
        let cookie = server.sign_in_as(data, "chair")?;
        let base = format!("/working-group/cycles/{cycle}");
        // In the middle of those with nothing to settle: after as many as there are in any other place.
        let middle = format!("13-{MARK}{:012x}", size / 2);
        let table = format!("{base}/applications");
        let page = |name, path| Page { name, path, form: None };
        let search = |name, form| Page { name, path: table.clone(), form: Some(form) };
        let pages = vec![
            page("heat map, first page", format!("{base}/agreement")),
            page("heat map, far page", format!("{base}/agreement?show=&after={middle}")),
            page("heat map, one criterion", format!("{base}/agreement?show=4")),
            page("statistics", format!("{base}/statistics")),
            page("board", base.clone()),
            page("assignment", format!("{base}/assignment")),
            page("applications, page 1", table.clone()),
            page("applications, page 5,000", format!("{table}?after={before_far}")),
            page("applications, last page", format!("{table}?page=last")),
            page("applications, one stage and country", format!("{table}?stage=under-review&country=Land+7")),
            search("applications, search for a number", "name=centre+583797"),
            search("applications, search for a common word", "name=centre"),
        ];
        Ok(Self { server, cookie, pages })
    }

    /// Asks for a page; answers with the milliseconds.
    fn ask(&self, Page { path, form, .. }: &Page) -> Result<f64> {
        let begun = Instant::now();
        let answer = match form {
            Some(body) => self.server.post(path, &self.cookie, body),
            None => self.server.get(path, &self.cookie),
        }?;
        let millis = begun.elapsed().as_secs_f64() * 1000.0;
        anyhow::ensure!(answer.status == 200, "{path} answered {}:\n{}", answer.status, answer.text);
        Ok(millis)
    }
}

/// Writes applications straight into the database of a portal that is not running; answers with their cycle and the one on
/// which the page before the far one ends.
fn fill(data: &Path, size: i64) -> Result<(String, String)> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let options = SqliteConnectOptions::new().filename(data.join("portal.sqlite"));
        let mut db = SqliteConnection::connect_with(&options).await?;
        let (cycle,): (String,) =
            sqlx::query_as("SELECT id FROM cycle ORDER BY closes_at DESC LIMIT 1").fetch_one(&mut db).await?;
        let mut tx = db.begin().await?;
        for sql in FILL {
            sqlx::query(sql).bind(size).bind(&cycle).execute(&mut *tx).await.with_context(|| sql.to_owned())?;
        }
        tx.commit().await?;
        let skipped = PAGE * (FAR - 1).min(size / PAGE - 1) - 1;
        let (before_far,): (String,) = sqlx::query_as(BEFORE_FAR).bind(&cycle).bind(skipped).fetch_one(&mut db).await?;
        db.close().await.context("the database cannot be closed")?;
        Ok((cycle, before_far))
    })
}
