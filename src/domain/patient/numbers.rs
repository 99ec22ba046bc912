//! National numbers of persons, with their check digits.

use super::{Hit, Kind, Token, before, between};

/// How a number is written, and whether it is right.
struct Format {
    /// What it is called.
    name: &'static str,
    /// The lengths of its groups, in each way that is usual.
    groups: &'static [&'static [usize]],
    /// What may stand between groups.
    between: &'static [&'static str],
    /// Words of which one has to stand before it; none where the check is enough.
    after: &'static [&'static str],
    /// Whether the digits and letters, without what stands between them, are such a number.
    check: fn(&[u8]) -> bool,
}

const FORMATS: [Format; 17] = [
    Format {
        name: "a Swiss social security number",
        groups: &[&[3, 4, 4, 2], &[13]],
        between: &[".", " "],
        after: &[],
        check: |n| n.starts_with(b"756") && ean(n),
    },
    Format {
        name: "a Romanian personal number",
        groups: &[&[13]],
        between: &[],
        after: &[],
        check: |n| {
            let sum = weighted(n, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]).map(|s| s % 11);
            day_at(n, 5, 3) && matches!(n[0], b'1'..=b'8') && sum.map(|s| if s == 10 { 1 } else { s }) == digit(n[12])
        },
    },
    Format { name: "an Italian tax code", groups: &[&[16]], between: &[], after: &[], check: codice_fiscale },
    Format {
        name: "a Spanish identity number",
        groups: &[&[9], &[8, 1]],
        between: &["-", " "],
        after: &[],
        check: |n| {
            let first = match n[0] {
                b'X' => b'0',
                b'Y' => b'1',
                b'Z' => b'2',
                other => other,
            };
            let body = [&[first], &n[1..8]].concat();
            number(&body).is_some_and(|value| b"TRWAGMYFPDXBNJZSQVHLCKE"[as_index(value % 23)] == n[8])
        },
    },
    Format {
        name: "a French social security number",
        groups: &[&[1, 2, 2, 2, 3, 3, 2], &[15], &[13, 2]],
        between: &[" "],
        after: &[],
        check: |n| {
            let month = number(&n[3..5]);
            let sensible = matches!(n[0], b'1' | b'2') && matches!(month, Some(1..=12 | 20..=42 | 50..=99));
            sensible && number(&n[..13]).zip(number(&n[13..])).is_some_and(|(body, key)| 97 - body % 97 == key)
        },
    },
    Format {
        name: "a Belgian national number",
        groups: &[&[2, 2, 2, 3, 2], &[11]],
        between: &[".", "-"],
        after: &[],
        check: |n| {
            let key = |body: u64| 97 - body % 97;
            let Some((body, check)) = number(&n[..9]).zip(number(&n[9..])) else { return false };
            day_at(n, 4, 2) && (key(body) == check || key(2_000_000_000 + body) == check)
        },
    },
    Format {
        name: "a Polish personal number",
        groups: &[&[11]],
        between: &[],
        after: &[],
        check: |n| {
            let century = [&n[..2], &[n[2] - if n[2] >= b'2' { 2 } else { 0 }], &n[3..]].concat();
            day_at(&century, 4, 2)
                && weighted(n, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]).map(|s| (10 - s % 10) % 10) == digit(n[10])
        },
    },
    Format {
        name: "a Norwegian identity number",
        groups: &[&[6, 5], &[11]],
        between: &[" "],
        after: &[],
        check: |n| {
            let one = weighted(n, &[3, 7, 6, 1, 8, 9, 4, 5, 2]).map(|s| (11 - s % 11) % 11);
            let two = weighted(n, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]).map(|s| (11 - s % 11) % 11);
            day_at(n, 0, 2) && one == digit(n[9]) && two == digit(n[10])
        },
    },
    Format {
        name: "a Turkish identity number",
        groups: &[&[11]],
        between: &[],
        after: &[],
        check: |n| {
            let Some(d) = n.iter().map(|b| digit(*b)).collect::<Option<Vec<u64>>>() else { return false };
            let odd: u64 = d.iter().take(9).step_by(2).sum();
            let even: u64 = d[1..8].iter().step_by(2).sum();
            d[0] != 0 && (odd * 7 + 100 - even) % 10 == d[9] && d[..10].iter().sum::<u64>() % 10 == d[10]
        },
    },
    Format {
        name: "a Swedish identity number",
        groups: &[&[6, 4], &[8, 4]],
        between: &["-", "+"],
        after: &[],
        check: |n| {
            let short = &n[n.len() - 10..];
            day_at(short, 4, 2) && luhn(short)
        },
    },
    Format {
        name: "a Danish identity number",
        groups: &[&[6, 4]],
        between: &["-"],
        after: &[],
        check: |n| day_at(n, 0, 2) && weighted(n, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]).is_some_and(|s| s % 11 == 0),
    },
    Format {
        name: "a Finnish identity number",
        groups: &[&[6, 4]],
        between: &["-", "+"],
        after: &[],
        check: |n| {
            let body = [&n[..6], &n[6..9]].concat();
            let sign = |value: u64| b"0123456789ABCDEFHJKLMNPRSTUVWXY"[as_index(value % 31)];
            day_at(n, 0, 2) && number(&body).is_some_and(|value| sign(value) == n[9])
        },
    },
    Format {
        name: "an Irish public service number",
        groups: &[&[8], &[9]],
        between: &[],
        after: &[],
        check: |n| {
            let second = n.get(8).map_or(Some(0), |b| b.is_ascii_uppercase().then(|| u64::from(b - b'@')));
            let sum = weighted(n, &[8, 7, 6, 5, 4, 3, 2]).zip(second).map(|(s, second)| s + 9 * second);
            sum.is_some_and(|s| b"WABCDEFGHIJKLMNOPQRSTUV"[as_index(s % 23)] == n[7])
        },
    },
    Format {
        name: "an American social security number",
        groups: &[&[3, 2, 4]],
        between: &["-"],
        after: &[],
        check: |n| {
            let parts = (number(&n[..3]), number(&n[3..5]), number(&n[5..]));
            matches!(parts, (Some(area), Some(1..), Some(1..)) if (1..900).contains(&area) && area != 666)
        },
    },
    Format {
        name: "a British health service number",
        groups: &[&[3, 3, 4], &[10]],
        between: &[" ", "-"],
        after: &["nhs"],
        check: |n| {
            let sum = weighted(n, &[10, 9, 8, 7, 6, 5, 4, 3, 2]).map(|s| (11 - s % 11) % 11);
            sum == digit(n[9])
        },
    },
    Format {
        name: "a Dutch citizen number",
        groups: &[&[9], &[4, 2, 3]],
        between: &[".", " "],
        after: &["bsn", "burgerservice"],
        check: |n| {
            let sum = weighted(n, &[9, 8, 7, 6, 5, 4, 3, 2]).zip(digit(n[8]));
            sum.is_some_and(|(s, last)| (s + 110 - last) % 11 == 0)
        },
    },
    Format {
        name: "a German insurance number",
        groups: &[&[10]],
        between: &[],
        after: &["kvnr", "versicher", "krankenkasse", "insurance"],
        check: |n| {
            let letter = u64::from(n[0].wrapping_sub(b'@'));
            let body = [format!("{letter:02}").as_bytes(), &n[1..9]].concat();
            let sum = body.iter().enumerate().try_fold(0, |sum, (at, b)| {
                let value = digit(*b)? * if at % 2 == 0 { 1 } else { 2 };
                Some(sum + value / 10 + value % 10)
            });
            n[0].is_ascii_uppercase() && sum.map(|s| s % 10) == digit(n[9])
        },
    },
];

/// A national number that begins with these tokens.
pub(super) fn national(lower: &str, tokens: &[Token<'_>]) -> Option<Hit> {
    FORMATS.iter().find_map(|format| {
        let groups = format.groups.iter().find(|groups| fits(lower, tokens, groups, format))?;
        let parts = &tokens[..groups.len()];
        let place = parts[0].start..parts[parts.len() - 1].end();
        // A number that goes on is another number.
        let goes_on = tokens.get(groups.len()).is_some_and(|next| {
            next.digits() && 1 < groups.len() && format.between.contains(&between(lower, &parts[parts.len() - 1], next))
        });
        let said =
            format.after.is_empty() || format.after.iter().any(|word| before(lower, place.start, 40).contains(word));
        (said && !goes_on).then_some(Hit { kind: Kind::NationalNumber, name: format.name, place })
    })
}

fn fits(lower: &str, tokens: &[Token<'_>], groups: &[usize], format: &Format) -> bool {
    let Some(parts) = tokens.get(..groups.len()) else { return false };
    let lengths = parts.iter().zip(groups).all(|(part, length)| part.text.len() == *length);
    let joined = parts.windows(2).all(|two| format.between.contains(&between(lower, &two[0], &two[1])));
    if !lengths || !joined {
        return false;
    }
    let bytes: Vec<u8> = parts.iter().flat_map(|part| part.text.bytes()).collect();
    (format.check)(&bytes.to_ascii_uppercase())
}

fn digit(byte: u8) -> Option<u64> {
    byte.is_ascii_digit().then(|| u64::from(byte - b'0'))
}

fn number(bytes: &[u8]) -> Option<u64> {
    bytes.iter().try_fold(0_u64, |value, byte| Some(value * 10 + digit(*byte)?))
}

fn as_index(value: u64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

/// The sum of digits times weights; none when one of them is no digit.
fn weighted(bytes: &[u8], weights: &[u64]) -> Option<u64> {
    bytes.iter().zip(weights).try_fold(0, |sum, (byte, weight)| Some(sum + digit(*byte)? * weight))
}

/// Whether a day of a month stands at this place and its month two further or before: `day` and `month` are places.
fn day_at(bytes: &[u8], day: usize, month: usize) -> bool {
    let two = |at: usize| bytes.get(at..at + 2).and_then(number);
    matches!((two(day), two(month)), (Some(1..=31), Some(1..=12)))
}

fn ean(bytes: &[u8]) -> bool {
    let sum = bytes
        .iter()
        .enumerate()
        .try_fold(0, |sum, (at, byte)| Some(sum + digit(*byte)? * if at % 2 == 0 { 1 } else { 3 }));
    sum.is_some_and(|sum| sum % 10 == 0)
}

fn luhn(bytes: &[u8]) -> bool {
    let sum = bytes.iter().rev().enumerate().try_fold(0, |sum, (at, byte)| {
        let value = digit(*byte)? * if at % 2 == 0 { 1 } else { 2 };
        Some(sum + value / 10 + value % 10)
    });
    sum.is_some_and(|sum| sum % 10 == 0)
}

fn codice_fiscale(bytes: &[u8]) -> bool {
    const ODD: [u64; 36] = [
        1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
        10, 22, 25, 24, 23,
    ];
    let shape = b"LLLLLLNNLNNLNNNL".iter().zip(bytes).all(|(kind, byte)| match kind {
        b'L' => byte.is_ascii_uppercase(),
        _ => byte.is_ascii_digit() || b"LMNPQRSTUV".contains(byte),
    });
    if !shape {
        return false;
    }
    let place = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    let even = |byte: u8| u64::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let sum: u64 =
        bytes[..15].iter().enumerate().map(|(at, b)| if at % 2 == 0 { ODD[place(*b)] } else { even(*b) }).sum();
    u64::from(bytes[15] - b'A') == sum % 26
}

#[cfg(test)]
mod tests {
    use crate::domain::patient::{Kind, find};

    #[test]
    fn each_national_number_is_found_and_one_digit_wrong_is_not() {
        for (right, wrong, name) in [
            ("756.9217.0769.85", "756.9217.0769.86", "Swiss"),
            ("7569217076985", "7569217076984", "Swiss"),
            ("1800101221144", "1800101221145", "Romanian"),
            ("RSSMRA85T10A562S", "RSSMRA85T10A562T", "Italian"),
            ("12345678Z", "12345678A", "Spanish"),
            ("X1234567L", "X1234567M", "Spanish"),
            ("2 55 08 14 168 025 38", "2 55 08 14 168 025 39", "French"),
            ("255081416802538", "255081416802537", "French"),
            ("85.07.30-033.28", "85.07.30-033.29", "Belgian"),
            ("44051401359", "44051401358", "Polish"),
            ("131052-308T", "131052-308U", "Finnish"),
            ("811228-9874", "811228-9875", "Swedish"),
            ("070761-4285", "070761-4286", "Danish"),
            ("10000000146", "10000000147", "Turkish"),
            ("1234567T", "1234567U", "Irish"),
            ("123-45-6789", "000-45-6789", "American"),
            ("NHS 943 476 5919", "NHS 943 476 5918", "British"),
            ("BSN 111222333", "BSN 111222334", "Dutch"),
            ("KVNR A123456780", "KVNR A123456781", "German"),
            ("010150 10033", "010150 10034", "Norwegian"),
        ] {
            let text = format!("The letter names {right} in its head.");
            let hits = find(&text);
            assert_eq!(hits.len(), 1, "{right}");
            assert_eq!(hits[0].kind, Kind::NationalNumber, "{right}");
            assert!(hits[0].name.contains(name), "{right}: {}", hits[0].name);
            let text = format!("The letter names {wrong} in its head.");
            assert!(find(&text).iter().all(|hit| !hit.name.contains(name)), "{wrong}");
        }
    }

    #[test]
    fn a_common_format_counts_only_after_its_name() {
        for text in ["ring 943 476 5919", "grant 111222333", "batch A123456780"] {
            assert_eq!(find(text), [], "{text}");
        }
    }
}
