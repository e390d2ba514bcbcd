//! SOUNDNESS 23, as an interpreter of the aliasing rules sees it: in the compiler's middle form a cast says whether it
//! exposes an address. In machine code, and so in every other test, `expose_provenance` and `addr` are the same.
#![cfg(all(target_os = "linux", target_arch = "x86_64", target_env = "gnu"))]

use std::path::Path;
use std::process::Command;

#[test]
fn s23_an_address_in_an_integer_is_exposed() {
    if pin_ffi_tests::machine::sanitized() {
        println!("skipped: the compiler's own flags are the sanitizer's here");
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let text = folder.join("pin_ffi.mir");
    // Inlined (which an incremental build is not), so that what the methods of pointers do stands where they are called.
    let output = Command::new(env!("CARGO"))
        .args(["rustc", "--locked", "-p", "pin-ffi", "--lib", "--no-default-features", "--target-dir"])
        .arg(folder.join("exposed"))
        .args(["--", "-Copt-level=2"])
        .arg(format!("--emit=mir={}", text.display()))
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let text = std::fs::read_to_string(text).unwrap();
    // What only looks at an address (is it null, is it aligned?) does not expose it: that there are such casts shows that
    // the two can be told apart here.
    assert!(text.lines().any(|line| line.contains(" as usize (Transmute)")), "no address is looked at");
    for integer in ["usize", "u64", "isize", "i64"] {
        let start = text.find(&format!("::from_ptr(_1: *mut u8) -> {integer} {{")).expect(integer);
        let function = text[start..].split("\n}\n").next().unwrap();
        assert!(function.contains("(PointerExposeProvenance)"), "{function}");
    }
}
