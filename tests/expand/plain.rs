use pin_ffi::Plain;

#[derive(Clone, Copy, Plain)]
#[repr(C)]
struct event {
    kind: u16,
    code: u16,
    value: i32,
    time: [u64; 2],
}
