//! The prototypes for fuzz/capi, which are generated from src/capi, and a run of that fuzz target from fixed seeds.

use crate::exports::{TESTING, exports, rust_files};
use crate::support::say;
use crate::{bless, root};
use std::fmt::Write;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use syn::{Fields, FnArg, Item, ItemStruct, Pat, ReturnType, Type};

#[path = "../../fuzz/capi/mod.rs"]
mod capi;

/// Every function of the library, to be called with a word for each parameter.
#[cfg(target_os = "linux")]
pub(crate) fn all() -> &'static [capi::Prototype] {
    capi::all()
}

fn name_of(ty: &Type) -> String {
    match ty {
        Type::Ptr(pointer) => {
            let kind = if pointer.mutability.is_some() { "mut" } else { "const" };
            format!("*{kind} {}", name_of(&pointer.elem))
        }
        Type::Path(path) => {
            match path.path.segments.last().map(|segment| segment.ident.to_string()) {
                // One byte, because the type of the Rust crate libc is not known there.
                Some(name) if name == "c_char" => "u8".to_owned(),
                Some(name) => name,
                None => panic!("a type without a name"),
            }
        }
        _ => panic!("a type that no prototype has"),
    }
}

fn structs() -> Vec<ItemStruct> {
    let mut structs = Vec::new();
    for path in rust_files(&root().join("src/capi")) {
        let source = fs::read_to_string(&path).expect("a source file");
        for item in syn::parse_file(&source).expect("a source file that parses").items {
            if let Item::Struct(item) = item
                && item.ident.to_string().starts_with("rille_")
            {
                structs.push(item);
            }
        }
    }
    structs
}

/// Returns the fields of a struct of options, whose first field is its size.
fn fields(item: &ItemStruct) -> Option<Vec<(String, String)>> {
    let Fields::Named(fields) = &item.fields else { return None };
    let first = fields.named.first()?;
    if first.ident.as_ref()? != "size"
        || !matches!(&first.ty, Type::Path(path) if path.path.is_ident("u32"))
    {
        return None;
    }
    let field = |field: &syn::Field| Some((field.ident.as_ref()?.to_string(), name_of(&field.ty)));
    fields.named.iter().map(field).collect()
}

fn render() -> String {
    let mut text =
        "// Generated from src/capi by `BLESS=1 cargo test`; do not edit.\n\nprototypes! {\n"
            .to_owned();
    let mut kinds = Vec::new();
    for (_, function) in exports() {
        let name = function.sig.ident.to_string();
        if TESTING.contains(&name.as_str()) {
            continue;
        }
        if let Some(kind) = name.strip_suffix("_free") {
            kinds.push(kind.to_owned());
        }
        let parameters = function.sig.inputs.iter().map(|input| match input {
            FnArg::Typed(input) => match &*input.pat {
                Pat::Ident(pattern) => format!("{}: {}", pattern.ident, name_of(&input.ty)),
                _ => panic!("a parameter of {name} has no name"),
            },
            FnArg::Receiver(_) => panic!("{name} takes self"),
        });
        let parameters: Vec<String> = parameters.collect();
        let output = match &function.sig.output {
            ReturnType::Type(_, ty) => format!(" -> {}", name_of(ty)),
            ReturnType::Default => String::new(),
        };
        writeln!(text, "    fn {name}({}){output};", parameters.join(", ")).expect("a string");
    }
    text.push_str("}\n\noptions! {\n");
    let (options, others): (Vec<_>, Vec<_>) =
        structs().into_iter().partition(|item| fields(item).is_some());
    for item in &options {
        let fields = fields(item).unwrap_or_default();
        let fields: Vec<String> = fields.iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        writeln!(text, "    struct {} {{ {} }}", item.ident, fields.join(", ")).expect("a string");
    }
    let others: Vec<String> = others.iter().map(|item| item.ident.to_string()).collect();
    writeln!(text, "}}\n\nopaque! {{\n    {}\n}}\n", others.join("\n    ")).expect("a string");
    writeln!(text, "pub static HANDLES: &[&str] = &{kinds:?};").expect("a string");
    text
}

#[test]
fn committed_prototypes_are_fresh() {
    bless("fuzz/capi/prototypes.rs", &render());
}

/// Returns pseudo-random bytes from a seed, the same on every machine.
fn bytes(seed: u64, len: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn any_call_of_any_c_function_ends_with_a_status() {
    // The library silences the hook of this process, which other tests need.
    let hook = std::panic::take_hook();
    let host = capi::Host::new("capi-test");
    let mut calls = 0;
    for seed in 1..=200 {
        let run = AssertUnwindSafe(|| capi::run(&bytes(seed, 3000), &host));
        calls += catch_unwind(run).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let line = format!("seed {seed}: {}", text.unwrap_or("a panic without a message"));
            say(&line);
            std::panic::resume_unwind(Box::new(line))
        });
    }
    std::panic::set_hook(hook);
    assert!(calls > 5000, "only {calls} calls were made");
}
