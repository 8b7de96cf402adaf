"""What a message means in its chat: it opens a dialog, answers it, steps back in it, leaves it, or comes too late.

Nothing is written here. A decision carries the function that settles it, for the one transaction of the turn.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat import ASK_AGAIN, EDITING, FILLING, SURE, Again, Chat, Dialog, Files, Refused, Waiting, is_open
from bot.clock import Clock, from_utc_text, utc_text
from bot.labels import fold, number_typed, pick
from bot.message import Choice, Message, Said
from bot.questions import CANCEL
from bot.routes import QUESTION, Routes, Wanted
from bot.settling import Settling, letter_of, ref_of
from bot.text import lines
from bot.time_limit import TimeLimit
from storage import chats, dialogs, inbox
from storage.database import Connection, Database
from storage.dialogs import OpenDialog
from storage.outbox import Card
from storage.people import Person

RESUMES_AFTER = timedelta(hours=12)
RUN_SECONDS = 60.0
NOTHING = object()
RESUME = (Choice("resume", "Lanjutkan"), Choice("leave", "Tinggalkan"))
ANSWERED = "Itu sudah dijawab tadi."
NO_COMMAND = "Perintah itu tidak ada, lihat /bantuan."
NOT_BEGUN = "Itu belum dimulai, mohon pilih dulu."
NOT_USED = "Itu belum dipakai, mohon pilih dulu."
OUTDATED = "Percakapan tadi sudah tidak berlaku, tidak ada yang disimpan. Ketik menu untuk mulai lagi."


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be written; `asks` says that a question is left open."""

    settle: Callable[[Settling], None]
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn starts from: who talks, what is open in the chat, and its latest cards."""

    person: Person | None
    open: OpenDialog | None
    cards: Sequence[Card]

    @property
    def role(self) -> str:
        return self.person.role if self.person else "stranger"


@dataclass(frozen=True, slots=True)
class Finished:
    """A run came to its end with something to save."""

    result: Any


@dataclass(frozen=True, slots=True)
class Ended:
    """A run came to its end with nothing to save: what it is about may not, or cannot, be done."""

    why: str


@dataclass(frozen=True)
class Decisions:
    """Decides on what was said, by the routes and the dialogs behind them."""

    database: Database
    routes: Routes
    clock: Clock
    zone: str
    files: Files
    limit: TimeLimit = field(default_factory=lambda: TimeLimit(RUN_SECONDS))

    async def decide(self, scene: Scene, said: Said, letter: int, notice: str = "") -> Decision:
        """Find out what the message means; `notice` says why what it asked for was refused just now."""
        decision = await self._decide(scene, said, letter, notice)
        dialog = self.routes.dialogs.get(scene.open.name) if scene.open else None
        return _forgetting(decision, scene.open.ref) if scene.open and dialog and dialog.forgets else decision

    async def _decide(self, scene: Scene, said: Said, letter: int, notice: str) -> Decision:
        if said.kind == "event":
            return self._note(scene, said)
        if scene.open is None:
            return await self._first(scene, said, letter, notice)
        opened = replace(scene.open, answers=dict(scene.open.answers))
        dialog = self.routes.dialogs.get(opened.name)
        chosen = _chosen(opened, said)
        word = fold(said.text) if said.kind == "text" else ""
        waited = self.clock.now() - from_utc_text(opened.touched_at)
        if word == "batal" or chosen == CANCEL.id:
            return _closing("Dibatalkan, tidak ada yang disimpan. Ketik menu untuk pilihan lain.")
        if dialog is None or dialog.edition != opened.edition or scene.role not in dialog.roles:
            return _closing(OUTDATED)
        if notice:
            return await self._show_again(scene, dialog, said, opened, notice)
        if word == "kembali" and opened.wanted is None:
            return await self._step_back(scene, dialog, said, opened)
        if opened.wanted is not None or (said.kind == "text" and waited > RESUMES_AFTER):
            return await self._at_the_fork(scene, dialog, said, opened, letter, chosen)
        if said.kind == "tap" and said.token.startswith(QUESTION):
            if chosen is None:  # an old button: the phone keeps them for ever
                return await self._show_again(scene, dialog, said, opened, ANSWERED)
            if chosen.startswith("#"):
                return await self._turn_page(scene, dialog, said, opened, int(chosen[1:]))
            said = replace(said, token=chosen)
        slashed = _is_slashed(said)
        if wanted := self.routes.explicit(said) or (self._implicit(scene, said) if slashed else None):
            return await self._interrupt(scene, dialog, said, opened, letter, wanted)
        if slashed:  # a command that we do not have is no answer
            return await self._show_again(scene, dialog, said, opened, NO_COMMAND)
        return await self._answer(scene, dialog, said, opened, letter)

    async def _first(self, scene: Scene, said: Said, letter: int, notice: str) -> Decision:
        """Decide where nothing is open: a command, a button on a card, a bare code, or the menu."""
        if notice:
            return _saying(notice)
        if said.kind == "tap" and said.token.startswith(QUESTION):
            return _saying(f"{ANSWERED} Ketik menu untuk pilihan lain.")
        if said.kind == "text" and fold(said.text) in ("batal", "kembali"):
            return _saying("Tidak ada yang sedang berjalan. Ketik menu untuk melihat pilihan.")
        wanted = self.routes.explicit(said) or self._implicit(scene, said)
        return await self._open(scene, said, letter, wanted or Wanted(self.routes.fallback, f"?{said.text}"))

    def _implicit(self, scene: Scene, said: Said) -> Wanted | None:
        """Return what is meant without a command; a photo asks for nothing that the sender may not do."""
        wanted = self.routes.implicit(said, scene.cards)
        if wanted and said.kind == "photo" and scene.role not in self.routes.dialogs[wanted.name].roles:
            return None
        return wanted

    async def _open(self, scene: Scene, said: Said, letter: int, wanted: Wanted) -> Decision:
        """Start a dialog; one that asks nothing ends here, without ever being open."""
        dialog = self.routes.dialogs[wanted.name]
        if scene.role not in dialog.roles:
            away = Wanted(self.routes.fallback, "!") if scene.person else Wanted(self.routes.door)
            return await self._open(scene, said, letter, away)
        now = utc_text(self.clock.now())
        opened = OpenDialog(
            said.chat, ref_of(letter), dialog.name, dialog.edition, wanted.arg, None, None, "", 0, 0, None, now
        )
        chat, outcome = await self._run(scene, dialog, said, opened, None)
        decision = self._outcome(scene, dialog, opened, chat, outcome, card=wanted.card)
        return _forgetting(decision, opened.ref) if dialog.forgets else decision

    async def _answer(self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, letter: int) -> Decision:
        """Offer the message to the open question, and see where that leads."""
        asked = opened.open_step
        chat, outcome = await self._run(scene, dialog, said, opened, said)
        if not isinstance(outcome, Waiting):
            return self._outcome(scene, dialog, opened, chat, outcome)
        if outcome.missed and not outcome.fits and (wanted := self._implicit(scene, said)):
            unchanged = replace(opened, answers=dict(scene.open.answers) if scene.open else {})
            return await self._interrupt(scene, dialog, said, unchanged, letter, wanted)
        opened.misses = opened.misses + 1 if outcome.missed else 0
        if opened.misses >= 2 and outcome.counts and len(outcome.prompt.choices) > 1:
            outcome.prompt = replace(outcome.prompt, form="numbers")
        in_place = said.kind == "tap" and outcome.step == asked
        return self._outcome(scene, dialog, opened, chat, outcome, in_place=in_place)

    async def _show_again(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, notice: str = ""
    ) -> Decision:
        """Ask the open question once more, under a notice."""
        opened.wanted = None
        chat, outcome = await self._run(scene, dialog, said, opened, None)
        if isinstance(outcome, Waiting):
            outcome.prompt = replace(outcome.prompt, text=lines([notice, outcome.prompt.text]))
        return self._outcome(scene, dialog, opened, chat, outcome)

    async def _turn_page(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, page: int
    ) -> Decision:
        chat, outcome = await self._run(scene, dialog, said, opened, None)
        if isinstance(outcome, Waiting):
            outcome.prompt = replace(outcome.prompt, page=page)
        return self._outcome(scene, dialog, opened, chat, outcome, in_place=True)

    async def _step_back(self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog) -> Decision:
        """Forget the last answer on the path, and ask it again."""
        if opened.partial in (EDITING, FILLING, SURE) or isinstance(opened.partial, dict):
            return await self._show_again(scene, dialog, said, replace(opened, partial=None))
        # Opened from the summary, to change it or to add to it: back is where it came from.
        if _bring_back(opened):
            return await self._show_again(scene, dialog, said, replace(opened, partial=None))
        chat, _ = await self._run(scene, dialog, said, opened, None)
        asked = [one.step for one in chat.path if one.asked]
        if not asked:
            return await self._show_again(scene, dialog, said, opened, "Ini pertanyaan pertama.")
        opened.answers[asked[-1]] = ASK_AGAIN
        return await self._show_again(scene, dialog, said, replace(opened, partial=None))

    async def _interrupt(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, letter: int, wanted: Wanted
    ) -> Decision:
        """Let a command through that asks nothing; before one that asks, ask what becomes of the open dialog."""
        if scene.role not in self.routes.dialogs[wanted.name].roles and scene.person is None:
            # Strangers try commands: no wish to leave the door, or the claim in which they were asked for their name.
            return await self._show_again(scene, dialog, said, opened)
        # People press a button twice, and ask for the same once more: no wish to leave it either.
        twice = said.kind == "tap" or wanted.name == self.routes.door or not opened.answers
        if twice and (wanted.name, wanted.arg) == (opened.name, opened.arg):
            return await self._show_again(scene, dialog, said, opened)
        beside = await self._open(replace(scene, open=None), said, letter, wanted)
        if not beside.asks:
            return beside
        if (dialog.steps == 1 or not opened.arg) and _is_untouched(opened):
            return _leaving(beside)
        notice = "" if opened.wanted is None else NOT_BEGUN
        return _asking_to_resume(opened, dialog, {"name": wanted.name, "arg": wanted.arg}, notice)

    async def _at_the_fork(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, letter: int, chosen: str | None
    ) -> Decision:
        """Take nothing for an answer to the dialog while it is asked, or must be, what becomes of it."""
        fresh = opened.wanted is None  # the question has not been put yet: nothing can have answered it
        choice = None if fresh else pick(RESUME, replace(said, token=chosen or ""))
        if not fresh and said.kind == "text" and fold(said.text) == "kembali":
            choice = "resume"  # the wish is taken back
        if choice:
            return await self._resume_or_leave(scene, dialog, said, opened, letter, choice)
        # A number is one of the two, and a file without a word may be for either: they ask for nothing else.
        vague = number_typed(said) is not None or (said.files and not said.text)
        if wanted := self.routes.explicit(said) or (None if vague else self._implicit(scene, said)):
            return await self._interrupt(scene, dialog, said, opened, letter, wanted)
        notice = NO_COMMAND if _is_slashed(said) else "" if fresh else NOT_USED
        return _asking_to_resume(opened, dialog, opened.wanted or {}, notice)

    async def _resume_or_leave(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, letter: int, choice: str
    ) -> Decision:
        wanted = opened.wanted
        if choice == "resume":
            return await self._show_again(scene, dialog, said, opened)
        if not wanted:
            return _closing("Baik, ditinggalkan. Tidak ada yang disimpan. Ketik menu untuk pilihan lain.")
        return _leaving(
            await self._open(replace(scene, open=None), said, letter, Wanted(wanted["name"], wanted["arg"]))
        )

    async def _run(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, offer: Said | None
    ) -> tuple[Chat, Waiting | Finished | Ended]:
        """Run the dialog from the top on the answers given so far; `opened.answers` ends as the run left it."""
        today = said.at.astimezone(ZoneInfo(self.zone)).date()
        partial, step = opened.partial, opened.open_step
        while True:
            who = said.name, said.phone, self.files
            chat = Chat(scene.person, said.chat, self.clock.now(), today, self.zone, opened.arg, *who)
            chat.answers, chat.offered_to, chat.said, chat.partial = opened.answers, step, offer, partial
            try:
                with self.limit.for_me():
                    return chat, Finished(await dialog.run(chat, self.database.read))
            except Waiting as pause:
                return chat, pause
            except Refused as why:
                return chat, Ended(str(why))
            except Again as again:
                before = opened.answers.get(again.step, NOTHING)
                reopened = ASK_AGAIN | {"was": [] if before is NOTHING else [before]}
                opened.answers[again.step] = reopened if is_open(again.answer) else again.answer
                step, offer, partial = again.step, None, again.partial

    def _outcome(
        self,
        scene: Scene,
        dialog: Dialog[Any],
        opened: OpenDialog,
        chat: Chat,
        outcome: Waiting | Finished | Ended,
        *,
        in_place: bool = False,
        card: int | None = None,
    ) -> Decision:
        """Turn where a run ended into what is written."""

        close = dialogs.close if scene.open is not None else _leave_closed
        match outcome:
            case Ended(why):

                def settle(tx: Settling) -> None:
                    close(tx.db, tx.chat)
                    tx.say(why)

            case Finished(result):

                def settle(tx: Settling) -> None:
                    close(tx.db, tx.chat)
                    mine = card is None and opened.ref == tx.ref  # nothing to change, nothing to copy
                    dialog.save(tx if mine else replace(tx, ref=opened.ref, card=card or tx.card), result)

            case _:

                def settle(tx: Settling) -> None:
                    opened.open_step, opened.partial = outcome.step, outcome.partial
                    number = len([one for one in chat.path if one.asked]) + 1
                    opened.recap = f"langkah {number}" + (f" dari {dialog.steps}" if dialog.steps >= number else "")
                    _keep_open(tx, opened, outcome.prompt, edits=tx.card if in_place else None)

        return Decision(settle, asks=isinstance(outcome, Waiting))

    def _note(self, scene: Scene, said: Said) -> Decision:
        """Take note of what no person said: the bot was blocked, a dialog has waited for too long."""

        def settle(tx: Settling) -> None:
            if said.text in ("blocked", "unblocked"):
                chats.set_reachable(tx.db, tx.chat, said.text == "unblocked")
            elif said.text == "expired" and scene.open is not None and scene.open.ref == said.token:
                dialog = self.routes.dialogs.get(scene.open.name)
                dialogs.close(tx.db, tx.chat)
                title = dialog.title if dialog else "Percakapan tadi"
                tx.say(f"{title} ditutup karena 14 hari tidak dilanjutkan. Tidak ada yang disimpan.")

        return Decision(settle)


def _forgetting(decision: Decision, ref: str) -> Decision:
    """Blank what was said since the dialog of this name was opened, however the turn ends."""

    def settle(tx: Settling) -> None:
        decision.settle(tx)
        inbox.blank(tx.db, tx.chat, letter_of(ref))

    return replace(decision, settle=settle)


def _leave_closed(db: Connection, chat: str) -> None:
    """Close nothing: this run did not belong to the dialog that is open, if any."""


def _chosen(opened: OpenDialog, said: Said) -> str | None:
    """Return the option a button of this very question stands for; None for any other button."""
    mine = f"{QUESTION}{opened.ref}.{opened.turn}."
    return said.token.removeprefix(mine) if said.kind == "tap" and said.token.startswith(mine) else None


def _is_slashed(said: Said) -> bool:
    return said.kind == "text" and re.match(r"/[A-Za-z]", said.text) is not None


def _is_untouched(opened: OpenDialog) -> bool:
    """Say whether nothing is lost with the dialog: it was told nothing, and shows no summary that waits for a yes."""
    asked = opened.open_step
    return asked is not None and asked[0] != "confirm" and not opened.answers and opened.partial is None


def _bring_back(opened: OpenDialog) -> bool:
    """Restore what the open question had been answered before the summary opened it again; say whether it did."""
    if opened.open_step is None:
        return False
    mark = opened.answers.get(opened.open_step)
    if mark is None or not is_open(mark) or "was" not in mark:
        return False
    del opened.answers[opened.open_step]
    for was in mark["was"]:
        opened.answers[opened.open_step] = was
    return True


def _keep_open(tx: Settling, opened: OpenDialog, prompt: Message, edits: int | None = None) -> None:
    turn = opened.turn + 1
    dialogs.keep(tx.db, replace(opened, turn=turn), tx.stamp)
    tokens = tuple(Choice(f"{QUESTION}{opened.ref}.{turn}.{one.id}", one.label) for one in prompt.choices)
    tx.poster.reply(tx.db, tx.chat, replace(prompt, choices=tokens), tx.now, edits=edits)


def _asking_to_resume(opened: OpenDialog, dialog: Dialog[Any], wanted: dict[str, str], notice: str = "") -> Decision:
    opened.wanted = wanted

    def settle(tx: Settling) -> None:
        where = f", {opened.recap}" if opened.recap else ""
        _keep_open(tx, opened, Message(lines([notice, f"{dialog.title} belum selesai{where}."]), RESUME))

    return Decision(settle, asks=True)


def _saying(text: str) -> Decision:
    return Decision(lambda tx: tx.say(text))


def _leaving(follow: Decision) -> Decision:
    """Close the open dialog, and let another one begin."""

    def settle(tx: Settling) -> None:
        dialogs.close(tx.db, tx.chat)
        follow.settle(tx)

    return Decision(settle, asks=follow.asks)


def _closing(text: str) -> Decision:
    def settle(tx: Settling) -> None:
        dialogs.close(tx.db, tx.chat)
        tx.say(text)

    return Decision(settle)
