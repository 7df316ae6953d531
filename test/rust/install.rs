//! The library as packagers get it: its name, its size, its traces of the build machine, and `make install`.

use crate::support::{make, missing};
use crate::{library, root, testing_library};
use mlua::{Lua, Table};
use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Maximum size in bytes of a library made with link-time optimisation.
const MAX_BYTES: u64 = 5_000_000;

/// Returns the version of the C interface, from the header, which `header.rs` compares with the sources.
pub(crate) fn abi() -> String {
    let header = fs::read_to_string(root().join("include/rille.h")).expect("the header");
    let number = header.lines().find_map(|line| line.strip_prefix("#define RILLE_ABI "));
    number.expect("the header has RILLE_ABI").to_owned()
}

/// Returns the file names of the library with the version of the C interface, and with the whole version.
fn names() -> (String, String) {
    let abi = abi();
    let rest = format!("{}.{}", env!("CARGO_PKG_VERSION_MINOR"), env!("CARGO_PKG_VERSION_PATCH"));
    if cfg!(target_os = "macos") {
        (format!("librille.{abi}.dylib"), format!("librille.{abi}.{rest}.dylib"))
    } else {
        (format!("librille.so.{abi}"), format!("librille.so.{abi}.{rest}"))
    }
}

fn file_name() -> String {
    library().file_name().and_then(|name| name.to_str()).expect("a name").to_owned()
}

#[test]
#[cfg(target_os = "linux")]
fn the_library_has_a_soname_stays_mapped_and_is_small() {
    let output = Command::new("readelf").arg("-d").arg(library()).output().expect("readelf to run");
    let dynamic = String::from_utf8_lossy(&output.stdout);
    let soname = format!("Library soname: [{}]", names().0);
    assert!(dynamic.contains(&soname), "the SONAME is not that of RILLE_ABI: {dynamic}");
    assert!(dynamic.contains("NODELETE"), "it can be unmapped: {dynamic}");
    let size = fs::metadata(library()).expect("the library").len();
    assert!(size < MAX_BYTES, "the library has grown to {size} bytes");
}

/// The message of a panic has the path of its source file, which is below the builder's home unless it is remapped.
#[test]
fn the_library_carries_no_path_of_the_machine_it_was_built_on() {
    let home = env::var("HOME").unwrap_or_default();
    let cargo = env::var("CARGO_HOME").unwrap_or_else(|_| format!("{home}/.cargo"));
    for library in [library(), testing_library()] {
        let bytes = fs::read(library).expect("the library");
        let text = bytes.utf8_chunks().map(|chunk| chunk.valid()).collect::<Vec<_>>().join("\n");
        // Whatever replaces these prefixes, the crates are named: the panics have their places.
        assert!(
            text.contains("regex-automata-"),
            "it names no source file, so this proves nothing"
        );
        let checkout = root().to_str().expect("a path in UTF-8");
        for path in [&*home, &*cargo, checkout].into_iter().filter(|path| path.len() > 1) {
            let found = text.match_indices(&format!("{path}/")).count();
            let at = text.find(path).unwrap_or_default();
            let shown: String = text[at..].chars().take(200).collect();
            assert_eq!(found, 0, "{} has paths in {path}: {shown}", library.display());
        }
    }
}

/// A directory with an installation of rille.
struct Installed(PathBuf);

impl Installed {
    /// Runs `make install` with these variables; `@` in them stands for the directory.
    fn new(name: &str, variables: &[&str]) -> Installed {
        let directory = root().join("target/under-test/install").join(name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).expect("a directory is made");
        let installed = Installed(directory);
        done(&installed.make("install", variables));
        installed
    }

    fn make(&self, goal: &str, variables: &[&str]) -> Output {
        let target = library().ancestors().nth(2).expect("the target directory");
        let directory = self.0.to_str().expect("a path in UTF-8");
        make(target)
            .arg(goal)
            .arg("CARGOFLAGS=--quiet")
            .args(variables.iter().map(|variable| variable.replace('@', directory)))
            .output()
            .expect("make to run")
    }

    /// Returns all files, without directories, in order.
    fn files(&self) -> BTreeSet<String> {
        fn add(directory: &Path, root: &Path, files: &mut BTreeSet<String>) {
            for entry in fs::read_dir(directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() && !path.is_symlink() {
                    add(&path, root, files);
                } else {
                    let name = path.strip_prefix(root).expect("it is below the root");
                    files.insert(name.to_str().expect("UTF-8").to_owned());
                }
            }
        }
        let mut files = BTreeSet::new();
        add(&self.0, &self.0, &mut files);
        files
    }

    /// Loads rille from these modules alone, and returns the path of the library that it has found.
    fn find_from(&self, modules: &str) -> String {
        // SAFETY: the code is ours; it loads `ffi`, which only an unsafe state has.
        let lua = unsafe { Lua::unsafe_new() };
        let package: Table = lua.globals().get("package").expect("package");
        let modules = self.0.join(modules);
        package.set("path", format!("{0}/?.lua;{0}/?/init.lua", modules.display())).expect("set");
        package.set("cpath", "").expect("set");
        lua.load(crate::loading::isolation()).exec().expect("the state is isolated");
        lua.load(
            r#"local rille = require("rille") return rille.health().path or rille.health().reason"#,
        )
        .eval()
        .unwrap_or_else(|error| panic!("{error}"))
    }
}

#[track_caller]
fn done(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

/// Returns the Lua files below a directory of the tree.
fn modules(below: &str) -> BTreeSet<String> {
    let lua = Installed(root().join("lua"));
    lua.files().into_iter().map(|file| format!("{below}/{file}")).collect()
}

#[test]
fn installed_files_are_named_by_the_abi_and_the_version() {
    let installed = Installed::new("names", &["PREFIX=@"]);
    let (soname, real) = names();
    let mut expected = modules("share/lua/5.1");
    for name in [&file_name(), &soname, &real] {
        expected.insert(format!("lib/{name}"));
    }
    expected.insert("include/rille.h".to_owned());
    expected.insert("lib/pkgconfig/rille.pc".to_owned());
    expected.insert("lib/cmake/rille/rille-config.cmake".to_owned());
    expected.insert("lib/cmake/rille/rille-config-version.cmake".to_owned());
    assert_eq!(installed.files(), expected);

    let lib = installed.0.join("lib");
    let link = |name: &str| fs::read_link(lib.join(name)).expect("a link");
    assert_eq!(link(&soname), Path::new(&real));
    assert_eq!(link(&file_name()), Path::new(&soname));
    // For any umask of the user who installs it.
    let mode = |path: &str| fs::metadata(installed.0.join(path)).expect("it").permissions().mode();
    assert_eq!(mode("share/lua/5.1/rille/init.lua") & 0o777, 0o644);
    assert_eq!(mode("share/lua/5.1/rille/fallback") & 0o777, 0o755);

    let pc = fs::read_to_string(lib.join("pkgconfig/rille.pc")).expect("it");
    for line in [
        format!("prefix={}", installed.0.display()),
        format!("libdir={}", lib.display()),
        format!("Version: {}", env!("CARGO_PKG_VERSION")),
        "Libs: -L${libdir} -lrille".to_owned(),
    ] {
        assert!(pc.lines().any(|found| found == line), "no line {line}: {pc}");
    }

    // A file of an older version is removed, and in the end all files are.
    fs::write(installed.0.join("share/lua/5.1/rille/old.lua"), "").expect("a file is written");
    done(&installed.make("install", &["PREFIX=@"]));
    assert_eq!(installed.files(), expected);
    done(&installed.make("uninstall", &["PREFIX=@"]));
    assert_eq!(installed.files(), BTreeSet::new());
}

#[test]
fn lua_finds_the_installed_library_under_its_own_prefix() {
    let multiarch = format!("LIBDIR=@/lib/{}-linux-gnu", env::consts::ARCH);
    let cases: [(&str, &[&str], &str, &str); 5] = [
        ("prefix", &["PREFIX=@"], "share/lua/5.1", "lib"),
        ("lib64", &["PREFIX=@", "LIBDIR=@/lib64"], "share/lua/5.1", "lib64"),
        ("multiarch", &["PREFIX=@", &multiarch], "share/lua/5.1", "lib/"),
        ("luajit", &["PREFIX=@", "LUADIR=@/share/luajit-2.1"], "share/luajit-2.1", "lib"),
        ("a space", &["PREFIX=@"], "share/lua/5.1", "lib"),
    ];
    for (name, variables, modules, lib) in cases {
        if name == "multiarch" && !cfg!(target_os = "linux") {
            continue;
        }
        let installed = Installed::new(name, variables);
        let lib = variables.iter().find_map(|v| v.strip_prefix("LIBDIR=@/")).unwrap_or(lib);
        let expected = installed.0.join(lib).join(names().0);
        assert_eq!(installed.find_from(modules), expected.to_str().expect("UTF-8"), "{name}");
    }
}

#[test]
fn a_staged_installation_is_found_where_it_is_moved_to() {
    let staged = Installed::new("staged", &["DESTDIR=@", "PREFIX=/usr"]);
    let expected = staged.0.join("usr/lib").join(names().0);
    assert_eq!(staged.find_from("usr/share/lua/5.1"), expected.to_str().expect("UTF-8"));
    done(&staged.make("uninstall", &["DESTDIR=@", "PREFIX=/usr"]));
    assert_eq!(staged.files(), BTreeSet::new());
    // A relative prefix is below the checkout.
    let relative = "target/under-test/install/relative";
    let installed = Installed::new("relative", &[&format!("PREFIX={relative}")]);
    let expected = installed.0.join("lib").join(names().0);
    assert_eq!(installed.find_from("share/lua/5.1"), expected.to_str().expect("UTF-8"));
}

/// As root, who has no Cargo, after `make` by a user who has it.
#[test]
fn it_is_installed_without_cargo_once_it_is_built() {
    let installed = Installed::new("cargo", &["PREFIX=@"]);
    let again = installed.make("install", &["PREFIX=@/again", "CARGO=cargo-of-nobody"]);
    done(&again);
    assert!(installed.0.join("again/lib").join(names().1).is_file());
    let nothing = installed.0.join("nothing-is-built-here");
    let refused = make(&nothing)
        .args(["install", "CARGO=cargo-of-nobody", "PREFIX=/nonexistent"])
        .output()
        .expect("make to run");
    let said = String::from_utf8_lossy(&refused.stdout);
    assert!(!refused.status.success() && said.contains("is missing: run make first"), "{said}");
}

const PROGRAM: &str =
    "#include <rille.h>\nint main(void) { return rille_abi() == RILLE_ABI ? 0 : 1; }\n";

/// Runs a command line in the directory of an installation, `$P`.
fn shell(installed: &Installed, line: &str) -> Output {
    Command::new("sh")
        .args(["-ec", line])
        .current_dir(&installed.0)
        .env("P", &installed.0)
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .expect("sh to run")
}

#[test]
fn a_program_finds_the_installed_library_by_pkg_config() {
    if Command::new("pkg-config").arg("--version").output().is_err() {
        return missing("pkg-config", "not on PATH", "apt install pkgconf");
    }
    let installed = Installed::new("pkg-config", &["PREFIX=@"]);
    fs::write(installed.0.join("program.c"), PROGRAM).expect("a file is written");
    let line = r#"export PKG_CONFIG_PATH="$P/lib/pkgconfig"
        cc program.c $(pkg-config --cflags --libs rille) -Wl,-rpath,"$(pkg-config --variable=libdir rille)" -o program
        ./program && pkg-config --modversion rille"#;
    let output = shell(&installed, line);
    done(&output);
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), env!("CARGO_PKG_VERSION"));
}

#[test]
fn a_project_finds_the_installed_library_by_cmake() {
    if Command::new("cmake").arg("--version").output().is_err() {
        return missing("cmake", "not on PATH", "apt install cmake");
    }
    let installed = Installed::new("cmake", &["DESTDIR=@", "PREFIX=/usr"]);
    fs::create_dir(installed.0.join("project")).expect("a directory is made");
    fs::write(installed.0.join("project/program.c"), PROGRAM).expect("a file is written");
    let version = env!("CARGO_PKG_VERSION");
    let list = |version: &str| {
        format!(
            "cmake_minimum_required(VERSION 3.21)\nproject(user C)\nfind_package(rille {version} REQUIRED)\n\
             add_executable(program program.c)\ntarget_link_libraries(program rille::rille)\n"
        )
    };
    fs::write(installed.0.join("project/CMakeLists.txt"), list(version))
        .expect("a file is written");
    let line = r#"cmake -S project -B build -DCMAKE_PREFIX_PATH="$P/usr" && cmake --build build && ./build/program"#;
    done(&shell(&installed, line));
    for wrong in ["0.9", "1.0"] {
        fs::write(installed.0.join("project/CMakeLists.txt"), list(wrong))
            .expect("a file is written");
        let refused =
            shell(&installed, r#"cmake -S project -B other -DCMAKE_PREFIX_PATH="$P/usr""#);
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(
            !refused.status.success() && said.contains(&format!("version: {version}")),
            "{said}"
        );
    }
}

/// The static library is made only on request: for programs that ship as one file.
#[test]
fn a_program_that_is_linked_with_the_static_library_starts_alone() {
    let installed = Installed::new("static", &["PREFIX=@", "STATIC=1"]);
    fs::write(installed.0.join("program.c"), PROGRAM).expect("a file is written");
    let line = r#"cc program.c -I"$P/include" "$P/lib/librille.a" -lpthread -ldl -lm -o program
        rm "$P"/lib/librille.so*
        ./program"#;
    done(&shell(&installed, line));
    done(&installed.make("uninstall", &["PREFIX=@"]));
    assert_eq!(installed.files(), ["program", "program.c"].map(str::to_owned).into());
}

#[test]
fn a_program_that_is_linked_with_the_installed_library_starts() {
    let installed = Installed::new("linked", &["PREFIX=@"]);
    fs::write(installed.0.join("program.c"), PROGRAM).expect("a file is written");
    let line = r#"cc program.c -I"$P/include" -L"$P/lib" -lrille -Wl,-rpath,"$P/lib" -o program && ./program"#;
    done(&shell(&installed, line));
}

/// With a cache of the loader that has the prefix, as `ldconfig` makes it for /usr/local; the system's own cache is
/// unchanged.
#[test]
#[cfg(target_os = "linux")]
fn the_systems_loader_finds_the_installed_library_after_ldconfig() {
    let installed = Installed::new("ldconfig", &["PREFIX=@"]);
    let source = r#"
        #include <dlfcn.h>
        #include <stdio.h>
        int main(int count, char **names) {
            for (int i = 1; i < count; i++)
                if (!dlopen(names[i], RTLD_NOW)) return printf("%s\n", dlerror()), 1;
            return 0;
        }
    "#;
    fs::write(installed.0.join("load.c"), source).expect("a file is written");
    let script = r#"
        cc load.c -o load -ldl
        if ./load "$1" 2>&1; then echo "the system has $1 already"; exit 3; fi
        echo "$PWD/lib" > conf
        PATH=$PATH:/sbin:/usr/sbin
        unshare --mount true 2>/dev/null || exit 4
        ldconfig -X -C "$PWD/cache" -f conf
        unshare --mount sh -ec 'mount --bind cache /etc/ld.so.cache; ./load "$@"' sh "$@"
    "#;
    let output = Command::new("sh")
        .args(["-ec", script, "sh", &file_name(), &names().0])
        .current_dir(&installed.0)
        .env_remove("LD_LIBRARY_PATH")
        .output()
        .expect("sh to run");
    match output.status.code() {
        Some(3) => missing("ldconfig", "the system has a librille already", "make uninstall"),
        Some(4) => missing("ldconfig", "no mount namespace can be made", "run it as root"),
        _ => done(&output),
    }
}
