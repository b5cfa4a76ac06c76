"""A merged change's review as an in-toto attestation, for auditors and their tools.

Statement v1 (https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md) in a DSSE
envelope (https://github.com/secure-systems-lab/dsse/blob/master/envelope.md).
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bot.proof.keys import SigningKey
from storage.ledger import Opened

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:countersign:review:v1"
"""Its JSON schema is `review_predicate.schema.json` beside this file."""
PAYLOAD_TYPE = "application/vnd.in-toto+json"

Json = dict[str, Any]


def statements(entries: Iterable[Opened]) -> Iterator[Json]:
    """One statement for each merge that the ledger knows."""
    for entry in entries:
        if entry.kind == "merged":
            data = json.loads(entry.data)
            if "binding" in data:
                yield _statement(entry, data)


def _statement(entry: Opened, data: Json) -> Json:
    binding = data["binding"]
    return {
        "_type": STATEMENT,
        "subject": [{"name": entry.ref, "digest": {"gitCommit": binding["head_sha"]}}],
        "predicateType": PREDICATE,
        "predicate": {
            "mergeRequest": entry.ref,
            "mergedSeenAt": entry.at,
            "headSha": binding["head_sha"],
            "baseBranch": binding["base_branch"],
            "policyHash": binding["policy_hash"],
            "author": data["author"],
            "ai": {
                "verdict": data["provenance"]["verdict"],
                "tools": data["provenance"]["tools"],
                "assistedLines": data["provenance"]["assisted_lines"],
            },
            "risk": data["risk"],
            "verdict": data["verdict"],
            "rules": data["rules"],
            "approvals": [
                {
                    "person": one["person"],
                    "via": one["via"],
                    "at": one["at"],
                    "headSha": one["binding"]["head_sha"],
                    "baseBranch": one["binding"]["base_branch"],
                    "policyHash": one["binding"]["policy_hash"],
                }
                for one in data["approvals"]
            ],
            "ledger": {"entry": entry.seq, "hash": entry.hash},
        },
    }


def envelope(statement: Mapping[str, Any], signing: SigningKey) -> Json:
    """The statement, signed."""
    payload = json.dumps(statement, sort_keys=True, separators=(",", ":")).encode()
    kind = PAYLOAD_TYPE.encode()
    # DSSE's pre-authentication encoding: what is signed says how long each of its parts is.
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": b64encode(payload).decode(),
        "signatures": [
            {"keyid": signing.public.id, "sig": b64encode(signing.sign(message)).decode()}
        ],
    }
