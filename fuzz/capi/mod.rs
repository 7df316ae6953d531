//! Calls of the C functions, generated from their prototypes: with any sizes, flags, numbers, lengths and handles, including
//! handles of other kinds, freed handles and NULL, and with memory of exactly the length that is passed.
//!
//! The input bytes alone determine a sequence of calls, so the fuzz target `capi` and the test suite share this module. It
//! panics when the library violates its contract: an unknown status, a panic inside, an error block that does not belong to
//! the status, or an invalid handle that is accepted.
#![allow(non_camel_case_types, missing_docs, dead_code, unused_imports)]

use std::path::PathBuf;

/// Returns the options struct that a pointer type refers to, if it is one.
fn options_of(ty: &str) -> Option<&'static Options> {
    let pointee = ty.trim_start_matches("*const ").trim_start_matches("*mut ");
    prototypes::OPTIONS.iter().find(|options| options.name == pointee)
}

/// A parameter or field: its name and its type, as written in src/capi.
type Named = (&'static str, &'static str);

/// One function of the library.
pub struct Prototype {
    pub name: &'static str,
    pub parameters: &'static [Named],
    pub output: &'static str,
    pub call: unsafe fn(&[u64]) -> i64,
}

/// A struct of options, whose first field is its size.
pub struct Options {
    pub name: &'static str,
    pub size: usize,
    /// Fields with their offsets.
    pub fields: &'static [(Named, usize)],
}

/// A number that is passed to C in a register.
trait Word {
    fn from_word(word: u64) -> Self;
    fn into_word(self) -> i64;
}

macro_rules! words {
    ($($ty:ty),*) => {$(
        impl Word for $ty {
            fn from_word(word: u64) -> $ty { word as $ty }
            fn into_word(self) -> i64 { self as i64 }
        }
    )*};
}
words!(u32, i32, i64, usize, f64);

impl<T> Word for *const T {
    fn from_word(word: u64) -> *const T {
        std::ptr::with_exposed_provenance(word as usize)
    }
    fn into_word(self) -> i64 {
        self.addr() as i64
    }
}

impl<T> Word for *mut T {
    fn from_word(word: u64) -> *mut T {
        std::ptr::with_exposed_provenance_mut(word as usize)
    }
    fn into_word(self) -> i64 {
        self.addr() as i64
    }
}

impl Word for () {
    fn from_word(_: u64) {}
    fn into_word(self) -> i64 {
        0
    }
}

/// Declares the functions, and a list of them.
macro_rules! prototypes {
    ($(fn $name:ident($($parameter:ident: $ty:ty),* $(,)?) $(-> $output:ty)?;)*) => {
        mod functions {
            use super::*;
            unsafe extern "C" { $(pub fn $name($($parameter: $ty),*) $(-> $output)?;)* }
        }
        pub static PROTOTYPES: &[super::Prototype] = &[$({
            unsafe fn call(words: &[u64]) -> i64 {
                let [$($parameter),*] = *words else { unreachable!("one word for each parameter") };
                $(let $parameter = <$ty as super::Word>::from_word($parameter);)*
                // SAFETY: the caller, who makes the words, fulfils the requirements of the header.
                super::Word::into_word(unsafe { functions::$name($($parameter),*) })
            }
            super::Prototype {
                name: stringify!($name),
                parameters: &[$((stringify!($parameter), stringify!($ty))),*],
                output: concat!($(stringify!($output))?),
                call,
            }
        }),*];
    };
}

/// Declares structs of options, and a list of them.
macro_rules! options {
    ($(struct $name:ident { $($field:ident: $ty:ty),* $(,)? })*) => {
        $(#[repr(C)] pub struct $name { $($field: $ty),* })*
        pub static OPTIONS: &[super::Options] = &[$(super::Options {
            name: stringify!($name),
            size: size_of::<$name>(),
            fields: &[$(((stringify!($field), stringify!($ty)), std::mem::offset_of!($name, $field))),*],
        }),*];
    };
}

/// Declares types that are used only through pointers.
macro_rules! opaque {
    ($($name:ident)*) => {
        $(#[repr(C)] pub struct $name { _private: [u8; 0] })*
    };
}
// After the macros, which it uses.
#[rustfmt::skip]
mod prototypes;

/// Returns every function of the library.
pub fn all() -> &'static [Prototype] {
    prototypes::PROTOTYPES
}

/// Statuses, by their numbers in `rille_status`.
const EARG: i64 = -1;
const EPANIC: i64 = -5;
const EPOISONED: i64 = -6;
const LOWEST: i64 = -12;
const HIGHEST: i64 = 4;

/// Bytes of memory for an output: more than any call writes with the numbers passed.
const ROOM: usize = 1 << 16;

/// The host's files, whose names are passed to calls.
pub struct Host {
    directory: PathBuf,
}

impl Host {
    /// Makes files in a new directory.
    pub fn new(name: &str) -> Host {
        let directory = std::env::temp_dir().join(format!("rille-{name}-{}", std::process::id()));
        let inner = directory.join("inner");
        std::fs::create_dir_all(&inner).expect("a directory is made");
        std::fs::write(directory.join("text.txt"), "one\ntwo \u{e9}\r\nthree\n".repeat(50))
            .expect("a file");
        std::fs::write(inner.join("empty.lua"), "").expect("a file");
        std::fs::write(inner.join("binary"), [0u8, 255, 10, 13, 0x1f, 0x8b, 8, 0]).expect("a file");
        std::fs::write(inner.join("bad.gz"), [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2])
            .expect("a file");
        std::fs::write(directory.join(".gitignore"), "*.gz\n").expect("a file");
        Host { directory }
    }

    fn path(&self, choice: u32) -> Vec<u8> {
        let name = [
            "",
            "text.txt",
            "inner",
            "inner/empty.lua",
            "inner/binary",
            "inner/bad.gz",
            "none",
            "a\0b",
        ];
        let name = name[choice as usize % name.len()];
        self.directory.join(name).into_os_string().into_encoded_bytes()
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// A handle that a call has written.
struct Held {
    kind: &'static str,
    address: u64,
    live: bool,
}

/// Which handle was chosen for an argument.
#[derive(PartialEq)]
enum Choice {
    Right,
    Null,
    Wrong,
}

/// Memory passed to a call: in words, so that it is aligned, or exact to the byte for an input.
enum Memory {
    Bytes(Box<[u8]>),
    Words(Box<[u64]>),
}

/// A sequence of calls that is being made.
struct Run<'a> {
    bytes: &'a [u8],
    host: &'a Host,
    held: Vec<Held>,
    /// Memory of the current call.
    memory: Vec<Memory>,
    /// Lengths of the last arguments of this call: of a text, an output and the texts of a list.
    text: u64,
    output: Option<u64>,
    lengths: [u32; 4],
}

const TEXTS: [&[u8]; 12] = [
    b"",
    b"a",
    b"one two\nthree\r\n",
    b"(a+)|b*[^c-z]?",
    b"\xff\xfe\x80\0end",
    "na\u{ef}ve \u{1f468}\u{200d}\u{1f469} \u{4e2d}\u{6587}\ttab".as_bytes(),
    b"$1${name}$$",
    b"'src !test ^a | b$",
    b"src/main.rs",
    b"*.lua!x/**",
    b"(?P<name>\\w+)\\b",
    b"ababababababababababababababababab",
];

impl Run<'_> {
    fn byte(&mut self) -> u32 {
        let Some((&first, rest)) = self.bytes.split_first() else { return 0 };
        self.bytes = rest;
        first.into()
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.byte() % n == n - 1
    }

    fn number(&mut self) -> u32 {
        match self.byte() % 8 {
            0 => 0,
            1..=3 => self.byte() % 8,
            4 => self.byte(),
            5 => 1 << (self.byte() % 32),
            6 => u32::MAX - self.byte(),
            _ => self.byte() << 24 | self.byte() << 16 | self.byte() << 8 | self.byte(),
        }
    }

    fn keep(&mut self, memory: Memory) -> u64 {
        self.memory.push(memory);
        match self.memory.last_mut() {
            Some(Memory::Bytes(bytes)) => bytes.as_mut_ptr().expose_provenance() as u64,
            Some(Memory::Words(words)) => words.as_mut_ptr().expose_provenance() as u64,
            None => 0,
        }
    }

    /// Returns memory that contains these bytes, with no byte after them.
    fn input(&mut self, bytes: Vec<u8>) -> u64 {
        self.keep(Memory::Bytes(bytes.into_boxed_slice()))
    }

    /// Returns memory for an output: NULL, unaligned or aligned.
    fn room(&mut self, bytes: usize) -> u64 {
        match self.byte() % 32 {
            0 => 0,
            1 => self.keep(Memory::Words(vec![0; bytes / 8 + 1].into())) + 1,
            _ => self.keep(Memory::Words(vec![0; bytes / 8].into())),
        }
    }

    fn text_of(&mut self, name: &str) -> Vec<u8> {
        if ["root", "path", "spool_directory"].contains(&name) {
            let choice = self.byte();
            return self.host.path(choice);
        }
        match self.byte() % 4 {
            0 => (0..self.byte() % 64).map(|_| self.byte() as u8).collect(),
            1 => TEXTS[self.byte() as usize % TEXTS.len()].repeat(1 + self.byte() as usize % 40),
            _ => TEXTS[self.byte() as usize % TEXTS.len()].to_vec(),
        }
    }

    /// Returns a text; the next parameter is its length.
    fn text(&mut self, name: &str) -> u64 {
        if self.one_in(16) {
            self.text = if self.one_in(2) { 0 } else { self.number().into() };
            return 0;
        }
        let text = self.text_of(name);
        self.text = if self.one_in(32) {
            u64::from(u32::MAX) + 1 + u64::from(self.byte())
        } else {
            text.len() as u64
        };
        self.input(text)
    }

    /// Returns an array of eight numbers; the next parameter is its length.
    fn numbers(&mut self) -> u64 {
        let rising = self.one_in(2);
        let mut last = 0;
        let list: Vec<u32> = (0..8)
            .map(|_| {
                last += self.byte() % 4;
                if rising { last } else { self.number() }
            })
            .collect();
        match self.byte() % 16 {
            0 => 0,
            place => {
                let words: Vec<u64> = list
                    .chunks(2)
                    .map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32)
                    .collect();
                self.keep(Memory::Words(words.into())) + u64::from(place == 1)
            }
        }
    }

    /// Returns an array of four texts: their addresses with their lengths, or with the lengths in a separate array.
    fn texts(&mut self, beside: bool) -> u64 {
        let mut words = Vec::new();
        for index in 0..4 {
            let text = TEXTS[self.byte() as usize % TEXTS.len()].to_vec();
            let len = text.len() as u64;
            words.push(self.input(text));
            self.lengths[index] = len as u32;
            if beside {
                words.push(len);
            }
        }
        if self.one_in(16) { 0 } else { self.keep(Memory::Words(words.into())) }
    }

    /// Returns as many hunks as a patch may count, of small numbers: some are those of small texts.
    fn hunks(&mut self) -> u64 {
        let words =
            (0..4 * 2).map(|_| u64::from(self.byte() % 4) | u64::from(self.byte() % 4) << 32);
        let words: Vec<u64> = words.collect();
        if self.one_in(16) { 0 } else { self.keep(Memory::Words(words.into())) }
    }

    /// Returns an array of four patterns: texts, and sometimes a handle of any kind instead or in addition.
    fn patterns(&mut self) -> u64 {
        let mut words = Vec::new();
        for _ in 0..4 {
            let text = TEXTS[self.byte() as usize % TEXTS.len()].to_vec();
            let len = text.len() as u64;
            let handle = |own: &mut Self, kind| {
                if own.one_in(6) { own.handle(kind).0 } else { 0 }
            };
            let (regex, literals) = (handle(self, "rille_regex"), handle(self, "rille_literals"));
            let is_text = regex == 0 && literals == 0 || self.one_in(8);
            let text = if is_text { self.input(text) } else { 0 };
            words.extend([text, if is_text { len } else { 0 }, regex, literals]);
        }
        if self.one_in(16) { 0 } else { self.keep(Memory::Words(words.into())) }
    }

    fn options(&mut self, of: &Options) -> u64 {
        if self.one_in(4) {
            return 0;
        }
        let size = match self.byte() % 8 {
            0 => self.number(),
            1 => self.byte() % (of.size as u32 + 8),
            _ => of.size as u32,
        };
        // A struct that is refused for its size is not read any further.
        if size != of.size as u32 {
            return self.input(size.to_ne_bytes().to_vec());
        }
        let mut bytes = vec![0; of.size];
        for &((name, ty), offset) in &of.fields[1..] {
            let (value, len) = match ty {
                "u32" => (u64::from(self.number_of(name)), 4),
                "i32" => (u64::from(self.number()), 4),
                "i64" => (self.long(), 8),
                "usize" => (self.text, 8),
                "*const u8" => (self.text(name), 8),
                "*const u32" | "*const i32" => (self.numbers(), 8),
                "*const rille_pattern" => (self.patterns(), 8),
                "*const rille_hunk" => (self.hunks(), 8),
                // Options inside of options, as for each function on text.
                ty if options_of(ty).is_some() => {
                    (options_of(ty).map_or(0, |inner| self.options(inner)), 8)
                }
                _ => panic!("{}.{name} is of an unknown type {ty}", of.name),
            };
            bytes[offset..offset + len].copy_from_slice(&value.to_ne_bytes()[..len]);
        }
        bytes[..4].copy_from_slice(&size.to_ne_bytes());
        let words = bytes.chunks(8).map(|chunk| {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            u64::from_ne_bytes(word)
        });
        let words: Vec<u64> = words.collect();
        self.keep(Memory::Words(words.into()))
    }

    fn long(&mut self) -> u64 {
        match self.byte() % 4 {
            0 => u64::from(self.number()).wrapping_neg(),
            1 => u64::from(self.number()) << 31,
            _ => u64::from(self.byte()),
        }
    }

    /// Returns a number within the range that its name suggests.
    fn number_of(&mut self, name: &str) -> u32 {
        match name {
            "milliseconds" => self.byte() % 3,
            "capacity" | "limit" if self.one_in(2) => self.byte() % 64,
            "capacity" | "limit" => self.byte() % 4,
            // The length of an array, before or after it in the parameters.
            name if name.contains("count") => self.byte() % 5,
            "reserved" if !self.one_in(16) => 0,
            "flags" | "style" | "side" | "align" | "ambiguous" | "typos" if !self.one_in(8) => {
                self.byte() % 2
            }
            "flags" => self.byte() | (self.byte() % 16) << 8,
            _ => self.number(),
        }
    }

    fn handle(&mut self, kind: &str) -> (u64, Choice) {
        let choice = self.byte() % 16;
        let index = self.byte() as usize;
        let pick = |wanted: &dyn Fn(&Held) -> bool, held: &[Held]| {
            let all: Vec<u64> =
                held.iter().filter(|held| wanted(held)).map(|held| held.address).collect();
            (!all.is_empty()).then(|| all[index % all.len()])
        };
        let found = match choice {
            0 => None,
            1 => pick(&|held| held.live && held.kind != kind, &self.held)
                .map(|address| (address, Choice::Wrong)),
            2 => pick(&|held| !held.live, &self.held).map(|address| (address, Choice::Wrong)),
            3 => Some((self.keep(Memory::Words(vec![0; 64].into())), Choice::Wrong)),
            _ => pick(&|held| held.live && held.kind == kind, &self.held)
                .map(|address| (address, Choice::Right)),
        };
        found.unwrap_or((0, Choice::Null))
    }

    /// Returns a function, usually one for which live handles exist.
    fn choose(&mut self) -> &'static Prototype {
        let lacks = |ty: &str| {
            let kind = ty.trim_start_matches("*const ").trim_start_matches("*mut ");
            prototypes::HANDLES.contains(&kind)
                && !self.held.iter().any(|held| held.live && held.kind == kind)
        };
        let mut bytes = self.bytes;
        let mut next = || {
            let Some((&first, rest)) = bytes.split_first() else { return 0 };
            bytes = rest;
            usize::from(first)
        };
        let mut prototype = &prototypes::PROTOTYPES[0];
        for _ in 0..8 {
            prototype =
                &prototypes::PROTOTYPES[(next() | next() << 8) % prototypes::PROTOTYPES.len()];
            // If every `_free` were called, no handles would be left for the others.
            let dull = prototype.name.ends_with("_free") && next() % 4 != 0;
            if !dull && !prototype.parameters.iter().any(|&(_, ty)| lacks(ty)) {
                break;
            }
        }
        self.bytes = bytes;
        prototype
    }

    /// Makes one call.
    fn call(&mut self, prototype: &Prototype) {
        let mut words = Vec::new();
        let (mut block, mut receiver, mut made) = (0, Choice::Right, Vec::new());
        (self.text, self.output, self.lengths) = (0, None, [0; 4]);
        for (at, &(name, ty)) in prototype.parameters.iter().enumerate() {
            let pointee = ty.trim_start_matches("*const ").trim_start_matches("*mut ");
            let handle = prototypes::HANDLES.iter().find(|&&kind| kind == pointee);
            let word = match ty {
                "*mut rille_error" => {
                    block = if self.one_in(4) {
                        0
                    } else {
                        self.keep(Memory::Words(vec![0; 32].into()))
                    };
                    block
                }
                "*mut *mut u8" => self.room(8),
                _ if ty.starts_with("*mut *mut ") => {
                    let place = self.room(8);
                    let kind = ty.trim_start_matches("*mut *mut ");
                    let kind = prototypes::HANDLES.iter().find(|&&known| known == kind);
                    if place != 0 && place.is_multiple_of(8) {
                        made.push((*kind.expect("a kind of handle"), place));
                    }
                    place
                }
                _ if handle.is_some() => {
                    let (address, choice) = self.handle(pointee);
                    if at == 0 {
                        receiver = choice;
                    }
                    address
                }
                "*const u8" => self.text(name),
                "*const *const u8" => self.texts(false),
                "*const rille_slice" => self.texts(true),
                "*const rille_pattern" => self.patterns(),
                "*const u32" if name == "lengths" => {
                    let [a, b, c, d] = self.lengths;
                    let words =
                        vec![u64::from(a) | u64::from(b) << 32, u64::from(c) | u64::from(d) << 32];
                    if self.one_in(32) { 0 } else { self.keep(Memory::Words(words.into())) }
                }
                "*const u32" | "*const i32" => self.numbers(),
                "*mut u8" => {
                    let room = self.byte();
                    self.output = Some(u64::from(room));
                    if self.one_in(16) { 0 } else { self.input(vec![0; room as usize]) }
                }
                "usize" if self.output.is_some() && name == "capacity" => self.output.unwrap_or(0),
                "usize" if at > 0 && prototype.parameters[at - 1].1 == "*const u8" => self.text,
                "usize" if self.one_in(8) => u64::MAX - u64::from(self.byte()),
                "usize" => u64::from(self.number() % (1 << 20)),
                "u32" => u64::from(self.number_of(name)),
                "i64" => self.long(),
                _ if ty.starts_with("*const ") => {
                    let of = prototypes::OPTIONS.iter().find(|options| options.name == pointee);
                    self.options(
                        of.unwrap_or_else(|| panic!("{}: unknown type {ty}", prototype.name)),
                    )
                }
                _ if ty.starts_with("*mut ") => self.room(ROOM),
                _ => panic!("{}: unknown type {ty}", prototype.name),
            };
            words.push(word);
        }
        // SAFETY: all memory has the length that is passed with it, and lives until the end of the call.
        let status = unsafe { (prototype.call)(&words) };
        if prototype.name.ends_with("_free") {
            if receiver == Choice::Right {
                for held in self.held.iter_mut().filter(|held| held.address == words[0]) {
                    held.live = false;
                }
            }
        } else if prototype.output == "i32" && prototype.name != "rille_notifier_fd" {
            self.check(prototype, status, block, receiver);
            if status >= 0 {
                for (kind, place) in made {
                    // SAFETY: a variable of this call, which the library has written or left at zero.
                    let address =
                        unsafe { *std::ptr::with_exposed_provenance::<u64>(place as usize) };
                    if address != 0 {
                        self.held.push(Held { kind, address, live: true });
                    }
                }
            }
        }
        self.memory.clear();
    }

    fn check(&self, prototype: &Prototype, status: i64, block: u64, receiver: Choice) {
        let name = prototype.name;
        let mut message = String::new();
        if block != 0 {
            // SAFETY: the error block of this call, which was zero before.
            let block = unsafe {
                std::slice::from_raw_parts(
                    std::ptr::with_exposed_provenance::<u8>(block as usize),
                    256,
                )
            };
            let written = i32::from_ne_bytes(block[..4].try_into().expect("four bytes"));
            let length = u32::from_ne_bytes(block[4..8].try_into().expect("four bytes")) as usize;
            assert!(length < 240, "{name}: a message of {length} bytes");
            message =
                String::from_utf8(block[16..16 + length].to_vec()).expect("a message in UTF-8");
            let expected = if status < 0 { status } else { 0 };
            assert_eq!(
                i64::from(written),
                expected,
                "{name}: the error block has another status: {message}"
            );
            assert!(status >= 0 || !message.is_empty(), "{name}: no message for {status}");
        }
        assert!(
            (LOWEST..=HIGHEST).contains(&status),
            "{name}: an unknown status {status}: {message}"
        );
        assert!(status != EPANIC && status != EPOISONED, "{name}: {message}");
        if receiver == Choice::Wrong {
            assert_eq!(
                status, EARG,
                "{name}: a handle that is none of its kind is taken: {message}"
            );
        }
    }
}

/// Makes the calls that the bytes determine, and frees the remaining handles. Returns the number of calls.
pub fn run(bytes: &[u8], host: &Host) -> usize {
    let mut run = Run {
        bytes,
        host,
        held: Vec::new(),
        memory: Vec::new(),
        text: 0,
        output: None,
        lengths: [0; 4],
    };
    let mut calls = 0;
    // Functions that make a handle, some of them from other handles.
    let makers = [
        "_new",
        "_open",
        "_new_regex",
        "_new_literals",
        "_new_regexset",
        "_fuzzy_start",
        "_walk_start",
        "_grep_start",
    ];
    for _ in 0..3 {
        for prototype in prototypes::PROTOTYPES {
            if makers.iter().any(|maker| prototype.name.ends_with(maker)) {
                run.call(prototype);
            }
        }
    }
    // The library recognises a freed handle until 256 others have been freed.
    while !run.bytes.is_empty() && run.held.len() < 200 {
        let prototype = run.choose();
        run.call(prototype);
        calls += 1;
    }
    for held in std::mem::take(&mut run.held).into_iter().rev().filter(|held| held.live) {
        let name = format!("{}_free", held.kind);
        let free = prototypes::PROTOTYPES.iter().find(|prototype| prototype.name == name);
        // SAFETY: a live handle, which is not used after this.
        unsafe { (free.expect("each kind has a function that frees it").call)(&[held.address]) };
    }
    calls
}
