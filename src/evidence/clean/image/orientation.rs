//! Which way up a picture is shown: the one thing in its EXIF data that a reader sees.

/// The tag of it.
const TAG: u16 = 0x0112;

/// The orientation that EXIF data (without its `Exif` mark) tells; none where the picture stands upright already.
pub fn read(tiff: &[u8]) -> Option<u8> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let two = |at: usize| -> Option<u16> {
        let bytes = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let four = |at: usize| -> Option<usize> {
        let bytes = tiff.get(at..at.checked_add(4)?)?.try_into().ok()?;
        usize::try_from(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) }).ok()
    };
    let directory = four(4)?;
    let entries = usize::from(two(directory)?);
    let entry = (0..entries)
        .map(|number| directory + 2 + 12 * number)
        .take_while(|at| *at < tiff.len())
        .find(|at| two(*at) == Some(TAG))?;
    u8::try_from(two(entry + 8)?).ok().filter(|value| (2..=8).contains(value))
}

/// EXIF data with the orientation and nothing else.
pub const fn write(value: u8) -> [u8; 26] {
    let [high, low] = TAG.to_be_bytes();
    // Big-endian; the directory at byte 8, with one entry: tag, SHORT, one of it, the value; no further directory.
    [b'M', b'M', 0, b'*', 0, 0, 0, 8, 0, 1, high, low, 0, 3, 0, 0, 0, 1, 0, value, 0, 0, 0, 0, 0, 0]
}
