//! The landing page: what the programme asks, and how a centre becomes designated.

use crate::{
    catalogue::slug,
    components::layout,
    domain::criteria::Group,
    server::{desk::Desk, problem::Problem, render::Page},
};
use axum::response::Response;
use leptos::prelude::*;

/// The landing page.
pub async fn show(desk: Desk) -> Result<Response, Problem> {
    let frame = super::frame(&desk, "").await?;
    let now = desk.now();
    let mut tx = desk.portal.store.read().await?;
    let open = tx.cycles().await?.into_iter().find(|c| c.open_at(now));
    drop(tx);
    let call = open.map(|c| (c.closes.long(), c.closes.machine(), c.closes.countdown(now).to_lowercase()));
    let portal = desk.portal.clone();
    let signed_in = frame.name.is_some();
    let page = Page::new("Integrated oncology and palliative care", frame, move || {
        let groups = Group::ALL.into_iter().map(|group| {
            let items = portal.catalogue.newest().criteria.iter().filter(|c| c.group == group).map(|criterion| {
                view! {
                    <li>
                        <span class="item-number">{criterion.number}</span>
                        <p><a href=format!("/criteria/{}", criterion.number)>{criterion.statement.clone()}</a></p>
                    </li>
                }
            });
            view! { <section><h3 id=slug(group.name())>{group.name()}</h3><ol role="list">{items.collect_view()}</ol></section> }
        });
        let call = match call {
            Some((long, machine, left)) => {
                view! { "The call closes on "<strong><time datetime=machine>{long}</time></strong>", "{left}"." }
                    .into_any()
            }
            None => view! { "No call is open at the moment." }.into_any(),
        };
        let start = if signed_in { ("Go to my application", "/home") } else { ("Sign in", "/sign-in") };
        view! {
            <main id="main">
                <div class="hero">
                    <div>
                        <h1>"Treat the tumour, and never let go of the person"</h1>
                        <p>"Cancer centres in which oncology and palliative care work as one service can become an ESMO Designated Centre of Integrated Oncology and Palliative Care. A centre scores itself against 13 criteria and shows its evidence; members of the Designated Centres Working Group read the case anonymously. A designation lasts three years and is awarded at the annual congress."</p>
                        <form class="search" role="search" method="get" action="/register" aria-label="Register">
                            <label for="q">"Find a designated centre, or enter a verification code"</label>
                            <input id="q" name="q" type="search" autocomplete="off"/>
                            <button class="button" type="submit">"Search"</button>
                        </form>
                        {layout::mark("hero-mark")}
                    </div>
                </div>
                <div class="page">
                    <section class="stack" id="criteria" aria-labelledby="criteria-title">
                        <h2 id="criteria-title">"The 13 criteria"</h2>
                        <p class="soft reading">"In our own words, with the official item numbers. Each opens a guide. Words are explained in the "<a href="/glossary">"glossary"</a>"."</p>
                        <div class="criteria">{groups.collect_view()}</div>
                    </section>
                    <section class="stack" id="how" aria-labelledby="how-title">
                        <h2 id="how-title">"How a centre becomes designated"</h2>
                        <ol class="steps" role="list">
                            <li class="panel"><div><h3 id="scores">"It scores itself"</h3><p>"A centre of any size nominates itself, sets a level for each criterion and shows the evidence. "{call}</p></div></li>
                            <li class="panel"><div><h3 id="review">"Colleagues review it"</h3><p>"Members of the working group read the case without names; the centre does not learn who they are."</p></div></li>
                            <li class="panel"><div><h3 id="three-years">"The designation lasts three years"</h3><p>"Then the centre applies again, starting from what it wrote before. Centres that agree stand in the "<a href="/register">"register"</a>", and every certificate can be "<a href="/verify">"checked"</a>"."</p></div></li>
                        </ol>
                        <p class="row"><a class="button" href=start.1>{start.0}</a>" "<a href="/programme">"The programme in one page"</a></p>
                    </section>
                </div>
            </main>
        }
    });
    Ok(desk.page(page).await)
}
