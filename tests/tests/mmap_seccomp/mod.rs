//! System calls that fail when told to, on one thread alone.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::mem::offset_of;

const fn statement(code: u32, k: u32) -> libc::sock_filter {
    libc::sock_filter { code: code as u16, jt: 0, jf: 0, k }
}

const LOAD: u32 = libc::BPF_LD | libc::BPF_W | libc::BPF_ABS;
const EQUAL: u32 = libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K;

/// Runs `f` on a thread on which `calls` fail with `errno`. False if the kernel has no filters for us.
pub fn failing<F: FnOnce() + Send>(calls: &[libc::c_long], errno: i32, f: F) -> bool {
    // A sanitizer needs memory of its own, and valgrind does not know every call.
    #[cfg(target_pointer_width = "64")]
    if pin_ffi_tests::machine::sanitized()
        && [libc::SYS_mmap, libc::SYS_munmap, libc::SYS_mlock2].iter().any(|call| calls.contains(call))
    {
        return false;
    }
    let mut program = vec![statement(LOAD, offset_of!(libc::seccomp_data, nr) as u32)];
    for &call in calls {
        program.push(libc::sock_filter { code: EQUAL as u16, jt: 0, jf: 1, k: call as u32 });
        program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | errno as u32));
    }
    filtered(program, f)
}

/// Runs `f` on a thread on which `mmap` fails with `errno` where it is to map shared. False as above.
#[cfg(target_pointer_width = "64")] // elsewhere the call is another
pub fn failing_shared_mmap<F: FnOnce() + Send>(errno: i32, f: F) -> bool {
    // The low half of the fourth argument, on a little-endian machine.
    let flags = offset_of!(libc::seccomp_data, args) as u32 + 3 * 8;
    let program = vec![
        statement(LOAD, offset_of!(libc::seccomp_data, nr) as u32),
        libc::sock_filter { code: EQUAL as u16, jt: 0, jf: 4, k: libc::SYS_mmap as u32 },
        statement(LOAD, flags),
        statement(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, libc::MAP_SHARED as u32),
        libc::sock_filter { code: EQUAL as u16, jt: 0, jf: 1, k: libc::MAP_SHARED as u32 },
        statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ERRNO | errno as u32),
    ];
    filtered(program, f)
}

fn filtered<F: FnOnce() + Send>(mut program: Vec<libc::sock_filter>, f: F) -> bool {
    program.push(statement(libc::BPF_RET | libc::BPF_K, libc::SECCOMP_RET_ALLOW));
    std::thread::scope(|s| {
        s.spawn(move || {
            // The allocator gets its memory before calls begin to fail.
            drop(vec![0_u8; 1 << 16]);
            let filter = libc::sock_fprog { len: program.len() as u16, filter: program.as_mut_ptr() };
            // SAFETY: a filter for this thread alone; `program` outlives the call.
            let installed = unsafe {
                libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                    && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) == 0
            };
            if installed {
                f();
            }
            installed
        })
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}
