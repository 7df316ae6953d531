//! A panic inside the library prints nothing: the screen belongs to the host.

use abacus::boundary::{ABACUS_EPANIC, boundary};
use std::env;
use std::process::Command;

#[test]
fn a_panic_prints_nothing() {
    const CHILD: &str = "ABACUS_QUIET_CHILD";
    if env::var_os(CHILD).is_some() {
        // SAFETY: a null error block is accepted.
        let status = unsafe { boundary(std::ptr::null_mut(), || panic!("seen by the user")) };
        assert_eq!(status, ABACUS_EPANIC);
        return;
    }
    // What a process prints is only visible from outside: this test runs itself.
    let output = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "a_panic_prints_nothing", "--nocapture"])
        .env(CHILD, "1")
        .output()
        .expect("the test runs");
    let printed = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{printed}");
    assert!(!printed.contains("seen by the user"), "{printed}");
}
