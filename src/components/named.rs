//! What might name somebody.

use crate::domain::naming::Hit;
use leptos::prelude::*;

/// What might name somebody, with the way to each place. A warning, and no wall: the working group looks again.
pub fn section(hits: Vec<(String, String, Hit)>) -> Option<AnyView> {
    if hits.is_empty() {
        return None;
    }
    let items = hits.into_iter().map(|(href, place, hit)| {
        let text = format!("{place}: {}", hit.kind.name());
        view! { <li><a href=href>{text}</a><br/><span class="soft small">{format!("“… {} …”", hit.snippet)}</span></li> }
    });
    Some(
        view! {
            <section class="notice attention" aria-labelledby="named">
                <h2 id="named">"This might tell who somebody is"</h2>
                <p>"Nothing is blocked. Look at each place, and write it without the name if you can."</p>
                <ul>{items.collect_view()}</ul>
            </section>
        }
        .into_any(),
    )
}
