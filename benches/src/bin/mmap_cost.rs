//! What mappings cost against raw `libc`, `memmap2`, `bytes` and `memcpy`, as median ratios of one interleaved run.
//!
//! `cargo run --release --manifest-path benches/Cargo.toml --bin mmap_cost [ROUNDS]`
//!
//! Each round runs every contender of a row in turn, in an order that changes from round to round; a row shows the median
//! over all rounds of (ours / theirs) within a round, with the quartiles, so that what disturbs a round disturbs both.

use pin_ffi::mmap::{MmapMut, MmapOptions, Mode, Region, SealedMemfd, catch_sigbus};
use std::fs::File;
use std::hint::black_box;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::Instant;

type Contender<'a> = (&'static str, Box<dyn FnMut() + 'a>);

/// One row: `contenders[0]` against each of the others. Each call of a contender is one operation.
fn row(name: &str, limit: Option<f64>, rounds: usize, repeats: usize, mut contenders: Vec<Contender<'_>>) {
    let n = contenders.len();
    for (_, run) in &mut contenders {
        for _ in 0..repeats.min(100) {
            run();
        }
    }
    // Short turns, so that most rounds fit between two turns of other programs: about a tenth of a millisecond each.
    let start = Instant::now();
    for _ in 0..repeats {
        (contenders[0].1)();
    }
    let turns = (start.elapsed().as_micros() as usize / 100).clamp(1, repeats.min(20));
    let (rounds, repeats) = (rounds * turns, repeats / turns);
    let mut times = vec![Vec::with_capacity(rounds); n];
    for round in 0..rounds {
        for turn in 0..n {
            // Forwards and backwards in turn, from another one each time.
            let which = if round % 2 == 0 { (round / 2 + turn) % n } else { (round / 2 + n - turn) % n };
            let start = Instant::now();
            for _ in 0..repeats {
                (contenders[which].1)();
            }
            times[which].push(start.elapsed().as_secs_f64() * 1e9 / repeats as f64);
        }
    }
    let median = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        (values[values.len() / 4], values[values.len() / 2], values[values.len() * 3 / 4])
    };
    for other in 1..n {
        let ratios = (0..rounds).map(|round| times[0][round] / times[other][round]).collect();
        let (low, middle, high) = median(ratios);
        let ns = (median(times[0].clone()).1, median(times[other].clone()).1);
        let verdict = match limit.filter(|_| other == 1) {
            Some(limit) if middle > limit => format!("OVER {limit}"),
            Some(limit) => format!("<= {limit}"),
            None => String::new(),
        };
        println!(
            "| {name} | {} | {:.1} | {:.1} | {middle:.3} | {low:.3} .. {high:.3} | {verdict} |",
            contenders[other].0, ns.0, ns.1
        );
    }
}

/// A file in memory, so that no disk is measured.
fn memory_file(len: u64) -> File {
    use std::os::fd::FromRawFd;
    // SAFETY: a C string; the descriptor is ours alone.
    let file = unsafe { File::from_raw_fd(libc::memfd_create(c"bench".as_ptr(), libc::MFD_CLOEXEC)) };
    file.set_len(len).unwrap();
    file
}

fn disk_file(len: u64) -> File {
    let path = std::env::temp_dir().join(format!("pin-ffi-bench-{}", std::process::id()));
    let file = File::options().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.set_len(len).unwrap();
    file
}

/// A sealed memfd of `len` bytes that takes no memory: all of it is a hole.
fn sealed_holes(len: usize) -> File {
    use std::os::fd::FromRawFd;
    // SAFETY: a C string, and a descriptor of our own.
    unsafe {
        let flags = libc::MFD_CLOEXEC | libc::MFD_ALLOW_SEALING;
        let file = File::from_raw_fd(libc::memfd_create(c"bench".as_ptr(), flags));
        file.set_len(len as u64).unwrap();
        let seals = libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW;
        assert_eq!(libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals), 0);
        file
    }
}

fn map_and_unmap(rounds: usize) {
    for (name, len) in [("4 KiB", 4096), ("1 MiB", 1 << 20), ("1 GiB sparse", 1 << 30)] {
        let file = &memory_file(len as u64);
        let raw_of = move |fd| {
            // SAFETY: a mapping of our own, unmapped again.
            move || unsafe {
                let p = libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ, libc::MAP_SHARED, fd, 0);
                assert!(p != libc::MAP_FAILED);
                libc::munmap(black_box(p), len);
            }
        };
        let raw = raw_of(file.as_raw_fd());
        let raw_with_size = move || {
            // SAFETY: as above.
            unsafe {
                let mut stat: libc::stat = std::mem::zeroed();
                assert!(libc::fstat(file.as_raw_fd(), &raw mut stat) == 0);
                let len = stat.st_size as usize;
                let p = libc::mmap(std::ptr::null_mut(), len, libc::PROT_READ, libc::MAP_SHARED, file.as_raw_fd(), 0);
                assert!(p != libc::MAP_FAILED);
                libc::munmap(black_box(p), len);
            }
        };
        let given = MmapOptions::new().len(len);
        let (known, unchecked) = (given.file_len(len as u64), given.allow_past_end());
        let memfd = &SealedMemfd::new(sealed_holes(len)).unwrap();
        let raw_sealed = raw_of(memfd.as_fd().as_raw_fd());
        for (what, limit, ours, raw) in [
            (
                "file_len",
                Some(1.03),
                // SAFETY: a file of our own.
                Box::new(move || drop(black_box(unsafe { known.map(file) }))) as Box<dyn FnMut()>,
                Box::new(raw) as Box<dyn FnMut()>,
            ),
            (
                "allow_past_end",
                Some(1.03),
                // SAFETY: as above.
                Box::new(move || drop(black_box(unsafe { unchecked.map(file) }))),
                Box::new(raw),
            ),
            // SAFETY: as above.
            ("asked each time", None, Box::new(move || drop(black_box(unsafe { given.map(file) }))), Box::new(raw)),
            ("SealedMemfd", Some(1.03), Box::new(move || drop(black_box(memfd.map(given)))), Box::new(raw_sealed)),
        ] {
            row(
                &format!("map + unmap {name}, given length, {what}"),
                limit,
                rounds,
                500,
                vec![
                    ("pin-ffi", ours),
                    ("libc", raw),
                    ("libc with fstat", Box::new(raw_with_size)),
                    (
                        "memmap2",
                        // SAFETY: as above.
                        Box::new(move || drop(black_box(unsafe { memmap2::MmapOptions::new().len(len).map(file) }))),
                    ),
                ],
            );
        }
        row(
            &format!("map + unmap {name}, whole file"),
            None,
            rounds,
            500,
            vec![
                // SAFETY: as above.
                ("pin-ffi", Box::new(move || drop(black_box(unsafe { MmapOptions::new().map(file) })))),
                ("libc with fstat", Box::new(raw_with_size)),
                // SAFETY: as above.
                ("memmap2", Box::new(move || drop(black_box(unsafe { memmap2::Mmap::map(file) })))),
            ],
        );
    }
}

fn use_memory(rounds: usize) {
    const TOUCHED: usize = 1 << 20;
    row(
        "anonymous 1 MiB: map, touch each page, unmap",
        None,
        rounds,
        20,
        vec![
            ("pin-ffi", Box::new(|| touch(&mut MmapMut::anon(TOUCHED).unwrap()))),
            (
                "libc",
                Box::new(|| {
                    let prot = libc::PROT_READ | libc::PROT_WRITE;
                    // SAFETY: memory of our own.
                    unsafe {
                        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
                        let p = libc::mmap(std::ptr::null_mut(), TOUCHED, prot, flags, -1, 0);
                        touch(std::slice::from_raw_parts_mut(p.cast(), TOUCHED));
                        libc::munmap(p, TOUCHED);
                    }
                }),
            ),
            ("memmap2", Box::new(|| touch(&mut memmap2::MmapMut::map_anon(TOUCHED).unwrap()))),
        ],
    );

    let len = 512 << 20;
    let file = memory_file(len as u64);
    let prot = libc::PROT_READ | libc::PROT_WRITE;
    // SAFETY: a file of our own; the raw one is unmapped when the process ends.
    let (ours, theirs, raw) = unsafe {
        let p = libc::mmap(std::ptr::null_mut(), len, prot, libc::MAP_SHARED, file.as_raw_fd(), 0);
        let raw: &[u8] = std::slice::from_raw_parts(p.cast(), len);
        (MmapOptions::new().map(&file).unwrap(), memmap2::Mmap::map(&file).unwrap(), raw)
    };
    row(
        "sum 512 MiB",
        None,
        rounds.min(15),
        1,
        vec![
            ("pin-ffi", Box::new(|| sum(&ours))),
            ("libc", Box::new(|| sum(raw))),
            ("memmap2", Box::new(|| sum(&theirs))),
        ],
    );

    let file = disk_file(1 << 20);
    // SAFETY: as above.
    let (mut ours, mut theirs) =
        unsafe { (MmapOptions::new().map_mut(&file).unwrap(), memmap2::MmapMut::map_mut(&file).unwrap()) };
    row(
        "write and flush one page of a file",
        None,
        rounds,
        3,
        vec![
            (
                "pin-ffi",
                Box::new(|| {
                    ours[8192] ^= 1;
                    ours.flush_range(8192..8193).unwrap();
                }),
            ),
            (
                "memmap2",
                Box::new(|| {
                    theirs[8192] ^= 1;
                    theirs.flush_range(8192, 1).unwrap();
                }),
            ),
        ],
    );
}

fn touch(bytes: &mut [u8]) {
    for page in bytes.chunks_mut(4096) {
        page[0] = 1;
    }
    black_box(bytes);
}

fn sum(bytes: &[u8]) {
    // In u64s, as fast as memory goes.
    let total =
        bytes.chunks_exact(8).map(|eight| u64::from_ne_bytes(eight.try_into().unwrap())).fold(0, u64::wrapping_add);
    black_box(total);
}

fn share(rounds: usize) {
    let len = 1 << 20;
    let region = Region::from(MmapMut::anon(len).unwrap());
    let arc = Arc::new(memmap2::MmapMut::map_anon(len).unwrap());
    let bytes = bytes::Bytes::from_owner(memmap2::MmapMut::map_anon(len).unwrap());
    let (from, to) = (black_box(1000), black_box(2000));
    // The part is passed on, as an owned part is for; whoever gets it looks at it and drops it.
    row(
        "clone + slice + pass on + use + drop",
        Some(1.0),
        rounds,
        100_000,
        vec![
            (
                "pin-ffi Region",
                Box::new(|| {
                    let part = black_box(black_box(&region).slice(from..to));
                    black_box(&part[..]);
                }),
            ),
            (
                "Arc<Mmap> + range",
                Box::new(|| {
                    let (owner, range) = black_box((Arc::clone(black_box(&arc)), from..to));
                    black_box(&owner[range]);
                }),
            ),
            (
                "bytes::Bytes",
                Box::new(|| {
                    let part = black_box(black_box(&bytes).slice(from..to));
                    black_box(&part[..]);
                }),
            ),
        ],
    );
}

fn copy(rounds: usize) {
    let len = 1 << 20;
    let file = memory_file(len as u64);
    let map = MmapOptions::new().populate().map_raw(&file, Mode::ReadOnly).unwrap();
    // Both from a page's start on: where the target lies a little behind the source in its page, `memcpy` is at its worst.
    let mut target = MmapMut::anon(len).unwrap();
    target.fill(1);
    for handler in [false, true] {
        if handler && !catch_sigbus().unwrap() {
            println!("| try_copy_to with the handler | | | | | | not on this machine |");
            return;
        }
        for (name, size, repeats, limit) in
            [("64 B", 64, 20_000, None), ("4 KiB", 4096, 5000, Some(1.3)), ("1 MiB", len, 50, Some(1.05))]
        {
            let target = std::cell::RefCell::new(&mut target[..size]);
            row(
                &format!("try_copy_to {name}, {}", if handler { "with the handler" } else { "through the kernel" }),
                limit.filter(|_| handler),
                rounds,
                if handler { repeats } else { repeats.min(1000) },
                vec![
                    ("pin-ffi", Box::new(|| map.try_copy_to(0, black_box(&mut target.borrow_mut())).unwrap())),
                    (
                        "memcpy",
                        Box::new(|| {
                            let mut target = target.borrow_mut();
                            // SAFETY: both are as long, and apart.
                            unsafe {
                                std::ptr::copy_nonoverlapping(black_box(map.as_ptr()), target.as_mut_ptr(), size)
                            };
                            black_box(&mut target);
                        }),
                    ),
                    (
                        "pread",
                        Box::new(|| {
                            let mut target = target.borrow_mut();
                            std::os::unix::fs::FileExt::read_exact_at(&file, &mut target, 0).unwrap();
                        }),
                    ),
                ],
            );
        }
    }
}

fn main() {
    let rounds = match std::env::args().nth(1).map(|arg| arg.parse()) {
        None => 101,
        Some(Ok(rounds)) if rounds > 0 => rounds,
        Some(_) => {
            eprintln!("usage: mmap_cost [ROUNDS]");
            std::process::exit(2);
        }
    };
    println!("| what | against | pin-ffi ns | theirs ns | median ratio | quartiles | wanted |");
    println!("|---|---|---|---|---|---|---|");
    map_and_unmap(rounds);
    use_memory(rounds);
    share(rounds);
    copy(rounds);
}
