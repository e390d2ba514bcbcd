//! Safe code that tries to get round the rules: what it must not be able to do.
#![cfg(target_os = "linux")]

use core::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::{UnixDatagram, UnixStream};

/// Traits of the user's whose methods are called like those that generated code needs: by value, so they come first.
mod methods_of_the_same_name {
    use super::*;
    use core::cell::Cell;
    use core::ffi::{c_int, c_void};
    use pin_ffi::{FfiPinned, OutBuf, manual::Lent, pinned_ffi};
    use std::io;

    #[allow(dead_code, clippy::wrong_self_convention)]
    trait AnyPlace: Sized {
        fn as_mut_ptr(self) -> *mut libc::msghdr {
            unreachable!()
        }
        fn as_ptr(self) -> *const libc::msghdr {
            unreachable!()
        }
    }
    impl AnyPlace for MaybeUninit<libc::msghdr> {}

    #[allow(dead_code, clippy::wrong_self_convention)]
    trait AlwaysTrue: Sized {
        fn get(self) -> bool {
            true
        }
        fn is_none(self) -> bool {
            true
        }
    }
    impl AlwaysTrue for Cell<bool> {}
    impl<T> AlwaysTrue for Lent<T> {}

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<'a> {
        #[ffi(ptr = msg_control, len = msg_controllen, inout)]
        control: OutBuf<'a, u8>,
    }

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        safe fn recvmsg(
            #[ffi(fd)] socket: c_int,
            #[ffi(pin_mut)] msg: *mut libc::msghdr,
            flags: c_int,
        ) -> libc::ssize_t;

        safe fn memset(#[ffi(inout, len = n * 1)] p: *mut c_void, byte: c_int, n: usize) -> *mut c_void;
    }

    #[pinned_ffi]
    fn nothing(#[ffi(pin_mut)] message: &mut Message<'_>) -> io::Result<()> {
        let _ = message;
        Ok(())
    }

    #[test]
    fn are_not_called() {
        let mut memory = [MaybeUninit::uninit(); 32];
        let mut message = Message { control: OutBuf::uninit(&mut memory) };
        nothing(&mut message).unwrap();
        assert_eq!(message.control.filled(), b"");

        let (a, b) = UnixDatagram::pair().unwrap();
        a.send(b"x").unwrap();
        assert_eq!(recvmsg(b.as_fd(), &mut message, 0).unwrap(), 0);

        assert!(memset(&mut [0; 4], 1, 8).is_err());
    }
}

/// A type of the user's that is called like one that generated code needs.
mod types_of_the_same_name {
    use super::*;
    use core::ffi::{c_int, c_void};
    use pin_ffi::{Plain, Spare, pinned_ffi};

    #[allow(non_camel_case_types, dead_code)]
    #[derive(Clone, Copy, Plain)]
    #[repr(C)]
    struct u8([core::primitive::u8; 100]);

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        safe fn read(
            #[ffi(fd)] fd: c_int,
            #[ffi(out, len = n, filled = ret)] buf: *mut c_void,
            n: usize,
        ) -> libc::ssize_t;
    }

    #[test]
    fn are_not_used() {
        let (mut a, b) = UnixStream::pair().unwrap();
        std::io::Write::write_all(&mut a, b"four").unwrap();
        let mut bytes: Vec<core::primitive::u8> = Vec::with_capacity(10);
        assert_eq!(read(b.as_fd(), Spare::new(&mut bytes)).unwrap(), 4);
        assert_eq!(bytes, b"four");
    }
}

/// The kernel counts the bytes between control messages as written, and does not write them.
mod gaps_in_what_is_reported {
    use super::*;
    use pin_ffi::{FfiPinned, OutBuf, calls};
    use std::net::UdpSocket;
    use std::os::fd::AsRawFd;

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<'a> {
        #[ffi(array = msg_iov, len = msg_iovlen)]
        parts: [&'a mut [u8]; 1],
        #[ffi(ptr = msg_control, len = msg_controllen, inout)]
        control: OutBuf<'a, u8>,
    }

    /// The type of service is one byte of data, and each message is counted in whole words.
    #[test]
    fn are_zeroed() {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        // SAFETY: an option whose value is an `int`.
        let set = unsafe {
            let (on, len) = (1_i32, size_of::<i32>() as libc::socklen_t);
            libc::setsockopt(socket.as_raw_fd(), libc::IPPROTO_IP, libc::IP_RECVTOS, (&raw const on).cast(), len)
        };
        assert_eq!(set, 0);
        socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();

        let mut memory = [MaybeUninit::new(0xAA); 64];
        let mut message = Message { parts: [&mut [0]], control: OutBuf::uninit(&mut memory) };
        // SAFETY: no descriptor comes.
        unsafe { calls::recvmsg_with_control(socket.as_fd(), &mut message, 0) }.unwrap();
        let filled = message.control.filled();
        // SAFETY: sums of sizes.
        let (written, counted) = unsafe { (libc::CMSG_LEN(1) as usize, libc::CMSG_SPACE(1) as usize) };
        assert_eq!(filled.len(), counted);
        assert_ne!(filled[..written - 1], [0xAA; 64][..written - 1], "the message's header");
        assert!(written < counted && filled[written..].iter().all(|byte| *byte == 0), "{filled:?}");
    }
}

/// A call that is refused, or that fails, after a buffer was made ready for it.
mod buffers_made_ready {
    use super::*;
    use pin_ffi::{FfiPinned, FfiPinnedMut, LendError, OutBuf, OutVec, Reason, Spare, manual::Fill};

    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Message<'a, B: Fill<Elem = u8>> {
        #[ffi(ptr = msg_name, len = msg_namelen, max = 1)]
        name: &'a mut [u8],
        #[ffi(ptr = msg_control, len = msg_controllen, inout)]
        control: B,
    }

    /// Fills four bytes of the buffer, then is refused.
    fn refused<B: Fill<Elem = u8>>(mut control: B) -> (B, Result<(), LendError>) {
        let lent = control.lend_mut();
        assert!(lent.len >= 8);
        // SAFETY: room for as many bytes, which are written.
        unsafe {
            lent.ptr.write_bytes(7, 4);
            control.set_filled(4);
        }
        let mut message = Message { name: &mut [0; 2], control };
        let result = message.with_pinned_mut(|_| ());
        (message.control, result)
    }

    #[test]
    fn show_what_they_showed() {
        let (mut memory, mut vec) = ([MaybeUninit::uninit(); 16], Vec::with_capacity(16));
        let (buf, error) = refused(OutBuf::uninit(&mut memory));
        assert_eq!((buf.filled(), error.unwrap_err().reason()), (&[7; 4][..], Reason::OverMax));
        assert_eq!(refused(Spare::new(&mut vec)).0.filled(), [7; 4]);
        assert_eq!(refused(OutVec::with_capacity(16)).0.filled(), [7; 4]);
    }
}

/// C fills the first of several structs and leaves the capacities of the others as they are.
#[cfg(target_pointer_width = "64")] // where `calls` has recvmmsg
mod structs_that_were_not_filled {
    use super::*;
    use pin_ffi::{FfiPinned, OutBuf, calls};

    #[derive(FfiPinned)]
    #[ffi(c = libc::mmsghdr)]
    struct Message<'a> {
        #[ffi(ptr = msg_hdr.msg_control, len = msg_hdr.msg_controllen, inout)]
        control: OutBuf<'a, u8>,
        #[ffi(out = msg_len)]
        len: u32,
    }

    #[test]
    fn show_nothing() {
        if pin_ffi_tests::machine::emulator("qemu-user reports messages that did not come") {
            return;
        }
        let (a, b) = UnixDatagram::pair().unwrap();
        a.send(b"").unwrap();
        let (mut one, mut two) = ([MaybeUninit::uninit(); 64], [MaybeUninit::uninit(); 64]);
        let mut messages =
            [&mut one, &mut two].map(|memory| Message { control: OutBuf::uninit(memory), len: u32::MAX });
        // SAFETY: no descriptor comes.
        let came = unsafe { calls::recvmmsg_with_control(b.as_fd(), &mut messages, libc::MSG_DONTWAIT, None) };
        assert_eq!(came.unwrap(), 1);
        assert_eq!(messages.each_ref().map(|m| (m.control.filled().len(), m.len)), [(0, 0), (0, u32::MAX)]);
    }
}

/// C is told of a computed number, and what is lent has more.
mod structs_that_c_was_not_told_of {
    use super::*;
    use core::ffi::c_int;
    use pin_ffi::{FfiPinned, OutBuf, pinned_ffi};
    use pin_ffi_tests::echo::Inout;

    #[allow(clashing_extern_declarations)]
    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = nonzero, rename = one)]
        safe fn echo_inout_fill(#[ffi(pin_mut, len = 1)] s: *mut Inout, byte: u8, report: u32) -> c_int;
        #[ffi(err = nonzero, rename = all)]
        safe fn echo_inout_fill(#[ffi(pin_mut, len = 1, filled = all)] s: *mut Inout, byte: u8, report: u32) -> c_int;
        #[ffi(err = nonzero, rename = one_in_bytes)]
        safe fn echo_inout_fill(
            #[ffi(pin_mut, len_bytes = SIZE + 1, filled = all)] s: *mut Inout,
            byte: u8,
            report: u32,
        ) -> c_int;
    }

    const SIZE: usize = size_of::<Inout>();

    #[derive(FfiPinned)]
    #[ffi(c = Inout)]
    struct Answer<'a> {
        #[ffi(ptr = data, len = len, inout)]
        bytes: OutBuf<'a, u8>,
    }

    #[test]
    fn are_not_taken_back() {
        let mut memory = [[MaybeUninit::uninit(); 8]; 9];
        let mut answers = memory.each_mut().map(|memory| Answer { bytes: OutBuf::uninit(memory) });
        one(&mut answers[..3], b'a', 2).unwrap();
        all(&mut answers[3..6], b'a', 2).unwrap();
        one_in_bytes(&mut answers[6..], b'a', 2).unwrap();
        assert_eq!(answers.map(|a| a.bytes.filled().len()), [2, 0, 0, 2, 0, 0, 2, 0, 0]);
    }
}

/// What C is told of a buffer, where the words leave room for two answers.
mod lengths {
    use super::*;
    use core::ffi::{c_int, c_void};
    use pin_ffi::{FfiPinned, LendError, Reason, pinned_ffi};
    use pin_ffi_tests::echo::List;

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        safe fn pipe(#[ffi(out, len = 2, filled = all)] fds: *mut c_int) -> c_int;

        #[ffi(err = minus_one, rename = pipe_of_bytes)]
        safe fn pipe(#[ffi(out, len_bytes = 8, filled = all)] fds: *mut c_int) -> c_int;

        safe fn memcmp(
            #[ffi(in, len = n, null_if_empty)] a: *const c_void,
            #[ffi(in, len = n)] b: *const c_void,
            n: usize,
        ) -> c_int;

        safe fn memset(#[ffi(inout, len = n * 1, null_if_empty)] p: *mut c_void, byte: c_int, n: usize) -> *mut c_void;

        // C fills `n` and says something else.
        #[ffi(rename = read_words)]
        safe fn echo_read_words(#[ffi(out, len = n * 1, filled = ret)] p: *mut u32, n: u32, report: i32) -> i32;
        #[ffi(rename = read_bytes)]
        safe fn echo_read_bytes(
            #[ffi(out, len_bytes = bytes * 1, filled = ret)] p: *mut u32,
            bytes: usize,
            report: isize,
        ) -> isize;
        #[ffi(err = none, rename = transfer)]
        safe fn echo_transfer(
            #[ffi(out, len = n * 1, filled = *done)] p: *mut u8,
            n: c_int,
            done: *mut c_int,
            report: c_int,
        ) -> c_int;
        #[ffi(rename = fill_lists)]
        safe fn echo_lists_fill(
            #[ffi(pin_mut, len = n * 1, filled = ret)] lists: *mut List,
            n: u32,
            done: u32,
            report: i32,
        ) -> i32;
    }

    #[derive(FfiPinned)]
    #[ffi(c = List)]
    struct Tagged {
        #[ffi(inout = tag)]
        tag: u32,
    }

    #[track_caller]
    fn overrun<T: core::fmt::Debug>(result: std::io::Result<T>) -> (i128, i128) {
        let error: LendError = *result.unwrap_err().get_ref().unwrap().downcast_ref().unwrap();
        assert_eq!(error.reason(), Reason::Overrun);
        (error.value(), error.limit())
    }

    #[test]
    fn c_filled_no_more_than_it_was_told_of() {
        let mut words = [MaybeUninit::uninit(); 64];
        assert_eq!(overrun(read_words(&mut words, 4, 10)), (10, 4));
        assert_eq!(overrun(read_bytes(&mut words, 9, 10)), (10, 9));
        assert_eq!(read_bytes(&mut words, 9, 9).unwrap().0.len(), 2);
        assert_eq!(read_words(&mut words, 4, 4).unwrap().0.len(), 4);
        let mut bytes = [MaybeUninit::uninit(); 64];
        assert_eq!(overrun(transfer(&mut bytes, 4, 5)), (5, 4));
        assert_eq!(transfer(&mut bytes, 4, 3).unwrap().1.0.len(), 3);
        let mut tagged = [1, 2, 3].map(|tag| Tagged { tag });
        assert_eq!(overrun(fill_lists(&mut tagged, 1, 1, 2)), (2, 1));
        fill_lists(&mut tagged, 2, 2, 1).unwrap();
        assert_eq!(tagged.map(|t| t.tag), [77, 2, 3]);
    }

    fn close(fds: &[c_int]) {
        for fd in fds {
            // SAFETY: made by `pipe`, and not used again.
            unsafe { libc::close(*fd) };
        }
    }

    #[test]
    fn filled_all_is_no_more_than_c_was_told_of() {
        let mut fds = [MaybeUninit::new(-1); 4];
        let (_, (filled, rest)) = pipe(&mut fds).unwrap();
        assert_eq!((filled.len(), rest.len()), (2, 2));
        close(filled);
        let mut fds = [MaybeUninit::new(-1); 25];
        let (_, (filled, rest)) = pipe_of_bytes(&mut fds).unwrap();
        assert_eq!((filled.len(), rest.len()), (2, 23));
        close(filled);
    }

    #[test]
    fn an_empty_buffer_has_a_say_although_it_is_null() {
        assert!(memcmp(&[], &[0; 4]).is_err());
        assert!(memset(&mut [], 1, 8).is_err());
        assert_eq!(memcmp(&[1, 2], &[1, 2]).unwrap(), 0);
    }

    #[repr(C)]
    struct pair {
        a: *const u8,
        b: *const u8,
        n: u32,
    }

    #[derive(FfiPinned)]
    #[ffi(c = pair)]
    struct Pair<'a> {
        #[ffi(ptr = a, len = n, null_if_empty)]
        a: Option<&'a [u8]>,
        #[ffi(ptr = b, len = n)]
        b: &'a [u8],
    }

    #[test]
    fn the_same_in_a_struct() {
        let refused = Pair { a: Some(&[]), b: &[0; 4] }.with_pinned(|_| ()).unwrap_err();
        assert_eq!(refused.reason(), Reason::Disagree);
        // SAFETY: numbers and pointers.
        assert_eq!(Pair { a: None, b: &[0; 4] }.with_pinned(|c| unsafe { c.as_ref() }.n), Ok(4));
    }
}

/// Who chooses a type parameter is not who wrote that `None` has no say in a shared count.
mod buffers_that_are_not_there {
    use pin_ffi::{FfiArray, FfiPinned, LendError, Reason};

    #[repr(C)]
    struct copy {
        from: *const u8,
        to: *mut u8,
        n: usize,
    }

    #[derive(FfiPinned)]
    #[ffi(c = copy)]
    struct Copy<S, D> {
        #[ffi(ptr = from, len = n)]
        from: S,
        #[ffi(ptr = to, len = n)]
        to: D,
    }

    fn told<C>(value: &impl FfiPinned<C = C>, n: fn(&C) -> usize) -> Result<usize, LendError> {
        // SAFETY: numbers and pointers.
        value.with_pinned(|c| n(unsafe { c.as_ref() }))
    }

    #[test]
    fn disagree_with_one_that_is() {
        let n = |c: &copy| c.n;
        let refused = told(&Copy { from: &b"hello"[..], to: None::<&mut [u8]> }, n).unwrap_err();
        assert_eq!((refused.reason(), refused.value(), refused.limit()), (Reason::Disagree, 0, 5));
        let refused = told(&Copy { from: None::<&[u8]>, to: [0; 5] }, n).unwrap_err();
        assert_eq!((refused.reason(), refused.value(), refused.limit()), (Reason::Disagree, 5, 0));
        assert_eq!(told(&Copy { from: Some(&b"hello"[..]), to: [0; 5] }, n), Ok(5));
        assert_eq!(told(&Copy { from: None::<&[u8]>, to: None::<&mut [u8]> }, n), Ok(0));
        assert_eq!(told(&Copy { from: None::<&[u8]>, to: [0; 0] }, n), Ok(0));
    }

    trait Choice {
        type Buffer;
    }
    struct Left;
    impl Choice for Left {
        type Buffer = Option<&'static [u8]>;
    }

    #[derive(FfiPinned)]
    #[ffi(c = copy)]
    struct Chosen<A: Choice>
    where
        A::Buffer: pin_ffi::Lend,
    {
        #[ffi(ptr = from, len = n)]
        from: A::Buffer,
        #[ffi(ptr = to, len = n)]
        to: Vec<u8>,
    }

    #[test]
    fn disagree_where_a_trait_chooses() {
        let refused = told(&Chosen::<Left> { from: None, to: vec![0; 5] }, |c| c.n).unwrap_err();
        assert_eq!(refused.reason(), Reason::Disagree);
    }

    #[repr(C)]
    struct listed {
        list: *mut libc::iovec,
        names: *const u8,
        n: usize,
    }

    #[derive(FfiPinned)]
    #[ffi(c = listed)]
    struct Parts<P: FfiArray<Elem = libc::iovec>> {
        #[ffi(array = list, len = n)]
        parts: P,
        #[ffi(ptr = names, len = n)]
        names: Vec<u8>,
    }

    #[test]
    fn disagree_as_arrays_too() {
        let refused = told(&Parts { parts: None::<[&[u8]; 2]>, names: vec![0; 5] }, |c| c.n).unwrap_err();
        assert_eq!(refused.reason(), Reason::Disagree);
        assert_eq!(told(&Parts { parts: [&b"a"[..], b"b"], names: vec![0; 2] }, |c| c.n), Ok(2));
    }

    type Perhaps<B> = Option<B>;

    #[derive(FfiPinned)]
    #[ffi(c = copy)]
    struct Said<'a, S: pin_ffi::Lend> {
        #[ffi(ptr = from, len = n)]
        from: Perhaps<S>,
        #[ffi(ptr = to, len = n)]
        to: &'a mut [u8],
    }

    #[derive(FfiPinned)]
    #[ffi(c = listed)]
    struct SaidOfParts<'a> {
        #[ffi(array = list, len = n, read_only)]
        parts: &'a Option<[&'a [u8]; 1]>,
        #[ffi(ptr = names, len = n)]
        names: &'a [u8],
    }

    #[test]
    fn have_no_say_where_the_struct_says_so() {
        assert_eq!(told(&Said { from: None::<&[u8]>, to: &mut [0; 5] }, |c| c.n), Ok(5));
        assert_eq!(told(&SaidOfParts { parts: &None, names: &[0; 5] }, |c| c.n), Ok(5));
    }
}

/// Places of a union that share bytes where nothing comes of it, and places without bytes.
mod places_that_overlap {
    use pin_ffi::{FfiPinned, FfiPinnedMut};

    #[repr(C)]
    union both_ways {
        request: u32,
        answer: i16,
    }

    #[repr(C)]
    struct flexible {
        count: u32,
        word: both_ways,
        none: [u8; 0],
        bytes: *const u8,
        names: *const u8,
    }

    #[derive(FfiPinned)]
    #[ffi(c = flexible)]
    struct Flexible<'a> {
        #[ffi(set = none)]
        none: [u8; 0],
        #[ffi(set = word.request)]
        request: u32,
        #[ffi(out = word.answer)]
        answer: i16,
        #[ffi(ptr = bytes, len = count, read_only)]
        bytes: &'a [u8],
        #[ffi(ptr = names, len = count, read_only)]
        names: &'a [u8],
    }

    #[test]
    fn are_fine_where_one_is_only_read_back() {
        let mut value = Flexible { none: [], request: 7, answer: 0, bytes: &[1; 3], names: &[2; 3] };
        let told = value.with_pinned_mut(|mut c| {
            // SAFETY: numbers and pointers; what is written is one of them.
            unsafe {
                let c = c.as_mut_ptr();
                let told = ((*c).count, (*c).word.request);
                (*c).word = both_ways { request: u32::MAX };
                told
            }
        });
        assert_eq!((told, value.answer), (Ok((3, 7)), -1));
    }
}

/// Two places in the C struct whose names read alike once they are joined.
mod places_that_read_alike {
    use pin_ffi::FfiPinned;

    #[repr(C)]
    struct head {
        n: usize,
    }

    #[repr(C)]
    struct packet {
        head: head,
        head_n: usize,
        a: *const u8,
        b: *const u8,
    }

    #[derive(FfiPinned)]
    #[ffi(c = packet)]
    struct Packet<'a> {
        #[ffi(ptr = a, len = head.n)]
        a: &'a [u8],
        #[ffi(ptr = b, len = head_n)]
        b: &'a [u8],
    }

    #[test]
    fn count_their_own_buffers() {
        let lengths = Packet { a: &[0; 3], b: &[0; 1000] }.with_pinned(|c| {
            // SAFETY: numbers and pointers.
            let c = unsafe { c.as_ref() };
            (c.head.n, c.head_n)
        });
        assert_eq!(lengths, Ok((3, 1000)));
    }
}

/// C that goes on in the array that it was given, as much code around `writev` does, and leaves NULL behind.
mod structs_that_c_changes {
    use core::ffi::c_int;
    use pin_ffi::pinned_ffi;
    use std::io::IoSliceMut;

    #[unsafe(no_mangle)]
    unsafe extern "C" fn pin_ffi_attack_c_side(iov: *mut libc::iovec, n: c_int) {
        for i in 0..n as usize {
            // SAFETY: `n` structs (caller).
            unsafe { *iov.add(i) = libc::iovec { iov_base: core::ptr::null_mut(), iov_len: usize::MAX } };
        }
    }

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = consume)]
        safe fn pin_ffi_attack_c_side(#[ffi(pin_mut, len = n)] iov: *mut libc::iovec, n: c_int);

        #[ffi(rename = address_of)]
        safe fn pin_ffi_attack_address(#[ffi(pin_mut, len = n)] iov: *const libc::iovec, n: c_int) -> usize;
    }

    #[unsafe(no_mangle)]
    extern "C" fn pin_ffi_attack_address(iov: *const libc::iovec, _: c_int) -> usize {
        iov.addr()
    }

    #[test]
    fn are_the_slices_where_c_does_not() {
        let mut bytes = [1, 2, 3];
        let mut slices = [IoSliceMut::new(&mut bytes)];
        let own = slices.as_ptr().addr();
        assert_eq!(address_of(&mut slices[..]).unwrap(), own);
    }

    #[test]
    fn are_not_the_slices() {
        let mut bytes = [1, 2, 3];
        let mut slices = [IoSliceMut::new(&mut bytes)];
        consume(&mut slices[..]).unwrap();
        assert_eq!(*slices[0], [1, 2, 3]);
    }
}

/// A struct by value in a packed one is not aligned.
mod packed {
    use pin_ffi::FfiPinned;

    #[repr(C, packed)]
    #[derive(Clone, Copy)]
    struct packet {
        tag: u8,
        text: libc::iovec,
    }

    #[derive(FfiPinned)]
    #[ffi(c = packet)]
    struct Packet<'a> {
        #[ffi(set = tag)]
        tag: u8,
        #[ffi(inline = text)]
        text: &'a [u8],
    }

    #[test]
    fn structs_are_written_unaligned() {
        let (none, text) = (libc::iovec { iov_base: core::ptr::null_mut(), iov_len: 0 }, [1, 2, 3]);
        let mut live = [packet { tag: 0, text: none }; 2];
        for live in &mut live {
            let len = Packet { tag: 1, text: &text }.with_pinned_in(live, |c| {
                // SAFETY: numbers and pointers.
                unsafe { c.as_ref() }.text.iov_len
            });
            assert_eq!((len, live.tag), (Ok(3), 1));
        }
    }
}

/// A type of the user's that is called as the type parameter of a lent value would be: C writes the user's.
mod type_of_a_type_parameters_name {
    use core::ffi::c_void;
    use pin_ffi::{OutBuf, Plain, pinned_ffi};
    use pin_ffi_tests::echo::Seen;

    #[derive(Debug, Clone, Copy, Plain, PartialEq)]
    #[repr(C)]
    struct PValue {
        low: u64,
        high: u64,
    }

    macro_rules! hidden {
        () => {
            PValue
        };
    }

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(rename = told)]
        safe fn echo_in(
            #[ffi(out = PValue, len_bytes = n, filled = all)] p: *mut c_void,
            n: usize,
            #[ffi(out)] seen: *mut Seen,
        );
    }

    mod by_a_macro {
        use super::*;

        #[pinned_ffi]
        unsafe extern "C" {
            #[ffi(rename = told)]
            pub(super) safe fn echo_in(
                #[ffi(out = hidden!(), len_bytes = n, filled = all)] p: *mut c_void,
                n: usize,
                #[ffi(out)] seen: *mut Seen,
            );
        }
    }

    #[test]
    fn is_what_c_writes() {
        let (mut seen, mut values) = (Seen::default(), [PValue { low: 1, high: 2 }; 3]);
        told(&mut values, &mut seen).unwrap();
        assert_eq!((seen.len, seen.sum), (48, 9));
        assert_eq!(by_a_macro::told(&mut OutBuf::new(&mut values[..2]), &mut seen).unwrap(), 2);
        assert_eq!((seen.len, seen.sum), (32, 6));
    }
}
