//! Raw C structs that are passed to functions of `#[pinned_ffi]`: walked before the call.

#![cfg(all(unix, any(debug_assertions, feature = "check")))]
#![allow(clippy::useless_vec)] // memory of the allocator's, which is neither pinned nor static

use libc::{c_int, iovec, msghdr, ssize_t};
use pin_ffi::{check, pinned_ffi, scope};
use pin_ffi_tests::machine::emulator;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

#[pinned_ffi]
unsafe extern "C" {
    /// Reads into structs that the caller has filled.
    #[ffi(err = minus_one)]
    unsafe fn readv(
        #[ffi(fd)] fd: c_int,
        #[ffi(checked_mut, len = iovcnt)] iov: *const iovec,
        iovcnt: c_int,
    ) -> ssize_t;

    /// Writes from structs that the caller has filled.
    #[ffi(err = minus_one)]
    unsafe fn writev(#[ffi(fd)] fd: c_int, #[ffi(checked, len = iovcnt)] iov: *const iovec, iovcnt: c_int) -> ssize_t;

    #[ffi(err = minus_one)]
    unsafe fn sendmsg(#[ffi(fd)] fd: c_int, #[ffi(checked)] msg: *const msghdr, flags: c_int) -> ssize_t;
}

fn text_of(f: impl FnOnce()) -> String {
    *catch_unwind(AssertUnwindSafe(f)).expect_err("no panic").downcast::<String>().unwrap()
}

fn iov(bytes: &[u8]) -> iovec {
    iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() }
}

#[test]
fn as_many_structs_as_a_parameter_says_are_walked_before_the_call() {
    let (a, b) = UnixStream::pair().unwrap();
    let (first, second) = (vec![1_u8; 4], vec![2_u8; 4]);
    let array = [iov(&first), iov(&second)];
    scope(|s| {
        let _ = s.pin(&first);
        // SAFETY: two structs, whose buffers are alive.
        let text = text_of(|| drop(unsafe { writev(a.as_fd(), array.as_ptr(), 2) }));
        assert!(text.contains("`iovec[1].iov_base`"), "{text}");
        // SAFETY: as above; the second is not told to C.
        assert_eq!(unsafe { writev(a.as_fd(), array.as_ptr(), 1) }.unwrap(), 4);
        let _ = s.pin(&second);
        // SAFETY: as above.
        assert_eq!(unsafe { writev(a.as_fd(), array.as_ptr(), 2) }.unwrap(), 8);
    });
    let mut read = [0; 12];
    (&b).read_exact(&mut read).unwrap();
    assert_eq!(read, *b"\x01\x01\x01\x01\x01\x01\x01\x01\x02\x02\x02\x02", "the refused call wrote nothing");
}

#[test]
fn a_call_that_writes_wants_a_pin_for_writing() {
    let (a, mut b) = UnixStream::pair().unwrap();
    b.write_all(b"abcd").unwrap();
    let mut buffer = vec![0_u8; 4];
    let array = [iov(&buffer)];
    scope(|s| {
        let _ = s.pin(&buffer);
        // SAFETY: one struct, whose buffer is alive; C is not called.
        let text = text_of(|| drop(unsafe { readv(a.as_fd(), array.as_ptr(), 1) }));
        assert!(text.contains("lent for reading only"), "{text}");
    });
    scope(|s| {
        let pin = s.pin_mut(&mut buffer);
        let array = [iovec { iov_base: pin.as_mut_ptr().cast(), iov_len: 4 }];
        // SAFETY: one struct, whose buffer is pinned for writing.
        assert_eq!(unsafe { readv(a.as_fd(), array.as_ptr(), 1) }.unwrap(), 4);
    });
    assert_eq!(buffer, b"abcd");
}

#[test]
fn one_struct_null_and_counts_that_are_none() {
    let (a, _b) = UnixStream::pair().unwrap();
    // SAFETY: zeros are a `msghdr`.
    let mut msg: msghdr = unsafe { std::mem::zeroed() };
    let name = vec![0_u8; 8];
    msg.msg_name = name.as_ptr().cast_mut().cast();
    msg.msg_namelen = 8;
    // SAFETY: one struct, whose buffer is alive.
    let text = text_of(|| drop(unsafe { sendmsg(a.as_fd(), &raw const msg, 0) }));
    assert!(text.contains("`msghdr.msg_name`"), "{text}");
    // SAFETY: C refuses each of these.
    unsafe {
        assert!(writev(a.as_fd(), ptr::null(), 1).is_err());
        assert!(writev(a.as_fd(), ptr::dangling(), -1).is_err());
        assert_eq!(writev(a.as_fd(), ptr::dangling(), 0).unwrap(), 0);
        let sent = check::no_check(|| sendmsg(a.as_fd(), &raw const msg, 0));
        assert!(sent.is_err() || emulator("qemu-user passes no name on to a connected socket"));
    }
}

/// The C side, with buffers beside a raw struct.
mod c_side {
    use super::iovec;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn pin_ffi_test_beside(iov: *const iovec, text: *const u8, n: usize, one: *mut u32) -> usize {
        // SAFETY: the declaration below passes what its words say.
        unsafe { (*one) += 1 };
        n + usize::from(iov.is_null() || text.is_null())
    }
}

#[pinned_ffi]
unsafe extern "C" {
    unsafe fn pin_ffi_test_beside(
        #[ffi(checked)] iov: *const iovec,
        #[ffi(in, len = n)] text: *const u8,
        n: usize,
        #[ffi(inout)] one: *mut u32,
    ) -> usize;
}

#[test]
fn a_raw_struct_may_lead_to_what_is_lent_beside_it() {
    let (text, mut one) = (vec![7_u8; 9], Box::new(1_u32));
    let at_one = &raw mut *one;
    // SAFETY: one struct, whose buffer is alive.
    unsafe {
        assert_eq!(pin_ffi_test_beside(&iov(&text), &text, &mut one), 9);
        assert_eq!(pin_ffi_test_beside(&iov(&text[3..]), &text, &mut one), 9, "a part of it");
        assert_eq!(pin_ffi_test_beside(&iovec { iov_base: at_one.cast(), iov_len: 4 }, &text, &mut one), 9);
        let refused = text_of(|| assert_eq!(pin_ffi_test_beside(&iov(&text), &text[..8], &mut one), 8));
        assert!(refused.contains("1 bytes more than are pinned") && refused.contains(file!()), "{refused}");
    }
    assert_eq!(*one, 4, "the refused call was none");
    assert!(!check::is_pinned(text.as_ptr(), 1), "no longer than the call");
}
