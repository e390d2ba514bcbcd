//! Mappings as registered buffers of `io_uring`: the pages are looked up once, each operation has its part on loan.
#![cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]

mod mmap_common;

use io_uring::{IoUring, opcode, types};
use mmap_common::{TempFile, mapped_at, page_size, pattern};
use pin_ffi::mmap::{MemfdOptions, MmapMut, MmapOptions, Region, RegionMut, active_mappings};
use pin_ffi::{
    FfiPinned, InFlight,
    manual::{Exclusive, Shared},
};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::ptr::NonNull;

/// A part of a registered mapping, for the kernel to write.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Target {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: RegionMut,
}

/// A part of a registered mapping, for the kernel to read.
#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Source {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: Region,
}

/// A ring, if the kernel has any for us.
fn ring() -> Option<IoUring> {
    match IoUring::new(8) {
        Ok(ring) => Some(ring),
        Err(error) => {
            println!("skipped: no io_uring to be had ({error})");
            None
        }
    }
}

/// Makes this memory the ring's buffers 0, 1, ... It is read and written by operations alone, and these have it on loan.
fn register(ring: &IoUring, parts: &[&[u8]]) -> io::Result<()> {
    let iovecs: Vec<_> = parts
        .iter()
        .map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() })
        .collect();
    // SAFETY: mapped memory, whose pages the kernel keeps by itself as long as they are registered.
    unsafe { ring.submitter().register_buffers(&iovecs) }
}

/// Starts reading into the part, of buffer `index`: it is away until [`wait`] gives it back.
fn start_read(ring: &mut IoUring, file: &File, offset: u64, index: u16, part: RegionMut) {
    let c = InFlight::<_, Exclusive>::new(Target { bytes: part }).unwrap().into_raw();
    // SAFETY: filled, and the kernel does not have it yet.
    let libc::iovec { iov_base, iov_len } = unsafe { c.read() };
    let entry = opcode::ReadFixed::new(types::Fd(file.as_raw_fd()), iov_base.cast(), iov_len as u32, index);
    let entry = entry.offset(offset).build().user_data(c.as_ptr().expose_provenance() as u64);
    start(ring, &entry);
}

/// Starts writing the part, of buffer `index`. Others may read it meanwhile.
fn start_write(ring: &mut IoUring, file: &File, offset: u64, index: u16, part: Region) {
    let c = InFlight::<_, Shared>::reading(Source { bytes: part }).unwrap().into_raw();
    // SAFETY: filled, and the kernel does not have it yet.
    let libc::iovec { iov_base, iov_len } = unsafe { c.read() };
    let entry = opcode::WriteFixed::new(types::Fd(file.as_raw_fd()), iov_base.cast(), iov_len as u32, index);
    let entry = entry.offset(offset).build().user_data(c.as_ptr().expose_provenance() as u64);
    start(ring, &entry);
}

fn start(ring: &mut IoUring, entry: &io_uring::squeue::Entry) {
    // SAFETY: the bytes are on loan until the operation is completed.
    unsafe { ring.submission().push(entry) }.unwrap();
    ring.submit().unwrap();
}

/// Waits until one operation has ended; gives the address it was started with, and its result.
fn wait(ring: &mut IoUring) -> (NonNull<libc::iovec>, io::Result<usize>) {
    ring.submit_and_wait(1).unwrap();
    let ended = ring.completion().next().unwrap();
    let n = ended.result();
    let n = if n < 0 { Err(io::Error::from_raw_os_error(-n)) } else { Ok(n as usize) };
    (NonNull::new(std::ptr::with_exposed_provenance_mut(ended.user_data() as usize)).unwrap(), n)
}

fn wait_read(ring: &mut IoUring) -> (RegionMut, io::Result<usize>) {
    let (c, n) = wait(ring);
    // SAFETY: the address that was started with, and given up there; the kernel has finished.
    (unsafe { InFlight::<Target, Exclusive>::from_raw(c).complete(n.is_ok()) }.unwrap().bytes, n)
}

fn wait_write(ring: &mut IoUring) -> (Region, io::Result<usize>) {
    let (c, n) = wait(ring);
    // SAFETY: as above.
    (unsafe { InFlight::<Source, Shared>::from_raw(c).complete(n.is_ok()) }.unwrap().bytes, n)
}

#[test]
fn parts_of_a_registered_mapping_are_read_into_and_written_from() {
    let Some(mut ring) = ring() else { return };
    let content = pattern(4 * page_size());
    let (from, to) = (TempFile::new(&content), TempFile::new(b""));
    let map = MmapMut::anon(content.len()).unwrap();
    register(&ring, &[&map]).unwrap();

    // Three at once, into disjoint parts of the one buffer; the ends are in no certain order.
    let (first, rest) = RegionMut::from(map).split_at(100);
    let (second, third) = rest.split_at(2 * page_size());
    for part in [third, first, second] {
        let offset = part.offset() as u64;
        start_read(&mut ring, &from.file, offset, 0, part);
    }
    let mut parts: Vec<_> = std::iter::repeat_with(|| {
        let (part, n) = wait_read(&mut ring);
        assert_eq!(n.unwrap(), part.len());
        part
    })
    .take(3)
    .collect();
    parts.sort_by_key(RegionMut::offset);
    let whole = parts.into_iter().reduce(|low, high| low.try_join(high).unwrap()).unwrap();
    assert_eq!(whole[..], content);

    // Shared from here on: written to a file while it is read here.
    let whole = whole.freeze();
    for part in [whole.slice(..5000), whole.slice(5000..)] {
        start_write(&mut ring, &to.file, part.offset() as u64, 0, part);
    }
    for _ in 0..2 {
        assert_eq!(whole[..], content);
        let (part, n) = wait_write(&mut ring);
        assert_eq!(n.unwrap(), part.len());
    }
    assert_eq!(to.content(), content);
    ring.submitter().unregister_buffers().unwrap();
    assert_eq!(&whole.try_into_map_mut().unwrap()[..], content);
}

#[test]
fn several_mappings_are_registered_together() {
    let Some(mut ring) = ring() else { return };
    let temp = TempFile::new(b"from the file");
    let fd = File::from(MemfdOptions::new(c"shared").shared(page_size()).unwrap());
    // SAFETY: a test's own memfd.
    let shared = unsafe { MmapOptions::new().map_mut(&fd) }.unwrap();
    let inherited = MmapOptions::new().len(50).map_anon_shared().unwrap();
    register(&ring, &[&shared, &inherited]).unwrap();
    for (index, map) in [(0, shared), (1, inherited)] {
        start_read(&mut ring, &temp.file, 5, index, RegionMut::from(map).split_at(8).0);
        let (part, n) = wait_read(&mut ring);
        assert_eq!((n.unwrap(), &part[..]), (8, &b"the file"[..]));
    }
    let mut seen = [0; 8];
    std::os::unix::fs::FileExt::read_exact_at(&fd, &mut seen, 0).unwrap();
    assert_eq!(&seen, b"the file", "the memfd's own pages");
}

/// A file on a disk: newer kernels refuse to keep its pages for writing, for the file system would not know.
#[test]
fn a_mapped_file_is_registered_or_refused() {
    let Some(mut ring) = ring() else { return };
    let (from, to) = (TempFile::new(b"kernel"), TempFile::new(&[0; 6]));
    // SAFETY: a test's own file.
    let map = unsafe { MmapMut::map_mut(&to.file) }.unwrap();
    if let Err(error) = register(&ring, &[&map]) {
        assert!(matches!(error.raw_os_error(), Some(libc::EFAULT | libc::EOPNOTSUPP)), "{error}");
        println!("this kernel registers no pages of such a file ({error})");
        return;
    }
    start_read(&mut ring, &from.file, 0, 0, RegionMut::from(map));
    let (part, n) = wait_read(&mut ring);
    assert_eq!(n.unwrap(), 6);
    part.try_into_map_mut().unwrap().flush().unwrap();
    assert_eq!(to.content(), b"kernel");
}

#[test]
fn memory_that_cannot_be_written_is_not_registered() {
    let Some(ring) = ring() else { return };
    let fd = MemfdOptions::new(c"sealed").sealed(b"content").unwrap();
    let map = MmapOptions::new().map_sealed(&fd).unwrap();
    assert_eq!(register(&ring, &[&map]).unwrap_err().raw_os_error(), Some(libc::EFAULT));
    assert_eq!(&map[..], b"content");
}

#[test]
fn an_operation_keeps_its_part_mapped_until_it_ends() {
    let Some(mut ring) = ring() else { return };
    let (reader, mut writer) = std::os::unix::net::UnixStream::pair().unwrap();
    let map = MmapMut::anon(page_size()).unwrap();
    let address = map.as_ptr();
    register(&ring, &[&map]).unwrap();
    let (part, rest) = RegionMut::from(map).split_at(10);
    let reader = File::from(std::os::fd::OwnedFd::from(reader));
    start_read(&mut ring, &reader, 0, 0, part);
    drop(rest);
    assert!(mapped_at(address).is_some() && active_mappings() > 0);
    assert!(ring.completion().next().is_none(), "nothing to read yet");
    io::Write::write_all(&mut writer, b"late").unwrap();
    let (part, n) = wait_read(&mut ring);
    assert_eq!((n.unwrap(), &part[..5], part.as_ptr()), (4, &b"late\0"[..], address));
}

#[test]
fn an_operation_outside_the_registered_part_is_refused_by_the_kernel() {
    let Some(mut ring) = ring() else { return };
    let temp = TempFile::new(b"content");
    let (low, high) = RegionMut::from(MmapMut::anon(2 * page_size()).unwrap()).split_at(page_size());
    register(&ring, &[&low]).unwrap();
    start_read(&mut ring, &temp.file, 0, 0, high);
    let (high, n) = wait_read(&mut ring);
    assert_eq!(n.unwrap_err().raw_os_error(), Some(libc::EFAULT));
    assert!(high.iter().all(|&b| b == 0));
    start_read(&mut ring, &temp.file, 0, 0, low);
    assert_eq!(&wait_read(&mut ring).0[..7], b"content");
}
