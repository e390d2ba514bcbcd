# The fuzz targets for a while, all of them: ci/fuzz.sh [SECONDS in all, 240 if not said] [TARGET...]
#
# libFuzzer with AddressSanitizer, by the flags that cargo-fuzz gives (which works on the same folder: `cargo +nightly fuzz
# run derive`). Each target starts from fuzz/corpus and from what earlier runs have found below $CI_PREFIX. `shapes` is no
# libFuzzer target: it writes structs in random shapes with their C mirrors, and runs them.
. "$(dirname "$0")/env.sh"

seconds=${1:-240}
[ $# = 0 ] || shift
[ $# -gt 0 ] || set -- derive attribute reports walk mapping shapes

toolchain=()
if rustc +nightly --version >/dev/null 2>&1; then toolchain=(+nightly); fi
host=$(rustc ${toolchain[@]+"${toolchain[@]}"} -vV | sed -n 's/^host: //p')
lib=$(rustc ${toolchain[@]+"${toolchain[@]}"} --print sysroot)/lib/rustlib/$host/lib
compgen -G "$lib/librustc*_rt.asan.a" >/dev/null || skip "this toolchain comes without AddressSanitizer"
command -v c++ >/dev/null || skip "libFuzzer is C++, and there is no compiler for it"

cargo() { command cargo ${toolchain[@]+"${toolchain[@]}"} "$@"; }
cd "$ROOT/fuzz"
export CARGO_TARGET_DIR=$CI_PREFIX/target/fuzz RUSTC_BOOTSTRAP=1 CARGO_TERM_COLOR=never
cargo fetch --locked || skip "the crates of fuzz/ cannot be had"

coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
coverage+=" -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
coverage+=" -Cllvm-args=-sanitizer-coverage-trace-compares"
RUSTFLAGS="--cfg fuzzing $coverage -Zsanitizer=address -Ccodegen-units=1" \
    cargo build --locked --release --target "$host" --bins

failed=()
for target in "$@"; do
    printf '\n== %s\n' "$target"
    if [ "$target" = shapes ]; then
        cargo run --locked --quiet -p pin-ffi-shapes || failed+=(shapes)
        continue
    fi
    found=$CI_PREFIX/fuzz/$target
    mkdir -p "$found" "$found-crashes"
    if "$CARGO_TARGET_DIR/$host/release/$target" -max_total_time=$((seconds / $#)) -max_len=512 -len_control=0 \
        -timeout=20 -rss_limit_mb=4096 -artifact_prefix="$found-crashes/" "$found" "corpus/$target" >"$found.log" 2>&1; then
        tail -1 "$found.log"
    else
        grep -A6 -m1 -E "panicked at|ERROR: " "$found.log" || true
        echo "the input is in $found-crashes, and all that was said in $found.log"
        failed+=("$target")
    fi
done
[ ${#failed[@]} = 0 ] || {
    echo "failed: ${failed[*]}"
    exit 1
}
