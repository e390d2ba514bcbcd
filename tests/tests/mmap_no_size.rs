//! Files that say that they have 0 bytes, and have some: of `/proc`, of `/sys`, of a file system that is served by this
//! test. None of them is mapped as empty.
#![cfg(target_os = "linux")]

mod mmap_common;

use mmap_common::{TempFile, memfd, page_size, reason};
use pin_ffi::mmap::{MapError, MmapOptions, Mode, active_mappings};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};
use std::path::Path;

const NEW: MmapOptions = MmapOptions::new();

/// What each constructor of a file's window says of the whole file: its length, or why not.
fn lengths(file: &(impl AsFd + ?Sized)) -> Vec<io::Result<usize>> {
    let mut memory = vec![0; 3 * page_size()];
    let raw = [Mode::ReadOnly, Mode::ReadPrivate, Mode::CopyOnWrite];
    let raw = raw.map(|mode| NEW.map_raw(file, mode).map(|map| map.len()));
    // SAFETY: the tests' own files, or none at all.
    let shown = unsafe {
        [
            NEW.map(file).map(|map| map.len()),
            NEW.map_private(file).map(|map| map.len()),
            NEW.map_copy(file).map(|map| map.len()),
            NEW.map_vec(file).map(|map| map.len()),
            NEW.map_over(file, &mut memory, <[u8]>::len),
            // What was seen of it earlier is no reason to believe it.
            NEW.file_len(0).map(file).map(|map| map.len()),
            NEW.allow_past_end().map(file).map(|map| map.len()),
        ]
    };
    raw.into_iter().chain(shown).collect()
}

#[track_caller]
fn assert_no_size(file: &(impl AsFd + ?Sized)) {
    for length in lengths(file) {
        let error = length.expect_err("an empty mapping");
        assert_eq!(reason(&error), &MapError::NoSize);
        assert!(error.to_string().contains("does not know its size"), "{error}");
    }
}

#[test]
fn files_of_proc_and_sys_are_not_empty() {
    let mut seen = 0;
    for path in ["cpuinfo", "meminfo", "self/status", "self/maps", "self/cmdline", "self/mem", "sys/kernel/ostype"] {
        if let Ok(file) = File::open(Path::new("/proc").join(path)) {
            assert_no_size(&file);
            seen += 1;
        }
    }
    assert!(seen > 0);
    for path in ["fs/cgroup/cgroup.procs", "fs/cgroup/unified/cgroup.procs"] {
        if let Ok(file) = File::open(Path::new("/sys").join(path)) {
            assert_no_size(&file);
        }
    }
    // With a length the kernel is asked, which has no mapping of it to give.
    let file = File::open("/proc/self/status").unwrap();
    assert_eq!(NEW.len(1).map_raw(&file, Mode::ReadOnly).unwrap_err().raw_os_error(), Some(libc::ENODEV));
    assert!(NEW.len(0).map_raw(&file, Mode::ReadOnly).unwrap().is_empty(), "no bytes were asked for");
}

#[test]
fn what_is_no_file_is_not_empty() {
    let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    assert_no_size(&socket);
    let mut ends = [0; 2];
    // SAFETY: room for two descriptors, which are new.
    let ends: [OwnedFd; 2] = unsafe {
        assert_eq!(libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC), 0);
        ends.map(|end| FromRawFd::from_raw_fd(end))
    };
    ends.iter().for_each(assert_no_size);
    assert_no_size(&File::open("/dev/null").unwrap());
    assert_no_size(&File::open("/").unwrap());
    // SAFETY: new descriptors.
    let nameless: OwnedFd = unsafe { OwnedFd::from_raw_fd(libc::eventfd(1, libc::EFD_CLOEXEC)) };
    assert_no_size(&nameless);
}

#[test]
fn an_empty_file_is_empty_and_nothing_is_left_of_the_question() {
    let maps = || std::fs::read_to_string("/proc/self/maps").unwrap();
    let before = active_mappings();
    let temp = TempFile::new(b"");
    for file in [temp.file.try_clone().unwrap(), temp.read_only(), memfd(0).unwrap()] {
        assert!(lengths(&file).into_iter().all(|length| length.unwrap() == 0));
        // SAFETY: a test's own file.
        let error = unsafe { NEW.len(1).map(&file) }.unwrap_err();
        assert_eq!(reason(&error), &MapError::PastEnd { offset: 0, len: Some(1), size: 0 });
    }
    assert!(active_mappings() == before && !maps().contains(temp.path.to_str().unwrap()));
    // Where the kernel would refuse a mapping of the file, it refuses one of nothing too.
    let write_only = File::options().write(true).open(&temp.path).unwrap();
    assert_eq!(NEW.map_raw(&write_only, Mode::ReadOnly).unwrap_err().raw_os_error(), Some(libc::EACCES));
}

/// A file system of one file, served by a thread of this program, as `fuse(4)` has it.
mod fuse {
    use std::ffi::CString;
    use std::fs::File;
    use std::io::{self, Read, Write};
    use std::os::fd::AsRawFd;
    use std::path::Path;
    use std::thread;

    /// Runs `f` with the file, which says that it has `size` bytes and has `content`. An error if it cannot be mounted.
    pub(crate) fn with_file<R: Send>(
        size: u64,
        content: &'static [u8],
        f: impl FnOnce(File) -> R + Send,
    ) -> io::Result<R> {
        // The mount is this thread's, and goes with it.
        thread::scope(|threads| threads.spawn(|| mounted(size, content, f)).join().unwrap())
    }

    fn mounted<R>(size: u64, content: &'static [u8], f: impl FnOnce(File) -> R) -> io::Result<R> {
        let ok = |status| if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) };
        let device = File::options().read(true).write(true).open("/dev/fuse")?;
        let at = std::env::temp_dir().join(format!("pin-ffi-fuse-{}-{size}", std::process::id()));
        std::fs::create_dir_all(&at)?;
        let target = CString::new(at.as_os_str().as_encoded_bytes())?;
        let options = format!("fd={},rootmode=40000,user_id=0,group_id=0", device.as_raw_fd());
        let options = CString::new(options)?;
        let none = std::ptr::null();
        // SAFETY: C strings; the namespace is the thread's own from the first call on.
        let result = unsafe {
            ok(libc::unshare(libc::CLONE_NEWNS))
                .and_then(|()| ok(libc::mount(none, c"/".as_ptr(), none, libc::MS_REC | libc::MS_PRIVATE, none.cast())))
                .and_then(|()| {
                    let kind = c"fuse".as_ptr();
                    ok(libc::mount(c"test".as_ptr(), target.as_ptr(), kind, libc::MS_NODEV, options.as_ptr().cast()))
                })
        };
        let result = result.and_then(|()| {
            let server = thread::spawn(move || serve(device, size, content));
            let result = File::open(at.join("file")).map(f);
            // SAFETY: a C string.
            ok(unsafe { libc::umount2(target.as_ptr(), libc::MNT_DETACH) })?;
            server.join().unwrap();
            result
        });
        let _ = std::fs::remove_dir(Path::new(&at));
        result
    }

    fn serve(mut device: File, size: u64, content: &[u8]) {
        let mut request = vec![0; 1 << 17];
        // Ends when the file system is unmounted.
        while let Ok(n) = device.read(&mut request) {
            let number = |at: usize| u32::from_ne_bytes(request[at..at + 4].try_into().unwrap());
            let long = |at: usize| u64::from_ne_bytes(request[at..at + 8].try_into().unwrap());
            let (opcode, unique, node) = (number(4), long(8), long(16));
            let attributes = |node: u64| {
                let (mode, size) = if node == 1 { (0o040_755, 0) } else { (0o100_444, size) };
                let long = [node, size, 0, 0, 0, 0].into_iter().flat_map(u64::to_ne_bytes);
                let short = [0, 0, 0, mode, 1, 0, 0, 0, 4096, 0_u32].into_iter().flat_map(u32::to_ne_bytes);
                long.chain(short).collect::<Vec<u8>>()
            };
            let answer: Result<Vec<u8>, i32> = match opcode {
                // LOOKUP: valid for no time at all.
                1 if request[40..n] == *b"file\0" => {
                    let entry = [2, 0, 0, 0, 0_u64].into_iter().flat_map(u64::to_ne_bytes);
                    Ok(entry.chain(attributes(2)).collect())
                }
                1 => Err(libc::ENOENT),
                2 | 36 | 42 => continue, // FORGET, INTERRUPT, BATCH_FORGET
                3 => Ok([0; 16].into_iter().chain(attributes(node)).collect()),
                // OPEN: each read comes here.
                14 => Ok([0, 1_u64].into_iter().flat_map(u64::to_ne_bytes).collect()),
                15 => {
                    let from = content.len().min(usize::try_from(long(48)).unwrap());
                    Ok(content[from..content.len().min(from + number(56) as usize)].to_vec())
                }
                18 | 25 => Ok(Vec::new()), // RELEASE, FLUSH
                26 => {
                    let mut init = vec![0; 64];
                    for (at, n) in [(0, 7_u32), (4, 31), (8, 1 << 16), (20, 1 << 16), (24, 1)] {
                        init[at..at + 4].copy_from_slice(&n.to_ne_bytes());
                    }
                    Ok(init)
                }
                _ => Err(libc::ENOSYS),
            };
            let (error, body) = answer.map_or_else(|error| (-error, Vec::new()), |body| (0, body));
            let mut reply = Vec::from((16 + body.len() as u32).to_ne_bytes());
            reply.extend(error.to_ne_bytes().into_iter().chain(unique.to_ne_bytes()).chain(body));
            let _ = device.write_all(&reply);
        }
    }
}

#[test]
fn a_file_of_a_served_file_system_is_asked_for_its_first_byte() {
    let full = fuse::with_file(0, b"content", |file| {
        assert_eq!(io::read_to_string(&file).unwrap(), "content");
        assert_no_size(&file);
    });
    if let Err(error) = full {
        println!("skipped: nothing can be mounted here ({error})");
        return;
    }
    fuse::with_file(0, b"", |file| {
        assert!(lengths(&file).into_iter().all(|length| length.unwrap() == 0));
    })
    .unwrap();
}
