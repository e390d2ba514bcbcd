//! The copy routine, and the signal handler that makes it return early if a page is gone.
//!
//! The routine is assembly code at known addresses, which keeps the bounds of the mapped bytes in two registers. The
//! handler checks that the faulting instruction belongs to the routine and that the faulting address is inside these
//! bounds. If so, it sets the program counter to the routine's exit, which returns the number of bytes left. If not,
//! the signal has another cause and is passed on.

use super::Mapped;
use core::arch::global_asm;
use core::cell::UnsafeCell;
use core::mem::MaybeUninit;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering};
use libc::{c_int, c_void, sigaction, siginfo_t};
use std::io;
use std::sync::Mutex;

// The symbols contain the version, because two versions of this crate may be linked into one program.
macro_rules! name {
    ($label:literal) => {
        concat!("pin_ffi_mmap_copy_0_1_0", $label)
    };
}

// size_t copy(void *target, const void *source, size_t len, size_t wide, size_t from, size_t to)
//
// Returns the number of bytes left. At every memory access between `.chunks` and `.slow`, the pointers and the count
// cover only bytes that have certainly been copied, so that after a fault there the copy can continue byte by byte at
// `.slow`. Between `.bytes` and `.end` the count is exact. `from` and `to` stay in their registers for the handler.
//
// `wide`: copy 32 bytes at a time (AVX). `rep movsb` is not used: some processors take 13 times as long for it if the
// target's offset in its page is slightly greater than the source's.
#[cfg(target_arch = "x86_64")]
global_asm!(
    concat!(".pushsection .text.", name!(""), ",\"ax\",@progbits"),
    concat!(".globl ", name!("")),
    concat!(".hidden ", name!("")),
    concat!(".type ", name!(""), ",@function"),
    ".p2align 6",
    concat!(name!(""), ":"),
    ".cfi_startproc",
    "endbr64",
    "mov r10d, ecx",
    "mov rcx, rdx",
    "cmp rcx, 128",
    "jb 4f",
    concat!(name!(".chunks"), ":"),
    "test r10d, r10d",
    "jz 2f",
    "vmovdqu ymm0, [rsi]",
    "vmovdqu ymm1, [rsi + 32]",
    "vmovdqu [rdi], ymm0",
    "vmovdqu [rdi + 32], ymm1",
    "mov rax, rdi",
    "neg rax",
    "and eax, 63",
    "add rdi, rax",
    "add rsi, rax",
    "sub rcx, rax",
    "cmp rcx, 128",
    "jb 4f",
    ".p2align 5",
    "1:",
    "vmovdqu ymm0, [rsi]",
    "vmovdqu ymm1, [rsi + 32]",
    "vmovdqu ymm2, [rsi + 64]",
    "vmovdqu ymm3, [rsi + 96]",
    "vmovdqa [rdi], ymm0",
    "vmovdqa [rdi + 32], ymm1",
    "vmovdqa [rdi + 64], ymm2",
    "vmovdqa [rdi + 96], ymm3",
    "sub rsi, -128",
    "sub rdi, -128",
    "sub rcx, 128",
    "cmp rcx, 128",
    "jae 1b",
    "jmp 4f",
    "2:",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + 32]",
    "movups xmm3, [rsi + 48]",
    "movups [rdi], xmm0",
    "movups [rdi + 16], xmm1",
    "movups [rdi + 32], xmm2",
    "movups [rdi + 48], xmm3",
    "mov rax, rdi",
    "neg rax",
    "and eax, 63",
    "add rdi, rax",
    "add rsi, rax",
    "sub rcx, rax",
    ".p2align 5",
    "3:",
    "movups xmm0, [rsi]",
    "movups xmm1, [rsi + 16]",
    "movups xmm2, [rsi + 32]",
    "movups xmm3, [rsi + 48]",
    "movaps [rdi], xmm0",
    "movaps [rdi + 16], xmm1",
    "movaps [rdi + 32], xmm2",
    "movaps [rdi + 48], xmm3",
    "add rsi, 64",
    "add rdi, 64",
    "sub rcx, 64",
    "cmp rcx, 64",
    "jae 3b",
    "4:",
    "cmp rcx, 16",
    "jb 6f",
    "5:",
    "movups xmm0, [rsi]",
    "movups [rdi], xmm0",
    "add rsi, 16",
    "add rdi, 16",
    "sub rcx, 16",
    "cmp rcx, 16",
    "jae 5b",
    "6:",
    "test rcx, rcx",
    "jz 9f",
    "cmp rdx, 16",
    "jb 7f",
    "movups xmm0, [rsi + rcx - 16]",
    "movups [rdi + rcx - 16], xmm0",
    "xor ecx, ecx",
    "jmp 9f",
    concat!(name!(".slow"), ":"),
    "7:",
    "test rcx, rcx",
    "jz 9f",
    concat!(name!(".bytes"), ":"),
    "8:",
    "mov al, [rsi]",
    "mov [rdi], al",
    "inc rsi",
    "inc rdi",
    "dec rcx",
    "jnz 8b",
    concat!(name!(".end"), ":"),
    "9:",
    "test r10d, r10d",
    "jz 10f",
    "vzeroupper",
    "10:",
    "mov rax, rcx",
    "ret",
    ".cfi_endproc",
    concat!(".size ", name!(""), ", . - ", name!("")),
    ".popsection",
    // The offsets of the parts, so that this file exports no symbols except the routine and this table.
    concat!(".pushsection .rodata.", name!(""), ",\"a\",@progbits"),
    concat!(".globl ", name!("_parts")),
    concat!(".hidden ", name!("_parts")),
    ".p2align 3",
    concat!(name!("_parts"), ":"),
    concat!(".quad ", name!(".chunks"), " - ", name!("")),
    concat!(".quad ", name!(".slow"), " - ", name!("")),
    concat!(".quad ", name!(".bytes"), " - ", name!("")),
    concat!(".quad ", name!(".end"), " - ", name!("")),
    ".popsection",
);

#[cfg(target_arch = "aarch64")]
global_asm!(
    concat!(".pushsection .text.", name!(""), ",\"ax\",@progbits"),
    concat!(".globl ", name!("")),
    concat!(".hidden ", name!("")),
    concat!(".type ", name!(""), ",@function"),
    ".p2align 6",
    concat!(name!(""), ":"),
    ".cfi_startproc",
    "hint #34", // bti c
    "cmp x2, #64",
    "b.lo 4f",
    concat!(name!(".chunks"), ":"),
    "3:",
    "ldp q0, q1, [x1]",
    "ldp q2, q3, [x1, #32]",
    "stp q0, q1, [x0]",
    "stp q2, q3, [x0, #32]",
    "add x1, x1, #64",
    "add x0, x0, #64",
    "sub x2, x2, #64",
    "cmp x2, #64",
    "b.hs 3b",
    "4:",
    "cmp x2, #16",
    "b.lo 6f",
    "5:",
    "ldr q0, [x1]",
    "str q0, [x0]",
    "add x1, x1, #16",
    "add x0, x0, #16",
    "sub x2, x2, #16",
    "cmp x2, #16",
    "b.hs 5b",
    concat!(name!(".slow"), ":"),
    "6:",
    "cbz x2, 8f",
    concat!(name!(".bytes"), ":"),
    "7:",
    "ldrb w6, [x1]",
    "strb w6, [x0]",
    "add x1, x1, #1",
    "add x0, x0, #1",
    "subs x2, x2, #1",
    "b.ne 7b",
    concat!(name!(".end"), ":"),
    "8:",
    "mov x0, x2",
    "ret",
    ".cfi_endproc",
    concat!(".size ", name!(""), ", . - ", name!("")),
    ".popsection",
    concat!(".pushsection .rodata.", name!(""), ",\"a\",@progbits"),
    concat!(".globl ", name!("_parts")),
    concat!(".hidden ", name!("_parts")),
    ".p2align 3",
    concat!(name!("_parts"), ":"),
    concat!(".quad ", name!(".chunks"), " - ", name!("")),
    concat!(".quad ", name!(".slow"), " - ", name!("")),
    concat!(".quad ", name!(".bytes"), " - ", name!("")),
    concat!(".quad ", name!(".end"), " - ", name!("")),
    ".popsection",
);

/// Offsets from the first byte of the routine.
#[repr(C)]
struct Parts {
    chunks: usize,
    slow: usize,
    bytes: usize,
    end: usize,
}

unsafe extern "C" {
    #[link_name = "pin_ffi_mmap_copy_0_1_0"]
    fn routine(target: *mut u8, source: *const u8, len: usize, wide: usize, from: usize, to: usize) -> usize;
    #[link_name = "pin_ffi_mmap_copy_0_1_0_parts"]
    static PARTS: Parts;
}

static INSTALLED: AtomicBool = AtomicBool::new(false);
/// The previous action: null before `install`, then a pointer to an element of [`SEEN`], which no longer changes.
static BEFORE: AtomicPtr<sigaction> = AtomicPtr::new(ptr::null_mut());
/// The action that `install` found first, and the one that it replaced. Not on the heap, because the program's
/// allocator may itself call `install`.
static SEEN: [Seen; 2] = [const { Seen(UnsafeCell::new(MaybeUninit::uninit())) }; 2];
/// Whether the previous handler has reset itself to the default action.
static GAVE_UP: AtomicBool = AtomicBool::new(false);
/// Whether the processor copies 32 bytes at a time: 1 or 0.
static WIDE: AtomicUsize = AtomicUsize::new(0);

struct Seen(UnsafeCell<MaybeUninit<sigaction>>);

// SAFETY: only `set` writes the cell, and its caller guarantees that nobody else uses it at that time.
unsafe impl Sync for Seen {}

impl Seen {
    /// # Safety
    ///
    /// Nobody else uses the cell during the call, and nobody writes it after a handler that reads it has been
    /// installed.
    unsafe fn set(&self, seen: sigaction) -> *mut sigaction {
        let place = self.0.get().cast::<sigaction>();
        // SAFETY: `place` is valid and aligned for a `sigaction`; the caller guarantees that nobody else uses the cell.
        unsafe { place.write(seen) };
        place
    }
}

#[inline]
pub(super) fn is_installed() -> bool {
    INSTALLED.load(Ordering::Acquire)
}

/// Copies `len` bytes, up to the first page of the mapped side that is gone. Returns the number of bytes copied.
///
/// # Safety
///
/// As for [`super::copy`]; in addition, the handler is installed.
// The symbol of the routine is hidden, so that code that names it must be in the same shared object. Inlining could
// move it into another.
#[inline(never)]
pub(super) unsafe fn copy(target: *mut u8, source: *const u8, len: usize, mapped: Mapped) -> usize {
    let from = match mapped {
        Mapped::Source => source.addr(),
        Mapped::Target => target.addr(),
    };
    let wide = WIDE.load(Ordering::Relaxed);
    // SAFETY: the caller guarantees that both sides are valid for `len` bytes, except for mapped pages that are gone,
    // from which the handler recovers. The routine copies bytes as relaxed atomics would, in an unspecified order.
    len - unsafe { routine(target, source, len, wide, from, from + len) }
}

pub(super) fn install() -> io::Result<()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if is_installed() {
        return Ok(());
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx") {
        WIDE.store(1, Ordering::Relaxed);
    }
    let mut before = MaybeUninit::<sigaction>::uninit();
    // The previous action is read before our handler can run. If another thread changes it in between, the code below
    // finds that.
    // SAFETY: with a null second argument the call changes nothing; `before` is valid for the result.
    done(unsafe { libc::sigaction(libc::SIGBUS, ptr::null(), before.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so that it has initialised `before`.
    let known = unsafe { before.assume_init() };
    // SAFETY: this runs under the lock, and our handler is not installed, so that nobody else uses the cell.
    BEFORE.store(unsafe { SEEN[0].set(known) }, Ordering::Release);

    let ours = ours_before(&known);
    // SAFETY: `on_sigbus` is async-signal-safe and returns only where it can.
    done(unsafe { libc::sigaction(libc::SIGBUS, &raw const ours, before.as_mut_ptr()) })?;
    // SAFETY: the call succeeded, so that it has initialised `before`.
    let replaced = unsafe { before.assume_init() };
    if (replaced.sa_sigaction, replaced.sa_flags) != (known.sa_sigaction, known.sa_flags) {
        // SAFETY: this runs under the lock, once, and `BEFORE` does not point to this cell yet.
        BEFORE.store(unsafe { SEEN[1].set(replaced) }, Ordering::Release);
    }
    INSTALLED.store(true, Ordering::Release);
    Ok(())
}

/// Returns the action that replaces `before`.
fn ours_before(before: &sigaction) -> sigaction {
    // SAFETY: `sigaction` consists of integers and an optional function, for which all-zero is a valid value.
    let mut ours: sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    ours.sa_sigaction = on_sigbus as extern "C" fn(c_int, *mut siginfo_t, *mut c_void) as usize;
    let is_function = !matches!(before.sa_sigaction, libc::SIG_DFL | libc::SIG_IGN);
    // The previous handler keeps its mask and its stack.
    let kept = before.sa_flags & (libc::SA_RESTART | libc::SA_NODEFER | libc::SA_ONSTACK);
    ours.sa_flags = libc::SA_SIGINFO | if is_function { kept } else { libc::SA_ONSTACK | libc::SA_RESTART };
    ours.sa_mask = before.sa_mask;
    ours
}

fn done(status: c_int) -> io::Result<()> {
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Returns whether the kernel raised the signal because of an access, as opposed to a signal that was sent.
fn is_fault(info: &siginfo_t) -> bool {
    // `BUS_ADRALN`, `BUS_ADRERR`, `BUS_OBJERR`, `BUS_MCEERR_AR`. `BUS_MCEERR_AO` only reports broken memory that was
    // not accessed.
    matches!(info.si_code, 1..=BUS_MCEERR_AR)
}

extern "C" fn on_sigbus(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: with `SA_SIGINFO`, the kernel passes an `info` and a `context` that are valid while the handler runs.
    unsafe {
        if !is_fault(&*info) || !lead_out(&*info, &mut *context.cast::<libc::ucontext_t>()) {
            pass_on(signal, info, context);
        }
    }
}

/// Sets the program counter to the exit of the interrupted routine. Returns false if the fault is not in the routine,
/// or not on its mapped side.
///
/// # Safety
///
/// `info` and `context` are those of a `SIGBUS` that the kernel raised in this thread.
unsafe fn lead_out(info: &siginfo_t, context: &mut libc::ucontext_t) -> bool {
    let start = routine as unsafe extern "C" fn(_, _, _, _, _, _) -> _ as *const u8 as usize;
    // SAFETY: `PARTS` is a constant defined by the assembly code above.
    let parts = unsafe { &PARTS };
    let (counter, from, to) = registers(context);
    let at = counter.wrapping_sub(start);
    let resume = if at >= parts.chunks && at < parts.slow {
        parts.slow
    } else if at >= parts.bytes && at < parts.end {
        parts.end
    } else {
        return false;
    };
    // SAFETY: the kernel raised the signal (caller), so that `info` holds an address, in the layout of `Fault`.
    let fault = unsafe { &*ptr::from_ref(info).cast::<Fault>() };
    // If the memory hardware failed, the kernel reports the first byte of the page instead of the accessed one.
    let known = if fault.code == BUS_MCEERR_AR { fault.lsb.clamp(12, 40) } else { 12 };
    let first = from & (usize::MAX << known);
    if fault.address.addr() < first || fault.address.addr() >= to {
        return false;
    }
    set_counter(context, start + resume);
    true
}

/// The code of an access to memory whose hardware has failed.
const BUS_MCEERR_AR: c_int = 4;

/// The first fields of the `siginfo_t` of a fault. `libc` does not define the last one.
#[repr(C)]
struct Fault {
    number: c_int,
    errno: c_int,
    code: c_int,
    address: *const c_void,
    /// The lowest bit of the address that is known, usually that of a page.
    lsb: core::ffi::c_short,
}
const _: () = assert!(size_of::<Fault>() <= size_of::<siginfo_t>() && align_of::<Fault>() <= align_of::<siginfo_t>());

/// Returns the program counter, and the bounds of the mapped side.
#[cfg(target_arch = "x86_64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    // `r8`, `r9` and `rip`, numbered as in `<sys/ucontext.h>`.
    let registers = &context.uc_mcontext.gregs;
    (registers[16] as usize, registers[0] as usize, registers[1] as usize)
}

#[cfg(target_arch = "x86_64")]
fn set_counter(context: &mut libc::ucontext_t, counter: usize) {
    context.uc_mcontext.gregs[16] = counter as _;
}

/// Returns the program counter, and the bounds of the mapped side.
#[cfg(target_arch = "aarch64")]
fn registers(context: &libc::ucontext_t) -> (usize, usize, usize) {
    let machine = &context.uc_mcontext;
    (machine.pc as usize, machine.regs[4] as usize, machine.regs[5] as usize)
}

#[cfg(target_arch = "aarch64")]
fn set_counter(context: &mut libc::ucontext_t, counter: usize) {
    context.uc_mcontext.pc = counter as _;
}

/// Does what would have happened without our handler.
///
/// # Safety
///
/// The arguments are those that the kernel passed to [`on_sigbus`].
unsafe fn pass_on(signal: c_int, info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: `BEFORE` was set before the handler was installed, and the cell that it points to is not written again.
    let before = unsafe { &*BEFORE.load(Ordering::Acquire) };
    // SAFETY: as in `on_sigbus`.
    let fault = is_fault(unsafe { &*info });
    match if GAVE_UP.load(Ordering::Acquire) { libc::SIG_DFL } else { before.sa_sigaction } {
        // A fault is fatal even if the signal is ignored.
        libc::SIG_IGN if !fault => {}
        libc::SIG_DFL | libc::SIG_IGN => {
            // SAFETY: an all-zero `sigaction` is valid, and is the default action. After the return, the access faults
            // again and ends the process with the original registers; a signal that was sent must be sent again.
            unsafe {
                let default: sigaction = MaybeUninit::zeroed().assume_init();
                libc::sigaction(signal, &raw const default, ptr::null_mut());
                if !fault {
                    libc::raise(signal);
                }
            }
        }
        handler => {
            if before.sa_flags & libc::SA_RESETHAND != 0 {
                GAVE_UP.store(true, Ordering::Release);
            }
            // SAFETY: `SA_SIGINFO` says which of the two types the installed handler has; it gets the kernel's
            // arguments.
            unsafe {
                if before.sa_flags & libc::SA_SIGINFO != 0 {
                    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = core::mem::transmute(handler);
                    handler(signal, info, context);
                } else {
                    let handler: extern "C" fn(c_int) = core::mem::transmute(handler);
                    handler(signal);
                }
            }
            if !fault {
                stay(signal);
            }
        }
    }
}

/// Installs our handler again if the previous handler has replaced it by the default action. The handler of Rust's
/// standard library does this for every signal that it does not know, and returns. After a signal that was sent, the
/// program then continues, and copies must stay safe; a second signal gets the default action. Until our handler is
/// installed again, a page that is gone is fatal.
fn stay(signal: c_int) {
    // SAFETY: as in `ours_before`.
    let mut now: sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    // SAFETY: with a null second argument the call changes nothing; `sigaction` is async-signal-safe.
    let known = unsafe { libc::sigaction(signal, ptr::null(), &raw mut now) } == 0;
    if known && now.sa_sigaction == libc::SIG_DFL {
        GAVE_UP.store(true, Ordering::Release);
        let ours = ours_before(&now);
        // SAFETY: as in `install`.
        unsafe { libc::sigaction(signal, &raw const ours, ptr::null_mut()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mmap::{MmapOptions, Mode};
    use std::vec::Vec;

    /// Runs a test with both paths of the routine, if the processor supports both.
    fn both_ways(mut test: impl FnMut(usize)) {
        test(0);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx") {
            test(1);
        }
    }

    #[test]
    fn every_length_and_alignment_is_copied_exactly() {
        let source: Vec<u8> = (0..700_usize).map(|i| (i * 7 % 256) as u8).collect();
        both_ways(|wide| {
            for len in (0..200).chain([255, 256, 257, 511, 600]) {
                for (from, to) in [(0, 0), (1, 0), (0, 1), (7, 9), (15, 16), (63, 64)] {
                    let mut target = [0xee; 700];
                    // SAFETY: both ranges of `len` bytes are in bounds.
                    let left = unsafe { routine(target[to..].as_mut_ptr(), source[from..].as_ptr(), len, wide, 0, 0) };
                    assert_eq!(left, 0);
                    assert_eq!(target[to..to + len], source[from..from + len], "{len} from {from} to {to}");
                    assert!(target[..to].iter().chain(&target[to + len..]).all(|&b| b == 0xee));
                }
            }
        });
    }

    #[test]
    fn a_missing_page_ends_the_copy_at_its_first_byte() {
        install().unwrap();
        let path = std::env::temp_dir().join(std::format!("pin-ffi-unit-{}", std::process::id()));
        let file = std::fs::File::options().read(true).write(true).create_new(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let page = crate::mmap::page_size();
        file.set_len(2 * page as u64).unwrap();
        let map = MmapOptions::new().map_raw(&file, Mode::ReadWrite).unwrap();
        file.set_len(1).unwrap();
        let mut memory = std::vec![0_u8; 2 * page];
        both_ways(|wide| {
            for before in (0..150).chain([255, 256, 1000]) {
                for len in [1, 15, 16, 17, 63, 64, 65, 130, 600, page] {
                    let expected = len.saturating_sub(before);
                    // SAFETY: both ranges are in bounds; the handler, which is installed, recovers from the pages that
                    // are gone.
                    unsafe {
                        let at = map.as_mut_ptr().add(page - before);
                        let (from, to) = (at.addr(), at.addr() + len);
                        assert_eq!(routine(memory.as_mut_ptr(), at, len, wide, from, to), expected, "{before} {len}");
                        assert_eq!(routine(at, memory.as_ptr(), len, wide, from, to), expected, "{before} {len}");
                    }
                }
            }
        });
    }

    /// The `siginfo_t` that the kernel would pass: the code, the address, and the lowest known bit of the address.
    fn told(code: c_int, address: usize, lsb: i16) -> siginfo_t {
        // SAFETY: `siginfo_t` consists of integers and pointers, for which all-zero is a valid value.
        let mut info: siginfo_t = unsafe { MaybeUninit::zeroed().assume_init() };
        let address = ptr::without_provenance(address);
        // SAFETY: `Fault` is not larger or more aligned than `siginfo_t` (asserted above).
        unsafe { (&raw mut info).cast::<Fault>().write(Fault { number: libc::SIGBUS, errno: 0, code, address, lsb }) };
        info
    }

    #[test]
    fn only_the_kernel_tells_of_faults() {
        const SI_TKILL: c_int = -6;
        const SI_KERNEL: c_int = 0x80;
        const BUS_MCEERR_AO: c_int = 5;
        for code in 1..=4 {
            assert!(is_fault(&told(code, 1 << 20, 0)), "{code}");
        }
        let sent = [libc::SI_USER, libc::SI_QUEUE, libc::SI_TIMER, libc::SI_ASYNCIO, SI_TKILL, SI_KERNEL];
        for code in sent.into_iter().chain([BUS_MCEERR_AO, c_int::MIN, c_int::MAX]) {
            assert!(!is_fault(&told(code, 1 << 20, 0)), "{code}");
        }
    }

    /// Tests the bounds of the routine's code and of the mapped bytes, one instruction and one byte to each side, and
    /// pages that the kernel reports by their first byte.
    #[test]
    fn the_way_out_is_taken_from_the_routine_and_the_mapped_bytes_alone() {
        let start = routine as unsafe extern "C" fn(_, _, _, _, _, _) -> _ as *const u8 as usize;
        // SAFETY: `PARTS` is a constant defined by the assembly code above.
        let Parts { chunks, slow, bytes, end } = unsafe { ptr::read(&raw const PARTS) };
        assert!(0 < chunks && chunks < slow && slow <= bytes && bytes < end);
        let (from, to) = (0x7000_0010_0123, 0x7000_0010_3000);
        let led = |counter: usize, info: &siginfo_t| {
            // SAFETY: `ucontext_t` consists of integers and pointers, for which all-zero is a valid value; the pointers
            // are not dereferenced.
            let mut context: libc::ucontext_t = unsafe { MaybeUninit::zeroed().assume_init() };
            set_counter(&mut context, counter);
            set_bounds(&mut context, from, to);
            assert_eq!(registers(&context), (counter, from, to));
            // SAFETY: `info` and `context` look like those of a fault; nothing resumes at the new program counter.
            let led = unsafe { lead_out(info, &mut context) };
            led.then(|| registers(&context).0 - start)
        };
        let inside = told(2, from, 0);
        for (at, expected) in [
            (0, None),
            (chunks - 1, None),
            (chunks, Some(slow)),
            (slow - 1, Some(slow)),
            (bytes, Some(end)),
            (end - 1, Some(end)),
            (end, None),
            (end + 1, None),
            (usize::MAX, None),
            (usize::MAX - start, None),
        ] {
            assert_eq!(led(start.wrapping_add(at), &inside), expected, "{at}");
        }
        for (code, address, lsb, expected) in [
            (2, from, 0, true),
            (2, to - 1, 0, true),
            (2, to, 0, false),
            (2, from & !4095, 0, true),
            (2, (from & !4095) - 1, 0, false),
            (2, (from & !4095) - 1, 21, false),
            (4, from & !4095, 12, true),
            (4, (from & !4095) - 1, 12, false),
            // The kernel reports a huge page of 2 MiB by its first byte.
            (4, from & !((1 << 21) - 1), 21, true),
            (4, (from & !((1 << 21) - 1)) - 1, 21, false),
            (4, to, 21, false),
            (4, from, 0, true),
            (4, from, -1, true),
            (4, from, i16::MAX, true),
            (2, 0, 0, false),
            (2, usize::MAX, 0, false),
        ] {
            assert_eq!(led(start + chunks, &told(code, address, lsb)).is_some(), expected, "{code} {address:x} {lsb}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn set_bounds(context: &mut libc::ucontext_t, from: usize, to: usize) {
        context.uc_mcontext.gregs[0] = from as _;
        context.uc_mcontext.gregs[1] = to as _;
    }

    #[cfg(target_arch = "aarch64")]
    fn set_bounds(context: &mut libc::ucontext_t, from: usize, to: usize) {
        context.uc_mcontext.regs[4] = from as _;
        context.uc_mcontext.regs[5] = to as _;
    }
}
