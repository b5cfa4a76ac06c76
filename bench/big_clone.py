"""A clone to measure on: an invented history of any size, made with `git fast-import`."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

PEOPLE = 300
FOLDERS = 2_500
FILES = 40_000
DEEPEST = 6
MOST = 450
YEARS = 10
END = 1_767_225_600
"""The last commit's time: 2026-01-01."""

WORDS = ("api", "auth", "billing", "cart", "core", "docs", "edge", "feed", "graph", "jobs", "kit")


def make_clone(folder: Path, commits: int, files_each: int) -> None:
    """Make a bare repository of so many commits, each of about so many files (exponentially).

    A few people do most of the work, in a few folders; now and then files are renamed.
    """
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", folder], check=True)  # noqa: S603, S607 - our own git
    command = ["git", "-C", str(folder), "fast-import", "--quiet"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:  # noqa: S603 - our own git
        stream = process.stdin
        if stream is None:
            raise OSError("git fast-import takes no input")
        for piece in _stream(random.Random(7), commits, files_each):  # noqa: S311 - invented
            stream.write(piece.encode())
    if process.returncode:
        raise OSError("git fast-import failed")


def _stream(chance: random.Random, commits: int, files_each: int) -> Iterator[str]:
    shelves = _shelves(chance)
    made: set[str] = set()
    for number in range(commits):
        at = END - (commits - number) * YEARS * 365 * 86_400 // commits
        author, reviewer = _somebody(chance, 40), _somebody(chance, 30)
        yield (
            f"commit refs/heads/main\nauthor {author} {at} +0000\ncommitter {author} {at} +0000\n"
        )
        yield _data(f"Change {number}\n\nWhy it was made.\n\nReviewed-by: {reviewer}\n")
        wanted = min(MOST, 1 + int(chance.expovariate(1 / files_each)))
        touched: set[str] = set()
        while len(touched) < wanted:
            shelf = shelves[min(len(shelves) - 1, int(chance.expovariate(1 / 400)))]
            some = min(len(shelf), wanted - len(touched), chance.randint(1, 8))
            touched.update(chance.sample(shelf, some))
        for path in sorted(touched):
            yield f"M 100644 inline {path}\n" + _data(f"{path}\n{number} {chance.random()}\n")
        made |= touched
        if number % 500 == 499:  # noqa: PLR2004 - now and then
            shelf = chance.choice(shelves)
            for place, path in enumerate(shelf[:5]):
                if path in made:
                    shelf[place] = f"{path}.{number}"
                    made.add(shelf[place])
                    yield f"R {path} {shelf[place]}\n"


def _shelves(chance: random.Random) -> list[list[str]]:
    """Folders with their files."""
    folders = list(WORDS)
    while len(folders) < FOLDERS:
        parent = chance.choice(folders)
        if parent.count("/") < DEEPEST - 1:
            folders.append(f"{parent}/{chance.choice(WORDS)}{len(folders)}")
    shelves: dict[str, list[str]] = {}
    for number in range(FILES):
        folder = chance.choice(folders)
        shelves.setdefault(folder, []).append(f"{folder}/{chance.choice(WORDS)}_{number}.py")
    return list(shelves.values())


def _somebody(chance: random.Random, spread: int) -> str:
    number = min(PEOPLE - 1, int(chance.expovariate(1 / spread)))
    return f"Dev {number} <dev{number}@example.org>"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
