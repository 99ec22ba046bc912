use super::*;

/// The file of criterion 1 as it stands, to be broken in one place.
fn first() -> SourceFile {
    let file = FILES
        .files()
        .chain(FILES.dirs().flat_map(Dir::files))
        .find(|f| f.path().ends_with("01-integrated-service.md"))
        .expect("criterion 1");
    SourceFile { path: "01-integrated-service.md".into(), text: file.contents_utf8().expect("UTF-8").into() }
}

fn complaints(change: impl FnOnce(String) -> String) -> Vec<String> {
    let file = first();
    let file = SourceFile { text: change(file.text), ..file };
    match parse::criterion("2026", &file) {
        Ok(_) => vec![],
        Err(list) => list.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn the_catalogue_holds_13_criteria_with_all_sections() {
    let catalogue = Catalogue::load()
        .unwrap_or_else(|list| panic!("{}", list.iter().map(|c| format!("{c}\n")).collect::<String>()));
    let edition = catalogue.newest();
    assert_eq!(edition.criteria.iter().map(|c| c.number).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
    for guide in &edition.guides {
        assert_eq!(guide.sections.len(), Section::ALL.len());
    }
}

#[test]
fn raw_html_is_refused_with_file_and_line() {
    let line = first().text.lines().position(|l| l == "## Meaning").expect("a section") + 3;
    let list = complaints(|t| t.replacen("## Meaning\n", "## Meaning\n\n<script>alert(1)</script>\n", 1));
    assert_eq!(list, [format!("01-integrated-service.md:{line}: Raw HTML is not allowed; write Markdown")]);
    let inline = complaints(|t| t.replacen("## Meaning\n", "## Meaning\n\nOne <b>bold</b> word.\n", 1));
    assert_eq!(inline.len(), 2, "{inline:?}");
}

#[test]
fn a_missing_level_is_refused() {
    let list =
        complaints(|t| t.lines().filter(|l| !l.starts_with("established =")).map(|l| format!("{l}\n")).collect());
    assert_eq!(list.len(), 1);
    assert!(list[0].contains("established") && list[0].starts_with("01-integrated-service.md:"), "{list:?}");
}

#[test]
fn each_broken_rule_is_named() {
    for (from, to, expected) in [
        ("+++\n", "---\n", "front matter"),
        ("number = 1\n", "number = 2\n", "does not fit the file name"),
        ("edition = \"2026\"", "edition = \"2025\"", "edition 2026"),
        ("group = \"integration\"", "group = \"research\"", "belongs to the group Integration"),
        ("## Sources\n", "## Source\n", "is missing"),
        ("## Common shortfalls\n", "## Shortfalls\n", "is not known"),
        ("### Level 4\n", "### Level four\n", "Level 4"),
        ("title = ", "heading = ", "unknown field"),
    ] {
        let list = complaints(|t| t.replacen(from, to, 1));
        assert!(list.iter().any(|c| c.contains(expected)), "{from:?} -> {to:?}: {list:?}");
    }
}

#[test]
fn a_key_used_twice_is_refused() {
    let one = first();
    let text = one.text.replacen("number = 1\n", "number = 2\n", 1);
    let two = SourceFile { path: "02-again.md".into(), text };
    let list = edition("2026", vec![one, two]).expect_err("a duplicate");
    assert!(list.iter().any(|c| c.message.contains("already used in 01-integrated-service.md")), "{list:?}");
}

#[test]
fn a_source_in_brackets_becomes_its_number_with_a_link() {
    let sources = ["ED".to_owned(), "OOH1".to_owned()];
    let html = guide::render("Most of the week (OOH1) & more (ED, OOH1), (not this) <.", 6, &sources);
    assert_eq!(
        html.trim(),
        "<p>Most of the week&#160;[<a class=\"reference\" href=\"/criteria/6#source-2\" aria-label=\"Source 2\">2</a>] &amp; more&#160;\
         [<a class=\"reference\" href=\"/criteria/6#source-1\" aria-label=\"Source 1\">1</a>, \
         <a class=\"reference\" href=\"/criteria/6#source-2\" aria-label=\"Source 2\">2</a>], (not this) &lt;.</p>"
    );
    assert_eq!(
        guide::render_sources("- ED: A & B. doi 1\n"),
        "<ol>\n<li id=\"source-1\">A &amp; B. doi 1</li>\n</ol>\n"
    );
    for guide in &Catalogue::load().expect("a catalogue").newest().guides {
        for (section, html, _) in &guide.sections {
            let left = guide.sources.iter().find(|key| html.contains(&format!("({key})")));
            assert_eq!(left, None, "{section:?}");
        }
    }
}

#[test]
fn typed_markdown_cannot_bring_html_links_or_images_onto_a_page() {
    let html = guide::render_typed(
        "# Big\n\n<script>x</script>\n\nOne <i>x</i> **bold** [text](https://a.example) ![p](https://b.example/x.png)\n\n- one",
    );
    assert!(
        html.contains("&lt;script&gt;") && html.contains("<strong>bold</strong>") && html.contains("<li>one</li>"),
        "{html}"
    );
    for bad in ["<script", "<a ", "<img", "<h1", "href", "src"] {
        assert!(!html.contains(bad), "{bad}: {html}");
    }
    assert!(html.contains("text (https://a.example)"), "{html}");
}
