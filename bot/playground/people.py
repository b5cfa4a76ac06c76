"""What people do in the workspace: click, fill in, close, command, open the Home tab, write."""

from __future__ import annotations

from collections.abc import Sequence

from bot.playground import payloads
from bot.playground.chat_methods import answer
from bot.playground.delivery import Courier, Delivery
from bot.playground.elements import BUTTONS, find_element
from bot.playground.forms import Choice, Filled, Known, fill_in, state_of
from bot.playground.limits import checked_suggestions
from bot.playground.nouns import BOT_USER_ID, Json, Message, User, View
from bot.playground.refusal import ApiRefusal, Impossible
from bot.playground.unfurling import link_shared, shared_links
from bot.playground.view_methods import checked_content
from bot.playground.workspace import Workspace


class People:
    """Everybody's hands. Each act returns when the app has acknowledged it.

    Raises `Impossible` for what Slack's client would not let that person do, and
    `NotAcknowledged` when the app does not answer properly (people see a warning sign).
    """

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self._workspace = workspace
        self._courier = courier
        self._events = 0
        self._offered: dict[str, dict[str, list[Json]]] = {}

    async def click(
        self, user: str, channel: str, ts: str, action_id: str, option: Choice = None
    ) -> None:
        """Press a button of a message, or choose the option with that value; confirms if asked.

        Where several buttons share the action id, `option` is the value of the one meant.
        """
        person = self._able(user)
        place = self._workspace.channel(channel)
        self._in_channel(person, channel)
        message = self._workspace.message(channel, ts)
        if message.only_for not in (None, user):
            raise Impossible(f"{user} does not see that message")
        action = self._action(user, message.blocks, action_id, option)
        key = self._workspace.handles.new_response(place.id, user, ts, message.thread_ts)
        handles = (self._workspace.handles.new_trigger(user), self._response_url(key))
        payload = payloads.click_in_message(person, place, message, action, handles)
        await self._courier.deliver(Delivery("interactive", payload))

    async def shortcut(self, user: str, channel: str, ts: str, callback_id: str) -> None:
        """Choose one of the app's shortcuts in a message's menu."""
        person = self._able(user)
        self._in_channel(person, channel)
        place, message = self._workspace.channel(channel), self._workspace.message(channel, ts)
        if callback_id not in self._workspace.shortcuts:
            raise Impossible(f"there is no shortcut called {callback_id!r}")
        if message.only_for not in (None, user):
            raise Impossible(f"{user} does not see that message")
        key = self._workspace.handles.new_response(place.id, user, ts, message.thread_ts)
        handles = (self._workspace.handles.new_trigger(user), self._response_url(key))
        payload = payloads.message_shortcut(person, place, message, callback_id, handles)
        await self._courier.deliver(Delivery("interactive", payload))

    async def suggest(self, user: str, place: str, action_id: str, typed: str) -> list[Json]:
        """Type into an external select; returns the options that the app then suggests.

        `place` is "modal", "home", or the address of a message: its channel, a space, its ts.
        """
        person = self._able(user)
        seen = self._seen(person, place)
        found = find_element(seen.blocks, action_id)
        if found is None:
            raise Impossible(f"there is nothing called {action_id!r} to type into")
        payload = payloads.suggestion_wanted(person, seen, found, typed)
        answered = await self._courier.deliver(Delivery("interactive", payload))
        options = checked_suggestions(answered)
        self._offered.setdefault(user, {})[found[1]["action_id"]] = options
        return options

    async def click_view(
        self, user: str, action_id: str, option: Choice = None, filled: Filled | None = None
    ) -> None:
        """The same in the modal before them, its inputs holding what is `filled` in by then."""
        await self._click_in(self._modal(user), action_id, option, filled)

    async def click_home(self, user: str, action_id: str, option: Choice = None) -> None:
        """The same in their Home tab."""
        await self._click_in(self._home(user), action_id, option, None)

    async def submit_view(self, user: str, filled: Filled | None = None) -> dict[str, str]:
        """Submit the modal before them; returns the errors it now shows, by block id.

        With errors, whether Slack's own or the app's, the modal stays open.
        """
        person = self._able(user)
        view = self._modal(user)
        values, complaints = fill_in(view.blocks, filled or {}, self._known(user))
        if complaints:
            self._workspace.views.show_errors(view, complaints)
            return complaints
        trigger_id = self._workspace.handles.new_trigger(user)
        payload = payloads.view_submission(person, view, values, trigger_id)
        ack = await self._courier.deliver(Delivery("interactive", payload))
        return self._after_submission(view, ack)

    async def close_view(self, user: str) -> None:
        """Leave the modal before them; the app hears of it only if it asked to."""
        view = self._modal(user)
        self._workspace.views.close(view)
        if view.content.get("notify_on_close"):
            payload = payloads.view_closed(self._able(user), view)
            await self._courier.deliver(Delivery("interactive", payload))

    async def slash(self, user: str, channel: str, command: str, text: str = "") -> None:
        """Give a slash command; what the acknowledgement says is shown as the answer."""
        person = self._able(user)
        place = self._in_channel(person, channel)
        key = self._workspace.handles.new_response(place, user)
        handles = (self._workspace.handles.new_trigger(user), self._response_url(key))
        payload = payloads.slash_command(
            person, self._workspace.channel(channel), (command, text), handles
        )
        ack = await self._courier.deliver(Delivery("slash_commands", payload))
        if ack:
            answer(self._workspace, self._workspace.handles.use_response(key), ack)

    async def open_home(self, user: str) -> None:
        """Look at the app's Home tab."""
        person = self._able(user)
        home = self._workspace.views.home(user)
        event: Json = {
            "type": "app_home_opened",
            "user": person.id,
            "channel": self._workspace.direct(user).id,
            "tab": "home",
            "event_ts": self._workspace.next_ts(),
        }
        if home is not None:
            event["view"] = home.as_json()
        await self.tell(event)

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message, or reply under one; returns its ts.

        The app hears of it only when it is mentioned, or where it unfurls links.
        """
        person = self._able(user)
        place = self._in_channel(person, channel)
        if thread_ts is not None:
            parent = self._workspace.message(place, thread_ts)
            if parent.is_reply or parent.only_for is not None:
                raise Impossible("nobody can reply to that message")
            if text.startswith("/"):
                raise Impossible("Slack takes no commands in threads")
        message = self._workspace.post(
            Message(place, self._workspace.next_ts(), user, text, thread_ts=thread_ts)
        )
        links = shared_links(text, self._workspace.unfurl_domains)
        if links:
            await self.tell(link_shared(message, links))
        if f"<@{BOT_USER_ID}>" in text:
            event = {**message.as_json(), "type": "app_mention", "channel": place}
            await self.tell(event | {"event_ts": message.ts})
        return message.ts

    async def tell(self, event: Json) -> None:
        """Tell the app of an event of the Events API."""
        self._events += 1
        seconds = int(self._workspace.clock.now().timestamp())
        payload = payloads.event_callback(event, f"Ev{self._events:06d}", seconds)
        await self._courier.deliver(Delivery("events_api", payload))

    # Who may do what, and with what

    def _able(self, user_id: str) -> User:
        user = self._workspace.user(user_id)
        if user.deleted or user.bot:
            raise Impossible(f"{user_id} is {'deactivated' if user.deleted else 'a bot'}")
        return user

    def _in_channel(self, user: User, channel: str) -> str:
        place = self._workspace.channel(channel)
        if user.id not in place.members:
            raise Impossible(f"{user.id} is not in {channel}")
        return place.id

    def _modal(self, user: str) -> View:
        view = self._workspace.views.top(self._able(user).id)
        if view is None:
            raise Impossible(f"{user} has no modal open")
        return view

    def _seen(self, person: User, place: str) -> View | Message:
        match place.split():
            case ["modal"]:
                return self._modal(person.id)
            case ["home"]:
                return self._home(person.id)
            case [channel, ts]:
                message = self._workspace.message(self._in_channel(person, channel), ts)
                if message.only_for in (None, person.id):
                    return message
                raise Impossible(f"{person.id} does not see that message")
            case _:
                raise Impossible(f"there is no place called {place!r}")

    def _home(self, user: str) -> View:
        home = self._workspace.views.home(user)
        if home is None:
            raise Impossible(f"{user} has an empty Home tab")
        return home

    def _known(self, user: str) -> Known:
        files = {one.id: one.as_json() for one in self._workspace.files.all.values()}
        return Known(self._offered.get(user, {}), files)

    def _response_url(self, key: str) -> str:
        return f"{self._workspace.url}response/{key}"

    def _action(self, user: str, blocks: Sequence[Json], action_id: str, option: Choice) -> Json:
        found = find_element(blocks, action_id, option if isinstance(option, str) else None)
        if found is None:
            raise Impossible(f"there is nothing called {action_id!r} to click")
        block_id, element = found
        pressed = element["type"] in BUTTONS
        state = {} if pressed else state_of(element, option, self._known(user))
        return payloads.chosen(element, block_id, self._workspace.next_ts(), state)

    async def _click_in(
        self, view: View, action_id: str, option: Choice, filled: Filled | None
    ) -> None:
        person = self._able(view.user)
        action = self._action(view.user, view.blocks, action_id, option)
        values, _ = fill_in(view.blocks, filled or {}, self._known(view.user))
        trigger_id = self._workspace.handles.new_trigger(view.user)
        payload = payloads.click_in_view(person, view, action, values, trigger_id)
        await self._courier.deliver(Delivery("interactive", payload))

    def _after_submission(self, view: View, ack: Json) -> dict[str, str]:
        """Do what the acknowledgement of a submission asks for."""
        views = self._workspace.views
        match ack.get("response_action"):
            case None:
                views.close(view)
            case "clear":
                views.clear(view.user)
            case "update":
                views.update(view, checked_content(ack["view"], "modal"))
            case "push":
                views.push(view.user, checked_content(ack["view"], "modal"))
            case "errors":
                return self._show_errors(view, ack)
            case other:
                raise ApiRefusal("invalid_arguments", [f"unknown response_action {other!r}"])
        return {}

    def _show_errors(self, view: View, ack: Json) -> dict[str, str]:
        errors: dict[str, str] = ack["errors"]
        inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
        if not errors or not set(errors) <= inputs:
            raise ApiRefusal("invalid_arguments", [f"errors are for inputs only, not {errors!r}"])
        self._workspace.views.show_errors(view, errors)
        return errors
