//! Mapping calls with arbitrary arguments, beside a model of a file and of the bytes that a mapping shows.
#![no_main]

use libfuzzer_sys::arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pin_ffi::mmap::{
    Advice, LossyAdvice, Mmap, MmapMut, MmapOptions, MmapRaw, Mode, Region, RegionMut, active_bytes, active_mappings,
};
use std::fs::File;
use std::io::{self, Write};
use std::ops::{Bound, Range};
use std::os::fd::FromRawFd;
use std::os::unix::fs::FileExt;

type Bounds = (Bound<usize>, Bound<usize>);

/// A length or offset: small, around a page, or hostile.
fn number(u: &mut Unstructured<'_>) -> Result<usize> {
    let page = pin_ffi::mmap::page_size();
    Ok(match u.int_in_range(0..=7)? {
        0 => 0,
        1..=3 => u.int_in_range(0..=300)?,
        4 => page * u.int_in_range(0..=3_usize)? + u.int_in_range(0..=3_usize)?,
        5 => (page * u.int_in_range(1..=3_usize)?).wrapping_sub(u.int_in_range(0..=9_usize)?),
        6 => u.int_in_range(0..=4 * page)?,
        _ => *u.choose(&[usize::MAX, usize::MAX - 1, usize::MAX - 4095, isize::MAX as usize, 1 << 63, 1 << 40])?,
    })
}

fn bounds(u: &mut Unstructured<'_>) -> Result<Bounds> {
    let bound = |u: &mut Unstructured<'_>| {
        let n = number(u)?;
        Ok(match u.int_in_range(0..=2)? {
            0 => Bound::Included(n),
            1 => Bound::Excluded(n),
            _ => Bound::Unbounded,
        })
    };
    Ok((bound(u)?, bound(u)?))
}

/// What the bounds mean in `len` bytes, worked out in wider numbers; `None` if they are not inside.
fn inside(bounds: Bounds, len: usize) -> Option<Range<usize>> {
    let start = match bounds.0 {
        Bound::Included(n) => n as u128,
        Bound::Excluded(n) => n as u128 + 1,
        Bound::Unbounded => 0,
    };
    let end = match bounds.1 {
        Bound::Included(n) => n as u128 + 1,
        Bound::Excluded(n) => n as u128,
        Bound::Unbounded => len as u128,
    };
    (start <= end && end <= len as u128).then_some(start as usize..end as usize)
}

/// What a call on a range says: refused exactly if it is not inside. The kernel may refuse it for its own reasons.
fn agrees<T>(result: &io::Result<T>, bounds: Bounds, len: usize) {
    match result {
        Ok(_) => assert!(inside(bounds, len).is_some(), "{bounds:?} is not in {len} bytes"),
        Err(error) if error.raw_os_error().is_some() => assert!(inside(bounds, len).is_some(), "{error}: {bounds:?}"),
        Err(error) => assert!(inside(bounds, len).is_none(), "{error}: {bounds:?} is in {len} bytes"),
    }
}

/// A mapping, and what it should show.
enum Mapped {
    Read(Mmap),
    Write(MmapMut),
    Raw(MmapRaw),
    Shared(Vec<(Region, Vec<u8>)>),
    Split(Vec<(RegionMut, Vec<u8>)>),
}

struct Model {
    file: File,
    /// What is in the file.
    content: Vec<u8>,
    /// What the mapping shows.
    bytes: Vec<u8>,
    /// Where the mapping's first byte is in the file, if what is written reaches it.
    shared_at: Option<usize>,
}

impl Model {
    fn new(u: &mut Unstructured<'_>) -> Result<Self> {
        let page = pin_ffi::mmap::page_size();
        let len = match u.int_in_range(0..=2)? {
            0 => u.int_in_range(0..=200)?,
            1 => page * u.int_in_range(1..=3_usize)?,
            _ => u.int_in_range(0..=3 * page)?,
        };
        let content: Vec<u8> = (0..len).map(|i| (i * 7 % 251) as u8).collect();
        // SAFETY: a C string; the descriptor is ours.
        let mut file = unsafe {
            let fd = libc::memfd_create(c"fuzz".as_ptr(), libc::MFD_CLOEXEC);
            assert!(fd >= 0);
            File::from_raw_fd(fd)
        };
        file.write_all(&content).unwrap();
        Ok(Self { file, content, bytes: Vec::new(), shared_at: None })
    }

    /// The mapping's bytes in `range` become these.
    fn set(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        if let Some(from) = self.shared_at {
            self.content[from + at..from + at + bytes.len()].copy_from_slice(bytes);
        }
    }

    fn map(&mut self, u: &mut Unstructured<'_>) -> Result<Option<Mapped>> {
        let (offset, len) = (number(u)?, if u.arbitrary()? { Some(number(u)?) } else { None });
        let mut options = MmapOptions::new().offset(offset as u64);
        if let Some(len) = len {
            options = options.len(len);
        }
        if u.ratio(1, 8)? {
            options = options.populate();
        }
        let mode = *u.choose(&[Mode::ReadOnly, Mode::ReadPrivate, Mode::ReadWrite, Mode::CopyOnWrite])?;
        if u.ratio(1, 6)? {
            match (options.map_anon(), len) {
                (map, _) if offset != 0 => {
                    assert!(map.is_err(), "there is no offset into memory");
                    return Ok(None);
                }
                (Ok(map), Some(len)) if len <= 1 << 40 => {
                    if len > 1 << 20 {
                        return Ok(None);
                    }
                    (self.bytes, self.shared_at) = (vec![0; len], None);
                    return Ok(Some(Mapped::Write(map)));
                }
                (Err(_), None) => return Ok(None),
                (Err(error), Some(len)) => {
                    assert!(len > 1 << 20, "{error}");
                    return Ok(None);
                }
                (Ok(map), len) => panic!("{} bytes of {len:?}", map.len()),
            }
        }
        let size = self.content.len();
        let end = len.map_or(Some(size), |len| offset.checked_add(len));
        let good = end.is_some_and(|end| end <= size) && offset <= size;
        // SAFETY: nobody else has the file, and this program only changes it through the mapping.
        let mapped = unsafe {
            match mode {
                _ if u.ratio(1, 5)? => options.map_raw(&self.file, mode).map(Mapped::Raw),
                Mode::ReadOnly => options.map(&self.file).map(Mapped::Read),
                Mode::ReadPrivate => options.map_private(&self.file).map(Mapped::Read),
                Mode::ReadWrite => options.map_mut(&self.file).map(Mapped::Write),
                Mode::CopyOnWrite => options.map_copy(&self.file).map(Mapped::Write),
            }
        };
        match mapped {
            Ok(mapped) => {
                assert!(good, "{offset} + {len:?} of {size}");
                self.bytes = self.content[offset..end.unwrap()].to_vec();
                self.shared_at = mode.is_shared().then_some(offset);
                Ok(Some(mapped))
            }
            Err(error) => {
                assert!(!good, "{error}: {offset} + {len:?} of {size}");
                Ok(None)
            }
        }
    }

    /// Calls that every type has; `$map` is borrowed.
    fn step(&mut self, u: &mut Unstructured<'_>, mapped: Mapped) -> Result<Mapped> {
        macro_rules! pages {
            ($map:expr) => {{
                let (range, len) = (bounds(u)?, $map.len());
                match u.int_in_range(0..=1)? {
                    0 => {
                        let advice = *u.choose(Advice::ALL)?;
                        let result = $map.advise_range(advice, range);
                        // Not every kernel has all advice; that comes first.
                        if !matches!(&result, Err(e) if e.kind() == io::ErrorKind::Unsupported) {
                            agrees(&result, range, len);
                        }
                    }
                    _ => {
                        agrees(&$map.lock_range(range), range, len);
                        agrees(&$map.unlock_range(range), range, len);
                    }
                }
            }};
        }
        macro_rules! flushes {
            ($map:expr) => {{
                let (range, len) = (bounds(u)?, $map.len());
                if u.arbitrary()? {
                    agrees(&$map.flush_range(range), range, len);
                } else {
                    agrees(&$map.flush_async_range(range), range, len);
                }
            }};
        }
        macro_rules! view {
            ($map:expr, $t:ty) => {{
                let range = bounds(u)?;
                let expected = inside(range, self.bytes.len()).filter(|r| {
                    let size = size_of::<$t>();
                    ($map.as_ptr().addr() + r.start) % size == 0 && r.len() % size == 0
                });
                match ($map.view::<$t>(range), expected) {
                    (Ok(seen), Some(r)) => {
                        let bytes = seen.iter().flat_map(|n| n.to_ne_bytes()).collect::<Vec<_>>();
                        assert_eq!(bytes, self.bytes[r]);
                    }
                    // An empty range is aligned or not, as its address is.
                    (Err(_), None) => {}
                    (result, expected) => panic!("{range:?}: {result:?}, expected {expected:?}"),
                }
            }};
        }
        Ok(match mapped {
            Mapped::Read(mut map) => match u.int_in_range(0..=6)? {
                0 => {
                    pages!(map);
                    Mapped::Read(map)
                }
                1 => {
                    view!(map, u32);
                    Mapped::Read(map)
                }
                2 => {
                    let mode = map.mode();
                    match map.make_mut() {
                        Ok(map) => {
                            assert!(mode != Mode::ReadOnly && map.mode().is_writable());
                            Mapped::Write(map)
                        }
                        Err(denied) => {
                            assert_eq!(mode, Mode::ReadOnly, "{}", denied.error);
                            Mapped::Read(denied.mapping)
                        }
                    }
                }
                3 => {
                    let len = number(u)?;
                    let grows = len > self.bytes.len();
                    let result = map.resize(len, u.arbitrary()?);
                    assert!(result.is_err() || !grows || map.is_unchanging(), "a file's mapping grew");
                    self.resized(result.is_ok(), len, map.len());
                    Mapped::Read(map)
                }
                4 => Mapped::Raw(map.into()),
                _ => Mapped::Shared(vec![(map.into(), std::mem::take(&mut self.bytes))]),
            },
            Mapped::Write(mut map) => match u.int_in_range(0..=9)? {
                0 => {
                    pages!(map);
                    Mapped::Write(map)
                }
                1 => {
                    flushes!(map);
                    Mapped::Write(map)
                }
                2 => {
                    view!(map, u64);
                    Mapped::Write(map)
                }
                3 => match map.make_read_only() {
                    Ok(map) => Mapped::Read(map),
                    Err(denied) => panic!("{}", denied.error),
                },
                4 => {
                    let len = number(u)?;
                    let result = map.resize(len, u.arbitrary()?);
                    self.resized(result.is_ok(), len, map.len());
                    Mapped::Write(map)
                }
                5 => {
                    let range = bounds(u)?;
                    let byte = u.arbitrary()?;
                    match (map.view_mut::<u8>(range), inside(range, self.bytes.len())) {
                        (Ok(bytes), Some(r)) => {
                            bytes.fill(byte);
                            self.set(r.start, &vec![byte; r.len()]);
                        }
                        (Err(_), None) => {}
                        (result, expected) => panic!("{range:?}: {:?}, expected {expected:?}", result.map(|b| b.len())),
                    }
                    Mapped::Write(map)
                }
                6 => {
                    // What the advice spares is everything outside the range.
                    let (range, len) = (bounds(u)?, map.len());
                    // SAFETY: nobody depends on the bytes of the range.
                    let result = unsafe { map.advise_lossy_range(LossyAdvice::DontNeed, range) };
                    agrees(&result, range, len);
                    if let (Ok(()), Some(r)) = (result, inside(range, len)) {
                        for at in r {
                            // Private pages are the file's again, or zero.
                            self.bytes[at] = map[at];
                        }
                    }
                    Mapped::Write(map)
                }
                7 => Mapped::Raw(map.into()),
                8 => Mapped::Shared(vec![(map.into(), std::mem::take(&mut self.bytes))]),
                _ => Mapped::Split(vec![(map.into(), std::mem::take(&mut self.bytes))]),
            },
            Mapped::Raw(map) => {
                let (offset, mut copy) = (number(u)?, vec![0; number(u)?.min(9000)]);
                match u.int_in_range(0..=3)? {
                    0 => {
                        let expected = self.bytes.get(offset..).and_then(|rest| rest.get(..copy.len()));
                        let result = map.try_copy_to(offset, &mut copy);
                        assert_eq!(result.is_ok().then_some(&copy[..]), expected, "{result:?}");
                    }
                    1 => {
                        let n = map.try_read_at(offset, &mut copy).unwrap();
                        let rest = self.bytes.get(offset..).unwrap_or(&[]);
                        assert_eq!(copy[..n], rest[..copy.len().min(rest.len())]);
                    }
                    2 => {
                        copy.fill(u.arbitrary()?);
                        match map.try_write_at(offset, &copy) {
                            Ok(n) => {
                                assert_eq!(n, copy.len().min(self.bytes.len().saturating_sub(offset)));
                                if n > 0 {
                                    assert!(map.is_writable());
                                    self.set(offset, &copy[..n]);
                                }
                            }
                            Err(error) => assert!(!map.is_writable(), "{error}"),
                        }
                    }
                    _ => pages!(map),
                }
                Mapped::Raw(map)
            }
            Mapped::Shared(mut parts) => {
                let i = u.choose_index(parts.len())?;
                match u.int_in_range(0..=4)? {
                    0 => {
                        let range = bounds(u)?;
                        let (region, bytes) = &parts[i];
                        match (region.get(range), inside(range, bytes.len())) {
                            (Ok(part), Some(r)) => {
                                let bytes = bytes[r].to_vec();
                                parts.push((part, bytes));
                            }
                            (Err(_), None) => {}
                            (result, expected) => panic!("{range:?}: {result:?}, expected {expected:?}"),
                        }
                    }
                    1 => {
                        let (region, mut bytes) = parts.swap_remove(i);
                        let at = u.int_in_range(0..=bytes.len())?;
                        let (low, high) = region.split_at(at);
                        let rest = bytes.split_off(at);
                        parts.extend([(low, bytes), (high, rest)]);
                    }
                    2 if parts.len() > 1 => {
                        let (a, mut first) = parts.swap_remove(i);
                        let j = u.choose_index(parts.len())?;
                        let (b, second) = parts.swap_remove(j);
                        let neighbours = a.offset() + a.len() == b.offset();
                        match a.try_join(b) {
                            Ok(joined) => {
                                assert!(neighbours);
                                first.extend(second);
                                parts.push((joined, first));
                            }
                            Err((a, b)) => {
                                assert!(!neighbours);
                                parts.extend([(a, first), (b, second)]);
                            }
                        }
                    }
                    3 => drop((parts.len() > 1).then(|| parts.swap_remove(i))),
                    _ => pages!(parts[i].0),
                }
                parts.truncate(12);
                Mapped::Shared(parts)
            }
            Mapped::Split(mut parts) => {
                let i = u.choose_index(parts.len())?;
                match u.int_in_range(0..=4)? {
                    0 => {
                        let byte = u.arbitrary()?;
                        let (region, bytes) = &mut parts[i];
                        region.fill(byte);
                        bytes.fill(byte);
                    }
                    1 => {
                        let (region, mut bytes) = parts.swap_remove(i);
                        let at = u.int_in_range(0..=bytes.len())?;
                        let (low, high) = region.split_at(at);
                        let rest = bytes.split_off(at);
                        parts.extend([(low, bytes), (high, rest)]);
                    }
                    2 if parts.len() > 1 => {
                        let (a, mut first) = parts.swap_remove(i);
                        let j = u.choose_index(parts.len())?;
                        let (b, second) = parts.swap_remove(j);
                        let neighbours = a.offset() + a.len() == b.offset();
                        match a.try_join(b) {
                            Ok(joined) => {
                                assert!(neighbours);
                                first.extend(second);
                                parts.push((joined, first));
                            }
                            Err((a, b)) => {
                                assert!(!neighbours);
                                parts.extend([(a, first), (b, second)]);
                            }
                        }
                    }
                    3 => flushes!(parts[i].0),
                    _ => {
                        let range = bounds(u)?;
                        let (region, bytes) = &mut parts[i];
                        let len = bytes.len();
                        // SAFETY: nobody depends on the bytes of the range.
                        let result = unsafe { region.advise_lossy_range(LossyAdvice::DontNeed, range) };
                        agrees(&result, range, len);
                        if let (Ok(()), Some(r)) = (result, inside(range, len)) {
                            bytes[r.clone()].copy_from_slice(&region[r]);
                        }
                    }
                }
                Mapped::Split(parts)
            }
        })
    }

    fn resized(&mut self, is_ok: bool, len: usize, now: usize) {
        if is_ok {
            assert_eq!(now, len);
            self.bytes.resize(len, 0);
        }
        assert_eq!(now, self.bytes.len(), "after a refusal it is as it was");
    }

    fn check(&self, mapped: &Mapped) {
        match mapped {
            Mapped::Read(map) => assert_eq!(map[..], self.bytes),
            Mapped::Write(map) => assert_eq!(map[..], self.bytes),
            Mapped::Raw(map) => {
                let mut copy = vec![0; map.len()];
                map.try_copy_to(0, &mut copy).unwrap();
                assert_eq!(copy, self.bytes);
            }
            Mapped::Shared(parts) => parts.iter().for_each(|(region, bytes)| assert_eq!(region[..], bytes[..])),
            Mapped::Split(parts) => parts.iter().for_each(|(region, bytes)| assert_eq!(region[..], bytes[..])),
        }
        if self.shared_at.is_none() || !matches!(mapped, Mapped::Split(_)) {
            let mut content = vec![0; self.content.len()];
            self.file.read_exact_at(&mut content, 0).unwrap();
            assert_eq!(content, self.content);
        }
    }
}

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let mut model = Model::new(u)?;
    let Some(mut mapped) = model.map(u)? else { return Ok(()) };
    model.check(&mapped);
    for _ in 0..40 {
        if u.is_empty() {
            break;
        }
        mapped = model.step(u, mapped)?;
        model.check(&mapped);
    }
    Ok(())
}

fuzz_target!(|bytes: &[u8]| {
    let _ = run(&mut Unstructured::new(bytes));
    assert_eq!((active_mappings(), active_bytes()), (0, 0), "something stays mapped");
});
