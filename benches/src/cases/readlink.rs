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
    macro_rules! ours {
        ($what:expr, $sites:ident) => {{
            let case = |form, run: fn(u64) -> Run| Case::call($what, form, 1, run);
            [
                case(BY_HAND, |n| run_filled(n, $sites::readlink_by_hand())),
                case(ATTRIBUTE, |n| run_filled(n, $sites::readlink_attribute())),
                case(PINNER, |n| run_filled(n, $sites::readlink_pinner())),
                case(REUSED, |n| {
                    let (mut idle, mut call) = (Pinner::new(), $sites::readlink_reused());
                    run(n, |link, memory| Ok(call(&mut idle, link, memory)?.len()))
                }),
            ]
        }};
    }
    let case = |form, run: fn(u64) -> Run| Case::call("readlink", form, 1, run);
    let peers = [
        case("std", |n| run(n, |link, _| Ok(readlink_std(link)?.as_os_str().len()))),
        case("nix", |n| run(n, |link, _| Ok(readlink_nix(link)?.len()))),
        case("rustix", |n| run(n, |link, memory| Ok(readlink_rustix(link, memory)?.len()))),
    ];
    ours!("readlink", one).into_iter().chain(peers).chain(ours!("readlink, nine call sites", nine)).collect()
}

sites! {
    fn readlink_by_hand<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]>;
    fn readlink_attribute<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]>;
    fn readlink_pinner<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]>;
    fn readlink_reused<'a>(idle: &mut Pinner<'_>, link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]>;
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

#[inline(always)]
fn run_filled(iterations: u64, mut readlink: impl for<'a> FnMut(&CStr, &'a mut Memory) -> io::Result<&'a [u8]>) -> Run {
    run(iterations, |link, memory| Ok(readlink(link, memory)?.len()))
}

#[inline]
fn readlink_by_hand<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    // SAFETY: a C string, and exclusively borrowed memory.
    let n = cvt(unsafe { libc::readlink(link.as_ptr(), memory.as_mut_ptr().cast(), memory.len()) })?;
    let Some(filled) = memory.get(..n) else { return Err(io::ErrorKind::InvalidData.into()) };
    // SAFETY: the kernel has initialised these bytes.
    Ok(unsafe { std::slice::from_raw_parts(filled.as_ptr().cast(), filled.len()) })
}

#[inline]
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

#[inline]
fn readlink_pinner<'a>(link: &CStr, memory: &'a mut Memory) -> io::Result<&'a [u8]> {
    let mut target = OutBuf::uninit(memory);
    let n = readlink_pinned(&Pinner::new(), link, &mut target)?;
    // SAFETY: the kernel has initialised so many bytes.
    unsafe { target.assume_filled(n) };
    Ok(target.into_filled())
}

#[inline]
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
