"""What an owner's name stands for, told by its shape alone."""

from __future__ import annotations

import pytest

from routing.owners.ownership import Owner, OwnerKind


@pytest.mark.parametrize(
    ("written", "kind", "name"),
    [
        ("@Ana", OwnerKind.USER, "ana"),
        ("@acme/Web-Team", OwnerKind.TEAM, "acme/web-team"),
        ("@group/sub/sub", OwnerKind.TEAM, "group/sub/sub"),
        ("Ana@Example.com", OwnerKind.EMAIL, "ana@example.com"),
        ("@@developer", OwnerKind.ROLE, "developer"),
        ("@@Maintainers", OwnerKind.ROLE, "maintainer"),
        ("@boss", OwnerKind.USER, "boss"),
    ],
)
def test_an_owner_is_told_by_its_shape(written: str, kind: OwnerKind, name: str) -> None:
    owner = Owner(written)
    assert (owner.kind, owner.name, str(owner)) == (kind, name, written)
