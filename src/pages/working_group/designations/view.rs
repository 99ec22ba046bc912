//! How the ledger looks.

use super::{Data, HERE, MOST};
use crate::{
    components::{
        field::{Text, select},
        standing,
    },
    domain::{
        calendar::{day_in, day_long},
        designation::Wanted,
        moment::Moment,
    },
    store::designation::ledger::{Line, Order},
};
use leptos::prelude::*;

pub(super) fn page(data: Data) -> impl IntoView {
    let Data { asked, lines, next, countries, counts, now } = data;
    let (first, last) = standing::years(now);
    let years = format!("{first} to {last}");
    let empty = lines.is_empty();
    let filtered =
        !asked.q.is_empty() || !asked.country.is_empty() || asked.wanted() != Wanted::Any || !asked.after.is_empty();
    let rows = lines.iter().map(|line| row(line, &years, now)).collect_view();
    let table = if empty {
        let text = if filtered {
            "No designation fits. Type fewer letters, or choose any status."
        } else {
            "There is none yet. Designations are made when decisions are released."
        };
        view! { <p class="soft">{text}</p> }.into_any()
    } else {
        view! {
            <div class="table-box"><div class="scrolls" tabindex="0" role="region" aria-labelledby="ledger">
                <table class="stacks ledger">
                    <thead><tr>
                        <th scope="col">"Centre"</th><th scope="col">"Since"</th><th scope="col">"Current term"</th>
                        <th scope="col">{years.clone()}</th><th scope="col">"Status"</th><th scope="col">"Register"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div></div>
        }
        .into_any()
    };
    let way = next.map(|next| view! { <a href=asked.address("", Some(&next)) rel="next">"Next page"</a> });
    let (csv, xlsx) = (asked.address(".csv", None), asked.address(".xlsx", None));
    let begin = (!asked.after.is_empty()).then(|| view! { <a href=asked.address("", None)>"First page"</a>" " });
    let field = Text {
        name: "q",
        label: "Centre or town",
        hint: "",
        value: asked.q.clone(),
        kind: "search",
        ..Text::default()
    };
    let statuses = Wanted::ALL.map(|w| (w.key().to_owned(), w.name().to_owned())).to_vec();
    let places = std::iter::once((String::new(), "Any country".to_owned()))
        .chain(countries.into_iter().map(|c| (c.clone(), c)))
        .collect();
    let orders = vec![(String::new(), "What ends first".to_owned()), ("name".to_owned(), "Name".to_owned())];
    let order = if asked.order() == Order::Name { "name" } else { "" };
    view! {
        <main class="page" id="main">
            <div class="page-head"><div>
                <h1>"Designations"</h1>
                <p class="facts"><span>{day_long(now, "Europe/Zurich")}</span></p>
            </div></div>
            {soon(&counts)}
            <section class="panel" aria-labelledby="ledger">
                <h2 id="ledger" class="visually-hidden">"Ledger"</h2>
                <form class="filters" method="get" action=HERE role="search" aria-label="Designations">
                    {field.view()}
                    {select("status".into(), "status", "Status", statuses, asked.wanted().key())}
                    {select("country".into(), "country", "Country", places, &asked.country)}
                    {select("sort".into(), "sort", "Order", orders, order)}
                    <button class="button quiet" type="submit">"Show"</button>
                </form>
                {table}
                <nav class="row" aria-label="Pages of the ledger">
                    {(!empty).then(|| view! { <span class="soft">"The upright line in each bar is today."</span>" " })}
                    {begin}{way}
                    {(!empty).then(|| view! { " "<a href=csv>"Take the list along as CSV"</a>" "<a href=xlsx>"as a workbook"</a> })}
                </nav>
            </section>
        </main>
    }
}

/// What ends within a year and has no application.
fn soon(counts: &[(Wanted, i64)]) -> impl IntoView + use<> {
    let items = counts.iter().map(|(wanted, count)| {
        let href = format!("{HERE}?status={}", wanted.key());
        let number = if MOST < *count { format!("more than {MOST}") } else { count.to_string() };
        view! { <div><dt><a href=href>{wanted.name()}</a></dt><dd>{number}</dd></div> }
    });
    view! {
        <section class="stack" aria-labelledby="soon">
            <h2 id="soon">"Without an application under way"</h2>
            <dl class="counts panel">{items.collect_view()}</dl>
        </section>
    }
}

fn row(line: &Line, years: &str, now: Moment) -> impl IntoView + use<> {
    let status = line.status(now);
    let href = format!("{HERE}/{}", line.designation);
    let since = day_in(line.since, &line.zone).year();
    let (first, last) = (line.term.first_day(&line.zone), line.term.last_day(&line.zone));
    let register = if line.published { "Published" } else { "Not published" };
    let proposed = line.proposed && !line.facts.withdrawn;
    view! {
        <tr>
            <th scope="row"><a href=href>{line.identity.name().to_owned()}</a><br/><span class="soft">{format!("{}, {}", line.identity.city(), line.identity.country())}</span></th>
            <td data-label="Since">{since}</td>
            <td data-label="Current term"><span>{first}<br/><span class="soft">{format!("to {last}")}</span></span></td>
            <td data-label=years.to_owned()>{standing::bar(line.term, status, now)}</td>
            <td data-label="Status"><span>{standing::badge(status)}{proposed.then(|| view! { <br/><span class="soft">"Withdrawal proposed"</span> })}</span></td>
            <td data-label="Register">{register}</td>
        </tr>
    }
}
