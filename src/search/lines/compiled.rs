//! Compiled patterns, shared by all threads of a search.

use super::inner;
use super::patterns::{LinePatterns, Part};
use super::rewrite::{before_crlf, in_lines, without_groups};
use crate::job::JobError;
use crate::memory;
use crate::search::Literals;
use regex_automata::MatchKind;
use regex_automata::meta;
use regex_automata::nfa::thompson::WhichCaptures;
use regex_syntax::hir::{Hir, Look};
use std::sync::{Arc, OnceLock};

/// Maximum bytes of a compiled pattern.
pub(super) const MAX_COMPILED_BYTES: usize = 100 << 20;

/// Maximum bytes of states that a search builds lazily, in each direction.
const MAX_CACHE_BYTES: usize = 8 << 20;

/// Memory that has to be there before a pattern is compiled, in pieces that cannot be refused: some forms of it, and what two
/// threads search with.
const COMPILING: usize = 16 << 20;

/// A compiled matcher for lines.
pub struct LineMatcher {
    pub(super) engine: Engine,
}

pub(super) enum Engine {
    Literals(Arc<Literals>),
    Regex(Box<Compiled>),
}

/// A pattern in two forms, each of which is correct for some texts. For lines the first form searches buffers of lines and
/// lines without a CR; the second one is the pattern itself. With `multi_line` the first form is the pattern itself; the
/// second one is for texts with CR LF.
pub(super) struct Compiled {
    pub first: Form,
    /// `None` if the first form is correct for all texts.
    second: Option<Hir>,
    made: OnceLock<Option<Form>>,
    pub inner: Option<meta::Regex>,
    pub multi_line: bool,
    pub anchored: bool,
    /// Whether empty matches must be checked, as they must not split a character.
    pub watched: bool,
    pub may_be_empty: bool,
    /// Whether the pattern consists only of literals, which are found at memory bandwidth.
    pub is_literal: bool,
    pub longest: Option<usize>,
}

pub(super) struct Form {
    pub hir: Hir,
    pub regex: meta::Regex,
}

impl Form {
    fn new(hir: Hir) -> Result<Form, JobError> {
        let config = meta::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .utf8_empty(false)
            .which_captures(WhichCaptures::Implicit)
            .nfa_size_limit(Some(MAX_COMPILED_BYTES))
            .hybrid_cache_capacity(MAX_CACHE_BYTES);
        let regex = meta::Builder::new().configure(config).build_from_hir(&hir);
        let regex = regex.map_err(|error| {
            JobError::Failed(match error.size_limit() {
                Some(_) => format!(
                    "the compiled pattern takes more than the limit of {} MiB; simplify it",
                    MAX_COMPILED_BYTES >> 20
                ),
                None => format!("the pattern cannot be compiled: {error}"),
            })
        })?;
        Ok(Form { hir, regex })
    }
}

impl LinePatterns {
    /// Compiles the patterns, which can take some milliseconds. Calls `is_cancelled` between them.
    pub fn compile(&self, is_cancelled: &dyn Fn() -> bool) -> Result<LineMatcher, JobError> {
        if let Some(literals) = &self.literals {
            return Ok(LineMatcher { engine: Engine::Literals(Arc::clone(literals)) });
        }
        memory::spare(COMPILING)?;
        let mut parts = memory::with_room(self.parts.len())?;
        for part in &self.parts {
            if is_cancelled() {
                return Err(JobError::Cancelled);
            }
            parts.push(Part { hir: without_groups(&part.hir), bytes: part.bytes });
        }
        let own = join(&parts, self.word);
        let has = |look: Look| own.properties().look_set().contains(look);
        let (first, second) = if self.multi_line {
            let second = has(Look::EndLF).then(|| before_crlf(&own));
            (own.clone(), second)
        } else {
            let first = in_lines(&own);
            let differs = has(Look::End) || has(Look::EndLF);
            (first, differs.then(|| own.clone()))
        };
        if is_cancelled() {
            return Err(JobError::Cancelled);
        }
        let may_be_empty = own.properties().minimum_len() == Some(0);
        let is_literal = first.properties().is_alternation_literal();
        let first = Form::new(first)?;
        let inner = match self.multi_line {
            true => None,
            false => inner::engine(&first.hir, &first.regex),
        };
        let longest = match own.properties().minimum_len() {
            // It never matches.
            None => Some(0),
            Some(_) => own.properties().maximum_len(),
        };
        let compiled = Compiled {
            first,
            second,
            made: OnceLock::new(),
            inner,
            multi_line: self.multi_line,
            anchored: self.anchored,
            watched: may_be_empty && parts.iter().any(|part| !part.bytes),
            may_be_empty,
            is_literal,
            longest,
        };
        Ok(LineMatcher { engine: Engine::Regex(Box::new(compiled)) })
    }
}

/// Joins all patterns into one.
fn join(parts: &[Part], word: bool) -> Hir {
    let all =
        |parts: &[Part]| Hir::alternation(parts.iter().map(|part| part.hir.clone()).collect());
    let word_of = |hir: Hir, bytes: bool| {
        let (start, end) = match bytes {
            true => (Look::WordStartHalfAscii, Look::WordEndHalfAscii),
            false => (Look::WordStartHalfUnicode, Look::WordEndHalfUnicode),
        };
        Hir::concat(vec![Hir::look(start), hir, Hir::look(end)])
    };
    match parts {
        _ if !word => all(parts),
        [first, others @ ..] if others.iter().all(|part| part.bytes == first.bytes) => {
            word_of(all(parts), first.bytes)
        }
        _ => Hir::alternation(
            parts.iter().map(|part| word_of(part.hir.clone(), part.bytes)).collect(),
        ),
    }
}

impl Compiled {
    /// Returns the second form, compiling it at its first use, or the first form if that is correct for all texts.
    pub fn second(&self) -> &Form {
        let made = self.made.get_or_init(|| {
            // It is as large as the first form, so it does not fail where that has not.
            self.second.clone().and_then(|hir| Form::new(hir).ok())
        });
        made.as_ref().unwrap_or(&self.first)
    }

    /// Whether the first form is incorrect for some texts.
    pub fn has_second(&self) -> bool {
        self.second.is_some()
    }
}

impl LineMatcher {
    /// Returns the maximum length of a match in bytes, or `None` if there is no limit.
    pub fn longest(&self) -> Option<usize> {
        match &self.engine {
            Engine::Literals(literals) => Some(literals.longest()),
            Engine::Regex(compiled) => compiled.longest,
        }
    }
}
