"""npm, and what writes the same form: package.json, package-lock.json, .npmrc, composer.json."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.supply.manifests.entry import Entry, Role, dependency, in_each

OPENING = re.compile(r'\s*"([^"]*)"\s*:\s*\{')
PAIR = re.compile(r'"([^"]+)"\s*:\s*"([^"]*)"')
DEPENDENCY_BLOCKS = frozenset(
    {
        *("dependencies", "devDependencies", "optionalDependencies", "peerDependencies"),
        *("overrides", "resolutions", "catalog", "require", "require-dev"),
    }
)
INSTALL_SCRIPTS = frozenset({"preinstall", "install", "postinstall", "prepare", "prepublish"})
"""The scripts that npm runs when a package is installed
(https://docs.npmjs.com/cli/v11/using-npm/scripts)."""

NOT_PACKAGES = frozenset(
    {"version", "node", "npm", "yarn", "pnpm", "vscode", "engine", "packageManager", "target"}
)
VERSION = re.compile(
    r"(?:[\^~=v]|[<>]=?)? ?\d++(?:\.(?:\d++|x|\*))*+(?:[-+.\w]*+| ?(?:\|\||-|[<>]).*)$"
    r"|\*$|latest$|next$|(?:npm|catalog|github|git\+\w+|git):"
)
LOCAL = ("file:", "link:", "portal:", "workspace:")
REGISTRY = re.compile(r"(?:@[^:\s]+:)?registry\s*=\s*(\S+)")


def read_package_json(lines: Sequence[str]) -> Iterator[Entry]:
    """The dependencies and install scripts of a package.json."""
    blocks: list[str] = []
    for line in lines:
        opened = OPENING.match(line)
        if opened:
            blocks.append(opened[1])
        rest = line[opened.end() :] if opened else line
        for name, value in PAIR.findall(rest):
            yield from _pair(blocks[-1] if blocks else None, name, value)
        closed = "}" in rest if opened else rest.startswith("}")
        if blocks and closed:
            blocks.pop()


def _pair(block: str | None, name: str, value: str) -> Iterator[Entry]:
    if value.startswith(LOCAL):
        return
    versioned = VERSION.match(value) is not None
    if block in DEPENDENCY_BLOCKS or (block is None and versioned and name not in NOT_PACKAGES):
        yield dependency(name, value)
    elif block in {None, "scripts"} and name in INSTALL_SCRIPTS:
        yield Entry(Role.SCRIPT, name, value)


def read_package_lock(lines: Sequence[str]) -> Iterator[Entry]:
    """What a package-lock.json resolved, and which of it runs scripts when installed."""
    package: str | None = None
    for line in lines:
        if opened := OPENING.match(line):
            package = opened[1].rpartition("node_modules/")[2]
        elif '"hasInstallScript": true' in line:
            yield Entry(Role.SCRIPT, package or "a package", "install")
        elif package and (found := PAIR.search(line)):
            name, value = found.groups()
            if name == "version":
                yield Entry(Role.LOCKED, package, value)
            elif name == "resolved" and value.startswith(("git", "http:")):
                yield Entry(Role.SOURCE, package, value)


def read_npmrc(lines: Sequence[str]) -> Iterator[Entry]:
    """Which registries packages come from."""
    return in_each(lines, _registry)


def _registry(line: str) -> Iterator[Entry]:
    if found := REGISTRY.match(line):
        yield Entry(Role.SOURCE, "package registry", found[1])
