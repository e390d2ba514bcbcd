# Takes each guard of docs/SOUNDNESS.md out of the crate, one at a time, and sees its test go red:
#
#     ci/mutation.sh [ROW or NAME...]
#
# Prints the table (row, guard taken out, test that went red, how). Fails if a test stays green without its guard or is red
# with it, if a guard is no longer where ci/mutations says, and if a row of the table has none. The work is done in a copy
# of the tree below $CI_PREFIX.
. "$(dirname "$0")/env.sh"

command -v python3 >/dev/null || skip "python3 is not here"
command -v cargo >/dev/null || skip "cargo is not here"
export CARGO_TARGET_DIR=$CI_PREFIX/target/mutation
exec python3 "$ROOT/ci/mutation.py" "$ROOT" "$CI_PREFIX/mutation" "$@"
