#!/bin/bash
# What a release needs: ci/release.sh [--renew-api]
#
# Packages that build from what is in them, with both licences and a README; only known licences and no crate twice in
# what a user builds; the documentation as it is shown online; the public API as it is recorded in docs/api. After a
# change of the API that is meant, `--renew-api` records it.
. "$(dirname "$0")/env.sh"
cd "$ROOT"
crates=(pin-ffi-macros pin-ffi) # in the order in which they are published
export CARGO_TARGET_DIR=$CI_PREFIX/target/release

# tool NAME VERSION: a program from the registry, built once.
tool() {
    local bin=$CI_PREFIX/tools/$1-$2
    [ -x "$bin/bin/$1" ] || CARGO_TARGET_DIR=$CI_PREFIX/target/tools \
        cargo install --quiet --locked --root "$bin" --version "$2" "$1" || skip "$1 $2 cannot be had here"
    PATH=$bin/bin:$PATH
}

record_api() {
    local crate
    for crate in "${crates[@]}"; do
        # Of the automatic traits, only those that decide what safe code may do with a value.
        cargo +nightly public-api --color never -p "$crate" --all-features --omit blanket-impls,auto-derived-impls |
            grep -vE '^impl.* !?core::(marker::(Freeze|Unpin|UnsafeUnpin)|panic::unwind_safe::[A-Za-z]+) for ' \
                >"$1/$crate.txt"
    done
}

rustc +nightly --version >/dev/null 2>&1 || skip "the documentation's index and its labels need the nightly toolchain"
tool cargo-public-api 0.52.0
if [ "${1:-}" = --renew-api ]; then
    record_api docs/api
    exit
fi
tool cargo-deny 0.20.2

echo "packages"
cargo package --quiet --locked "${crates[@]/#/-p}"
for crate in "${crates[@]}"; do
    package=$(ls -t "$CARGO_TARGET_DIR/package/$crate"-[0-9]*.crate | head -1)
    for file in LICENSE-MIT LICENSE-APACHE README.md; do
        # The text, not the link that stands in the checkout.
        tar tvzf "$package" | grep -E "^-.*/$file$" >/dev/null || {
            echo "$package: no $file"
            exit 1
        }
    done
    echo "$crate: $(tar tzf "$package" | wc -l) files"
done
# What the macros generate calls the runtime crate's hidden parts: no other version of them will do. (`package` is the
# runtime crate's here.)
tar xOzf "$package" --wildcards '*/Cargo.toml' | grep -A1 '^\[dependencies.pin-ffi-macros\]' | grep -q '^version = "=' || {
    echo "$package: pin-ffi-macros is not tied to one version"
    exit 1
}

echo "licences, crates that stand twice, sources"
cargo deny --locked --workspace check --hide-inclusion-graph licenses sources
# What a user builds, without what our tests bring along.
cargo deny --locked --manifest-path pin-ffi/Cargo.toml check --hide-inclusion-graph bans

echo "documentation with its labels"
RUSTDOCFLAGS="-D warnings --cfg docsrs" cargo +nightly doc --quiet --locked --no-deps --all-features "${crates[@]/#/-p}"

echo "public API"
found=$(mktemp -d)
trap 'rm -r "$found"' EXIT
record_api "$found"
if ! diff -u --label recorded --label found -r docs/api "$found"; then
    echo "the public API is not what docs/api records; if it is meant: bash ci/release.sh --renew-api"
    exit 1
fi
