use super::*;
use crate::domain::{level::Level, narrative};
use markup::Around;

mod breaking;
mod practice;

/// The catalogue that the program is built with.
fn catalogue() -> Catalogue {
    Catalogue::load().unwrap_or_else(|list| panic!("{}", list.iter().map(|c| format!("{c}\n")).collect::<String>()))
}

/// The files of the newest edition, to be broken in one place.
fn files() -> Vec<SourceFile> {
    let folder = FILES.dirs().last().expect("an edition");
    let files = folder.files().map(|f| SourceFile {
        path: format!("criteria/{}", f.path().display()),
        text: f.contents_utf8().expect("UTF-8").to_owned(),
    });
    files.collect()
}

#[test]
fn the_catalogue_holds_13_criteria_with_all_sections() {
    let catalogue = catalogue();
    let edition = catalogue.newest();
    assert_eq!(edition.criteria.iter().map(|c| c.number).collect::<Vec<_>>(), (1..=13).collect::<Vec<_>>());
    for guide in &edition.guides {
        assert_eq!(guide.sections.len(), Section::ALL.len());
    }
    assert_eq!(edition.programme.parts.len(), 6);
}

#[test]
fn the_summary_counts_and_nothing_is_missing() {
    let catalogue = catalogue();
    let mut edition = edition("2026", files()).expect("an edition");
    let summary = catalogue.newest().summary();
    assert!(summary.ends_with("None is missing.\n"), "{summary}");
    let first = catalogue.newest().lines().remove(0);
    assert_eq!((first.questions, first.indicators, first.benchmarks, first.sourced, first.examples), (8, 6, 9, 9, 3));
    for line in catalogue.newest().lines() {
        assert!(1000 < line.words && 0 < line.ruled, "{line}");
    }

    edition.guides[3].examples.pop();
    edition.criteria[4].indicators.retain(|i| i.portal_rules.is_empty());
    edition.guides[0].sources.retain(|s| s != "NCI18");
    let summary = edition.summary();
    for missing in [
        "criterion 4: a worked answer",
        "criterion 5: a rule of the portal about level and indicator",
        "criterion 1: the source of a benchmark",
        "3 missing:",
    ] {
        assert!(summary.contains(missing), "{missing}: {summary}");
    }
}

#[test]
fn a_source_in_brackets_becomes_its_number_with_a_link() {
    let sources = ["ED".to_owned(), "OOH1".to_owned()];
    let around = Around { page: "/criteria/6", anchor: "meaning", sources: &sources, glossary: None };
    let html = markup::render("Most of the week (OOH1) & more (ED, OOH1), (not this) <.", &around);
    assert_eq!(
        html.trim(),
        "<p>Most of the week&#160;[<a class=\"reference\" href=\"/criteria/6#source-2\" aria-label=\"Source 2\">2</a>] &amp; more&#160;\
         [<a class=\"reference\" href=\"/criteria/6#source-1\" aria-label=\"Source 1\">1</a>, \
         <a class=\"reference\" href=\"/criteria/6#source-2\" aria-label=\"Source 2\">2</a>], (not this) &lt;.</p>"
    );
    assert_eq!(
        markup::render_sources("- ED: A & B. doi 1\n"),
        "<ol>\n<li id=\"source-1\">A &amp; B. doi 1</li>\n</ol>\n"
    );
    for guide in &catalogue().newest().guides {
        for (section, html, _) in &guide.sections {
            let left = guide.sources.iter().find(|key| html.contains(&format!("({key})")));
            assert_eq!(left, None, "{section:?}");
        }
    }
}

#[test]
fn a_heading_gets_an_anchor_that_stays() {
    let around = Around { page: "/p", anchor: "examples", sources: &[], glossary: None };
    let html = markup::render("### Level 2\n\nOne.\n\n### What’s *next*?\n", &around);
    assert!(
        html.contains("<h3 id=\"examples-level-2\">") && html.contains("<h3 id=\"examples-whats-next\">"),
        "{html}"
    );
    for guide in &catalogue().newest().guides {
        for anchor in ["meaning", "levels", "indicators", "sources", "source-1", "examples-level-2", "examples-level-4"]
        {
            assert!(guide.anchors.contains(anchor), "{anchor}");
        }
    }
}

fn terms(list: &[(&str, &[&str], bool)]) -> Glossary {
    let terms = list.iter().map(|(term, also, linked)| Term {
        term: (*term).to_owned(),
        also: also.iter().map(|a| (*a).to_owned()).collect(),
        definition: format!("What {term} means & is."),
        linked: *linked,
    });
    Glossary::new(terms.collect())
}

#[test]
fn a_term_is_explained_where_it_first_stands() {
    let glossary = terms(&[
        ("policy", &["policies"], true),
        ("FTE", &[], true),
        ("home care", &[], true),
        ("care", &[], true),
        ("evidence", &[], false),
    ]);
    let around = Around { page: "/p", anchor: "meaning", sources: &[], glossary: Some(&glossary) };
    let explained = |markdown: &str| -> Vec<String> {
        let html = markup::render(markdown, &around);
        html.split("<a class=\"term\"").skip(1).map(|a| a.split(['>', '<']).nth(1).expect("text").to_owned()).collect()
    };
    assert_eq!(explained("A policy. Another policy, and policies."), ["policy"]);
    assert_eq!(explained("Policies are written."), ["Policies"]);
    assert_eq!(explained("Home care and care, not home-care or careful."), ["Home care", "care"]);
    assert_eq!(explained("Count fte and FTE, after (1.0 FTE)."), ["FTE"]);
    assert_eq!(explained("## A policy\n\nEvidence of [a policy](#levels)"), [""; 0]);
    assert_eq!(explained("**Policy**: words"), ["Policy"]);
    assert_eq!(
        markup::render("One policy.", &around).trim(),
        "<p>One <a class=\"term\" href=\"/glossary#policy\" interestfor=\"term-meaning-policy\" \
         aria-describedby=\"term-meaning-policy\">policy</a><span class=\"definition\" id=\"term-meaning-policy\" \
         popover=\"hint\" role=\"tooltip\">What policy means &amp; is.</span>.</p>"
    );
}

#[test]
fn terms_are_explained_in_guides_and_not_in_examples() {
    let catalogue = catalogue();
    let edition = catalogue.newest();
    for (number, guide) in (1..).zip(&edition.guides) {
        let count: usize = guide.sections.iter().map(|(_, html, _)| html.matches("class=\"term\"").count()).sum();
        assert!(5 <= count, "criterion {number} explains only {count} terms");
        assert!(!guide.html(Section::Examples).contains("class=\"term\""), "criterion {number}");
    }
}

#[test]
fn every_term_is_used_by_a_guide_or_a_form() {
    fn read(folder: &std::path::Path, texts: &mut String) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                read(&path, texts);
            } else if !path.ends_with("programme.md") {
                *texts += &std::fs::read_to_string(&path).expect("a text");
            }
        }
    }
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut texts = String::new();
    for folder in ["criteria", "src/pages/centre", "src/domain/readiness"] {
        read(&root.join(folder), &mut texts);
    }
    let texts = texts.to_lowercase();
    let catalogue = catalogue();
    let terms = catalogue.newest().programme.glossary.terms();
    assert!((35..=50).contains(&terms.len()), "{} terms", terms.len());
    for term in terms {
        assert!(term.spellings().any(|s| texts.contains(&s.to_lowercase())), "nobody says {}", term.term);
    }
}

#[test]
fn the_places_that_forms_link_to_are_there() {
    let catalogue = catalogue();
    let programme = &catalogue.newest().programme;
    for word in ["level", "indicator", "evidence", "policy", "proof of use", "agreement"] {
        let term = programme.glossary.term(word).expect(word);
        assert_eq!(term.href(), format!("/glossary#{}", word.replace(' ', "-")));
    }
    assert!(programme.anchors.contains("the-scale"));
}

#[test]
fn worked_answers_at_levels_3_and_4_name_who_when_and_how() {
    for (number, guide) in (1..).zip(&catalogue().newest().guides) {
        for (level, text) in &guide.examples {
            let missing = narrative::missing(text);
            assert!(*level < Level::Established || missing.is_empty(), "criterion {number}, {level:?}: {missing:?}");
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
