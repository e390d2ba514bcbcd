//! The system calls that a piece of code makes, as the kernel sees them.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::ffi::c_int;
use std::ptr;

/// A call by name, for those that mapping is made of.
pub fn name(call: libc::c_long) -> String {
    match call {
        libc::SYS_mmap => "mmap".into(),
        libc::SYS_munmap => "munmap".into(),
        libc::SYS_fcntl => "fcntl".into(),
        libc::SYS_ioctl => "ioctl".into(),
        libc::SYS_fstat | libc::SYS_newfstatat | libc::SYS_statx => "fstat".into(),
        other => format!("system call {other}"),
    }
}

/// The system calls that `f` makes, in a forked child; `None` where the kernel, or an emulator, does not let us look.
///
/// `f` should not allocate: other threads may have held locks. The child ends with what `f` gives as its code, which must
/// be 0.
pub fn system_calls(f: impl FnOnce() -> i32) -> Option<Vec<String>> {
    if pin_ffi_tests::machine::sanitized() {
        // It makes calls of its own.
        return None;
    }
    // Before and after `f`: a call that it does not make.
    let mark = || {
        // SAFETY: no pointers.
        unsafe { libc::getppid() }
    };
    // SAFETY: the child runs `f` and ends without returning.
    let child = match unsafe { libc::fork() } {
        0 => {
            // SAFETY: no pointers; stops until the parent goes on.
            unsafe {
                if libc::ptrace(libc::PTRACE_TRACEME, 0, 0, 0) != 0 {
                    libc::_exit(77);
                }
                libc::raise(libc::SIGSTOP);
            }
            mark();
            let code = f();
            mark();
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(code) }
        }
        -1 => panic!("fork: {}", std::io::Error::last_os_error()),
        child => child,
    };
    let wait = || {
        let mut status = 0;
        // SAFETY: our own child.
        assert_eq!(unsafe { libc::waitpid(child, &raw mut status, 0) }, child);
        status
    };
    if !libc::WIFSTOPPED(wait()) {
        return None;
    }
    // SAFETY: a stopped child of this thread; no memory of ours.
    unsafe { libc::ptrace(libc::PTRACE_SETOPTIONS, child, 0, libc::PTRACE_O_TRACESYSGOOD | libc::PTRACE_O_EXITKILL) };
    let mut calls = Vec::new();
    loop {
        // SAFETY: as above.
        unsafe { libc::ptrace(libc::PTRACE_SYSCALL, child, 0, 0) };
        let status = wait();
        if !libc::WIFSTOPPED(status) {
            assert_eq!(status, 0, "the child failed");
            break;
        }
        if libc::WSTOPSIG(status) == libc::SIGTRAP | 0x80 {
            match entered(child) {
                Some(call) => calls.push(call),
                None if calls.is_empty() => {
                    // SAFETY: our own child.
                    unsafe { libc::kill(child, libc::SIGKILL) };
                    wait();
                    return None;
                }
                None => {}
            }
        }
    }
    let mut between = calls.split(|&call| call == libc::SYS_getppid);
    let calls = between.nth(1).expect("both marks");
    Some(calls.iter().map(|&call| name(call)).collect())
}

/// The call that a stopped child is about to make; `None` if it comes back from one.
fn entered(child: c_int) -> Option<libc::c_long> {
    const PTRACE_GET_SYSCALL_INFO: u32 = 0x420e;
    const ENTRY: u64 = 1;
    // What happened is the first byte, the number the fourth `u64`.
    let mut info = [0_u64; 16];
    let info_ptr: *mut u64 = ptr::from_mut(&mut info).cast();
    // SAFETY: the kernel writes no more than it is told.
    let n = unsafe { libc::ptrace(PTRACE_GET_SYSCALL_INFO as _, child, size_of_val(&info), info_ptr) };
    (n > 0 && info[0].to_ne_bytes()[0] == ENTRY as u8).then_some(info[3] as libc::c_long)
}
