//! The packed parts of a PDF: how large they are, and what its pictures say of themselves.

use super::Tally;
use crate::{
    domain::{
        evidence::FileType,
        report::{Fault, PIXELS, Trace, UNPACKED},
    },
    evidence::clean::image,
};
use lopdf::{DecompressError, Document, Error, Object, Stream};

/// The most bytes that one part may unpack to: the largest picture that is taken, with four bytes a pixel.
const ONE: u64 = PIXELS * 4;

/// Filters that are pictures, which are not unpacked here.
const PICTURES: &[&[u8]] = &[b"DCTDecode", b"DCT", b"JPXDecode", b"JBIG2Decode", b"CCITTFaxDecode", b"CCF"];

/// Boxes of a JPEG 2000 picture that are needed to draw it.
const BOXES: &[&[u8; 4]] = &[b"jP  ", b"ftyp", b"jp2h", b"jp2c", b"jpch", b"jplh"];

/// Checks that no picture has too many pixels, and that all parts together unpack to no more than is taken.
pub fn measure(doc: &Document) -> Result<(), Fault> {
    let mut room = UNPACKED;
    for object in doc.objects.values() {
        let Object::Stream(stream) = object else { continue };
        let side = |long: &[u8], short: &[u8]| {
            let side = stream.dict.get(long).or_else(|_| stream.dict.get(short)).ok()?;
            let (_, side) = doc.dereference(side).ok()?;
            #[expect(clippy::cast_possible_truncation, reason = "a side that is no whole number is rounded down")]
            let number = side.as_i64().or_else(|_| side.as_float().map(|side| side as i64)).ok()?;
            u64::try_from(number).ok()
        };
        if let (Some(width), Some(height)) = (side(b"Width", b"W"), side(b"Height", b"H"))
            && PIXELS < width.saturating_mul(height)
        {
            return Err(Fault::Pixels);
        }
        let size = unpacked(stream, room.min(ONE))?;
        room = room.checked_sub(size).ok_or(Fault::Unpacked)?;
    }
    Ok(())
}

/// How many bytes a part unpacks to, up to where its picture begins.
fn unpacked(stream: &Stream, most: u64) -> Result<u64, Fault> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (plain, _) = before_picture(stream);
    match plain.decompressed_content_with_limit(most) {
        Ok(content) => Ok(content.len() as u64),
        Err(Error::Decompress(
            DecompressError::MemoryLimitExceeded { .. } | DecompressError::TooManyFilters { .. },
        )) => Err(Fault::Unpacked),
        Err(_) => Ok(stream.content.len() as u64),
    }
}

/// A stream without the filter that is its picture, and that filter.
fn before_picture(stream: &Stream) -> (std::borrow::Cow<'_, Stream>, Option<Vec<u8>>) {
    let Ok(filters) = stream.filters() else { return (std::borrow::Cow::Borrowed(stream), None) };
    let Some(at) = filters.iter().position(|filter| PICTURES.contains(filter)) else {
        return (std::borrow::Cow::Borrowed(stream), None);
    };
    let picture = filters[at].to_vec();
    let mut plain = Stream::new(lopdf::Dictionary::new(), stream.content.clone());
    if at != 0 {
        let before: Vec<Object> = filters[..at].iter().map(|filter| Object::Name(filter.to_vec())).collect();
        plain.dict.set("Filter", before);
        if let Ok(Object::Array(parameters)) = stream.dict.get(b"DecodeParms") {
            plain.dict.set("DecodeParms", parameters.iter().take(at).cloned().collect::<Vec<_>>());
        }
    }
    (std::borrow::Cow::Owned(plain), Some(picture))
}

/// Cleans the pictures.
pub fn clean(doc: &mut Document, tally: &mut Tally) -> Result<(), Fault> {
    for object in doc.objects.values_mut() {
        let Object::Stream(stream) = object else { continue };
        let (plain, picture) = before_picture(stream);
        let picture = match picture.as_deref() {
            Some(b"DCTDecode" | b"DCT") => jpeg(&content(&plain)?, tally)?,
            Some(b"JPXDecode") => jpeg2000(&content(&plain)?, tally),
            _ => continue,
        };
        let Some(cleaned) = picture else { continue };
        let last = |object: &Object| match object {
            Object::Array(items) => items.last().cloned().unwrap_or(Object::Null),
            other => other.clone(),
        };
        for key in [b"Filter".as_slice(), b"DecodeParms"] {
            if let Ok(value) = stream.dict.get(key) {
                let value = last(value);
                stream.dict.set(key, value);
            }
        }
        stream.set_content(cleaned);
    }
    Ok(())
}

fn content(stream: &Stream) -> Result<Vec<u8>, Fault> {
    let most = usize::try_from(ONE).unwrap_or(usize::MAX);
    stream.decompressed_content_with_limit(most).map_err(|_| Fault::Damaged)
}

/// A JPEG without what it says of its camera; none where there is nothing to change.
fn jpeg(bytes: &[u8], tally: &mut Tally) -> Result<Option<Vec<u8>>, Fault> {
    match image::clean(FileType::Jpeg, bytes) {
        Ok(cleaned) => {
            for removed in cleaned.report.removed {
                tally.several(removed.trace, removed.count as usize);
            }
            Ok(Some(cleaned.bytes))
        }
        Err(Fault::Pixels) => Err(Fault::Pixels),
        // Old scanners end a picture early. It is taken as it is when it says nothing of itself.
        Err(_) if silent(bytes) => Ok(None),
        Err(_) => Err(Fault::Kept),
    }
}

/// Whether no segment of a JPEG speaks of anything but the picture.
fn silent(bytes: &[u8]) -> bool {
    !bytes.windows(2).any(|pair| pair[0] == 0xff && matches!(pair[1], 0xe1..=0xed | 0xef | 0xfe))
}

/// A JPEG 2000 picture without the boxes that speak of its camera.
fn jpeg2000(bytes: &[u8], tally: &mut Tally) -> Option<Vec<u8>> {
    if !bytes.starts_with(b"\0\0\0\x0cjP  ") {
        return None;
    }
    let (mut kept, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(head) = bytes.get(at..at + 8) {
        let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]);
        let size = match size {
            0 => bytes.len() - at,
            1 => usize::try_from(u64::from_be_bytes(bytes.get(at + 8..at + 16)?.try_into().ok()?)).ok()?,
            size => size as usize,
        };
        let end = at.saturating_add(size.max(8)).min(bytes.len());
        if BOXES.iter().any(|name| name.as_slice() == &head[4..8]) {
            kept.extend_from_slice(&bytes[at..end]);
        } else {
            tally.add(Trace::Picture);
        }
        at = end;
    }
    Some(kept)
}
