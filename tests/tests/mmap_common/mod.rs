//! Files to map, and what the kernel says is mapped.
#![allow(dead_code, unreachable_pub, missing_docs, clippy::missing_panics_doc)]

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file that is removed when dropped.
pub struct TempFile {
    pub path: PathBuf,
    pub file: File,
}

impl TempFile {
    pub fn new(content: &[u8]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("pin-ffi-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        let mut file = OpenOptions::new().read(true).write(true).create_new(true).open(&path).unwrap();
        file.write_all(content).unwrap();
        Self { path, file }
    }

    /// A file of `pages` pages: each byte is the number of its page, from 1 on.
    pub fn of_pages(pages: usize) -> Self {
        let content: Vec<u8> = (0..pages).flat_map(|page| vec![page as u8 + 1; page_size()]).collect();
        Self::new(&content)
    }

    pub fn read_only(&self) -> File {
        File::open(&self.path).unwrap()
    }

    pub fn content(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

pub fn page_size() -> usize {
    pin_ffi::mmap::page_size()
}

/// Bytes that differ from place to place, with a period that no page size divides.
pub fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8).collect()
}

/// The line of `/proc/self/maps` for an address, if something is mapped there.
pub fn mapped_at(address: *const u8) -> Option<String> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    maps.lines()
        .find(|line| {
            let (from, to) = line.split(' ').next().unwrap().split_once('-').unwrap();
            let parse = |hex| usize::from_str_radix(hex, 16).unwrap();
            (parse(from)..parse(to)).contains(&(address as usize))
        })
        .map(str::to_owned)
}

/// The number behind `name` in `/proc/self/smaps` for an address, in bytes.
pub fn smaps(address: *const u8, name: &str) -> usize {
    let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut inside = false;
    for line in maps.lines() {
        let first = line.split(' ').next().unwrap();
        if let Some((from, to)) = first.split_once('-') {
            let parse = |hex| usize::from_str_radix(hex, 16).unwrap();
            inside = (parse(from)..parse(to)).contains(&(address as usize));
        } else if inside && first.strip_suffix(':') == Some(name) {
            let kib: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            return kib * 1024;
        }
    }
    panic!("{name} of {address:p} is not in smaps");
}

/// The reason of ours inside an `io::Error`.
pub fn reason(error: &std::io::Error) -> &pin_ffi::mmap::MapError {
    error.get_ref().and_then(|e| e.downcast_ref()).unwrap_or_else(|| panic!("not a MapError: {error:?}"))
}

/// A memfd, with these flags besides `MFD_CLOEXEC`.
pub fn memfd(flags: libc::c_uint) -> std::io::Result<File> {
    use std::os::fd::FromRawFd;
    // SAFETY: a valid C string.
    let fd = unsafe { libc::memfd_create(c"pin-ffi-test".as_ptr(), libc::MFD_CLOEXEC | flags) };
    if fd < 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: a descriptor that is ours alone.
    Ok(unsafe { File::from_raw_fd(fd) })
}

pub fn seal(file: &File, seals: libc::c_int) -> std::io::Result<()> {
    use std::os::fd::AsRawFd;
    // SAFETY: no pointers.
    if unsafe { libc::fcntl(file.as_raw_fd(), libc::F_ADD_SEALS, seals) } == 0 {
        Ok(())
    } else {
        Err(std::io::Error::last_os_error())
    }
}

/// An address that the kernel does not choose by itself, and that no stack grows towards; another for each `n` up to 31.
pub fn far(n: usize) -> usize {
    if size_of::<usize>() == 4 {
        0x5000_0000 + n * 0x0040_0000
    } else if std::env::var("SANITIZER").is_ok_and(|sanitizer| sanitizer == "thread" || sanitizer == "memory") {
        // The others are for shadows.
        (0x7d_0000 + n * 0x100) << 24
    } else {
        (0x10_0000 + n * 0x1_0000) << 24
    }
}

/// The same options, at an address far from where the kernel puts things by itself, or from a stack.
pub fn at(options: pin_ffi::mmap::MmapOptions, address: usize) -> pin_ffi::mmap::MmapOptions {
    // SAFETY: no stack grows towards the addresses in these tests.
    unsafe { options.at(address) }
}

/// Whether the kernel that is seen here leaves alone what lies behind a mapping that shrinks. An emulator may reserve the
/// address space of a 32-bit program itself, and then qemu 7.2 takes the pages behind the old end, not those given up.
pub fn shrinking_spares_what_lies_behind() -> bool {
    let page = page_size();
    let mut pipe = [0; 2];
    // SAFETY: four pages of our own, of which the first two are a mapping that shrinks to one; that the third can be read
    // is asked of the kernel, which gives an error where it cannot.
    unsafe {
        let (access, flags) = (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
        let start = libc::mmap(std::ptr::null_mut(), 4 * page, access, flags, -1, 0).cast::<u8>();
        assert_ne!(start.cast(), libc::MAP_FAILED);
        assert_eq!(libc::mremap(start.cast(), 2 * page, page, 0), start.cast());
        assert_eq!(libc::pipe(pipe.as_mut_ptr()), 0);
        let is_spared = libc::write(pipe[1], start.add(2 * page).cast(), 1) == 1;
        let _ = pipe.map(|fd| libc::close(fd));
        libc::munmap(start.cast(), 4 * page);
        is_spared
    }
}

/// Runs `f` in a forked child and gives how it ended, as `waitpid` says.
///
/// `f` should not allocate: other threads of the parent may have held locks.
pub fn in_child(f: impl FnOnce() -> i32) -> libc::c_int {
    // SAFETY: the child runs `f` and ends without returning.
    match unsafe { libc::fork() } {
        0 => {
            for fault in [libc::SIGSEGV, libc::SIGBUS] {
                // Nobody's handler: a fault ends the child, also under a sanitizer.
                // SAFETY: the child's own, and it has one thread.
                unsafe { libc::signal(fault, libc::SIG_DFL) };
            }
            let code = f();
            // SAFETY: ends the child at once.
            unsafe { libc::_exit(code) }
        }
        -1 => panic!("fork: {}", std::io::Error::last_os_error()),
        pid => {
            let mut status = 0;
            // SAFETY: our own child.
            assert_eq!(unsafe { libc::waitpid(pid, &raw mut status, 0) }, pid);
            status
        }
    }
}
