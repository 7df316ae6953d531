//! `lua/rille/fallback/fuzzy/tables.lua` is generated from the character tables of the native side, and the committed
//! file is up to date.
//!
//! `BLESS=1 cargo test tables` rewrites the file.

use std::fmt::Write;

use rille::fuzzy::fzf::chars::{base, class_beyond_ascii, fold, is_capital, is_mark};

const PATH: &str = "lua/rille/fallback/fuzzy/tables.lua";

/// Lines are broken before this column.
const WIDTH: usize = 110;

const HEADER: &str = r#"-- The character tables of fuzzy matching in pure Lua: classes, case folding and base letters beyond ASCII. GENERATED from
-- the native tables, which are made from ICU4X, by test/rust/fuzzy_tables.rs; do not
-- edit: `BLESS=1 cargo test tables` rewrites this file.
--
-- classes: the class of every code point from U+0080 on, as runs in ascending order. A run is a letter ("a" is class 0, "b"
--          class 1, ... and "h" class 1 of a mark on the character before it; a capital, if the code point is one) and
--          the number of code points that it covers, left out when it is 1.
-- folds:   what each code point becomes without regard to case, if it changes: how far it is from the one before it in this
--          list and what it becomes, both in hexadecimal.
-- bases:   the same for what it becomes without its accents.

return {
"#;

fn all() -> impl Iterator<Item = u32> {
    (0x80..=0x10FFFF)
        .filter(|&code| char::from_u32(code).is_some() || (0xD800..0xE000).contains(&code))
}

fn wrapped(name: &str, words: impl Iterator<Item = String>, out: &mut String) {
    write!(out, "  {name} = [[").unwrap();
    let mut column = WIDTH;
    for word in words {
        if column + word.len() + 1 > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column > 0 {
            out.push(' ');
        }
        out.push_str(&word);
        column += word.len() + 1;
    }
    out.push_str("\n]],\n");
}

fn classes() -> impl Iterator<Item = String> {
    let mut runs: Vec<(char, u32)> = Vec::new();
    for code in all() {
        let letter = if is_mark(code) { b'h' } else { b'a' + class_beyond_ascii(code) as u8 };
        let letter =
            char::from(if is_capital(code) { letter.to_ascii_uppercase() } else { letter });
        match runs.last_mut() {
            Some((same, length)) if *same == letter => *length += 1,
            _ => runs.push((letter, 1)),
        }
    }
    let length = |length| if length == 1 { String::new() } else { format!("{length}") };
    runs.into_iter().map(move |(letter, count)| format!("{letter}{}", length(count)))
}

fn changes(change: fn(u32) -> u32) -> impl Iterator<Item = String> {
    let mut last = 0;
    all().filter(move |&code| change(code) != code).map(move |code| {
        let word = format!("{:x}:{:x}", code - last, change(code));
        last = code;
        word
    })
}

#[test]
fn fuzzy_tables_are_fresh() {
    let mut rendered = String::from(HEADER);
    wrapped("classes", classes(), &mut rendered);
    wrapped("folds", changes(fold), &mut rendered);
    wrapped("bases", changes(base), &mut rendered);
    rendered.push_str("}\n");
    crate::bless(PATH, &rendered);
}
