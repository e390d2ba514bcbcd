//! `#[derive(FfiChecked)]`: maps of one's own C structs, to any depth.

#![cfg(any(debug_assertions, feature = "check"))]
#![allow(clippy::useless_vec)] // memory of the allocator's, which is neither pinned nor static
#![allow(non_camel_case_types)] // C's names

use pin_ffi::check::{fault, foreign, verify};
use pin_ffi::{FfiChecked, scope};
use std::ffi::c_void;
use std::ptr;

#[derive(FfiChecked)]
#[repr(C)]
struct leaf {
    #[ffi(len = n)]
    data: *mut u32,
    n: i8,
}

#[derive(FfiChecked)]
#[repr(C)]
struct branch {
    head: header,
    #[ffi(len = head.count, nested)]
    leaves: *mut leaf,
    #[ffi(inline)]
    own: leaf,
    #[ffi(len_bytes = 3)]
    tail: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
struct header {
    count: u64,
}

fn leaf_of(data: &[u32], n: i8) -> leaf {
    leaf { data: data.as_ptr().cast_mut(), n }
}

fn no_leaf() -> leaf {
    leaf { data: ptr::null_mut(), n: 0 }
}

/// The path and the bytes of the first fault.
fn found<C: pin_ffi::check::FfiChecked + ?Sized>(c: &C, write: bool) -> Option<(String, usize)> {
    // SAFETY: each test keeps what it pins or registers.
    unsafe { fault(c, write) }.map(|f| (f.path().to_owned(), f.len_bytes()))
}

#[allow(clippy::unnecessary_wraps)] // to compare with
fn at(path: &str, bytes: usize) -> Option<(String, usize)> {
    Some((path.to_owned(), bytes))
}

#[test]
fn elements_are_counted_in_the_size_of_what_the_field_points_at() {
    let data = vec![0_u32; 4];
    scope(|s| {
        let _ = s.pin(&data);
        assert_eq!(found(&leaf_of(&data, 4), false), None);
        assert_eq!(found(&leaf_of(&data, 5), false), at("leaf.data", 20));
        assert_eq!(found(&leaf_of(&data, -1), false), at("leaf.data", 0));
        assert_eq!(found(&leaf_of(&data, 4), true), at("leaf.data", 16), "`*mut`: C may write there");
    });
}

#[test]
fn nested_structs_in_place_and_behind_addresses() {
    let (data, tail) = (vec![0_u32; 4], vec![0_u8; 3]);
    let leaves = vec![leaf_of(&data, 4), leaf_of(&data[2..], 3)];
    let mut c = branch {
        head: header { count: 2 },
        leaves: leaves.as_ptr().cast_mut(),
        own: leaf_of(&data, 1),
        tail: tail.as_ptr().cast(),
    };
    scope(|s| {
        let pin = s.pin(&tail);
        assert_eq!(found(&c, false), at("branch.leaves", size_of_val(&leaves[..])), "before anything in it is read");
        // SAFETY: the leaves outlive the guard.
        let _leaves = unsafe { foreign(leaves.as_ptr(), size_of_val(&leaves[..])) };
        assert_eq!(found(&c, false), at("branch.leaves[0].data", 16));
        let _ = s.pin(&data);
        assert_eq!(found(&c, false), at("branch.leaves[1].data", 12));
        c.head.count = 1;
        assert_eq!(found(&c, false), None);
        c.own.n = 5;
        assert_eq!(found(&c, false), at("branch.own.data", 20));
        c.own = no_leaf();
        c.tail = pin.as_ptr().wrapping_add(1).cast();
        assert_eq!(found(&c, false), at("branch.tail", 3));
        c.head.count = u64::MAX / 8;
        assert_eq!(found(&c, false), at("branch.leaves", 0), "more than an address space");
    });
}

#[derive(FfiChecked)]
#[repr(C)]
struct node {
    #[ffi(nested)]
    next: *const node,
    value: *const u8,
}

#[test]
fn a_list_is_walked_to_its_end_however_long_and_a_ring_once() {
    let value = [1_u8];
    let mut nodes: Vec<node> = (0..100_000).map(|_| node { next: ptr::null(), value: value.as_ptr() }).collect();
    let base = nodes.as_mut_ptr();
    for i in 1..nodes.len() {
        // SAFETY: two nodes of the vector.
        unsafe { (*base.add(i - 1)).next = base.add(i) };
    }
    // SAFETY: the nodes outlive the guard, and are used through `base` alone.
    let _nodes = unsafe { foreign(base, size_of_val(&nodes[..])) };
    scope(|s| {
        let _ = s.pin(&value);
        // SAFETY: what `next` leads to are nodes; the last one's address is set below.
        unsafe {
            verify(&*base);
            (*base.add(99_999)).next = base;
            verify(&*base);
            (*base.add(2)).value = ptr::without_provenance(8);
            assert_eq!(found(&*base, false), at("node.next.next.value", 1));
        }
    });
}

#[derive(FfiChecked)]
#[repr(C)]
struct table {
    #[ffi(len = n, nested)]
    leaves: *const *mut leaf,
    n: usize,
    #[ffi(foreign)]
    mine: *mut c_void,
    #[ffi(ptr, len = 2)]
    integer: usize,
    #[ffi(inline)]
    pair: [leaf; 2],
}

#[test]
fn arrays_of_addresses_integers_and_memory_of_c() {
    let data = vec![0_u32; 4];
    let (mut a, mut b) = (leaf_of(&data, 4), leaf_of(&data, 4));
    let list = [&raw mut a, ptr::null_mut(), &raw mut b];
    let c = table {
        leaves: list.as_ptr(),
        n: 3,
        mine: ptr::without_provenance_mut(1),
        integer: data.as_ptr().expose_provenance(),
        pair: [no_leaf(), leaf_of(&data, 5)],
    };
    scope(|s| {
        // SAFETY: all three outlive the guards.
        let _guards = unsafe { (foreign(list.as_ptr(), size_of_val(&list)), foreign(list[0], size_of::<leaf>())) };
        assert_eq!(found(&c, false), at("table.integer", 2));
        let _ = s.pin(&data);
        assert_eq!(found(&c, false), at("table.leaves[2].*", size_of::<leaf>()));
        let c = table { n: 2, ..c };
        assert_eq!(found(&c, false), at("table.pair[1].data", 20));
    });
}

#[derive(FfiChecked)]
#[repr(C)]
struct wrapped<T: pin_ffi::check::FfiChecked>(#[ffi(nested)] *const T, #[ffi(len = 1 + 1)] *const u16);

#[test]
fn generic_and_tuple_structs() {
    let data = vec![0_u32; 1];
    let (inner, two) = (leaf_of(&data, 1), vec![0_u16; 2]);
    let c = wrapped(&raw const inner, two.as_ptr());
    // SAFETY: `inner` outlives the guard.
    let _inner = unsafe { foreign(&raw const inner, size_of::<leaf>()) };
    assert_eq!(found(&c, false), at("wrapped.1", 4));
    scope(|s| {
        let _ = s.pin(&two);
        assert_eq!(found(&c, false), at("wrapped.0.data", 4));
        let _ = s.pin(&data);
        assert_eq!(found(&[c][..], false), None);
    });
}

#[test]
fn each_address_of_an_array_is_followed() {
    #[derive(FfiChecked)]
    #[repr(C)]
    struct several {
        read: [*const u32; 3],
        written: [[*mut u8; 2]; 2],
        #[ffi(foreign)]
        own: [*mut c_void; 1],
    }

    let (data, mut byte) = (vec![0_u32; 4], vec![0_u8; 1]);
    let start = data.as_ptr();
    scope(|s| {
        let written = [[ptr::null_mut(); 2], [ptr::null_mut(), s.pin_mut(&mut byte).as_mut_ptr()]];
        let mut c = several { read: [start, start, ptr::null()], written, own: [ptr::without_provenance_mut(1)] };
        assert_eq!(found(&c, false), at("several.read[0].*", 4));
        let _ = s.pin(&data);
        assert_eq!(found(&c, true), None);
        c.read[2] = start.wrapping_add(4);
        assert_eq!(found(&c, false), at("several.read[2].*", 4));
        c.read[2] = start;
        c.written[1][0] = start.cast_mut().cast();
        assert_eq!((found(&c, false), found(&c, true)), (None, at("several.written[2].*", 1)));
    });
}

#[test]
fn the_largest_length_is_told_like_any_other() {
    #[derive(FfiChecked)]
    #[repr(C)]
    struct bytes {
        #[ffi(len = n)]
        data: *const u8,
        n: usize,
    }

    let data = vec![0_u8; 8];
    scope(|s| {
        let c = bytes { data: s.pin(&data).as_ptr().wrapping_add(2), n: usize::MAX };
        // SAFETY: `bytes` lead to no further structs.
        let fault = unsafe { fault(&c, false) }.unwrap();
        assert!(fault.to_string().contains(&format!("{} bytes more than are pinned", usize::MAX - 6)), "{fault}");
    });
}

#[test]
fn structs_without_bytes_are_walked_in_no_time() {
    #[derive(FfiChecked, Clone, Copy)]
    #[repr(C)]
    struct nothing {}

    assert_eq!(found(&[nothing {}; usize::MAX][..], false), None);
}

/// Slices that are laid out as `iovec`s are handed over as they are.
#[cfg(unix)]
mod io_slices {
    use super::*;
    use pin_ffi::{FfiPinned, FfiPinnedMut, pinned_ffi};
    use std::io::{IoSlice, IoSliceMut};

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<B: pin_ffi::FfiArray<Elem = libc::iovec>> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        parts: B,
    }

    #[pinned_ffi]
    fn each(#[ffi(pin)] parts: &[IoSlice<'_>]) -> std::io::Result<Option<(String, usize)>> {
        // SAFETY: as many structs as the array has.
        let parts = unsafe { std::slice::from_raw_parts(parts.as_ptr(), parts.len()) };
        Ok(found(parts, false))
    }

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = each_mut)]
        safe fn pin_ffi_check_each_mut(#[ffi(pin_mut, len = n)] parts: *const libc::iovec, n: i32) -> bool;
    }

    #[unsafe(no_mangle)]
    unsafe extern "C" fn pin_ffi_check_each_mut(parts: *const libc::iovec, n: i32) -> bool {
        // SAFETY: as many structs (caller).
        let parts = unsafe { std::slice::from_raw_parts(parts, n as usize) };
        found(parts, true).is_none()
    }

    #[test]
    fn count_as_lent() {
        let (mut one, mut two) = (vec![0_u8; 8], vec![0_u8; 8]);
        let parts = [IoSlice::new(&one), IoSlice::new(&two)];
        assert_eq!(each(&parts).unwrap(), None);
        // SAFETY: numbers and pointers.
        let of = |c: pin_ffi::manual::LentStruct<'_, libc::msghdr>, write| found(unsafe { c.as_ref() }, write);
        let message = Message { parts: &parts[..] };
        assert_eq!(message.with_pinned(|c| of(c, false)), Ok(None));
        assert_eq!(message.with_pinned(|c| of(c, true)), Ok(at("msghdr.msg_iov[0].iov_base", 8)));

        let mut parts = [IoSliceMut::new(&mut one), IoSliceMut::new(&mut two)];
        assert!(each_mut(&mut parts[..]).unwrap());
        assert_eq!(Message { parts: &mut parts[..] }.with_pinned_mut(|c| of(c, true)), Ok(None));
        let loose = libc::iovec { iov_base: one.as_mut_ptr().cast(), iov_len: 8 };
        assert_eq!(found(&loose, false), at("iovec.iov_base", 8), "no longer");
    }
}

/// Structs of the kernel that `libc` does not declare, as its headers have them.
mod kernel {
    use super::*;

    /// `bpf_attr` of `BPF_PROG_LOAD`, its beginning.
    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct bpf_prog_load {
        pub(super) prog_type: u32,
        pub(super) insn_cnt: u32,
        #[ffi(ptr = u64, len = insn_cnt, read_only)]
        pub(super) insns: u64,
        #[ffi(ptr, cstr)]
        pub(super) license: u64,
        pub(super) log_level: u32,
        pub(super) log_size: u32,
        #[ffi(ptr, len = log_size)]
        pub(super) log_buf: u64,
    }

    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct spi_ioc_transfer {
        #[ffi(ptr, len = len, read_only)]
        pub(super) tx_buf: u64,
        #[ffi(ptr, len = len)]
        pub(super) rx_buf: u64,
        pub(super) len: u32,
    }

    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct i2c_msg {
        pub(super) addr: u16,
        pub(super) flags: u16,
        pub(super) len: u16,
        #[ffi(len = len)]
        pub(super) buf: *mut u8,
    }

    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct i2c_rdwr_ioctl_data {
        #[ffi(len = nmsgs, nested)]
        pub(super) msgs: *mut i2c_msg,
        pub(super) nmsgs: u32,
    }

    /// `io_uring_rsrc_register`: `iovec`s by the address in an integer.
    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct io_uring_rsrc_register {
        pub(super) nr: u32,
        pub(super) flags: u32,
        pub(super) resv2: u64,
        #[ffi(ptr = part, len = nr, nested)]
        pub(super) data: u64,
        #[ffi(ptr = u64, len = nr, read_only)]
        pub(super) tags: u64,
    }

    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct part {
        #[ffi(len = len)]
        pub(super) base: *mut c_void,
        pub(super) len: usize,
    }

    /// What `execve` takes.
    #[derive(FfiChecked)]
    #[repr(C)]
    pub(super) struct program {
        #[ffi(cstr)]
        pub(super) path: *const std::ffi::c_char,
        #[ffi(cstr)]
        pub(super) argv: *const *const std::ffi::c_char,
    }
}

#[test]
fn structs_of_the_kernel_with_addresses_in_integers() {
    let (code, log, license) = (vec![0_u64; 3], vec![0_u8; 64], c"GPL".to_owned());
    let mut load = kernel::bpf_prog_load {
        prog_type: 1,
        insn_cnt: 3,
        insns: code.as_ptr().expose_provenance() as u64,
        license: license.as_ptr().expose_provenance() as u64,
        log_level: 1,
        log_size: 64,
        log_buf: log.as_ptr().expose_provenance() as u64,
    };
    let transfer = kernel::spi_ioc_transfer { tx_buf: load.log_buf, rx_buf: load.log_buf + 32, len: 32 };
    scope(|s| {
        assert_eq!(found(&load, true), at("bpf_prog_load.insns", 24), "elements, not bytes");
        let _ = s.pin(&code);
        assert_eq!(found(&load, true), at("bpf_prog_load.license", 1));
        let _ = s.pin(license.as_c_str());
        assert_eq!(found(&load, true), at("bpf_prog_load.log_buf", 64));
        let _ = s.pin(&log);
        assert_eq!(found(&load, false), None);
        load.insn_cnt = 4;
        assert_eq!(found(&load, false), at("bpf_prog_load.insns", 32));
        assert_eq!(found(&transfer, true), at("spi_ioc_transfer.rx_buf", 32), "pinned for reading");
        assert_eq!(found(&transfer, false), None);
    });
}

#[test]
fn structs_of_the_kernel_with_nested_arrays() {
    let (data, tags) = (vec![0_u8; 16], vec![7_u64; 2]);
    let messages = vec![kernel::i2c_msg { addr: 1, flags: 0, len: 17, buf: data.as_ptr().cast_mut() }];
    let parts = [0, 8].map(|i| kernel::part { base: data[i..].as_ptr().cast_mut().cast(), len: 8 });
    let transfer = kernel::i2c_rdwr_ioctl_data { msgs: messages.as_ptr().cast_mut(), nmsgs: 1 };
    let register = kernel::io_uring_rsrc_register {
        nr: 2,
        flags: 0,
        resv2: 0,
        data: parts.as_ptr().expose_provenance() as u64,
        tags: tags.as_ptr().expose_provenance() as u64,
    };
    // SAFETY: both arrays outlive the guards.
    let _arrays = unsafe { (foreign(messages.as_ptr(), 16), foreign(parts.as_ptr(), 32)) };
    scope(|s| {
        let _ = s.pin(&tags);
        assert_eq!(found(&register, false), at("io_uring_rsrc_register.data[0].base", 8));
        let _ = s.pin(&data);
        assert_eq!(found(&register, false), None);
        assert_eq!(found(&transfer, false), at("i2c_rdwr_ioctl_data.msgs[0].buf", 17));
    });
}

#[test]
fn strings_and_tables_of_strings_up_to_their_ends() {
    let argument = c"--help".to_owned();
    let mut argv = vec![c"program".as_ptr(), argument.as_ptr(), ptr::null()];
    let program = kernel::program { path: c"/bin/true".as_ptr(), argv: argv.as_ptr() };
    assert_eq!(found(&program, false), at("program.argv", size_of::<usize>()));
    scope(|s| {
        // SAFETY: the table outlives the guard.
        let _table = unsafe { foreign(argv.as_ptr(), size_of_val(&argv[..])) };
        assert_eq!(found(&program, false), at("program.argv[1].*", 1));
        let _ = s.pin(argument.as_c_str());
        assert_eq!(found(&program, false), None);
    });
    argv[2] = argv[0];
    // SAFETY: as above.
    let _table = unsafe { foreign(argv.as_ptr(), size_of_val(&argv[..])) };
    assert_eq!(found(&program, false), at("program.argv", size_of_val(&argv[..])), "no null pointer");
}
