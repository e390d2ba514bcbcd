#!/bin/bash
# The tests under valgrind's memcheck: ci/valgrind.sh [cargo test arguments]
#
# Leaks are AddressSanitizer's: this is about bytes that are not initialised, or not ours, when the kernel or C uses them.
. "$(dirname "$0")/env.sh"

command -v valgrind >/dev/null || install valgrind

export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER="valgrind --quiet --trace-children=yes --error-exitcode=99 --suppressions=$ROOT/ci/valgrind.supp"
export SANITIZER=valgrind PIN_FFI_MODEL_STEPS=2000 CARGO_TARGET_DIR=$CI_PREFIX/target/valgrind
cd "$ROOT"
# What starts a compiler is not for valgrind. Steps are some hundred times slower; so many still pass every kind of them.
if [ $# = 0 ]; then
    cargo build --locked -p pin-ffi-examples --examples # for its tests, which start them
    set -- -p pin-ffi -p pin-ffi-tests -p pin-ffi-examples --tests -- --show-output --skip refusals_say
fi
cargo test --locked "$@"
