//! Runs the example programs on mappings as a user would, and checks output, errors and exit status.
#![cfg(target_os = "linux")]

use std::ffi::{OsStr, OsString};
use std::fs::File;
#[cfg(target_pointer_width = "64")]
use std::io::Read;
use std::io::Write;
#[cfg(target_pointer_width = "64")]
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Returns a command that runs an example program, which is built together with this test.
fn tool(name: &str) -> Command {
    let test = std::env::current_exe().unwrap();
    let path = test.parent().and_then(Path::parent).unwrap().join("examples").join(name);
    assert!(path.exists(), "{} is not built: run `cargo test -p pin-ffi-examples`", path.display());
    // If an emulator runs the tests, it must also start the program (see `ci/cross.sh`).
    let emulator = std::env::var("EMULATOR").unwrap_or_default();
    let mut words = emulator.split_whitespace();
    let Some(first) = words.next() else { return Command::new(path) };
    let mut command = Command::new(first);
    command.args(words).arg(path);
    command
}

fn run(name: &str, args: &[&Path]) -> Output {
    tool(name).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

struct Temp(PathBuf);

impl Temp {
    fn new(content: &[u8]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("pin-ffi-tools-{}-{n}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for Temp {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn all_have_help_and_refuse_wrong_usage() {
    for name in ["mmap_copy", "wc_mmap", "shm_ring"] {
        let help = tool(name).arg("--help").output().unwrap();
        assert!(help.status.success() && text(&help.stdout).starts_with(&format!("usage: {name}")));
        let wrong = tool(name).args(if name == "wc_mmap" { &[][..] } else { &["0", "0", "0"] }).output().unwrap();
        assert_eq!(wrong.status.code(), Some(2), "{name}");
        assert!(text(&wrong.stderr).starts_with("usage: ") && wrong.stdout.is_empty());
    }
}

#[test]
fn m05_mmap_copy_copies() {
    let content: Vec<u8> = (0..1_234_567_u32).map(|i| (i % 253) as u8).collect();
    for content in [&content[..], &b"short"[..], &b""[..]] {
        let (from, to) = (Temp::new(content), Temp::new(b"what was there before, and longer than the shortest"));
        let output = run("mmap_copy", &[&from.0, &to.0]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout), format!("{} bytes\n", content.len()));
        assert_eq!(std::fs::read(&to.0).unwrap(), content);
    }
}

#[test]
fn mmap_copy_says_what_is_wrong() {
    let from = Temp::new(b"content");
    for (args, expected) in [
        ([Path::new("/nowhere/at/all"), &from.0], "mmap_copy: /nowhere/at/all: No such file"),
        ([&from.0, Path::new("/nowhere/at/all")], "mmap_copy: /nowhere/at/all: No such file"),
        ([&from.0, &from.0], "is the same file"),
        ([Path::new("/dev/null"), &from.0], "the file does not know its size"),
    ] {
        let output = run("mmap_copy", &args);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
    assert_eq!(std::fs::read(&from.0).unwrap(), b"content");
}

#[test]
fn wc_mmap_counts_as_wc_does() {
    let files = [
        Temp::new(b""),
        Temp::new(b"no newline at the end"),
        Temp::new(b"\n\n  two words \t\x0b\x0c\r\n"),
        Temp::new(&b"a line of some words\n".repeat(100_000)),
        Temp::new(&[b"a word across".as_slice(), &vec![b'x'; 1 << 16], b" pieces"].concat()),
    ];
    let paths: Vec<&Path> = files.iter().map(|file| file.0.as_path()).collect();
    let ours = run("wc_mmap", &paths);
    assert!(ours.status.success(), "{}", text(&ours.stderr));
    let Ok(theirs) = Command::new("wc").env("LC_ALL", "C").args(&paths).output() else {
        println!("skipped: no wc here");
        return;
    };
    let numbers = |output: &[u8]| -> Vec<Vec<String>> {
        text(output).lines().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect()
    };
    assert_eq!(numbers(&ours.stdout), numbers(&theirs.stdout));
}

/// These files report 0 bytes, or a page, and the kernel cannot map them.
#[test]
fn files_that_cannot_be_mapped_are_read() {
    for path in ["/proc/cpuinfo", "/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"] {
        let path = Path::new(path);
        let Ok(content) = std::fs::read(path) else {
            println!("skipped: no {} here", path.display());
            continue;
        };
        let counted = run("wc_mmap", &[path]);
        assert!(counted.status.success(), "{}", text(&counted.stderr));
        let counted = text(&counted.stdout);
        let counted: Vec<_> = counted.split_whitespace().collect();
        let lines = |content: &[u8]| text(content).lines().count();
        let words = content.split(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).filter(|word| !word.is_empty()).count();
        // The clock rates of processors change, but the numbers of lines and words do not.
        assert_eq!(counted[..2], [lines(&content).to_string(), words.to_string()], "{}", path.display());
        assert_ne!(counted[2], "0");

        let to = Temp::new(b"what was there before");
        let copied = run("mmap_copy", &[path, &to.0]);
        assert!(copied.status.success(), "{}", text(&copied.stderr));
        let copy = std::fs::read(&to.0).unwrap();
        assert_eq!(text(&copied.stdout), format!("{} bytes\n", copy.len()));
        assert_eq!(lines(&copy), lines(&content), "{}", path.display());
    }
    // A file that cannot be read either is an error.
    let output = run("wc_mmap", &[Path::new("/proc/self/mem")]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stdout));
}

#[test]
fn wc_mmap_goes_on_after_a_file_that_is_not_there() {
    let file = Temp::new(b"one two\n");
    let output = run("wc_mmap", &[Path::new("/nowhere"), &file.0, Path::new("/")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains(" 2 "), "{}", text(&output.stdout));
    let errors = text(&output.stderr);
    assert!(errors.contains("wc_mmap: /nowhere: No such file") && errors.contains("wc_mmap: /: not a regular file"));
}

#[test]
#[cfg(target_pointer_width = "64")] // elsewhere what can be mapped is counted before there is anything to show
fn wc_mmap_shows_how_far_it_is_on_a_terminal() {
    let file = Temp::new(b"");
    // A sparse file that is long enough for any machine. An emulator is slow, and has fewer addresses.
    let slow = ["EMULATOR", "SANITIZER"].iter().any(|name| std::env::var_os(name).is_some());
    let long = if slow { 4 << 30 } else { 64 << 30 };
    File::options().write(true).open(&file.0).unwrap().set_len(long).unwrap();
    let (mut master, slave) = terminal();
    let mut child = tool("wc_mmap").arg(&file.0).stdout(Stdio::piped()).stderr(slave).spawn().unwrap();
    let mut seen = String::new();
    while !seen.contains('%') {
        let mut bytes = [0; 100];
        let n = master.read(&mut bytes).unwrap();
        seen.push_str(&text(&bytes[..n]));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(seen.starts_with("\r["), "{seen:?}");
}

/// Opens a pseudo-terminal and returns its two ends.
#[cfg(target_pointer_width = "64")]
fn terminal() -> (File, File) {
    let (mut master, mut slave) = (-1, -1);
    let none = std::ptr::null_mut();
    // SAFETY: `master` and `slave` are valid for writes; the other arguments may be null.
    assert_eq!(unsafe { libc::openpty(&raw mut master, &raw mut slave, none, none.cast(), none.cast()) }, 0);
    // SAFETY: the descriptors were opened above, and nothing else owns them.
    unsafe { (File::from_raw_fd(master), File::from_raw_fd(slave)) }
}

/// The file is truncated after the program has started to count it, which takes a while.
#[test]
fn s30_wc_mmap_survives_truncation() {
    let file = Temp::new(b"");
    let long = File::options().write(true).open(&file.0).unwrap();
    // A sparse file, as long as the address space allows, that takes no space.
    long.set_len(if cfg!(target_pointer_width = "64") { 8 << 30 } else { 1 << 30 }).unwrap();
    let mut child = tool("wc_mmap").arg(&file.0).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // Wait until the file is mapped.
    let maps = format!("/proc/{}/maps", child.id());
    while !std::fs::read_to_string(&maps).is_ok_and(|maps| maps.contains(file.0.to_str().unwrap())) {
        assert!(child.try_wait().unwrap().is_none(), "ended before it mapped the file");
        std::thread::yield_now();
    }
    long.set_len(100).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.status.signal()), (Some(1), None), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("truncated while it was counted"), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains(file.0.to_str().unwrap()), "what was counted is printed all the same");
}

/// A pipe that nobody reads, and a device that is always full.
#[test]
fn output_that_goes_nowhere_is_an_error_and_no_panic() {
    let emulated = std::env::var_os("EMULATOR").is_some();
    let file = Temp::new(b"one two\n");
    let to = Temp::new(b"");
    let sends: [(&str, &[&Path]); 6] = [
        ("mmap_copy", &[Path::new("--help")]),
        ("wc_mmap", &[Path::new("--help")]),
        ("shm_ring", &[Path::new("--help")]),
        ("mmap_copy", &[&file.0, &to.0]),
        ("wc_mmap", &[&file.0]),
        ("shm_ring", &[Path::new("1")]),
    ];
    for (name, args) in sends {
        if emulated && args == [Path::new("1")] {
            println!("skipped: {name} starts itself, and the kernel cannot run it");
            continue;
        }
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let full = File::options().write(true).open("/dev/full").unwrap();
        for (stdout, why) in [(OwnedFd::from(writer), "Broken pipe"), (full.into(), "No space left")] {
            let output = tool(name).args(args).stdout(stdout).stderr(Stdio::piped()).output().unwrap();
            let errors = text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{name} {args:?}: {errors}");
            assert!(errors.starts_with(&format!("{name}: standard output: {why}")), "{errors}");
        }
    }
    assert_eq!(std::fs::read(&to.0).unwrap(), b"one two\n", "it was copied all the same");
}

/// The stream is closed from the start, as for a daemon. Rust opens `/dev/null` in its place.
#[test]
fn closed_output_is_no_error() {
    let file = Temp::new(b"one two\n");
    for (name, args) in [("wc_mmap", &[file.0.as_path()][..]), ("shm_ring", &[Path::new("1")])] {
        if name == "shm_ring" && std::env::var_os("EMULATOR").is_some() {
            println!("skipped: {name} starts itself, and the kernel cannot run it");
            continue;
        }
        let mut command = tool(name);
        // SAFETY: closes a descriptor of the child's, between fork and exec.
        unsafe {
            command.args(args).pre_exec(|| {
                libc::close(1);
                Ok(())
            });
        }
        assert!(command.stderr(Stdio::inherit()).status().unwrap().success(), "{name}");
    }
}

#[test]
fn errors_that_nobody_reads_leave_the_exit_status() {
    for (name, args, code) in [("wc_mmap", &["/nowhere"][..], 1), ("mmap_copy", &["one"], 2), ("shm_ring", &["0"], 2)] {
        let (reader, writer) = UnixStream::pair().unwrap();
        drop(reader);
        let status = tool(name).args(args).stderr(OwnedFd::from(writer)).status().unwrap();
        assert_eq!(status.code(), Some(code), "{name}");
    }
}

#[test]
fn names_need_not_be_utf8() {
    let temp = Temp::new(b"");
    let mut name = temp.0.clone().into_os_string().into_vec();
    name.extend(b"-\xff\xfe");
    let odd = PathBuf::from(OsString::from_vec(name));
    if let Err(error) = std::fs::write(&odd, b"one two\n") {
        println!("skipped: no such names here ({error})");
        return;
    }
    let output = run("wc_mmap", &[&odd]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(output.stdout, [b"1 2 8 ".as_slice(), odd.as_os_str().as_bytes(), b"\n"].concat());
    assert!(run("mmap_copy", &[&odd, &temp.0]).status.success());
    assert_eq!(std::fs::read(&temp.0).unwrap(), b"one two\n");
    std::fs::remove_file(&odd).unwrap();
    // And in an error message.
    let missing = run("wc_mmap", &[&odd]);
    assert!(missing.status.code() == Some(1) && text(&missing.stderr).contains("No such file"));
    let option = Path::new(OsStr::from_bytes(b"-\xff"));
    for name in ["wc_mmap", "shm_ring", "mmap_copy"] {
        assert_eq!(run(name, &[option]).status.code(), Some(2), "{name}");
    }
}

#[test]
fn shm_ring_sends_everything() {
    if std::env::var_os("EMULATOR").is_some() {
        println!("skipped: shm_ring starts itself, and the kernel cannot run it");
        return;
    }
    for args in [&["8"][..], &["3", "1"], &["2", "1000"]] {
        let output = tool("shm_ring").args(args).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains("MiB/s"));
    }
}

#[test]
fn shm_ring_refuses_what_is_not_a_sealed_memfd() {
    let mut file = tempfile_as_stdin();
    file.write_all(&[0; 4096]).unwrap();
    let output = tool("shm_ring").args(["--sender", "1"]).stdin(file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("F_SEAL_SHRINK"), "{}", text(&output.stderr));
}

fn tempfile_as_stdin() -> File {
    let temp = Temp::new(b"");
    File::options().read(true).write(true).open(&temp.0).unwrap()
}
