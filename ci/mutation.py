"""Called by mutation.sh: ROOT, a folder for the copy of the tree, and the sections or names to run (default: all).

`mutation.py ROOT --apply-only` runs nothing: it says which files no longer apply. A test of soundness_docs.rs calls it so.

A file in ci/mutations removes one guard:

    row: 13                        the sections of docs/SOUNDNESS.md that the guard serves: `13`, or `18, 19`
    guard: what is removed
    test: soundness s13_name       one such line for each test that must fail: FILE NAME for tests/tests, `ui CASE` for
                                   tests/ui, `lib NAME` for pin-ffi itself
    how: does not compile          only if the test is code that must compile

    pin-ffi/src/field.rs           the file and the change: a diff without line numbers. The replaced lines must occur
    -    <$t>::try_from(n).ok()    exactly once; indentation does not count.
    +    Some(n as $t)

In place of tests and a change, a file may say `none: why there is nothing to remove`, or `needs: what would notice`.
tests/tests/soundness_docs.rs checks that each section of docs/SOUNDNESS.md names the files and their tests.
"""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

LIMIT = 900  # seconds for a command, on a busy machine too; a test that hangs is red
ENVIRONMENT = {
    "CARGO_PROFILE_DEV_DEBUG": "0",
    "CARGO_TERM_COLOR": "never",
    "CARGO_INCREMENTAL": "1",
    "RUST_BACKTRACE": "0",
}


class Problem(Exception):
    """Makes the whole run fail in the end; the other mutations still run."""


class Mutation:
    def __init__(self, path):
        self.name, self.tests, self.edits, self.said = path.stem, [], [], {}
        head, _, body = path.read_text().partition("\n\n")
        for line in head.splitlines():
            key, _, value = line.partition(": ")
            if key == "test":
                self.tests.append(tuple(value.split(" ", 1)))
            elif key in ("row", "guard", "how", "none", "needs"):
                self.said[key] = value
            else:
                sys.exit(f"{path}: `{line}` is not understood")
        self.rows = self.said["row"].split(", ")
        for block in body.strip("\n").split("\n\n") if body.strip() else []:
            file, *lines = block.splitlines()
            if wrong := [line for line in lines if line[:1] not in (" ", "-", "+")]:
                sys.exit(f"{path}: `{wrong[0]}` is no line of a change")
            old = [line[1:] for line in lines if line[0] != "+"]
            new = [line[1:] for line in lines if line[0] != "-"]
            self.edits.append((file, old, new))
        if bool(self.edits) != bool(self.tests) or not (self.edits or {"none", "needs"} & self.said.keys()):
            sys.exit(f"{path}: it needs a change and a test, or `none` or `needs`")


class Tree:
    """A copy of the working tree whose files are changed and restored."""

    def __init__(self, root, copy):
        self.root, self.copy = root, copy
        copy.mkdir(parents=True, exist_ok=True)
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=root, check=True, capture_output=True, text=True,
        ).stdout.split("\0")
        self.files = [Path(file) for file in listed if file and (root / file).is_file()]
        for old in copy.rglob("*"):
            if old.is_file() and old.relative_to(copy) not in self.files:
                old.unlink()
        for file in self.files:
            self.put(file, (root / file).read_bytes())

    def put(self, file, content):
        to = self.copy / file
        to.parent.mkdir(parents=True, exist_ok=True)
        # An unchanged file keeps its time, so that cargo does not build it again.
        if not to.exists() or to.read_bytes() != content:
            to.write_bytes(content)

    def change(self, mutation):
        for file, old, new in mutation.edits:
            lines, at = place(self.copy, file, old)
            lines[at : at + len(old)] = new
            self.put(file, ("\n".join(lines) + "\n").encode())

    def restore(self, mutation):
        for file, _, _ in mutation.edits:
            self.put(file, (self.root / file).read_bytes())

    def cargo(self, *arguments):
        """Returns the exit code (None if it hangs) and all output."""
        command = ["cargo", arguments[0], "--locked", *arguments[1:]]
        try:
            done = subprocess.run(
                command, cwd=self.copy, env={**os.environ, **ENVIRONMENT}, timeout=LIMIT,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            return None, ""
        return done.returncode, re.sub(r"\x1b\[[0-9;]*m", "", done.stdout.decode(errors="replace"))


def place(tree, file, old):
    """The lines of the file, and where among them the old ones start."""
    if not (tree / file).is_file():
        raise Problem(f"no longer applies: there is no {file}")
    lines, wanted = (tree / file).read_text().splitlines(), [line.strip() for line in old]
    stripped = [line.strip() for line in lines]
    found = [i for i in range(len(lines)) if stripped[i : i + len(old)] == wanted]
    if len(found) != 1:
        raise Problem(f"no longer applies: its lines are {len(found)} times in {file}")
    return lines, found[0]


def stale(root, mutations):
    """What keeps files from being applied, a line for each change."""
    for mutation in mutations:
        for file, old, _ in mutation.edits:
            try:
                place(root, file, old)
            except Problem as problem:
                yield f"{mutation.name} {problem}"


def target(file):
    if file == "lib":
        return ["-p", "pin-ffi", "--lib"]
    return ["-p", "pin-ffi-tests", "--test", file] + (["--features", "events"] if file == "events" else [])


def run(tree, file, names):
    """Runs these tests of one file and no others."""
    if file == "ui":
        # trybuild builds the cases of `built`, and does not only check them, if a passing case runs with them.
        wanted = [f"trybuild=ui/{name}." for name in names]
        wanted += ["trybuild=ui/pass/"] if any(name.startswith("built/") for name in names) else []
        return tree.cargo("test", *target(file), "--", "refusals", *wanted)
    return tree.cargo("test", *target(file), "--", "--exact", "--nocapture", *names)


def green_with_guards(tree, mutations):
    """Runs every test of the mutations, and returns those that this machine skips: {test: why}."""
    skipped, by_file = {}, {}
    for test in {test for mutation in mutations for test in mutation.tests}:
        by_file.setdefault(test[0], []).append(test[1])
    for file, names in sorted(by_file.items()):
        code, output = run(tree, file, sorted(names))
        if file == "ui" and (why := re.search(r"skipped: (.*)", output)):
            skipped |= {(file, name): why[1] for name in names}
            continue
        # First: what is red may have kept others from running.
        if code != 0:
            print(output)
            sys.exit(f"with all guards in place, tests of `{file}` are red, or hang")
        for name in names:
            seen = f"test ui/{name}.rs " if file == "ui" else f"test {name} ..."
            if seen not in output:
                print(output)
                sys.exit(f"there is no test `{name}` in `{file}`")
        for name in names if file != "ui" and "skipped" in output else []:
            _, alone = run(tree, file, [name])
            if why := re.search(r"skipped: (.*)", alone):
                skipped[(file, name)] = why[1]
    return skipped


def without(tree, mutation):
    """How each test of the mutation goes red: [(test, how)]."""
    code, output = tree.cargo("build", "-p", "pin-ffi", "--features", "std,mmap,bytes")
    if code != 0:
        raise Problem("the crate itself does not build without it:\n" + errors(output))
    return [(test, red(tree, mutation, *test)) for test in mutation.tests]


def red(tree, mutation, file, name):
    if file != "ui":
        code, output = tree.cargo("test", *target(file), "--no-run")
        if code != 0:
            if mutation.said.get("how") == "does not compile":
                return "does not compile: " + short(errors(output).splitlines()[0])
            raise Problem(f"`{file}` does not compile:\n" + errors(output))
    code, output = run(tree, file, [name])
    if code is None:
        return "hangs"
    if code == 0:
        raise Problem(f"`{file} {name}` stays green")
    if file == "ui":
        return refusal(name, output)
    if signal := re.search(r"signal: \d+, (SIG\w+)", output):
        return signal[1]
    if not re.search(rf"test {re.escape(name)} .*FAILED|test {re.escape(name)} - should panic", output, re.S):
        raise Problem(f"`{file} {name}` did not run:\n{output}")
    said = re.findall(r"panicked at .*:\n(.*(?:\n *(?:left|right): .*)*)", output)
    return "; ".join(short(line.strip()) for line in said[-1].splitlines()) if said else "fails"


def refusal(name, output):
    """How a compile-fail case changed: it compiles, or lost errors."""
    if "succeeded" in output and "Expected test case to fail to compile" in output:
        return "compiles"
    parts = re.search(r"EXPECTED:\n┈+\n(.*?)\n┈+\n\nACTUAL OUTPUT:\n┈+\n(.*?)\n┈+\n", output, re.S)
    if not parts:
        raise Problem(f"`ui {name}` is red in a way that says nothing:\n{output}")
    expected, actual = (Counter(re.findall(r"^error.*", part, re.M)) for part in parts.groups())
    gone, instead = list((expected - actual).elements()), (actual - expected).total()
    if not gone:
        raise Problem(f"`ui {name}` is refused all the same, in other words:\n{output}")
    others = f", {instead} others instead" if instead else ""
    return f"{len(gone)} of {expected.total()} errors gone{others}: {short(gone[0])}"


def short(text):
    return text if len(text) <= 100 else text[:97] + "..."


def errors(output):
    return "\n".join(re.findall(r"^error.*", output, re.M)[:5]) or output


def main():
    root, copy, wanted = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:]
    mutations = [Mutation(path) for path in sorted((root / "ci/mutations").glob("*.txt"))]
    if sys.argv[2:] == ["--apply-only"]:
        sys.exit("\n".join(stale(root, mutations)) or 0)
    sections = set(re.findall(r'^## <a id="(\d+)"></a>\1\. ', (root / "docs/SOUNDNESS.md").read_text(), re.M))
    known = {row for mutation in mutations for row in mutation.rows}
    if sections != known:
        sys.exit(f"docs/SOUNDNESS.md and ci/mutations differ in the sections {sorted(sections ^ known)}")
    if wanted:
        mutations = [m for m in mutations if m.name in wanted or set(m.rows) & set(wanted)]
        if not mutations:
            sys.exit(f"no such section or name: {wanted}")

    tree = Tree(root, copy)
    skipped = green_with_guards(tree, mutations)
    print("| section | guard removed | test | what happens |\n|---|---|---|---|", flush=True)
    counts, problems = {"red": 0, "skipped": 0, "none": 0, "needs": 0}, []
    for mutation in mutations:
        row, guard = ", ".join(mutation.rows), mutation.said.get("guard", "")

        def line(test, how):
            cells = [row, guard, f"`{' '.join(test)}`" if test else "", how.replace("|", "\\|")]
            print("| " + " | ".join(cells) + " |", flush=True)

        for kind in ("none", "needs"):
            if kind in mutation.said:
                counts[kind] += 1
                line((), {"none": "nothing to remove: ", "needs": "not tested here: needs "}[kind] + mutation.said[kind])
        if not mutation.edits:
            continue
        for test in mutation.tests:
            if test in skipped:
                line(test, f"skipped: {skipped[test]}")
        mutation.tests = [test for test in mutation.tests if test not in skipped]
        if not mutation.tests:
            counts["skipped"] += 1
            continue
        try:
            tree.change(mutation)
            for test, how in without(tree, mutation):
                line(test, how)
            counts["red"] += 1
        except Problem as problem:
            problems.append(f"{mutation.name}: {problem}")
            line((), f"**{str(problem).splitlines()[0]}**")
        finally:
            tree.restore(mutation)
    print(
        f"\n{counts['red']} guards removed, each noticed by its tests; {counts['skipped']} skipped here; "
        f"{counts['needs']} that no test here can notice; {counts['none']} where the compiler is the guard."
    )
    for problem in problems:
        print(f"\n{problem}", file=sys.stderr)
    sys.exit(1 if problems else 0)


main()
