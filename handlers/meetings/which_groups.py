"""The question which groups met: one, several that met together, or those of a colleague."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.labels import pick
from bot.message import Choice, Said
from bot.picked import tick
from bot.questions import Done, More, NoLongerFits, NotUnderstood, Question
from bot.text import Text
from handlers.meetings.groups import which_group
from storage.groups import Group

SEVERAL = Choice("several", "Beberapa sekaligus")
COLLEAGUE = Choice("colleague", "Untuk rekan")


@dataclass(frozen=True, slots=True)
class WhichGroups(Question[tuple[Group, ...]]):
    """Groups by tap, number or name; none: it is for a colleague. Kept as their ids."""

    mine: Mapping[str, Group]
    offers_colleague: bool

    @property
    def prompt(self) -> Text:  # type: ignore[override]  # the same for all
        return Text.of("Kelompok mana?")

    def says(self, partial: Any) -> Text:
        return (
            Text.of("Kelompok mana saja? Pilih semuanya, lalu Selesai.") if isinstance(partial, dict) else self.prompt
        )

    def choices(self, partial: Any) -> tuple[Choice, ...]:
        if isinstance(partial, dict):
            return self._ticks().choices(partial["ticked"])
        several = (SEVERAL,) if len(self.mine) > 1 else ()
        return (*which_group(self.mine).choices(None), *several, *((COLLEAGUE,) if self.offers_colleague else ()))

    def read(self, said: Said, partial: Any) -> Done | More:
        if isinstance(partial, dict):
            outcome = self._ticks().read(said, partial["ticked"])
            if isinstance(outcome, Done):
                return outcome
            return More({"ticked": outcome.partial}, self.says({}).plain)
        chosen = pick(self.choices(None), said)
        if chosen == SEVERAL.id:
            return More({"ticked": []}, self.says({}).plain)
        if chosen == COLLEAGUE.id:
            return Done([])
        if chosen is not None:
            return Done([chosen])
        one = which_group(self.mine).read(said, None)
        if not isinstance(one, Done):
            raise NotUnderstood("Mohon pilih salah satu, atau ketik nomornya.")
        return Done([one.value])

    def load(self, kept: Any) -> tuple[Group, ...]:
        ids = [kept] if isinstance(kept, str) else kept
        if not all(one in self.mine for one in ids):
            raise NoLongerFits("Pilihan tadi sudah tidak tersedia, mohon pilih lagi.")
        return tuple(self.mine[one] for one in ids)

    def show(self, value: tuple[Group, ...]) -> str:
        return ", ".join(one.name for one in value) or "untuk rekan"

    def _ticks(self) -> Question[tuple[Group, ...]]:
        return tick(self.prompt, self.mine, lambda one: f"{one.name} · {one.village}")


def which_groups(mine: Mapping[str, Group], *, colleague: bool = True) -> WhichGroups:
    """Ask which of these groups met."""
    return WhichGroups(mine, colleague)
