"""Attestations, checked with the tools an auditor would take."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from google.protobuf.json_format import ParseDict
from in_toto_attestation.v1.statement import Statement
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer._key import SSlibKey

from bot import proof
from bot.commands.ledger import ledger
from bot.proof.keys import open_signing_key, public_half
from routing.model import State
from routing.rules.approvals import VerdictState
from routing.trail import merged_entry
from storage.database import Storage
from tests.bot.builders import a_place, a_review, a_rule, a_verdict, an_opinion
from tests.builders import HEAD, NOW, REF

MERGED = replace(
    a_review(opinions=(an_opinion("dana"),), verdict=a_verdict(a_rule(a_place("dana")))),
    state=State.MERGED,
)
SCHEMA = json.loads(
    (Path(proof.__file__).parent / "review_predicate.schema.json").read_text("utf-8")
)


@pytest.fixture
def database(storage: Storage, tmp_path: Path) -> Path:
    entry = merged_entry(MERGED)
    storage.run_blocking(lambda rooms: rooms.ledger.append(REF, [entry], NOW + timedelta(hours=1)))
    open_signing_key(tmp_path / "countersign.db.key")
    return tmp_path / "countersign.db"


def exported(database: Path) -> dict[str, Any]:
    arguments = ["export", "--as", "in-toto", "--database", str(database)]
    result = CliRunner().invoke(ledger, arguments, catch_exceptions=False)
    (line,) = result.output.splitlines()
    read: dict[str, Any] = json.loads(line)
    return read


def checked(envelope: dict[str, Any], key: Path) -> dict[str, Any]:
    """What the envelope holds, once securesystemslib has found its signature good."""
    public = load_pem_public_key(key.read_bytes())
    opened = Envelope.from_dict(envelope)
    (keyid,) = opened.signatures
    opened.verify([SSlibKey.from_crypto(public, keyid)], 1)
    payload: dict[str, Any] = json.loads(opened.payload)
    return payload


def test_an_auditor_can_check_the_signature_and_the_statement(database: Path) -> None:
    envelope = exported(database)
    key = public_half(database.with_name("countersign.db.key"))
    payload = checked(envelope, key)
    statement = Statement([], "", {})
    ParseDict(payload, statement.pb)
    statement.validate()
    assert statement.pb.subject[0].digest["gitCommit"] == HEAD
    jsonschema.validate(payload["predicate"], SCHEMA)


def test_it_says_who_wrote_with_which_tools_and_who_approved_what(database: Path) -> None:
    payload = checked(exported(database), public_half(database.with_name("countersign.db.key")))
    said = payload["predicate"]
    assert (said["author"], said["ai"]["tools"]) == ("ana", ["Claude Code"])
    assert [(one["person"], one["headSha"]) for one in said["approvals"]] == [("dana", HEAD)]
    assert said["approvals"][0]["policyHash"] == said["policyHash"] == "policy-1"
    assert said["verdict"] == VerdictState.SATISFIED


def test_an_envelope_whose_payload_was_changed_is_refused(database: Path) -> None:
    envelope = exported(database)
    envelope["payload"] = envelope["payload"][:-8] + "AAAAAAA="
    with pytest.raises(VerificationError):
        checked(envelope, public_half(database.with_name("countersign.db.key")))
