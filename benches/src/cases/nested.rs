//! Arrays in arrays, three of them inside each other: a value with rows of rows of buffers.

use super::c::{bench_read_sheets, bench_write_sheets, row, sheet};
use super::{ATTRIBUTE, BY_HAND, BYTES, Case, DERIVE, Run, Segment, cvt, moved, repeat};
use libc::{c_int, c_uint, iovec};
use pin_ffi::{FfiPinned, FfiPinnedMut, pinned_ffi};
use std::hint::black_box;
use std::io;
use std::mem::MaybeUninit;

pub(super) fn cases<const N: usize>(size: &'static str) -> Vec<Case> {
    macro_rules! ours {
        ($read:expr, $write:expr, $sites:ident) => {{
            let case = |what, form, run: fn(u64) -> Run| Case::sized(what, form, size, run);
            [
                case($read, BY_HAND, |n| run::<N>(n, $sites::nested_read_by_hand())),
                case($read, DERIVE, |n| run::<N>(n, $sites::nested_read_derive())),
                case($read, ATTRIBUTE, |n| run::<N>(n, $sites::nested_read_attribute())),
                case($write, BY_HAND, |n| run::<N>(n, $sites::nested_write_by_hand())),
                case($write, DERIVE, |n| run::<N>(n, $sites::nested_write_derive())),
                case($write, ATTRIBUTE, |n| run::<N>(n, $sites::nested_write_attribute())),
            ]
        }};
    }
    let one = ours!("arrays in arrays, read", "arrays in arrays, written", one);
    let nine = ours!("arrays in arrays, read, nine call sites", "arrays in arrays, written, nine call sites", nine);
    one.into_iter().chain(nine).collect()
}

sites! {
    fn nested_read_by_hand(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
    fn nested_read_derive(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
    fn nested_read_attribute(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
    fn nested_write_by_hand(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
    fn nested_write_derive(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
    fn nested_write_attribute(sheets: &mut [Sheet<'_>]) -> io::Result<usize>;
}

#[derive(FfiPinned)]
#[ffi(c = row)]
struct Row<'a> {
    #[ffi(array = cells, len = n)]
    cells: Vec<Segment<'a>>,
}

#[derive(FfiPinned)]
#[ffi(c = sheet)]
struct Sheet<'a> {
    #[ffi(array = rows, len = n)]
    rows: Vec<Row<'a>>,
}

#[inline(always)]
fn run<const N: usize>(iterations: u64, mut call: impl FnMut(&mut [Sheet<'_>]) -> io::Result<usize>) -> Run {
    let mut memory = [[[[1_u8; BYTES]; N]; N]; N];
    let mut sheets: Vec<Sheet<'_>> = Vec::new();
    for rows in &mut memory {
        sheets.push(Sheet {
            rows: rows
                .iter_mut()
                .map(|cells| Row { cells: cells.iter_mut().map(|bytes| Segment { bytes }).collect() })
                .collect(),
        });
    }
    repeat(iterations, || moved(call(black_box(&mut sheets)), N))
}

/// Room on the stack, as a hand would keep it.
struct Rooms {
    sheets: [MaybeUninit<sheet>; 16],
    rows: [MaybeUninit<row>; 64],
    cells: [MaybeUninit<iovec>; 128],
}

impl Rooms {
    #[inline(always)]
    fn new() -> Self {
        Self {
            sheets: [const { MaybeUninit::uninit() }; 16],
            rows: [const { MaybeUninit::uninit() }; 64],
            cells: [const { MaybeUninit::uninit() }; 128],
        }
    }
}

/// The next `n` of a room.
#[inline(always)]
fn next<'r, T>(room: &mut &'r mut [MaybeUninit<T>], n: usize) -> io::Result<&'r mut [MaybeUninit<T>]> {
    let (first, rest) = std::mem::take(room).split_at_mut_checked(n).ok_or(io::ErrorKind::InvalidInput)?;
    *room = rest;
    Ok(first)
}

#[inline(always)]
fn count(n: usize) -> io::Result<c_uint> {
    n.try_into().map_err(|_| io::ErrorKind::InvalidInput.into())
}

/// The first of the sheets that lead to all rows and buffers, and how many sheets.
#[inline(always)]
fn put_sheets(rooms: &mut Rooms, sheets: &mut [Sheet<'_>]) -> io::Result<(*mut sheet, c_uint)> {
    let (mut c_sheets, mut c_rows, mut c_cells) = (&mut rooms.sheets[..], &mut rooms.rows[..], &mut rooms.cells[..]);
    let (n, c_sheets) = (count(sheets.len())?, next(&mut c_sheets, sheets.len())?);
    let first = c_sheets.as_mut_ptr().cast();
    for (c, value) in c_sheets.iter_mut().zip(sheets) {
        let c_rows = next(&mut c_rows, value.rows.len())?;
        c.write(sheet { rows: c_rows.as_mut_ptr().cast(), n: count(value.rows.len())? });
        for (c, value) in c_rows.iter_mut().zip(&mut value.rows) {
            let c_cells = next(&mut c_cells, value.cells.len())?;
            c.write(row { cells: c_cells.as_mut_ptr().cast(), n: count(value.cells.len())? });
            for (c, value) in c_cells.iter_mut().zip(&mut value.cells) {
                c.write(iovec { iov_base: value.bytes.as_mut_ptr().cast(), iov_len: value.bytes.len() });
            }
        }
    }
    Ok((first, n))
}

#[inline]
fn nested_read_by_hand(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    let mut rooms = Rooms::new();
    let (first, n) = put_sheets(&mut rooms, sheets)?;
    // SAFETY: the sheets lead to filled rows, and those to iovecs of borrowed buffers.
    cvt(unsafe { bench_read_sheets(first, n) } as isize)
}

#[inline]
fn nested_write_by_hand(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    let mut rooms = Rooms::new();
    let (first, n) = put_sheets(&mut rooms, sheets)?;
    // SAFETY: the sheets lead to filled rows, and those to iovecs of exclusively borrowed buffers.
    cvt(unsafe { bench_write_sheets(first, n) } as isize)
}

/// A struct that leads to the sheets.
#[repr(C)]
struct book {
    sheets: *mut sheet,
    n: c_uint,
}

#[derive(FfiPinned)]
#[ffi(c = book)]
struct Book<'a, 'b> {
    #[ffi(array = sheets, len = n)]
    sheets: &'a mut [Sheet<'b>],
}

#[inline]
fn nested_read_derive(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    Book { sheets }.with_pinned(|c| {
        // SAFETY: all of it is filled while this closure runs.
        cvt(unsafe { bench_read_sheets(c.as_ref().sheets, c.as_ref().n) } as isize)
    })?
}

#[inline]
fn nested_write_derive(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    Book { sheets }.with_pinned_mut(|mut c| {
        // SAFETY: all of it is filled while this closure runs.
        cvt(unsafe { bench_write_sheets((*c.as_mut_ptr()).sheets, c.as_ref().n) } as isize)
    })?
}

mod calls {
    use super::{c_int, c_uint, pinned_ffi, sheet};

    #[pinned_ffi]
    unsafe extern "C" {
        #[ffi(err = minus_one)]
        pub(super) safe fn bench_read_sheets(#[ffi(pin, len = n)] sheets: *const sheet, n: c_uint) -> c_int;
        #[ffi(err = minus_one)]
        pub(super) safe fn bench_write_sheets(#[ffi(pin_mut, len = n)] sheets: *mut sheet, n: c_uint) -> c_int;
    }
}

#[inline]
fn nested_read_attribute(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    Ok(calls::bench_read_sheets(sheets)? as usize)
}

#[inline]
fn nested_write_attribute(sheets: &mut [Sheet<'_>]) -> io::Result<usize> {
    Ok(calls::bench_write_sheets(sheets)? as usize)
}
