//! The texts that are measured: words drawn at random, the same ones on every machine and in `bench.lua`.
//!
//! Random, because a paragraph that repeats is learnt by the branch predictor and flatters whatever branches. The
//! words are in `words.txt`, a script to a line, ASCII first: ASCII text draws from the first line alone, mixed text
//! gives each script the same share of the words. (Its Devanagari has no conjuncts, as peers know an older Unicode
//! that cuts them, and results are compared.)

/// What kind of text it is, and the text.
#[derive(Clone)]
pub struct Text {
    pub name: String,
    pub bytes: Vec<u8>,
}

pub const KB: usize = 1 << 10;
pub const MB: usize = 1 << 20;

/// Words of the ASCII alphabet, `len` bytes.
pub fn ascii(len: usize) -> Text {
    Text { name: format!("ASCII, {}", size(len)), bytes: draw(len, 1) }
}

/// Western, CJK, Cyrillic, emoji and Devanagari amid ASCII, `len` bytes.
pub fn mixed(len: usize) -> Text {
    Text { name: format!("mixed, {}", size(len)), bytes: draw(len, usize::MAX) }
}

/// `len` bytes of words from the first `scripts` lines.
fn draw(len: usize, scripts: usize) -> Vec<u8> {
    let lines = include_str!("words.txt").lines().take(scripts);
    let scripts: Vec<Vec<&str>> = lines.map(|line| line.split(' ').collect()).collect();
    // Lehmer's generator, whose products a double holds exactly: the Lua side runs the same.
    let mut state = 1_u64;
    let mut below = |limit: usize| {
        state = state * 48_271 % 0x7fff_ffff;
        state as usize % limit
    };
    let mut text = String::with_capacity(len + 64);
    while text.len() < len {
        let words = &scripts[below(scripts.len())];
        text.push_str(words[below(words.len())]);
        text.push(if below(12) == 0 { '\n' } else { ' ' });
    }
    text.truncate(text.floor_char_boundary(len));
    text.extend(std::iter::repeat_n('.', len - text.len()));
    text.into_bytes()
}

/// A number of bytes as a person says it.
fn size(len: usize) -> String {
    match len {
        MB.. => format!("{} MB", len / MB),
        KB.. => format!("{} KB", len / KB),
        _ => format!("{len} B"),
    }
}
