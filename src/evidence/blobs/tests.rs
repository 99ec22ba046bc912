//! What every blob store keeps to.

use super::{
    Blobs, Error, Stored,
    sealed::{CHUNK, TAG, chunks, sealed_size},
};
use crate::{
    domain::{id::CentreId, snapshot::Digest},
    server::seal::Seal,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt};
use std::{fs, ops::Range, path::Path};
use tempfile::TempDir;

fn seal(key: &str) -> Seal {
    Seal::read(Some(&key.repeat(32).into()), Path::new("/nowhere")).expect("a key")
}

fn in_folder() -> (TempDir, Blobs) {
    let folder = tempfile::tempdir().expect("a folder");
    let blobs = Blobs::in_folder(folder.path(), seal("ab")).expect("a store");
    (folder, blobs)
}

/// Bytes that are nowhere alike.
fn bytes(size: usize) -> Vec<u8> {
    (0..size).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 9 & 255).unwrap_or(0)).collect()
}

/// What comes out: how many bytes before an error, if any; what came must be what went in.
async fn read(blobs: &Blobs, stored: &Stored, range: Range<u64>, plain: &[u8]) -> Result<usize, Error> {
    let mut parts = blobs.range(stored, range.clone()).await?;
    let mut at = usize::try_from(range.start).expect("small");
    let begun = at;
    while let Some(part) = parts.next().await {
        match part {
            Ok(part) => {
                assert!(part == plain[at..at + part.len()], "other bytes came out");
                at += part.len();
            }
            Err(error) => {
                assert!(parts.next().await.is_none(), "nothing comes after an error");
                return Err(error);
            }
        }
    }
    Ok(at - begun)
}

async fn put_in_parts(blobs: &Blobs, unique: &str, plain: &[u8], part: usize) -> Stored {
    let mut incoming = blobs.begin("7", unique).expect("begin");
    for part in plain.chunks(part) {
        incoming.take(Bytes::copy_from_slice(part)).await.expect("take");
    }
    assert_eq!(incoming.size(), plain.len() as u64);
    incoming.keep().await.expect("keep")
}

/// Of all sizes around the ends of chunks and parts, whole and in ranges.
async fn bytes_come_back_as_they_went_in(blobs: &Blobs) {
    let part = blobs.0.part / (CHUNK + TAG) * CHUNK;
    let plain = bytes(2 * part + 1);
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, part - 1, part, part + 1, 2 * part, 2 * part + 1] {
        let plain = &plain[..size];
        for (kind, step) in [("small", 40_007), ("large", part + 3)] {
            let stored = put_in_parts(blobs, &format!("{kind}-{size}"), plain, step).await;
            assert_eq!((stored.size, &stored.sha256), (size as u64, &Digest::of(plain)), "{size}");
            assert_eq!(read(blobs, &stored, 0..u64::MAX, plain).await.expect("bytes"), size);
            assert!(blobs.verify(&stored).await.expect("verify"), "{size}");
            for range in [0..1, 5..70_000, 65_536..65_537, 65_535..65_537, 131_072..131_072, 524_287..600_000] {
                let there = range.end.min(size as u64).saturating_sub(range.start);
                if range.start <= size as u64 {
                    let came = read(blobs, &stored, range.clone(), plain).await.expect("a range");
                    assert_eq!(came as u64, there, "{range:?} of {size}");
                }
            }
            blobs.delete(&stored.place).await.expect("delete");
            assert!(matches!(blobs.get(&stored).await.err(), Some(Error::Missing)));
            blobs.delete(&stored.place).await.expect("deleting twice");
        }
    }
}

async fn what_is_given_up_leaves_nothing(blobs: &Blobs) {
    let plain = bytes(blobs.0.part * 3);
    for (unique, aborted) in [("aborted", true), ("dropped", false)] {
        let mut incoming = blobs.begin("9", unique).expect("begin");
        incoming.take(Bytes::from(plain.clone())).await.expect("take");
        if aborted { incoming.abort().await } else { drop(incoming) }
    }
    let again = put_in_parts(blobs, "kept", &plain, 1 << 20).await;
    assert!(blobs.verify(&again).await.expect("verify"));
    let mut names: Vec<String> =
        blobs.0.store.list(None).map_ok(|found| found.location.to_string()).try_collect().await.expect("a list");
    names.retain(|name| name.contains("/9/"));
    assert_eq!(names, [""; 0]);
}

async fn every_store_keeps_to_this(blobs: &Blobs) {
    bytes_come_back_as_they_went_in(blobs).await;
    what_is_given_up_leaves_nothing(blobs).await;
    blobs.probe("p").await.expect("probe");
}

#[tokio::test]
async fn a_folder_keeps_to_it() {
    let (folder, blobs) = in_folder();
    every_store_keeps_to_this(&blobs).await;
    let place = folder.path().join("evidence/9");
    for _ in 0..200 {
        if !place.exists() || fs::read_dir(&place).expect("a folder").next().is_none() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("a staged file stays");
}

#[tokio::test]
async fn what_is_changed_is_never_handed_out() {
    let (folder, blobs) = in_folder();
    let plain = bytes(3 * CHUNK + 100);
    let stored = put_in_parts(&blobs, "one", &plain, 1 << 20).await;
    let twin = put_in_parts(&blobs, "two", &plain, 1 << 20).await;
    let path = folder.path().join(&stored.place);
    let good = fs::read(&path).expect("sealed bytes");
    assert_eq!(good.len() as u64, sealed_size(plain.len() as u64));
    assert!(!good.windows(16).any(|part| part == &plain[..16]), "they are not in the clear");
    let one = CHUNK + TAG;
    let mut swapped = good[one..2 * one].to_vec();
    swapped.extend_from_slice(&good[..one]);
    swapped.extend_from_slice(&good[2 * one..]);
    let flipped = |at: usize| {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        bytes
    };
    let other = fs::read(folder.path().join(&twin.place)).expect("sealed bytes");
    let doubled = [&good[..one], &good[..one], &good[2 * one..]].concat();
    let wrong = [
        ("a bit at the beginning", flipped(0)),
        ("a bit in the middle", flipped(2 * one + 5)),
        ("a bit of a tag", flipped(one - 1)),
        ("the last bit", flipped(good.len() - 1)),
        ("one byte fewer", good[..good.len() - 1].to_vec()),
        ("without the last chunk", good[..3 * one].to_vec()),
        ("nothing", Vec::new()),
        ("one byte more", [&good[..], b"x"].concat()),
        ("two chunks in another order", swapped),
        ("one chunk twice", doubled),
        ("the bytes of another blob", other),
    ];
    for (what, bytes) in wrong {
        fs::write(&path, bytes).expect("a changed file");
        assert!(matches!(read(&blobs, &stored, 0..u64::MAX, &plain).await, Err(Error::Changed)), "{what}");
        assert!(!blobs.verify(&stored).await.expect("verify"), "{what}");
    }
    // Cut at the end of a chunk, by somebody who changes the size in the row too.
    let size = 3 * CHUNK as u64;
    fs::write(&path, &good[..3 * one]).expect("a cut file");
    let cut = Stored { size, ..stored.clone() };
    assert!(matches!(read(&blobs, &cut, 0..size, &plain).await, Err(Error::Changed)));
    // A part in the middle can be read when the end is not what it was.
    fs::write(&path, flipped(good.len() - 1)).expect("a changed file");
    let large = put_in_parts(&blobs, "large", &bytes(20 * CHUNK), 1 << 20).await;
    let file = folder.path().join(&large.place);
    let mut end = fs::read(&file).expect("sealed bytes");
    if let Some(last) = end.last_mut() {
        *last ^= 1;
    }
    fs::write(&file, end).expect("a changed file");
    assert_eq!(read(&blobs, &large, 10..5000, &bytes(20 * CHUNK)).await.expect("a range"), 4990);
    fs::write(&path, good).expect("as it was");
    assert_eq!(read(&blobs, &stored, 0..u64::MAX, &plain).await.expect("bytes"), plain.len());
}

#[tokio::test]
async fn a_key_opens_its_own_blob_alone() {
    let (folder, blobs) = in_folder();
    let plain = bytes(1000);
    let one = put_in_parts(&blobs, "one", &plain, 1000).await;
    let two = put_in_parts(&blobs, "two", &plain, 1000).await;
    let raw = async |stored: &Stored| fs::read(folder.path().join(&stored.place)).expect("sealed bytes");
    assert_ne!(raw(&one).await, raw(&two).await, "the same bytes do not look alike");
    let stolen = Stored { sealed_key: two.sealed_key.clone(), ..one.clone() };
    assert!(matches!(blobs.get(&stolen).await.err(), Some(Error::Locked)), "the key of another blob");
    let elsewhere = Blobs::in_folder(folder.path(), seal("cd")).expect("a store");
    assert!(matches!(elsewhere.get(&one).await.err(), Some(Error::Locked)), "another portal");
    let gone = Stored { sealed_key: "sealed1:".into(), ..one.clone() };
    assert!(matches!(blobs.get(&gone).await.err(), Some(Error::Locked)), "the key was deleted");
    assert!(one.opens_with(&seal("ab")).is_ok() && one.opens_with(&seal("cd")).is_err());
    let printed = format!("{one:?} {blobs:?}");
    assert!(!printed.contains(&"ab".repeat(32)), "{printed}");
}

#[tokio::test]
async fn a_file_from_before_is_read_in_the_clear() {
    let (folder, blobs) = in_folder();
    let plain = bytes(200_000);
    let old = Stored::in_the_clear(CentreId::new(7), Digest::of(&plain), plain.len() as u64);
    let path = folder.path().join(&old.place);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, &plain).expect("a file");
    assert_eq!(read(&blobs, &old, 0..u64::MAX, &plain).await.expect("bytes"), plain.len());
    assert_eq!(read(&blobs, &old, 70_000..70_001, &plain).await.expect("a byte"), 1);
    assert!(blobs.verify(&old).await.expect("verify"));
    fs::write(&path, &plain[1..]).expect("a file");
    assert!(!blobs.verify(&old).await.expect("verify"));
}

#[test]
fn sizes_are_those_of_the_chunks() {
    let chunk = CHUNK as u64;
    let expected = [(0, 1), (1, 1), (chunk, 1), (chunk + 1, 2), (2 * chunk, 2), (2 * chunk + 1, 3)];
    for (size, count) in expected {
        assert_eq!((chunks(size), sealed_size(size)), (count, size + count * 16), "{size}");
    }
}
