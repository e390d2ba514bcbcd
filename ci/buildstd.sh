#!/bin/bash
# Targets for which the standard library must be built, with Rust 1.96 and its sources:
#
#   ci/buildstd.sh nostd [TARGET...]     builds pin-ffi without default features (default: thumbv7em-none-eabi)
#   ci/buildstd.sh check [TARGET...]     cargo check of pin-ffi and the examples (default: aarch64-apple-darwin)
#   ci/buildstd.sh musl [ARGS...]        tests, linked statically
#   ci/buildstd.sh windows [ARGS...]     those that are for Windows too, under wine
#   ci/buildstd.sh thread [ARGS...]      tests with ThreadSanitizer, the standard library instrumented too
#   ci/buildstd.sh memory [ARGS...]      the same with MemorySanitizer
#
# ARGS go to cargo test.
. "$(dirname "$0")/env.sh"

what=${1:-nostd}
shift || true
case $what in
nostd | check | musl | windows | thread | memory) ;;
*)
    sed -n '2,11p' "$0" >&2
    exit 2
    ;;
esac

rust 1.96
export RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$CI_PREFIX/target/buildstd RUST_BACKTRACE=0
cargo=$RUST/bin/cargo
cd "$ROOT"

case $what in
nostd)
    for target in "${@:-thumbv7em-none-eabi}"; do
        echo "== $target"
        "$cargo" build --locked -p pin-ffi --no-default-features -Zbuild-std=core,alloc --target "$target"
    done
    ;;
check)
    mapfile -t examples < <(grep -L MemfdOptions examples/examples/*.rs | sed 's,.*/\(.*\)\.rs,--example=\1,')
    for target in "${@:-aarch64-apple-darwin}"; do
        echo "== $target"
        # Not the tests' crate, whose C side wants a compiler for the target; not what is about Linux's memfds.
        RUSTFLAGS="-D warnings" "$cargo" check --locked -p pin-ffi -p pin-ffi-examples --lib --tests "${examples[@]}" \
            -Zbuild-std --target "$target"
    done
    ;;
musl)
    command -v musl-gcc >/dev/null || install musl-tools gcc
    # gcc 12's libgcc_eh.a needs glibc. LLVM's unwinder does not, but for one function.
    lib=$CI_PREFIX/musl-lib
    if [ ! -e "$lib/libunwind.a" ]; then
        unpack amd64 "$CI_PREFIX/llvm-unwind" libunwind-22-dev || skip "Debian's package of LLVM's unwinder could not be had"
        mkdir -p "$lib"
        cat >"$lib/shim.c" <<'C'
#include <stdarg.h>
#include <stdio.h>
int __fprintf_chk(FILE *f, int level, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vfprintf(f, format, arguments);
    va_end(arguments);
    return n;
}
C
        cp "$CI_PREFIX/llvm-unwind/usr/lib/llvm-22/lib/libunwind.a" "$lib/new.a"
        (cd "$lib" && musl-gcc -O2 -c shim.c && ar r new.a shim.o && mv new.a libunwind.a)
    fi
    export CC_x86_64_unknown_linux_musl=musl-gcc CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=musl-gcc
    flags="-Clink-self-contained=no -Crelocation-model=static -L$lib"
    export CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTFLAGS=$flags CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_RUSTDOCFLAGS=$flags
    [ $# -gt 0 ] || set -- --workspace -- --show-output
    "$cargo" test --locked -Zbuild-std --target x86_64-unknown-linux-musl "$@"
    ;;
windows)
    [ -x /usr/bin/x86_64-w64-mingw32-gcc ] || install gcc-mingw-w64-x86-64
    # wine64 itself: its wrapper script wants the 32-bit one.
    [ -x /usr/lib/wine/wine64 ] || install wine64
    # wine 8 has no bcryptprimitives.dll.
    stub=$CI_PREFIX/wine-stub
    mkdir -p "$stub"
    cat >"$stub/stub.c" <<'C'
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }
C
    x86_64-w64-mingw32-gcc -O2 -shared "$stub/stub.c" -o "$stub/bcryptprimitives.dll" -ladvapi32
    export WINEPREFIX=$CI_PREFIX/wine WINEDEBUG=-all WINEPATH="Z:${stub//\//\\}"
    export CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER=/usr/lib/wine/wine64
    # The rest of the tests wants a C library of ours, or Unix.
    [ $# -gt 0 ] || set -- -p pin-ffi -p pin-ffi-tests --lib --test windows --test aliasing \
        --test allocator -- --show-output
    "$cargo" test --locked -Zbuild-std --target x86_64-pc-windows-gnu "$@"
    ;;
thread | memory)
    target=x86_64-unknown-linux-gnu
    runtime=/usr/lib/llvm-22/lib/clang/22/lib/linux
    [ -x /usr/bin/clang-22 ] && [ -d $runtime ] || install clang-22 libclang-rt-22-dev
    for sanitizer in asan msan tsan lsan; do
        cp -n "$runtime/libclang_rt.$sanitizer-x86_64.a" \
            "$RUST/usr/lib/rustlib/$target/lib/librustc-stable_rt.$sanitizer.a"
    done
    export CC=clang-22 CFLAGS="-fsanitize=$what -fno-omit-frame-pointer -g" CARGO_TARGET_DIR=$CI_PREFIX/target/$what
    export RUSTFLAGS="-Zsanitizer=$what -Cforce-frame-pointers=yes" SANITIZER=$what
    # SIGBUS is what some tests are about.
    export TSAN_OPTIONS=handle_sigbus=0 MSAN_OPTIONS=handle_sigbus=0
    if [ "$what" = memory ]; then
        RUSTFLAGS+=" -Zsanitizer-memory-track-origins"
        CFLAGS+=" -fsanitize-memory-track-origins"
    fi
    [ $# -gt 0 ] || set -- --workspace -- --show-output
    RUSTDOCFLAGS=$RUSTFLAGS "$cargo" test --locked -Zbuild-std --target $target "$@"
    ;;
esac
