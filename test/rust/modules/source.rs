//! The modules of a crate, and which of them name items of which others.

use super::graph::Graph;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::{Attribute, Item, UseTree, Visibility};

/// Path of a module or of an item, from the root of the crate.
type Names = Vec<String>;

/// A name that a `use` introduces.
struct Import {
    path: Names,
    /// Whether the name is visible outside of the module.
    exported: bool,
}

/// What the code of one module contains.
#[derive(Default)]
struct Module {
    defined: BTreeSet<String>,
    children: BTreeSet<String>,
    imports: BTreeMap<String, Import>,
    globs: Vec<Names>,
    /// Paths and single names in the code, `use` items left out.
    named: BTreeSet<Names>,
    /// Whether the module is written in the file of its parent.
    inline: bool,
}

/// The modules of a crate by path.
pub struct Crate(BTreeMap<Names, Module>);

/// Returns the text of a file of the crate.
type Files<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Crate {
    /// Reads a crate from the file of its root.
    pub fn read(file: &Path) -> Crate {
        let directory = file.parent().expect("the directory of the crate");
        let name = file.file_name().expect("the root of the crate").to_string_lossy();
        Crate::parse(&name, &|path| std::fs::read_to_string(directory.join(path)).ok())
    }

    /// Reads a crate from its root, through a function that returns the text of a file.
    pub fn parse(file: &str, files: &Files) -> Crate {
        let mut modules = Crate(BTreeMap::new());
        modules.load(Vec::new(), Path::new(file), Path::new(""), files);
        modules
    }

    fn load(&mut self, path: Names, file: &Path, children: &Path, files: &Files) {
        let text =
            files(&file.to_string_lossy()).unwrap_or_else(|| panic!("no file {}", file.display()));
        let parsed =
            syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.enter(path, parsed.items, children, files);
    }

    fn enter(&mut self, path: Names, items: Vec<Item>, directory: &Path, files: &Files) {
        let mut module = Module::default();
        for item in items {
            if is_test(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    module.children.insert(name.clone());
                    let below = [path.as_slice(), std::slice::from_ref(&name)].concat();
                    let nested = directory.join(&name);
                    match child.content {
                        Some((_, items)) => {
                            self.enter(below.clone(), items, &nested, files);
                            self.0.get_mut(&below).expect("the module").inline = true;
                        }
                        None => self.load(below, &file_of(&nested, files), &nested, files),
                    }
                }
                Item::Use(item) => {
                    let exported = !matches!(item.vis, Visibility::Inherited);
                    module.import(Vec::new(), &item.tree, exported);
                }
                item => {
                    module.defined.extend(name_of(&item));
                    collect(item.to_token_stream(), &mut module.named);
                }
            }
        }
        self.0.insert(path, module);
    }

    /// Returns the module that defines what a path names, as seen from a module. `None` if that is a module itself or is
    /// not of this crate.
    fn definer(&self, from: &Names, path: &[String]) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.walk(Vec::new(), rest, 0),
            "self" => self.walk(from.clone(), rest, 0),
            "super" => {
                let parent = from[..from.len().checked_sub(1)?].to_vec();
                match rest.first().map(String::as_str) {
                    Some("super") => self.definer(&parent, rest),
                    _ => self.walk(parent, rest, 0),
                }
            }
            _ => self.walk(from.clone(), path, 0),
        }
    }

    fn walk(&self, at: Names, path: &[String], depth: usize) -> Option<Names> {
        let (first, rest) = path.split_first()?;
        let module = self.0.get(&at)?;
        let child = module.children.contains(first);
        if child && !rest.is_empty() {
            return self.walk([at, vec![first.clone()]].concat(), rest, depth);
        }
        if module.defined.contains(first) {
            return Some(at);
        }
        if depth > 16 {
            return None;
        }
        if let Some(import) = module.imports.get(first) {
            let whole = [&import.path, rest].concat();
            // A name that is imported under its own name from another crate.
            return if whole == path { None } else { self.follow(&at, &whole, depth + 1) };
        }
        module.globs.iter().find_map(|glob| self.follow(&at, &[glob, path].concat(), depth + 1))
    }

    fn follow(&self, from: &Names, path: &[String], depth: usize) -> Option<Names> {
        match path[0].as_str() {
            "crate" | "self" | "super" => self.definer(from, path),
            first if self.0[from].children.contains(first) => self.walk(from.clone(), path, depth),
            first if self.0[from].imports.contains_key(first) => {
                self.walk(from.clone(), path, depth)
            }
            _ => None,
        }
    }

    /// Calls a function with each module, one of which it names an item, and the path by which it does.
    fn references(&self, mut found: impl FnMut(&Names, Names, &[String])) {
        for (at, module) in &self.0 {
            for (name, import) in &module.imports {
                let Some(definer) = self.definer(at, &import.path) else { continue };
                let used = !import.exported || module.named.contains(std::slice::from_ref(name));
                if used || !definer.starts_with(at) {
                    found(at, definer, &import.path);
                }
            }
            let globs = !module.globs.is_empty();
            for path in module.named.iter().filter(|path| globs || path.len() > 1) {
                if let Some(definer) = self.definer(at, path) {
                    found(at, definer, path);
                }
            }
        }
    }

    /// Returns the path of the module whose file contains a module.
    fn in_file(&self, path: &Names) -> Names {
        match self.0[path].inline {
            true => self.in_file(&path[..path.len() - 1].to_vec()),
            false => path.clone(),
        }
    }

    /// Returns the cycles between the entries of each directory: its files, its directories, and its `mod.rs`.
    pub fn cycles(&self) -> Vec<String> {
        let mut levels: BTreeMap<Names, Graph> = BTreeMap::new();
        self.references(|from, to, path| {
            let (from, to) = (self.in_file(from), self.in_file(&to));
            let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            let node = |of: &Names| match of.len() > same {
                true => of[..=same].join("::"),
                false => format!("{} (mod.rs)", of.join("::")),
            };
            let reason = format!("{} names {}", from.join("::"), path.join("::"));
            let level = levels.entry(from[..same].to_vec()).or_default();
            level.add(&node(&from), &node(&to), &reason);
        });
        levels.values().flat_map(Graph::cycles).collect()
    }
}

impl Module {
    fn import(&mut self, mut path: Names, tree: &UseTree, public: bool) {
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.import(path, &tree.tree, public);
            }
            UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.import(path.clone(), tree, public));
            }
            UseTree::Glob(_) => self.globs.push(path),
            UseTree::Name(name) if name.ident == "self" => {
                let name = path.last().expect("a path before self").clone();
                self.imports.insert(name, Import { path, exported: public });
            }
            UseTree::Name(name) => {
                path.push(name.ident.to_string());
                self.imports.insert(name.ident.to_string(), Import { path, exported: public });
            }
            UseTree::Rename(name) => {
                path.push(name.ident.to_string());
                self.imports.insert(name.rename.to_string(), Import { path, exported: public });
            }
        }
    }
}

/// Returns the file of a module that is declared without a body.
fn file_of(nested: &Path, files: &Files) -> PathBuf {
    let file = nested.with_extension("rs");
    if files(&file.to_string_lossy()).is_some() { file } else { nested.join("mod.rs") }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.to_token_stream().to_string().contains("(test)")
    })
}

fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        _ => return None,
    })
}

/// Adds each path of a piece of code, macros included; a field or method is none.
fn collect(code: TokenStream, found: &mut BTreeSet<Names>) {
    let mut path = Names::new();
    // The punctuation since the last name.
    let mut between = String::new();
    for token in code {
        match token {
            TokenTree::Ident(name) => {
                if between != "::" {
                    found.insert(std::mem::take(&mut path));
                }
                if !(path.is_empty() && between == ".") {
                    path.push(name.to_string());
                }
                between.clear();
            }
            TokenTree::Punct(mark) => between.push(mark.as_char()),
            TokenTree::Group(group) => {
                found.insert(std::mem::take(&mut path));
                collect(group.stream(), found);
                between = "()".to_owned();
            }
            TokenTree::Literal(_) => between = "()".to_owned(),
        }
    }
    found.insert(path);
    found.remove(&Names::new());
}
