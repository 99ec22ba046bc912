//! A copy of everything that is one person's, as one archive.

use super::{archive::Archive, desk::Desk, problem::Problem};
use crate::store::{
    account::Account,
    happened::{Happened, Mine},
    person::Belongings,
};
use axum::response::Response;
use serde_json::{Value, json};

/// The most of what somebody opened that is handed over; it is erased after its time anyhow.
const OPENED: usize = 100_000;

/// The archive of somebody, ready to be sent; that it was made is in the record.
pub async fn archive(desk: &Desk, account: &Account) -> Result<Response, Problem> {
    let (text, belongings) = data(desk, account).await?;
    let archive = Archive::begin(&desk.portal).await?;
    archive.text("data.json", text).await;
    for added in &belongings.evidence {
        let (Some(file), Some(name)) = (added.bytes, &added.file) else { continue };
        let (_, bytes) = desk.portal.bytes_of(file).await?;
        archive.file(name, bytes).await?;
    }
    let response = archive.send("my-data").await?;
    let mut tx = desk.portal.store.write().await?;
    let files = belongings.evidence.iter().filter(|e| e.file.is_some()).count();
    tx.record_export(&desk.stamp(Some(account.id)), account.id, files).await?;
    tx.commit().await?;
    Ok(response)
}

/// Everything but the files, as JSON; and what it was made from.
async fn data(desk: &Desk, account: &Account) -> Result<(String, Belongings), Problem> {
    let mut tx = desk.portal.store.read().await?;
    let belongings = tx.belongings(account.id, account.email.shown()).await?;
    let opened = tx.what_i_opened(account.id, OPENED).await?;
    let (mut happened, mut before) = (Vec::new(), None);
    loop {
        let (lines, more) = tx.what_happened_to_me(account.id, before).await?;
        before = lines.last().and_then(|line| crate::domain::id::EventId::parse(&line.happened.id));
        happened.extend(lines);
        if !more || before.is_none() {
            break;
        }
    }
    drop(tx);
    let all = json!({
        "made": desk.now().rfc3339(),
        "about": "Everything that is yours. Times are in UTC. Other people are not named; what you wrote for a centre that you have left is that centre's.",
        "account": {
            "reference": account.id,
            "name": account.name.shown(),
            "email": account.email.shown(),
            "roles": account.roles(),
        },
        "yours": belongings,
        "happened": happened.iter().map(mine).collect::<Vec<_>>(),
        "opened": opened.iter().map(line).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&all).map_err(anyhow::Error::from)?;
    Ok((text, belongings))
}

fn line(happened: &Happened) -> Value {
    json!({ "at": happened.at.rfc3339(), "what": happened.kind, "on": happened.subject, "detail": happened.detail })
}

fn mine(mine: &Mine) -> Value {
    let mut line = line(&mine.happened);
    line["by"] = mine.by.into();
    line
}
