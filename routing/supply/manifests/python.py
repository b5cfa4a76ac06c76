"""Python: requirements.txt, pyproject.toml, Pipfile, setup.py and setup.cfg."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from routing.supply.manifests.entry import Entry, Role, dependency, in_each
from routing.supply.manifests.toml_lines import TomlLine, specification, strings, walk

REQUIREMENT = re.compile(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?) ?(\[[^\]]*\])? ?"
    r"(@ ?\S+|\(? ?(?:===|==|~=|!=|<=|>=|<|>)[^;#]*+)? ?(?:;.*)?$"
)
"""A dependency specifier (https://packaging.python.org/en/latest/specifications/dependency-specifiers)."""

INDEX_OPTION = re.compile(
    r"(?:-i|-f|--index-url|--extra-index-url|--find-links|index-url|extra-index-url)[\s=]+(\S+)"
)
ADDRESS = re.compile(r"(?:-e\s+|--editable[\s=]+)?((?:git|hg|svn|bzr)\+\S+|https?://\S+)")
PROJECT_LISTS = frozenset(
    {
        *(("project", "dependencies"), ("build-system", "requires")),
        *(("tool.uv", "dev-dependencies"), ("tool.hatch.envs.default", "dependencies")),
    }
)
LIST_TABLES = ("project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies")
LIST_KEYS = frozenset({"dependencies", "requires", "dev-dependencies", "install_requires"})
NOT_PACKAGES = frozenset({"python", "requires-python", "version", "python_version"})
RANGE = ("^", "~", ">", "<", "=", "*")


def read_requirements(lines: Sequence[str]) -> Iterator[Entry]:
    """The entries of a requirements file, or of pip's settings."""
    return in_each(lines, _requirement_line)


def _requirement_line(line: str) -> Iterator[Entry]:
    if option := INDEX_OPTION.match(line):
        yield Entry(Role.SOURCE, "package index", option[1])
    elif address := ADDRESS.match(line):
        yield dependency(_egg(address[1]), address[1])
    elif not line.startswith(("#", "-")):
        bare = line.partition(" #")[0].partition("--hash")[0].rstrip("\\ ")
        yield from _requirement(bare)


def _egg(address: str) -> str:
    named = address.rpartition("egg=")[2] if "egg=" in address else address
    return named.partition("#")[0].rpartition("/")[2].partition("@")[0].removesuffix(".git")


def _requirement(text: str, *, versioned: bool = False) -> Iterator[Entry]:
    found = REQUIREMENT.match(text.strip())
    if found is not None and (found[3] or not versioned):
        name = re.sub(r"[-_.]+", "-", found[1]).lower()
        yield dependency(name, (found[3] or "").lstrip("@").strip(" ()"))


def read_pyproject(lines: Sequence[str]) -> Iterator[Entry]:
    """The entries of a pyproject.toml or Pipfile."""
    for line in walk(lines):
        if _is_package_table(line.table):
            yield from _table_entry(line)
        elif _is_list(line):
            for text in strings(line.value):
                yield from _requirement(text)
        elif line.table is None:
            yield from _out_of_context(line)
        elif line.table.endswith("source") and line.key == "url":
            yield Entry(Role.SOURCE, "package index", next(strings(line.value), ""))


def _is_package_table(table: str | None) -> bool:
    return table is not None and (
        (table.startswith("tool.poetry.") and table.endswith("dependencies"))
        or table in {"packages", "dev-packages"}
    )


def _is_list(line: TomlLine) -> bool:
    if line.table is None:
        return line.key in LIST_KEYS
    return (line.table, line.key) in PROJECT_LISTS or line.table.startswith(LIST_TABLES)


def _table_entry(line: TomlLine) -> Iterator[Entry]:
    spec = specification(line.value)
    if line.key is not None and spec is not None and line.key not in NOT_PACKAGES:
        yield dependency(re.sub(r"[-_.]+", "-", line.key).lower(), spec)


def _out_of_context(line: TomlLine) -> Iterable[Entry]:
    """Where no heading is in sight, only what carries a range of versions is an entry."""
    if line.key is None:
        for text in strings(line.value):
            yield from _requirement(text, versioned=True)
    elif (specification(line.value) or "").startswith(RANGE):
        yield from _table_entry(line)


def read_setup(lines: Sequence[str]) -> Iterator[Entry]:
    """The entries of a setup.py or setup.cfg: whatever reads like a versioned requirement."""
    for line in lines:
        texts = list(strings(line)) or [line]
        for text in texts:
            if not text.strip().lower().startswith(tuple(NOT_PACKAGES)):
                yield from _requirement(text, versioned=True)
