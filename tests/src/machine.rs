//! What the machine under a test can do.

/// Whether a sanitizer or valgrind stands between us and the kernel: the scripts that run one say so.
pub fn sanitized() -> bool {
    std::env::var_os("SANITIZER").is_some()
}

/// Whether `mlock` locks pages; says that something is skipped if not. A sanitizer makes it do nothing.
pub fn locks() -> bool {
    let nothing = std::ptr::without_provenance::<u8>(4096);
    // SAFETY: changes nothing: no page is mapped there, and the kernel says so.
    let asks = unsafe { libc::mlock(nothing.cast(), 1) } != 0;
    if !asks {
        println!("skipped: mlock does nothing here");
    }
    asks
}

/// Whether an emulator runs us, of which the kernel cannot be asked for what it does wrong; says then that something is
/// skipped, and why.
pub fn emulator(why: &str) -> bool {
    let emulated = std::env::var_os("EMULATOR").is_some();
    if emulated {
        println!("skipped: {why}");
    }
    emulated
}
