//! Reads the whole record again and compares: every line with its hash and its place, the end with the head, the signed
//! heads with the chain, and each batch of reads with the line that accompanies it. Keeps nothing in memory but the line it
//! stands at, so that a record of any length can be read; others may go on writing meanwhile.

use super::signing::verifies;
use crate::{
    domain::record::{Fault, Link, Walk, signed_text},
    store::{Result, Store, Tx, record::SignedHead},
};
use std::collections::{BTreeMap, BTreeSet};

/// The most findings that are told one by one.
const MOST: usize = 100;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many lines were looked at.
    pub lines: u64,
    /// How many signed heads.
    pub heads: usize,
    /// The newest day that was signed.
    pub signed: Option<String>,
    /// What is wrong; at most 100 are told.
    pub faults: Vec<String>,
    /// How many there are in all.
    pub wrong: usize,
}

impl Report {
    fn add(&mut self, fault: String) {
        self.wrong += 1;
        if self.faults.len() < MOST {
            self.faults.push(fault);
        }
    }
}

/// Reads the record of a database. `own_key` is the public key of this portal, where it is known: without it, somebody who
/// has written the whole chain anew could have signed it with a key of their own.
pub async fn verify(store: &Store, own_key: Option<&str>) -> Result<Report> {
    let mut tx = store.read().await?;
    let mut report = Report::default();
    let signed = tx.signed_heads().await?;
    let mut by_place: BTreeMap<i64, Vec<&SignedHead>> = BTreeMap::new();
    for head in &signed {
        by_place.entry(head.seq).or_default().push(head);
    }
    let (mut keys, mut walk) = (BTreeSet::new(), Walk::begin(tx.head().await?));
    let mut after = (i64::MIN, String::new());
    loop {
        let links = tx.links_after(after.0, &after.1).await?;
        let Some(last) = links.last() else { break };
        after = (last.seq, last.line.id.clone());
        for link in &links {
            report.lines += 1;
            for fault in walk.step(link) {
                let text = told(&mut tx, &fault, report.wrong).await?;
                report.add(text);
            }
            if link.line.kind == "RecordKeyChosen" {
                keys.insert(link.line.detail.clone());
            }
            if link.line.kind == "ReadsRecorded"
                && let Some(wrong) = tx.broken_batch(&link.line).await?
            {
                report.add(format!("line {} ({}): {wrong}", link.seq, link.line.id));
            }
            for head in by_place.remove(&link.seq).unwrap_or_default() {
                against_chain(&mut report, head, link, &keys);
            }
        }
    }
    for fault in walk.end(&tx.head().await?) {
        report.add(fault.to_string());
    }
    for head in by_place.into_values().flatten() {
        report.add(format!("the signed head of {} names line {}, which is not there", head.day, head.seq));
    }
    for id in tx.outside_the_chain().await? {
        report.add(format!("line {id} stands outside the chain: it was put in"));
    }
    for id in tx.stray_readings().await? {
        report.add(format!("read {id} belongs to no line of the record: it was put in"));
    }
    if let (Some(own), Some(newest)) = (own_key, signed.last())
        && newest.public_key != own
    {
        report.add(format!("the signed head of {} was signed with another key than this portal's", newest.day));
    }
    report.heads = signed.len();
    report.signed = signed.last().map(|head| head.day.clone());
    Ok(report)
}

/// A fault in words; for the first few lines that stand in the wrong place, with the place they come from.
async fn told(tx: &mut Tx, fault: &Fault, before: usize) -> Result<String> {
    let Fault::Moved { after, .. } = fault else { return Ok(fault.to_string()) };
    // Looking for a hash reads the whole table.
    let place = if before < 10 { tx.place_of(after).await? } else { None };
    Ok(match place {
        Some((seq, id)) => format!("{fault}; it was written after the line that now stands at {seq} ({id})"),
        None => fault.to_string(),
    })
}

fn against_chain(report: &mut Report, head: &SignedHead, link: &Link, keys: &BTreeSet<String>) {
    let day = &head.day;
    if head.hash != link.hash {
        report.add(format!(
            "the signed head of {day} is another than line {} has: the record was written anew",
            link.seq
        ));
    }
    if !verifies(&head.public_key, &signed_text(day, &head.hash), &head.signature) {
        report.add(format!("the signature of the head of {day} is wrong"));
    }
    if !keys.contains(&head.public_key) {
        report.add(format!("the head of {day} was signed with a key that the record does not name"));
    }
}
