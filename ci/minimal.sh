#!/bin/bash
# The tests with the oldest versions of the dependencies that Cargo.toml allows: ci/minimal.sh [cargo test arguments]
. "$(dirname "$0")/env.sh"

# A copy of what git knows and of what is new, so that Cargo.lock here stays as it is.
copy=$CI_PREFIX/minimal
rm -rf "$copy"
mkdir "$copy"
cd "$ROOT"
git ls-files -z --cached --others --exclude-standard --deduplicate | while IFS= read -rd '' file; do
    [ ! -e "$file" ] && [ ! -L "$file" ] || printf '%s\0' "$file"
done | tar c --null --files-from=- | tar x -C "$copy"

cd "$copy"
# The flag is an unstable one of cargo's; the compiler is the usual one.
RUSTC_BOOTSTRAP=1 cargo update -Z direct-minimal-versions
# Without the expected texts of the compile-fail cases: some show lines of the dependencies' own.
[ $# -gt 0 ] || set -- --workspace -- --skip refusals_say
CARGO_TARGET_DIR=$CI_PREFIX/target/minimal cargo test --locked "$@"
