"""Readers of dependency files, one module for each family of package managers."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

from routing.supply.manifests.containers import read_dockerfile, read_images, read_workflow
from routing.supply.manifests.entry import Read
from routing.supply.manifests.jvm import read_catalogue, read_gradle, read_pom
from routing.supply.manifests.npm import read_npmrc, read_package_json, read_package_lock
from routing.supply.manifests.others import read_cargo, read_gems, read_go_mod, read_nuget
from routing.supply.manifests.python import read_pyproject, read_requirements, read_setup


class Ecosystem(StrEnum):
    """Where dependencies come from, as people call it."""

    PYPI = "PyPI"
    NPM = "npm"
    MAVEN = "Maven"
    GO = "Go"
    CARGO = "Cargo"
    RUBYGEMS = "RubyGems"
    NUGET = "NuGet"
    PACKAGIST = "Packagist"
    OTHER = "another"
    DOCKER = "Docker"
    ACTIONS = "GitHub Actions"


class Reader(NamedTuple):
    """How a dependency file is read."""

    ecosystem: Ecosystem
    read: Read


BY_NAME = {
    "pyproject.toml": Reader(Ecosystem.PYPI, read_pyproject),
    "pipfile": Reader(Ecosystem.PYPI, read_pyproject),
    "setup.py": Reader(Ecosystem.PYPI, read_setup),
    "setup.cfg": Reader(Ecosystem.PYPI, read_setup),
    "pip.conf": Reader(Ecosystem.PYPI, read_requirements),
    "package.json": Reader(Ecosystem.NPM, read_package_json),
    "package-lock.json": Reader(Ecosystem.NPM, read_package_lock),
    "npm-shrinkwrap.json": Reader(Ecosystem.NPM, read_package_lock),
    "composer.json": Reader(Ecosystem.PACKAGIST, read_package_json),
    ".npmrc": Reader(Ecosystem.NPM, read_npmrc),
    "pom.xml": Reader(Ecosystem.MAVEN, read_pom),
    "build.gradle": Reader(Ecosystem.MAVEN, read_gradle),
    "build.gradle.kts": Reader(Ecosystem.MAVEN, read_gradle),
    "settings.gradle": Reader(Ecosystem.MAVEN, read_gradle),
    "settings.gradle.kts": Reader(Ecosystem.MAVEN, read_gradle),
    "libs.versions.toml": Reader(Ecosystem.MAVEN, read_catalogue),
    "go.mod": Reader(Ecosystem.GO, read_go_mod),
    "cargo.toml": Reader(Ecosystem.CARGO, read_cargo),
    "gemfile": Reader(Ecosystem.RUBYGEMS, read_gems),
    "directory.packages.props": Reader(Ecosystem.NUGET, read_nuget),
    "packages.config": Reader(Ecosystem.NUGET, read_nuget),
    ".gitlab-ci.yml": Reader(Ecosystem.DOCKER, read_images),
}
BY_ENDING = {
    "gemspec": Reader(Ecosystem.RUBYGEMS, read_gems),
    "csproj": Reader(Ecosystem.NUGET, read_nuget),
    "fsproj": Reader(Ecosystem.NUGET, read_nuget),
    "vbproj": Reader(Ecosystem.NUGET, read_nuget),
    "dockerfile": Reader(Ecosystem.DOCKER, read_dockerfile),
}
BY_PATH = (
    (
        re.compile(r"(?:.*/)?\.github/(?:workflows|actions)/.+\.ya?ml$"),
        Reader(Ecosystem.ACTIONS, read_workflow),
    ),
    (
        re.compile(r"(?:.*/)?(?:dockerfile|containerfile)(?:[.-][\w.-]+)?$"),
        Reader(Ecosystem.DOCKER, read_dockerfile),
    ),
    (
        re.compile(r"(?:.*/)?(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$"),
        Reader(Ecosystem.DOCKER, read_images),
    ),
    (
        re.compile(
            r"(?:.*/)?(?:(?:[\w.-]*[-_.])?(?:requirements|constraints)[\w.-]*|requirements/.+)"
            r"\.(?:txt|in)$"
        ),
        Reader(Ecosystem.PYPI, read_requirements),
    ),
)


def reader_of(path: str) -> Reader | None:
    """The reader for the file at `path`, or None where it is no dependency file we can read."""
    lowered = path.lower()
    name = lowered.rpartition("/")[2]
    found = BY_NAME.get(name) or BY_ENDING.get(name.rpartition(".")[2])
    if found is not None:
        return found
    return next((reader for pattern, reader in BY_PATH if pattern.match(lowered)), None)
