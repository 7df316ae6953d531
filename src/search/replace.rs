//! Replacement templates, and their expansion for a match.

use super::{Full, Output, PatternError, Regex, Slots, Span};

/// A replacement template: `$0` is the match, `$1` a group, `${name}` a named one, `$$` a dollar sign.
///
/// A group that did not participate in the match expands to nothing.
#[derive(Debug)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
enum Piece {
    Text(Box<[u8]>),
    Group(usize),
}

impl Template {
    /// Parses a template for matches of `regex`. Every group it names must exist in the pattern.
    pub fn new(template: &[u8], regex: &Regex) -> Result<Template, PatternError> {
        let mut pieces = Vec::new();
        let (mut text, mut at) = (Vec::new(), 0);
        while let Some(dollar) = memchr::memchr(b'$', &template[at..]).map(|found| at + found) {
            text.extend_from_slice(&template[at..dollar]);
            if template.get(dollar + 1) == Some(&b'$') {
                text.push(b'$');
                at = dollar + 2;
                continue;
            }
            let (group, end) = reference(template, dollar, regex)?;
            if !text.is_empty() {
                pieces.push(Piece::Text(std::mem::take(&mut text).into()));
            }
            pieces.push(Piece::Group(group));
            at = end;
        }
        text.extend_from_slice(&template[at..]);
        if !text.is_empty() {
            pieces.push(Piece::Text(text.into()));
        }
        Ok(Template { pieces })
    }

    /// Returns a template that inserts `text` as it is.
    pub fn literal(text: &[u8]) -> Template {
        Template { pieces: vec![Piece::Text(text.into())] }
    }

    /// Whether it refers to a group other than the whole match.
    pub(super) fn has_groups(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Group(group) if *group > 0))
    }

    /// Appends the expansion of the template for a match.
    pub(super) fn put(
        &self,
        text: &[u8],
        group: impl Fn(usize) -> Option<Span>,
        out: &mut Output<'_>,
    ) -> Result<(), Full> {
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => out.put(piece)?,
                Piece::Group(index) => {
                    if let Some(span) = group(*index) {
                        out.put(&text[span.start..span.stop])?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// Returns the group that the `$` at `dollar` refers to, and where the reference ends.
fn reference(
    template: &[u8],
    dollar: usize,
    regex: &Regex,
) -> Result<(usize, usize), PatternError> {
    let wrong = |message: String| PatternError::at(dollar, message);
    let rest = &template[dollar + 1..];
    let (name, len) = if rest.first() == Some(&b'{') {
        let close = memchr::memchr(b'}', rest).ok_or_else(|| {
            wrong("${ without a closing }; a dollar sign is written $$".to_owned())
        })?;
        (&rest[1..close], close + 1)
    } else {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        (&rest[..digits], digits)
    };
    if name.is_empty() {
        let message = "$ must begin a reference such as $1 or ${name}; a dollar sign is written $$";
        return Err(wrong(message.to_owned()));
    }
    let name = String::from_utf8_lossy(name);
    let group = match name.parse::<usize>() {
        Ok(group) => (group <= regex.groups()).then_some(group),
        Err(_) => regex.group(&name),
    };
    let group = group.ok_or_else(|| wrong(format!("the pattern has no group {name}")))?;
    Ok((group, dollar + 1 + len))
}

/// Replaces matches of a pattern.
pub struct Replacer<'r> {
    /// The pattern.
    pub regex: &'r Regex,
    /// The replacement of each match.
    pub template: &'r Template,
    /// Maximum number of matches to replace.
    pub limit: usize,
}

impl Replacer<'_> {
    /// Appends `text` to `out` with its matches replaced; returns the number of matches replaced.
    pub fn replace(&self, text: &[u8], out: &mut Output<'_>) -> Result<usize, Full> {
        let mut matches = self.regex.matches(text, 0, false);
        let (mut count, mut done) = (0, 0);
        while count < self.limit {
            // Finding the groups costs more than finding the match.
            let whole = if self.template.has_groups() {
                let Some(slots) = matches.next_captures() else { break };
                let Some(whole) = span(slots, 0) else { break };
                out.put(&text[done..whole.start])?;
                self.template.put(text, |group| span(slots, group), out)?;
                whole
            } else {
                let Some(whole) = matches.next() else { break };
                out.put(&text[done..whole.start])?;
                self.template.put(text, |_| Some(whole), out)?;
                whole
            };
            done = whole.stop;
            count += 1;
        }
        out.put(&text[done..])?;
        Ok(count)
    }
}

/// Returns the span of a group.
pub(super) fn span(slots: &Slots, group: usize) -> Option<Span> {
    match (slots[2 * group], slots[2 * group + 1]) {
        (Some(start), Some(stop)) => Some(Span { start: start.get(), stop: stop.get() }),
        _ => None,
    }
}
