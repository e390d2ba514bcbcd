//! Reads a symbolic link's target: a C string goes in, and uninitialised memory is filled.

use super::{ATTRIBUTE, BY_HAND, Case, PINNER, Pins, REUSED, Run, cvt, moved, repeat};
use pin_ffi::{OutBuf, Pinner, calls};
use std::ffi::{CStr, CString, OsStr, OsString};
use std::hint::black_box;
use std::io;
use std::mem::MaybeUninit;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::symlink;
use std::path::PathBuf;

pub(super) fn cases() -> Vec<Case> {
    let case = |form, run: fn(u64) -> Run| Case::call("readlink", form, 1, run);
    vec![
        case(BY_HAND, |n| run(n, |link, memory| Ok(readlink_by_hand(link, memory)?.len()))),
        case(ATTRIBUTE, |n| run(n, |link, memory| Ok(readlink_attribute(link, memory)?.len()))),
        case(PINNER, |n| run(n, |link, memory| Ok(readlink_pinner(link, memory)?.len()))),
        case(REUSED, |n| {
            let mut idle = Pinner::new();
            run(n, |link, memory| Ok(readlink_reused(&mut idle, link, memory)?.len()))
        }),
        case("std", |n| run(n, |link, _| Ok(readlink_std(link)?.as_os_str().len()))),
        case("nix", |n| run(n, |link, _| Ok(readlink_nix(link)?.len()))),
        case("rustix", |n| run(n, |link, memory| Ok(readlink_rustix(link, memory)?.len()))),
    ]
}

type Memory = [MaybeUninit<u8>; 256];

#[inline(always)]
fn run(iterations: u64, mut readlink: impl FnMut(&CStr, &mut Memory) -> io::Result<usize>) -> Run {
    const TARGET: &str = "what the link leads to";
    let folder = tempfile::tempdir().expect("a folder");
    let link = folder.path().join("link");
    symlink(TARGET, &link).expect("a link");
    let link = CString::new(link.into_os_string().into_vec()).expect("no NUL");
    let mut memory: Memory = [MaybeUninit::uninit(); 256];
    repeat(iterations, || moved(readlink(black_box(&link), black_box(&mut memory)), TARGET.len()))
}

#[inline(never)]
fn readlink_by_hand<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    // SAFETY: a C string, and exclusively borrowed memory.
    let n = cvt(unsafe { libc::readlink(link.as_ptr(), memory.as_mut_ptr().cast(), memory.len()) })?;
    let Some(filled) = memory.get(..n) else { return Err(io::ErrorKind::InvalidData.into()) };
    // SAFETY: the kernel has initialised these bytes.
    Ok(unsafe { std::slice::from_raw_parts(filled.as_ptr().cast(), filled.len()) })
}

#[inline(never)]
fn readlink_attribute<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    let (target, _) = calls::readlink(link, &mut memory[..])?;
    Ok(target)
}

#[inline(always)]
fn readlink_pinned<'a>(pins: &impl Pins<'a>, link: &'a CStr, memory: &'a mut OutBuf<'_, u8>) -> io::Result<usize> {
    let (link, memory) = (pins.pin(link), pins.pin_mut(memory));
    // SAFETY: a C string, and memory pinned for writing.
    cvt(unsafe { libc::readlink(link.as_ptr().cast(), memory.as_mut_ptr().cast(), memory.len()) })
}

#[inline(never)]
fn readlink_pinner<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    let mut target = OutBuf::uninit(memory);
    let n = readlink_pinned(&Pinner::new(), link, &mut target)?;
    // SAFETY: the kernel has initialised so many bytes.
    unsafe { target.assume_filled(n) };
    Ok(target.into_filled())
}

#[inline(never)]
fn readlink_reused<'a>(idle: &mut Pinner<'_>, link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    let mut target = OutBuf::uninit(memory);
    let n = idle.scope(|pins| readlink_pinned(pins, link, &mut target));
    // SAFETY: as above.
    unsafe { target.assume_filled(n?) };
    Ok(target.into_filled())
}

#[inline(never)]
fn readlink_std(link: &CStr) -> io::Result<PathBuf> {
    std::fs::read_link(OsStr::from_bytes(link.to_bytes()))
}

#[inline(never)]
fn readlink_nix(link: &CStr) -> nix::Result<OsString> {
    nix::fcntl::readlink(link)
}

#[inline(never)]
fn readlink_rustix<'a>(link: &CStr, memory: &'a mut Memory) -> rustix::io::Result<&'a [u8]> {
    let (target, _) = rustix::fs::readlinkat_raw(rustix::fs::CWD, link, &mut memory[..])?;
    Ok(target)
}
