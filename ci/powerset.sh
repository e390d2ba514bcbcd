#!/bin/bash
# pin-ffi with every set of its features, without a warning; its tests and examples without the default ones.
. "$(dirname "$0")/env.sh"

export CARGO_TARGET_DIR=$CI_PREFIX/target/powerset
cd "$ROOT"
mapfile -t features < <(awk '/^\[/ { on = $0 == "[features]" } on && /^[a-z]/ && $1 != "default" { print $1 }' pin-ffi/Cargo.toml)
[ ${#features[@]} -gt 1 ] || {
    echo "which features does pin-ffi have?" >&2
    exit 1
}

for ((set = 0; set < 1 << ${#features[@]}; set++)); do
    chosen=
    for i in "${!features[@]}"; do
        ((set >> i & 1)) && chosen+="${chosen:+,}${features[i]}"
    done
    echo "== ${chosen:-no features}"
    RUSTFLAGS="-D warnings" cargo check --quiet --locked -p pin-ffi --no-default-features --features "$chosen"
done

echo "== tests and documentation without default features"
cargo test --locked -p pin-ffi --no-default-features
