//! What C may write is not read meanwhile.

fn main() {
    let mut buf = [0_u8; 16];
    pin_ffi::scope(|s| {
        let pin = s.pin_mut(&mut buf);
        println!("{}", buf[0]);
        let _ = pin;
    });
}
