"""`countersign provenance`: JSON lines in, JSON lines out, in the same order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.commands.provenance import provenance
from tests.routing.provenance_cases import CLAUDE


def run(*lines: str | bytes) -> Result:
    text = b"".join(
        (line if isinstance(line, bytes) else line.encode("utf-8", "surrogatepass")) + b"\n"
        for line in lines
    )
    return CliRunner().invoke(provenance, input=text, catch_exceptions=False)


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_every_record_gets_one_answer_in_its_order() -> None:
    result = run(
        json.dumps({"message": f"Fix it\n\n{CLAUDE}"}),
        json.dumps({"branch": "copilot/x"}),
        json.dumps({}),
    )
    assert [one["verdict"] for one in answers(result)] == ["ai-assisted", "possible", "unknown"]
    assert result.exit_code == 0


def test_an_answer_holds_what_the_manual_promises() -> None:
    (answer,) = answers(run(json.dumps({"message": f"Fix it\n\n{CLAUDE}"})))
    assert answer == {
        "ai": True,
        "verdict": "ai-assisted",
        "tier": "B",
        "tools": ["Claude Code"],
        "evidence": [
            {
                "tier": "B",
                "place": "commit trailer",
                "text": CLAUDE,
                "tool": "Claude Code",
                "proves": "Claude Code leaves this line on what it helped to write.",
            }
        ],
        "bot": False,
    }


def test_no_evidence_has_no_tier() -> None:
    (answer,) = answers(run("{}"))
    assert (answer["ai"], answer["tier"], answer["evidence"]) == (False, None, [])


@pytest.mark.parametrize("bad", ["{", "[1]", "null", "nonsense", b"\xff", "[" * 100_000])
def test_a_bad_line_is_named_and_the_others_are_answered(bad: str | bytes) -> None:
    result = run("{}", bad, json.dumps({"author_login": "Copilot"}))
    assert [one["verdict"] for one in answers(result)] == ["unknown", "ai-authored"]
    assert "line 2" in result.stderr
    assert result.exit_code == 2


def test_empty_lines_are_passed_over_but_counted() -> None:
    result = run("", "{", "")
    assert "line 2" in result.stderr
    assert answers(result) == []


def test_text_that_no_encoding_can_carry_is_answered() -> None:
    result = run('{"author_email": "noreply@anthropic.com", "author_name": "\\ud83e"}')
    assert answers(result)[0]["evidence"][0]["text"] == "\ud83e <noreply@anthropic.com>"


def test_bytes_that_are_no_utf8_inside_a_text_are_read_around() -> None:
    result = run(b'{"message": "Fix \xff it\\n\\nMade-with: Cursor"}')
    assert answers(result)[0]["tools"] == ["Cursor"]


def test_the_help_shows_an_example() -> None:
    result = CliRunner().invoke(provenance, ["--help"])
    assert "| countersign provenance" in result.stdout
