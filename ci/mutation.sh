# Removes each guard of docs/SOUNDNESS.md from the crate, one at a time, and checks that its tests fail:
#
#     ci/mutation.sh [SECTION or NAME...]
#
# Prints a table: section, guard removed, test that failed, how. Fails if a test passes without its guard or fails with it,
# if a guard is no longer where ci/mutations says, or if a section of the document has no guard. Works in a copy of the tree
# below $CI_PREFIX.
. "$(dirname "$0")/env.sh"

command -v python3 >/dev/null || skip "python3 is not here"
command -v cargo >/dev/null || skip "cargo is not here"
export CARGO_TARGET_DIR=$CI_PREFIX/target/mutation
exec python3 "$ROOT/ci/mutation.py" "$ROOT" "$CI_PREFIX/mutation" "$@"
