//! The gate before a release: every text that goes to a centre is looked through for who wrote it.
//!
//! What goes to the centre are texts alone: the letter, what the panel agreed on, questions that were passed on, and the
//! answer to an appeal. No file of a reviewer or of the working group reaches a centre, and the names of files that it
//! downloads are made by the portal.

use crate::{
    domain::{
        id::{ApplicationId, CycleId},
        naming::{Hit, scan},
        snapshot::Digest,
    },
    store::{Result, Tx, gate::Clearance},
};

/// A place where a text tells who somebody is.
#[derive(Clone, Debug)]
pub struct Finding {
    /// Of place, words and what stands around them: what is cleared is cleared for this wording alone.
    pub hash: Digest,
    /// "Criterion 3, gap".
    pub place: String,
    /// Where it can be mended.
    pub href: String,
    /// What was found.
    pub hit: Hit,
    /// Who has cleared it, and why.
    pub cleared: Option<Clearance>,
}

/// A text that goes to the centre.
struct Outgoing {
    key: String,
    place: String,
    href: String,
    text: String,
}

/// Everything that was found in what goes to the centre of an application, cleared or not.
pub async fn findings(tx: &mut Tx, application: ApplicationId, cycle: CycleId) -> Result<Vec<Finding>> {
    let texts = outgoing(tx, application).await?;
    let known = tx.known_to_the_gate(application, cycle).await?;
    let cleared = tx.clearances(application).await?;
    let found = texts.iter().flat_map(|out| {
        scan(&out.text, &known).into_iter().map(|hit| {
            let hash = hash(&out.key, &hit);
            let cleared = cleared.iter().find(|c| c.hash == hash.as_str()).cloned();
            Finding { hash, place: out.place.clone(), href: out.href.clone(), hit, cleared }
        })
    });
    Ok(found.collect())
}

/// How many of them nobody has cleared.
pub fn open(findings: &[Finding]) -> usize {
    findings.iter().filter(|f| f.cleared.is_none()).count()
}

/// What is found in one text that is about to go to a centre, such as the answer to an appeal.
pub async fn found_in(
    tx: &mut Tx,
    (application, cycle): (ApplicationId, CycleId),
    key: &str,
    text: &str,
) -> Result<Vec<(Digest, Hit)>> {
    let known = tx.known_to_the_gate(application, cycle).await?;
    let cleared = tx.clearances(application).await?;
    let found = scan(text, &known).into_iter().map(|hit| (hash(key, &hit), hit));
    Ok(found.filter(|(hash, _)| !cleared.iter().any(|c| c.hash == hash.as_str())).collect())
}

fn hash(key: &str, hit: &Hit) -> Digest {
    Digest::of(format!("{key}\n{:?}\n{}\n{}", hit.kind, hit.found, hit.snippet).as_bytes())
}

async fn outgoing(tx: &mut Tx, application: ApplicationId) -> Result<Vec<Outgoing>> {
    let base = format!("/working-group/applications/{application}");
    let mut texts = Vec::new();
    if let Some(decision) = tx.decision(application).await? {
        let (key, place, href) = ("letter".to_owned(), "Letter".to_owned(), format!("{base}/decision#letter"));
        texts.push(Outgoing { key, place, href, text: decision.letter });
    }
    for agreed in tx.consensus_of(application).await? {
        let number = agreed.criterion;
        for (part, text) in agreed.wording().texts() {
            texts.push(Outgoing {
                key: format!("{part}.{number}"),
                place: format!("Criterion {number}, {}", part_name(part)),
                href: format!("{base}/feedback/{number}"),
                text: text.to_owned(),
            });
        }
    }
    for (number, text) in tx.relayed_texts(application).await? {
        let (key, place) = (format!("question.{number}"), format!("Question at criterion {number}"));
        texts.push(Outgoing { key, place, href: format!("{base}/requests"), text });
    }
    if let Some(answer) = tx.appeal(application).await?.and_then(|a| a.answer) {
        let (key, place, href) = ("answer".to_owned(), "Answer to the appeal".to_owned(), format!("{base}/appeal"));
        texts.push(Outgoing { key, place, href, text: answer });
    }
    Ok(texts)
}

/// A part of the feedback as people know it.
pub fn part_name(part: &str) -> &'static str {
    match part {
        "strengths" => "strengths",
        "gap" => "gap",
        _ => "what would satisfy",
    }
}
