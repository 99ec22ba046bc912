//! The centre's pages.

pub mod appeal;
pub mod application;
pub mod certificate;
pub mod check;
pub mod criterion;
pub mod designation;
pub mod evidence;
pub mod history;
pub mod home;
pub mod plan;
pub mod receipt;
pub mod requests;
pub mod result;
pub mod team;

use crate::{
    domain::readiness::{Finding, Place},
    server::{applying::Applying, render::Frame},
};

/// The frame of a page of an application.
fn frame(applying: &Applying, current: &'static str) -> Frame {
    Frame {
        name: Some(applying.name().shown().to_owned()),
        application: Some(applying.path("")),
        current,
        ..Frame::default()
    }
}

/// "Renewal application 2027".
fn title(applying: &Applying) -> String {
    let application = applying.application();
    format!("{} application {}", application.kind.name(), application.cycle.name)
}

/// The address of the place where a finding can be mended; `base` is the application's.
fn place(base: &str, place: &Place) -> String {
    match place {
        Place::Field(criterion, field) => format!("{base}/criteria/{criterion}#{field}"),
        Place::Evidence(id) => format!("{base}/evidence/{id}"),
        Place::Signatory(capacity) => format!("{base}/check#{}", capacity.key()),
        Place::Declaration(declaration) => format!("{base}/check#{}", declaration.key()),
    }
}

/// A finding in one line, with the criterion it belongs to.
fn line(finding: &Finding) -> String {
    match finding.place.criterion() {
        Some(number) => format!("Criterion {number}: {}", finding.message),
        None => finding.message.clone(),
    }
}
