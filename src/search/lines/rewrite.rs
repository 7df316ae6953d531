//! Rewriting patterns to equivalent ones for other texts: whole buffers, or texts with CR LF.

use crate::search::Literals;
use regex_syntax::hir::{
    Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look,
    Repetition,
};

/// Returns a pattern that matches in a buffer of lines, within one line, wherever `hir` matches in the text of that line.
///
/// It also matches some lines with a CR that is not part of their end: `$` matches before any CR, and a class may match one.
pub(super) fn in_lines(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => without_feed(class),
        // No line contains it.
        HirKind::Literal(literal) if literal.0.contains(&b'\n') => Hir::fail(),
        HirKind::Look(Look::Start) => Hir::look(Look::StartLF),
        HirKind::Look(Look::End | Look::EndLF) => Hir::look(Look::EndCRLF),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => hir.clone(),
        _ => map(hir, in_lines),
    }
}

/// Returns the pattern with `$` before CR LF but not inside it, for a text in which an LF follows every CR.
pub(super) fn before_crlf(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Look(Look::EndLF) => Hir::look(Look::EndCRLF),
        _ => map(hir, before_crlf),
    }
}

/// Returns the pattern without groups, which only a search with captures needs.
pub(super) fn without_groups(hir: &Hir) -> Hir {
    map(hir, without_groups)
}

/// Applies `part` to the parts of a pattern and rebuilds it.
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

/// Whether a pattern requires the given byte; bytes in classes do not count.
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

/// Converts literals to one pattern. Where several begin, the first one wins, as in the automaton; to prefer the longest,
/// they are sorted by length first.
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

/// Returns a pattern for an ASCII letter in either case, or for the byte itself.
fn either_case(byte: u8) -> Hir {
    let (lower, upper) = (byte.to_ascii_lowercase(), byte.to_ascii_uppercase());
    let ranges = [ClassBytesRange::new(lower, lower), ClassBytesRange::new(upper, upper)];
    Hir::class(Class::Bytes(ClassBytes::new(ranges)))
}
