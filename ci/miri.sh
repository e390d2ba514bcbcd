#!/bin/bash
# What is generated, with C played by Rust, under both models of aliasing: ci/miri.sh [cargo miri test arguments]
. "$(dirname "$0")/env.sh"

cargo +nightly miri --version >/dev/null 2>&1 || skip "Miri is not installed: rustup component add --toolchain nightly miri"

[ $# -gt 0 ] || set -- -p pin-ffi-tests --test aliasing
export CARGO_TARGET_DIR=$CI_PREFIX/target/miri
cd "$ROOT"
for model in "stacked borrows" "tree borrows"; do
    echo "== $model"
    flags=
    [ "$model" = "stacked borrows" ] || flags=-Zmiri-tree-borrows
    MIRIFLAGS=$flags cargo +nightly miri test --locked "$@"
done
