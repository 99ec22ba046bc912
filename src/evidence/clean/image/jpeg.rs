//! JPEG: segments, and between them the coded picture. It is walked to its end here, since cameras put a second picture
//! after the first, and other programs anything they like.

use super::{check_size, orientation};
use crate::{
    domain::report::{Fault, Trace},
    evidence::clean::tally::Tally,
};
use img_parts::jpeg::markers;

/// The length of a JFIF header without its small picture.
const JFIF: usize = 14;

pub fn clean(bytes: &[u8], tally: &mut Tally) -> Result<Vec<u8>, Fault> {
    let mut walk = Walk { bytes, at: 0 };
    if walk.marker()? != markers::SOI {
        return Err(Fault::Damaged);
    }
    let mut cleaned = Vec::with_capacity(bytes.len());
    cleaned.extend([markers::P, markers::SOI]);
    let (mut framed, mut scanned, mut turned) = (false, false, None);
    loop {
        let marker = walk.marker()?;
        if marker == markers::EOI {
            break;
        }
        let content = walk.content()?;
        match marker {
            markers::APP0 if content.starts_with(b"JFIF\0") && JFIF <= content.len() => {
                // The version, the density, and no small picture.
                tally.several(Trace::Thumbnails, usize::from(JFIF < content.len()));
                write(&mut cleaned, marker, &[&content[..JFIF - 2], &[0, 0]].concat());
            }
            // How the colours are coded, without which they come out wrong.
            markers::APP14 if content.starts_with(b"Adobe") && 12 <= content.len() => {
                write(&mut cleaned, marker, &content[..12]);
            }
            markers::APP1 if content.starts_with(b"Exif\0\0") => {
                turned = turned.or_else(|| orientation::read(&content[6..]));
                tally.add(Trace::Picture);
            }
            markers::APP0..=markers::APP15 | markers::COM | markers::JPG0..=markers::JPG13 => tally.add(Trace::Picture),
            markers::DQT | markers::DHT | markers::DAC | markers::DRI => write(&mut cleaned, marker, content),
            markers::SOF0..=markers::SOF15 if marker != markers::JPG && !framed => {
                let [_, h1, h0, w1, w0, ..] = *content else { return Err(Fault::Damaged) };
                check_size(u32::from(u16::from_be_bytes([w1, w0])), u32::from(u16::from_be_bytes([h1, h0])))?;
                if let Some(value) = turned {
                    let exif = [b"Exif\0\0".as_slice(), &orientation::write(value)].concat();
                    write(&mut cleaned, markers::APP1, &exif);
                }
                write(&mut cleaned, marker, content);
                framed = true;
            }
            markers::SOS if framed => {
                write(&mut cleaned, marker, content);
                cleaned.extend(walk.coded()?);
                scanned = true;
            }
            _ => return Err(Fault::Damaged),
        }
    }
    if !scanned {
        return Err(Fault::Damaged);
    }
    if bytes[walk.at..].iter().any(|byte| !matches!(byte, 0 | 0xff | b'\r' | b'\n')) {
        tally.add(Trace::Attachments);
    }
    cleaned.extend([markers::P, markers::EOI]);
    Ok(cleaned)
}

fn write(to: &mut Vec<u8>, marker: u8, content: &[u8]) {
    // It came out of a segment, or is shorter than one.
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    to.extend([markers::P, marker]);
    to.extend(length.to_be_bytes());
    to.extend(content);
}

/// A place in the file.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn byte(&mut self) -> Result<u8, Fault> {
        let byte = *self.bytes.get(self.at).ok_or(Fault::Damaged)?;
        self.at += 1;
        Ok(byte)
    }

    /// The next marker; any number of 0xFF may stand before it, and nothing else.
    fn marker(&mut self) -> Result<u8, Fault> {
        if self.byte()? != markers::P {
            return Err(Fault::Damaged);
        }
        loop {
            match self.byte()? {
                markers::P => {}
                markers::Z => return Err(Fault::Damaged),
                marker => return Ok(marker),
            }
        }
    }

    fn content(&mut self) -> Result<&'a [u8], Fault> {
        let length = usize::from(u16::from_be_bytes([self.byte()?, self.byte()?]));
        let content = length.checked_sub(2).and_then(|length| self.bytes.get(self.at..self.at + length));
        let content = content.ok_or(Fault::Damaged)?;
        self.at += content.len();
        Ok(content)
    }

    /// The coded picture up to the next marker; restart marks and stuffed bytes belong to it.
    fn coded(&mut self) -> Result<&'a [u8], Fault> {
        let from = self.at;
        loop {
            let rest = self.bytes.get(self.at..).ok_or(Fault::Damaged)?;
            let mark = rest.iter().position(|byte| *byte == markers::P).ok_or(Fault::Damaged)?;
            self.at += mark;
            match self.bytes.get(self.at + 1) {
                Some(&(markers::Z | markers::RST0..=markers::RST7)) => self.at += 2,
                // A fill byte before the marker.
                Some(&markers::P) => self.at += 1,
                Some(_) => return Ok(&self.bytes[from..self.at]),
                None => return Err(Fault::Damaged),
            }
        }
    }
}
