//! Draws pages of a cleaned PDF. Runs, like the cleaning, in the process that opens documents.

use crate::domain::report::Fault;
use hayro::{
    RenderCache, RenderSettings,
    hayro_interpret::{InterpreterSettings, TransformExt},
    hayro_syntax::Pdf,
    kurbo::Affine,
    render_into,
    vello_cpu::{
        Level, Pixmap, RasterizerSettings, RenderContext, RenderSettings as Threads, Resources, TargetInit,
        color::palette::css::WHITE,
    },
};

/// The most pixels that a page is drawn with.
pub const DRAWN: u32 = 25_000_000;
/// The widest and the highest that a page is drawn.
const SIDE: f32 = 8_192.0;

/// A page, counted from one, as PNG, this many pixels wide; narrower where it would be too high.
pub fn page(bytes: Vec<u8>, number: u32, width: u16) -> Result<Vec<u8>, Fault> {
    let pdf = Pdf::new(bytes).map_err(|_| Fault::Damaged)?;
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let pages = pdf.pages();
    let page = index.and_then(|index| pages.get(index)).ok_or(Fault::Damaged)?;
    let (across, down) = page.render_dimensions();
    if !(across.is_finite() && down.is_finite()) || across < 1.0 || down < 1.0 {
        return Err(Fault::Damaged);
    }
    let scale = (f32::from(width.max(1)) / across).min(SIDE / across).min(SIDE / down);
    let (across, down) = (pixels(across * scale), pixels(down * scale));
    if DRAWN < u32::from(across) * u32::from(down) {
        return Err(Fault::Pixels);
    }
    let transform = Affine::scale(f64::from(scale)) * page.initial_transform(true).to_kurbo();
    let settings = Threads { level: Level::baseline(), ..Threads::default() };
    let mut context = RenderContext::new_with(across, down, settings);
    render_into(
        page,
        &RenderCache::new(),
        &InterpreterSettings::default(),
        &RenderSettings::default(),
        &mut context,
        transform,
    );
    context.flush();
    let mut drawn = Pixmap::new(across, down);
    let white = RasterizerSettings { target_init: TargetInit::Clear(WHITE), ..RasterizerSettings::default() };
    context.render_with(&mut drawn, &mut Resources::default(), white);
    encode(&drawn)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and SIDE")]
fn pixels(side: f32) -> u16 {
    side.round().clamp(1.0, SIDE) as u16
}

/// The ground is white, so that no pixel lets anything through.
fn encode(drawn: &Pixmap) -> Result<Vec<u8>, Fault> {
    let colours: Vec<u8> = drawn.data().iter().flat_map(|pixel| [pixel.r, pixel.g, pixel.b]).collect();
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, drawn.width().into(), drawn.height().into());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(|_| Fault::Damaged)?;
    writer.write_image_data(&colours).map_err(|_| Fault::Damaged)?;
    writer.finish().map_err(|_| Fault::Damaged)?;
    Ok(bytes)
}
