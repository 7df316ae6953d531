//! A list of patterns: the lines of one ignore file.

use crate::memory::{self, must};
use crate::tree::rules::glob::{self, Component, Fault, Glob};
use bstr::ByteSlice;
use std::collections::HashMap;

/// The decision of a list of patterns about a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A pattern matches the path.
    Ignore,
    /// A pattern with a leading `!` matches the path.
    Keep,
}

/// The pattern of one line.
#[derive(Clone, Debug)]
struct Pattern {
    components: Vec<Component>,
    /// Whether the pattern has to match the path from the directory of its file on. Otherwise it matches the name alone.
    anchored: bool,
    /// Whether the pattern matches directories only.
    directory: bool,
    negated: bool,
}

/// The patterns of an ignore file, of which the last one that matches decides.
///
/// Most lines end in a name, or in a star and an extension. These are found in tables, whatever their number is.
#[derive(Clone, Debug, Default)]
pub(in crate::tree::rules) struct Patterns {
    list: Vec<Pattern>,
    /// Indexes of patterns whose last component is a name, by that name.
    names: HashMap<Vec<u8>, Vec<usize>>,
    /// Indexes of patterns whose last component ends in an extension, by that extension.
    extensions: HashMap<Vec<u8>, Vec<usize>>,
    /// Indexes of all other patterns.
    others: Vec<usize>,
}

impl Patterns {
    pub(in crate::tree::rules) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds a line, without its line feed. Faults go into `faults`.
    pub(in crate::tree::rules) fn add_line(&mut self, line: &[u8], faults: &mut Vec<Fault>) {
        match Pattern::parse(line, faults) {
            Ok(Some(pattern)) => self.add(pattern),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }

    fn add(&mut self, pattern: Pattern) {
        let index = self.list.len();
        must(memory::reserve(&mut self.list, 1));
        must(memory::reserve(&mut self.others, 1));
        must(memory::reserve_map(&mut self.names, 1));
        must(memory::reserve_map(&mut self.extensions, 1));
        let last = match pattern.components.last() {
            Some(Component::One(glob)) => Some(glob),
            _ => None,
        };
        if let Some(name) = last.and_then(Glob::literal) {
            self.names.entry(name.to_vec()).or_default().push(index);
        } else if let Some(extension) = last.and_then(Glob::extension) {
            self.extensions.entry(extension.to_vec()).or_default().push(index);
        } else {
            self.others.push(index);
        }
        self.list.push(pattern);
    }

    /// Returns the decision of the last matching line about a path, which begins in the directory of the
    /// file.
    pub(in crate::tree::rules) fn matched(
        &self,
        path: &[u8],
        is_directory: bool,
    ) -> Option<Verdict> {
        if self.list.is_empty() {
            return None;
        }
        let name = &path[path.rfind_byte(b'/').map_or(0, |slash| slash + 1)..];
        let mut best: Option<usize> = None;
        let mut look = |indices: &[usize]| {
            for &index in indices.iter().rev().take_while(|index| Some(**index) > best) {
                if self.list[index].matches(path, name, is_directory) {
                    best = Some(index);
                    break;
                }
            }
        };
        if !self.names.is_empty()
            && let Some(indices) = self.names.get(name)
        {
            look(indices);
        }
        if !self.extensions.is_empty()
            && let Some(indices) = glob::extension(name).and_then(|key| self.extensions.get(key))
        {
            look(indices);
        }
        look(&self.others);
        best.map(|index| if self.list[index].negated { Verdict::Keep } else { Verdict::Ignore })
    }
}

impl Pattern {
    /// Parses a line as git does. Returns none if there is no pattern in it.
    fn parse(line: &[u8], faults: &mut Vec<Fault>) -> Result<Option<Pattern>, Fault> {
        // In git a line ends at a zero byte, as a string of C.
        let line = &line[..line.find_byte(0).unwrap_or(line.len())];
        if line.first() == Some(&b'#') {
            return Ok(None);
        }
        let line = trim_spaces(line);
        if line.is_empty() {
            return Ok(None);
        }
        let (negated, pattern) = match line.strip_prefix(b"!") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (directory, pattern) = match pattern.strip_suffix(b"/") {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let anchored = pattern.contains(&b'/');
        let pattern = pattern.strip_prefix(b"/").unwrap_or(pattern);
        let components = glob::parse(pattern, faults)?;
        Ok(Some(Pattern { components, anchored, directory, negated }))
    }

    fn matches(&self, path: &[u8], name: &[u8], is_directory: bool) -> bool {
        if self.directory && !is_directory {
            return false;
        }
        if !self.anchored {
            return match &self.components[..] {
                [Component::One(glob)] => glob.matches(name),
                // The pattern consists of stars only.
                _ => true,
            };
        }
        // The last component is the one most likely to differ.
        if let Some(Component::One(glob)) = self.components.last()
            && !glob.matches(name)
        {
            return false;
        }
        self.matches_path(path)
    }

    /// Compares pattern and path, component by component. Where they differ, the last `**` takes one more component.
    fn matches_path(&self, path: &[u8]) -> bool {
        let mut next = 0;
        // None after the last component.
        let mut rest = Some(path);
        let mut retry: Option<(usize, &[u8])> = None;
        loop {
            match (self.components.get(next), rest) {
                (None, None) => return true,
                (Some(Component::AnyDepth), left) => {
                    if next + 1 == self.components.len() {
                        // A `**` at the end matches what is inside a directory, and not the directory itself.
                        return left.is_some();
                    }
                    let Some(left) = left else { return false };
                    next += 1;
                    retry = Some((next, left));
                    continue;
                }
                (Some(Component::One(glob)), Some(left)) => {
                    let (first, after) = split(left);
                    if glob.matches(first) {
                        (next, rest) = (next + 1, after);
                        continue;
                    }
                }
                _ => {}
            }
            let Some((after, left)) = retry else { return false };
            let Some(left) = split(left).1 else { return false };
            retry = Some((after, left));
            (next, rest) = (after, Some(left));
        }
    }
}

/// Returns the first component of a path, and the rest.
fn split(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    match path.find_byte(b'/') {
        Some(slash) => (&path[..slash], Some(&path[slash + 1..])),
        None => (path, None),
    }
}

/// Returns a line without the spaces at its end, unless they are escaped.
fn trim_spaces(line: &[u8]) -> &[u8] {
    let (mut at, mut end) = (0, 0);
    while let Some(&byte) = line.get(at) {
        at += if byte == b'\\' { 2 } else { 1 };
        if byte != b' ' {
            end = at.min(line.len());
        }
    }
    &line[..end]
}
