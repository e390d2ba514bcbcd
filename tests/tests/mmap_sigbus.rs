//! The same copies with the signal handler installed, and what becomes of every other `SIGBUS`.
//!
//! Each process has one handler: what ends or changes it happens in a process of its own, which runs the same test.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod mmap_common;

use mmap_common::{TempFile, page_size, pattern, reason};
use pin_ffi::mmap::{MapError, MmapMut, MmapOptions, MmapRaw, Mode, catch_sigbus};
use pin_ffi_tests::child;
use pin_ffi_tests::machine::emulator;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::atomic::{AtomicUsize, Ordering};

const NEW: MmapOptions = MmapOptions::new();

/// Runs `f` in a process of its own: the test `name` again, alone.
fn alone(name: &str, f: impl FnOnce()) -> ExitStatus {
    const CHILD: &str = "PIN_FFI_TEST_ALONE";
    if std::env::var(CHILD).as_deref() == Ok(name) {
        f();
        std::process::exit(0);
    }
    child::alone(name).env(CHILD, name).output().unwrap().status
}

fn truncated() -> (TempFile, MmapRaw) {
    let temp = TempFile::of_pages(2);
    let map = NEW.map_raw(&temp.file, Mode::ReadWrite).unwrap();
    temp.file.set_len(0).unwrap();
    // Gone from the directory also if the process ends here.
    std::fs::remove_file(&temp.path).unwrap();
    (temp, map)
}

fn set_handler(handler: usize, flags: libc::c_int) {
    // SAFETY: the tests' own handlers, which are async-signal-safe.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = handler;
        action.sa_flags = flags;
        assert_eq!(libc::sigaction(libc::SIGBUS, &raw const action, std::ptr::null_mut()), 0);
    }
}

static SEEN_ADDRESS: AtomicUsize = AtomicUsize::new(0);
static SEEN_TIMES: AtomicUsize = AtomicUsize::new(0);

/// Ends the process with 40, or 41 if the address is the expected one.
extern "C" fn exits(_: libc::c_int, info: *mut libc::siginfo_t, _: *mut libc::c_void) {
    // SAFETY: given by the kernel; `_exit` is async-signal-safe.
    unsafe {
        let expected = (*info).si_addr() as usize == SEEN_ADDRESS.load(Ordering::Relaxed);
        libc::_exit(40 + i32::from(expected));
    }
}

extern "C" fn counts(_: libc::c_int) {
    SEEN_TIMES.fetch_add(1, Ordering::Relaxed);
}

fn function(handler: extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void)) -> usize {
    handler as usize
}

#[test]
fn s30_copies_are_right_and_a_truncated_file_is_an_error() {
    assert!(catch_sigbus().unwrap());
    assert!(catch_sigbus().unwrap(), "twice does nothing");
    let content = pattern(3 * page_size());
    let temp = TempFile::new(&content);
    let map = NEW.map_raw(&temp.file, Mode::ReadWrite).unwrap();
    let mut bytes = vec![0; content.len()];
    for len in (0..600).chain([page_size(), page_size() + 1, content.len()]) {
        for offset in [0, 1, 17, page_size() - 30] {
            let n = len.min(content.len() - offset);
            bytes.fill(0);
            map.try_copy_to(offset, &mut bytes[..n]).unwrap();
            assert_eq!(bytes[..n], content[offset..offset + n]);
        }
    }
    temp.file.set_len(page_size() as u64).unwrap();
    for offset in (page_size() - 400..page_size()).step_by(7) {
        let left = page_size() - offset;
        assert_eq!(map.try_read_at(offset, &mut bytes[..500]).unwrap(), left.min(500));
        assert_eq!(bytes[..left], content[offset..page_size()]);
        let error = map.try_copy_to(offset, &mut bytes[..500]).unwrap_err();
        assert_eq!(reason(&error), &MapError::Gone { at: page_size() });
        assert_eq!(map.try_write_at(offset, &content[offset..offset + 500]).unwrap(), left);
    }
    assert_eq!(reason(&map.try_read_at(page_size(), &mut bytes).unwrap_err()), &MapError::Gone { at: page_size() });
    assert!(map.try_write_at(page_size(), b"x").is_err());
}

#[test]
fn s30_truncated_and_grown_by_another_thread_all_the_time() {
    catch_sigbus().unwrap();
    let temp = TempFile::of_pages(16);
    let map = NEW.map_raw(&temp.file, Mode::ReadWrite).unwrap();
    let copying = AtomicUsize::new(3);
    std::thread::scope(|s| {
        for len in [100, page_size() + 1, 16 * page_size()] {
            let (map, copying) = (&map, &copying);
            s.spawn(move || {
                let mut bytes = vec![0; len];
                let (mut cut, mut of) = (0, 0);
                let start = std::time::Instant::now();
                while cut < 100 && start.elapsed().as_secs() < 5 {
                    cut += usize::from(map.try_copy_to(16 * page_size() - len, &mut bytes).is_err());
                    let _ = map.try_write_at(5 * page_size() - 5, &bytes[..100]);
                    of += 1;
                }
                println!("{cut} of {of} copies of {len} bytes cut short");
                copying.fetch_sub(1, Ordering::Relaxed);
            });
        }
        while copying.load(Ordering::Relaxed) > 0 {
            temp.file.set_len(0).unwrap();
            temp.file.set_len(16 * page_size() as u64).unwrap();
        }
    });
}

#[test]
fn a_plain_load_is_as_fatal_as_before() {
    let status = alone("a_plain_load_is_as_fatal_as_before", || {
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        assert!(map.try_copy_to(0, &mut [0]).is_err());
        // SAFETY: mapped, though nothing is behind it: a SIGBUS.
        unsafe { map.as_ptr().read_volatile() };
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn a_memcpy_next_to_ours_is_as_fatal_as_before() {
    let status = alone("a_memcpy_next_to_ours_is_as_fatal_as_before", || {
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        let mut bytes = [0; 100];
        // SAFETY: as above.
        unsafe { std::ptr::copy_nonoverlapping(map.as_ptr(), bytes.as_mut_ptr(), 100) };
        std::hint::black_box(bytes);
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn the_handler_before_is_called_for_other_faults() {
    let status = alone("the_handler_before_is_called_for_other_faults", || {
        set_handler(function(exits), libc::SA_SIGINFO);
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        assert!(map.try_copy_to(0, &mut [0]).is_err(), "ours does not reach it");
        SEEN_ADDRESS.store(map.as_ptr() as usize + 5, Ordering::Relaxed);
        // SAFETY: as above.
        unsafe { map.as_ptr().add(5).read_volatile() };
    });
    assert_eq!(status.code(), Some(41), "it got the address of the fault");
}

#[test]
fn a_fault_on_the_other_side_of_our_copy_is_not_ours() {
    let status = alone("a_fault_on_the_other_side_of_our_copy_is_not_ours", || {
        set_handler(function(exits), libc::SA_SIGINFO);
        catch_sigbus().unwrap();
        let temp = TempFile::of_pages(1);
        // SAFETY: truncated below, to see what happens.
        let mut target = unsafe { NEW.map_mut(&temp.file) }.unwrap();
        std::fs::remove_file(&temp.path).unwrap();
        temp.file.set_len(0).unwrap();
        SEEN_ADDRESS.store(target.as_ptr() as usize, Ordering::Relaxed);
        let source = MmapMut::anon(10).unwrap();
        let _ = source.try_copy_to(0, &mut target[..10]);
    });
    assert_eq!(status.code(), Some(41));
}

#[test]
fn a_signal_that_is_sent_is_passed_on() {
    let status = alone("a_signal_that_is_sent_is_passed_on", || {
        set_handler(counts as extern "C" fn(libc::c_int) as usize, 0);
        catch_sigbus().unwrap();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        assert_eq!(SEEN_TIMES.load(Ordering::Relaxed), 1, "with one argument, as it asked for");
        let (_temp, map) = truncated();
        assert!(map.try_copy_to(0, &mut [0]).is_err());
        assert_eq!(SEEN_TIMES.load(Ordering::Relaxed), 1);
    });
    assert_eq!(status.code(), Some(0));
}

/// Sent again and again while the routine runs, with an address of the mapping where a fault would have it: only the
/// signal's code tells that no page is gone.
#[test]
#[cfg(target_pointer_width = "64")]
fn a_signal_that_is_sent_during_a_copy_does_not_end_it() {
    if std::env::var("SANITIZER").is_ok_and(|sanitizer| sanitizer == "thread") {
        println!(
            "skipped: ThreadSanitizer passes a SIGBUS on in the middle of its own work, and then waits for itself"
        );
        return;
    }
    let status = alone("a_signal_that_is_sent_during_a_copy_does_not_end_it", || {
        set_handler(counts as extern "C" fn(libc::c_int) as usize, 0);
        catch_sigbus().unwrap();
        let content = pattern(64 * page_size());
        let map = NEW.map_raw(&TempFile::new(&content).file, Mode::ReadOnly).unwrap();
        // SAFETY: no pointers.
        let (process, thread) = unsafe { (libc::getpid(), libc::gettid()) };
        // As <bits/types/siginfo_t.h> has it: number, errno, code; then, for a fault, the address.
        let mut info = [0_u64; 16];
        info[1] = u64::from(libc::SI_QUEUE as u32);
        info[2] = map.as_ptr().addr() as u64 + 100;
        // Until this thread, or the process, has ended, one after the other.
        std::thread::spawn(move || {
            let bus = libc::SIGBUS;
            let mut sent = 0;
            // SAFETY: to a thread of this process; `info` is a `siginfo_t`.
            while unsafe { libc::syscall(libc::SYS_rt_tgsigqueueinfo, process, thread, bus, &raw const info) } == 0 {
                sent += 1;
                while SEEN_TIMES.load(Ordering::Relaxed) < sent {
                    std::hint::spin_loop();
                }
            }
        });
        let mut bytes = vec![0; content.len()];
        let start = std::time::Instant::now();
        while SEEN_TIMES.load(Ordering::Relaxed) < 500 && start.elapsed().as_secs() < 20 {
            bytes.fill(0);
            map.try_copy_to(0, &mut bytes).unwrap();
            assert!(bytes == content);
        }
        assert!(SEEN_TIMES.load(Ordering::Relaxed) >= 100, "{SEEN_TIMES:?}");
    });
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_handler_for_one_time_is_called_once() {
    let status = alone("a_handler_for_one_time_is_called_once", || {
        set_handler(counts as extern "C" fn(libc::c_int) as usize, libc::SA_RESETHAND);
        catch_sigbus().unwrap();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        assert_eq!(SEEN_TIMES.load(Ordering::Relaxed), 1);
        // SAFETY: as above: ends the process.
        unsafe { libc::raise(libc::SIGBUS) };
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

/// Goes back to the default action and returns, as Rust's own handler does for what it does not know.
extern "C" fn gives_up(_: libc::c_int) {
    SEEN_TIMES.fetch_add(1, Ordering::Relaxed);
    set_handler(libc::SIG_DFL, 0);
}

#[test]
fn s30_copies_stay_safe_after_a_handler_before_gave_up() {
    let status = alone("s30_copies_stay_safe_after_a_handler_before_gave_up", || {
        set_handler(gives_up as extern "C" fn(libc::c_int) as usize, 0);
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        assert!(map.try_copy_to(0, &mut [0; 100]).is_err());
        assert_eq!(SEEN_TIMES.load(Ordering::Relaxed), 1);
    });
    assert_eq!(status.code(), Some(0));
}

#[test]
fn s30_copies_stay_safe_after_rusts_own_handler_gave_up() {
    // A sanitizer's is there instead, and ends the process.
    if std::env::var_os("SANITIZER").is_some() {
        return;
    }
    let status = alone("s30_copies_stay_safe_after_rusts_own_handler_gave_up", || {
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        assert!(map.try_copy_to(0, &mut [0; 100]).is_err());
    });
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_second_signal_after_the_handler_before_gave_up_ends_the_process() {
    let status = alone("a_second_signal_after_the_handler_before_gave_up_ends_the_process", || {
        set_handler(gives_up as extern "C" fn(libc::c_int) as usize, 0);
        catch_sigbus().unwrap();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        assert_eq!(SEEN_TIMES.load(Ordering::Relaxed), 1);
        // SAFETY: as above: ends the process.
        unsafe { libc::raise(libc::SIGBUS) };
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn an_ignored_signal_stays_ignored_and_a_fault_stays_fatal() {
    let status = alone("an_ignored_signal_stays_ignored_and_a_fault_stays_fatal", || {
        set_handler(libc::SIG_IGN, 0);
        catch_sigbus().unwrap();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
        let (_temp, map) = truncated();
        assert!(map.try_copy_to(0, &mut [0]).is_err());
        // SAFETY: as above.
        unsafe { map.as_ptr().read_volatile() };
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn a_signal_that_is_sent_ends_the_process_by_default() {
    let status = alone("a_signal_that_is_sent_ends_the_process_by_default", || {
        set_handler(libc::SIG_DFL, 0);
        catch_sigbus().unwrap();
        // SAFETY: to ourselves.
        unsafe { libc::raise(libc::SIGBUS) };
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn a_handler_installed_later_that_passes_on_keeps_copies_safe() {
    static BEFORE: AtomicUsize = AtomicUsize::new(0);
    extern "C" fn passes_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
        type Handler = extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
        SEEN_TIMES.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the handler that was there, which takes three arguments.
        let before: Handler = unsafe { std::mem::transmute(BEFORE.load(Ordering::Relaxed)) };
        before(signal, info, context);
    }
    let status = alone("a_handler_installed_later_that_passes_on_keeps_copies_safe", || {
        catch_sigbus().unwrap();
        // SAFETY: asks only.
        unsafe {
            let mut before: libc::sigaction = std::mem::zeroed();
            libc::sigaction(libc::SIGBUS, std::ptr::null(), &raw mut before);
            BEFORE.store(before.sa_sigaction, Ordering::Relaxed);
        }
        set_handler(function(passes_on), libc::SA_SIGINFO);
        let (_temp, map) = truncated();
        assert!(map.try_copy_to(0, &mut [0; 1000]).is_err());
        assert!(SEEN_TIMES.load(Ordering::Relaxed) > 0);
    });
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_thread_that_blocks_the_signal_dies_of_it() {
    if emulator("qemu-user faults again and again") {
        return;
    }
    let status = alone("a_thread_that_blocks_the_signal_dies_of_it", || {
        catch_sigbus().unwrap();
        let (_temp, map) = truncated();
        // SAFETY: a signal set of our own.
        unsafe {
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut set);
            libc::sigaddset(&raw mut set, libc::SIGBUS);
            libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, std::ptr::null_mut());
        }
        let _ = map.try_copy_to(0, &mut [0]);
    });
    assert_eq!(status.signal(), Some(libc::SIGBUS));
}

#[test]
fn errno_is_left_alone() {
    catch_sigbus().unwrap();
    let (_temp, map) = truncated();
    let mut bytes = [0; 10];
    // SAFETY: this thread's own errno.
    let errno = unsafe {
        *libc::__errno_location() = 77;
        let _ = map.try_read_at(0, &mut bytes);
        *libc::__errno_location()
    };
    assert_eq!(errno, 77);
}
