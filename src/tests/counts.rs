//! What is kept of the boards is what there is: after every chapter of a story, for everybody, on both engines.

use super::{
    harness::{Engine, TestPortal},
    swap::{cast::Cast, story::Chapter, world::World},
};
use crate::{
    domain::{
        id::{AccountId, CycleId},
        outcome::Outcome,
        stage::StageName,
    },
    store::{Store, centre::Role, conflict, panel::Seat},
};
use std::collections::BTreeSet;

/// What the viewer `$2` may see of the cycle `$1`, each application looked at by itself.
macro_rules! seen {
    () => {
        " a.cycle_id = $1 AND NOT EXISTS (SELECT 1 FROM conflict f WHERE f.application_id = a.id AND f.account_id = $2 AND f.ended_at IS NULL) \
        AND NOT EXISTS (SELECT 1 FROM membership m WHERE m.centre_id = a.centre_id AND m.account_id = $2) \
        AND NOT EXISTS (SELECT 1 FROM seat y JOIN panel_identity n ON n.seat_id = y.id WHERE y.application_id = a.id AND n.account_id = $2 \
        AND y.state IN ('asked', 'accepted')) "
    };
}

/// The seats that count.
macro_rules! seats {
    () => {
        "FROM application a JOIN seat s ON s.application_id = a.id JOIN panel_identity q ON q.seat_id = s.id WHERE s.state IN ('asked', 'accepted') AND "
    };
}

/// The open questions whose centre has not answered.
macro_rules! questions {
    () => {
        " FROM information_request r JOIN application a ON a.id = r.application_id WHERE r.closed_at IS NULL AND a.stage IN ('under-review', 'deliberation') \
        AND (SELECT g.side FROM information_message g WHERE g.request_id = r.id ORDER BY g.at DESC, g.id DESC LIMIT 1) = 'panel' AND "
    };
}

/// Counts everything anew, as a board did before anything was kept; `$3` is how many reviewers an application needs, `$4`
/// the moment.
const ANEW: [&str; 12] = [
    concat!(
        "SELECT 'stage ' || a.stage || ' ' || COUNT(*) FROM application a WHERE",
        seen!(),
        "AND $3 <> '' AND $4 <> '' GROUP BY a.stage"
    ),
    concat!(
        "SELECT 'returned ' || COUNT(*) FROM application a WHERE a.stage = 'draft' AND a.stage_data LIKE '%\"reasons\"%' AND $3 <> '' AND $4 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'oldest ' || COALESCE(CAST(MIN(a.updated_at) AS TEXT), '-') FROM application a WHERE a.stage = 'submitted' AND $3 <> '' AND $4 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'load ' || q.account_id || ' ' || SUM(CASE WHEN s.state = 'asked' THEN 1 ELSE 0 END) || ' ' || SUM(CASE WHEN s.state = 'accepted' THEN 1 ELSE 0 END) \
         || ' ' || SUM(CASE WHEN s.state = 'accepted' AND s.submitted_at IS NOT NULL THEN 1 ELSE 0 END) \
         || ' ' || SUM(CASE WHEN s.state = 'accepted' AND s.submitted_at IS NULL AND a.stage = 'under-review' THEN 1 ELSE 0 END) ",
        seats!(),
        "a.stage IN ('under-review', 'deliberation', 'decided') AND $3 <> '' AND $4 <> '' AND",
        seen!(),
        "GROUP BY q.account_id"
    ),
    concat!(
        "SELECT 'seats ' || q.account_id || ' ' || COUNT(*) || ' ' || COUNT(s.submitted_at) ",
        seats!(),
        "a.stage NOT IN ('draft', 'submitted', 'withdrawn') AND $3 <> '' AND $4 <> '' AND",
        seen!(),
        "GROUP BY q.account_id"
    ),
    concat!(
        "SELECT 'short ' || COUNT(*) FROM application a WHERE a.stage = 'under-review' AND \
         (SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state IN ('asked', 'accepted')) < CAST($3 AS BIGINT) AND $4 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'made ' || COUNT(*) FROM application a WHERE a.stage = 'under-review' AND \
         CAST($3 AS BIGINT) <= (SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state IN ('asked', 'accepted')) AND $4 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'all in ' || COUNT(*) FROM application a WHERE a.stage = 'under-review' \
         AND CAST($3 AS BIGINT) <= (SELECT COUNT(*) FROM seat t WHERE t.application_id = a.id AND t.state = 'accepted' AND t.submitted_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM seat t WHERE t.application_id = a.id AND (t.state = 'asked' OR (t.state = 'accepted' AND t.submitted_at IS NULL))) \
         AND $4 <> '' AND",
        seen!()
    ),
    concat!("SELECT 'relay ' || COUNT(*)", questions!(), "r.relayed_at IS NULL AND $3 <> '' AND $4 <> '' AND", seen!()),
    concat!(
        "SELECT 'centres ' || COUNT(*) || ' ' || COALESCE(SUM(CASE WHEN r.due_at < CAST($4 AS BIGINT) THEN 1 ELSE 0 END), 0)",
        questions!(),
        "r.relayed_at IS NOT NULL AND $3 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'propose ' || COUNT(*) FROM application a WHERE a.stage = 'deliberation' \
         AND NOT EXISTS (SELECT 1 FROM decision d WHERE d.application_id = a.id) AND $3 <> '' AND $4 <> '' AND",
        seen!()
    ),
    concat!(
        "SELECT 'confirm ' || COUNT(*) FROM application a JOIN decision d ON d.application_id = a.id WHERE a.stage = 'deliberation' \
         AND d.confirmed_at IS NULL AND $3 <> '' AND $4 <> '' AND",
        seen!()
    ),
];

/// What is kept, and what the view counts; nothing else may differ.
const KEPT: [[&str; 2]; 2] = [
    [
        "SELECT application_id || ' ' || part || ' ' || word || ' ' || number FROM board_part",
        "SELECT application_id || ' ' || part || ' ' || word || ' ' || COUNT(*) FROM board_now GROUP BY application_id, part, word",
    ],
    [
        "SELECT cycle_id || ' ' || part || ' ' || word || ' ' || number FROM board_sum",
        "SELECT cycle_id || ' ' || part || ' ' || word || ' ' || COUNT(*) FROM board_now GROUP BY cycle_id, part, word",
    ],
];

impl TestPortal {
    /// What is kept is what there is: fails otherwise. Answers with how much is kept.
    pub async fn kept_counts_hold(&self, when: &str) -> usize {
        let mut count = 0;
        for [kept, now] in KEPT {
            let set = |rows: Vec<String>| rows.into_iter().collect::<BTreeSet<_>>();
            let (kept, now) = (set(self.texts(kept).await), set(self.texts(now).await));
            let (gone, missing): (Vec<_>, Vec<_>) = (kept.difference(&now).collect(), now.difference(&kept).collect());
            assert!(gone.is_empty() && missing.is_empty(), "{when}: kept {gone:#?}, there is {missing:#?}");
            count += kept.len();
        }
        count
    }

    /// Every board shows everybody what counting anew gives. Answers with how many boards show anything.
    async fn boards_hold(&self, when: &str) -> usize {
        let mut shown = 0;
        for cycle in self.texts("SELECT id FROM cycle").await {
            let cycle = CycleId::parse(&cycle).expect("a cycle");
            let reviewers = self.read().await.plan_of_cycle(cycle).await.expect("it").expect("a plan").rules.reviewers;
            for viewer in self.texts("SELECT id FROM account").await {
                let viewer = AccountId::parse(&viewer).expect("an account");
                let board = self.board_lines(cycle, viewer, reviewers).await;
                let (needed, now) = (reviewers.to_string(), self.clock.now().millis().to_string());
                let mut anew = BTreeSet::new();
                for sql in ANEW {
                    anew.extend(self.found(sql, [&cycle.to_string(), &viewer.to_string(), &needed, &now]).await);
                }
                assert_eq!(board, anew, "{when}: {viewer}");
                shown += usize::from(board.iter().any(|line| line.starts_with("stage")));
            }
        }
        shown
    }

    /// What a board and the assignment show, in the lines of [`ANEW`].
    async fn board_lines(&self, cycle: CycleId, viewer: AccountId, reviewers: u8) -> BTreeSet<String> {
        let mut tx = self.read().await;
        let board = tx.board(cycle, viewer, reviewers, self.clock.now()).await.expect("a board");
        let loads = tx.loads(cycle, viewer).await.expect("loads");
        let (under_review, made) = tx.panels_made(cycle, viewer, reviewers).await.expect("panels");
        assert_eq!(i64::try_from(under_review), Ok(board.at(StageName::UnderReview)));
        let oldest = board.oldest.map_or_else(|| "-".to_owned(), |at| at.millis().to_string());
        let mut lines = BTreeSet::from([
            format!("returned {}", board.returned),
            format!("oldest {oldest}"),
            format!("short {}", board.short),
            format!("made {made}"),
            format!("all in {}", board.all_in),
            format!("relay {}", board.to_relay),
            format!("centres {} {}", board.with_centres, board.late),
            format!("propose {}", board.to_propose),
            format!("confirm {}", board.to_confirm),
        ]);
        let stages = board.stages.iter().filter(|(_, number)| *number != 0);
        lines.extend(stages.map(|(stage, number)| format!("stage {} {number}", stage.key())));
        let line = |l: &crate::store::board::Load| {
            format!("load {} {} {} {} {}", l.account, l.asked, l.accepted, l.submitted, l.owed)
        };
        lines.extend(board.loads.iter().map(line));
        lines.extend(loads.iter().map(|(who, load)| format!("seats {who} {} {}", load.seats, load.submitted)));
        lines
    }

    async fn found(&self, sql: &'static str, binds: [&String; 4]) -> Vec<String> {
        match &self.store {
            Store::Sqlite { writer, .. } => {
                let query = binds.iter().fold(sqlx::query_scalar(sql), |query, bind| query.bind((*bind).clone()));
                query.fetch_all(writer).await.expect(sql)
            }
            Store::Postgres(pool) => {
                let query = binds.iter().fold(sqlx::query_scalar(sql), |query, bind| query.bind((*bind).clone()));
                query.fetch_all(pool).await.expect(sql)
            }
        }
    }
}

async fn what_is_kept_holds_after_every_chapter(engine: Engine) {
    let mut world = World::begin(engine, Cast::FIRST).await;
    for chapter in Chapter::ALL {
        world.tell(chapter).await;
        world.portal.kept_counts_hold(chapter.name()).await;
        assert!(10 <= world.portal.boards_hold(chapter.name()).await, "{}", chapter.name());
    }
}

async fn what_a_viewer_must_not_see_is_taken_out_again(engine: Engine) {
    for until in [Chapter::Reviewing, Chapter::Deliberating, Chapter::Answered] {
        let mut world = World::begin(engine, Cast::FIRST).await;
        for chapter in Chapter::ALL.into_iter().filter(|chapter| *chapter <= until) {
            world.tell(chapter).await;
        }
        let portal = &world.portal;
        let mut tx = portal.write().await;
        let stamp = portal.stamp(Some(world.group[0]));
        let (kind, source) = (conflict::Kind::Other, conflict::Source::Recorded);
        for account in [world.group[1], world.judges[0]] {
            tx.add_conflict(&stamp, world.applications[0], account, kind, source, "").await.expect("a conflict");
        }
        tx.join_centre(&stamp, world.centres[1].id, world.group[2], Role::Contributor).await.expect("a member");
        tx.commit().await.expect("commit");
        portal.kept_counts_hold(until.name()).await;
        portal.boards_hold(until.name()).await;
    }
}

async fn what_the_migration_fills_is_what_is_kept(engine: Engine) {
    let portal = TestPortal::demo(engine, None).await;
    let (kept, boards) = (portal.kept_counts_hold("the demo world").await, portal.boards_hold("the demo world").await);
    assert!(40 < kept && 30 < boards, "{kept} {boards}");
    for sql in ["DELETE FROM board_part", "DELETE FROM board_sum"] {
        assert!(0 < portal.tamper(sql).await, "{sql}");
    }
    let migration = include_str!("../../migrations/0020_loads.sql");
    let fills: Vec<&str> = migration.split(';').map(str::trim).filter(|sql| sql.starts_with("INSERT")).collect();
    assert_eq!(fills.len(), 2);
    for sql in fills {
        assert!(0 < portal.tamper(sql).await, "{sql}");
    }
    portal.kept_counts_hold("the migration").await;
}

/// Two reviewers of one panel hand in at the same time: neither counts as if the other had not.
async fn two_who_change_one_application_at_once_are_both_counted(engine: Engine) {
    let portal = TestPortal::begin(engine).await;
    let world = portal.review_world().await;
    let application = world.applications[0];
    portal.accept(&world, application).await;
    let mut seats = Vec::new();
    for reviewer in &world.reviewers[..2] {
        let seat = portal.seat(&world, application, *reviewer).await;
        portal.mark_all(application, seat, *reviewer, [3; 13]).await;
        seats.push(portal.seat_now(application, seat).await);
    }
    let hand_in = async |seat: &Seat, who: AccountId| {
        let mut tx = portal.write().await;
        let stamp = portal.stamp(Some(who));
        tx.submit_review(&stamp, seat, Outcome::Accredited, "Well done.", "").await.expect("handed in");
        tx.commit().await.expect("commit");
    };
    tokio::join!(hand_in(&seats[0], world.reviewers[0]), hand_in(&seats[1], world.reviewers[1]));
    portal.kept_counts_hold("two at once").await;
    let words =
        portal.texts("SELECT word FROM board_part WHERE part = 'application' AND word LIKE 'under-review%'").await;
    assert_eq!(words, ["under-review 2 2"]);
}

on_engines!(
    what_is_kept_holds_after_every_chapter,
    what_a_viewer_must_not_see_is_taken_out_again,
    what_the_migration_fills_is_what_is_kept,
    two_who_change_one_application_at_once_are_both_counted,
);
