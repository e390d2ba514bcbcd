//! Block devices: their size is asked for, as a file's is. A loop device over a file, where we may make one.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, page_size, pattern, reason};
use pin_ffi::mmap::{MapError, MmapOptions, Mode};
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

// <linux/loop.h>
const LOOP_SET_FD: u32 = 0x4C00;
const LOOP_CLR_FD: u32 = 0x4C01;
const LOOP_CTL_GET_FREE: u32 = 0x4C82;

fn ioctl(file: &File, request: u32, argument: libc::c_int) -> io::Result<i32> {
    // SAFETY: a request of a loop device, whose argument is a number.
    let n = unsafe { libc::ioctl(file.as_raw_fd(), request as _, argument) };
    if n < 0 { Err(io::Error::last_os_error()) } else { Ok(n) }
}

/// A block device with the file's content; given up when dropped.
struct Loop(File);

impl Loop {
    fn over(file: &File) -> io::Result<Self> {
        let control = File::options().read(true).write(true).open("/dev/loop-control")?;
        // Somebody else may take the free one first.
        for _ in 0..10 {
            let path = format!("/dev/loop{}", ioctl(&control, LOOP_CTL_GET_FREE, 0)?);
            let device = File::options().read(true).write(true).open(path)?;
            match ioctl(&device, LOOP_SET_FD, file.as_raw_fd()) {
                Err(error) if error.raw_os_error() == Some(libc::EBUSY) => {}
                result => return result.map(|_| Self(device)),
            }
        }
        Err(io::Error::new(io::ErrorKind::ResourceBusy, "others take every free loop device"))
    }
}

impl Drop for Loop {
    fn drop(&mut self) {
        let _ = ioctl(&self.0, LOOP_CLR_FD, 0);
    }
}

#[test]
fn m01_a_block_device_is_mapped_to_its_end() {
    let content = pattern(3 * page_size() + 512);
    let temp = TempFile::new(&content);
    let device = match Loop::over(&temp.file) {
        Ok(device) => device,
        Err(error) => {
            println!("skipped: no loop device to be had ({error})");
            return;
        }
    };
    assert_eq!(device.0.metadata().unwrap().len(), 0, "what `fstat` says of it");
    for options in [MmapOptions::new(), MmapOptions::new().offset(page_size() as u64 + 7)] {
        let map = options.map_raw(&device.0, Mode::ReadOnly).unwrap();
        let mut bytes = vec![0; map.len()];
        map.try_copy_to(0, &mut bytes).unwrap();
        assert_eq!(bytes, content[content.len() - map.len()..]);
    }
    assert_eq!(MmapOptions::new().map_raw(&device.0, Mode::ReadOnly).unwrap().len(), content.len());
    let error = MmapOptions::new().len(content.len() + 1).map_raw(&device.0, Mode::ReadOnly).unwrap_err();
    let size = content.len() as u64;
    assert_eq!(reason(&error), &MapError::PastEnd { offset: 0, len: Some(content.len() + 1), size });

    // Written through the mapping.
    let map = MmapOptions::new().offset(100).len(5).map_raw(&device.0, Mode::ReadWrite).unwrap();
    assert_eq!(map.try_write_at(0, b"loop!").unwrap(), 5);
    map.flush().unwrap();
    assert_eq!(&temp.content()[99..106], &[&content[99..100], b"loop!", &content[105..106]].concat());
}
