"""The door before the pages: who gets in, by which way, and what the others learn: nothing."""

from __future__ import annotations

import html
import json
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.app import Countersign, Edges, Front
from bot.clock import StoryClock
from bot.playground.nouns import User
from bot.playground.server import Playground
from bot.policies import Policies
from bot.slack.client import open_client
from bot.web.addresses import Addresses
from bot.web.seals import Seals
from routing.trail import Entry
from storage.database import Storage
from tests.bot.builders import a_review
from tests.bot.fakes import MemoryForge, files_in
from tests.builders import NOW, REF

PAGE = "/reviews/github/acme/shop/7"
NO_PAGE = "/reviews/github/acme/shop/8"


@dataclass
class Visitor:
    """A browser, and what it may meet."""

    http: aiohttp.ClientSession
    url: URL
    slack: Playground
    seals: Seals

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(self.url.join(URL(path))) as answer:
            return answer.status, await answer.text()

    async def link(self) -> str:
        """The address that the gate carries."""
        address = await Addresses(self.seals, str(self.url), 30).of(REF)
        assert address is not None
        return address

    async def signs_in(self, who: str, to: str = PAGE) -> tuple[int, str]:
        """Follow "Sign in with Slack", say who it is, and come back."""
        async with self.http.get(self.url / "sign-in", params={"to": to}) as asked:
            choice = html.unescape(await asked.text())
        [there] = re.findall(rf'href="(\S+as={who})"', choice)
        return await self.get(URL(self.slack.base_url).join(URL(there)).human_repr())


@pytest.fixture
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    return files_in(tmp_path_factory.mktemp("files"))


@pytest.fixture
async def visitor(
    storage: Storage, policies: Policies, clock: StoryClock
) -> AsyncIterator[Visitor]:
    async with Playground(clock) as slack:
        slack.workspace.add_user(User("U0DANA", "dana", "Dana Ng"))
        slack.workspace.add_user(User("U0GUEST", "guest", "Gia Est", guest=True))
        slack.workspace.add_user(User("U0FAR", "far", "Finn Ar", team_id="T0ELSEWHERE"))
        # The bot has to know its own address before it can be served.
        door = socket.create_server(("127.0.0.1", 0))
        url = URL(f"http://127.0.0.1:{door.getsockname()[1]}")
        app = (slack.openid.client_id, slack.openid.client_secret)
        bot = Countersign(
            Edges(
                forges={"github": MemoryForge()},
                slack=open_client(slack.bot_token, slack.api_url),
                signing_secret="s",
                front=Front(str(url), slack_app=app),
            ),
            storage,
            policies,
            clock,
        )
        await storage.run(lambda rooms: rooms.reviews.save(a_review(), NOW))
        runner = web.AppRunner(bot.web)
        await runner.setup()
        await web.SockSite(runner, door).start()
        jar = aiohttp.CookieJar(unsafe=True)
        async with bot, aiohttp.ClientSession(cookie_jar=jar) as http:
            yield Visitor(http, url, slack, Seals(storage, clock))
        await runner.cleanup()


async def test_a_stranger_learns_nothing_not_even_what_there_is(visitor: Visitor) -> None:
    there, gone = await visitor.get(PAGE), await visitor.get(NO_PAGE)
    assert there[0] == gone[0] == 401
    assert there[1].replace("shop/7", "shop/8") == gone[1]


async def test_the_gates_link_opens_its_page(visitor: Visitor) -> None:
    status, text = await visitor.get(await visitor.link())
    assert status == 200
    assert "Retry refunds that time out" in text


async def test_the_gates_link_opens_no_other_page(visitor: Visitor) -> None:
    link = await visitor.link()
    assert (await visitor.get(link.replace("shop/7", "shop/8")))[0] == 401


async def test_the_gates_link_ends(visitor: Visitor, clock: StoryClock) -> None:
    link = await visitor.link()
    clock.move_to(clock.now() + timedelta(days=31))
    assert (await visitor.get(link))[0] == 401


async def test_a_member_signs_in_and_sees_the_page_they_came_for(visitor: Visitor) -> None:
    status, text = await visitor.signs_in("U0DANA")
    assert status == 200
    assert "Retry refunds that time out" in text
    assert (await visitor.get(NO_PAGE))[0] == 404


@pytest.mark.parametrize("who", ["U0GUEST", "U0FAR"])
async def test_guests_and_people_of_other_workspaces_stay_outside(
    visitor: Visitor, who: str
) -> None:
    status, text = await visitor.signs_in(who)
    assert status == 403
    assert "only full members" in text
    assert (await visitor.get(PAGE))[0] == 401


async def test_whoever_is_deactivated_is_out_within_minutes(
    visitor: Visitor, clock: StoryClock
) -> None:
    await visitor.signs_in("U0DANA")
    visitor.slack.workspace.add_user(User("U0DANA", "dana", "Dana Ng", deleted=True))
    clock.move_to(clock.now() + timedelta(minutes=6))
    assert (await visitor.get(PAGE))[0] == 401


async def test_a_session_ends(visitor: Visitor, clock: StoryClock) -> None:
    await visitor.signs_in("U0DANA")
    clock.move_to(clock.now() + timedelta(hours=13))
    assert (await visitor.get(PAGE))[0] == 401


async def test_signing_out_ends_the_session(visitor: Visitor) -> None:
    await visitor.signs_in("U0DANA")
    await visitor.http.post(visitor.url / "sign-out", allow_redirects=False)
    assert (await visitor.get(PAGE))[0] == 401


async def test_while_slack_is_down_nobody_is_believed(visitor: Visitor, clock: StoryClock) -> None:
    await visitor.signs_in("U0DANA")
    clock.move_to(clock.now() + timedelta(minutes=6))
    visitor.slack.down = True
    assert (await visitor.get(PAGE))[0] == 503


async def test_a_code_for_another_browser_signs_nobody_in(visitor: Visitor) -> None:
    async with visitor.http.get(visitor.url / "sign-in") as asked:
        choice = html.unescape(await asked.text())
    [there] = re.findall(r'href="(\S+as=U0DANA)"', choice)
    address = URL(visitor.slack.base_url).join(URL(there))
    async with visitor.http.get(address, allow_redirects=False) as back:
        stolen = back.headers["Location"]
    visitor.http.cookie_jar.clear()
    status, text = await visitor.get(stolen)
    assert status == 403
    assert "not begun in this browser" in text


async def test_a_code_is_spent_once(visitor: Visitor) -> None:
    async with visitor.http.get(visitor.url / "sign-in", params={"to": PAGE}) as asked:
        choice = html.unescape(await asked.text())
    [there] = re.findall(r'href="(\S+as=U0DANA)"', choice)
    address = URL(visitor.slack.base_url).join(URL(there))
    async with visitor.http.get(address, allow_redirects=False) as back:
        once = back.headers["Location"]
    kept = list(visitor.http.cookie_jar)
    assert (await visitor.get(once))[0] == 200
    visitor.http.cookie_jar.clear()
    visitor.http.cookie_jar.update_cookies(
        {cookie.key: cookie.value for cookie in kept}, visitor.url
    )
    assert (await visitor.get(once))[0] == 403


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
async def test_signing_in_leads_back_to_us_only(visitor: Visitor, to: str) -> None:
    status, text = await visitor.signs_in("U0DANA", to)
    assert status in {200, 404}
    assert "evil" not in text


async def test_ledger_and_insights_are_for_members(visitor: Visitor) -> None:
    for path in ("/ledger", "/ledger/export.jsonl", "/insights", "/insights/ai.light.svg"):
        assert (await visitor.get(path))[0] == 401
    async with visitor.http.post(visitor.url / "ledger" / "verify") as answer:
        assert answer.status == 401


async def test_a_member_searches_verifies_and_exports_the_ledger(
    visitor: Visitor, storage: Storage
) -> None:
    entries = [Entry("opened", {"title": f"Change {number}"}) for number in range(600)]
    await storage.run(lambda rooms: rooms.ledger.append(REF, entries, NOW))
    status, text = await visitor.signs_in("U0DANA", "/ledger?q=599")
    assert status == 200
    assert "Change 599" in text
    assert "Change 598" not in text
    _, exported = await visitor.get("/ledger/export.jsonl")
    lines = [json.loads(line) for line in exported.splitlines()]
    assert [line["seq"] for line in lines] == list(range(len(lines), 0, -1))
    assert lines[0]["data"] == {"title": "Change 599"}
    async with visitor.http.post(visitor.url / "ledger" / "verify") as answer:
        said = await answer.text()
    assert "the chain holds" in said
    assert f"{len(lines)} entries" in said


async def test_a_member_sees_insights_and_their_plots(visitor: Visitor) -> None:
    status, text = await visitor.signs_in("U0DANA", "/insights?weeks=4")
    assert status == 200
    assert "Nobody is named or ranked" in text
    assert (await visitor.get("/insights/ai.dark.svg?weeks=4"))[0] == 200
    assert (await visitor.get("/insights/ai.pink.svg"))[0] == 404


async def test_every_answer_keeps_the_browser_to_our_own_files(visitor: Visitor) -> None:
    for path in (PAGE, "/healthz", "/static/pages.css", "/nowhere", await visitor.link()):
        async with visitor.http.get(visitor.url.join(URL(path))) as answer:
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
            assert "frame-ancestors 'none'" in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_session_cookies_are_out_of_scripts_reach(visitor: Visitor) -> None:
    await visitor.signs_in("U0DANA")
    [session] = [one for one in visitor.http.cookie_jar if "session" in one.key]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


async def test_over_https_a_cookie_is_kept_to_this_host(
    storage: Storage, policies: Policies, clock: StoryClock
) -> None:
    async with Playground(clock) as slack:
        bot = Countersign(
            Edges(
                forges={"github": MemoryForge()},
                slack=open_client(slack.bot_token, slack.api_url),
                front=Front("https://review.example", slack_app=("id", "secret")),
            ),
            storage,
            policies,
            clock,
        )
        async with (
            TestServer(bot.web) as server,
            aiohttp.ClientSession() as http,
            http.get(server.make_url("/sign-in"), allow_redirects=False) as answer,
        ):
            cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-countersign-sign-in=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
