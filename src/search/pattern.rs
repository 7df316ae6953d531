//! How patterns are read: options, mistakes, and what is known of a pattern before it is compiled.

use regex_automata::meta;
use regex_syntax::ast::Ast;
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::hir::Hir;
use regex_syntax::hir::translate::TranslatorBuilder;

/// How a pattern is meant. The default is a Unicode pattern without flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PatternOptions {
    /// Letters match in either case (`i`).
    pub ignore_case: bool,
    /// `^` and `$` match at lines too (`m`).
    pub multi_line: bool,
    /// `.` matches a line feed too (`s`).
    pub dot_all: bool,
    /// White space and comments in the pattern are for the reader (`x`).
    pub verbose: bool,
    /// Unicode is off: a char is a byte, and classes are those of ASCII (`b`).
    pub bytes: bool,
    /// A match begins where the search does.
    pub anchored: bool,
    /// Bytes that the compiled pattern may take; 0 for 10 MiB, enough for thousands of Unicode classes.
    pub memory_limit: usize,
}

/// What a compiled pattern may take unless told otherwise.
const DEFAULT_MEMORY_LIMIT: usize = 10 << 20;

impl PatternOptions {
    fn limit(&self) -> usize {
        if self.memory_limit == 0 { DEFAULT_MEMORY_LIMIT } else { self.memory_limit }
    }

    /// Configuration of an engine for patterns with these options.
    pub(super) fn engine(&self, kind: regex_automata::MatchKind) -> meta::Config {
        meta::Config::new()
            .match_kind(kind)
            // Empty matches inside of a char are passed over here: the engine's own rule is made for valid UTF-8.
            .utf8_empty(false)
            .nfa_size_limit(Some(self.limit()))
            .hybrid_cache_capacity(2 << 20)
    }

    /// Parses a pattern.
    pub(super) fn parse(&self, pattern: &[u8]) -> Result<Hir, PatternError> {
        let (text, ast) = self.parse_syntax(pattern)?;
        self.translate(text, &ast)
    }

    /// Parses a pattern as far as that does not depend on whether case is ignored.
    pub(super) fn parse_syntax<'p>(
        &self,
        pattern: &'p [u8],
    ) -> Result<(&'p str, Ast), PatternError> {
        let text = std::str::from_utf8(pattern).map_err(|error| {
            let message = "the pattern is not valid UTF-8; write a byte as (?-u:\\xFF)";
            PatternError::at(error.valid_up_to(), message.to_owned())
        })?;
        let mut parser = ParserBuilder::new().ignore_whitespace(self.verbose).build();
        let ast = parser.parse(text).map_err(|error| PatternError::syntax(error.into()))?;
        Ok((text, ast))
    }

    /// Translates what [`PatternOptions::parse_syntax`] has parsed.
    pub(super) fn translate(&self, text: &str, ast: &Ast) -> Result<Hir, PatternError> {
        TranslatorBuilder::new()
            .unicode(!self.bytes)
            // Matching a byte that is no UTF-8 is allowed, as texts may have such.
            .utf8(false)
            .case_insensitive(self.ignore_case)
            .multi_line(self.multi_line)
            .dot_matches_new_line(self.dot_all)
            .build()
            .translate(text, ast)
            .map_err(|error| PatternError::syntax(error.into()))
    }

    /// What to tell when the engine refuses a pattern that the parser took.
    pub(super) fn refused(&self, error: &meta::BuildError) -> PatternError {
        if error.size_limit().is_some() {
            let message = format!(
                "the compiled pattern takes more than {} bytes; simplify it or raise the size limit",
                self.limit()
            );
            return PatternError { too_big: true, ..PatternError::whole(message) };
        }
        PatternError::whole(format!("the pattern cannot be compiled: {error}"))
    }
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// A sentence for the person who wrote it.
    pub message: String,
    /// Offset of the mistake in the pattern, in bytes, if it has a place there.
    pub offset: Option<usize>,
    /// Whether the pattern is right but takes more memory than it may.
    pub too_big: bool,
}

impl PatternError {
    pub(super) fn at(offset: usize, message: String) -> PatternError {
        PatternError { message, offset: Some(offset), too_big: false }
    }

    pub(super) fn whole(message: String) -> PatternError {
        PatternError { message, offset: None, too_big: false }
    }

    fn syntax(error: regex_syntax::Error) -> PatternError {
        match error {
            regex_syntax::Error::Parse(error) => {
                PatternError::at(error.span().start.offset, error.kind().to_string())
            }
            regex_syntax::Error::Translate(error) => {
                PatternError::at(error.span().start.offset, error.kind().to_string())
            }
            error => PatternError::whole(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_has_its_place() {
        for (pattern, offset) in [
            (&b"ab(cd"[..], 2),
            (b"ab)", 2),
            (b"x[z-a]", 2),
            (b"a**b\\p{Nope}", 4),
            (b"a{2,1}", 1),
            (b"(?=a)", 0),
            (b"(a)\\1", 3),
            (b"\xC3\xA9\\q", 2),
            (b"ab\xFFcd", 2),
        ] {
            let error = PatternOptions::default().parse(pattern).expect_err("a mistake");
            assert_eq!(error.offset, Some(offset), "{}: {error:?}", pattern.escape_ascii());
            assert!(!error.message.contains('\n'), "{error:?}");
        }
    }
}
