//! An edition that is broken in one place is refused with file and line.

use super::*;

/// The complaints about the edition after one file was changed, and the file before the change.
fn complaints(name: &str, change: impl FnOnce(String) -> String) -> (Vec<String>, String) {
    let mut files = files();
    let file = files.iter_mut().find(|f| f.path.ends_with(name)).expect("the file");
    let before = file.text.clone();
    file.text = change(before.clone());
    assert_ne!(file.text, before, "the test changed nothing in {name}");
    let list = edition("2026", files).err().unwrap_or_default();
    (list.iter().map(ToString::to_string).collect(), before)
}

/// The line, from 1, of the first that contains `needle`.
fn line_of(text: &str, needle: &str) -> usize {
    text.lines().position(|l| l.contains(needle)).expect(needle) + 1
}

/// Changing `from` to `to` gives one complaint, at the line of `at` in the file as it was.
fn refused(name: &str, from: &str, to: &str, at: &str, message: &str) {
    let (list, before) = complaints(name, |t| t.replacen(from, to, 1));
    let line = line_of(&before, at);
    let expected = format!("criteria/2026/{name}:{line}: {message}");
    assert_eq!(list, [expected], "{from:?} -> {to:?}");
}

const FIRST: &str = "01-integrated-service.md";
const SIXTH: &str = "06-emergency.md";
const PAGE: &str = "programme.md";

#[test]
fn raw_html_is_refused_with_file_and_line() {
    let block = complaints(FIRST, |t| t.replacen("## Meaning\n", "## Meaning\n\n<script>alert(1)</script>\n", 1));
    let line = line_of(&block.1, "## Meaning") + 2;
    assert_eq!(block.0, [format!("criteria/2026/{FIRST}:{line}: Raw HTML is not allowed; write Markdown")]);
    let (inline, _) = complaints(FIRST, |t| t.replacen("Two services", "Two <b>services</b>", 1));
    assert_eq!(inline.len(), 2, "{inline:?}");
    refused(
        PAGE,
        "The programme honours",
        "The<br>programme honours",
        "The programme honours",
        "Raw HTML is not allowed; write Markdown",
    );
}

#[test]
fn a_missing_level_is_refused() {
    let (list, _) = complaints(FIRST, |t| {
        t.lines().filter(|l| !l.starts_with("established =")).map(|l| format!("{l}\n")).collect()
    });
    assert_eq!(list.len(), 1);
    assert!(
        list[0].contains("established") && list[0].starts_with("criteria/2026/01-integrated-service.md:"),
        "{list:?}"
    );
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
        ("- **Does not count**: ", "- **Never**: ", "does not count"),
        ("absent = \"No ", "absent = \"\" #", "8 to 60 words"),
    ] {
        let mut files = files();
        let file = files.iter_mut().find(|f| f.path.ends_with(FIRST)).expect("the file");
        assert!(file.text.contains(from), "{from:?}");
        file.text = file.text.replacen(from, to, 1);
        let list = edition("2026", files).err().unwrap_or_default();
        assert!(list.iter().any(|c| c.message.contains(expected)), "{from:?} -> {to:?}: {list:?}");
    }
}

#[test]
fn a_limit_that_is_passed_is_told_at_its_section() {
    let many = "word ".repeat(90);
    let (list, before) = complaints(FIRST, |t| t.replacen("## Meaning\n\n", &format!("## Meaning\n\n{many}\n\n"), 1));
    let line = line_of(&before, "## Meaning");
    assert!(
        matches!(list.as_slice(), [one] if one.starts_with(&format!("criteria/2026/{FIRST}:{line}: The section “Meaning” has 100 to 180 words; this one has "))),
        "{list:?}"
    );
    let three = "- One?\n- Two?\n- Three?\n";
    refused(
        FIRST,
        "## Ask yourself\n\n",
        &format!("## Ask yourself\n\n{three}"),
        "## Ask yourself",
        "The section “Ask yourself” has 6 to 10 entries; this one has 11",
    );
    refused(
        FIRST,
        "## What a reviewer looks for\n\n",
        "## What a reviewer looks for\n\n- A\n- B\n- C\n",
        "## What a reviewer looks for",
        "The section “What a reviewer looks for” has 4 to 8 entries; this one has 9",
    );
    let (list, before) = complaints(SIXTH, |t| t.replacen("### Level 3\n\n", &format!("### Level 3\n\n{many}\n\n"), 1));
    let line = line_of(&before, "### Level 3");
    assert!(
        list.len() == 1
            && list[0].starts_with(&format!("criteria/2026/{SIXTH}:{line}: A worked answer has 90 to 160 words")),
        "{list:?}"
    );
}

#[test]
fn a_reused_descriptor_is_refused() {
    let descriptor = |name: &str, level: &str| {
        let file = files().into_iter().find(|f| f.path.ends_with(name)).expect("the file");
        let line = file.text.lines().find(|l| l.starts_with(level)).expect("a level");
        line.split_once(" = ").expect("a value").1.to_owned()
    };
    // Within one file, and from another one.
    let (partial, elsewhere) = (descriptor(SIXTH, "partial"), descriptor(FIRST, "partial"));
    let own = descriptor(SIXTH, "established");
    refused(
        SIXTH,
        &own,
        &partial,
        "established = ",
        "The level descriptor is already used in criteria/2026/06-emergency.md",
    );
    refused(
        SIXTH,
        &own,
        &elsewhere,
        "established = ",
        &format!("The level descriptor is already used in criteria/2026/{FIRST}"),
    );
}

#[test]
fn an_indicator_without_unit_is_refused() {
    refused(
        SIXTH,
        "unit = \"minutes\"",
        "unit = \" \"",
        "key = \"first-relief-time\"",
        "The indicator “first-relief-time” needs label, definition and unit",
    );
    let (list, before) = complaints(SIXTH, |t| t.replacen("unit = \"minutes\"\n", "", 1));
    assert!(list.len() == 1 && list[0].ends_with("missing field `unit`"), "{list:?}");
    let line: usize = list[0].split(':').nth(1).and_then(|l| l.parse().ok()).expect("a line");
    let indicator = line_of(&before, "key = \"first-relief-time\"");
    assert!((indicator - 1..indicator + 10).contains(&line), "{list:?}");
}

#[test]
fn a_benchmark_without_year_or_source_is_refused() {
    for (from, field) in [
        ("year = 2005\n", "year"),
        ("source = \"EARLE\"\n", "source"),
        ("n = \"48,906 deaths in US claims data\"\n", "n"),
    ] {
        let (list, before) = complaints(SIXTH, |t| t.replacen(from, "", 1));
        assert!(list.len() == 1 && list[0].ends_with(&format!("missing field `{field}`")), "{list:?}");
        let line: usize = list[0].split(':').nth(1).and_then(|l| l.parse().ok()).expect("a line");
        let benchmark = line_of(&before, "[[indicators.benchmarks]]");
        assert!((benchmark..benchmark + 7).contains(&line), "{list:?}, not {benchmark}");
    }
    refused(
        SIXTH,
        "year = 2005",
        "year = 205",
        "key = \"emergency-visits-30-days\"",
        "Each benchmark of “emergency-visits-30-days” needs year, n and label",
    );
    refused(
        SIXTH,
        "source = \"EARLE\"",
        "source = \"PEARL\"",
        "source = \"EARLE\"",
        "The benchmark's source “PEARL” is not in the section Sources",
    );
    refused(
        SIXTH,
        "of the week lies outside working hours (OOH1)",
        "of the week lies outside working hours (OOH9)",
        "outside working hours (OOH1)",
        "The source “OOH9” is not in the section Sources",
    );
}

#[test]
fn a_rule_of_the_portal_that_is_not_whole_is_refused() {
    refused(
        SIXTH,
        "portal_rules = [{ from_level = 3, at_least = 168 }",
        "portal_rules = [{ at_least = 168 }",
        "key = \"palliative-advice-hours\"",
        "Each of the portal_rules of “palliative-advice-hours” needs either from_level or up_to_level, and one of at_least, at_most and above",
    );
}

#[test]
fn a_dead_link_is_refused() {
    for (link, message) in [
        ("/criteria/14", "leads to no page"),
        ("/criteria/6#nothing", "leads to a place that /criteria/6 does not have"),
        ("#nothing", "leads to a place that /criteria/1 does not have"),
        ("/glossary#nothing", "leads to a place that /glossary does not have"),
        ("/programme#nothing", "leads to a place that /programme does not have"),
        ("/nowhere", "leads to no page"),
    ] {
        let to = format!("[Two services]({link}) can");
        refused(FIRST, "Two services can", &to, "Two services can", &format!("The link “{link}” {message}"));
    }
    for alive in [
        "/criteria/6#levels",
        "#source-2",
        "/criteria/6#indicator-first-relief-time",
        "/glossary#respite",
        "/programme#the-scale",
        "/criteria/2#examples-level-3",
    ] {
        let (list, _) =
            complaints(FIRST, |t| t.replacen("Two services can", &format!("[Two services]({alive}) can"), 1));
        assert_eq!(list, [""; 0], "{alive}");
    }
    refused(PAGE, "](/criteria/13)", "](/criteria/31)", "](/criteria/13)", "The link “/criteria/31” leads to no page");
    refused(
        FIRST,
        "Two services can",
        "[Two services](https://a.example) can",
        "Two services can",
        "The link “https://a.example” leads out; name the address in the section Sources instead",
    );
}

#[test]
fn a_programme_that_is_not_whole_is_refused() {
    let (list, before) = complaints(PAGE, |t| t.replacen("## The scale\n", "## A scale\n", 1));
    let (line, top) = (line_of(&before, "## The scale"), line_of(&before, "## What it is") - 1);
    let expected = [
        format!("criteria/2026/{PAGE}:{line}: The section “A scale” is not known"),
        format!("criteria/2026/{PAGE}:{top}: The section “The scale” is missing"),
    ];
    assert_eq!(list, expected);
}

#[test]
fn a_glossary_that_is_not_whole_is_refused() {
    let first =
        line_of(&files().into_iter().find(|f| f.path.ends_with(PAGE)).expect("the page").text, "term = \"carer\"");
    refused(
        PAGE,
        "term = \"catchment\"",
        "term = \"Carers\"",
        "term = \"catchment\"",
        &format!("The term “carers” is already explained on line {first}"),
    );
    refused(
        PAGE,
        "definition = \"The area whose inhabitants the centre serves.\"",
        "definition = \"\"",
        "definition = \"The area whose",
        "The definition of “catchment” has 4 to 40 words; this one has 0",
    );
    refused(PAGE, "title = \"The programme in one page\"", "title = \"\"", "title = ", "The title is empty");
    let (list, _) = complaints(PAGE, |t| t.replacen("definition = ", "meaning = ", 1));
    assert!(list.len() == 1 && list[0].contains("unknown field"), "{list:?}");
}

#[test]
fn an_edition_without_its_programme_is_refused() {
    let mut files = files();
    files.retain(|f| !f.path.ends_with(PAGE));
    let list: Vec<String> = edition("2026", files).expect_err("no programme").iter().map(ToString::to_string).collect();
    assert_eq!(list, ["criteria/2026:1: The file programme.md is missing"]);
}

#[test]
fn a_key_used_twice_is_refused() {
    let mut files = files();
    let mut again = files[0].clone();
    again.text = again.text.replacen("number = 1\n", "number = 2\n", 1);
    again.path = "criteria/2026/02-again.md".into();
    files.push(again);
    let list = edition("2026", files).expect_err("a duplicate");
    assert!(
        list.iter().any(|c| c.message.contains("already used in criteria/2026/01-integrated-service.md")),
        "{list:?}"
    );
}
