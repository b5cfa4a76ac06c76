"""What forges have in common whose libraries block: threads, and nothing but what is configured."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, Generic, TypeVar

from bot.allowance import PLAIN, Allowance, Kind, counted
from bot.errors import CountersignError, NotYet, Refused, Retryable, Unauthorized
from routing.forge_words import words_of

THREADS = 4

Place = TypeVar("Place")
"""A project as the library has it."""
T = TypeVar("T")


class Threaded(ABC, Generic[Place]):
    """Does blocking calls in threads of its own, each with every fault turned into one of ours.

    `setting` is the variable that names the projects (of the first host; that of "gitlab-2" ends
    in `_2`), `faults` is what the library raises. No more is asked than the allowance allows.
    """

    setting: ClassVar[str]
    faults: ClassVar[tuple[type[Exception], ...]]

    def __init__(self, name: str, projects: Sequence[str], allowance: Allowance) -> None:
        self.name = name
        self._projects = tuple(projects)
        self._allowance = allowance
        self.outage: str | None = None
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix=f"{name}-")

    @property
    def _setting(self) -> str:
        _, _, number = self.name.partition("-")
        return f"{self.setting}_{number}" if number else self.setting

    @abstractmethod
    def _open(self, project: str) -> Place:
        """The project, in the thread that asks; without a call where that can be."""

    @abstractmethod
    def _seen(self, place: Place, project: str) -> tuple[str, str]:
        """What the forge itself calls the project, and whose credentials opened it."""

    @abstractmethod
    def _translated(self, fault: Exception, project: str, doing: str) -> CountersignError:
        """The error to raise instead; `doing` completes "GitLab … while"."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Let connections go."""

    async def check(self) -> str:
        """Prove that the credentials open every project; returns whose they are."""
        login, problems = "", list[str]()
        for project in self._projects:
            try:
                login = await self._on(project, f"looking at {project}", self._look(project))
            except Refused as problem:
                problems.append(str(problem))
        if problems or not login:
            raise Refused("\n".join(problems) or f"{self._setting} is empty.")
        return login

    def _look(self, project: str) -> Callable[[Place], str]:
        def look(place: Place) -> str:
            name, login = self._seen(place, project)
            if name != project:
                forge = words_of(self.name).forge
                raise Refused(f"{project} is {name} on {forge}; write that in {self._setting}.")
            return login

        return look

    async def projects(self) -> Sequence[str]:
        """The configured projects."""
        return self._projects

    async def close(self) -> None:
        """Wait for calls under way, then let connections and threads go."""
        await asyncio.to_thread(self._threads.shutdown)
        self._disconnect()

    async def _on(
        self, project: str, doing: str, work: Callable[[Place], T], kind: Kind = PLAIN
    ) -> T:
        """Do `work` on a project in a thread; `doing` is told where it fails."""
        if project not in self._projects:
            raise Refused(f"{project} is not in {self._setting}.")

        def run() -> T:
            self._allowance.ask(doing, kind)
            try:
                with counted(self._allowance):
                    done = work(self._open(project))
            except self.faults as fault:
                error = self._translated(fault, project, doing)
                self._note(error)
                raise error from fault
            self.outage = None
            return done

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def _note(self, error: CountersignError) -> None:
        match error:
            case NotYet():  # it works, and asks to wait
                self._allowance.close(error.after)
            case Retryable() | Unauthorized():
                self.outage = str(error)
            case _:  # it answered, and the answer was no
                self.outage = None
