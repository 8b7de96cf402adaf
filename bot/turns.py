"""One message, one turn, one transaction: run the dialog on what is stored, then settle the outcome all at once.

The run half reads committed snapshots and changes nothing. The settle half is one function on the writer's thread: it
takes the inbox row, checks that the dialog has not moved since it was read, checks the rights again, and writes answers
or the record together with the replies. If the world moved in between, the turn is run once more on fresh data.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.chat import ASK_AGAIN, Again, Chat, Dialog, Refused, Waiting
from bot.clock import Clock, from_utc_text, utc_text
from bot.message import Choice, Message, Said
from bot.posting import Poster
from bot.questions import fold, pick
from bot.routes import QUESTION, Routes, Wanted
from bot.settling import Settling
from bot.text import Text, lines
from storage import chats, dialogs, inbox, outbox, people
from storage.database import Closed, Connection, Database
from storage.dialogs import OpenDialog
from storage.people import Person

log = logging.getLogger(__name__)

RESUMES_AFTER = timedelta(hours=12)
RUN_SECONDS = 20.0
TRIES = 3
RESUME = (Choice("resume", "Lanjutkan"), Choice("leave", "Tinggalkan"))

Decision = Callable[[Settling], None]


class MovedOn(Exception):
    """What a run was based on has changed before it was settled."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a turn starts from: who talks, and what is open in the chat."""

    person: Person | None
    open: OpenDialog | None
    cards: Sequence[outbox.Card]

    @property
    def role(self) -> str:
        return self.person.role if self.person else "stranger"


@dataclass(frozen=True, slots=True)
class Finished:
    """A run came to its end with something to save."""

    result: Any


@dataclass(frozen=True)
class Turns:
    """Takes what was said, one at a time for each chat (the lanes see to that)."""

    database: Database
    routes: Routes
    poster: Poster
    clock: Clock
    zone: str
    keep: Callable[[bytes, str], Awaitable[str]]
    posted: Callable[[], None] = lambda: None

    async def take(self, letters: Sequence[int], said: Said) -> None:
        """Answer what was said, once; whatever breaks, the letters end done or parked and the person is told."""
        notice, offered = "", True
        for attempt in range(1, TRIES + 1):
            try:
                scene = await self.database.read(_scene, said.chat)
                decide = await self._decide(scene, said, letters[-1], offered=offered, notice=notice)
                await self.database.write(self._settle, letters, said, scene, decide)
                break
            except MovedOn:
                continue
            except Refused as why:
                notice, offered = str(why), False
            except (sqlite3.OperationalError, Closed):
                raise  # the store itself: nothing is lost, the lane tries again when it is back
            except Exception as why:
                log.exception("turn failed letters=%s attempt=%d", list(letters), attempt)
                if attempt == TRIES:
                    await self.database.write(self._give_up, letters, said, type(why).__name__)
        else:
            await self.database.write(self._give_up, letters, said, "MovedOn")
        self.posted()

    def _settle(self, db: Connection, letters: Sequence[int], said: Said, scene: Scene, decide: Decision) -> None:
        now = self.clock.now()
        if not inbox.take(db, letters):
            return  # a redelivery: what it asked for was done, and answered, the first time
        chats.hear(db, said.chat, said.channel, said.name, utc_text(now))
        based_on = (scene.open.ref, scene.open.turn) if scene.open else None
        person = people.person_of_chat(db, said.chat)
        # The run half read a snapshot; a deploy, a sweep or the office may have changed dialog or rights since.
        if dialogs.turn_of(db, said.chat) != based_on or person != scene.person:
            raise MovedOn
        card = outbox.card_with(db, said.chat, said.card) if said.card else None
        today = said.at.astimezone(ZoneInfo(self.zone)).date()
        ref = _ref(letters[-1])
        decide(Settling(db, said.chat, person, ref, said.at, now, today, self.zone, card, self.poster))

    def _give_up(self, db: Connection, letters: Sequence[int], said: Said, reason: str) -> None:
        """Set the letters aside and say so: the one place that apologises."""
        if inbox.park(db, letters, reason):
            chats.hear(db, said.chat, said.channel, said.name, utc_text(self.clock.now()))
            sorry = "Ada gangguan di pihak kami. Jawaban Bapak/Ibu tersimpan; coba lagi sebentar, atau /batal."
            self.poster.reply(db, said.chat, Message.of(sorry), self.clock.now())

    async def _decide(self, scene: Scene, said: Said, letter: int, *, offered: bool, notice: str) -> Decision:
        """Find out what the message means here; return what is to be written."""
        if said.kind == "event":
            return self._note_event(scene, said)
        word = fold(said.text.removeprefix("/")) if said.kind == "text" else ""
        opened = scene.open
        if opened is None:
            if said.kind == "tap" and said.token.startswith(QUESTION):
                return _saying("Itu sudah dijawab tadi.")
            if word == "batal":
                return _saying("Tidak ada yang sedang berjalan. Ketik menu untuk melihat pilihan.")
            wanted = self.routes.explicit(said) or self.routes.implicit(said, scene.cards)
            return await self._open(scene, said, letter, wanted or Wanted(self.routes.fallback, "?"), notice)
        dialog = self.routes.dialogs.get(opened.name)
        if word == "batal" or self._chose(opened, said) == "cancel":
            return _closing("Dibatalkan, tidak ada yang disimpan. Ketik menu untuk pilihan lain.")
        if dialog is None or dialog.edition != opened.edition or scene.role not in dialog.roles:
            return _closing("Percakapan tadi sudah tidak berlaku dan belum ada yang disimpan. Ketik menu untuk mulai lagi.")
        if notice and not offered:
            return await self._continue(scene, dialog, said, None, notice=notice)
        if word == "kembali":
            return await self._step_back(scene, dialog, said)
        if said.kind == "tap" and said.token.startswith(QUESTION):
            chosen = self._chose(opened, said)
            if chosen is None:  # an old button: the phone keeps them for ever
                return await self._continue(scene, dialog, said, None, notice="Itu sudah dijawab tadi.")
            said = replace(said, token=chosen)
        if opened.wanted is not None and (choice := pick(RESUME, said)):
            return await self._resume_or_leave(scene, dialog, said, letter, choice)
        if wanted := self.routes.explicit(said):
            return await self._interrupt(scene, said, letter, wanted, notice)
        return await self._continue(scene, dialog, said, said, letter=letter)

    async def _run(
        self, scene: Scene, dialog: Dialog[Any], said: Said, opened: OpenDialog, offer: Said | None
    ) -> tuple[Chat, Waiting | Finished]:
        """Run the dialog from the top on the answers given so far; `opened.answers` ends as the run left it."""
        partial, step = opened.partial, opened.open_step
        while True:
            chat = Chat(
                scene.person,
                opened.chat,
                self.clock.now(),
                said.at.astimezone(ZoneInfo(self.zone)).date(),
                self.zone,
                opened.arg,
                said.name,
                self.keep,
                opened.answers,
                step,
                offer,
                partial,
            )
            try:
                async with asyncio.timeout(RUN_SECONDS):
                    return chat, Finished(await dialog.run(chat, self.database.read))
            except Waiting as pause:
                return chat, pause
            except Again as again:
                kept = opened.answers.get(again.step)
                partial = kept if again.said and isinstance(kept, list) else None
                opened.answers[again.step] = ASK_AGAIN
                step, offer = again.step, again.said

    async def _open(self, scene: Scene, said: Said, letter: int, wanted: Wanted, notice: str = "") -> Decision:
        """Start a dialog; one that asks nothing ends here, without ever being open."""
        dialog = self.routes.dialogs[wanted.name]
        if scene.role not in dialog.roles:
            return await self._open(scene, said, letter, Wanted(self.routes.fallback, f"{dialog.name}!"))
        if notice:
            return _saying(notice)
        now = utc_text(self.clock.now())
        opened = OpenDialog(
            said.chat, _ref(letter), dialog.name, dialog.edition, wanted.arg, None, None, "", 0, 0, None, now
        )
        chat, outcome = await self._run(scene, dialog, said, opened, None)
        return self._outcome(scene, dialog, opened, chat, outcome, card=wanted.card)

    async def _continue(
        self, scene: Scene, dialog: Dialog[Any], said: Said, offer: Said | None, *, notice: str = "", letter: int = 0
    ) -> Decision:
        """Offer the message to the open question, and see where that leads."""
        assert scene.open is not None
        opened = replace(scene.open, answers=dict(scene.open.answers), wanted=None)
        if offer is not None and offer.kind == "tap" and offer.token.startswith("#"):
            chat, outcome = await self._run(scene, dialog, said, opened, None)
            if isinstance(outcome, Waiting):
                outcome.prompt = replace(outcome.prompt, page=int(offer.token[1:]))
            return self._outcome(scene, dialog, opened, chat, outcome, in_place=True)
        chat, outcome = await self._run(scene, dialog, said, opened, offer)
        if offer is not None and isinstance(outcome, Waiting) and outcome.missed:
            if wanted := self.routes.implicit(said, scene.cards):
                return await self._interrupt(scene, said, letter, wanted)
            if said.at - from_utc_text(opened.touched_at) > RESUMES_AFTER:
                return self._asking_to_resume(opened, dialog, {})
            opened.misses += 1
            if opened.misses >= 2 and outcome.prompt.choices:
                outcome.prompt = replace(outcome.prompt, form="numbers")
        else:
            opened.misses = 0
        if notice and isinstance(outcome, Waiting):
            outcome.prompt = replace(outcome.prompt, text=lines([notice, outcome.prompt.text]))
        in_place = offer is not None and offer.kind == "tap" and isinstance(outcome, Waiting)
        in_place = in_place and isinstance(outcome, Waiting) and outcome.step == opened.open_step and not notice
        return self._outcome(scene, dialog, opened, chat, outcome, in_place=in_place)

    async def _step_back(self, scene: Scene, dialog: Dialog[Any], said: Said) -> Decision:
        """Forget the last answer on the path, and ask it again."""
        assert scene.open is not None
        opened = replace(scene.open, answers=dict(scene.open.answers), partial=None)
        chat, _ = await self._run(scene, dialog, said, opened, None)
        asked = [one.step for one in chat.path if one.asked]
        if not asked:
            return await self._continue(scene, dialog, said, None, notice="Ini pertanyaan pertama.")
        opened.answers[asked[-1]] = ASK_AGAIN
        moved = replace(scene, open=opened)
        return await self._continue(moved, dialog, said, None)

    async def _interrupt(self, scene: Scene, said: Said, letter: int, wanted: Wanted, notice: str = "") -> Decision:
        """Let a command through that asks nothing; before one that asks, ask what is to become of the open dialog."""
        assert scene.open is not None
        beside = replace(scene, open=None)
        decision = await self._open(beside, said, letter, wanted, notice)
        if not getattr(decision, "asks", False):
            return decision
        dialog = self.routes.dialogs[scene.open.name]
        opened = replace(scene.open, answers=dict(scene.open.answers))
        return self._asking_to_resume(opened, dialog, {"name": wanted.name, "arg": wanted.arg})

    def _asking_to_resume(self, opened: OpenDialog, dialog: Dialog[Any], wanted: dict[str, str]) -> Decision:
        opened.wanted = wanted

        def settle(tx: Settling) -> None:
            where = f", {opened.recap}" if opened.recap else ""
            self._keep(tx, opened, Message(Text.of(f"{dialog.title} belum selesai{where}."), RESUME))

        return settle

    async def _resume_or_leave(
        self, scene: Scene, dialog: Dialog[Any], said: Said, letter: int, choice: str
    ) -> Decision:
        assert scene.open is not None and scene.open.wanted is not None
        if choice == "resume":
            return await self._continue(scene, dialog, said, None)
        wanted = scene.open.wanted
        if not wanted:
            return _closing("Baik, ditinggalkan. Tidak ada yang disimpan. Ketik menu untuk pilihan lain.")
        follow = await self._open(replace(scene, open=None), said, letter, Wanted(wanted["name"], wanted["arg"]))

        def settle(tx: Settling) -> None:
            dialogs.close(tx.db, tx.chat)
            follow(tx)

        return settle

    def _outcome(
        self,
        scene: Scene,
        dialog: Dialog[Any],
        opened: OpenDialog,
        chat: Chat,
        outcome: Waiting | Finished,
        *,
        in_place: bool = False,
        card: int | None = None,
    ) -> Decision:
        """Turn where a run ended into what is written."""
        was_open = scene.open is not None

        def settle(tx: Settling) -> None:
            if isinstance(outcome, Finished):
                if was_open:
                    dialogs.close(tx.db, tx.chat)
                dialog.save(replace(tx, ref=opened.ref, card=card or tx.card), outcome.result)
                return
            opened.open_step, opened.partial = outcome.step, outcome.partial
            number = len([one for one in chat.path if one.asked]) + 1
            opened.recap = f"langkah {number}" + (f" dari {dialog.steps}" if dialog.steps >= number else "")
            self._keep(tx, opened, outcome.prompt, edits=tx.card if in_place else None)

        settle.asks = isinstance(outcome, Waiting)  # type: ignore[attr-defined]  # read by _interrupt alone
        return settle

    def _keep(self, tx: Settling, opened: OpenDialog, prompt: Message, edits: int | None = None) -> None:
        opened.turn += 1
        dialogs.keep(tx.db, opened, tx.stamp)
        tokens = tuple(Choice(f"{QUESTION}{opened.ref}.{opened.turn}.{one.id}", one.label) for one in prompt.choices)
        self.poster.reply(tx.db, tx.chat, replace(prompt, choices=tokens), tx.now, edits=edits)

    def _chose(self, opened: OpenDialog, said: Said) -> str | None:
        """Return the option a button of this very question stands for; None for any other button."""
        mine = f"{QUESTION}{opened.ref}.{opened.turn}."
        return said.token.removeprefix(mine) if said.kind == "tap" and said.token.startswith(mine) else None

    def _note_event(self, scene: Scene, said: Said) -> Decision:
        """Take note of what no person said: the bot was blocked, a dialog has waited for too long."""

        def settle(tx: Settling) -> None:
            if said.text in ("blocked", "unblocked"):
                chats.set_reachable(tx.db, tx.chat, said.text == "unblocked")
            elif said.text == "expired" and scene.open is not None and scene.open.ref == said.token:
                dialog = self.routes.dialogs.get(scene.open.name)
                dialogs.close(tx.db, tx.chat)
                title = dialog.title if dialog else "Percakapan tadi"
                tx.say(f"{title} ditutup karena 14 hari tidak dilanjutkan. Tidak ada yang disimpan.")

        return settle


def expired_event(chat: str, ref: str, at: datetime) -> str:
    """Write the event by which a dialog that has waited too long enters by the same door as everything else."""
    return json.dumps({"text": "expired", "token": ref, "chat": chat, "at": utc_text(at)})


def _scene(db: Connection, chat: str) -> Scene:
    return Scene(people.person_of_chat(db, chat), dialogs.open_dialog(db, chat), outbox.recent_cards(db, chat))


def _ref(letter: int) -> str:
    """Name a dialog by the letter that opened it: unique, and the same when the turn is replayed after a crash."""
    return f"d{letter:x}"


def _saying(text: str) -> Decision:
    return lambda tx: tx.say(text)


def _closing(text: str) -> Decision:
    def settle(tx: Settling) -> None:
        dialogs.close(tx.db, tx.chat)
        tx.say(text)

    return settle
