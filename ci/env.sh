# Sourced by the scripts beside it: toolchains and libraries from Debian's packages, unpacked into a folder of our own.
#
# Nothing of a foreign architecture is added to the machine's package database: each architecture has an apt of its own,
# with its own lists, so that a mirror out of step cannot break the machine's. The folder is $CI_PREFIX, a few GB when all
# scripts have run; remove it to start afresh.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-}
[ -n "$cache" ] || cache=~/.cache
CI_PREFIX=${CI_PREFIX:-$cache/pin-ffi-ci}
mkdir -p "$CI_PREFIX"

SKIPPED=77 # the exit code for "cannot be done on this machine"

# Lines for backtraces, and no more: half the time and the room.
export CARGO_PROFILE_DEV_DEBUG=line-tables-only CARGO_INCREMENTAL=0

# Pinned: when Debian replaces them the scripts say so, and the numbers are raised here.
RUST_1_85=1.85.0+dfsg3-1~deb12u3
RUST_1_96=1.96.0+dfsg1-1~deb12u2

sources=/etc/apt/sources.list.d/debian.sources
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

skip() {
    echo "skipped: $*"
    exit $SKIPPED
}

need_debian() {
    [ -r $sources ] && [ -r $keyring ] && command -v apt-get >/dev/null || skip "this is not Debian"
    (. /etc/os-release && [ "${VERSION_CODENAME:-}" = bookworm ]) || skip "the packages are those of Debian 12"
    [ "$(dpkg --print-architecture)" = amd64 ] || skip "the packages are those of amd64"
}

# install PACKAGE...: on the machine itself.
install() {
    [ "$(id -u)" = 0 ] || skip "$* must be installed, and only root can"
    command -v apt-get >/dev/null || skip "$* must be installed, and this is not Debian"
    if ! DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 "$@" >/dev/null; then
        apt-get update -qq || true
        DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
            -o DPkg::Lock::Timeout=300 "$@" >/dev/null || skip "$* cannot be installed"
    fi
}

# apt_of ARCH: prints the configuration of an apt for that architecture; its lists are fetched the first time.
apt_of() {
    local arch=$1 dir=$CI_PREFIX/apt-$1 main security
    if [ ! -e "$dir/ok" ]; then
        main=$(awk '/^URIs:/ {print $2; exit}' $sources)
        security=$(awk '/^URIs:/ {uri = $2} /^Suites:.*security/ {print uri; exit}' $sources)
        mkdir -p "$dir"/{state/lists/partial,cache/archives/partial,etc}
        echo "deb [signed-by=$keyring] $main bookworm main" >"$dir/etc/sources.list"
        case $arch in
        amd64 | arm64) echo "deb [signed-by=$keyring] $security bookworm-security main" >>"$dir/etc/sources.list" ;;
        esac
        cat >"$dir/apt.conf" <<CONF
APT::Architecture "$arch";
APT::Architectures { "$arch"; };
Dir::State "$dir/state";
Dir::State::status "/dev/null";
Dir::Cache "$dir/cache";
Dir::Etc::sourcelist "$dir/etc/sources.list";
Dir::Etc::sourceparts "-";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "3";
CONF
        APT_CONFIG=$dir/apt.conf apt-get -qq update >&2 && touch "$dir/ok"
    fi
    echo "$dir/apt.conf"
}

# unpack ARCH FOLDER PACKAGE[=VERSION]...: downloads the packages and unpacks them into FOLDER.
unpack() {
    local arch=$1 into=$2 apt new deb
    shift 2
    apt=$(apt_of "$arch") || return
    new=$(mktemp -d "$CI_PREFIX/new.XXXXXX")
    mkdir -p "$into"
    (cd "$new" && APT_CONFIG=$apt apt-get -qq download "$@" >&2) || {
        rm -rf "$new"
        return 1
    }
    for deb in "$new"/*.deb; do dpkg-deb -x "$deb" "$into" || return; done
    rm -rf "$new"
}

# rust 1.85|1.96: unpacks that toolchain, and sets RUST to its folder; RUST/bin has a rustc, a cargo and a rustdoc that
# find their own libraries.
rust() {
    need_debian
    RUST=$CI_PREFIX/rust-$1
    local tool
    if [ ! -e "$RUST/ok" ]; then
        case $1 in
        1.85) unpack amd64 "$RUST" {rustc-web,libstd-rust-web-dev,libstd-rust-web-1.85,cargo-web}=$RUST_1_85 \
            libllvm19 libhttp-parser2.9 libpcre3 ;;
        1.96) unpack amd64 "$RUST" \
            {rustc-web,libstd-rust-web-dev,libstd-rust-web-1.96,cargo-web,rust-web-src,rust-web-llvm}=$RUST_1_96 \
            libllvm22 libgit2-1.5 libhttp-parser2.9 libmbedcrypto7 libmbedtls14 libmbedx509-1 ;;
        esac || skip "Debian's packages of Rust $1 could not be had"
        mkdir -p "$RUST/bin"
        for tool in rustc cargo rustdoc; do
            cat >"$RUST/bin/$tool" <<WRAPPER
#!/bin/sh
lib=$RUST/usr/lib/x86_64-linux-gnu:$RUST/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=\$lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec $RUST/usr/bin/$tool "\$@"
WRAPPER
            chmod +x "$RUST/bin/$tool"
        done
        touch "$RUST/ok"
    fi
    export RUSTC=$RUST/bin/rustc RUSTDOC=$RUST/bin/rustdoc
}
