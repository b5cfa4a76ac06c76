"""Go, Cargo, RubyGems and NuGet: go.mod, Cargo.toml, Gemfile and gemspec, project files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.supply.manifests.entry import Entry, Role, dependency, in_each
from routing.supply.manifests.toml_lines import specification, walk

GO_REQUIRE = re.compile(r"(?:require\s+)?([\w.-]++(?:/[^\s()]+)?)\s+(v\d\S*)")
GO_REPLACE = re.compile(r"(?:replace\s+)?(\S+)(?:\s+v\S+)?\s+=>\s+(\S.*)$")
GO_MAJOR = re.compile(r"/v\d+$")
GO_BLOCK = re.compile(r"(require|replace|exclude|retract|tool)\s*\($")

CARGO_RANGE = re.compile(r"[\^~=<>*]|\d")
CARGO_NOT_CRATES = frozenset({"version", "edition", "rust-version", "name", "resolver", "rev"})

GEM = re.compile(r"""gem\s*\(?\s*["']([^"']+)["'](.*)$""")
GEM_OF_SPEC = re.compile(r"""\w+\.add_(?:\w+_)?dependency\s*\(?\s*["']([^"']+)["'](.*)$""")
GEM_SOURCE = re.compile(r"""source\s*\(?\s*["']([^"']+)["']""")
GEM_ADDRESS = re.compile(r"""\b(?:git|github|gist|bitbucket)(?::|\s*=>)\s*["']([^"']+)["']""")
QUOTED = re.compile(r""",\s*["']([^"']*)["']""")

PACKAGE = re.compile(
    r"<(?:PackageReference|PackageVersion|GlobalPackageReference|PackageDownload|package)\b"
    r"([^<>]*)>?"
)
ATTRIBUTE = re.compile(
    r"""\b(Include|Update|id|Version|VersionOverride|version)\s*=\s*"([^"]*)\""""
)
VERSION_TAG = re.compile(r"<Version>([^<]*)</Version>")


def read_go_mod(lines: Sequence[str]) -> Iterator[Entry]:
    """The modules of a go.mod; `…/v2` counts as the same module as `…/v3`."""
    block = ""
    for line in (line.partition("//")[0].strip() for line in lines):
        if opened := GO_BLOCK.match(line):
            block = opened[1]
        elif line == ")":
            block = ""
        elif (replaced := GO_REPLACE.match(line)) and block in {"", "replace"}:
            yield Entry(Role.SOURCE, replaced[1], replaced[2])
        elif (found := GO_REQUIRE.match(line)) and block in {"", "require"} and "." in found[1]:
            yield dependency(GO_MAJOR.sub("", found[1]), found[2])


def read_cargo(lines: Sequence[str]) -> Iterator[Entry]:
    """The crates of a Cargo.toml."""
    for table, key, value in walk(lines):
        if key is None:
            continue
        spec = specification(value)
        group, _, crate = (table or "").rpartition(".")
        if table is None:
            likely = key not in CARGO_NOT_CRATES and CARGO_RANGE.match(spec or "")
            if likely or (value.startswith("{") and spec):
                yield dependency(key, spec or "")
        elif table.startswith(("patch.", "replace")):
            yield Entry(Role.SOURCE, key, spec or value)
        elif table.endswith("dependencies"):
            if spec is not None:
                yield dependency(key, spec)
        elif group.endswith("dependencies") and key in {"version", "git"}:
            yield dependency(crate, spec or "" if key == "version" else f"git {spec}")


def read_gems(lines: Sequence[str]) -> Iterator[Entry]:
    """The gems of a Gemfile or a gemspec, and where they come from."""
    return in_each(lines, _gem_line)


def _gem_line(line: str) -> Iterator[Entry]:
    if found := GEM.match(line) or GEM_OF_SPEC.match(line):
        address = GEM_ADDRESS.search(found[2])
        versions = ", ".join(QUOTED.findall(found[2].partition(": ")[0]))
        yield dependency(found[1], f"git {address[1]}" if address else versions)
    elif source := GEM_SOURCE.match(line):
        yield Entry(Role.SOURCE, "gem source", source[1])


def read_nuget(lines: Sequence[str]) -> Iterator[Entry]:
    """The packages of a project file, Directory.Packages.props or packages.config."""
    pending: str | None = None
    for line in lines:
        if found := PACKAGE.search(line):
            fields = {name.lower(): value for name, value in ATTRIBUTE.findall(found[1])}
            name = fields.get("include") or fields.get("update") or fields.get("id")
            version = fields.get("version") or fields.get("versionoverride")
            if name and (version or found[1].rstrip().endswith("/")):
                yield dependency(name, version or "")
            else:
                pending = name
        elif pending and (child := VERSION_TAG.search(line)):
            yield dependency(pending, child[1])
            pending = None
        elif pending and "</PackageReference>" in line:
            yield dependency(pending, "")
            pending = None
