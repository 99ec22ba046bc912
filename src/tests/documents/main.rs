//! Documents and the real process that opens them: files that were made to do harm, files that are broken, and what the
//! process may not do. Whatever happens to it, the portal that asked gets an answer.

mod hostile;

use bytes::Bytes;
use designated_centres::{
    domain::{
        evidence::FileType,
        report::{Fault, Report},
    },
    evidence::{
        blobs::{self, Blobs},
        opened::{Deed, Job},
        opening::{Document, Opener, Trouble},
    },
    server::seal::Seal,
};
use futures_util::StreamExt;
use std::{fs, path::PathBuf, time::Duration};

/// The real process.
fn opener() -> Opener {
    Opener::by_process(PathBuf::from(env!("CARGO_BIN_EXE_designated-centres")))
}

/// A store in a folder that goes with it.
fn store() -> (tempfile::TempDir, Blobs) {
    let folder = tempfile::tempdir().expect("a folder");
    let seal = Seal::read(None, folder.path()).expect("a key");
    let blobs = Blobs::in_folder(&folder.path().join("blobs"), seal).expect("a store");
    (folder, blobs)
}

/// Bytes as they come from the store: in parts.
fn parts(bytes: &[u8]) -> Document {
    let parts: Vec<_> = bytes.chunks(100_000).map(|part| Ok(Bytes::copy_from_slice(part))).collect();
    (bytes.len() as u64, futures_util::stream::iter(parts).boxed())
}

/// Has a document cleaned; what was made is thrown away.
async fn clean(opener: &Opener, file_type: FileType, bytes: &[u8]) -> Result<Result<Report, Fault>, Trouble> {
    let (_folder, blobs) = store();
    let mut out = blobs.begin("test", "one").expect("begun");
    let answer = opener.clean(file_type, parts(bytes), &mut out).await;
    out.abort().await;
    answer
}

async fn attempt(what: Deed) -> Result<Report, Fault> {
    opener().attempt(&Job::Try { what }).await.expect("started")
}

#[tokio::test]
async fn it_reaches_neither_network_nor_files_nor_programs() {
    for what in [Deed::Socket, Deed::Read, Deed::Write, Deed::Program, Deed::Thread] {
        assert_eq!(attempt(what).await, Err(Fault::Crashed), "{what:?} was possible");
    }
}

#[tokio::test]
async fn memory_and_time_end_it() {
    for (what, fault) in [(Deed::Memory, Fault::Memory), (Deed::Time, Fault::Slow), (Deed::Panic, Fault::Crashed)] {
        assert_eq!(attempt(what).await, Err(fault), "{what:?}");
    }
}

#[tokio::test]
async fn a_document_that_never_comes_ends_in_time_and_leaves_nothing() {
    let opener = opener().within(Duration::from_millis(700));
    let (_folder, blobs) = store();
    let mut out = blobs.begin("test", "one").expect("begun");
    let never = (5, futures_util::stream::pending().boxed());
    assert_eq!(opener.clean(FileType::Pdf, never, &mut out).await.expect("started"), Err(Fault::Slow));
    out.abort().await;
    assert_eq!(left_behind(), [0; 0], "something is left");
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_no_fault_of_the_document() {
    let (_folder, blobs) = store();
    let mut out = blobs.begin("test", "one").expect("begun");
    let broken = [Ok(Bytes::from_static(b"%PDF-")), Err(blobs::Error::Missing)];
    let broken = (9, futures_util::stream::iter(broken).boxed());
    let trouble = opener().clean(FileType::Pdf, broken, &mut out).await.expect_err("no bytes");
    out.abort().await;
    assert!(matches!(trouble, Trouble::Store(blobs::Error::Missing)), "{trouble}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_trouble_and_one_that_is_not_ours_an_end() {
    let missing = Opener::by_process("/nonexistent/program".into());
    assert!(matches!(clean(&missing, FileType::Txt, b"text").await, Err(Trouble::Process(_))));
    for other in ["/bin/true", "/bin/false", "/bin/echo"] {
        let other = Opener::by_process(other.into());
        let long = vec![b'a'; 3_000_000];
        assert_eq!(clean(&other, FileType::Txt, &long).await.expect("started"), Err(Fault::Crashed));
    }
}

/// Processes that this test has started, that have ended, and that nobody has asked for.
fn left_behind() -> Vec<u32> {
    let own = format!(" Z {} ", std::process::id());
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("processes").flatten() {
        let Ok(number) = entry.file_name().to_string_lossy().parse::<u32>() else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        if stat.rsplit_once(')').is_some_and(|(_, after)| after.starts_with(&own)) {
            found.push(number);
        }
    }
    found
}
