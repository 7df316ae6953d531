//! No module of `src`, and no module of `lua`, depends on itself through others.
//!
//! # What counts as a dependency?
//!
//! Rust: module A depends on module B if the code of A names, in a `use` or in a path, an item that B *defines*. Re-exports
//! are followed to the definition, so it does not matter through which module an item is named. Declaring a child (`mod`)
//! and re-exporting what it defines (`pub use`) is no dependency; using it is. A parent is a node of its own, beside its
//! children: a child may use what its parent defines as long as the parent's own code does not use that child, directly
//! or through others. Methods are not paths: `impl` blocks of one type may be in several files. Test code does not count.
//!
//! The rule holds for files and, in each directory, for its entries, where a directory counts as one node. Where a cycle is
//! found, move what both sides need below both of them.
//!
//! Lua: a module depends on each module that it requires, at once or at a later call; see [`lua`].

#[path = "modules/graph.rs"]
mod graph;
#[path = "modules/lua.rs"]
mod lua;
#[path = "modules/source.rs"]
mod source;

use crate::root;
use graph::Graph;

#[test]
fn no_module_of_the_library_depends_on_itself() {
    let cycles = source::Crate::read(&root().join("src/lib.rs")).cycles();
    assert!(cycles.is_empty(), "cycles of modules in src:\n{}", cycles.join("\n"));
}

#[test]
fn no_lua_module_depends_on_itself() {
    let cycles = lua::graph(&root().join("lua")).cycles();
    assert!(cycles.is_empty(), "cycles of modules in lua:\n{}", cycles.join("\n"));
}

#[test]
fn a_cycle_is_reported_with_its_members_and_a_reference_for_each_step() {
    let mut graph = Graph::default();
    graph.add("a", "b", "a.rs names b::x");
    graph.add("b", "c", "b.rs names c::y");
    graph.add("c", "b", "c.rs names b::x");
    assert_eq!(graph.cycles(), ["b, c\n    b -> c: b.rs names c::y\n    c -> b: c.rs names b::x"]);
}

/// Returns the cycles of a crate with these files.
fn cycles(files: &[(&str, &str)]) -> Vec<String> {
    source::Crate::parse("lib.rs", &|path| {
        let text = files.iter().find(|(name, _)| *name == path)?;
        Some(text.1.to_owned())
    })
    .cycles()
}

#[test]
fn siblings_that_use_each_other_are_a_cycle() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::two; pub fn one() { two() }"),
        ("b.rs", "pub fn two() { super::a::one() }"),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a, b\n"), "{found:?}");
}

#[test]
fn a_parent_that_declares_and_re_exports_is_no_cycle() {
    let found = cycles(&[
        ("lib.rs", "mod a;"),
        ("a/mod.rs", "mod b; pub use b::Thing; pub const SIZE: usize = 1;"),
        ("a/b.rs", "pub struct Thing([u8; super::SIZE]);"),
    ]);
    assert_eq!(found, [""; 0]);
}

#[test]
fn a_parent_that_uses_what_it_re_exports_is_a_cycle() {
    let parent =
        "mod b; pub use b::Thing; pub const SIZE: usize = 1; pub fn new() -> Thing { todo!() }";
    let child = "pub struct Thing([u8; super::SIZE]);";
    let found = cycles(&[("lib.rs", "mod a;"), ("a/mod.rs", parent), ("a/b.rs", child)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a (mod.rs), a::b\n"), "{found:?}");
}

#[test]
fn directories_that_use_each_other_are_a_cycle_though_no_file_is() {
    let found = cycles(&[
        ("lib.rs", "mod a; mod b;"),
        ("a/mod.rs", "pub mod low; mod high;"),
        ("a/low.rs", "pub fn low() {}"),
        ("a/high.rs", "fn high() { crate::b::middle() }"),
        ("b.rs", "pub fn middle() { crate::a::low::low() }"),
    ]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a, b\n"), "{found:?}");
}

#[test]
fn references_in_macros_count_and_tests_do_not() {
    let a = "pub fn one() { assert!(crate::b::two()) } #[cfg(test)] mod tests;";
    let b = "pub fn two() -> bool { true } #[cfg(test)] mod tests { use crate::a::one; }";
    let files = [("lib.rs", "mod a; mod b;"), ("a.rs", a), ("b.rs", b)];
    assert_eq!(cycles(&files), [""; 0]);
    let b = "pub fn two() -> bool { matches!(crate::a::one(), ()) }";
    assert_eq!(cycles(&[files[0], files[1], ("b.rs", b)]).len(), 1);
}
