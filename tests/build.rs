//! Compiles the C side of the tests.

fn main() {
    // The tests for Windows call Windows.
    if std::env::var_os("CARGO_CFG_WINDOWS").is_some() {
        return;
    }
    println!("cargo::rerun-if-changed=c");
    cc::Build::new().file("c/echo.c").std("gnu11").warnings(true).extra_warnings(true).compile("pin_ffi_echo");
    if std::env::var("CARGO_CFG_TARGET_ENV").as_deref() == Ok("gnu") {
        cc::Build::new().file("c/layout.c").std("gnu11").warnings(true).extra_warnings(true).compile("pin_ffi_layout");
    }
    // The C side has a thread of its own.
    println!("cargo::rustc-link-lib=pthread");
}
