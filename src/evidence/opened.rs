//! The process that opens documents, from within: it limits itself, reads one document, answers, and ends.
//!
//! `designated-centres open-document clean pdf 48758` or `… draw 3 1200 48758`; the document on standard input. The answer
//! is a line of JSON, `{"report":…}` or `{"fault":"…"}`, and after a report the bytes that were made.
//! [`super::opening`] is the other side.

mod confine;

use super::{clean, draw};
use crate::domain::{
    evidence::FileType,
    report::{Fault, Report},
};
use clap::{Subcommand, ValueEnum};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{Read, Write},
    net::UdpSocket,
    process::{Command, ExitCode},
    thread,
};

/// The name of the command.
pub const COMMAND: &str = "open-document";

/// The process ends with this where it could not limit itself. It has read nothing then.
pub const UNCONFINED: u8 = 78;

/// How deep documents may nest things into each other is bounded by this, in bytes.
const STACK: usize = 64 * 1024 * 1024;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum Job {
    /// Clean a document
    Clean {
        /// Its type: the extension of its name
        #[arg(value_parser = file_type)]
        file_type: FileType,
        /// How many bytes it has
        size: u64,
    },
    /// Draw a page of a PDF that is clean
    Draw {
        /// The page, counted from one
        page: u32,
        /// How many pixels wide
        width: u16,
        /// How many bytes the PDF has
        size: u64,
    },
    /// Do what a document must not bring this process to do, and tell whether it was possible
    Try {
        /// What
        what: Deed,
    },
}

/// What the process must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deed {
    /// Speak to a network
    Socket,
    /// Read a file
    Read,
    /// Write a file
    Write,
    /// Start a program
    Program,
    /// Start a thread
    Thread,
    /// Take memory without end
    Memory,
    /// Compute without end
    Time,
    /// End in a fault of its own program
    Panic,
}

/// What is answered, before the bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It was done.
    Report(Report),
    /// It was not done.
    Fault(Fault),
}

fn file_type(text: &str) -> Result<FileType, &'static str> {
    FileType::ALL.into_iter().find(|file_type| file_type.extension() == text).ok_or("not a type that is taken")
}

impl Job {
    /// As arguments of the command.
    pub fn arguments(&self) -> Vec<String> {
        match self {
            Self::Clean { file_type, size } => vec!["clean".into(), file_type.extension().into(), size.to_string()],
            Self::Draw { page, width, size } => {
                vec!["draw".into(), page.to_string(), width.to_string(), size.to_string()]
            }
            Self::Try { what } => {
                let name = what.to_possible_value().map(|value| value.get_name().to_owned());
                vec!["try".into(), name.unwrap_or_default()]
            }
        }
    }

    /// How many bytes are expected. Only to make room: what comes is taken.
    const fn size(&self) -> u64 {
        match self {
            Self::Clean { size, .. } | Self::Draw { size, .. } => *size,
            Self::Try { .. } => 0,
        }
    }
}

/// Does what is asked for. What comes with the report are the bytes that were made.
pub fn perform(job: &Job, bytes: Vec<u8>) -> Result<(Report, Vec<u8>), Fault> {
    match job {
        Job::Clean { file_type, .. } => clean::clean(*file_type, &bytes).map(|cleaned| (cleaned.report, cleaned.bytes)),
        Job::Draw { page, width, .. } => draw::page(bytes, *page, *width).map(|png| (Report::default(), png)),
        Job::Try { what } => attempt(*what).map(|()| (Report::default(), vec![])),
    }
}

/// Runs the command. Nothing of the portal is running in this process.
pub fn run(job: Job) -> ExitCode {
    // What it must not do is soon told.
    let seconds = if matches!(job, Job::Try { what: Deed::Time }) { 1 } else { confine::SECONDS };
    if !confine::limits(seconds) {
        return ExitCode::from(UNCONFINED);
    }
    let worker = thread::Builder::new().stack_size(STACK).spawn(move || {
        if !confine::calls() {
            return ExitCode::from(UNCONFINED);
        }
        if serve(&job).is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    });
    worker.map_or(ExitCode::from(UNCONFINED), |worker| worker.join().unwrap_or(ExitCode::FAILURE))
}

fn serve(job: &Job) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let room = usize::try_from(job.size()).is_ok_and(|size| bytes.try_reserve_exact(size).is_ok());
    let done = if room {
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        perform(job, bytes)
    } else {
        Err(Fault::Memory)
    };
    let (answer, made) = match done {
        Ok((report, made)) => (Answer::Report(report), made),
        Err(fault) => (Answer::Fault(fault), vec![]),
    };
    let mut out = std::io::stdout().lock();
    serde_json::to_writer(&mut out, &answer)?;
    out.write_all(b"\n")?;
    out.write_all(&made)?;
    out.flush()
}

/// Does what must not be possible. It was not, when this ends in a fault; the last three must not end at all.
fn attempt(what: Deed) -> Result<(), Fault> {
    let done = match what {
        Deed::Socket => UdpSocket::bind("127.0.0.1:0").is_ok(),
        Deed::Read => fs::read("/etc/passwd").is_ok() || fs::read_dir("/").is_ok(),
        Deed::Write => fs::write("/tmp/designated-centres-must-not-exist", "x").is_ok(),
        Deed::Program => Command::new("/bin/true").spawn().is_ok(),
        Deed::Thread => thread::Builder::new().spawn(|| {}).is_ok(),
        Deed::Memory => {
            let mut taken: Vec<Vec<u8>> = Vec::new();
            loop {
                taken.push(vec![1; 16 * 1024 * 1024]);
            }
        }
        Deed::Time => loop {
            std::hint::spin_loop();
        },
        Deed::Panic => panic!("asked to"),
    };
    if done { Ok(()) } else { Err(Fault::Crashed) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        job: Job,
    }

    #[test]
    fn a_job_is_read_as_it_was_written() {
        let clean = FileType::ALL.map(|file_type| Job::Clean { file_type, size: 12 });
        let tries = Deed::value_variants().iter().map(|what| Job::Try { what: *what });
        for job in clean.into_iter().chain(tries).chain([Job::Draw { page: 3, width: 1200, size: 5 }]) {
            let line = Line::try_parse_from([COMMAND.to_owned()].into_iter().chain(job.arguments())).expect("a job");
            assert_eq!(line.job, job);
        }
    }

    #[test]
    fn an_answer_is_one_line() {
        let fault = serde_json::to_string(&Answer::Fault(Fault::Damaged)).expect("JSON");
        assert_eq!(fault, r#"{"fault":"damaged"}"#);
        let report = serde_json::to_string(&Answer::Report(Report::default())).expect("JSON");
        assert_eq!(report, r#"{"report":{"removed":[],"passages":[],"pages":null}}"#);
    }
}
