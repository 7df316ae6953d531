//! Scores, bonuses and penalties of fzf's v2 model.

use crate::fuzzy::fzf::chars::{CLASSES, Class, class_beyond_ascii};

/// Score of each matched character.
pub const MATCH: i32 = 16;
/// Penalty for the first character of a gap.
pub const GAP_START: i32 = -3;
/// Penalty for each further character of a gap.
pub const GAP_EXTENSION: i32 = -1;
/// Bonus of the first character of a word, which a gap of eight characters cancels.
pub const BOUNDARY: i32 = MATCH / 2;
/// Bonus of punctuation.
pub const NON_WORD: i32 = MATCH / 2;
/// Bonus of a capital after a small letter, and of a digit after a letter.
pub const CAMEL: i32 = BOUNDARY + GAP_EXTENSION;
/// Minimum bonus of a character that follows a matched one.
pub const CONSECUTIVE: i32 = -(GAP_START + GAP_EXTENSION);
/// Factor by which the bonus of the first character of a term counts.
pub const FIRST: i32 = 2;

/// The kind of items, which selects the bonuses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Text of any kind.
    #[default]
    Default,
    /// Paths: a character after a `/` has the highest bonus.
    Path,
    /// Lines of a history: all beginnings of words have the same bonus.
    History,
}

/// The bonuses of a scheme.
#[derive(Clone, Debug)]
pub struct Model {
    /// Bonus of a character, by the class of the character before it and its own class.
    bonus: [[i32; CLASSES]; CLASSES],
    ascii: [Class; 128],
    delimiters: &'static [u8],
    /// The class of the imagined character before an item.
    first: Class,
}

impl Model {
    /// Returns the bonuses of `scheme`.
    pub fn new(scheme: Scheme) -> Model {
        let (white, delimiter) = match scheme {
            Scheme::Default => (BOUNDARY + 2, BOUNDARY + 1),
            Scheme::Path => (BOUNDARY, BOUNDARY + 1),
            Scheme::History => (BOUNDARY, BOUNDARY),
        };
        let (delimiters, first): (&[u8], _) = match scheme {
            Scheme::Path if cfg!(windows) => (b"/\\", Class::Delimiter),
            Scheme::Path => (b"/", Class::Delimiter),
            _ => (b"/,:;|", Class::White),
        };
        let mut model = Model {
            bonus: [[0; CLASSES]; CLASSES],
            ascii: [Class::NonWord; 128],
            delimiters,
            first,
        };
        for (byte, class) in model.ascii.iter_mut().enumerate() {
            *class = match byte as u8 {
                b'a'..=b'z' => Class::Lower,
                b'A'..=b'Z' => Class::Upper,
                b'0'..=b'9' => Class::Number,
                b'\t'..=b'\r' | b' ' => Class::White,
                byte if delimiters.contains(&byte) => Class::Delimiter,
                _ => Class::NonWord,
            };
        }
        for before in ALL {
            for class in ALL {
                model.bonus[before as usize][class as usize] = match (before, class) {
                    (_, Class::White) => white,
                    (Class::White, _) => white,
                    (Class::Delimiter, _) => delimiter,
                    (Class::NonWord, _) => BOUNDARY,
                    (Class::Lower, Class::Upper) => CAMEL,
                    (Class::Lower | Class::Upper | Class::Letter, Class::Number) => CAMEL,
                    (_, Class::NonWord | Class::Delimiter) => NON_WORD,
                    _ => 0,
                };
            }
        }
        model
    }

    /// Returns the bonuses of fzf 0.38, the version in Debian: there punctuation is not the beginning of a word, and a
    /// delimiter after a word has no bonus.
    #[cfg(test)]
    pub fn of_fzf_0_38(scheme: Scheme) -> Model {
        let mut model = Model::new(scheme);
        for before in ALL {
            model.bonus[before as usize][Class::NonWord as usize] = NON_WORD;
            if before > Class::Delimiter {
                model.bonus[before as usize][Class::Delimiter as usize] = 0;
            }
        }
        model
    }

    /// Returns the class of a code point.
    #[inline]
    pub fn class(&self, code: u32) -> Class {
        match self.ascii.get(code as usize) {
            Some(&class) => class,
            None => class_beyond_ascii(code),
        }
    }

    /// Returns the bonus of a character of `class` after one of the class `before`, or at the beginning of an item if
    /// that is none.
    #[inline]
    pub fn bonus(&self, before: Option<Class>, class: Class) -> i32 {
        self.bonus[before.unwrap_or(self.first) as usize][class as usize]
    }

    /// Returns the bonus of the beginning of a word after white space.
    #[inline]
    pub fn white(&self) -> i32 {
        self.bonus[Class::White as usize][Class::Lower as usize]
    }

    /// Returns the characters that count as delimiters.
    pub fn delimiters(&self) -> &'static [u8] {
        self.delimiters
    }
}

const ALL: [Class; CLASSES] = [
    Class::White,
    Class::NonWord,
    Class::Delimiter,
    Class::Lower,
    Class::Upper,
    Class::Letter,
    Class::Number,
];
