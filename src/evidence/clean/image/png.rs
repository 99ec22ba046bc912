//! PNG: chunks with a checksum each.

use super::{check_size, orientation};
use crate::{
    domain::report::{Fault, Trace},
    evidence::clean::tally::Tally,
};
use img_parts::{
    Bytes,
    png::{Png, PngChunk},
};

/// What a picture is drawn from; anything else is for programs, or says who made it.
const DRAWN: [&[u8; 4]; 14] = [
    b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"bKGD", b"pHYs", b"acTL",
    b"fcTL", b"fdAT",
];
/// The signature, then the length and name of the first chunk, then its width and height.
const HEADER: usize = 24;

pub fn clean(bytes: &[u8], tally: &mut Tally) -> Result<Vec<u8>, Fault> {
    let header = bytes.get(..HEADER).ok_or(Fault::Damaged)?;
    let number = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    if number(8) != 13 || &header[12..16] != b"IHDR" {
        return Err(Fault::Damaged);
    }
    check_size(number(16), number(20))?;
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).map_err(|_| Fault::Damaged)?;
    check_order(png.chunks())?;
    if bytes[png.len()..].iter().any(|byte| *byte != 0) {
        tally.add(Trace::Attachments);
    }
    let turned = png.chunks().iter().find(|chunk| &chunk.kind() == b"eXIf");
    let turned = turned.and_then(|chunk| orientation::read(chunk.contents()));
    let before = png.chunks().len();
    png.chunks_mut().retain(|chunk| DRAWN.contains(&&chunk.kind()));
    tally.several(Trace::Picture, before - png.chunks().len());
    if let Some(value) = turned {
        let content = Bytes::copy_from_slice(&orientation::write(value));
        png.chunks_mut().insert(1, PngChunk::new(*b"eXIf", content));
    }
    Ok(png.encoder().bytes().to_vec())
}

/// One header, first; something to draw; an end.
fn check_order(chunks: &[PngChunk]) -> Result<(), Fault> {
    let count = |kind: &[u8; 4]| chunks.iter().filter(|chunk| &chunk.kind() == kind).count();
    let ends = chunks.last().is_some_and(|chunk| &chunk.kind() == b"IEND" && chunk.contents().is_empty());
    if count(b"IHDR") == 1 && 0 < count(b"IDAT") && ends { Ok(()) } else { Err(Fault::Damaged) }
}
