"""What is there is documented, and what is documented is there: commands and variables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.settings import Settings

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
VARIABLES = [str(field.alias) for field in Settings.model_fields.values()]


def commands(group: click.Group = main, *above: str) -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*above, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, *above, name)


COMMANDS = dict(commands())
FIRST = [words for words in COMMANDS if " " not in words]


def shown_help(words: str) -> str:
    """What `countersign WORDS --help` prints."""
    shown = CliRunner().invoke(main, [*words.split(), "--help"], prog_name="countersign")
    assert shown.exit_code == 0
    return shown.output


def examples(text: str) -> list[str]:
    """Every call in a text: at the start of a line, behind a pipe, or in backquotes."""
    return re.findall(r"(?:^ *|\| |`)(countersign [^`\n]+)", text, re.MULTILINE)


@pytest.mark.parametrize("words", FIRST)
def test_every_commands_help_has_an_example_of_it(words: str) -> None:
    shown = shown_help(words)
    assert "Example" in shown
    assert [one for one in examples(shown) if one.startswith(f"countersign {words}")]


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_in_a_line_what_it_does(words: str) -> None:
    line = COMMANDS[words].get_short_help_str(limit=200)
    assert len(line.split()) >= 3
    assert not line.endswith("...")


@pytest.mark.parametrize("words", ["", *COMMANDS])
def test_every_help_can_be_shown(words: str) -> None:
    assert shown_help(words).startswith(f"Usage: countersign {words}".rstrip())


def options() -> Iterator[tuple[str, click.Option]]:
    for words, command in COMMANDS.items():
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                yield words, parameter


def called(example: str) -> str:
    """The words of the command that an example calls."""
    first, *rest = example.split()[1:] or [""]
    deeper = f"{first} {rest[0]}" if rest else first
    return deeper if deeper in COMMANDS else first


EXAMPLES = [*examples(README), *(one for words in COMMANDS for one in examples(shown_help(words)))]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_calls_a_command_with_options_it_has(example: str) -> None:
    words = called(example)
    assert words in COMMANDS or words.startswith("--")
    known = {flag for of, option in options() if of == words for flag in option.opts}
    known |= {flag for _, option in options() for flag in option.secondary_opts}
    flags = re.findall(r"(?<!\S)(--?[a-z][a-z-]*)", example)
    assert set(flags) <= known | {"--help", "-h", "--version"}


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_named_in_the_readme(variable: str) -> None:
    assert f"`{variable}`" in README


NAMED = sorted(set(re.findall(r"\b(?:COUNTERSIGN|SLACK|GITHUB|GITLAB)_[A-Z_]+\b", README)))


@pytest.mark.parametrize("variable", NAMED)
def test_every_variable_in_the_readme_is_read(variable: str) -> None:
    assert variable in VARIABLES


@pytest.mark.parametrize(
    ("words", "option"),
    [(words, option) for words, option in options() if option.envvar],
    ids=lambda one: one if isinstance(one, str) else str(one.name),
)
def test_a_variable_that_an_option_reads_is_a_setting(words: str, option: click.Option) -> None:
    del words
    assert option.envvar in VARIABLES
