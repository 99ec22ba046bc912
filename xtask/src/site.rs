//! `target/site`: files named after their content, precompressed, and the manifest that lists them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The manifest's file name; `src/build.rs` reads it.
pub const MANIFEST: &str = "manifest.json";

/// One file that a browser loads.
pub struct File {
    stem: &'static str,
    extension: &'static str,
    content: Vec<u8>,
}

impl File {
    /// `stem` and `extension` are what stays of the name when the content changes.
    pub fn new(stem: &'static str, extension: &'static str, content: Vec<u8>) -> Self {
        Self { stem, extension, content }
    }

    /// `app-0123456789abcdef.js`: the first 16 hexadecimal digits of the content's SHA-256, so that
    /// a name can be cached for ever.
    pub fn name(&self) -> String {
        let digest = Sha256::digest(&self.content);
        let hash = digest.iter().take(8).fold(0, |hash, byte| hash << 8 | u64::from(*byte));
        format!("{}-{hash:016x}.{}", self.stem, self.extension)
    }
}

/// Writes the files, their compressed copies and the manifest; removes everything else.
///
/// Returns the manifest. Nothing that is already right is written again, so that neither brotli nor
/// the server's build has work to do after a bundle without changes.
pub fn write(site: &Path, files: &[File]) -> Result<Value> {
    fs::create_dir_all(site).with_context(|| format!("cannot create {}; is the disk writable?", site.display()))?;
    let mut manifest = json!({ "sizes": {} });
    let mut keep = BTreeSet::from([MANIFEST.to_owned()]);
    for file in files {
        let name = file.name();
        let packed = [format!("{name}.br"), format!("{name}.gz")];
        put(site, &name, || Ok(file.content.clone()))?;
        put(site, &packed[0], || brotli(&file.content))?;
        put(site, &packed[1], || gzip(&file.content))?;
        manifest["sizes"][&name] = json!({
            "raw": file.content.len(),
            "brotli": size(site, &packed[0])?,
            "gzip": size(site, &packed[1])?,
        });
        manifest[file.extension] = json!(&name);
        keep.extend(packed);
        keep.insert(name);
    }

    // The manifest goes last: whoever reads it finds every file that it names.
    let text = format!("{manifest:#}\n");
    if fs::read_to_string(site.join(MANIFEST)).ok().as_deref() != Some(text.as_str()) {
        replace(site, MANIFEST, text.as_bytes())?;
    }
    remove_others(site, &keep)?;
    Ok(manifest)
}

/// Writes a file unless it is there: its name is its content.
fn put(site: &Path, name: &str, content: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
    if site.join(name).is_file() { Ok(()) } else { replace(site, name, &content()?) }
}

/// Writes beside the file and renames, so that an interrupted run leaves no half file behind.
fn replace(site: &Path, name: &str, content: &[u8]) -> Result<()> {
    let part = site.join(format!("{name}.part"));
    fs::write(&part, content)
        .and_then(|()| fs::rename(&part, site.join(name)))
        .with_context(|| format!("cannot write {name} into {}; is the disk full?", site.display()))
}

fn size(site: &Path, name: &str) -> Result<u64> {
    let file = site.join(name);
    Ok(fs::metadata(&file).with_context(|| format!("cannot read {}", file.display()))?.len())
}

fn remove_others(site: &Path, keep: &BTreeSet<String>) -> Result<()> {
    let unread = || format!("cannot list {}", site.display());
    for entry in fs::read_dir(site).with_context(unread)? {
        let entry = entry.with_context(unread)?;
        if !keep.contains(entry.file_name().to_string_lossy().as_ref()) {
            let path = entry.path();
            fs::remove_file(&path)
                .with_context(|| format!("cannot remove {}; only the bundle belongs there", path.display()))?;
        }
    }
    Ok(())
}

fn brotli(content: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, size_hint: content.len(), ..Default::default() };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut packed, &parameters)
        .context("brotli could not compress a file of the bundle")?;
    Ok(packed)
}

fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content).and_then(|()| encoder.finish()).context("gzip could not compress a file of the bundle")
}

/// The sizes as lines for the terminal.
pub fn summary(manifest: &Value) -> Result<String> {
    let Some(sizes) = manifest["sizes"].as_object() else {
        bail!("the manifest has no sizes; remove target/site and bundle again");
    };
    let mut lines = vec![format!("{:<28} {:>9} {:>9} {:>9}", "file", "raw", "gzip", "brotli")];
    let mut total = [0; 3];
    for (name, size) in sizes {
        let row = ["raw", "gzip", "brotli"].map(|kind| size[kind].as_u64().unwrap_or_default());
        total.iter_mut().zip(row).for_each(|(sum, bytes)| *sum += bytes);
        lines.push(line(name, row));
    }
    lines.push(line("together", total));
    Ok(lines.join("\n"))
}

fn line(name: &str, sizes: [u64; 3]) -> String {
    let [raw, gzip, brotli] = sizes;
    format!("{name:<28} {raw:>9} {gzip:>9} {brotli:>9}")
}
