"""GitLab's webhooks: only what GitLab proves gets in, and only what fits is believed."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.forges.gitlab.webhooks import GitLabHook
from bot.forges.payloads import Unusable
from routing.events import Event, MergeRequestTouched, PipelineBegan, ReconcileDue
from routing.model import Ref
from tests.standins.gitlab.site import GitLabStandIn

NOW = datetime(2026, 11, 16, 10, 0, tzinfo=UTC)
TOKEN, OLD = "a static token", "the token before"
KEY = b"0123456789abcdef0123456789abcdef"
SIGNING = "whsec_" + base64.b64encode(KEY).decode()
OTHER_KEY = "whsec_" + base64.b64encode(b"another key").decode()

SHOP = "acme/shop"
SAMPLES = json.loads(
    (Path(__file__).parents[3] / "data" / "gitlab" / "deliveries.json").read_text("utf-8")
)
BY_NAME = {sample["name"]: sample for sample in SAMPLES}


def hook(*secrets: str, projects: tuple[str, ...] = (SHOP,)) -> GitLabHook:
    return GitLabHook("gitlab", secrets, projects)


def signed(body: bytes, at: datetime = NOW, identity: str = "msg_1", key: bytes = KEY) -> Any:
    stamp = str(int(at.timestamp()))
    said = f"{identity}.{stamp}.".encode() + body
    proof = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{proof}",
    }


def read(event: str, payload: object) -> Event | None:
    return hook(TOKEN).event(json.dumps(payload).encode(), {"X-Gitlab-Event": event})


# --- whose it is: the static token


def test_the_static_token_is_genuine() -> None:
    assert hook(TOKEN).is_genuine(b"{}", {"X-Gitlab-Token": TOKEN}, NOW)


def test_while_a_token_is_replaced_both_count() -> None:
    for token in (TOKEN, OLD):
        assert hook(TOKEN, OLD).is_genuine(b"{}", {"X-Gitlab-Token": token}, NOW)


@pytest.mark.parametrize("given_token", ["", "A STATIC TOKEN", TOKEN[:-1], TOKEN + "é", "\udcff"])
def test_another_token_is_not_genuine(given_token: str) -> None:
    assert not hook(TOKEN).is_genuine(b"{}", {"X-Gitlab-Token": given_token}, NOW)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_nothing_is_genuine(secrets: tuple[str, ...]) -> None:
    assert not hook(*secrets).is_genuine(b"{}", {"X-Gitlab-Token": ""}, NOW)
    assert not hook(*secrets).is_genuine(b"{}", {}, NOW)


# --- whose it is: the signing token


@given(st.binary())
def test_what_gitlab_signed_is_genuine(body: bytes) -> None:
    assert hook(SIGNING).is_genuine(body, signed(body), NOW)


def test_once_signing_is_set_up_the_static_token_counts_no_more() -> None:
    assert not hook(TOKEN, SIGNING).is_genuine(b"{}", {"X-Gitlab-Token": TOKEN}, NOW)
    assert not hook(TOKEN, SIGNING).is_genuine(b"{}", {"X-Gitlab-Token": SIGNING}, NOW)
    assert hook(TOKEN, SIGNING).is_genuine(b"{}", signed(b"{}"), NOW)


def test_a_signing_secret_that_is_cut_lets_nothing_in() -> None:
    cut = "whsec_$$$"
    assert not hook(cut, TOKEN).is_genuine(b"{}", {"X-Gitlab-Token": TOKEN}, NOW)
    assert not hook(cut).is_genuine(b"{}", signed(b"{}", key=b""), NOW)


def test_while_a_signing_secret_is_replaced_both_count() -> None:
    for key in (KEY, b"another key"):
        assert hook(SIGNING, OTHER_KEY).is_genuine(b"{}", signed(b"{}", key=key), NOW)


def test_one_of_several_signatures_is_enough() -> None:
    headers = signed(b"{}")
    headers["webhook-signature"] = f"v2,new v1,AAAA {headers['webhook-signature']}"
    assert hook(SIGNING).is_genuine(b"{}", headers, NOW)


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_signature_counts_for_five_minutes_either_way(minutes: int) -> None:
    headers = signed(b"{}", NOW + timedelta(minutes=minutes))
    assert hook(SIGNING).is_genuine(b"{}", headers, NOW)


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_an_old_or_early_signature_does_not_count(seconds: int) -> None:
    headers = signed(b"{}", NOW + timedelta(seconds=seconds))
    assert not hook(SIGNING).is_genuine(b"{}", headers, NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": str(int(NOW.timestamp()) + 1)},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "1e9"},
        {"webhook-timestamp": "٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,\udcff"},
        {"webhook-signature": base64.b64encode(b"x" * 32).decode()},
    ],
)
def test_a_signature_of_something_else_does_not_count(change: dict[str, str]) -> None:
    assert not hook(SIGNING).is_genuine(b"{}", {**signed(b"{}"), **change}, NOW)


@given(st.binary(min_size=1), st.data())
def test_a_changed_body_is_not_genuine(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    flipped = bytes([*body[:place], body[place] ^ 1, *body[place + 1 :]])
    assert not hook(SIGNING).is_genuine(flipped, signed(body), NOW)


@given(
    st.binary(),
    st.dictionaries(
        st.sampled_from(["X-Gitlab-Token", "webhook-id", "webhook-timestamp", "webhook-signature"]),
        st.text(),
    ),
    st.lists(st.text() | st.text().map("whsec_".__add__)),
)
def test_looking_never_raises(body: bytes, headers: dict[str, str], secrets: list[str]) -> None:
    token = headers.get("X-Gitlab-Token")
    genuine = hook(*secrets).is_genuine(body, headers, NOW)
    assert not genuine or (token in secrets and token)


# --- what it says


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: str(one["name"]))
def test_a_delivery_says_what_its_sample_says(sample: dict[str, Any]) -> None:
    says = sample["says"]
    expected: dict[str, Event | None] = {
        "touched": MergeRequestTouched(Ref("gitlab", SHOP, 7), "1" * 40, "main"),
        "looked at": MergeRequestTouched(Ref("gitlab", SHOP, 7)),
        "pipeline": PipelineBegan("gitlab", SHOP, "1" * 40),
        "reconcile": ReconcileDue("gitlab"),
        "nothing": None,
    }
    if says == "unusable":
        with pytest.raises(Unusable):
            read(sample["event"], sample["body"])
    else:
        assert read(sample["event"], sample["body"]) == expected[says]


def test_a_project_that_is_not_configured_is_passed_over() -> None:
    sample = BY_NAME["somebody pushed to it"]
    body, headers = json.dumps(sample["body"]).encode(), {"X-Gitlab-Event": sample["event"]}
    assert hook(TOKEN, projects=("acme/web",)).event(body, headers) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.sampled_from(SAMPLES), st.data())
def test_reading_raises_nothing_but_unusable(sample: dict[str, Any], data: st.DataObject) -> None:
    payload = copy.deepcopy(sample["body"])
    place: Any = payload
    for _ in range(data.draw(st.integers(0, 2))):
        inner = [value for value in place.values() if isinstance(value, dict) and value]
        place = data.draw(st.sampled_from(inner)) if inner else place
    place[data.draw(st.sampled_from([*place]))] = data.draw(JSON)
    with suppress(Unusable):
        read(sample["event"], payload)


@given(st.text(), st.binary())
def test_any_bytes_raise_nothing_but_unusable(event: str, body: bytes) -> None:
    with suppress(Unusable):
        assert hook(TOKEN).event(body, {"X-Gitlab-Event": event}) is None


# --- have we seen it


@pytest.mark.parametrize("header", ["webhook-id", "Idempotency-Key", "X-Gitlab-Event-UUID"])
def test_a_delivery_is_told_by_its_id_and_what_it_says(header: str) -> None:
    keys = {
        hook(TOKEN).key(body, {header: identity}) for body in (b"{}", b"[]") for identity in "ab"
    }
    assert len(keys) == 4
    assert hook(TOKEN).key(b"{}", {header: "a"}) in keys


# --- the stand-in delivers as GitLab does


@pytest.mark.parametrize("secret", [TOKEN, SIGNING])
async def test_everything_the_standin_sends_is_genuine_and_understood(
    gitlab: GitLabStandIn, secret: str
) -> None:
    gitlab.hooks_to("http://127.0.0.1:9/nobody", secret)
    iid = gitlab.open_merge_request("ana", "feat", files={"a": "1"})
    gitlab.approve(iid, "bo")
    gitlab.say(iid, "bo", "Fine.")
    head = gitlab.push(iid, {"a": "2"}, "ana")
    gitlab.start_pipeline(iid)
    gitlab.settings["merge_pipelines_enabled"] = True
    gitlab.start_merged_results(iid)
    gitlab.write_file("main", ".countersign.yml", "rules: []\n")
    ours = hook(secret)
    for delivery in gitlab.deliveries:
        assert ours.is_genuine(delivery.body, delivery.headers, gitlab.now())
    heard = [ours.event(one.body, one.headers) for one in gitlab.deliveries]
    ref = Ref("gitlab", SHOP, iid)
    assert [event for event in heard if event is not None] == [
        *[MergeRequestTouched(ref, gitlab.merge_requests[iid].versions[0].head_sha, "main")] * 3,
        MergeRequestTouched(ref, head, "main"),
        PipelineBegan("gitlab", SHOP, head),
        MergeRequestTouched(ref),
        ReconcileDue("gitlab"),
    ]
