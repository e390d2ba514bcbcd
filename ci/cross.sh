#!/bin/bash
# The tests on other architectures, with Rust 1.85:
#
#   ci/cross.sh [i386|arm64|armhf|s390x|ppc64el]... [-- cargo test arguments]
#
# i386 runs on the machine itself, the others under qemu-user.
. "$(dirname "$0")/env.sh"
rust 1.85

archs=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    archs+=("$1")
    shift
done
[ $# -eq 0 ] || shift
# What a test skips, it says.
[ $# -gt 0 ] || set -- --workspace -- --show-output

cd "$ROOT"
for arch in "${archs[@]:-i386}"; do
    case $arch in
    i386) target=i686-unknown-linux-gnu gnu=i686-linux-gnu qemu= ;;
    arm64) target=aarch64-unknown-linux-gnu gnu=aarch64-linux-gnu qemu=aarch64 ;;
    armhf) target=armv7-unknown-linux-gnueabihf gnu=arm-linux-gnueabihf qemu=arm ;;
    s390x) target=s390x-unknown-linux-gnu gnu=s390x-linux-gnu qemu=s390x ;;
    ppc64el) target=powerpc64le-unknown-linux-gnu gnu=powerpc64le-linux-gnu qemu=ppc64le ;;
    *)
        echo "there is no architecture $arch here: i386, arm64, armhf, s390x, ppc64el" >&2
        exit 2
        ;;
    esac

    need=()
    [ -x "/usr/bin/$gnu-gcc" ] || need+=("gcc-$gnu" "libc6-dev-$arch-cross")
    [ -z "$qemu" ] || [ -x "/usr/bin/qemu-$qemu" ] || need+=(qemu-user)
    [ ${#need[@]} = 0 ] || install "${need[@]}"
    [ -d "$RUST/usr/lib/rustlib/$target" ] || unpack "$arch" "$RUST" libstd-rust-web-dev=$RUST_1_85 ||
        skip "Debian's package of Rust's library for $arch could not be had"

    upper=$(echo "$target" | tr a-z- A-Z_)
    unset EMULATOR RUST_TEST_THREADS
    if [ -z "$qemu" ]; then
        # Programs name the loader and the libraries by their paths here, so that they start as any other program does.
        lib=/usr/$gnu/lib
        flags="-Clink-arg=-Wl,--dynamic-linker=$lib/ld-linux.so.2 -Clink-arg=-Wl,-rpath,$lib"
        export "CARGO_TARGET_${upper}_RUSTFLAGS=$flags"
    else
        # Tells the tests that the kernel they see is not the real one, and how to start another program.
        export EMULATOR="qemu-$qemu -L /usr/$gnu" "CARGO_TARGET_${upper}_RUNNER=qemu-$qemu -L /usr/$gnu"
        # One test at a time: qemu-user does not always survive that one thread forks while another one moves a mapping.
        export RUST_TEST_THREADS=1
    fi
    export "CARGO_TARGET_${upper}_LINKER=$gnu-gcc"
    export "CC_${target//-/_}=$gnu-gcc" "AR_${target//-/_}=$gnu-ar"

    echo "== $arch ($target)"
    # Without the doc tests: cargo runs those of a foreign target from 1.89 on.
    CARGO_TARGET_DIR=$CI_PREFIX/target/cross "$RUST/bin/cargo" test --locked --target "$target" "$@"
done
