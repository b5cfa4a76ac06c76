"""The modals people have open and the Home tabs they see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bot.playground.nouns import Json, View
from bot.playground.refusal import ApiRefusal

STACK_LIMIT = 3  # Source: Slack's "Modals" page, at most three views in a stack


class Views:
    """Each person's stack of modals, the last one on top, and each person's Home tab."""

    def __init__(self, touch: Callable[[], None]) -> None:
        self._touch = touch
        self._stacks: dict[str, list[View]] = {}
        self._homes: dict[str, View] = {}
        self._made = 0

    def top(self, user: str) -> View | None:
        """The modal this person has before them, if any."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def home(self, user: str) -> View | None:
        """This person's Home tab, if the app has published one."""
        return self._homes.get(user)

    def find(self, view_id: str | None, external_id: str | None = None) -> View:
        """A view by either id; raises `not_found`."""
        shown = [view for stack in self._stacks.values() for view in stack]
        for view in (*shown, *self._homes.values()):
            named = external_id and external_id == view.content.get("external_id")
            if named or view.id == view_id:
                return view
        raise ApiRefusal("not_found")

    def open(self, user: str, content: Json) -> View:
        """Put a first modal before somebody, instead of any they had."""
        view = self._new(user, content)
        self._stacks[user] = [view]
        self._touch()
        return view

    def push(self, user: str, content: Json) -> View:
        """Put another modal on top; raises `push_limit_reached` above three."""
        stack = self._stacks.get(user)
        if not stack:
            raise ApiRefusal("not_found")
        if len(stack) >= STACK_LIMIT:
            raise ApiRefusal("push_limit_reached")
        view = replace(self._new(user, content), root_id=stack[0].id, previous_id=stack[-1].id)
        stack.append(view)
        self._touch()
        return view

    def publish(self, user: str, content: Json) -> View:
        """Show somebody a Home tab, instead of the one before; it keeps its id."""
        old = self._homes.get(user)
        view = self._new(user, content)
        if old is not None:
            view = replace(view, id=old.id, root_id=old.id)
        self._homes[user] = view
        self._touch()
        return view

    def update(self, view: View, content: Json) -> View:
        """Show other content in the same view; its errors go."""
        return self._swap(view, replace(view, content=content, hash=self._next_hash(), errors={}))

    def show_errors(self, view: View, errors: Mapping[str, str]) -> View:
        """Show validation errors under a modal's inputs."""
        return self._swap(view, replace(view, errors=dict(errors)))

    def close(self, view: View) -> None:
        """Take one modal away; the one below it shows again."""
        self._stacks[view.user] = [v for v in self._stacks.get(view.user, []) if v.id != view.id]
        self._touch()

    def clear(self, user: str) -> None:
        """Take all of somebody's modals away."""
        self._stacks[user] = []
        self._touch()

    def _new(self, user: str, content: Json) -> View:
        self._made += 1
        view_id = f"V{self._made:04d}"
        return View(view_id, user, content, self._next_hash(), root_id=view_id)

    def _next_hash(self) -> str:
        self._made += 1
        return f"h{self._made:04d}"

    def _swap(self, old: View, new: View) -> View:
        home = self._homes.get(old.user)
        if home is not None and home.id == old.id:
            self._homes[old.user] = new
        stack = self._stacks.get(old.user, [])
        self._stacks[old.user] = [new if view.id == old.id else view for view in stack]
        self._touch()
        return new
