//! What a match earns and where: the numbers of fzf's v2 model.

use crate::fuzzy::fzf::chars::{CLASSES, Class, class_beyond_ascii};

/// What each char that matches earns.
pub const MATCH: i32 = 16;
/// What the first char of a gap costs.
pub const GAP_START: i32 = -3;
/// What every further char of a gap costs.
pub const GAP_EXTENSION: i32 = -1;
/// What the first char of a word earns more. A gap of eight chars takes it back.
pub const BOUNDARY: i32 = MATCH / 2;
/// What punctuation earns more.
pub const NON_WORD: i32 = MATCH / 2;
/// What a capital after a small letter earns more, and a digit after what is none.
pub const CAMEL: i32 = BOUNDARY + GAP_EXTENSION;
/// What a char earns more at least if it follows one that matches.
pub const CONSECUTIVE: i32 = -(GAP_START + GAP_EXTENSION);
/// Strategy many times the first char of a term earns what it earns more.
pub const FIRST: i32 = 2;

/// What items are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    /// Any text.
    #[default]
    Default,
    /// Paths: what follows a `/` counts most.
    Path,
    /// Lines of a history: every beginning of a word counts the same.
    History,
}

/// The numbers of a scheme.
#[derive(Clone, Debug)]
pub struct Model {
    /// What a char earns more, by the class of the char before it and its own.
    bonus: [[i32; CLASSES]; CLASSES],
    ascii: [Class; 128],
    delimiters: &'static [u8],
    /// What the first char of an item is taken to follow.
    first: Class,
}

impl Model {
    /// The numbers of `scheme`.
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

    /// The same of fzf 0.38, which is what Debian has: punctuation is no beginning of a
    /// word there, and a delimiter behind a word earns nothing more.
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

    /// The class of a char.
    #[inline]
    pub fn class(&self, code: u32) -> Class {
        match self.ascii.get(code as usize) {
            Some(&class) => class,
            None => class_beyond_ascii(code),
        }
    }

    /// What a char of `class` earns more after one of the class `before`, or at the beginning.
    #[inline]
    pub fn bonus(&self, before: Option<Class>, class: Class) -> i32 {
        self.bonus[before.unwrap_or(self.first) as usize][class as usize]
    }

    /// What the beginning of a word behind white space earns more.
    #[inline]
    pub fn white(&self) -> i32 {
        self.bonus[Class::White as usize][Class::Lower as usize]
    }

    /// The chars that part fields.
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
