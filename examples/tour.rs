//! The tour: what rille does and how fast, shown by a LuaJIT that lives in this program.
//!
//! ```text
//! cargo run --release --example tour [FILE or DIRECTORY…]
//! ```
//!
//! Nothing but Rust, make and a C compiler is needed. The tour itself is `examples/tour.lua` with the sections in
//! `examples/tour`; this is only its host, which provides the library, a clock and texts to read.

use std::{
    env::{self, consts},
    error::Error,
    fs,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
    time::Instant,
};

use mlua::{Function, Lua, Table};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The files to read by default, as far as they exist.
const OWN: [&str; 7] =
    ["README.md", "CONTRIBUTING.md", "LICENSE-APACHE", "LICENSE-MIT", "include", "lua", "src"];
const DOCUMENTATION: [&str; 3] =
    ["/usr/share/doc", "/usr/local/share/doc", "/opt/homebrew/share/doc"];

/// Number of bytes at which no further file is read; the largest text of the tour has as many.
const TARGET_BYTES: usize = 16 << 20;

fn main() -> ExitCode {
    match tour() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("tour: {error}");
            ExitCode::from(2)
        }
    }
}

/// Runs the tour; returns how many of rille's results were wrong.
fn tour() -> Result<u32, Box<dyn Error>> {
    let given: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let library = library()?;

    // SAFETY: the tour is ours; it loads `ffi`, which only an unsafe state has.
    let lua = unsafe { Lua::unsafe_new() };
    let package: Table = lua.globals().get("package")?;
    let path: String = package.get("path")?;
    let ours = format!("{ROOT}/lua/?.lua;{ROOT}/lua/?/init.lua;{ROOT}/examples/?.lua");
    package.set("path", format!("{ours};{path}"))?;
    // The variables are set in the Lua state; those of the process stay as they are.
    let getenv = move |_: &Lua, name: String| {
        Ok(match name.as_str() {
            "RILLE_LIB" => Some(library.to_string_lossy().into_owned()),
            "RILLE_BACKEND" => Some("native".to_owned()),
            _ => env::var(name).ok(),
        })
    };
    lua.globals().get::<Table>("os")?.set("getenv", lua.create_function(getenv)?)?;

    let host = lua.create_table()?;
    host.set("now", lua.create_function(|_, ()| Ok(now()))?)?;
    let begin = Instant::now();
    let wall = move |_: &Lua, ()| Ok(begin.elapsed().as_secs_f64() * 1e3);
    host.set("wall", lua.create_function(wall)?)?;
    host.set("given", !given.is_empty())?;
    // The directory that was passed, or the largest tree that most machines have.
    let tree = given.iter().find(|path| path.is_dir()).cloned();
    let usual = || if Path::new("/usr").is_dir() { "/usr" } else { ROOT }.into();
    host.set("tree", tree.unwrap_or_else(usual).to_string_lossy().into_owned())?;
    let files = texts(given)?.into_iter().map(|text| lua.create_string(text));
    host.set("files", files.collect::<mlua::Result<Vec<_>>>()?)?;
    host.set("cores", thread::available_parallelism().map_or(1, usize::from))?;
    let plain = env::var_os("NO_COLOR").is_some() || !io::stdout().is_terminal();
    host.set("colour", !plain)?;

    let tour: Function = lua.load(Path::new(ROOT).join("examples/tour.lua")).into_function()?;
    Ok(tour.call(host)?)
}

/// Returns the shared library, release build.
fn library() -> Result<PathBuf, Box<dyn Error>> {
    let file = format!("{}rille{}", consts::DLL_PREFIX, consts::DLL_SUFFIX);
    let program = env::current_exe()?;
    let examples = program.parent().ok_or("this program is in no directory")?;
    // For an example Cargo builds the shared library too, but leaves it among the dependencies.
    let made = fs::canonicalize(examples.join("../deps").join(&file)).ok();
    let made = made.filter(|_| !cfg!(debug_assertions));
    if let Some(made) = &made {
        let release = fs::canonicalize(examples.join(".."))?;
        // The tour itself does not need it there, so a failure is not fatal.
        if let Err(error) = publish(made, &release.join(&file)) {
            eprintln!("tour: {file} could not be put into {}: {error}", release.display());
        } else if fs::canonicalize(Path::new(ROOT).join("target/release")).ok().as_ref()
            != Some(&release)
        {
            eprintln!(
                "tour: hosts find the library by RILLE_LIB={}",
                release.join(&file).display()
            );
        }
    }
    if let Some(library) = env::var_os("RILLE_LIB") {
        return Ok(library.into());
    }
    if let Some(made) = made {
        return Ok(made);
    }
    // This is a debug build, whose library is slow, or a Cargo with another layout of its directory.
    eprintln!("tour: building the library");
    let target = examples.join("tour-library");
    let status = Command::new(env!("CARGO"))
        .current_dir(ROOT)
        .args(["build", "--release", "--lib", "--target-dir"])
        .arg(&target)
        .status()
        .map_err(|error| format!("{}: {error}", env!("CARGO")))?;
    let built = target.join("release").join(&file);
    if !status.success() || !built.exists() {
        return Err(format!("`cargo build --release --lib` made no {file}; see above").into());
    }
    Ok(fs::canonicalize(built)?)
}

/// Copies the library to where `cargo build --release` puts it and where the Lua side looks, unless a newer one is there:
/// under another name first, as a host may be loading the existing one.
fn publish(made: &Path, place: &Path) -> io::Result<()> {
    let time = |path: &Path| path.metadata().and_then(|metadata| metadata.modified());
    let own = time(made)?;
    if time(place).is_ok_and(|other| other >= own) {
        return Ok(());
    }
    let new = place.with_extension(format!("tour-{}", std::process::id()));
    let linked = fs::hard_link(made, &new).or_else(|_| fs::copy(made, &new).map(drop));
    let moved = linked.and_then(|()| fs::rename(&new, place));
    let _ = fs::remove_file(&new);
    moved
}

/// Returns nanoseconds of processor time. Wall-clock time would include the waits of a busy machine.
#[cfg(unix)]
fn now() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it writes to `time` only.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    assert_eq!(status, 0, "this system has no clock for a thread's time");
    time.tv_sec as f64 * 1e9 + time.tv_nsec as f64
}

/// Returns nanoseconds since the first call.
#[cfg(not(unix))]
fn now() -> f64 {
    static SINCE: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    SINCE.get_or_init(Instant::now).elapsed().as_nanos() as f64
}

/// Returns the texts to read, file by file, until there are enough.
fn texts(given: Vec<PathBuf>) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let chosen = !given.is_empty();
    let mut paths = Vec::new();
    if chosen {
        given.into_iter().for_each(|path| walk(path, &mut paths));
    } else {
        let own = OWN.iter().map(|name| Path::new(ROOT).join(name));
        // Most machines have only some of these.
        let found = own.chain(DOCUMENTATION.map(PathBuf::from)).filter(|path| path.exists());
        found.for_each(|path| walk(path, &mut paths));
    }
    let mut texts = Vec::new();
    let mut total = 0;
    for path in paths {
        match fs::read(&path) {
            // Large files would leave no room for others, and a NUL marks those that are not text.
            Ok(text) if !chosen && (text.len() > TARGET_BYTES / 16 || text.contains(&0)) => {}
            Ok(text) if text.is_empty() => {}
            Ok(text) => {
                total += text.len();
                texts.push(text);
            }
            Err(error) if chosen => return Err(format!("{}: {error}", path.display()).into()),
            Err(_) => {}
        }
        if total >= TARGET_BYTES {
            break;
        }
    }
    if texts.is_empty() {
        return Err("there is no text to read; name a file".into());
    }
    Ok(texts)
}

/// Adds a file, or the files below a directory, in order of name; links in directories are not followed.
fn walk(path: PathBuf, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(&path) else {
        found.push(path);
        return;
    };
    let inner = entries.flatten().map(|entry| entry.path()).filter(|path| !path.is_symlink());
    let mut inner: Vec<_> = inner.collect();
    inner.sort();
    inner.into_iter().for_each(|path| walk(path, found));
}

#[cfg(test)]
mod tests {
    use super::publish;
    use std::fs::{self, File};
    use std::time::{Duration, SystemTime};

    /// Returns the contents of the place after a new library was published over one that is `old` seconds old.
    fn published(name: &str, old: Option<i64>) -> String {
        let directory =
            std::env::temp_dir().join(format!("rille-tour-{}-{name}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory is made");
        let (made, place) = (directory.join("made.so"), directory.join("place.so"));
        fs::write(&made, "made").expect("a file is written");
        let now = SystemTime::now();
        let at = |path, time| {
            File::options().write(true).open(path).and_then(|file: File| file.set_modified(time))
        };
        at(&made, now).expect("a time is set");
        if let Some(seconds) = old {
            fs::write(&place, "other").expect("a file is written");
            let span = Duration::from_secs(seconds.unsigned_abs());
            at(&place, if seconds < 0 { now + span } else { now - span }).expect("a time is set");
        }
        publish(&made, &place).expect("it is published");
        let found = fs::read_to_string(&place).expect("something is in the place");
        let names = fs::read_dir(&directory).expect("the directory").count();
        assert_eq!(names, 2, "nothing else is left in the directory");
        fs::remove_dir_all(&directory).expect("the directory is removed");
        found
    }

    #[test]
    fn the_library_is_where_hosts_look_after_the_tour() {
        assert_eq!(published("none", None), "made");
        assert_eq!(published("older", Some(10)), "made");
        assert_eq!(published("same", Some(0)), "other");
        assert_eq!(published("newer", Some(-10)), "other");
    }
}
