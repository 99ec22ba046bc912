use super::*;
use proptest::prelude::*;

fn line(number: i64) -> Line {
    Line {
        id: format!("{number:032x}"),
        at: 1_000 * number,
        actor: (number % 3 != 0).then(|| format!("{:032x}", number % 7)),
        kind: "AnswerSaved".into(),
        subject: "s".into(),
        detail: format!("criterion {number}"),
        request_id: String::new(),
    }
}

fn chain(length: i64) -> (Vec<Link>, Head) {
    let mut head = Head { seq: 0, hash: BEGINNING.into() };
    let mut links = Vec::new();
    for seq in 1..=length {
        let (line, previous) = (line(seq), head.hash);
        let hash: String = line.hash_after(&previous).into();
        head = Head { seq, hash: hash.clone() };
        links.push(Link { seq, previous, hash, line });
    }
    (links, head)
}

fn walk(mut links: Vec<Link>, head: &Head) -> Vec<String> {
    links.sort_by_key(|l| l.seq);
    let mut walk = Walk::begin(head.clone());
    let mut faults: Vec<Fault> = links.iter().flat_map(|l| walk.step(l)).collect();
    faults.extend(walk.end(head));
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_canonical_bytes_are_written_down_here() {
    let line = Line { actor: None, ..line(3) };
    assert_eq!(
        line.canonical(),
        "designated-centres record 1\n32:00000000000000000000000000000003,4:3000,-,11:AnswerSaved,1:s,11:criterion 3,0:,"
    );
    // As `sha256sum` has it.
    let hash = "99ddb2af0c6bf84293c7a08d513487fdbe9ca0bb3a0d226f259a5c5c295555a4";
    assert_eq!(line.hash_after(BEGINNING).as_str(), hash);
}

#[test]
fn a_whole_chain_has_no_fault() {
    for length in [0, 1, 2, 9] {
        let (links, head) = chain(length);
        assert_eq!(walk(links, &head), [""; 0], "{length}");
    }
}

#[test]
fn every_field_is_held_by_the_hash() {
    let edits: [fn(&mut Link); 8] = [
        |l| l.line.id.replace_range(..1, "f"),
        |l| l.line.at += 1,
        |l| l.line.actor = None,
        |l| l.line.kind.push('x'),
        |l| l.line.subject.clear(),
        |l| l.line.detail = "criterion 6".into(),
        |l| l.line.request_id.push('x'),
        |l| l.hash.replace_range(..1, "x"),
    ];
    for (number, edit) in edits.iter().enumerate() {
        let (mut links, head) = chain(9);
        edit(&mut links[4]);
        let faults = walk(links, &head);
        assert!(faults[0].starts_with("line 5 (") && faults[0].contains("was edited"), "{number}: {faults:?}");
    }
}

#[test]
fn what_is_missing_moved_or_put_in_is_named() {
    let (links, head) = chain(9);
    let without = |gone: &[usize]| {
        let kept = links.iter().enumerate().filter(|(n, _)| !gone.contains(&(n + 1)));
        kept.map(|(_, l)| l.clone()).collect::<Vec<_>>()
    };
    assert_eq!(walk(without(&[1]), &head), ["line 1 is missing"]);
    assert_eq!(walk(without(&[4, 5]), &head), ["lines 4 to 5 are missing"]);
    assert_eq!(walk(without(&[9]), &head), ["line 9 is missing"]);
    assert_eq!(walk(without(&[7, 8, 9]), &head), ["lines 7 to 9 are missing"]);
    assert_eq!(walk(vec![], &head), ["lines 1 to 9 are missing"]);

    let mut swapped = links.clone();
    (swapped[3].seq, swapped[4].seq) = (5, 4);
    let faults = walk(swapped, &head);
    assert!(faults[0].starts_with("line 4 (00000000000000000000000000000005) does not follow"), "{faults:?}");
    assert!(faults[1].starts_with("line 5 (00000000000000000000000000000004) does not follow"), "{faults:?}");

    // Edited, and hashed again by somebody who knows how: the next line gives it away.
    let mut forged = links.clone();
    forged[4].line.detail = "other".into();
    forged[4].hash = forged[4].line.hash_after(&forged[4].previous).into();
    let faults = walk(forged, &head);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].starts_with("line 6 (") && faults[0].contains("does not follow"), "{faults:?}");

    // The last line has no next one: the head gives it away.
    let mut forged = links.clone();
    forged[8].line.detail = "other".into();
    forged[8].hash = forged[8].line.hash_after(&forged[8].previous).into();
    assert_eq!(
        walk(forged, &head),
        ["line 9 (00000000000000000000000000000009) is not the one that the head of the record names"]
    );

    let (longer, _) = chain(11);
    assert_eq!(walk(longer, &head), ["lines 10 to 11 were put in: the head of the record is line 9"]);
    let mut twice = links.clone();
    twice.push(links[2].clone());
    assert_eq!(walk(twice, &head), ["line 3 (00000000000000000000000000000003) stands there twice"]);
}

#[test]
fn lines_that_are_written_during_the_walk_are_no_fault() {
    let (links, head) = chain(9);
    let mut walk = Walk::begin(Head { seq: 6, hash: links[5].hash.clone() });
    assert!(links.iter().all(|l| walk.step(l).is_empty()));
    assert_eq!(walk.last().seq, 9);
    assert_eq!(walk.end(&Head { seq: 12, ..head }), []);
}

#[test]
fn what_is_signed_says_neither_how_many_nor_when() {
    assert_eq!(signed_text("2027-03-05", "ab"), "designated-centres record head 1\n2027-03-05\nab\n");
}

proptest! {
    #[test]
    fn no_two_lines_have_the_same_bytes(one in fields(), other in fields()) {
        prop_assert_eq!(one == other, one.canonical() == other.canonical());
    }
}

prop_compose! {
    fn fields()(
        texts in prop::collection::vec("[0-9:,-]{0,3}", 5),
        actor in prop::option::of("[0-9:,-]{0,2}"),
        at in -2_i64..2,
    ) -> Line {
        let [id, kind, subject, detail, request_id] = texts.try_into().expect("five");
        Line { id, at, actor, kind, subject, detail, request_id }
    }
}
