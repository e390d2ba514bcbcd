#!/bin/bash
# The tests with the oldest Rust that is supported, 1.85, its own cargo included: ci/msrv.sh [cargo test arguments]
. "$(dirname "$0")/env.sh"
rust 1.85

[ $# -gt 0 ] || set -- --workspace
cd "$ROOT"
"$RUSTC" --version
CARGO_TARGET_DIR=$CI_PREFIX/target/msrv "$RUST/bin/cargo" test --locked "$@"
