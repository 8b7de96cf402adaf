"""What the author of a dialog sees: a chat that can be asked, told, and asked to confirm.

A dialog is a plain coroutine that is run from the top at every message. `ask` returns the answer already given under
that name, or stops the run at the first question nobody has answered. So there is one rule for authors: **a dialog asks,
says, reads and returns; it changes nothing.** What it returns is written by its `save`, in the transaction of the turn.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar

from bot.message import Choice, Message, Said
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question, choose, pick
from bot.text import Text, lines
from storage.database import Connection
from storage.dialogs import Step
from storage.people import Person

if TYPE_CHECKING:
    from bot.settling import Settling

T = TypeVar("T")
R = TypeVar("R")
P = ParamSpec("P")

MOST_STEPS = 200
EVERYONE = frozenset({"operator", "coordinator", "supervisor", "facilitator", "tksk"})
STRANGERS = frozenset({"stranger"})

ASK_AGAIN: dict[str, bool] = {"ask": True}
"""The mark of a forgotten answer: it also outranks an answer that the dialog knows by itself."""


class Reader(Protocol):
    """Reads one snapshot of the store: `await read(groups_of, person.id)`."""

    async def __call__(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T: ...


@dataclass(frozen=True)
class Dialog(Generic[R]):
    """Something people can do: `run` asks for it, `save` writes it. `title` names it to people; `steps` is a typical count.

    Raise `edition` when old answers must not be trusted any more.
    """

    name: str
    title: str
    run: Callable[["Chat", Reader], Awaitable[R]]
    save: Callable[["Settling", R], None]
    roles: frozenset[str] = EVERYONE
    steps: int = 0
    edition: int = 1


class Refused(Exception):
    """What was asked for must not be done; the text tells the person why and what to do next."""


class DuplicateStep(Exception):
    """A dialog asked two questions under one name: a bug, said at once."""


class EndlessDialog(Exception):
    """A dialog asked more than MOST_STEPS questions in one run."""


class Waiting(BaseException):
    """Stops a dialog at its first unanswered question; a BaseException so `except Exception` cannot swallow it."""

    def __init__(self, step: Step, prompt: Message, *, partial: Any = None, missed: bool = False) -> None:
        super().__init__(step)
        self.step = step
        self.prompt = prompt
        self.partial = partial
        self.missed = missed


@dataclass(frozen=True, slots=True)
class Answered:
    """A question on the path just run, as a summary shows it."""

    step: Step
    label: str
    shown: str
    question: Question[Any]
    asked: bool


@dataclass
class Chat:
    """One run of a dialog. `today` and `now` stand still during the run; `arg` is what it was opened with."""

    person: Person | None
    chat: str
    now: datetime
    today: date
    zone: str
    arg: str = ""
    sender: str = ""
    keep: Callable[[bytes, str], Awaitable[str]] | None = None
    answers: dict[Step, Any] = field(default_factory=dict)
    offered_to: Step | None = None
    said: Said | None = None
    partial: Any = None
    path: list[Answered] = field(default_factory=list)
    _lines: list[str | Text] = field(default_factory=list)

    @property
    def me(self) -> Person:
        """The person, in a dialog that strangers cannot open."""
        assert self.person is not None
        return self.person

    def say(self, line: str | Text) -> None:
        """Say a line above the next question."""
        self._lines.append(line)

    async def ask(
        self, key: str, question: Question[T], *, about: object = "", label: str = "", given: object = None
    ) -> T:
        """Return the answer to the question named `key`.

        `about` names what the answer depends on: when it changes, the answer is asked for anew. `label` names the answer
        in the summary; without one it cannot be changed from there. `given` is an answer known beforehand, as it is kept.
        """
        step = (key, str(about))
        if any(before.step == step for before in self.path):
            raise DuplicateStep(key)
        if len(self.path) >= MOST_STEPS:
            raise EndlessDialog(key)
        kept = self.answers.get(step)
        echo = ""
        if step == self.offered_to and self.said is not None and (kept is None or kept == ASK_AGAIN):
            typed = self.said.kind == "text"
            kept = self.answers[step] = self._read(step, question)
            self.said = None
            echo = f"{label or 'Saya baca'}: " if typed and question.echoes else ""
        known = step not in self.answers and given is not None
        if known:
            kept = given
        elif kept is None and step not in self.answers or kept == ASK_AGAIN:
            raise self._wait(step, question)
        try:
            value = question.load(kept)
        except NoLongerFits as why:
            self.answers.pop(step, None)
            raise self._wait(step, question, hint="" if known else str(why)) from None
        self._lines.clear()
        if echo:
            self.say(echo + question.show(value))
        self.path.append(Answered(step, label, question.show(value), question, not known))
        return value

    async def confirm(
        self, summary: str | Text, yes: str = "Simpan", *, also: Mapping[str, str] | None = None, key: str = "confirm"
    ) -> None:
        """Return once the person said yes to exactly this summary; offer to change one answer or to leave.

        `also` offers to answer an optional question after all: its key and the words for it; something sent that fits
        that question is taken as its answer. The yes is never kept: it is part of the turn that saves.
        """
        about = hashlib.sha256(Text.of(summary).plain.encode()).hexdigest()[:12]
        also = also or {}
        step = (key, about)
        options = {"yes": yes, **{f"also-{one}": words for one, words in also.items()}, "edit": "Ubah", "cancel": "Batal"}
        question = choose(Text.of(summary), options)
        if step != self.offered_to or self.said is None:
            raise self._wait(step, question)
        said, self.said = self.said, None
        changeable = [one for one in self.path if one.label]
        if self.partial == "edit":
            number = pick([Choice(str(n), one.label) for n, one in enumerate(changeable)], said)
            if number is not None:
                raise Again(changeable[int(number)].step)
            raise self._wait_edit(step, changeable, hint="Mohon pilih salah satu, atau ketik nomornya.")
        chosen = pick(question.choices(None), said)
        if chosen == "edit":
            raise self._wait_edit(step, changeable)
        for one in self.path:
            if chosen == f"also-{one.step[0]}":
                raise Again(one.step)
            if chosen is None and one.step[0] in also and self._fits(one, said):
                raise Again(one.step, said)
        if chosen != "yes":
            raise self._wait(step, question, hint=f"Mohon pilih {yes}, Ubah atau Batal.", missed=True)

    def _fits(self, one: Answered, said: Said) -> bool:
        try:
            return said.kind != "text" and bool(one.question.read(said, None))
        except NotUnderstood:
            return False

    def _read(self, step: Step, question: Question[Any]) -> Any:
        assert self.said is not None
        try:
            match question.read(self.said, self.partial):
                case Done(value):
                    return value
                case More(partial, prompt):
                    self._lines.clear()
                    again = Message(Text.of(prompt) or question.prompt, question.choices(partial), ask=question.ask)
                    raise Waiting(step, again, partial=partial)
        except NotUnderstood as why:
            raise self._wait(step, question, hint=str(why), missed=True) from None

    def _wait(self, step: Step, question: Question[Any], *, hint: str = "", missed: bool = False) -> Waiting:
        if missed:  # what stood above the question was said when it was first asked
            self._lines.clear()
        partial = self.partial if missed else None
        text = lines([*self._lines, hint, question.prompt])
        return Waiting(
            step, Message(text, question.choices(partial), ask=question.ask), partial=partial, missed=missed
        )

    def _wait_edit(self, step: Step, changeable: Sequence[Answered], *, hint: str = "") -> Waiting:
        choices = tuple(Choice(str(number), one.label) for number, one in enumerate(changeable))
        return Waiting(step, Message(lines([hint, "Ubah yang mana?"]), choices), partial="edit", missed=bool(hint))


class Again(BaseException):
    """Asks for a new run in which `step` is asked anew, and `said`, if any, is offered to it."""

    def __init__(self, step: Step, said: Said | None = None) -> None:
        super().__init__(step)
        self.step = step
        self.said = said
