//! Where a message goes to or came from.

use libc::{c_int, c_void, sa_family_t, sockaddr_in, sockaddr_in6, sockaddr_storage, sockaddr_un, socklen_t};
use std::ffi::OsStr;
use std::mem::offset_of;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::{fmt, io};

/// The address of a socket, of any family, in place.
#[derive(Clone, Copy)]
pub struct Address {
    storage: Storage,
    /// At most the storage's.
    len: usize,
}

/// The bytes of an address, aligned for every family.
#[derive(Clone, Copy)]
#[repr(C)]
struct Storage {
    _aligned: [sockaddr_storage; 0],
    bytes: [u8; size_of::<sockaddr_storage>()],
}

/// Where the path of a Unix address begins.
const PATH: usize = offset_of!(sockaddr_un, sun_path);

impl Address {
    /// No address; room for one that [`receive`](super::receive) fills.
    #[must_use]
    pub const fn new() -> Self {
        Self { storage: Storage { _aligned: [], bytes: [0; size_of::<sockaddr_storage>()] }, len: 0 }
    }

    /// The address of the Unix socket at `path`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the path is empty, has a NUL, or is too long with its own NUL behind it (108 bytes on Linux).
    pub fn unix(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref().as_os_str().as_bytes();
        if path.is_empty() || path.contains(&0) || path.len() >= size_of::<sockaddr_un>() - PATH {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        // The NUL counts.
        Ok(Self::unix_bytes(path, path.len() + 1))
    }

    /// The Unix socket of this name, which is no file. See unix(7).
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the name is too long (107 bytes).
    #[cfg(target_os = "linux")]
    pub fn unix_abstract(name: &[u8]) -> io::Result<Self> {
        let mut bytes = [0; size_of::<sockaddr_un>() - PATH];
        let Some(room) = bytes[1..].get_mut(..name.len()) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        room.copy_from_slice(name);
        Ok(Self::unix_bytes(&bytes[..=name.len()], name.len() + 1))
    }

    /// A Unix address with `bytes` as its path, which counts `len` bytes.
    fn unix_bytes(bytes: &[u8], len: usize) -> Self {
        let mut address = Self::new();
        address.set_family(libc::AF_UNIX);
        address.storage.bytes[PATH..PATH + bytes.len()].copy_from_slice(bytes);
        address.len = PATH + len;
        address
    }

    /// The internet address, if it is one and whole.
    #[must_use]
    pub fn as_inet(&self) -> Option<SocketAddr> {
        match self.family() {
            libc::AF_INET if self.len >= size_of::<sockaddr_in>() => {
                // SAFETY: the storage is larger, aligned for every address, and initialised; the struct is integers.
                let c = unsafe { &*(&raw const self.storage).cast::<sockaddr_in>() };
                let ip = Ipv4Addr::from(c.sin_addr.s_addr.to_ne_bytes());
                Some(SocketAddrV4::new(ip, u16::from_be(c.sin_port)).into())
            }
            libc::AF_INET6 if self.len >= size_of::<sockaddr_in6>() => {
                // SAFETY: as above.
                let c = unsafe { &*(&raw const self.storage).cast::<sockaddr_in6>() };
                let ip = Ipv6Addr::from(c.sin6_addr.s6_addr);
                Some(SocketAddrV6::new(ip, u16::from_be(c.sin6_port), c.sin6_flowinfo, c.sin6_scope_id).into())
            }
            _ => None,
        }
    }

    /// The path of a Unix socket, if the address is one with a path.
    #[must_use]
    pub fn as_unix(&self) -> Option<&Path> {
        let path = self.unix_path()?;
        let end = path.iter().position(|&byte| byte == 0).unwrap_or(path.len());
        (end > 0).then(|| Path::new(OsStr::from_bytes(&path[..end])))
    }

    /// The name of a Unix socket that is no file, if the address is one.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn as_unix_abstract(&self) -> Option<&[u8]> {
        self.unix_path()?.strip_prefix(&[0])
    }

    fn unix_path(&self) -> Option<&[u8]> {
        if self.family() != libc::AF_UNIX {
            return None;
        }
        self.storage.bytes.get(PATH..self.len)
    }

    fn family(&self) -> c_int {
        // SAFETY: the storage is large enough and aligned for the struct, and its bytes are initialised.
        c_int::from(unsafe { (*(&raw const self.storage).cast::<sockaddr_storage>()).ss_family })
    }

    fn set_family(&mut self, family: c_int) {
        // SAFETY: as above.
        unsafe { (*(&raw mut self.storage).cast::<sockaddr_storage>()).ss_family = family as sa_family_t };
    }

    pub(super) fn as_ptr(&self) -> *const c_void {
        (&raw const self.storage).cast()
    }

    /// Its length in bytes; 0 if there is none.
    pub(super) fn len(&self) -> socklen_t {
        self.len as socklen_t
    }

    /// Where the kernel may write an address, and how much.
    pub(super) fn room(&mut self) -> (*mut c_void, socklen_t) {
        *self = Self::new();
        ((&raw mut self.storage).cast(), size_of::<sockaddr_storage>() as socklen_t)
    }

    /// Says how much the kernel wrote: of an address that is longer, what fits.
    pub(super) fn set_len(&mut self, len: socklen_t) {
        self.len = (len as usize).min(size_of::<sockaddr_storage>());
    }
}

impl Default for Address {
    fn default() -> Self {
        Self::new()
    }
}

impl From<SocketAddr> for Address {
    fn from(from: SocketAddr) -> Self {
        let mut address = Self::new();
        match from {
            SocketAddr::V4(from) => {
                address.set_family(libc::AF_INET);
                address.len = size_of::<sockaddr_in>();
                // SAFETY: the storage is larger, aligned for every address, and initialised; the struct is integers.
                let c = unsafe { &mut *(&raw mut address.storage).cast::<sockaddr_in>() };
                c.sin_port = from.port().to_be();
                c.sin_addr.s_addr = u32::from_ne_bytes(from.ip().octets());
            }
            SocketAddr::V6(from) => {
                address.set_family(libc::AF_INET6);
                address.len = size_of::<sockaddr_in6>();
                // SAFETY: as above.
                let c = unsafe { &mut *(&raw mut address.storage).cast::<sockaddr_in6>() };
                c.sin6_port = from.port().to_be();
                c.sin6_flowinfo = from.flowinfo();
                c.sin6_addr.s6_addr = from.ip().octets();
                c.sin6_scope_id = from.scope_id();
            }
        }
        address
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(inet) = self.as_inet() {
            return inet.fmt(f);
        }
        match self.unix_path() {
            Some(path) => write!(f, "unix:{}", path.escape_ascii()),
            None => write!(f, "family {}, {} bytes", self.family(), self.len),
        }
    }
}
