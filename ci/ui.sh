#!/bin/bash
# The compile-fail cases on a machine that differs from this one: ci/ui.sh
#
# A toolchain with the component `rust-src` (std's sources where rustc looks for them), a terminal of 40 columns, another
# target directory, another profile. No expected text may depend on any of these.
. "$(dirname "$0")/env.sh"

command -v script >/dev/null || skip "there is no script(1), which gives the compiler a terminal"

# The toolchain's libraries, as links, and beside them a folder of sources. Where the component is installed, its own.
real=$(rustc --print sysroot)
sysroot=$CI_PREFIX/with-source
library=lib/rustlib/src/rust/library
rm -rf "$sysroot"
mkdir -p "$sysroot/lib"
cp -as "$real/lib/rustlib" "$sysroot/lib/rustlib"
if [ ! -e "$sysroot/$library/std/src/lib.rs" ]; then
    # This file is what rustc looks for. Lines of std it shows only if the file is the one that std was built from.
    mkdir -p "$sysroot/$library/std/src"
    echo '//! The standard library.' >"$sysroot/$library/std/src/lib.rs"
fi
cat >"$sysroot/rustc" <<WRAPPER
#!/bin/sh
exec $(command -v rustc) --sysroot $sysroot "\$@"
WRAPPER
chmod +x "$sysroot/rustc"
export RUSTC=$sysroot/rustc

# That the difference is there: a bound of std's, with its path.
cat >"$sysroot/probe.rs" <<'RUST'
fn main() { std::thread::scope(|t| { t.spawn(|| std::ptr::null::<u8>()); }) }
RUST
said=$("$RUSTC" --edition 2024 --emit metadata -o "$sysroot/probe" "$sysroot/probe.rs" 2>&1) || true
grep -q -e "--> $sysroot/$library/std/" <<<"$said" || {
    echo "rustc does not take std's sources from $sysroot:"
    echo "$said"
    exit 1
}

export CARGO_TARGET_DIR=$CI_PREFIX/target/ui-elsewhere CARGO_PROFILE_DEV_DEBUG=0
export CARGO_PROFILE_DEV_DEBUG_ASSERTIONS=false CARGO_PROFILE_DEV_OVERFLOW_CHECKS=false
cd "$ROOT"
script --quiet --return --flush --command "stty cols 40; cargo test --locked -p pin-ffi-tests --test ui" /dev/null </dev/null
