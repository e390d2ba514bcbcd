#!/bin/bash
# The tests with AddressSanitizer and its leak check, C code of the tests included: ci/asan.sh [cargo test arguments]
#
# With the nightly toolchain if there is one, otherwise with the default one and its unstable flags let through.
. "$(dirname "$0")/env.sh"

toolchain=()
if rustc +nightly --version >/dev/null 2>&1; then toolchain=(+nightly); fi
[ $# -gt 0 ] || set -- --workspace -- --show-output

export RUSTC_BOOTSTRAP=1 RUSTFLAGS="-Zsanitizer=address -Cforce-frame-pointers=yes"
export CC=${CC:-gcc} CFLAGS="-fsanitize=address -fno-omit-frame-pointer -g"
# SIGBUS is what some tests are about; SANITIZER tells the tests that their memory is not theirs alone.
export ASAN_OPTIONS=detect_stack_use_after_return=1:detect_leaks=1:handle_sigbus=0:suppressions=$ROOT/ci/asan.supp
export SANITIZER=address
export LSAN_OPTIONS=suppressions=$ROOT/ci/lsan.supp:print_suppressions=0
export CARGO_TARGET_DIR=$CI_PREFIX/target/asan
cd "$ROOT"
# With a target named, the flags are not for build scripts and macros.
RUSTDOCFLAGS=$RUSTFLAGS cargo ${toolchain[@]+"${toolchain[@]}"} test --locked --target x86_64-unknown-linux-gnu "$@"
