use pin_ffi::FfiPinned;

#[repr(C)]
struct samples {
    left: *mut f32,
    right: *mut f32,
    count: u32,
}

#[derive(FfiPinned)]
#[ffi(c = samples)]
struct Samples<B, const MAX: usize>
where
    B: Send,
{
    #[ffi(ptr = left, len = count, max = 48_000)]
    left: B,
    #[ffi(ptr = right, len = count)]
    right: [f32; MAX],
}
