#!/bin/bash
# What the examples print, against what `cat` prints.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

scatter_gather() { cargo run -q --example scatter_gather -- "$@"; }
fd_pass() { cargo run -q --example fd_pass -- "$@"; }
ok() { echo "ok: $*"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}

: >"$dir/empty"
printf x >"$dir/one byte"
# One byte less than a record of scatter_gather's, a record, and one more.
for size in 65615 65616 65617; do head -c $size /dev/urandom >"$dir/$size"; done
truncate -s 3G "$dir/sparse"
printf 'the end' >>"$dir/sparse"
mkdir "$dir/folder"

for file in README.md "$dir"/{empty,"one byte",65615,65616,65617,sparse} /proc/version; do
    scatter_gather "$file" | cmp - "$file" || fail "scatter_gather $file"
    ok "scatter_gather ${file##*/}"
done

files=("$dir/65617" "$dir/empty" README.md "$dir/one byte" "$dir/65615")
scatter_gather "${files[@]}" | cmp - <(cat "${files[@]}") || fail "scatter_gather, several files"
ok "scatter_gather, several files at once"

cat "$dir/65617" | scatter_gather README.md - README.md | cmp - <(cat README.md "$dir/65617" README.md) ||
    fail "scatter_gather, a pipe between two files"
(printf a && sleep 0.2 && printf b) | scatter_gather | cmp - <(printf ab) || fail "scatter_gather, a slow pipe"
scatter_gather "$dir/65617" "$dir/65616" | (sleep 0.2 && cat) | cmp - <(cat "$dir/65617" "$dir/65616") ||
    fail "scatter_gather, into a pipe that is full"
ok "scatter_gather, pipes"

status=0
scatter_gather "$dir/folder" "$dir/missing" README.md >"$dir/out" 2>"$dir/err" || status=$?
cmp "$dir/out" README.md || fail "scatter_gather goes on after a file that cannot be read"
[ $status = 1 ] || fail "scatter_gather: exit code $status instead of 1"
grep -q "$dir/folder: Is a directory" "$dir/err" && grep -q "$dir/missing: No such file" "$dir/err" ||
    fail "scatter_gather: which file cannot be read? $(cat "$dir/err")"
ok "scatter_gather, files that cannot be read"

if [ -e /dev/full ]; then
    status=0
    scatter_gather README.md >/dev/full 2>"$dir/err" || status=$?
    [ $status = 1 ] && grep -q "standard output: No space left" "$dir/err" || fail "scatter_gather, a full device"
fi
status=0
scatter_gather "$dir/sparse" 2>"$dir/err" | head -c 1 >/dev/null || status=${PIPESTATUS[0]}
[ $status = 141 ] && [ ! -s "$dir/err" ] || fail "scatter_gather, a reader that leaves: $status $(cat "$dir/err")"
status=0
scatter_gather "$dir/one byte" >>"$dir/one byte" 2>"$dir/err" || status=$?
[ $status = 1 ] && [ "$(cat "$dir/one byte")" = x ] || fail "scatter_gather, a file to its own end"
ok "scatter_gather, output that takes no more"

(ulimit -v 65536 && "${CARGO_TARGET_DIR:-target}/debug/examples/scatter_gather" "$dir/sparse" >/dev/null) ||
    fail "scatter_gather needs more than 64 MiB for a large file"
ok "scatter_gather, in constant memory"

for file in README.md "$dir"/{empty,"one byte",65617,sparse}; do
    fd_pass "$file" | cmp - "$file" || fail "fd_pass $file"
    ok "fd_pass ${file##*/}"
done
status=0
fd_pass "$dir/folder" 2>"$dir/err" || status=$?
[ $status = 1 ] && grep -q "the received file: Is a directory" "$dir/err" || fail "fd_pass, a directory: $(cat "$dir/err")"
status=0
fd_pass "$dir/missing" 2>"$dir/err" || status=$?
[ $status = 1 ] && grep -q "$dir/missing: No such file" "$dir/err" || fail "fd_pass, no file: $(cat "$dir/err")"
ok "fd_pass, files that cannot be read"

for example in examples/examples/*.rs; do
    name=$(basename "$example" .rs)
    cargo run -q --example "$name" -- --help >"$dir/out"
    grep -q "^usage: $name" "$dir/out" || fail "$name --help"
    status=0
    cargo run -q --example "$name" -- --no-such-option >/dev/null 2>&1 || status=$?
    [ $status = 2 ] || fail "$name: exit code $status instead of 2 for a wrong option"
done
ok "--help of all"
