//! Mappings lent to C by the derive: gathered, scattered, pinned, in flight.
#![cfg(target_os = "linux")]

use pin_ffi::mmap::{Mmap, MmapMut, Region, RegionMut};
use pin_ffi::{FfiPinned, InFlight, manual::Exclusive, pinned_ffi};
use std::ffi::c_int;
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

#[pinned_ffi]
unsafe extern "C" {
    /// Reads into `iov`, in order.
    #[ffi(err = minus_one)]
    safe fn readv(
        #[ffi(fd)] fd: c_int,
        #[ffi(pin_mut, len = iovcnt)] iov: *const libc::iovec,
        iovcnt: c_int,
    ) -> libc::ssize_t;

    /// Writes `iov`, in order.
    #[ffi(err = minus_one)]
    safe fn writev(
        #[ffi(fd)] fd: c_int,
        #[ffi(pin, len = iovcnt)] iov: *const libc::iovec,
        iovcnt: c_int,
    ) -> libc::ssize_t;
}

fn memory(content: &[u8]) -> MmapMut {
    let mut map = MmapMut::anon(content.len()).unwrap();
    map.copy_from_slice(content);
    map
}

#[derive(FfiPinned)]
#[ffi(c = libc::iovec)]
struct Segment<B: pin_ffi::Lend<Elem = u8>> {
    #[ffi(ptr = iov_base, len = iov_len)]
    bytes: B,
}

#[derive(FfiPinned)]
struct Message {
    header: Region,
    body: Mmap,
    trailer: RegionMut,
    end: MmapMut,
}

#[test]
fn every_mapping_is_gathered_by_the_derive() {
    let (mut reader, writer) = UnixStream::pair().unwrap();
    let message = Message {
        header: Region::from(memory(b"<<head>>")).slice(2..6),
        body: memory(b" body").make_read_only().unwrap(),
        trailer: RegionMut::from(memory(b"xx tail")).split_at(2).1,
        end: memory(b"."),
    };
    let n = message
        .with_pinned(|c| {
            // SAFETY: four filled iovecs, which C only reads.
            unsafe { libc::writev(std::os::fd::AsRawFd::as_raw_fd(&writer), c.as_ptr().cast(), 4) }
        })
        .unwrap();
    let mut bytes = vec![0; usize::try_from(n).unwrap()];
    reader.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, b"head body tail.");
}

#[test]
fn regions_are_gathered_by_a_safe_function() {
    let (mut reader, writer) = UnixStream::pair().unwrap();
    let region = Region::from(memory(b"0123456789"));
    let segments = [Segment { bytes: region.slice(7..) }, Segment { bytes: region.slice(..2) }];
    assert_eq!(writev(writer.as_fd(), &segments).unwrap(), 5);
    let mut bytes = [0; 5];
    reader.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"78901");
}

#[test]
fn disjoint_parts_of_one_mapping_are_scattered_into() {
    let (reader, mut writer) = UnixStream::pair().unwrap();
    writer.write_all(b"abcdefgh").unwrap();
    let (low, high) = RegionMut::from(memory(b"........")).split_at(3);
    // The higher part first.
    let mut segments = [Segment { bytes: high }, Segment { bytes: low }];
    assert_eq!(readv(reader.as_fd(), &mut segments).unwrap(), 8);
    let [high, low] = segments.map(|segment| segment.bytes);
    assert_eq!(&low.try_join(high).unwrap()[..], b"fghabcde");
}

#[test]
fn a_file_is_scattered_into_by_the_kernel() {
    let path = std::env::temp_dir().join(format!("pin-ffi-lend-{}", std::process::id()));
    std::fs::write(&path, [0; 6]).unwrap();
    let file = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    // SAFETY: a test's own file.
    let map = unsafe { MmapMut::map_mut(&file) }.unwrap();
    let (reader, mut writer) = UnixStream::pair().unwrap();
    writer.write_all(b"kernel").unwrap();
    let mut segments = [Segment { bytes: map }];
    assert_eq!(readv(reader.as_fd(), &mut segments).unwrap(), 6);
    segments[0].bytes.flush().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"kernel");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_mapping_is_pinned_for_a_scope() {
    let (mut map, region) = (memory(b"abc"), Region::from(memory(b"defg")));
    pin_ffi::scope(|s| {
        let (written, read) = (s.pin_mut(&mut map), s.pin(&region));
        assert_eq!((written.len(), read.len()), (3, 4));
    });
}

#[test]
fn a_mapping_moves_into_an_operation_and_comes_back() {
    let map = memory(b"....");
    let address = map.as_ptr();
    let mut operation = InFlight::<_, Exclusive>::new(Segment { bytes: map }).unwrap();
    let iovec = operation.start();
    // SAFETY: the cell holds a filled iovec over four bytes that only C reaches now.
    unsafe {
        assert_eq!(((*iovec).iov_base.cast_const().cast::<u8>(), (*iovec).iov_len), (address, 4));
        (*iovec).iov_base.cast::<u8>().copy_from_nonoverlapping(b"done".as_ptr(), 4);
    }
    // SAFETY: C has finished.
    let segment = unsafe { operation.complete(true) }.unwrap();
    assert_eq!((&segment.bytes[..], segment.bytes.as_ptr()), (&b"done"[..], address));
}
