//! As many mappings as the kernel allows: alone in its process, for nothing else could be mapped meanwhile.
#![cfg(target_os = "linux")]

use pin_ffi::mmap::{MmapMut, Region, active_bytes, active_mappings};

/// As many mappings as the kernel allows, and what happens then.
#[test]
fn c03_mappings_up_to_the_limit_and_the_error_there() {
    if pin_ffi_tests::machine::sanitized() {
        println!("skipped: what looks on maps memory itself");
        return;
    }
    let limit = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap().trim().parse::<usize>().unwrap();
    let most = limit.min(100_000);
    // Every second one writable, so that the kernel does not merge neighbours.
    let mut maps = Vec::with_capacity(most);
    let mut error = None;
    while error.is_none() && maps.len() <= most {
        let map = MmapMut::anon(1).unwrap_or_else(|e| {
            error = Some(e);
            MmapMut::anon(0).unwrap()
        });
        if error.is_none() {
            if maps.len() % 2 == 0 {
                match map.make_read_only() {
                    Ok(map) => maps.push(Region::from(map)),
                    Err(denied) => error = Some(denied.error),
                }
            } else {
                maps.push(Region::from(map));
            }
        }
    }
    if most == limit {
        assert_eq!(error.expect("an end to it").raw_os_error(), Some(libc::ENOMEM));
    }
    assert!(maps.len() >= most.min(30_000), "{} of {limit}", maps.len());
    assert_eq!((active_mappings(), active_bytes() / pin_ffi::mmap::page_size()), (maps.len(), maps.len()));
    // In an order in which areas would have to be cut, were they merged.
    let mut even = true;
    maps.retain(|_| {
        even = !even;
        even
    });
    drop(maps);
    assert_eq!((active_mappings(), active_bytes() / pin_ffi::mmap::page_size()), (0, 0));
}
