"""Changes that went through files without anybody having to know them: formatting, mass edits.

They teach nobody anything, so they count for nobody's expertise.
"""

from __future__ import annotations

import re

MASS_FILES = 500
"""A change of more files was made by a tool, or brings in somebody else's work."""


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


STYLE = _listed(
    """
    autoformat autoformatting endings format formatted formatter formatting indent indentation lint
    linter linting reformat reformatted reformatting reindent style whitespace whitespaces

    autopep8 biome black buildifier clang-format dos2unix dprint eslint fmt fourmolu gofmt gofumpt
    goimports google-java-format isort ktfmt ktlint nixfmt ocamlformat ormolu php-cs-fixer prettier
    rubocop ruff rustfmt scalafmt shfmt spotless standardrb stylelint swift-format swiftformat
    uncrustify yapf
    """
)
"""What is done to code without changing what it says, and the tools that do it."""

FILLERS = _listed(
    """
    a across again all and apply applied applying auto automatic automatically base by c c++ cargo
    changes clean cleanup code codebase css dart entire errors everything everywhere file files fix
    fixed fixes fixing go html issues java javascript js kotlin line minor misc mix more normalise
    normalize of on only our over problems project python ran remove repo repository run running
    rust scala some source sources strip swift terraform test tests the to trailing tree trim ts
    typescript unify up via warnings whole with using zig
    """
)
"""Words that add nothing to that."""

PREFIX = re.compile(r"\[[^\]]{1,40}\]\s*|[^\s:]{1,60}:\s+")
NUMBER = re.compile(r"\s*\((?:#|!)\d+\)\s*\Z")
STYLE_TYPE = re.compile(r"style(?:\([^)]{1,60}\))?!?:", re.IGNORECASE)
ARGUMENT = re.compile(r"-{1,2}[a-z-]+|v?\d[\w.]*", re.ASCII)


def is_sweep(subject: str, files: int) -> bool:
    """Whether a change teaches nothing: more files than `MASS_FILES`, or about style alone.

    About style alone is the type `style` of Conventional Commits (conventionalcommits.org), or a
    subject of which every word is in the lists above: "Run black 24.1 on the whole codebase",
    "core: fix whitespace (#12)", but not "Format phone numbers".
    """
    if files > MASS_FILES or STYLE_TYPE.match(subject):
        return True
    said = PREFIX.sub("", NUMBER.sub("", subject), count=1).lower()
    words = said.split()
    return all(map(_is_known, words)) and any(_bare(word) in STYLE for word in words)


def _is_known(word: str) -> bool:
    bare = _bare(word)
    return bare in STYLE or bare in FILLERS or ARGUMENT.fullmatch(bare) is not None


def _bare(word: str) -> str:
    return word.strip(".,;!`'\"()")
