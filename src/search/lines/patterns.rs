//! Patterns as callers pass them: text, compiled patterns, or a list of both. Each is parsed here, once.

use super::rewrite::{find_byte, of_literals};
use crate::search::{Literals, PatternError, PatternOptions, Regex};
use bstr::ByteSlice;
use regex_syntax::ast::{self, Ast};
use regex_syntax::hir::{Hir, Look};
use std::sync::Arc;

/// Maximum number of literals searched by the regex engine, which is faster than an automaton for few.
const MAX_FEW_LITERALS: usize = 64;

/// Case sensitivity of letters in a pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Case {
    /// Letters match only in their own case.
    #[default]
    Respect,
    /// Letters match in either case.
    Ignore,
    /// Letters match in either case, unless one of the patterns contains an upper-case letter.
    Smart,
}

/// A pattern in any of its forms.
#[derive(Clone)]
pub enum PatternSource<'p> {
    /// A pattern in the syntax of [`Regex`], or a literal if the options say so.
    Text(&'p [u8]),
    /// A compiled pattern, which keeps its own flags.
    Regex(Arc<Regex>),
    /// Any of several literals.
    Literals(Arc<Literals>),
}

/// Options for interpreting patterns.
#[derive(Clone, Copy, Debug, Default)]
pub struct LineOptions {
    /// Texts are literals, not patterns.
    pub fixed: bool,
    /// Case sensitivity; compiled patterns keep their own, except with [`Case::Ignore`].
    pub case: Case,
    /// Only whole words match.
    pub word: bool,
    /// A match may extend over several lines.
    pub multi_line: bool,
    /// Patterns that can never match, as a line contains no line feed, are errors: texts always, with this all patterns.
    pub strict: bool,
    /// The haystack has no zero byte, so a pattern that requires one is an error too.
    pub no_zero: bool,
}

/// Parsed patterns, which any thread can compile. A text matches if one of them does.
#[derive(Clone)]
pub struct LinePatterns {
    pub(super) parts: Vec<Part>,
    pub(super) word: bool,
    pub(super) multi_line: bool,
    /// A match must begin where the search does; possible only for a single compiled pattern.
    pub(super) anchored: bool,
    /// A long list of literals alone, which has an engine already.
    pub(super) literals: Option<Arc<Literals>>,
}

/// One pattern.
#[derive(Clone)]
pub(super) struct Part {
    pub hir: Hir,
    /// Whether Unicode is off.
    pub bytes: bool,
}

/// A text with its parsed syntax.
enum Parsed<'p> {
    Syntax(&'p str, Ast, PatternOptions),
    Literal(&'p [u8]),
    Literals(&'p Literals),
}

impl LinePatterns {
    /// Parses patterns, at least one. The offset of an error is relative to its pattern, which the message names if there
    /// are several.
    pub fn new(
        sources: &[PatternSource<'_>],
        options: &LineOptions,
    ) -> Result<LinePatterns, PatternError> {
        let wrong = |index: usize, error: PatternError| match sources.len() {
            1 => error,
            count => {
                let message = format!("pattern {} of {count}: {}", index + 1, error.message);
                PatternError { message, ..error }
            }
        };
        let parsed = sources
            .iter()
            .enumerate()
            .map(|(index, source)| parse(source, options).map_err(|error| wrong(index, error)));
        let parsed = parsed.collect::<Result<Vec<_>, _>>()?;
        let ignore_case = match options.case {
            Case::Respect => false,
            Case::Ignore => true,
            Case::Smart => !parsed.iter().any(Parsed::has_upper_case),
        };
        let mut literals = None;
        if let ([PatternSource::Literals(list)], false, false) =
            (sources, options.word, ignore_case)
            && list.len() > MAX_FEW_LITERALS
        {
            literals = Some(Arc::clone(list));
        }
        let mut parts = Vec::with_capacity(sources.len());
        for (index, (source, parsed)) in sources.iter().zip(&parsed).enumerate() {
            if literals.is_some() {
                break;
            }
            let mut part = parsed.translate(ignore_case).map_err(|error| wrong(index, error))?;
            let is_text = matches!(source, PatternSource::Text(_));
            if (options.strict || is_text) && !options.multi_line {
                let checked = parsed.check(&part.hir, options.no_zero);
                checked.map_err(|error| wrong(index, error))?;
            }
            if sources.len() > 1
                && let PatternSource::Regex(regex) = source
                && regex.is_anchored()
            {
                part.hir = Hir::concat(vec![Hir::look(Look::Start), part.hir]);
            }
            parts.push(part);
        }
        let anchored = matches!(sources, [PatternSource::Regex(regex)] if regex.is_anchored());
        let (word, multi_line) = (options.word, options.multi_line);
        Ok(LinePatterns { parts, word, multi_line, anchored, literals })
    }
}

/// Parses a pattern as far as that does not depend on the case of others.
fn parse<'p>(
    source: &'p PatternSource<'_>,
    options: &LineOptions,
) -> Result<Parsed<'p>, PatternError> {
    let (pattern, own) = match source {
        PatternSource::Literals(literals) => return Ok(Parsed::Literals(literals)),
        PatternSource::Text(text) if options.fixed => return Ok(Parsed::Literal(text)),
        PatternSource::Text(text) => (*text, PatternOptions::default()),
        PatternSource::Regex(regex) => regex.source(),
    };
    let (text, ast) = own.parse_syntax(pattern)?;
    // With `multi_line`, `^` and `$` always match at the ends of lines, whatever the pattern's flags. A line alone has
    // no other ends.
    let multi_line = own.multi_line || options.multi_line;
    Ok(Parsed::Syntax(text, ast, PatternOptions { multi_line, ..own }))
}

impl Parsed<'_> {
    /// Whether the pattern contains an upper-case letter: the S of `\S` and the L of `\p{Lu}` do not count.
    fn has_upper_case(&self) -> bool {
        let is_upper = |text: &[u8]| text.chars().any(char::is_uppercase);
        match self {
            Parsed::Syntax(_, ast, _) => find_char(ast, &mut |c| c.is_uppercase()).is_some(),
            Parsed::Literal(text) => is_upper(text),
            Parsed::Literals(literals) => literals.list().any(is_upper),
        }
    }

    fn translate(&self, ignore_case: bool) -> Result<Part, PatternError> {
        match self {
            Parsed::Syntax(text, ast, options) => {
                let ignore_case = options.ignore_case || ignore_case;
                let hir = PatternOptions { ignore_case, ..*options }.translate(text, ast)?;
                Ok(Part { hir, bytes: options.bytes })
            }
            Parsed::Literal(text) if ignore_case => {
                // Bytes that are not UTF-8 have no case.
                let mut list = Vec::new();
                for chunk in text.utf8_chunks() {
                    let escaped = regex_syntax::escape(chunk.valid());
                    list.push(
                        PatternOptions { ignore_case, ..PatternOptions::default() }
                            .parse(escaped.as_bytes())?,
                    );
                    list.push(Hir::literal(chunk.invalid()));
                }
                Ok(Part { hir: Hir::concat(list), bytes: false })
            }
            Parsed::Literal(text) => Ok(Part { hir: Hir::literal(*text), bytes: false }),
            Parsed::Literals(literals) => {
                Ok(Part { hir: of_literals(literals, ignore_case), bytes: false })
            }
        }
    }

    /// Returns an error if the pattern requires a byte that no line contains.
    fn check(&self, hir: &Hir, no_zero: bool) -> Result<(), PatternError> {
        let refuse = |byte: u8, message: &str| {
            if !find_byte(hir, byte) {
                return Ok(());
            }
            let offset = match self {
                Parsed::Syntax(_, ast, _) => find_char(ast, &mut |c| c == char::from(byte)),
                Parsed::Literal(text) => text.find_byte(byte),
                Parsed::Literals(_) => None,
            };
            Err(PatternError { offset, ..PatternError::whole(message.to_owned()) })
        };
        refuse(b'\n', "the pattern contains a line feed, which no line does; set multiline")?;
        if no_zero {
            refuse(0, "the pattern contains a zero byte, which no text file does; set binary")?;
        }
        Ok(())
    }
}

/// Returns the offset of the first literal character for which `is_wanted` is true, in classes as well.
fn find_char(ast: &Ast, is_wanted: &mut dyn FnMut(char) -> bool) -> Option<usize> {
    struct Look<'w>(&'w mut dyn FnMut(char) -> bool, Option<usize>);
    impl Look<'_> {
        fn see(&mut self, literal: &ast::Literal) {
            if self.1.is_none() && (self.0)(literal.c) {
                self.1 = Some(literal.span.start.offset);
            }
        }
    }
    impl ast::Visitor for Look<'_> {
        type Output = Option<usize>;
        type Err = std::convert::Infallible;

        fn finish(self) -> Result<Option<usize>, Self::Err> {
            Ok(self.1)
        }

        fn visit_pre(&mut self, part: &Ast) -> Result<(), Self::Err> {
            if let Ast::Literal(literal) = part {
                self.see(literal);
            }
            Ok(())
        }

        fn visit_class_set_item_pre(&mut self, item: &ast::ClassSetItem) -> Result<(), Self::Err> {
            match item {
                ast::ClassSetItem::Literal(literal) => self.see(literal),
                ast::ClassSetItem::Range(range) => {
                    self.see(&range.start);
                    self.see(&range.end);
                }
                _ => {}
            }
            Ok(())
        }
    }
    match ast::visit(ast, Look(is_wanted, None)) {
        Ok(found) => found,
        Err(never) => match never {},
    }
}
