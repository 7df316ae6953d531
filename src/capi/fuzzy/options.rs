//! Options of a session or a matcher.

use super::super::boundary::{Zeroed, values};
use super::super::error::{Failure, rille_status::*};
use crate::fuzzy::Scheme;
use crate::fuzzy::SessionOptions;
use crate::fuzzy::fzf::query::{self, Case, MAX_TYPOS};

/// Ignore case. Without this flag and the next, a capital letter makes a term case-sensitive.
pub const RILLE_FUZZY_IGNORE_CASE: u32 = 1;
/// Respect case.
pub const RILLE_FUZZY_RESPECT_CASE: u32 = 2;
/// Let a term without accents also match letters with accents: danco matches Danço.
pub const RILLE_FUZZY_NORMALIZE: u32 = 4;
/// Treat items as paths: characters after a / score most.
pub const RILLE_FUZZY_PATH: u32 = 8;
/// Treat items as lines of a history: the starts of all words score the same.
pub const RILLE_FUZZY_HISTORY: u32 = 16;
/// Treat items as columns, separated by the delimiter.
pub const RILLE_FUZZY_COLUMNS: u32 = 32;

/// Options of a session or a matcher.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct rille_fuzzy_options {
    /// sizeof(rille_fuzzy_options).
    pub size: u32,
    /// Any of the RILLE_FUZZY_ constants, combined.
    pub flags: u32,
    /// Maximum number of characters of a fuzzy term that may be missing from an item, at most 3: one in a term of 4
    /// characters, two in one of 8, three in one of 12. Items with fewer missing characters always rank first.
    pub typos: u32,
    /// Threads of a search; 0 for the number of processors, at most 8.
    pub threads: u32,
    /// The byte that separates the columns of an item, with RILLE_FUZZY_COLUMNS.
    pub delimiter: u32,
    /// Number of columns to search; 0 for all.
    pub column_count: u32,
    /// The columns to search, counted from 0. A term matches the first column that contains it.
    pub columns: *const u32,
    /// Maximum number of bytes of the session; 0 for no limit.
    pub memory_limit: usize,
}

// SAFETY: plain numbers and a pointer, the first of which is the size.
unsafe impl Zeroed for rille_fuzzy_options {}

const _: () = assert!(std::mem::offset_of!(rille_fuzzy_options, columns) == 24);

impl rille_fuzzy_options {
    /// Returns the options in the form of the core.
    ///
    /// # Safety
    ///
    /// `columns` is null or has `column_count` numbers.
    pub(super) unsafe fn read(&self) -> Result<SessionOptions, Failure> {
        let wrong = |message: String| Err(Failure::new(RILLE_EARG, message));
        let has = |flag| self.flags & flag != 0;
        if self.flags >= RILLE_FUZZY_COLUMNS << 1 {
            return wrong(format!(
                "unknown flags {:#x}; combine RILLE_FUZZY_ constants",
                self.flags
            ));
        }
        let case = match (has(RILLE_FUZZY_IGNORE_CASE), has(RILLE_FUZZY_RESPECT_CASE)) {
            (true, true) => {
                return wrong(
                    "RILLE_FUZZY_IGNORE_CASE and RILLE_FUZZY_RESPECT_CASE exclude each other"
                        .to_owned(),
                );
            }
            (true, false) => Case::Ignore,
            (false, true) => Case::Respect,
            (false, false) => Case::Smart,
        };
        let scheme = match (has(RILLE_FUZZY_PATH), has(RILLE_FUZZY_HISTORY)) {
            (true, true) => {
                return wrong(
                    "RILLE_FUZZY_PATH and RILLE_FUZZY_HISTORY exclude each other".to_owned(),
                );
            }
            (true, false) => Scheme::Path,
            (false, true) => Scheme::History,
            (false, false) => Scheme::Default,
        };
        if self.typos > MAX_TYPOS.into() {
            return wrong(format!("typos is {}; the maximum is {MAX_TYPOS}", self.typos));
        }
        let delimiter = match (has(RILLE_FUZZY_COLUMNS), u8::try_from(self.delimiter)) {
            (true, Ok(byte)) => Some(byte),
            (true, Err(_)) => {
                return wrong(format!(
                    "the delimiter is {}; it must be a byte, at most 255",
                    self.delimiter
                ));
            }
            (false, _) if self.delimiter != 0 || self.column_count != 0 => {
                return wrong("column_count needs the flag RILLE_FUZZY_COLUMNS".to_owned());
            }
            (false, _) => None,
        };
        let mut columns = Vec::new();
        // SAFETY: the caller vouches for the numbers.
        let list = unsafe { values(self.columns, self.column_count as usize, "columns") }?;
        columns.extend_from_slice(list);
        let normalize = has(RILLE_FUZZY_NORMALIZE);
        Ok(SessionOptions {
            query: query::QueryOptions { case, normalize, typos: self.typos as u8 },
            scheme,
            delimiter,
            columns,
            memory_limit: self.memory_limit,
            threads: self.threads as usize,
        })
    }
}
