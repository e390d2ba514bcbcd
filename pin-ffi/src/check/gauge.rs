//! A gauge: how much there is now, and the most there ever was, exact with any number of threads and without a place that
//! all of them write.
//!
//! It keeps what is missing to the most there ever was, in parts: each thread takes from its own part what it adds and
//! puts back there what it removes. Only a thread whose part is used up looks at the others', and only if nothing is
//! left anywhere is there more now than ever before. Threads that go up and down below the most meet nowhere.
//!
//! Numbers wrap: one large buffer that is pinned often has more bytes, counted as often, than fit a `usize`. What there is
//! is right again when it fits again, and from then on the most is told as the largest number.

use super::sync::{AtomicUsize, Mutex, Ordering, PoisonError, part, parts};

pub(crate) const PARTS: usize = 64;

/// On cache lines of its own.
#[repr(align(128))]
struct Part(AtomicUsize);

pub(crate) struct Gauge {
    /// What may be added before there is more than ever; the sum counts.
    parts: [Part; PARTS],
    most: Mutex<Most>,
}

struct Most {
    n: usize,
    /// Whether `n` has wrapped.
    wrapped: bool,
}

impl Gauge {
    pub(crate) const fn new() -> Self {
        Self { parts: [const { Part(AtomicUsize::new(0)) }; PARTS], most: Mutex::new(Most { n: 0, wrapped: false }) }
    }

    /// There is `n` more.
    #[inline]
    pub(crate) fn add(&self, n: usize) {
        let part = &self.parts[part()].0;
        let mut room = part.load(Ordering::Relaxed);
        while room >= n {
            match part.compare_exchange_weak(room, room - n, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => room = now,
            }
        }
        self.add_slow(n);
    }

    /// Takes what other threads have left over; what is still missing is a new high.
    #[cold]
    fn add_slow(&self, n: usize) {
        let mut most = self.most.lock().unwrap_or_else(PoisonError::into_inner);
        let mut got = 0;
        for part in &self.parts[..parts()] {
            if got >= n {
                break;
            }
            if part.0.load(Ordering::Relaxed) != 0 {
                got = part.0.swap(0, Ordering::Relaxed).wrapping_add(got);
            }
        }
        if got < n {
            let (more, wrapped) = most.n.overflowing_add(n - got);
            *most = Most { n: more, wrapped: most.wrapped || wrapped };
            got = n;
        }
        if got > n {
            self.parts[part()].0.fetch_add(got - n, Ordering::Relaxed);
        }
    }

    /// There is `n` less, which was added before.
    #[inline]
    pub(crate) fn remove(&self, n: usize) {
        self.parts[part()].0.fetch_add(n, Ordering::Relaxed);
    }

    /// How much there is, and was at most. Exact while nobody adds or removes.
    pub(crate) fn read(&self) -> (usize, usize) {
        let most = self.most.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.parts.iter().fold(0, |sum: usize, part| part.0.load(Ordering::Relaxed).wrapping_add(sum));
        if most.wrapped { (most.n.wrapping_sub(room), usize::MAX) } else { (most.n.saturating_sub(room), most.n) }
    }
}
