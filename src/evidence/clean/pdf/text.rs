//! Reads the text of pages: by drawing them onto something that takes letters and forgets the rest.

use super::lines::{Letter, Lines, join};
use crate::domain::report::{Fault, Passage, TEXT};
use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
        InterpreterSettings, Paint, SoftMask,
        font::{Glyph, GlyphRun},
        hayro_cmap::{BfString, WritingMode},
        hayro_syntax::{Pdf, object::Dict, page::Page},
        interpret_page,
    },
    kurbo::{Affine, BezPath, Point, Rect},
};
use std::sync::Arc;

/// How much of a page a picture covers that can hold more than the letters beside it.
const COVERS: f64 = 0.6;

/// The passages of each page.
pub fn pages(bytes: Arc<Vec<u8>>) -> Result<Vec<Vec<Passage>>, Fault> {
    let pdf = Pdf::new(bytes).map_err(|_| Fault::Damaged)?;
    let cache = InterpreterCache::new();
    let mut room = TEXT;
    let mut pages = Vec::new();
    for (index, page) in pdf.pages().iter().enumerate() {
        let passages = if room == 0 { vec![] } else { read(page, index + 1, &cache) };
        let taken: usize = passages.iter().filter_map(|passage| passage.text.as_ref()).map(String::len).sum();
        room = room.saturating_sub(taken);
        pages.push(passages);
    }
    Ok(pages)
}

/// What one page says.
fn read<'a>(page: &'a Page<'a>, number: usize, cache: &InterpreterCache<'a>) -> Vec<Passage> {
    let place = format!("page {number}");
    let whole = Rect::new(-1e6, -1e6, 1e6, 1e6);
    let (width, height) = page.base_dimensions();
    let mut reader = Reader { area: (f64::from(width) * f64::from(height)).max(1.0), ..Reader::default() };
    let mut context = Context::new(Affine::IDENTITY, whole, cache, page.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, &mut reader);
    let Reader { lines, painted, covered, unseen, said, .. } = reader;
    let mut passages = Vec::new();
    if lines.is_empty() {
        if painted {
            passages.push(Passage { place: place.clone(), text: None });
        }
    } else {
        passages.push(Passage { place: place.clone(), text: lines.text() });
        // A scanned page with a stamp, say; where a program has read it, its letters lie unseen over the picture.
        if COVERS <= covered && !unseen {
            passages.push(Passage { place: format!("the picture on {place}"), text: None });
        }
    }
    if !said.is_empty() {
        let text = join(said.iter().map(String::as_str));
        passages.push(Passage { place: format!("an alternative text on {place}"), text: Some(text) });
    }
    passages
}

/// Takes letters.
#[derive(Default)]
struct Reader {
    lines: Lines,
    /// Whether anything else can be seen.
    painted: bool,
    /// How large the page is.
    area: f64,
    /// How much of it the largest picture covers.
    covered: f64,
    /// Whether some letters are not drawn.
    unseen: bool,
    /// What stands for letters or pictures.
    said: Vec<String>,
}

impl Reader {
    fn paint(&mut self, paint: &Paint<'_>, mode: &DrawMode) {
        let white = match paint {
            Paint::Color(color) => {
                let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
                alpha == 0 || [red, green, blue] == [255; 3]
            }
            Paint::Pattern(_) => false,
        };
        self.painted |= !white && !matches!(mode, DrawMode::Invisible);
    }
}

impl<'a> Device<'a> for Reader {
    fn draw_path(&mut self, _: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.paint(&props.paint, mode);
    }

    fn draw_rect(&mut self, _: &Rect, props: DrawProps<'a>, mode: &DrawMode) {
        self.paint(&props.paint, mode);
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.unseen |= matches!(mode, DrawMode::Invisible);
        for glyph in run.glyphs() {
            let (text, advance) = match &**glyph {
                Glyph::Outline(glyph) => (glyph.as_unicode(), glyph.advance_width()),
                Glyph::Type3(glyph) => (glyph.as_unicode(), glyph.advance_width()),
            };
            let at = props.transform * glyph.transform();
            let origin = at * Point::ORIGIN;
            let advance = f64::from(advance.unwrap_or(500.0));
            let end = match run.writing_mode() {
                WritingMode::Horizontal => at * Point::new(advance, 0.0),
                WritingMode::Vertical => at * Point::new(0.0, -1000.0),
            };
            let size = (at * Point::new(0.0, 1000.0) - origin).hypot();
            let text = text.map(|text| match text {
                BfString::Char(letter) => letter.to_string(),
                BfString::String(letters) => letters,
            });
            self.lines.take(Letter { text, from: (origin.x, origin.y), to: (end.x, end.y), size });
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.painted = true;
        let [a, b, c, d, _, _] = props.transform.as_coeffs();
        self.covered = self.covered.max((a * d - b * c).abs() / self.area);
    }

    fn begin_marked_content(&mut self, _: &[u8], properties: Option<&Dict<'_>>) {
        let Some(properties) = properties else { return };
        for key in ["ActualText", "Alt", "E"] {
            let text = properties.get::<hayro::hayro_syntax::object::String<'_>>(key.as_bytes());
            if let Some(text) = text {
                let text = lopdf::Object::String(text.as_bytes().to_vec(), lopdf::StringFormat::Literal);
                let text = lopdf::decode_text_string(&text).unwrap_or_default();
                if 1 < text.chars().count() {
                    self.said.push(text);
                }
            }
        }
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
