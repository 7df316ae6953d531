//! Inner literals: literals one of which is in every match of a pattern, anywhere in it. The search looks for them first.
//!
//! # When does that pay?
//!
//! Where the engine has no literals of its own to look for, as none begin or end the match: `\w+zqing`. The rules for
//! choosing the better of two sets of literals are those of ripgrep (its crate grep-regex).

use regex_automata::meta;
use regex_syntax::hir::literal::{ExtractKind, Extractor, Literal, Seq, rank};
use regex_syntax::hir::{Hir, HirKind, Repetition};

/// Maximum bytes of a literal, then the maximum literals in a set, expanded repetitions and characters of a class.
const MAX_LITERAL: usize = 100;
const MAX_LITERALS: usize = 64;
const MAX_REPETITIONS: u32 = 10;
const MAX_CLASS: usize = 10;

/// Returns an engine that finds the inner literals of a pattern, if that is likely to be faster than the pattern's own.
pub(super) fn engine(hir: &Hir, engine: &meta::Regex) -> Option<meta::Regex> {
    let properties = hir.properties();
    if properties.is_alternation_literal() {
        return None;
    }
    // With a Unicode word boundary it may have to fall back to a slower engine.
    if engine.is_accelerated() && !properties.look_set().contains_word_unicode() {
        return None;
    }
    let Part { seq: mut literals, .. } = extract(hir);
    literals.optimize_for_prefix_by_preference();
    if !is_good(&literals) {
        return None;
    }
    let list = literals.literals()?.iter().map(|literal| Hir::literal(literal.as_bytes()));
    let config = meta::Config::new().utf8_empty(false);
    meta::Builder::new().configure(config).build_from_hir(&Hir::alternation(list.collect())).ok()
}

/// Literals of a part of a pattern.
struct Part {
    seq: Seq,
    /// Whether they begin the part, so that the literals of a preceding part can be prepended.
    prefix: bool,
}

impl Part {
    fn new(seq: Seq) -> Part {
        Part { seq, prefix: true }
    }

    fn empty_literal() -> Part {
        Part::new(Seq::singleton(Literal::exact([])))
    }

    /// Returns the better one of two parts, both of which are in every match.
    fn choose(mut self, mut other: Part) -> Part {
        self.seq.make_inexact();
        other.seq.make_inexact();
        if !self.seq.is_finite() || other.seq.is_finite() && is_poisonous(&self.seq) {
            return other;
        }
        if !other.seq.is_finite() || is_poisonous(&other.seq) {
            return self;
        }
        let rank = |part: &Part| {
            let shortest = part.seq.min_literal_len();
            shortest.map(|shortest| (shortest, usize::MAX - part.seq.len().unwrap_or(0)))
        };
        match (rank(&self), rank(&other)) {
            (None, _) => other,
            (Some(own), Some(others)) if own < others => other,
            _ => self,
        }
    }
}

fn extract(hir: &Hir) -> Part {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Part::empty_literal(),
        HirKind::Literal(_) | HirKind::Class(_) => {
            let mut extractor = Extractor::new();
            extractor.kind(ExtractKind::Prefix).limit_class(MAX_CLASS);
            Part::new(extractor.limit_literal_len(MAX_LITERAL).extract(hir))
        }
        HirKind::Capture(inner) => extract(&inner.sub),
        HirKind::Repetition(inner) => extract_repetition(inner),
        HirKind::Concat(list) => extract_concat(list),
        HirKind::Alternation(list) => {
            let mut all = Part::new(Seq::empty());
            for hir in list {
                if !all.seq.is_finite() {
                    break;
                }
                all = union(all, extract(hir));
            }
            all
        }
    }
}

fn extract_concat(list: &[Hir]) -> Part {
    let mut all = Part::empty_literal();
    let mut best: Option<Part> = None;
    for hir in list {
        // Nothing can be appended to inexact literals.
        if all.seq.is_inexact() {
            if all.seq.is_empty() || is_really_good(&all.seq) {
                return all;
            }
            best = Some(match best {
                None => all,
                Some(best) => best.choose(all),
            });
            all = Part { prefix: false, ..Part::empty_literal() };
        }
        all = cross(all, extract(hir));
    }
    match best {
        Some(best) => best.choose(all),
        None => all,
    }
}

fn extract_repetition(repetition: &Repetition) -> Part {
    let mut part = extract(&repetition.sub);
    if repetition.min == 0 {
        if repetition.max != Some(1) {
            part.seq.make_inexact();
        }
        let empty = Part::empty_literal();
        return if repetition.greedy { union(part, empty) } else { union(empty, part) };
    }
    if repetition.max.is_none() || !part.prefix {
        part.seq.make_inexact();
        return part;
    }
    let mut all = Part::empty_literal();
    for _ in 0..repetition.min.min(MAX_REPETITIONS) {
        if all.seq.is_inexact() {
            break;
        }
        all = cross(all, Part::new(part.seq.clone()));
    }
    if repetition.max != Some(repetition.min) || repetition.min > MAX_REPETITIONS {
        all.seq.make_inexact();
    }
    all
}

/// Returns the literals of a part, each followed by those of the next part.
fn cross(mut first: Part, mut second: Part) -> Part {
    if !second.prefix {
        return first.choose(second);
    }
    if first.seq.max_cross_len(&second.seq).is_some_and(|len| len > MAX_LITERALS) {
        second.seq.make_infinite();
    }
    first.seq.cross_forward(&mut second.seq);
    first.seq.keep_first_bytes(MAX_LITERAL);
    first
}

/// Returns the literals of either part.
fn union(mut first: Part, mut second: Part) -> Part {
    let too_many = |first: &Part, second: &Part| {
        first.seq.max_union_len(&second.seq).is_some_and(|len| len > MAX_LITERALS)
    };
    if too_many(&first, &second) {
        // The fastest engine looks at the first four bytes.
        for part in [&mut first, &mut second] {
            part.seq.keep_first_bytes(4);
            part.seq.dedup();
        }
        if too_many(&first, &second) {
            second.seq.make_infinite();
        }
    }
    first.seq.union(&mut second.seq);
    first.prefix &= second.prefix;
    first
}

/// Whether a search for the literals is likely to be fast.
fn is_good(literals: &Seq) -> bool {
    match (literals.min_literal_len(), literals.len()) {
        _ if is_poisonous(literals) => false,
        (Some(0..=1), Some(count)) => count <= 3,
        (Some(_), Some(count)) => count <= MAX_LITERALS,
        _ => false,
    }
}

/// Whether the literals are so good that no search for better ones pays.
fn is_really_good(literals: &Seq) -> bool {
    let few = literals.len().is_some_and(|count| count <= 8);
    few && !is_poisonous(literals) && literals.min_literal_len() >= Some(3)
}

/// Whether one of the literals occurs nearly everywhere.
fn is_poisonous(literals: &Seq) -> bool {
    let everywhere = |literal: &Literal| {
        literal.is_empty() || literal.len() == 1 && rank(literal.as_bytes()[0]) >= 250
    };
    literals.literals().is_some_and(|list| list.iter().any(everywhere))
}
