"""What kind of file a path is. Names alone decide, so that an unseen file has its kinds too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from routing.folders import Folders
from routing.generated import GENERATED_FOLDERS, LOCK_FILES, VENDORED_FOLDERS, is_generated_name
from routing.hazards import kind_names as names


class Kind(StrEnum):
    """A kind of file; a path may have several, or none."""

    SOURCE = "source"
    TEST = "test"
    DOCS = "docs"
    CONFIG = "config"
    ASSET = "asset"
    BINARY = "binary"
    GENERATED = "generated"
    VENDORED = "vendored"
    LOCK = "lock"
    MANIFEST = "manifest"
    MIGRATION = "migration"
    AUTH = "auth"
    CRYPTO = "crypto"
    SECRETS = "secrets"
    PAYMENT = "payment"
    INFRASTRUCTURE = "infrastructure"
    CONTAINER = "container"
    CI = "ci"
    API_SCHEMA = "api_schema"
    REVIEW_RULES = "review_rules"


WORDS = re.compile(r"2fa|x509|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
"""The words of a path: `src/OAuthLogin.ts` is src, O, Auth, Login, ts."""

TEST_NAME = re.compile(
    r"^(?:test_.*|tests?|conftest)\.\w+$"
    r"|(?:[._-](?:test|tests|spec|e2e)|(?<=[a-z0-9])(?:Test|Tests|TestCase|Spec|IT))\.\w+$"
)
REQUIREMENTS_NAME = re.compile(r"^(?:.*[-_.])?(?:requirements|constraints)[\w.-]*\.(?:txt|in)$")
MIGRATION_NAME = re.compile(r"^[VUR][\d._]*__.+\.sql$")
"""Flyway's names."""

NUMBERED_NAME = re.compile(r"^\d{3}")

SUBJECTS = (
    (Kind.AUTH, names.AUTH_WORDS),
    (Kind.CRYPTO, names.CRYPTO_WORDS),
    (Kind.SECRETS, names.SECRET_WORDS),
    (Kind.PAYMENT, names.PAYMENT_WORDS),
)
ANY_SUBJECT = frozenset(
    form
    for _, telling in SUBJECTS
    for word in telling
    for form in (word, word.capitalize(), word.upper())
)
"""In each way of writing that `WORDS` can find, so that most paths need no second look."""

NEVER_RUN = frozenset({Kind.TEST, Kind.DOCS, Kind.ASSET, Kind.BINARY, Kind.VENDORED, Kind.LOCK})
"""Kinds of files that change no database, whatever their folder is called."""

QUIET = NEVER_RUN | {Kind.GENERATED}
"""Kinds of files in which a sensitive word says little."""


class _Folder(NamedTuple):
    """What the folders of a path say about every file in there."""

    unwritten: Kind | None = None
    pipeline: bool = False
    fixtures: bool = False
    tests: bool = False
    docs: bool = False
    translations: bool = False
    requirements: bool = False
    migrations: bool = False
    numbered_migrations: bool = False
    infrastructure: bool = False
    deployment: bool = False
    subjects: tuple[Kind, ...] = ()


TELLING_FOLDERS = frozenset({"requirements"}).union(
    names.FIXTURE_FOLDERS,
    names.TEST_FOLDERS,
    names.DOCS_FOLDERS,
    names.TRANSLATION_FOLDERS,
    names.MIGRATION_FOLDERS,
    names.NUMBERED_MIGRATION_FOLDERS,
    names.INFRASTRUCTURE_FOLDERS,
    names.DEPLOYMENT_FOLDERS,
)
"""Most folders tell nothing by their name, and need no second look."""


class _Place(NamedTuple):
    """A path taken apart: the file's name as written, then in lower case, and its folder."""

    written: str
    name: str
    stem: str
    ending: str
    folder: _Folder


@lru_cache(maxsize=8192)
def kinds_of(path: str) -> frozenset[Kind]:
    """The kinds of the file at `path` (with forward slashes); empty where nothing is known."""
    place = _place(path)
    form = _unwritten(place) or _form(place)
    found = set[Kind]() if form is None else {form}
    if form not in NEVER_RUN and _is_migration(place):
        found.add(Kind.MIGRATION)
    if form not in QUIET:
        found.update(_delivery(place))
        if form is not Kind.MANIFEST:
            found.update(_subjects(place))
    return frozenset(found)


def _place(path: str) -> _Place:
    folder, _, written = path.rpartition("/")
    name = written.lower()
    stem, _, ending = name.rpartition(".")
    if not stem:
        stem, ending = name, ""
    return _Place(written, name, stem, ending, FOLDERS.at(folder))


def _enter(path: str, around: _Folder) -> _Folder:
    """What a folder says, within what those around it say: none takes anything back."""
    written = path.rpartition("/")[2]
    name, subjects = written.lower(), _subjects_of_words(written)
    unwritten = written in VENDORED_FOLDERS or written in GENERATED_FOLDERS
    pipeline = f"/{path.lower()}/".endswith(names.CI_FOLDERS)
    if not (subjects or unwritten or pipeline or name in TELLING_FOLDERS):
        return around
    return _Folder(
        unwritten=_unwritten_in(written, around.unwritten),
        pipeline=around.pipeline or pipeline,
        fixtures=around.fixtures or name in names.FIXTURE_FOLDERS,
        tests=around.tests or name in names.TEST_FOLDERS,
        docs=around.docs or name in names.DOCS_FOLDERS,
        translations=around.translations or name in names.TRANSLATION_FOLDERS,
        requirements=around.requirements or name == "requirements",
        migrations=around.migrations or name in names.MIGRATION_FOLDERS,
        numbered_migrations=around.numbered_migrations or name in names.NUMBERED_MIGRATION_FOLDERS,
        infrastructure=around.infrastructure or name in names.INFRASTRUCTURE_FOLDERS,
        deployment=around.deployment or name in names.DEPLOYMENT_FOLDERS,
        subjects=around.subjects + subjects,
    )


def _unwritten_in(folder: str, around: Kind | None) -> Kind | None:
    """Other people's code, wherever it lies, before what tools write."""
    if folder in VENDORED_FOLDERS:
        return Kind.VENDORED
    return around or (Kind.GENERATED if folder in GENERATED_FOLDERS else None)


FOLDERS = Folders(_Folder(), _enter)


def _unwritten(place: _Place) -> Kind | None:
    if place.name in LOCK_FILES:
        return Kind.LOCK
    return place.folder.unwritten or (Kind.GENERATED if is_generated_name(place.name) else None)


def _form(place: _Place) -> Kind | None:  # noqa: PLR0911 - one answer for each form
    """What the file is made of."""
    folder, ending = place.folder, place.ending
    if folder.pipeline:
        return Kind.CONFIG
    if folder.fixtures:
        return Kind.TEST
    if _is_manifest(place):
        return Kind.MANIFEST
    if _is_docs(place):
        return Kind.DOCS
    if folder.translations or ending in names.ASSET_ENDINGS:
        return Kind.ASSET
    if ending in names.BINARY_ENDINGS:
        return Kind.BINARY
    if _is_test(place):
        return Kind.TEST
    if ending in names.SOURCE_ENDINGS:
        return Kind.SOURCE
    plain = ending in names.CONFIG_ENDINGS or place.name.startswith(".env")
    return Kind.CONFIG if plain else None


def _is_manifest(place: _Place) -> bool:
    return (
        place.name in names.MANIFEST_NAMES
        or place.ending in names.MANIFEST_ENDINGS
        or (
            place.ending in {"txt", "in"}
            and (place.folder.requirements or REQUIREMENTS_NAME.match(place.name) is not None)
        )
    )


def _is_docs(place: _Place) -> bool:
    if place.ending in names.DOCS_ENDINGS:
        return True
    if place.ending in {"", "txt"} and place.stem in names.DOCS_STEMS:
        return True
    runs = place.ending in names.SOURCE_ENDINGS or place.ending in names.CONFIG_ENDINGS
    return place.folder.docs and not runs


def _is_test(place: _Place) -> bool:
    if place.ending in names.INFRASTRUCTURE_ENDINGS:
        return False  # terraform/test/ is an environment
    if place.folder.tests:
        return True
    likely = "test" in place.name or "spec" in place.name or place.name.count(".") > 1
    return (
        (likely or "IT." in place.written)
        and place.ending in names.SOURCE_ENDINGS
        and TEST_NAME.search(place.written) is not None
    )


def _is_migration(place: _Place) -> bool:
    if place.ending not in names.MIGRATION_ENDINGS or place.name == "__init__.py":
        return False
    return (
        place.folder.migrations
        or place.name in names.MIGRATION_NAMES
        or place.stem in names.MIGRATION_STEMS
        or (place.ending == "sql" and MIGRATION_NAME.match(place.written) is not None)
        or (place.folder.numbered_migrations and NUMBERED_NAME.match(place.name) is not None)
    )


def _delivery(place: _Place) -> Iterator[Kind]:
    """What the file does for building, running and agreeing."""
    folder, name, ending = place.folder, place.name, place.ending
    if folder.pipeline or name in names.CI_NAMES:
        yield Kind.CI
    if ending == "dockerfile" or (
        name.partition(".")[0] in names.CONTAINER_STEMS and ending not in names.SOURCE_ENDINGS
    ):
        yield Kind.CONTAINER
    if (
        folder.infrastructure
        or (folder.deployment and ending in names.DEPLOYMENT_ENDINGS)
        or ending in names.INFRASTRUCTURE_ENDINGS
        or name in names.INFRASTRUCTURE_NAMES
    ):
        yield Kind.INFRASTRUCTURE
    if ending in names.API_SCHEMA_ENDINGS or (
        ending in names.CONFIG_ENDINGS and name.startswith(names.API_SCHEMA_BEGINNINGS)
    ):
        yield Kind.API_SCHEMA
    if name in names.REVIEW_RULES:
        yield Kind.REVIEW_RULES


def _subjects(place: _Place) -> tuple[Kind, ...]:
    """What the file is about, where it is about something that must not go wrong."""
    told = place.folder.subjects + _subjects_of_words(place.written)
    if place.ending in names.SECRET_ENDINGS or place.name.startswith(".env"):
        return (*told, Kind.SECRETS)
    return told


def _subjects_of_words(text: str) -> tuple[Kind, ...]:
    written = WORDS.findall(text)
    if ANY_SUBJECT.isdisjoint(written):
        return ()
    words = {word.lower() for word in written}
    return tuple(kind for kind, telling in SUBJECTS if not words.isdisjoint(telling))
