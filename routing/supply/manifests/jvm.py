"""Maven and Gradle: pom.xml, build.gradle(.kts), settings and version catalogues."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from routing.supply.manifests.entry import Entry, dependency
from routing.supply.manifests.toml_lines import specification, walk

TAG = re.compile(r"<(/?)([A-Za-z][\w.-]*+)[^<>]*+>([^<]*)")
ARTEFACTS = frozenset({"dependency", "plugin", "parent", "extension", "annotationProcessorPath"})
OF_THE_PROJECT = frozenset({"packaging", "name", "description", "url", "modelVersion", "modules"})
"""What stands beside the project's own version, which is no dependency."""

VERSION_PROPERTY = re.compile(r"(?:.+[.-]version|version\..+)$")
COORDINATES = re.compile(r"""["']([\w.-]++:[\w.-]++)(?::([^"':@]++))?[^"']*+["']""")
PLUGIN = re.compile(r"""\bid\s*\(?\s*["']([\w.-]+)["']\s*\)?\s*version\s*\(?\s*["']([^"']+)""")


def read_pom(lines: Sequence[str]) -> Iterator[Entry]:
    """The artefacts of a pom.xml and the properties that hold versions.

    Where the name is out of sight, the entry still says that some version changed.
    """
    artefact = version = None
    excluded = False
    for closing, tag, text in (found for line in lines for found in TAG.findall(line)):
        if tag == "exclusions":
            excluded = not closing
        elif closing and tag in ARTEFACTS:
            if artefact or version:
                yield dependency(artefact or "an artefact", version or "")
            artefact = version = None
        elif tag in ARTEFACTS or tag in OF_THE_PROJECT:
            artefact = version = None
        elif tag == "artifactId" and not closing and not excluded:
            artefact = text.strip()
        elif tag == "version" and not closing:
            version = text.strip()
        elif not closing and text.strip() and VERSION_PROPERTY.match(tag):
            yield dependency(tag, text)
    if version:
        yield dependency(artefact or "an artefact", version)


def read_gradle(lines: Sequence[str]) -> Iterator[Entry]:
    """The coordinates and plugins of a Gradle script."""
    for line in lines:
        if line.lstrip().startswith("//"):
            continue
        for coordinates, version in COORDINATES.findall(line):
            yield dependency(coordinates, version)
        for plugin, version in PLUGIN.findall(line):
            yield dependency(plugin, version)


def read_catalogue(lines: Sequence[str]) -> Iterator[Entry]:
    """The versions, libraries and plugins of a version catalogue (libs.versions.toml)."""
    for line in walk(lines):
        if line.key is None:
            continue
        spec = specification(line.value)
        if spec is not None and line.table != "bundles":
            name, colon, version = spec.rpartition(":")
            yield dependency(name if colon else line.key, version if colon else spec)
