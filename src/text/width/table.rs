//! The class of each code point, which determines its width and its part in a cluster: a two-stage table of one byte each.
//!
//! # Where does it come from?
//!
//! [`runs`](super::runs) is generated from the properties of ICU4X by `test/rust/width.rs`, which also documents which property
//! decides what. The compiler expands its runs to pages here, so that nothing is built at run time and ICU4X's own
//! property data stays out of the library: 33 KB instead of 47 KB.

use super::runs::RUNS;

/// Code points per page; those of a page have the same leading bits.
const PAGE: usize = 128;
const PAGES: usize = 0x11_0000 / PAGE;

/// The part of a code point in segmentation, as far as the simple loop needs it; the state machine handles the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A cluster begins before it, and one may end after it, unless a mark follows.
    Plain,
    /// A cluster of its own (CR LF aside).
    Control,
    /// It belongs to the character before it, unless that is a control character.
    Mark,
    /// Only the state machine decides.
    Complex,
}

/// The properties of a code point in one byte; `test/rust/width.rs` packs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Class(pub(super) u8);

impl Class {
    /// The class of bytes that are no scalar value: complex, so that loops over plain scalars skip it; no scalar has it.
    pub(super) const INVALID: Class = Class(0b1111);

    /// Returns the class of a scalar value.
    #[inline(always)]
    pub(super) fn of(scalar: u32) -> Class {
        let page = TABLE.index[scalar as usize / PAGE];
        Class(TABLE.pages[page as usize][scalar as usize % PAGE])
    }

    #[inline(always)]
    pub(super) fn kind(self) -> Kind {
        match self.0 & 3 {
            0 => Kind::Plain,
            1 => Kind::Control,
            2 => Kind::Mark,
            _ => Kind::Complex,
        }
    }

    /// Returns its cells in a terminal, where ambiguous characters are narrow: 0, 1 or 2.
    pub(super) const fn terminal(self) -> u8 {
        self.0 >> 2 & 3
    }

    /// Returns its cells in Neovim: 1, 2, or 4 and 6 for `<xx>` and `<xxxx>`.
    pub(super) const fn neovim(self) -> u8 {
        [1, 2, 4, 6][(self.0 >> 4 & 3) as usize]
    }

    /// Whether its East Asian Width is Ambiguous.
    pub(super) const fn ambiguous(self) -> bool {
        self.0 & 1 << 6 != 0
    }

    /// Whether U+FE0F after it selects the wide presentation of an emoji.
    #[inline(always)]
    pub(super) fn emoji(self) -> bool {
        self.0 & 1 << 7 != 0
    }
}

struct Table {
    index: [u8; PAGES],
    pages: [[u8; PAGE]; COUNT],
}

static TABLE: Table = build();

/// Number of different pages: one for each class that fills a whole page, and those with more than one class.
const COUNT: usize = {
    let mut filled = [false; 256];
    let mut mixed = 0;
    let (mut page, mut run) = (0, 0);
    while page < PAGES {
        let last = run_of((page * PAGE + PAGE - 1) as u32, run);
        run = run_of((page * PAGE) as u32, run);
        if run == last {
            filled[(RUNS[run] & 0xFF) as usize] = true;
        } else {
            mixed += 1;
        }
        page += 1;
    }
    let mut class = 0;
    while class < 256 {
        mixed += filled[class] as usize;
        class += 1;
    }
    mixed
};

/// Returns the run that contains `scalar`, searched from run `from` on.
const fn run_of(scalar: u32, from: usize) -> usize {
    let mut run = from;
    while run + 1 < RUNS.len() && RUNS[run + 1] >> 8 <= scalar {
        run += 1;
    }
    run
}

const fn build() -> Table {
    let mut table = Table { index: [0; PAGES], pages: [[0; PAGE]; COUNT] };
    let mut filled = [usize::MAX; 256];
    let mut count = 0;
    let (mut page, mut run) = (0, 0);
    while page < PAGES {
        let first = page * PAGE;
        run = run_of(first as u32, run);
        let class = (RUNS[run] & 0xFF) as usize;
        let whole = run_of((first + PAGE - 1) as u32, run) == run;
        if whole && filled[class] != usize::MAX {
            table.index[page] = filled[class] as u8;
        } else {
            let mut at = 0;
            while at < PAGE {
                run = run_of((first + at) as u32, run);
                table.pages[count][at] = (RUNS[run] & 0xFF) as u8;
                at += 1;
            }
            if whole {
                filled[class] = count;
            }
            assert!(count < 256, "a page number is a byte");
            table.index[page] = count as u8;
            count += 1;
        }
        page += 1;
    }
    table
}
