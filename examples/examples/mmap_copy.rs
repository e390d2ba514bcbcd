//! Copies a file by mapping source and target: copies from a reader to a writer, flushes, and compares. A source that
//! cannot be mapped is read.

use pin_ffi::mmap::{Advice, MmapOptions, Region, RegionMut};
use pin_ffi_examples::console::{complain, help, say};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: mmap_copy SRC DST

Copies SRC to DST through two memory mappings, waits until DST is written, and compares them.
DST is created, or overwritten. Nothing else may change or truncate the files meanwhile.
If SRC cannot be mapped, as a file of /proc, it is read.

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

/// Adds the name of this file to an error.
fn of(path: &Path) -> impl FnOnce(io::Error) -> io::Error + '_ {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// The source, mapped or read.
enum Source {
    Mapped(Region),
    Read(Vec<u8>),
}

impl Source {
    fn of(file: &File) -> io::Result<Self> {
        // SAFETY: as the usage says, nobody changes the file while it is copied.
        match unsafe { MmapOptions::new().map(file) } {
            Ok(map) => {
                map.advise(Advice::Sequential)?;
                Ok(Self::Mapped(Region::from(map)))
            }
            Err(_) if file.metadata()?.is_file() => {
                let (mut file, mut bytes) = (file, Vec::new());
                file.read_to_end(&mut bytes)?;
                Ok(Self::Read(bytes))
            }
            Err(error) => Err(error),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Mapped(region) => region,
            Self::Read(bytes) => bytes,
        }
    }
}

fn copy(from: &Path, to: &Path) -> io::Result<u64> {
    let source = File::open(from).map_err(of(from))?;
    let content = Source::of(&source).map_err(of(from))?;

    let target = File::options().read(true).write(true).create(true).truncate(false).open(to).map_err(of(to))?;
    let (a, b) = (source.metadata().map_err(of(from))?, target.metadata().map_err(of(to))?);
    if (a.dev(), a.ino()) == (b.dev(), b.ino()) {
        let error = io::Error::new(io::ErrorKind::InvalidInput, "is the same file");
        return Err(of(to)(error));
    }
    target.set_len(content.bytes().len() as u64).map_err(of(to))?;
    // SAFETY: as above.
    let target_map = unsafe { MmapOptions::new().map_mut(&target) }.map_err(of(to))?;
    let mut writer = RegionMut::from(target_map).into_writer();

    let copied = match &content {
        Source::Mapped(region) => io::copy(&mut region.reader(), &mut writer),
        Source::Read(bytes) => io::copy(&mut &bytes[..], &mut writer),
    };
    let copied = copied.map_err(of(to))?;
    writer.flush().map_err(of(to))?;
    if writer.region()[..] != *content.bytes() {
        return Err(of(to)(io::Error::new(io::ErrorKind::InvalidData, "differs from the source after copying")));
    }
    Ok(copied)
}
