"""Which module imports which, and that none imports itself by way of others: python3 ci/modules.py [--all] [--table]

A module is a file or a folder (`check.rs` and `check/` are one); inside a folder its files are modules of their own, and
so is the file that opens it. An import is a path through `crate`, `$crate`, `super`, `self` or the crate's name, in `use`
or in code; a name that was re-exported is looked up where it is defined. Tests and comments do not count, nor does what a
file re-exports of its own folder.

Circles that are known stand in ci/circles.txt, a line each. One that is not there fails, with the lines that make it; so
does a line whose circle is gone or has become another, so that the list goes with the circles. `--all` prints the lines of
known circles too, `--table` each module with what it imports.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CRATES = {"pin-ffi/src/lib.rs": "pin_ffi", "pin-ffi-macros/src/lib.rs": None}  # roots, and the name they call themselves
KNOWN = ROOT / "ci/circles.txt"

TOKEN = re.compile(
    r"""(?P<skip>//[^\n]*|\s+|b?'(?:\\[^\n]*?|[^\\\n'])'|'\w+|[bc]?"(?:\\.|[^"\\])*")
      |(?P<raw>[bc]?r(?P<hashes>\#*)".*?"(?P=hashes))
      |(?P<name>\$crate\b|(?:r\#)?\w+)|(?P<path>::)|(?P<other>.)""",
    re.X | re.S,
)


def tokens(text):
    """[(token, line)], without comments and literals."""
    found, at, line = [], 0, 1
    while at < len(text):
        if text.startswith("/*", at):
            depth, end = 1, at + 2
            while depth:
                depth += {"/*": 1, "*/": -1}.get(text[end : end + 2], 0)
                end += 2 if text[end : end + 2] in ("/*", "*/") else 1
        else:
            match = TOKEN.match(text, at)
            end = match.end()
            if match["name"] or match["path"] or match["other"]:
                found.append((match[0].removeprefix("r#"), line))
        line += text.count("\n", at, end)
        at = end
    return found


class Module:
    """A module of the language: a file, or braces in one."""

    def __init__(self, path, file, folder, parent):
        self.path, self.file, self.folder, self.parent = path, file, folder, parent
        self.children, self.items, self.uses, self.paths = {}, set(), [], []
        self.others = []  # of the same name as a child, under another `cfg`


class Crate:
    def __init__(self, root, own_name):
        self.src, self.own_name = root.parent, own_name
        self.macros, self.calls = {}, []
        self.files = {}  # file -> its path as a module
        self.root = Module((), root, root.parent, None)
        self.read(self.root)

    def read(self, module):
        self.files[module.file] = module.path
        self.items(module, tokens(module.file.read_text()))

    def items(self, module, stream):
        i, path_of_next, test = 0, None, False
        while i < len(stream):
            word, line = stream[i]
            after = [token for token, _ in stream[i + 1 : i + 3]] + ["", ""]
            if word == "#" and after[0] in ("[", "!"):
                start = i + 1 + (after[0] == "!")
                end = closing(stream, start)
                inside = [token for token, _ in stream[start + 1 : end]]
                test = test or inside[:3] in (["cfg", "(", "test"], ["cfg", "(", "all"]) and "test" in inside
                if inside[:2] == ["path", "="]:
                    source = module.file.read_text().splitlines()[line - 1]
                    path_of_next = re.search(r'"(.*)"', source)[1]
                i = end + 1
                continue
            if test:  # what the attribute stands on, to its end
                while i < len(stream) and stream[i][0] not in (";", "{"):
                    i += 1
                i = (closing(stream, i) if i < len(stream) and stream[i][0] == "{" else i) + 1
                test = False
                continue
            if word == "mod" and after[1] in (";", "{"):
                name = after[0]
                if after[1] == ";":
                    self.read(self.child(module, name, path_of_next))
                    i += 3
                else:
                    end = closing(stream, i + 2)
                    inner = Module(module.path + (name,), module.file, module.folder / name, module)
                    if module.children.setdefault(name, inner) is not inner:
                        module.others.append(inner)
                    self.items(inner, stream[i + 3 : end])
                    i = end + 1
                path_of_next = None
                continue
            if word == "use":
                end = i
                while stream[end][0] != ";":
                    end += 1
                public = i > 0 and stream[i - 1][0] in ("pub", ")")
                for names, alias, at in tree(stream[i + 1 : end]):
                    module.uses.append((names, alias, public, at))
                i = end + 1
                continue
            if word in ("struct", "enum", "union", "trait", "fn", "const", "static", "type") and after[0].isidentifier():
                name = after[1] if after[0] in ("fn", "mut") else after[0]
                module.items.add(name)
            if word == "macro_rules" and after[0] == "!":
                self.macros.setdefault(after[1], set()).add(module.file)
                module.items.add(after[1])
            elif after[0] == "!" and after[1] in ("(", "[", "{"):
                self.calls.append((module, word, line))
            if after[0] == "::" and (i == 0 or stream[i - 1][0] != "::" or word == self.own_name):
                names, end = [word], i + 1
                while end + 1 < len(stream) and stream[end][0] == "::" and re.match(r"\w", stream[end + 1][0]):
                    names.append(stream[end + 1][0])
                    end += 2
                module.paths.append((names, line))
            i += 1

    def child(self, module, name, path):
        if path:
            file = module.file.parent / path
            folder = file.parent / file.stem
        else:
            file = module.folder / f"{name}.rs"
            if not file.exists():
                file = module.folder / name / "mod.rs"
            folder = module.folder / name
        child = Module(module.path + (name,), file, folder, module)
        if module.children.setdefault(name, child) is not child:
            module.others.append(child)
        return child

    def all(self, module=None):
        module = module or self.root
        yield module
        for child in [*module.children.values(), *module.others]:
            yield from self.all(child)

    def resolve(self, module, names, seen=()):
        """The module in which what the path names is defined; nothing if that is not in this crate."""
        if (module.path, tuple(names)) in seen:
            return None
        seen = (*seen, (module.path, tuple(names)))
        at, rest = module, list(names)
        if rest[0] in ("crate", "$crate", self.own_name):
            at, rest = self.root, rest[1:]
        elif rest[0] in ("self", "super"):
            while rest and rest[0] in ("self", "super"):
                at, rest = (at.parent or at if rest[0] == "super" else at), rest[1:]
        elif rest[0] not in at.children:
            return None  # another crate's, or a name whose `use` was looked at
        while rest:
            if rest[0] in at.children:
                at, rest = at.children[rest[0]], rest[1:]
                continue
            if rest[0] in at.items:
                return at
            uses = [path for path, alias, _, _ in at.uses if alias == rest[0]]
            if uses:
                # Several under different `cfg`s lead to one place, or else the first is as good as any.
                found = [found for path in uses if (found := self.resolve(at, [*path, *rest[1:]], seen))]
                return found[0] if found else None
            for path, alias, _, _ in at.uses:
                if alias == "*" and (source := self.resolve(at, path, seen)) and source is not at:
                    if rest[0] in source.items or rest[0] in source.children or rest[0] in {u[1] for u in source.uses}:
                        return self.resolve(source, ["self", *rest], seen)
            return at
        return at

    def edges(self):
        """(file that imports, file that defines, line)"""
        for module in self.all():
            found = [(names, line, public) for names, _, public, line in module.uses]
            for names, line, public in found + [(names, line, False) for names, line in module.paths]:
                target = self.resolve(module, names)
                if not target or target.file == module.file:
                    continue
                # What a file re-exports of its own folder, it does not need itself.
                if not (public and target.path[: len(module.path)] == module.path):
                    yield module.file, target.file, line
        for module, name, line in self.calls:
            defined = self.macros.get(name, set())
            if len(defined) == 1 and module.file not in defined:
                yield module.file, *defined, line


def closing(stream, start):
    """Where the bracket that opens at `start` closes."""
    depth = 0
    for i in range(start, len(stream)):
        depth += {"[": 1, "(": 1, "{": 1, "]": -1, ")": -1, "}": -1}.get(stream[i][0], 0)
        if depth == 0:
            return i
    return len(stream)


def tree(stream, before=()):
    """The paths of a `use`: (names, what the last one is called here, line)."""
    names, i = list(before), 0
    while i < len(stream):
        word, line = stream[i]
        if word == "{":
            end, start = closing(stream, i), i + 1
            depth = 0
            for k in range(i + 1, end + 1):
                token = stream[k][0]
                if (token == "," and depth == 0) or k == end:
                    if k > start:
                        yield from tree(stream[start:k], names)
                    start = k + 1
                depth += {"{": 1, "}": -1}.get(token, 0)
            return
        if word == "*":
            yield names, "*", line
            return
        if word == "as":
            yield names, stream[i + 1][0], line
            return
        if word != "::":
            names.append(word)
        i += 1
    if names:
        line = stream[-1][1]
        if names[-1] == "self" and len(names) > 1:
            names.pop()
        yield names, names[-1], line


def levels(crate):
    """For each folder, by its path: {(importing, imported): [file:line: what it says]} of the modules in it."""
    found = {}
    for source, target, line in crate.edges():
        a, b = crate.files[source], crate.files[target]
        common = 0
        while common < min(len(a), len(b)) and a[common] == b[common]:
            common += 1
        name = lambda path: path[common] if len(path) > common else "itself" if common else "lib.rs"
        where = source.relative_to(ROOT)
        says = source.read_text().splitlines()[line - 1].strip()
        edges = found.setdefault(a[:common], {})
        lines = edges.setdefault((name(a), name(b)), [])
        if (line := f"{where}:{line}: {says}") not in lines:
            lines.append(line)
    return found


def circles(edges):
    """The largest sets of modules of which each leads to each."""
    nodes = {node for edge in edges for node in edge}
    leads = {node: {b for a, b in edges if a == node} for node in nodes}
    reach = {}
    for node in nodes:
        seen, todo = set(), [node]
        while todo:
            for following in leads[todo.pop()] - seen:
                seen.add(following)
                todo.append(following)
        reach[node] = seen
    together = {frozenset(b for b in reach[a] if a in reach[b]) for a in nodes if a in reach[a]}
    return sorted(together, key=sorted)


def main():
    wanted = set(sys.argv[1:])
    if wanted - {"--all", "--table"}:
        sys.exit(__doc__)
    known = [line for line in KNOWN.read_text().splitlines() if line and not line.startswith("#")]
    found, failed = [], False
    for root, own_name in CRATES.items():
        crate = Crate(ROOT / root, own_name)
        all_levels = levels(crate)
        print(f"{Path(root).parent}: {len(crate.files)} files, {sum(map(len, all_levels.values()))} imports")
        for path, edges in sorted(all_levels.items()):
            folder = "/".join([str(Path(root).parent), *path])
            if "--table" in wanted:
                for module in sorted({a for a, _ in edges}):
                    print(f"  {folder}: {module} -> {' '.join(sorted(b for a, b in edges if a == module))}")
            for circle in circles(edges):
                line = f"{folder}: {' '.join(sorted(circle))}"
                found.append(line)
                is_known = line in known
                failed = failed or not is_known
                print(f"{'known circle' if is_known else 'CIRCLE'}  {line}")
                if is_known and "--all" not in wanted:
                    continue
                for (a, b), lines in sorted(edges.items()):
                    if a in circle and b in circle:
                        print(f"  {a} -> {b}")
                        print("\n".join(f"    {line}" for line in lines))
    for line in known:
        if line not in found:
            failed = True
            print(f"GONE  {line}\n  take the line out of ci/circles.txt, or write down what is left of the circle")
    if failed:
        sys.exit(1)


main()
