//! The header in sections: the output of cbindgen, in the order of `src/capi/header.in`.
//!
//! cbindgen writes all constants, then all types, then all functions. Here each item goes to the section that names the
//! longest prefix of its name, comments are filled to the width of the header, and a comment of one line takes one line.

const WIDTH: usize = 120;

/// What C programs have and other languages do not need.
const MACROS: &str = concat!(
    "/** The version of the library that this header belongs to. */\n",
    "#define RILLE_VERSION \"",
    env!("CARGO_PKG_VERSION"),
    "\"\n\n",
    "/** Passes a string that ends in a NUL as a text: its pointer and its length, two arguments. */\n",
    "#define RILLE_TEXT(string) (const uint8_t *)(string), strlen(string)\n\n",
    "/** Passes a string literal as a text, with the NULs in it but the last. */\n",
    "#define RILLE_LITERAL(literal) (const uint8_t *)(\"\" literal), sizeof(literal) - 1\n",
);

/// A section of the template: a title, the prefixes of its items without `rille_`, and its introduction.
pub struct Section<'a> {
    pub title: &'a str,
    pub prefixes: Vec<&'a str>,
    pub text: Vec<&'a str>,
}

impl Section<'_> {
    /// Returns the example of the section: its indented lines.
    pub fn example(&self) -> String {
        self.text
            .iter()
            .filter(|line| line.starts_with("    "))
            .map(|line| format!("{line}\n"))
            .collect()
    }
}

/// Parses a template into its preface and its sections.
pub fn parse(template: &str) -> (Vec<&str>, Vec<Section<'_>>) {
    let (mut preface, mut sections) = (Vec::new(), Vec::<Section>::new());
    for line in template.lines() {
        if let Some(section) = line.strip_prefix("@section ") {
            let (title, prefixes) =
                section.split_once(": ").expect("a title, a colon and prefixes");
            let prefixes = prefixes.split(' ').collect();
            sections.push(Section { title, prefixes, text: Vec::new() });
        } else {
            sections.last_mut().map_or(&mut preface, |section| &mut section.text).push(line);
        }
    }
    (preface, sections)
}

/// Returns the declarations of `rendered` as a header.
pub fn arrange(rendered: &str, template: &str) -> String {
    let (preface, sections) = parse(template);
    let mut items: Vec<Vec<Item>> = sections.iter().map(|_| Vec::new()).collect();
    for item in split(rendered) {
        let fits = |section: &Section| {
            let name = item.name.to_lowercase();
            let name = name.strip_prefix("rille_").expect("a name of the library");
            let fits = section.prefixes.iter().filter(|prefix| name.starts_with(**prefix));
            fits.map(|prefix| prefix.len()).max().unwrap_or(0)
        };
        let place = (0..sections.len()).max_by_key(|&place| fits(&sections[place]));
        let place = place.filter(|&place| fits(&sections[place]) > 0);
        items[place
            .unwrap_or_else(|| panic!("no section of src/capi/header.in names {}", item.name))]
        .push(item);
    }
    let mut out = format!("/*{}", comment(&preface.join("\n"), 0).trim_start_matches("/**"));
    out += "\n\n#ifndef RILLE_H\n#define RILLE_H\n\n#include <stddef.h>\n#include <stdint.h>\n#include <string.h>\n\n";
    out += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
    out += MACROS;
    for (section, items) in sections.iter().zip(items) {
        let rule = "-".repeat(WIDTH - section.title.len() - 4);
        let text = comment(&format!("\n{}", section.text.join("\n")), 0);
        out += &format!(
            "\n/* {} {rule}{}\n",
            section.title,
            text.trim_start_matches("/**\n *").trim_end()
        );
        let mut after_line = false;
        for item in items {
            // Constants with comments at their right form a table.
            let line = item.text.starts_with("#define");
            out += if line && after_line { "" } else { "\n" };
            out += &item.text;
            out += &initializer(&item).unwrap_or_default();
            after_line = line;
        }
    }
    out + "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n"
}

/// Returns the names of all declarations.
pub fn names(rendered: &str) -> Vec<String> {
    split(rendered).into_iter().map(|item| item.name).collect()
}

struct Item {
    name: String,
    text: String,
}

/// Returns the macro that initializes a struct with the defaults, if it begins with its size: the size, and zeros. A list with a zero for
/// each field is valid C99 and C++, and no compiler warns of missing fields.
fn initializer(item: &Item) -> Option<String> {
    if !item.text.contains(&format!("/**< sizeof({}). */", item.name)) {
        return None;
    }
    let fields = item.text.lines().filter(|line| line.starts_with("    ")).filter(|line| {
        let code = line.split("/**").next().unwrap_or_default();
        code.trim_end().ends_with(';')
    });
    let zeros = ", 0".repeat(fields.count() - 1);
    let (name, upper) = (&item.name, item.name.to_uppercase());
    Some(format!("\n#define {upper}_INIT {{ sizeof({name}){zeros} }}\n"))
}

/// Splits the output of cbindgen into declarations, each with its comments.
fn split(rendered: &str) -> Vec<Item> {
    let (mut items, mut text, mut code, mut doc) =
        (Vec::new(), String::new(), String::new(), None::<String>);
    for line in rendered.lines() {
        let bare = line.trim_start();
        let indent = line.len() - bare.len();
        if bare == "/**" {
            doc = Some(String::new());
        } else if let Some(lines) = doc.as_mut().filter(|_| bare != "*/") {
            let rest = bare.strip_prefix('*').expect("a line of a comment");
            *lines += &format!("{}\n", rest.strip_prefix(' ').unwrap_or(rest));
        } else if let Some(lines) = doc.take() {
            text += &format!("{}\n", comment(lines.trim_end(), indent - 1));
        } else if !bare.is_empty() {
            code += &format!("{bare} ");
            let kind = code.split(' ').next().unwrap_or_default();
            let ends =
                bare.ends_with(';') && code.matches('{').count() == code.matches('}').count();
            if ["typedef", "#define"].contains(&kind) {
                let line = format!("{}{}", " ".repeat(indent), line_without_tags(bare));
                text = beside(text, &line).unwrap_or_else(|text| format!("{text}{line}\n"));
            } else if ends {
                text += &signature(&line_without_tags(code.trim_end()));
            }
            if ends || kind == "#define" {
                items.push(Item { name: name(&code), text: std::mem::take(&mut text) });
                code.clear();
            }
        }
    }
    items
}

/// Puts the comment of a member or a constant at its right, if it is the last line of `text` and both fit in one line;
/// otherwise returns `text`.
fn beside(text: String, line: &str) -> Result<String, String> {
    let (before, last) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
    let comment = last.trim_start().strip_prefix("/** ").filter(|_| !line.ends_with('{'));
    match comment.map(|comment| format!("{line} /**< {comment}")) {
        Some(joined) if joined.chars().count() <= WIDTH => {
            Ok(format!("{before}{}{joined}\n", if before.is_empty() { "" } else { "\n" }))
        }
        _ => Err(text),
    }
}

/// Returns the name of a declaration.
fn name(code: &str) -> String {
    let words = code
        .split('(')
        .next()
        .expect("a piece")
        .split([' ', '*', ';'])
        .filter(|word| !word.is_empty());
    let words: Vec<_> = words.collect();
    let word = match words[0] {
        "typedef" => words[2],
        "#define" => words[1],
        _ => words[words.len() - 1],
    };
    word.to_owned()
}

/// Types are named by their typedef.
fn line_without_tags(line: &str) -> String {
    if line.starts_with("typedef") {
        line.to_owned()
    } else {
        line.replace("struct rille_", "rille_")
    }
}

/// Returns a function's declaration, with its parameters filled to the line width.
fn signature(code: &str) -> String {
    let tied = code.replace("( ", "(").replace(' ', "\0").replace(",\0", ", ");
    fill(&tied, WIDTH - 4).join("\n    ").replace('\0', " ") + "\n"
}

/// Returns a comment filled to the line width. Paragraphs are separated by an empty line; indented lines stay
/// unchanged, and so do the first lines of list items.
fn comment(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    if !text.contains('\n') && indent + text.chars().count() + 7 <= WIDTH {
        return format!("{pad}/** {text} */");
    }
    let (mut lines, mut paragraph) = (Vec::new(), String::new());
    for line in text.lines().chain([""]) {
        let whole = line.is_empty() || line.starts_with("    ");
        if whole || line.starts_with("- ") {
            lines.extend(fill(&std::mem::take(&mut paragraph), WIDTH - indent - 3));
        }
        if whole { lines.push(line.to_owned()) } else { paragraph += &format!("{line} ") }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if let [line] = lines.as_slice()
        && indent + line.chars().count() + 7 <= WIDTH
    {
        return format!("{pad}/** {line} */");
    }
    let lines: Vec<_> =
        lines.iter().map(|line| format!("{pad} * {line}").trim_end().to_owned()).collect();
    format!("{pad}/**\n{}\n{pad} */", lines.join("\n"))
}

/// Breaks a text into lines of at most `width` characters.
fn fill(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines
            .last_mut()
            .filter(|line| line.chars().count() + 1 + word.chars().count() <= width)
        {
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}
