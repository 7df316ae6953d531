//! Detects PCRE features that rille does not support, for users of PCRE.

/// A PCRE feature that this engine lacks, in most cases because linear time excludes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PcreFeature {
    /// `(?=…)`, `(?!…)`, and their long names.
    LookAhead,
    /// `(?<=…)`, `(?<!…)`, and their long names.
    LookBehind,
    /// `\1`, `\g{1}`, `\k<name>`, `(?P=name)`.
    BackReference,
    /// `*+`, `++`, `?+`, `{…}+`.
    Possessive,
    /// `(?>…)`.
    Atomic,
    /// `(?R)`, `(?1)`, `(?&name)`, `(?P>name)`, `\g<name>`.
    Recursion,
    /// `(?(…)…)`.
    Conditional,
    /// `(*SKIP)` and other verbs, `(?C)`.
    Verb,
    /// `\K`.
    Keep,
    /// `\G`.
    LastMatch,
    /// `(?|…)`.
    BranchReset,
}

/// Returns the unsupported PCRE features that a pattern uses, each with its offset, from left to right.
///
/// It reads the pattern as PCRE does and accepts any input: it does not validate the pattern.
pub fn explain_pcre(pattern: &[u8]) -> Vec<(PcreFeature, usize)> {
    use PcreFeature::*;
    let mut found = Vec::new();
    // Whether a quantifier may follow, and whether the previous item was one.
    let (mut item, mut quantified) = (false, false);
    let mut at = 0;
    while at < pattern.len() {
        let rest = &pattern[at..];
        let (feature, len) = match rest[0] {
            b'\\' if rest.starts_with(b"\\Q") => {
                let end = memchr::memmem::find(rest, b"\\E").map_or(rest.len(), |end| end + 2);
                (None, end)
            }
            b'\\' => escape_sequence(rest),
            b'[' => (None, bracket(rest)),
            b'(' if rest.starts_with(b"(?#") => (None, until(rest, b')')),
            b'(' => group(rest),
            b'+' if quantified => (Some(Possessive), 1),
            b'*' | b'+' | b'?' if item => {
                (quantified, item) = (true, false);
                at += 1;
                continue;
            }
            b'{' if item && let Some(len) = counted(rest) => {
                (quantified, item) = (true, false);
                at += len;
                continue;
            }
            _ => (None, 1),
        };
        if let Some(feature) = feature {
            found.push((feature, at));
        }
        item = !matches!(rest[0], b'(' | b'|' | b'^') && feature != Some(Possessive);
        quantified = false;
        at += len.max(1);
    }
    found
}

fn until(rest: &[u8], end: u8) -> usize {
    memchr::memchr(end, rest).map_or(rest.len(), |end| end + 1)
}

/// Returns the unsupported feature that a `\` begins, if any, and the length of the escape sequence.
fn escape_sequence(rest: &[u8]) -> (Option<PcreFeature>, usize) {
    use PcreFeature::*;
    match rest.get(1) {
        Some(b'1'..=b'9') => {
            let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            (Some(BackReference), 1 + digits)
        }
        Some(b'g') => match rest.get(2) {
            Some(b'<') => (Some(Recursion), until(rest, b'>')),
            Some(b'\'') => (Some(Recursion), 3 + until(&rest[3..], b'\'')),
            Some(b'{') => (Some(BackReference), until(rest, b'}')),
            Some(b'-' | b'+' | b'0'..=b'9') => {
                let digits = rest[3..].iter().take_while(|byte| byte.is_ascii_digit()).count();
                (Some(BackReference), 3 + digits)
            }
            _ => (None, 2),
        },
        Some(b'k') => match rest.get(2) {
            Some(b'<') => (Some(BackReference), until(rest, b'>')),
            Some(b'{') => (Some(BackReference), until(rest, b'}')),
            Some(b'\'') => (Some(BackReference), 3 + until(&rest[3..], b'\'')),
            _ => (None, 2),
        },
        Some(b'K') => (Some(Keep), 2),
        Some(b'G') => (Some(LastMatch), 2),
        Some(b'p' | b'P' | b'x' | b'o' | b'N') if rest.get(2) == Some(&b'{') => {
            (None, until(rest, b'}'))
        }
        _ => (None, 2),
    }
}

/// Returns the unsupported feature that a `(` begins, if any, and the number of bytes to skip.
fn group(rest: &[u8]) -> (Option<PcreFeature>, usize) {
    use PcreFeature::*;
    const LONG: [(&[u8], PcreFeature); 12] = [
        (b"(*positive_lookahead:", LookAhead),
        (b"(*negative_lookahead:", LookAhead),
        (b"(*pla:", LookAhead),
        (b"(*nla:", LookAhead),
        (b"(*positive_lookbehind:", LookBehind),
        (b"(*negative_lookbehind:", LookBehind),
        (b"(*plb:", LookBehind),
        (b"(*nlb:", LookBehind),
        (b"(*atomic:", Atomic),
        (b"(?P=", BackReference),
        (b"(?P>", Recursion),
        (b"(?&", Recursion),
    ];
    if let Some((name, feature)) = LONG.iter().find(|(name, _)| rest.starts_with(name)) {
        return (Some(*feature), name.len());
    }
    match &rest[1..rest.len().min(4)] {
        [b'?', b'=' | b'!', ..] => (Some(LookAhead), 3),
        [b'?', b'<', b'=' | b'!'] => (Some(LookBehind), 4),
        [b'?', b'>', ..] => (Some(Atomic), 3),
        [b'?', b'|', ..] => (Some(BranchReset), 3),
        [b'?', b'C', ..] => (Some(Verb), 3),
        // The condition may be an assertion, which is found next.
        [b'?', b'(', ..] => (Some(Conditional), 2),
        [b'?', b'R' | b'0'..=b'9', ..] | [b'?', b'+' | b'-', b'0'..=b'9'] => {
            (Some(Recursion), until(rest, b')'))
        }
        [b'?', b'P' | b'<' | b'\'', ..] => (None, 3),
        [b'*', ..] => (Some(Verb), until(rest, b')')),
        [b'?', ..] => (None, 2),
        _ => (None, 1),
    }
}

/// Returns the length of the set that `[` begins.
fn bracket(rest: &[u8]) -> usize {
    let mut at = 1 + usize::from(rest.get(1) == Some(&b'^'));
    // A ] that comes first belongs to the set.
    at += usize::from(rest.get(at) == Some(&b']'));
    while at < rest.len() {
        match rest[at] {
            b']' => return at + 1,
            b'\\' => at += 2,
            b'[' if rest.get(at + 1) == Some(&b':') => {
                at += memchr::memmem::find(&rest[at..], b":]").map_or(1, |end| end + 2);
            }
            _ => at += 1,
        }
    }
    rest.len()
}

/// Returns the length of a quantifier in braces, or `None` if it is not one.
fn counted(rest: &[u8]) -> Option<usize> {
    let len = until(rest, b'}');
    let inner = rest[..len].strip_prefix(b"{")?.strip_suffix(b"}")?;
    let (min, max) = match memchr::memchr(b',', inner) {
        Some(comma) => (&inner[..comma], &inner[comma + 1..]),
        None => (inner, &b"0"[..]),
    };
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    (digits(min) && digits(max) && !(min.is_empty() && max.is_empty())).then_some(len)
}

#[cfg(test)]
mod tests {
    use super::PcreFeature::*;
    use super::*;

    #[test]
    fn pcre_features_are_found_with_their_places() {
        for (pattern, expected) in [
            (
                &b"a(?=b)(?!c)(?<=d)(?<!e)"[..],
                &[(LookAhead, 1), (LookAhead, 6), (LookBehind, 11), (LookBehind, 17)][..],
            ),
            (
                b"(a)\\1\\g{-1}\\g2\\k<n>(?P=n)",
                &[
                    (BackReference, 3),
                    (BackReference, 5),
                    (BackReference, 11),
                    (BackReference, 14),
                    (BackReference, 19),
                ],
            ),
            (
                b"a*+b++c?+d{1,2}+e+?f*",
                &[(Possessive, 2), (Possessive, 5), (Possessive, 8), (Possessive, 15)],
            ),
            (
                b"(?>a)(?R)(?1)(?-1)(?&n)(?P>n)\\g<n>",
                &[
                    (Atomic, 0),
                    (Recursion, 5),
                    (Recursion, 9),
                    (Recursion, 13),
                    (Recursion, 18),
                    (Recursion, 23),
                    (Recursion, 29),
                ],
            ),
            (
                b"(?(1)a|b)a\\K\\Gb(*SKIP)(?C1)(?|a)",
                &[
                    (Conditional, 0),
                    (Keep, 10),
                    (LastMatch, 12),
                    (Verb, 15),
                    (Verb, 22),
                    (BranchReset, 27),
                ],
            ),
            (b"(?(?=a)b)", &[(Conditional, 0), (LookAhead, 2)]),
            (b"(*pla:a)(*negative_lookbehind:b)", &[(LookAhead, 0), (LookBehind, 8)]),
            (b"[(?=a)\\1*+][]++]\\(?=\\Q(?=a)\\E(?#(?=)a{x}+(?:b)(?i)(?<n>c)(?P<m>d)\\p{L}", &[]),
            (b"[[:alpha:]++]a\\++", &[]),
        ] {
            assert_eq!(explain_pcre(pattern), expected, "{}", pattern.escape_ascii());
        }
    }
}
