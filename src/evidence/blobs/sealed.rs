//! How the bytes of a blob are sealed: AES-256-GCM with a key of its own, in chunks, each bound to its place in the row and
//! the last one marked. A chunk that is changed, moved, left out or added does not open (the construction is STREAM, of
//! Hoang, Reyhanitabar, Rogaway and Vizár). Memory stays small, and a part in the middle can be read alone.

use super::Error;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::zeroize::Zeroizing;
use std::fmt;

/// Plain bytes of a chunk; the last one may have fewer.
pub const CHUNK: usize = 64 * 1024;

/// What sealing adds to each chunk.
pub const TAG: usize = 16;

/// How many chunks there are for so many bytes: without any there is one, so that nothing can be taken away.
pub const fn chunks(size: u64) -> u64 {
    let full = size.div_ceil(CHUNK as u64);
    if full == 0 { 1 } else { full }
}

/// How long so many bytes are once sealed.
pub const fn sealed_size(size: u64) -> u64 {
    size + chunks(size) * TAG as u64
}

/// The key of one blob.
pub struct Key(LessSafeKey);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl Key {
    /// A new one, and its bytes, which have to be sealed and kept.
    pub fn draw() -> Result<(Self, Zeroizing<[u8; 32]>), Error> {
        let mut bytes = Zeroizing::new([0; 32]);
        aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| Error::Locked)?;
        Ok((Self::new(bytes.as_slice())?, bytes))
    }

    /// From its bytes.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| Error::Locked)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// Seals the end of a buffer, from `start` on, as one chunk.
    pub fn seal(&self, number: u32, last: bool, buffer: &mut Vec<u8>, start: usize) -> Result<(), Error> {
        let chunk = buffer.get_mut(start..).ok_or(Error::Locked)?;
        let tag = self.0.seal_in_place_separate_tag(nonce(number, last), Aad::empty(), chunk);
        buffer.extend_from_slice(tag.map_err(|_| Error::Locked)?.as_ref());
        Ok(())
    }

    /// Opens a chunk and puts its bytes at the end of `plain`; nothing is put there when it is not what was sealed.
    pub fn open(&self, number: u32, last: bool, sealed: &[u8], plain: &mut Vec<u8>) -> Result<(), Error> {
        let length = sealed.len().checked_sub(TAG).ok_or(Error::Changed)?;
        let (sealed, tag) = sealed.split_at(length);
        let start = plain.len();
        plain.resize(start + length, 0);
        let opened = self.0.open_separate_gather(nonce(number, last), Aad::empty(), sealed, tag, &mut plain[start..]);
        opened.map_err(|_| {
            plain.truncate(start);
            Error::Changed
        })
    }
}

/// The key is used for one blob alone, so that counting never repeats a nonce.
fn nonce(number: u32, last: bool) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes[7..11].copy_from_slice(&number.to_be_bytes());
    bytes[11] = u8::from(last);
    Nonce::assume_unique_for_key(bytes)
}
