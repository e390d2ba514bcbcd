//! A pin cannot leave its scope: not as the result, nor through what is outside.

use pin_ffi::pin::Pinned;

fn main() {
    let buf = [0_u8; 4];
    let mut outside: Option<Pinned<'_, u8>> = None;
    pin_ffi::scope(|s| outside = Some(s.pin(&buf)));
    let _result = pin_ffi::scope(|s| s.pin(&buf));
}
