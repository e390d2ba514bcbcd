//! The C structs of `libc` that can be walked, each as a program fills it.

#![cfg(all(target_os = "linux", any(debug_assertions, feature = "check")))]
#![allow(clippy::useless_vec)] // memory of the allocator's, which is neither pinned nor static

use pin_ffi::check::{FfiChecked, fault, foreign, verify, verify_mut};
use pin_ffi::{FfiPinned, FfiPinnedMut, scope};
use std::ffi::{CString, c_char};
use std::mem::zeroed;
use std::ptr;

/// The text of the first fault.
fn found<C: FfiChecked + ?Sized>(c: &C, write: bool) -> Option<String> {
    // SAFETY: each test keeps what it pins or registers, and nobody writes it.
    unsafe { fault(c, write) }.map(|f| f.to_string())
}

#[track_caller]
fn refused<C: FfiChecked + ?Sized>(c: &C, write: bool, text: &str) {
    let found = found(c, write).unwrap_or_else(|| panic!("nothing is wrong, where `{text}` was expected"));
    assert!(found.contains(text), "{found}");
}

#[test]
fn aiocb_and_a_list_of_them() {
    // SAFETY: zeros are an `aiocb`.
    let [mut a, mut b]: [libc::aiocb; 2] = unsafe { zeroed() };
    let buffers = [vec![0_u8; 8], vec![0_u8; 8]];
    for (c, buffer) in [&mut a, &mut b].into_iter().zip(&buffers) {
        c.aio_buf = buffer.as_ptr().cast_mut().cast();
        c.aio_nbytes = 8;
    }
    let list = [&raw mut a, &raw mut b, ptr::null_mut()];
    scope(|s| {
        let _ = s.pin(&buffers[0]);
        assert_eq!(found(&a, false), None);
        refused(&list[..], false, "`list[0].*` leads to memory that is not pinned");
        // SAFETY: the structs outlive the guards.
        let _structs = unsafe { (foreign(&raw const a, size_of_val(&a)), foreign(&raw const b, size_of_val(&b))) };
        refused(&list[..], false, "`list[1].*.aio_buf`");
        let _ = s.pin(&buffers[1]);
        // SAFETY: as above.
        unsafe { verify(&list[..]) };
        refused(&list[..], true, "`list[0].*.aio_buf` leads to 8 bytes");
    });
}

#[test]
#[cfg(target_env = "gnu")]
fn iocb_is_bytes_or_iovecs_by_its_opcode() {
    let [pread, pwrite, fsync, preadv, pwritev] = [0, 1, 2, 7, 8];
    let data = vec![0_u8; 24];
    let iovecs = vec![libc::iovec { iov_base: data.as_ptr().cast_mut().cast(), iov_len: 24 }; 2];
    let iocb = |opcode: u16, address: usize, n: u64| {
        // SAFETY: zeros are an `iocb`.
        let mut c: libc::iocb = unsafe { zeroed() };
        (c.aio_lio_opcode, c.aio_buf, c.aio_nbytes) = (opcode, address as u64, n);
        c
    };
    let (bytes, array) = (data.as_ptr().expose_provenance(), iovecs.as_ptr().expose_provenance());
    refused(&iocb(pread, bytes, 24), false, "`iocb.aio_buf` leads to memory that is not pinned: 24 bytes");
    assert_eq!(found(&iocb(fsync, bytes, 24), false), None, "no address there");
    scope(|s| {
        let _ = s.pin(&data);
        assert_eq!(found(&iocb(pread, bytes, 24), false), None);
        refused(&iocb(pread, bytes, 24), true, "lent for reading only");
        assert_eq!(found(&iocb(pwrite, bytes, 24), true), None, "what this one never does");
        let iovec = size_of::<libc::iovec>();
        let text = format!("`iocb.aio_buf` leads to memory that is not pinned: {} bytes", 2 * iovec);
        refused(&iocb(preadv, array, 2), false, &text);
        // SAFETY: the array outlives the guard.
        let _array = unsafe { foreign(iovecs.as_ptr(), size_of_val(&iovecs[..])) };
        refused(&iocb(preadv, array, 2), true, "`iocb.aio_buf[0].iov_base` leads to 24 bytes");
        assert_eq!(found(&iocb(pwritev, array, 2), true), None);
        refused(&iocb(pwritev, array, 3), true, &format!("{iovec} bytes more than are pinned"));
        let submitted = iocb(pwritev, array, 2);
        // SAFETY: as above.
        unsafe {
            let _iocb = foreign(&raw const submitted, size_of_val(&submitted));
            verify_mut(&[&raw const submitted][..]);
        }
    });
}

#[test]
fn addrinfo_with_its_address_its_name_and_the_next() {
    // SAFETY: zeros are an `addrinfo` and a socket's address.
    let ([mut first, mut second], address): ([libc::addrinfo; 2], libc::sockaddr_in) = unsafe { zeroed() };
    let name = CString::new("pin.example").unwrap();
    first.ai_addr = (&raw const address).cast_mut().cast();
    first.ai_addrlen = size_of_val(&address) as libc::socklen_t;
    second.ai_canonname = name.as_ptr().cast_mut();
    refused(&first, false, "`addrinfo.ai_addr` leads to memory that is not pinned: 16 bytes");
    refused(&second, false, "`addrinfo.ai_canonname` leads to memory that is not pinned");
    scope(|s| {
        // SAFETY: what is registered outlives the guards.
        let _memory = unsafe { (foreign(&raw const address, 16), foreign(&raw const second, size_of_val(&second))) };
        assert_eq!(found(&first, true), None, "C never writes there");
        first.ai_next = &raw mut second;
        refused(&first, false, "`addrinfo.ai_next.ai_canonname` leads to memory");
        let _ = s.pin(name.as_c_str());
        assert_eq!(found(&first, false), None);
        second.ai_next = &raw mut second;
        assert_eq!(found(&first, false), None, "a list that leads back to itself has an end");
    });
}

#[test]
fn stack_t() {
    let mut memory = vec![0_u8; 8192];
    let stack = libc::stack_t { ss_sp: memory.as_mut_ptr().cast(), ss_flags: 0, ss_size: 8192 };
    refused(&stack, true, "`stack_t.ss_sp` leads to memory that is not pinned: 8192 bytes");
    scope(|s| {
        let pin = s.pin_mut(&mut memory);
        // SAFETY: a `stack_t` leads to no further structs.
        unsafe { verify_mut(&libc::stack_t { ss_sp: pin.as_mut_ptr().cast(), ..stack }) };
        refused(&libc::stack_t { ss_size: 8193, ..stack }, true, "1 bytes more than are pinned");
    });
}

#[test]
fn passwd_has_strings_that_end() {
    // SAFETY: zeros are a `passwd`.
    let mut entry: libc::passwd = unsafe { zeroed() };
    let (name, endless) = (CString::new("somebody").unwrap(), vec![b'x'; 7]);
    entry.pw_name = name.as_ptr().cast_mut();
    entry.pw_shell = c"/bin/sh".as_ptr().cast_mut();
    refused(&entry, false, "`passwd.pw_name`");
    scope(|s| {
        let _ = (s.pin(name.as_c_str()), s.pin(&endless));
        // SAFETY: the strings are pinned, or constants.
        unsafe { verify(&entry) };
        entry.pw_dir = endless.as_ptr().cast_mut().cast();
        refused(&entry, false, "`passwd.pw_dir` leads to");
        refused(&entry, false, "neither a NUL nor a null pointer is in the 7 bytes that are lent there");
    });
    scope(|s| {
        // The NUL is there, but not pinned.
        let _ = s.pin(&name.as_bytes()[..5]);
        entry.pw_dir = ptr::null_mut();
        refused(&entry, false, "in the 5 bytes that are lent there");
    });
}

#[test]
fn group_has_a_table_of_strings_that_ends() {
    // SAFETY: zeros are a `group`.
    let mut entry: libc::group = unsafe { zeroed() };
    let member = CString::new("somebody").unwrap();
    let table: Vec<*const c_char> = vec![c"root".as_ptr(), member.as_ptr(), ptr::null(), ptr::dangling()];
    entry.gr_mem = table.as_ptr().cast_mut().cast();
    refused(&entry, false, "`group.gr_mem` leads to memory that is not pinned");
    // SAFETY: the table outlives the guard.
    let whole = unsafe { foreign(table.as_ptr(), size_of_val(&table[..])) };
    refused(&entry, false, "`group.gr_mem[1].*` leads to memory that is not pinned");
    scope(|s| {
        let _ = s.pin(member.as_c_str());
        assert_eq!(found(&entry, false), None, "nothing behind the null pointer is looked at");
        drop(whole);
        // SAFETY: as above.
        let _two = unsafe { foreign(table.as_ptr(), size_of_val(&table[..2])) };
        refused(&entry, false, &format!("in the {} bytes that are lent there", size_of_val(&table[..2])));
    });
}

#[derive(FfiPinned)]
#[ffi(c = libc::addrinfo)]
struct Hints {
    #[ffi(set = ai_family)]
    family: libc::c_int,
}

#[derive(FfiPinned)]
#[ffi(c = libc::stack_t)]
struct Stack<'a> {
    #[ffi(ptr = ss_sp, len = ss_size)]
    memory: &'a mut [u8],
}

#[test]
fn what_is_derived_for_them_passes() {
    let filled = Hints { family: 2 }.with_pinned(|c| {
        // SAFETY: a filled `addrinfo` without a next one.
        unsafe {
            verify(c.as_ref());
            c.as_ref().ai_family
        }
    });
    assert_eq!(filled, Ok(2));
    let mut stack = Stack { memory: &mut [0; 64] };
    let filled = stack.with_pinned_mut(|c| {
        // SAFETY: a filled `stack_t`.
        unsafe {
            verify_mut(c.as_ref());
            c.as_ref().ss_size
        }
    });
    assert_eq!(filled, Ok(64));
}
