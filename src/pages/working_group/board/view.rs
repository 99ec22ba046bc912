//! The board, drawn.

use crate::{
    components::badge::{self, Tone},
    domain::{
        calendar::{Deadline, day_long},
        moment::Moment,
        stage::StageName,
    },
    pages::working_group::applications::stage_name,
    store::{
        board::{Board, Load},
        cycle::Plan,
    },
};
use leptos::prelude::*;

/// What the page shows.
#[derive(Clone, Debug)]
pub struct Data {
    pub plan: Plan,
    pub board: Board,
    pub late: Vec<StageName>,
    pub now: Moment,
    pub coordinates: bool,
    pub chairs: bool,
}

impl Data {
    fn base(&self) -> String {
        format!("/working-group/cycles/{}", self.plan.cycle.id)
    }

    fn is_late(&self, stage: StageName) -> bool {
        self.late.contains(&stage)
    }

    /// The next date of the cycle, and what it is; none when all are past.
    fn next(&self) -> Option<(&'static str, &Deadline)> {
        let plan = &self.plan;
        let dates = [
            ("Submissions close", &plan.cycle.closes),
            ("Reviews are due", &plan.reviews_due),
            ("Decisions are due", &plan.decision),
            ("Designations are awarded", &plan.award),
        ];
        dates.into_iter().find(|(_, at)| !at.passed(self.now))
    }
}

fn counted(number: i64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}

/// The page.
pub fn page(data: &Data) -> AnyView {
    let base = data.base();
    let zone = &data.plan.cycle.closes.zone;
    let today = day_long(data.now, zone);
    let alive = counted(data.board.alive(), "application", "applications");
    let deadline = data.next().map(|(what, at)| {
        let (left, machine, long) = (at.countdown(data.now), at.machine(), at.long());
        view! { <p class="deadline"><strong>{left}</strong><span>{what}" "<time datetime=machine>{long}</time></span></p> }
    });
    let name = data.plan.cycle.name.clone();
    view! {
        <main class="page" id="main">
            <div class="page-head">
                <div>
                    <h1>{format!("Cycle {name}")}</h1>
                    <p class="facts">
                        <span>{today}</span>
                        <a href=format!("{base}/applications")>{alive}</a>
                        <a href=format!("{base}/assignment")>"Assignment"</a>
                        <a href=format!("{base}/agreement")>"Agreement"</a>
                        <a href=format!("{base}/statistics")>"Statistics"</a>
                        <a href=format!("{base}/releases")>"Releases"</a>
                        <a href=format!("{base}/settings")>"Dates and rules"</a>
                        <a href=format!("{base}/dates.ics")>"Dates as a calendar"</a>
                        <a href="/working-group/cycles">"All cycles"</a>
                    </p>
                </div>
                {deadline}
            </div>
            <div class="board">
                {funnel(data)}
                {owed(data)}
                {loads(data)}
                {days(data)}
            </div>
        </main>
    }
    .into_any()
}

#[expect(clippy::cast_precision_loss, reason = "a bar of 300 units")]
fn funnel(data: &Data) -> impl IntoView + use<> {
    let board = &data.board;
    let most = StageName::ALL.into_iter().map(|s| board.at(s)).max().unwrap_or(0).max(1);
    let base = data.base();
    let rows = StageName::ALL.into_iter().filter(|s| *s != StageName::Withdrawn).map(|stage| {
        let count = board.at(stage);
        let note = match stage {
            StageName::Draft if 0 < board.returned => counted(board.returned, "returned by screening", "returned by screening"),
            StageName::Submitted if 0 < count => "Waiting for screening".to_owned(),
            StageName::UnderReview if 0 < board.short => counted(board.short, "with an incomplete panel", "with an incomplete panel"),
            StageName::Deliberation if 0 < board.to_confirm => counted(board.to_confirm, "decision to confirm", "decisions to confirm"),
            StageName::Decided if 0 < count => "Waiting for the release".to_owned(),
            _ => String::new(),
        };
        let href = format!("{base}/applications?stage={}", stage.key());
        let width = format!("{:.1}", count as f64 / most as f64 * 300.0);
        let bar = (0 < count).then(|| view! {
            <svg viewBox="0 0 300 16" preserveAspectRatio="none" aria-hidden="true"><rect class="bar" y="2" width=width height="12" rx="2"></rect></svg>
        });
        view! {
            <tr>
                <th scope="row"><a href=href>{stage_name(stage)}</a>{(!note.is_empty()).then(|| view! { <span class="soft">{note}</span> })}</th>
                <td class="number">{count}</td>
                <td class="bar-cell">{bar}</td>
            </tr>
        }
    });
    let withdrawn = board.at(StageName::Withdrawn);
    let said = if withdrawn == 0 { String::new() } else { format!("{withdrawn} withdrawn. ") };
    view! {
        <section class="panel" aria-labelledby="funnel">
            <h2 id="funnel">"Where applications are"</h2>
            <div class="table-box">
                <table class="funnel">
                    <caption class="visually-hidden">"Applications by stage"</caption>
                    <thead><tr><th scope="col">"Stage"</th><th scope="col" class="number">"Number"</th><td></td></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
            <p class="soft small">{format!("{said}Applications you have a conflict with are left out of every list and count.")}</p>
        </section>
    }
}

/// One line of who owes what.
struct Owed {
    what: String,
    more: String,
    href: String,
    way: &'static str,
    late: bool,
}

fn lines(data: &Data) -> Vec<Owed> {
    let (board, base) = (&data.board, data.base());
    let at = |stage: StageName| format!("{base}/applications?stage={}", stage.key());
    let you = |theirs: bool, otherwise: &str| if theirs { "You owe".to_owned() } else { format!("{otherwise} owes") };
    let secretariat = you(data.coordinates, "The secretariat");
    let chair = you(data.chairs, "The chair");
    let mut lines = Vec::new();
    let mut owe = |count: i64, what: String, more: String, href: String, way: &'static str, late: bool| {
        if 0 < count {
            lines.push(Owed { what, more, href, way, late });
        }
    };
    let owed: i64 = board.loads.iter().map(|l| l.owed).sum();
    let who: Vec<String> =
        board.loads.iter().filter(|l| 0 < l.owed).map(|l| format!("{} {}", l.name.shown(), l.owed)).collect();
    owe(
        owed,
        format!("Reviewers owe {}", counted(owed, "review", "reviews")),
        who.join(", "),
        at(StageName::UnderReview),
        "Show",
        data.is_late(StageName::UnderReview),
    );
    let asked: i64 = board.loads.iter().map(|l| l.asked).sum();
    owe(
        asked,
        format!("Reviewers owe {}", counted(asked, "answer whether they review", "answers whether they review")),
        String::new(),
        format!("{base}/assignment"),
        "Assignment",
        false,
    );
    owe(
        board.with_centres,
        format!("Centres owe {}", counted(board.with_centres, "answer to a question", "answers to questions")),
        if board.late == 0 { "None late".to_owned() } else { format!("{} late", board.late) },
        at(StageName::UnderReview),
        "Show",
        0 < board.late,
    );
    let screen = board.at(StageName::Submitted);
    let waited = board.oldest.map(|oldest| {
        let days = Deadline { at: data.now, zone: data.plan.cycle.closes.zone.clone() }.days_left(oldest);
        match days {
            0 => "The oldest came today".to_owned(),
            1 => "The oldest has waited 1 day".to_owned(),
            n => format!("The oldest has waited {n} days"),
        }
    });
    owe(
        screen,
        format!("{secretariat} {}", counted(screen, "screening", "screenings")),
        waited.unwrap_or_default(),
        format!("{}&sort=oldest", at(StageName::Submitted)),
        "Screen",
        data.is_late(StageName::Submitted),
    );
    owe(
        board.to_relay,
        format!("{secretariat} {}", counted(board.to_relay, "question to be passed on", "questions to be passed on")),
        String::new(),
        at(StageName::UnderReview),
        "Show",
        false,
    );
    owe(
        board.short,
        format!("{secretariat} {}", counted(board.short, "complete panel", "complete panels")),
        format!("{} reviewers each", data.plan.rules.reviewers),
        format!("{base}/assignment"),
        "Assignment",
        false,
    );
    owe(
        board.all_in,
        format!("{secretariat} {}", counted(board.all_in, "deliberation to open", "deliberations to open")),
        "Every review is in".to_owned(),
        at(StageName::UnderReview),
        "Show",
        false,
    );
    owe(
        board.to_propose,
        format!("{chair} {}", counted(board.to_propose, "decision", "decisions")),
        String::new(),
        at(StageName::Deliberation),
        "Show",
        data.is_late(StageName::Deliberation),
    );
    owe(
        board.to_confirm,
        format!("A second person owes {}", counted(board.to_confirm, "confirmation", "confirmations")),
        "Whoever has proposed cannot confirm".to_owned(),
        at(StageName::Deliberation),
        "Show",
        data.is_late(StageName::Deliberation),
    );
    let decided = board.at(StageName::Decided);
    owe(
        decided,
        format!("{secretariat} {}", counted(decided, "release", "releases")),
        format!("Planned for {}", day_long(data.plan.award.at, &data.plan.award.zone)),
        format!("{base}/releases"),
        "Releases",
        data.is_late(StageName::Decided),
    );
    lines
}

fn owed(data: &Data) -> impl IntoView + use<> {
    let lines = lines(data);
    let late = lines.iter().filter(|l| l.late).count();
    let badge = if late == 0 {
        badge::badge(Tone::Good, "In time").into_any()
    } else {
        badge::badge(Tone::Problem, format!("{late} late")).into_any()
    };
    let empty = lines.is_empty();
    let rows = lines.into_iter().map(|line| {
        let late = line.late.then(|| badge::badge(Tone::Problem, "Late"));
        let about = format!(" {}", line.what);
        view! {
            <li>
                <span><strong>{line.what}</strong>{(!line.more.is_empty()).then(|| view! { <br/><span class="soft">{line.more}</span> })}</span>
                <span class="row">{late}<a class="button quiet small" href=line.href>{line.way}<span class="visually-hidden">{about}</span></a></span>
            </li>
        }
    });
    let rows = rows.collect_view();
    view! {
        <section class="panel" aria-labelledby="owed">
            <div class="panel-head"><h2 id="owed">"Who owes what"</h2>{badge}</div>
            {if empty {
                view! { <p class="soft">"Nobody owes anything now."</p> }.into_any()
            } else {
                view! { <ul class="owed" role="list">{rows}</ul> }.into_any()
            }}
        </section>
    }
}

fn loads(data: &Data) -> impl IntoView + use<> {
    let late = data.is_late(StageName::UnderReview);
    let base = data.base();
    let row = |load: &Load| {
        let overdue = if late { load.owed } else { 0 };
        let badge = (0 < overdue).then(|| badge::badge(Tone::Problem, format!("{overdue} late")));
        view! {
            <tr>
                <th scope="row">{load.name.shown().to_owned()}</th>
                <td class="number" data-label="Asked">{load.asked}</td>
                <td class="number" data-label="Accepted">{load.accepted}</td>
                <td class="number" data-label="Handed in">{load.submitted}</td>
                <td data-label="Owed"><span class="row">{load.owed}{badge}</span></td>
            </tr>
        }
    };
    let rows = data.board.loads.iter().map(row).collect_view();
    view! {
        <section class="panel whole" aria-labelledby="loads">
            <div class="panel-head"><h2 id="loads">"Reviewers"</h2><a href=format!("{base}/assignment")>"Assignment"</a></div>
            {if rows.is_empty() {
                view! { <p class="soft">"Nobody is asked yet."</p> }.into_any()
            } else {
                view! {
                    <div class="table-box"><table class="ledger stacks">
                        <caption class="visually-hidden">"Load of each reviewer"</caption>
                        <thead><tr><th scope="col">"Reviewer"</th><th scope="col" class="number">"Asked"</th><th scope="col" class="number">"Accepted"</th><th scope="col" class="number">"Handed in"</th><th scope="col">"Owed"</th></tr></thead>
                        <tbody>{rows}</tbody>
                    </table></div>
                }
                .into_any()
            }}
        </section>
    }
}

fn days(data: &Data) -> impl IntoView + use<> {
    let plan = &data.plan;
    let opens = Deadline { at: plan.cycle.opens, zone: plan.cycle.closes.zone.clone() };
    let dates = [
        ("Opens", &opens),
        ("Submission deadline", &plan.cycle.closes),
        ("Reviews due", &plan.reviews_due),
        ("Decision", &plan.decision),
        ("Award", &plan.award),
    ];
    let rows = dates.map(|(what, at)| {
        let left = if at.passed(data.now) { "Past".to_owned() } else { at.countdown(data.now) };
        let (machine, long) = (at.machine(), at.long());
        view! { <tr><th scope="row">{what}</th><td><time datetime=machine>{long}</time></td><td>{left}</td></tr> }
    });
    view! {
        <section class="panel whole" aria-labelledby="days">
            <h2 id="days">"Dates"</h2>
            <div class="scrolls" tabindex="0" role="region" aria-labelledby="days">
                <table><thead><tr><th scope="col">"What"</th><th scope="col">"When"</th><th scope="col">"Left"</th></tr></thead><tbody>{rows.collect_view()}</tbody></table>
            </div>
        </section>
    }
}
