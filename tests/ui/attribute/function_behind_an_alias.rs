//! An unsafe function behind a type alias is no plain value either.
use pin_ffi::pinned_ffi;
use std::ffi::c_int;

type Callback = unsafe extern "C" fn();
type Maybe = Option<unsafe extern "C" fn()>;
type Print = unsafe extern "C" fn(*const u8, ...) -> c_int;
type Long = unsafe extern "C" fn(i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8, i8) -> c_int;
type Unwinding = unsafe extern "system-unwind" fn(c_int);
type Firmware = Option<unsafe extern "efiapi" fn(usize) -> usize>;
type Rust = unsafe fn();
type Shared = std::sync::atomic::AtomicPtr<u8>;

#[pinned_ffi]
unsafe extern "C" {
    safe fn atexit(f: Callback) -> c_int;
    safe fn at_quick_exit(f: Maybe) -> c_int;
    safe fn variadic(print: Print);
    safe fn long(f: Long);
    safe fn unwinding(f: Unwinding);
    safe fn firmware(f: Firmware);
    #[allow(improper_ctypes)]
    safe fn rust(f: Rust);
    safe fn shared(address: Shared);
}

fn main() {}
