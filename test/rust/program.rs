//! Compiles and runs the C program, plain, with sanitizers, and under valgrind.

use crate::support::{missing, say};
use crate::{root, testing_library};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn compile(name: &str, flags: &[&str]) -> PathBuf {
    let library = testing_library();
    let directory = library.parent().expect("the directory of the library");
    let program = directory.join(name);
    let output = Command::new("cc")
        .args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-g", "-DRILLE_TESTING"])
        .args(flags)
        .arg("-I")
        .arg(root().join("include"))
        .arg(root().join("test/c/program.c"))
        .arg(root().join("test/c/program_boundary.c"))
        .arg(root().join("test/c/program_search.c"))
        .arg(root().join("test/c/program_scan.c"))
        .arg(root().join("test/c/program_job.c"))
        .arg(root().join("test/c/program_spool.c"))
        .arg(root().join("test/c/program_file.c"))
        .arg(root().join("test/c/program_fuzzy.c"))
        .arg(root().join("test/c/program_diff.c"))
        .arg(root().join("test/c/program_patch.c"))
        .arg(library)
        // The program finds the library by its SONAME, which make puts beside it.
        .arg(format!("-Wl,-rpath,{}", directory.display()))
        .arg("-o")
        .arg(&program)
        .output()
        .expect("cc to run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}

fn check(output: Output) {
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out == "0 failures\n", "{out}{err}");
    assert_eq!(err, "", "a panic printed something");
}

fn run(program: &Path) -> Output {
    Command::new(program).output().expect("the program to run")
}

#[test]
fn c_program() {
    check(run(&compile("program", &["-O1"])));
    say("C program: passed");
}

#[test]
fn c_program_with_sanitizers() {
    check(run(&compile(
        "program-sanitized",
        &["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    )));
    say("C program with AddressSanitizer and UBSan: passed");
}

#[test]
fn c_program_under_valgrind() {
    if Command::new("valgrind").arg("--version").output().is_err() {
        return missing("valgrind", "not on PATH", "install the package valgrind");
    }
    let program = compile("program-valgrind", &["-O1"]);
    // Except what is possibly lost: the stacks of threads that are alive at the end.
    let arguments = [
        "--quiet",
        "--error-exitcode=9",
        "--leak-check=full",
        "--show-leak-kinds=definite",
        "--errors-for-leak-kinds=definite",
    ];
    check(Command::new("valgrind").args(arguments).arg(program).output().expect("valgrind to run"));
    say("C program under valgrind: passed");
}

/// The library has to run on processors of any age, and to use the features that they have.
#[test]
#[cfg(target_arch = "x86_64")]
fn c_program_on_other_processors() {
    let emulator = "qemu-x86_64";
    if Command::new(emulator).arg("--version").output().is_err() {
        return missing(emulator, "not on PATH", "install the package qemu-user");
    }
    let program = compile("program-emulated", &["-O1"]);
    for (processor, kernels) in [("qemu64", "scalar"), ("Nehalem", "ssse3"), ("Haswell", "avx2")] {
        let mut command = Command::new(emulator);
        command.args(["-cpu", processor]).arg(&program).env("RILLE_EXPECT_CPU", kernels);
        let mut output = command.output().expect("the emulator to run");
        // The emulator also warns of features that it does not have.
        let warnings = String::from_utf8_lossy(&output.stderr).into_owned();
        output.stderr =
            warnings.lines().filter(|line| !line.starts_with(emulator)).collect::<String>().into();
        check(output);
    }
    say("C program on processors without SSSE3, AVX2 and AVX-512: passed");
}
