//! Patterns rewritten: what asks the same question of another text.

use crate::search::Literals;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

/// A pattern that matches in a buffer of lines, within one of them, wherever `hir` matches in the text of that line alone.
///
/// It also matches where a line has a CR that is not part of its end: `$` is before any CR, and a class may match one.
pub(super) fn in_lines(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => without_feed(class),
        // No line has it.
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End | Look::EndLF) => Hir::look(Look::EndCRLF),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => hir.clone(),
        _ => map(hir, in_lines),
    }
}

/// The same pattern where `$` is before CR LF and not between the two: for a text in which every CR is followed by an LF.
pub(super) fn before_crlf(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(Look::EndLF) => Hir::look(Look::EndCRLF),
        _ => map(hir, before_crlf),
    }
}

/// The same pattern without groups, which are for those who ask for captures.
pub(super) fn without_groups(hir: &Hir) -> Hir {
    map(hir, without_groups)
}

/// Rewrites the parts of a pattern.
fn map(hir: &Hir, part: fn(&Hir) -> Hir) -> Hir {
    match hir.kind() {
        HirKind::Empty | HirKind::Class(_) | HirKind::Literal(_) | HirKind::Look(_) => hir.clone(),
        HirKind::Repetition(inner) => {
            Hir::repetition(Repetition { sub: Box::new(part(&inner.sub)), ..inner.clone() })
        }
        HirKind::Capture(inner) => part(&inner.sub),
        HirKind::Concat(list) => Hir::concat(list.iter().map(part).collect()),
        HirKind::Alternation(list) => Hir::alternation(list.iter().map(part).collect()),
    }
}

fn without_feed(class: &Class) -> Hir {
    match class {
        Class::Unicode(class) => {
            let mut class = class.clone();
            class.difference(&ClassUnicode::new([ClassUnicodeRange::new('\n', '\n')]));
            Hir::class(Class::Unicode(class))
        }
        Class::Bytes(class) => {
            let mut class = class.clone();
            class.difference(&ClassBytes::new([ClassBytesRange::new(b'\n', b'\n')]));
            Hir::class(Class::Bytes(class))
        }
    }
}

/// Whether a pattern asks for a byte, other than as one of a class.
pub(super) fn find_byte(hir: &Hir, byte: u8) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.contains(&byte),
        HirKind::Repetition(inner) => find_byte(&inner.sub, byte),
        HirKind::Capture(inner) => find_byte(&inner.sub, byte),
        HirKind::Concat(list) | HirKind::Alternation(list) => {
            list.iter().any(|inner| find_byte(inner, byte))
        }
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

/// Literals as one pattern. Where several begin, the first one wins, as in the automaton: the longest come first if they are to.
pub(super) fn of_literals(literals: &Literals, ignore_case: bool) -> Hir {
    let options = literals.options();
    let mut list: Vec<&[u8]> = literals.list().collect();
    if options.longest {
        list.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
    }
    let one = |literal: &[u8]| match options.ignore_case || ignore_case {
        true => Hir::concat(literal.iter().map(|&byte| either_case(byte)).collect()),
        false => Hir::literal(literal),
    };
    Hir::alternation(list.into_iter().map(one).collect())
}

/// An ASCII letter in either case, or the byte itself.
fn either_case(byte: u8) -> Hir {
    let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
    let ranges = [ClassBytesRange::new(lower, lower), ClassBytesRange::new(upper, upper)];
    Hir::class(Class::Bytes(ClassBytes::new(ranges)))
}
