use super::*;
use crate::domain::report::{Removed, Trace};
use img_parts::{
    Bytes,
    png::{Png, PngChunk},
};

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(::png::ColorType::Grayscale);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&vec![7; (width * height) as usize]).expect("pixels");
    writer.finish().expect("an end");
    bytes
}

/// A PNG with more chunks after its header.
fn with(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut png = Png::from_bytes(Bytes::from(png(4, 4))).expect("a picture");
    for (kind, content) in chunks {
        png.chunks_mut().insert(1, PngChunk::new(**kind, Bytes::copy_from_slice(content)));
    }
    png.encoder().bytes().to_vec()
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("short");
    [&[0xff, marker], &length.to_be_bytes()[..], content].concat()
}

const SCAN: &[u8] = &[0x11, 0xff, 0x00, 0x22, 0xff, 0xd0, 0x33];

/// A JPEG in its structure; no program would see anything on it.
fn jpeg(height: u16, width: u16, more: &[Vec<u8>]) -> Vec<u8> {
    let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
    let jfif = segment(0xe0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
    let frame = segment(0xc0, &[&[8][..], &size, &[1, 1, 0x11, 0]].concat());
    let scan = segment(0xda, &[1, 1, 0, 0, 63, 0]);
    [&[0xff, 0xd8][..], &jfif, &more.concat(), &frame, &scan, SCAN, &[0xff, 0xd9]].concat()
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn told(cleaned: &Cleaned) -> Vec<(Trace, u32)> {
    cleaned.report.removed.iter().map(|Removed { trace, count }| (*trace, *count)).collect()
}

#[test]
fn a_clean_picture_passes_unchanged() {
    for (file_type, bytes) in [(FileType::Png, png(4, 4)), (FileType::Jpeg, jpeg(4, 4, &[]))] {
        let cleaned = clean(file_type, &bytes).expect("cleaned");
        assert_eq!(cleaned.bytes, bytes);
        assert_eq!(told(&cleaned), []);
        assert_eq!(cleaned.report.passages, [Passage { place: "the picture".to_owned(), text: None }]);
    }
}

#[test]
fn a_png_keeps_nothing_but_what_is_drawn() {
    let mut dirty = with(&[
        (b"tEXt", b"Author\0Ingrid Solbergvik"),
        (b"zTXt", b"Comment\0\0Solbergvik"),
        (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0Solbergvik"),
        (b"tIME", &[7, 0xea, 1, 1, 1, 1, 1]),
        (b"iCCP", b"Solbergvik's iMac\0\0x"),
        (b"prVt", b"Solbergvik"),
        (b"gAMA", &[0, 0, 0xb1, 0x8f]),
    ]);
    dirty.extend(b"PK\x03\x04 Solbergvik");
    let cleaned = clean(FileType::Png, &dirty).expect("cleaned");
    assert!(!holds(&cleaned.bytes, "Solbergvik") && !holds(&cleaned.bytes, "tIME"));
    assert!(holds(&cleaned.bytes, "gAMA") && cleaned.bytes.ends_with(b"IEND\xae\x42\x60\x82"));
    assert_eq!(told(&cleaned), [(Trace::Attachments, 1), (Trace::Picture, 6)]);
    assert_eq!(clean(FileType::Png, &cleaned.bytes).expect("again").bytes, cleaned.bytes);
}

#[test]
fn a_jpeg_keeps_nothing_but_what_is_drawn() {
    let mut dirty = jpeg(
        4,
        4,
        &[
            segment(0xe0, b"JFXX\0\x10Solbergvik"),
            segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0Solbergvik"),
            segment(0xe2, b"ICC_PROFILE\0\x01\x01Solbergvik"),
            segment(0xed, b"Photoshop 3.0\0Solbergvik"),
            segment(0xee, b"Adobe\0\x64\0\0\0\0\x01Solbergvik"),
            segment(0xfe, b"Solbergvik"),
        ],
    );
    dirty.extend(jpeg(2, 2, &[segment(0xfe, b"Solbergvik")]));
    let cleaned = clean(FileType::Jpeg, &dirty).expect("cleaned");
    assert!(!holds(&cleaned.bytes, "Solbergvik"));
    assert!(holds(&cleaned.bytes, "Adobe"), "how the colours are coded");
    assert!(holds(&cleaned.bytes, "JFIF") && cleaned.bytes.ends_with(&[SCAN, &[0xff, 0xd9]].concat()));
    assert_eq!(told(&cleaned), [(Trace::Attachments, 1), (Trace::Picture, 5)]);
}

#[test]
fn a_small_picture_in_the_header_goes() {
    let small = segment(0xe0, &[&b"JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01"[..], b"RGB"].concat());
    let bare = segment(0xe0, b"JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
    let dirty = jpeg(4, 4, &[small]);
    let cleaned = clean(FileType::Jpeg, &dirty).expect("cleaned");
    assert_eq!(cleaned.bytes, jpeg(4, 4, &[bare]));
    assert_eq!(told(&cleaned), [(Trace::Thumbnails, 1)]);
}

#[test]
fn a_picture_stays_the_right_way_up() {
    // The camera first, then the orientation; little-endian.
    let exif = b"II*\0\x08\0\0\0\x02\0\x0f\x01\x02\0\x04\0\0\0SbV\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    let dirty = jpeg(4, 4, &[segment(0xe1, &[b"Exif\0\0", &exif[..]].concat())]);
    let cleaned = clean(FileType::Jpeg, &dirty).expect("cleaned");
    assert_eq!(cleaned.bytes, jpeg(4, 4, &[segment(0xe1, &[b"Exif\0\0", &orientation::write(6)[..]].concat())]));
    assert_eq!(orientation::read(&orientation::write(6)), Some(6));
    assert_eq!(orientation::read(&orientation::write(1)), None, "it stands upright already");
    assert_eq!(orientation::read(b"II*\0\xff\xff\xff\xff"), None);

    let cleaned = clean(FileType::Png, &with(&[(b"eXIf", exif)])).expect("cleaned");
    assert!(holds(&cleaned.bytes, "eXIf") && !holds(&cleaned.bytes, "SbV"));
}

#[test]
fn what_is_too_large_cut_off_or_broken_is_refused() {
    let mut huge = png(1, 1);
    huge[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
    assert_eq!(clean(FileType::Png, &huge), Err(Fault::Pixels), "before the checksum is looked at");
    assert_eq!(clean(FileType::Jpeg, &jpeg(50_000, 50_000, &[])), Err(Fault::Pixels));
    assert_eq!(clean(FileType::Jpeg, &jpeg(0, 4, &[])), Err(Fault::Damaged));

    let (png, jpeg) = (png(9, 9), jpeg(9, 9, &[]));
    for at in 0..png.len() {
        assert_eq!(clean(FileType::Png, &png[..at]), Err(Fault::Damaged), "PNG cut at {at}");
    }
    for at in 0..jpeg.len() {
        assert_eq!(clean(FileType::Jpeg, &jpeg[..at]), Err(Fault::Damaged), "JPEG cut at {at}");
    }
    let mut flipped = png;
    flipped[45] ^= 1;
    assert_eq!(clean(FileType::Png, &flipped), Err(Fault::Damaged), "a checksum does not fit");
    let mut two = jpeg.clone();
    let frame = segment(0xc0, &[8, 0, 9, 0, 9, 1, 1, 0x11, 0]);
    two.splice(20..20, frame);
    assert_eq!(clean(FileType::Jpeg, &two), Err(Fault::Damaged), "two frames");
    assert_eq!(clean(FileType::Pdf, &jpeg), Err(Fault::Renamed));
}
