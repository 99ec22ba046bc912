//! The choice of a second person: to confirm what another one proposes, or to send it back with the reason.

use crate::{components::area::Area, domain::two_people::Same};
use leptos::prelude::*;

/// What the second person reads and presses.
pub struct Second {
    /// The address; `/confirm` and `/back` are below it.
    pub base: String,
    /// The version that they read.
    pub version: i64,
    /// What stands on the button that confirms.
    pub button: String,
    /// Why the reader cannot be the second one.
    pub same: Option<Same>,
    /// What they typed as a reason, and what is wrong with it.
    pub why: (String, Option<String>),
    /// Beside the heading.
    pub badge: Option<AnyView>,
    /// What is proposed.
    pub proposed: AnyView,
}

impl Second {
    /// The section.
    pub fn view(self) -> impl IntoView {
        let version = self.version.to_string();
        let confirm = match self.same {
            Some(same) => {
                view! { <p id="confirm">{format!("Another person has to confirm this: {}.", same.reason())}</p> }
                    .into_any()
            }
            None => view! {
                <form method="post" action=format!("{}/confirm", self.base) class="row" id="confirm">
                    <input type="hidden" name="version" value=version.clone()/>
                    <button class="button" type="submit">{self.button}</button>
                </form>
            }
            .into_any(),
        };
        let (value, error) = self.why;
        let why = Area { name: "why", label: "What has to change", value, error, rows: 3, ..Area::default() };
        let heading = view! { <h2 id="second">"Confirm or send back"</h2> };
        let heading = match self.badge {
            Some(badge) => view! { <div class="panel-head">{heading}{badge}</div> }.into_any(),
            None => heading.into_any(),
        };
        view! {
            <section class="panel" aria-labelledby="second">
                {heading}
                {self.proposed}
                {confirm}
                <form class="form" method="post" action=format!("{}/back", self.base) novalidate>
                    <input type="hidden" name="version" value=version/>
                    {why.view()}
                    <p><button class="button quiet" type="submit">"Send it back"</button></p>
                </form>
            </section>
        }
    }
}
