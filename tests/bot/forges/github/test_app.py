"""GitHub by an app: a key proves the app, an installation opens the repository, a bot speaks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bot.errors import Refused
from bot.forges.github.adapter import GitHub, open_github
from routing.effects import GateState, SetGate
from routing.model import Ref
from tests.standins.github.app import App
from tests.standins.github.site import GitHubStandIn
from tests.standins.github.state import Check

SHOP, INFRA = "acme/shop", "acme/infra"


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.fixture
def app(github: GitHubStandIn, key: rsa.RSAPrivateKey) -> App:
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    registered = github.register_app(71, "countersign", public.decode())
    registered.installations[SHOP] = 501
    return registered


@pytest.fixture
async def app_forge(
    github: GitHubStandIn, app: App, key: rsa.RSAPrivateKey
) -> AsyncIterator[GitHub]:
    credentials = (str(app.id), pem(key))
    adapter = open_github([SHOP, INFRA], app=credentials, api_url=github.url)
    yield adapter
    await adapter.close()


def waiting(github: GitHubStandIn, number: int) -> SetGate:
    ref = Ref("github", SHOP, number)
    return SetGate(ref, github.head(number), "main", GateState.PENDING, "Waiting.")


async def test_an_app_is_known_as_its_bot(
    github: GitHubStandIn, app: App, key: rsa.RSAPrivateKey
) -> None:
    forge = open_github([SHOP], app=(str(app.id), pem(key)), api_url=github.url)
    assert await forge.check() == "countersign[bot]"
    await forge.close()


async def test_an_app_says_the_gate_in_a_check_run_of_its_own_and_only_once(
    github: GitHubStandIn, app_forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    for _ in range(2):
        assert await app_forge.set_gate(waiting(github, number))
    (check,) = github.checks[github.head(number)]
    assert (check.app, check.status, check.title) == (71, "in_progress", "Waiting.")
    assert check.summary == "Base branch: `main`"
    assert not github.statuses


@pytest.mark.parametrize("state", [GateState.SUCCESS, GateState.FAILURE])
async def test_a_decided_gate_is_a_completed_check_run(
    github: GitHubStandIn, app_forge: GitHub, state: GateState
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    assert await app_forge.set_gate(replace(waiting(github, number), state=state))
    check = github.check(number)
    assert check is not None
    assert (check.status, check.conclusion) == ("completed", state.value)


async def test_an_open_gate_can_be_shut_again(github: GitHubStandIn, app_forge: GitHub) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    for state in (GateState.SUCCESS, GateState.PENDING):
        assert await app_forge.set_gate(replace(waiting(github, number), state=state))
    check = github.check(number)
    assert check is not None
    assert check.status == "in_progress"


async def test_another_apps_check_run_of_our_name_says_nothing(
    github: GitHubStandIn, app_forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    forged = Check(1, 99, "countersign", "in_progress", None, "Waiting.", None, None)
    github.checks[github.head(number)] = [forged]
    assert await app_forge.set_gate(waiting(github, number))
    assert [check.app for check in github.checks[github.head(number)]] == [99, 71]


async def test_each_repository_is_opened_by_its_own_installation(
    github: GitHubStandIn, app: App, app_forge: GitHub
) -> None:
    infra = github.another(INFRA)
    app.installations[INFRA] = 502
    shop_number = github.open_pull("ana", "feat", files={"a": "1"})
    infra_number = infra.open_pull("bo", "roll", files={"b": "1"})
    assert list(await app_forge.open_merge_requests(SHOP)) == [Ref("github", SHOP, shop_number)]
    assert list(await app_forge.open_merge_requests(INFRA)) == [Ref("github", INFRA, infra_number)]


async def test_a_repository_without_the_app_is_refused(
    github: GitHubStandIn, app_forge: GitHub
) -> None:
    github.another(INFRA)
    with pytest.raises(Refused, match="what the token or app may access"):
        await app_forge.open_merge_requests(INFRA)


async def test_an_app_installed_anew_is_found_again(
    github: GitHubStandIn, app: App, app_forge: GitHub
) -> None:
    number = github.open_pull("ana", "feat", files={"a": "1"})
    assert await app_forge.set_gate(waiting(github, number))
    app.installations[SHOP] = 777
    with pytest.raises(Refused):
        await app_forge.open_merge_requests(SHOP)
    assert len(await app_forge.open_merge_requests(SHOP)) == 1


async def test_another_apps_key_opens_nothing(github: GitHubStandIn, app: App) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forge = open_github([SHOP], app=(str(app.id), pem(stranger)), api_url=github.url)
    with pytest.raises(Refused, match="private key"):
        await forge.open_merge_requests(SHOP)
    await forge.close()
