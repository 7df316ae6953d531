//! The texts that benches measure: words drawn at random, the same on every machine and in `bench.lua`.
//!
//! Random, because the branch predictor learns a repeated paragraph, which flatters code with branches. The words are in
//! `words.txt`, one script per line, ASCII first: ASCII text draws from the first line alone, mixed text gives each script
//! the same share of the words. (Its Devanagari has no conjuncts, as peers use an older Unicode that splits them, and
//! results are compared.)

/// A text, and what kind it is.
#[derive(Clone)]
pub struct Text {
    pub name: String,
    pub bytes: Vec<u8>,
}

pub const KB: usize = 1 << 10;
pub const MB: usize = 1 << 20;

/// Returns `len` bytes of words of the ASCII alphabet.
pub fn ascii(len: usize) -> Text {
    Text { name: format!("ASCII, {}", size(len)), bytes: draw(len, 1) }
}

/// Returns `len` bytes of Western, CJK, Cyrillic, emoji and Devanagari words amid ASCII.
pub fn mixed(len: usize) -> Text {
    Text { name: format!("mixed, {}", size(len)), bytes: draw(len, usize::MAX) }
}

/// Returns `len` bytes of words from the first `scripts` lines.
fn draw(len: usize, scripts: usize) -> Vec<u8> {
    let lines = include_str!("words.txt").lines().take(scripts);
    let scripts: Vec<Vec<&str>> = lines.map(|line| line.split(' ').collect()).collect();
    // Lehmer's generator, whose products a double represents exactly: the Lua side runs the same.
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

/// Formats a number of bytes.
fn size(len: usize) -> String {
    match len {
        MB.. => format!("{} MB", len / MB),
        KB.. => format!("{} KB", len / KB),
        _ => format!("{len} B"),
    }
}
