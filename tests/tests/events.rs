//! What watches a program is told: `tracing` events at the moments that matter, and the counters for `metrics`.
//!
//! `cargo test -p pin-ffi-tests --features events --test events`

#![cfg(all(unix, feature = "events"))]
#![allow(clippy::useless_vec)] // memory of the allocator's, which is neither pinned nor static
#![allow(clippy::cast_precision_loss, clippy::float_cmp)] // small numbers, which metrics are told as `f64`

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use pin_ffi::{FfiPinned, FfiPinnedMut, InFlight, OutBuf, OutVec, Pinner, check, mmap, pinned_ffi, scope, stats};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The counters are the process's: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lines of text that a subscriber writes.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The events of `f` on this thread, a line each.
fn told(f: impl FnOnce()) -> String {
    let lines = Lines::default();
    let shared = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .with_writer(move || shared.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, f);
    String::from_utf8(lines.0.lock().unwrap().clone()).unwrap()
}

/// The metrics after `f`, by name.
fn measured(f: impl FnOnce()) -> BTreeMap<String, f64> {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, f);
    let number = |value| match value {
        DebugValue::Counter(n) => n as f64,
        DebugValue::Gauge(n) => n.into_inner(),
        DebugValue::Histogram(_) => f64::NAN,
    };
    let all = snapshots.snapshot().into_vec();
    all.into_iter().map(|(key, _, _, value)| (key.key().name().to_owned(), number(value))).collect()
}

#[derive(FfiPinned)]
struct Segment(Vec<u8>);

fn leak() {
    let mut operation = InFlight::new(Segment(vec![0; 10])).unwrap();
    operation.start();
    drop(operation);
}

#[test]
fn a_leaked_operation_is_a_warning_with_the_place_where_it_was_made() {
    let _alone = alone();
    let text = told(leak);
    assert!(text.contains(" WARN pin_ffi: an operation was dropped before C had finished with it"), "{text}");
    assert!(text.contains(&format!("made_at={}:", file!())), "{text}");
    let counted = measured(leak);
    assert_eq!(counted["pin_ffi_leaked_operations_total"], stats().leaked_operations as f64, "at once, as a total");
    let again = measured(|| stats().record());
    assert_eq!(again["pin_ffi_leaked_operations_total"], stats().leaked_operations as f64, "and not twice");
}

#[test]
#[cfg(any(debug_assertions, feature = "check"))]
fn a_failed_check_is_an_error_with_path_address_and_place() {
    let _alone = alone();
    let forgotten = vec![1_u8; 24];
    let iov = libc::iovec { iov_base: forgotten.as_ptr().cast_mut().cast(), iov_len: 24 };
    // SAFETY: an `iovec` leads to no further structs.
    let fail = || assert!(catch_unwind(AssertUnwindSafe(|| unsafe { check::verify(&iov) })).is_err());
    let text = told(fail);
    assert!(
        text.contains("ERROR pin_ffi: pointer check: `iovec.iov_base` leads to memory that is not pinned"),
        "{text}"
    );
    for field in ["path=\"iovec.iov_base\"", &format!("address={:p}", forgotten.as_ptr()), "len_bytes=24"] {
        assert!(text.contains(field), "{field}: {text}");
    }
    assert!(text.contains(&format!("at={}:", file!())), "{text}");
    let counted = measured(fail);
    assert_eq!(counted["pin_ffi_failed_checks_total"], stats().failed_checks as f64);
}

#[test]
#[cfg(target_os = "linux")]
fn a_lock_that_the_kernel_refuses_is_a_warning_with_the_limit() {
    let _alone = alone();
    // A thread may give up its privileges for itself, by the system call; the limit is the process's.
    let memory = vec![0_u8; 64];
    let before = limit(None);
    limit(Some(libc::rlimit { rlim_cur: 0, ..before }));
    let told_and_counted = std::thread::scope(|threads| {
        let thread = threads.spawn(|| {
            // SAFETY: no memory is involved.
            unsafe { libc::syscall(libc::SYS_setuid, 65534) };
            let refused = || {
                scope(|s| assert!(s.locked().pin(&memory).is_err()));
            };
            (told(refused), measured(refused))
        });
        thread.join()
    });
    limit(Some(before));
    let (text, counted) = told_and_counted.unwrap();
    assert!(text.contains(" WARN pin_ffi: cannot lock") && text.contains("limit=0"), "{text}");
    assert_eq!(counted["pin_ffi_refused_locks_total"], 1.0);
}

/// The limit of locked memory, before it is set to `new`.
fn limit(new: Option<libc::rlimit>) -> libc::rlimit {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: a place for the limit, and a limit.
    unsafe {
        libc::getrlimit(libc::RLIMIT_MEMLOCK, &raw mut limit);
        if let Some(new) = new {
            assert_eq!(libc::setrlimit(libc::RLIMIT_MEMLOCK, &raw const new), 0);
        }
    }
    limit
}

#[test]
fn a_report_of_more_than_the_buffer_holds_is_an_error() {
    #[repr(C)]
    struct answer {
        data: *mut u8,
        len: u32,
    }
    #[derive(FfiPinned)]
    #[ffi(c = answer)]
    struct Answer<'a>(#[ffi(ptr = data, len = len, inout)] OutBuf<'a, u8>);

    let _alone = alone();
    let lie = || {
        let mut memory = [0; 4];
        let mut answer = Answer(OutBuf::new(&mut memory));
        // SAFETY: a filled struct; nothing is written through it.
        let lent = answer.with_pinned_mut(|mut c| unsafe { (*c.as_mut_ptr()).len = 5 });
        assert!(lent.is_err());
    };
    let text = told(lie);
    assert!(text.contains("ERROR pin_ffi: `Answer.0`: C reported 5 in `len`, and the buffer holds 4"), "{text}");
    assert_eq!(measured(lie)["pin_ffi_refused_reports_total"], 1.0);
}

#[pinned_ffi(panic = -1)]
extern "C" fn callback(_n: i32) -> i32 {
    panic!("inside")
}

#[test]
fn a_panic_in_a_function_that_c_calls_is_an_error() {
    let _alone = alone();
    let call = || assert_eq!(callback(1), -1);
    let text = told(call);
    assert!(
        text.contains("ERROR pin_ffi: a function that C calls has panicked name=\"callback\" answered=true"),
        "{text}"
    );
    assert_eq!(measured(call)["pin_ffi_callback_panics_total"], 1.0);
}

#[test]
fn a_mapping_is_traced_and_what_goes_its_usual_way_is_silent() {
    let _alone = alone();
    let text = told(|| drop(mmap::MmapMut::anon(1).unwrap()));
    let bytes = mmap::page_size();
    assert!(text.contains(&format!("TRACE pin_ffi: mapped bytes={bytes}")), "{text}");
    assert!(text.contains(&format!("TRACE pin_ffi: unmapped bytes={bytes}")), "{text}");

    let _ = check::policy(); // read once, and told once
    let usual = || {
        let buffer = vec![0_u8; 8];
        scope(|s| {
            let _ = s.pin(&buffer);
        });
        assert!(Segment(buffer).with_pinned(|_| ()).is_ok());
    };
    assert_eq!(told(usual), "");
    assert!(measured(usual).is_empty());
}

#[test]
fn record_hands_over_each_counter() {
    let _alone = alone();
    let (buffer, map) = (vec![0_u8; 100], mmap::MmapMut::anon(1).unwrap());
    let before = stats();
    let pinner = Pinner::new();
    let _ = pinner.pin(&buffer);
    let now = stats();
    let found = measured(|| now.record());
    let expected = [
        ("pin_ffi_pins", now.pins),
        ("pin_ffi_pinned_bytes", now.pinned_bytes),
        ("pin_ffi_pins_most", now.most_pins),
        ("pin_ffi_pinned_bytes_most", now.most_pinned_bytes),
        ("pin_ffi_locked_bytes", now.locked_bytes),
        ("pin_ffi_mappings", now.mappings),
        ("pin_ffi_mapped_bytes", now.mapped_bytes),
        ("pin_ffi_leaked_operations_total", now.leaked_operations),
        ("pin_ffi_checks_total", now.checks),
        ("pin_ffi_failed_checks_total", now.failed_checks),
    ];
    let expected: BTreeMap<String, f64> = expected.into_iter().map(|(name, n)| (name.to_owned(), n as f64)).collect();
    assert_eq!(found, expected);
    assert_eq!(now.since(&before).pins, isize::from(check::is_on()));
    assert!(now.mappings == 1 && now.mapped_bytes == map.as_ref().len().next_multiple_of(mmap::page_size()));
}

/// Panics at the first event with this message.
struct Panics(Mutex<Option<&'static str>>);

impl tracing::Subscriber for Panics {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        struct Text(String);
        impl tracing::field::Visit for Text {
            fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        let mut waits_for = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *waits_for == Some(&text.0) {
            *waits_for = None;
            drop(waits_for);
            panic!("told of: {}", text.0);
        }
    }
}

/// Runs `f`, whoever is told `message` panics; whether `f` did.
fn panics_when_told(message: &'static str, f: impl FnOnce()) -> bool {
    let subscriber = Panics(Mutex::new(Some(message)));
    tracing::subscriber::with_default(subscriber, || catch_unwind(AssertUnwindSafe(f))).is_err()
}

#[test]
fn a_subscriber_that_panics_is_no_reason_not_to_answer() {
    let _alone = alone();
    let told = "a function that C calls has panicked";
    assert!(!panics_when_told(told, || assert_eq!(callback(1), -1)));
}

#[test]
fn a_subscriber_that_panics_leaves_no_completed_operation_behind() {
    #[derive(FfiPinned)]
    #[ffi(c = libc::msghdr)]
    struct Control {
        #[ffi(ptr = msg_control, len = msg_controllen, inout)]
        data: OutVec<u8>,
        #[ffi(skip)]
        _held: Arc<()>,
    }

    let _alone = alone();
    let (before, held) = (stats(), Arc::new(()));
    let value = Control { data: OutVec::with_capacity(8), _held: Arc::clone(&held) };
    let mut operation = InFlight::new(value).unwrap();
    // SAFETY: plays C, which reports more than there is.
    unsafe { (*operation.start()).msg_controllen = 99 };
    // SAFETY: nobody else has the struct.
    let complete = || drop(unsafe { operation.complete(true) });
    let told = "`Control.data`: C reported 99 in `msg_controllen`, and the buffer holds 8";
    assert!(panics_when_told(told, complete));
    assert_eq!(Arc::strong_count(&held), 1, "the value is dropped");
    assert!(stats().since(&before).is_clean(), "{}", stats().since(&before));
}

#[test]
fn a_subscriber_that_panics_leaves_mappings_whole() {
    let _alone = alone();
    let before = stats();
    let mut map = mmap::MmapMut::anon(8192).unwrap();
    #[cfg(target_os = "linux")]
    {
        assert!(!panics_when_told("unmapped", || map.resize(0, false).unwrap()), "it is told from drops too");
        assert!(map.is_empty(), "unmapped, and not once more");
    }
    map = mmap::MmapMut::anon(8192).unwrap();
    assert!(panics_when_told("mapped", || drop(mmap::MmapMut::anon(8192))));
    drop(map);

    let path = std::env::temp_dir().join(format!("pin-ffi-events-{}", std::process::id()));
    std::fs::write(&path, vec![7; 40_000]).unwrap();
    let file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    for _ in 0..20 {
        let mut memory = vec![1_u8; 60_000];
        assert!(panics_when_told("mapped", || {
            // SAFETY: nobody else has the file.
            unsafe { mmap::MmapOptions::new().map_over(&file, &mut memory, |_| ()) }.unwrap();
        }));
        assert!(memory.iter().all(|byte| *byte == 1), "put back");
        // SAFETY: as above.
        assert!(panics_when_told("mapped", || drop(unsafe { mmap::MmapOptions::new().map_vec(&file) })));
    }
    assert!(stats().since(&before).is_clean(), "{}", stats().since(&before));
}

/// Panics whenever it is told anything.
struct PanicsAlways;

impl tracing::Subscriber for PanicsAlways {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
    fn event(&self, _: &tracing::Event<'_>) {
        std::panic::panic_any(PanicsWhenDropped);
    }
}

/// What it panics with.
struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        assert!(std::thread::panicking(), "dropped");
    }
}

/// So does this recorder.
impl metrics::Recorder for PanicsAlways {
    fn describe_counter(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_gauge(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn describe_histogram(&self, _: metrics::KeyName, _: Option<metrics::Unit>, _: metrics::SharedString) {}
    fn register_counter(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Counter {
        std::panic::panic_any(PanicsWhenDropped);
    }
    fn register_gauge(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Gauge {
        std::panic::panic_any(PanicsWhenDropped);
    }
    fn register_histogram(&self, _: &metrics::Key, _: &metrics::Metadata<'_>) -> metrics::Histogram {
        std::panic::panic_any(PanicsWhenDropped);
    }
}

std::thread_local! {
    /// Dropped when the thread ends, or the process.
    static HELD: std::cell::RefCell<Vec<(mmap::MmapMut, InFlight<Segment>)>> =
        const { std::cell::RefCell::new(Vec::new()) };
}

/// A mapping that nobody is told of, and an operation that C has: what tells when it is dropped.
fn silent() -> (mmap::MmapMut, InFlight<Segment>) {
    let map = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || mmap::MmapMut::anon(1));
    let mut operation = InFlight::new(Segment(vec![0; 10])).unwrap();
    operation.start();
    (map.unwrap(), operation)
}

fn payload_is_ours(result: std::thread::Result<()>) -> bool {
    result.is_err_and(|payload| {
        let is_ours = payload.is::<PanicsWhenDropped>();
        std::mem::forget(payload);
        is_ours
    })
}

#[test]
fn no_drop_panics_whatever_is_told_panics() {
    const CHILD: &str = "PIN_FFI_TEST_ALONE";
    const NAME: &str = "no_drop_panics_whatever_is_told_panics";
    if std::env::var_os(CHILD).is_none() {
        let status = pin_ffi_tests::child::alone(NAME).env(CHILD, NAME).status().unwrap();
        assert_eq!(status.code(), Some(7));
        return;
    }
    let _ = check::policy(); // told once
    tracing::subscriber::set_global_default(PanicsAlways).unwrap();
    metrics::set_global_recorder(PanicsAlways).unwrap_or_else(|_| panic!("no recorder yet"));
    let before = stats();
    // The constructor's own event; what was mapped is unmapped, which tells again.
    assert!(payload_is_ours(catch_unwind(|| drop(mmap::MmapMut::anon(1)))));
    let file = std::fs::File::open("/proc/self/exe").unwrap();
    let options = mmap::MmapOptions::new().len(5000);
    let mut memory = vec![1_u8; 60_000];
    assert!(payload_is_ours(catch_unwind(AssertUnwindSafe(|| {
        // SAFETY: the program file, which nobody changes.
        let _ = unsafe { options.map_over(&file, &mut memory, |_| ()) };
    }))));
    assert!(memory.iter().all(|byte| *byte == 1));
    // SAFETY: as above.
    assert!(payload_is_ours(catch_unwind(AssertUnwindSafe(|| drop(unsafe { options.map_vec(&file) })))));
    assert!(stats().since(&before).is_clean());

    let held = [silent(), silent()];
    assert!(catch_unwind(AssertUnwindSafe(|| drop(held))).is_ok());
    let held = [silent(), silent()];
    let unwound = catch_unwind(AssertUnwindSafe(|| {
        let _held = held;
        panic!("on the way");
    }));
    assert_eq!(unwound.unwrap_err().downcast_ref(), Some(&"on the way"));
    let thread = std::thread::spawn(|| HELD.with(|held| held.borrow_mut().extend([silent(), silent()])));
    assert!(thread.join().is_ok());
    let since = stats().since(&before);
    assert_eq!((since.leaked_operations, since.mappings), (6, 0));
    HELD.with(|held| held.borrow_mut().push(silent()));
    std::process::exit(7);
}

#[test]
#[cfg(any(debug_assertions, feature = "check"))]
fn a_failed_check_ends_the_process_where_it_is_to_whatever_is_told_panics() {
    use std::os::unix::process::ExitStatusExt;
    const CHILD: &str = "PIN_FFI_TEST_ALONE";
    const NAME: &str = "a_failed_check_ends_the_process_where_it_is_to_whatever_is_told_panics";
    if std::env::var_os(CHILD).is_none() {
        let mut child = pin_ffi_tests::child::alone(NAME);
        let output = child.env(CHILD, NAME).env("PIN_FFI_CHECK", "abort").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.signal(), Some(libc::SIGABRT), "{said}");
        assert!(said.contains("`iovec.iov_base` leads to memory that is not pinned"), "{said}");
        return;
    }
    let _ = check::policy(); // told once
    tracing::subscriber::set_global_default(PanicsAlways).unwrap();
    metrics::set_global_recorder(PanicsAlways).unwrap_or_else(|_| panic!("no recorder yet"));
    let forgotten = vec![1_u8; 24];
    let iov = libc::iovec { iov_base: forgotten.as_ptr().cast_mut().cast(), iov_len: 24 };
    // SAFETY: an `iovec` leads to no further structs.
    let _ = catch_unwind(AssertUnwindSafe(|| unsafe { check::verify(&iov) }));
}
