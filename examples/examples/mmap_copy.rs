//! Copies a file by mapping both: reader to writer, flush, compare.

use pin_ffi::mmap::{Advice, MmapOptions, Region, RegionMut};
use pin_ffi_examples::console::{complain, help, say};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: mmap_copy SRC DST

Copies SRC to DST through two memory mappings, waits until DST is written, and compares them.
DST is created, or overwritten. Nothing else may change or truncate the files meanwhile.

exit status: 0 copied and equal, 1 an error, 2 wrong usage";

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        return help("mmap_copy", USAGE);
    }
    let [from, to] = args.as_slice() else {
        complain(USAGE);
        return ExitCode::from(2);
    };
    match copy(from.as_ref(), to.as_ref()).and_then(|bytes| say(format_args!("{bytes} bytes"))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(format_args!("mmap_copy: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// The same error, of this file.
fn of(path: &Path) -> impl FnOnce(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    let source = File::open(from).map_err(of(from))?;
    // SAFETY: as the usage says, nobody changes the file while it is copied.
    let source_map = unsafe { MmapOptions::new().map(&source) }.map_err(of(from))?;
    source_map.advise(Advice::Sequential).map_err(of(from))?;
    let source_map = Region::from(source_map);

    let target = File::options().read(true).write(true).create(true).truncate(false).open(to).map_err(of(to))?;
    let (a, b) = (source.metadata().map_err(of(from))?, target.metadata().map_err(of(to))?);
    if (a.dev(), a.ino()) == (b.dev(), b.ino()) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "is the same file");
        return Err(of(to)(error));
    }
    target.set_len(source_map.len() as u64).map_err(of(to))?;
    // SAFETY: as above.
    let target_map = unsafe { MmapOptions::new().map_mut(&target) }.map_err(of(to))?;
    let mut writer = RegionMut::from(target_map).into_writer();

    let copied = io::copy(&mut source_map.reader(), &mut writer).map_err(of(to))?;
    writer.flush().map_err(of(to))?;
    if writer.region()[..] != source_map[..] {
        return Err(of(to)(io::Error::new(io::ErrorKind::InvalidData, "differs from the source after copying")));
    }
    Ok(copied)
}
