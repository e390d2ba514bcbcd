//! Structs whose tokens come from several macros: names and `self` are found all the same.
#![deny(warnings)]
use pin_ffi::{FfiPinned, FfiPinnedMut, OutBuf};

mod segment {
    macro_rules! segment {
        ($name:ident, $c:path, $place:ident, $field:ident, $ty:ty) => {
            #[derive(pin_ffi::FfiPinned)]
            #[ffi(c = $c)]
            pub struct $name {
                #[ffi(ptr = $place, len = iov_len, max = 3)]
                pub $field: $ty,
            }
        };
    }
    segment!(Segment, libc::iovec, iov_base, bytes, Vec<u8>);
}
use segment::Segment;

macro_rules! messages {
    ($field:ident, $place:ident, $message:ty, $segments:ty, $plain:ty) => {
        #[derive(FfiPinned)]
        #[ffi(c = libc::mmsghdr)]
        struct Outer {
            #[ffi(inline = msg_hdr)]
            $field: $message,
            #[ffi(inout = $place)]
            n: u32,
        }

        #[derive(FfiPinned)]
        #[ffi(c = libc::msghdr)]
        struct Message {
            #[ffi(array = msg_iov, len = msg_iovlen)]
            $field: $segments,
            #[ffi(ptr = msg_control, len = msg_controllen, inout)]
            control: Option<OutBuf<'static, u8>>,
        }

        #[derive(FfiPinned)]
        struct Tuple($plain, [u8; 3]);
    };
}
messages!(inner, msg_len, Message, Vec<Segment>, Vec<u8>);

fn main() {
    let segments = vec![Segment { bytes: vec![1, 2] }];
    let mut outer = Outer { inner: Message { inner: segments, control: None }, n: 7 };
    // SAFETY: filled while the closure runs.
    let n = outer.with_pinned_mut(|c| unsafe { c.as_ref().msg_len }).unwrap();
    assert_eq!(n, 7);
    Tuple(vec![1], [0; 3]).with_pinned(|_| ()).unwrap();
}
