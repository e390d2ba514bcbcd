//! Counters: exact, printed as a table, and as a difference what a test asserts.
//!
//! One test in a process of its own: the counters are the process's.

use pin_ffi::{FfiPinned, InFlight, Pinner, check, scope, stats};

#[derive(FfiPinned)]
struct Segment(Vec<u8>);

#[test]
fn what_is_lent_is_counted_and_nothing_is_left() {
    let start = stats();
    let counted = |n: usize| if check::is_on() { n as isize } else { 0 };
    let buffer = vec![0_u8; 100];
    let pinner = Pinner::new();
    for _ in 0..3 {
        let _ = pinner.pin(&buffer[..40]);
    }
    let change = stats().since(&start);
    assert_eq!((change.pins, change.pinned_bytes), (counted(3), counted(120)));
    assert_eq!(change.is_clean(), !check::is_on());
    scope(|s| {
        let _ = s.pin(&buffer);
        assert_eq!(stats().since(&start).pinned_bytes, counted(220));
    });
    drop(pinner);
    let change = stats().since(&start);
    assert!(change.is_clean(), "{change}");
    assert_eq!((change.most_pins, change.most_pinned_bytes), (counted(4), counted(220)));

    let mut operation = InFlight::new(Segment(vec![0; 10])).unwrap();
    operation.start();
    assert_eq!(stats().since(&start).pinned_bytes, counted(10));
    drop(operation);
    let change = stats().since(&start);
    assert_eq!((change.leaked_operations, change.pinned_bytes), (1, counted(10)), "C may still write there");
    assert!(!change.is_clean());

    let table = change.to_string();
    let lines: Vec<Vec<&str>> = table.lines().map(|l| l.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["pins,", "bytes", &format!("{:+}", counted(1)), &format!("{:+}", counted(10))], "{table}");
    assert_eq!(lines[4], ["leaked", "+1"], "{table}");
    assert!(stats().to_string().lines().count() == 6);
}
