//! Capabilities of the machine that runs the tests.

/// Returns whether a sanitizer or valgrind runs the tests. The scripts that run one set a variable.
pub fn sanitized() -> bool {
    std::env::var_os("SANITIZER").is_some()
}

/// Returns whether `mlock` locks pages, and prints that the test is skipped if not. With a sanitizer, it does nothing.
pub fn locks() -> bool {
    let nothing = std::ptr::without_provenance::<u8>(4096);
    // SAFETY: no page is mapped at this address, so that the call fails and changes nothing.
    let asks = unsafe { libc::mlock(nothing.cast(), 1) } != 0;
    if !asks {
        println!("skipped: mlock does nothing here");
    }
    asks
}

/// Returns whether an emulator, whose system calls may behave differently, runs the tests, and prints that the test is
/// skipped, and why, if so.
pub fn emulator(why: &str) -> bool {
    let emulated = std::env::var_os("EMULATOR").is_some();
    if emulated {
        println!("skipped: {why}");
    }
    emulated
}
