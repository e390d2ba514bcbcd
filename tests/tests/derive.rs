use pin_ffi::{FfiArray, FfiPinned, FfiPinnedMut, OutBuf};

#[derive(FfiPinned)]
struct Packet<'a> {
    header: [u8; 16],
    body: &'a mut [u8],
    trailer: Vec<u8>,
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<'a> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: &'a mut [u8],
}

#[derive(FfiPinned)]
#[ffi(c = libc::msghdr)]
struct Received<'a> {
    #[ffi(ptr = msg_name, len = msg_namelen, inout)]
    from: Option<OutBuf<'a, u8>>,
    #[ffi(array = msg_iov, len = msg_iovlen)]
    segments: &'a mut [Segment<'a>],
    #[ffi(ptr = msg_control, len = msg_controllen, inout)]
    control: OutBuf<'a, u8>,
    #[ffi(out = msg_flags)]
    flags: libc::c_int,
}

#[test]
fn it() {
    let mut b = [0u8; 4];
    let mut p = Packet { header: [1; 16], body: &mut b, trailer: vec![1] };
    p.with_pinned_mut(|c| {
        let c = unsafe { c.as_ref() };
        assert_eq!(c[1].iov_len, 4);
    })
    .unwrap();
}
