use pin_ffi::FfiPinned;

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Bytes {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Vec<u8>,
}
