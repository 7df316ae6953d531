//! Finds git's exclude file, which applies to all repositories: the file named by `core.excludesFile`, or the default
//! one.
//!
//! It reads the settings of the user and of the system, without the files that they include, and not those of the
//! repository.

use crate::job::JobError;
use crate::tree::rules::files::{self, Content, GoOn};
use bstr::{ByteSlice, ByteVec};
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The settings from the environment, read in the host's call, as the host may change it later.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    /// Settings files; the first one that names an exclude file wins.
    settings: Vec<PathBuf>,
    /// The exclude file if no settings file names one.
    default: Option<PathBuf>,
    home: Option<PathBuf>,
    /// The directory to which relative paths refer.
    directory: Option<PathBuf>,
}

impl Environment {
    /// Reads the environment and the working directory.
    pub(crate) fn read() -> Environment {
        let variable = |name| std::env::var_os(name).filter(|value: &OsString| !value.is_empty());
        let home = std::env::home_dir().filter(|home| !home.as_os_str().is_empty());
        let configuration = variable("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .or_else(|| home.as_ref().map(|home| home.join(".config")));
        let mut settings = Vec::new();
        // As in git, it replaces both files of the user, and if it is empty neither is read.
        match std::env::var_os("GIT_CONFIG_GLOBAL") {
            Some(path) if path.is_empty() => {}
            Some(path) => settings.push(path.into()),
            None => {
                settings.extend(home.as_ref().map(|home| home.join(".gitconfig")));
                settings.extend(configuration.as_ref().map(|path| path.join("git/config")));
            }
        }
        if !variable("GIT_CONFIG_NOSYSTEM").is_some_and(|value| is_true(value.as_encoded_bytes())) {
            let path = variable("GIT_CONFIG_SYSTEM").map(PathBuf::from);
            settings.push(path.unwrap_or_else(|| "/etc/gitconfig".into()));
        }
        let default = configuration.map(|path| path.join("git/ignore"));
        Environment { settings, default, home, directory: std::env::current_dir().ok() }
    }

    /// Returns the exclude file. Settings files that cannot be read are ignored.
    pub(in crate::tree::rules) fn excludes_file(
        &self,
        go_on: GoOn<'_>,
    ) -> Result<Option<PathBuf>, JobError> {
        for path in &self.settings {
            if let Content::Bytes(text) = files::read(path, go_on)?
                && let Some(value) = excludes_setting(&text)
            {
                return Ok(self.expand(value));
            }
        }
        Ok(self.default.clone())
    }

    fn expand(&self, value: Vec<u8>) -> Option<PathBuf> {
        let path = value.into_path_buf().ok().filter(|path| !path.as_os_str().is_empty())?;
        if let Ok(rest) = path.strip_prefix("~") {
            return Some(self.home.as_ref()?.join(rest));
        }
        self.directory
            .as_ref()
            .map_or_else(|| path.is_absolute().then(|| path.clone()), |from| Some(from.join(&path)))
    }
}

fn is_true(value: &[u8]) -> bool {
    [&b"1"[..], b"true", b"yes", b"on"].iter().any(|yes| value.eq_ignore_ascii_case(yes))
}

/// Returns the value of `core.excludesFile` in the text of a settings file: the last one counts.
fn excludes_setting(text: &[u8]) -> Option<Vec<u8>> {
    let (mut in_core, mut found) = (false, None);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let mut line = line.trim_ascii_start();
        if let Some(section) = line.strip_prefix(b"[") {
            let end = section.find_byte(b']')?;
            in_core = section[..end].trim_ascii().eq_ignore_ascii_case(b"core");
            // A setting may follow on the same line.
            line = section[end + 1..].trim_ascii_start();
        }
        let Some(equals) = line.find_byte(b'=').filter(|_| in_core) else { continue };
        if line[..equals].trim_ascii().eq_ignore_ascii_case(b"excludesfile") {
            found = Some(value(&line[equals + 1..], &mut lines));
        }
    }
    found
}

/// Returns the value of a setting, without comments, quotes and surrounding spaces, and with escapes replaced. After a
/// backslash at the end of a line the value continues on the next one.
fn value<'t>(line: &'t [u8], lines: &mut impl Iterator<Item = &'t [u8]>) -> Vec<u8> {
    let (mut text, mut quoted, mut end) = (Vec::new(), false, 0);
    let mut bytes = line.trim_ascii_start().iter().copied();
    loop {
        match bytes.next() {
            None => break,
            Some(b'"') => quoted = !quoted,
            Some(b'#' | b';') if !quoted => break,
            Some(b'\\') => match bytes.next() {
                Some(b'n') => text.push(b'\n'),
                Some(b't') => text.push(b'\t'),
                Some(b'b') => drop(text.pop()),
                Some(other) => text.push(other),
                None => match lines.next() {
                    Some(line) => bytes = line.iter().copied(),
                    None => break,
                },
            },
            Some(byte) => text.push(byte),
        }
        if quoted || !text.last().is_some_and(u8::is_ascii_whitespace) {
            end = text.len();
        }
    }
    text.truncate(end);
    text
}

/// Returns the directory whose `info/exclude` applies to a work tree, by the text of its `.git` file: that of a linked
/// work tree or of a submodule.
pub(in crate::tree::rules) fn common_directory(
    work_tree: &Path,
    text: &[u8],
    go_on: GoOn<'_>,
) -> Result<Option<PathBuf>, JobError> {
    let Some(line) = text.lines().next().and_then(|line| line.strip_prefix(b"gitdir: ")) else {
        return Ok(None);
    };
    let Ok(path) = line.to_path() else { return Ok(None) };
    let git_directory = work_tree.join(path);
    let common = match files::read(&git_directory.join("commondir"), go_on)? {
        Content::Bytes(text) => text
            .lines()
            .next()
            .and_then(|line| line.to_path().ok().map(|path| git_directory.join(path))),
        Content::Nothing | Content::Failed(_) => None,
    };
    Ok(Some(common.unwrap_or(git_directory)))
}
