//! The rules of the programme and of this portal: pure, without I/O.
//!
//! Nothing here knows a database, a request or a page. Clock and randomness are parameters, so that every rule can be
//! tested as a table. The module is also compiled for the browser.

pub mod access;
pub mod agreement;
pub mod answer;
pub mod appeal;
pub mod application;
// The solver of panels is no load for a browser.
#[cfg(feature = "ssr")]
pub mod assignment;
pub mod blind;
pub mod calendar;
pub mod call;
pub mod checking;
pub mod conflict;
pub mod consensus;
pub mod criteria;
pub mod cycle;
pub mod date;
pub mod dates;
pub mod decision;
pub mod designation;
pub mod evidence;
pub mod figure;
pub mod fold;
pub mod id;
pub mod indicator;
pub mod level;
pub mod mail;
pub mod moment;
pub mod naming;
pub mod narrative;
pub mod outcome;
pub mod owing;
pub mod patient;
pub mod pcoi;
pub mod plan;
pub mod progress;
pub mod readiness;
pub mod record;
pub mod region;
pub mod report;
pub mod request;
pub mod review;
pub mod reviewing;
pub mod screening;
pub mod sheet;
pub mod signatory;
pub mod snapshot;
pub mod stage;
pub mod statistics;
pub mod steps;
pub mod suppress;
pub mod text;
pub mod throttle;
pub mod two_people;
