"""The costs (biaya): what WhatsApp billed this month, and the office's price, ceiling and patience."""

from dataclasses import dataclass

from bot.chat import Chat, Dialog, Reader
from bot.ladder import HOURS, ladder_hours
from bot.picked import choose
from bot.settling import Settling
from bot.templates import templates
from bot.typed import a_number
from handlers.announcing.forecast import rupiah
from storage import channels_on, costs, office, rules
from storage.database import Connection
from storage.templates import APPROVED, reviews

WHAT = {costs.PRICE: "Harga per pesan", costs.CEILING: "Batas per bulan", HOURS: "Pindah kanal"}
ASKS = {
    costs.PRICE: ("Berapa rupiah satu pesan WhatsApp yang ditagih? 0 berarti belum tahu.", 100_000),
    costs.CEILING: ("Paling banyak berapa pesan berbayar sebulan? 0 berarti tanpa batas.", 10_000_000),
    HOURS: ("Sesudah berapa jam tanpa tanda sampai, pemberitahuan dicoba lewat kanal lain?", 72),
}


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it is to be."""

    name: str
    value: int


async def ask_rule(chat: Chat, read: Reader) -> NewRule:
    """Ask which rule is to change, and to what."""
    told = " ".join(await read(cost_lines, chat.now.isoformat()))
    hours = f"Pindah kanal sesudah {await read(ladder_hours)} jam tanpa tanda sampai."
    name = await chat.ask(
        "what", choose(f"{told} {hours} Ubah yang mana?".strip(), {one: one for one in WHAT}, WHAT.__getitem__)
    )
    question, most = ASKS[name]
    return NewRule(name, await chat.ask("value", a_number(question, 1 if name == HOURS else 0, most), about=name))


def save_rule(tx: Settling, new: NewRule) -> None:
    """Keep it."""
    rules.set_rule(tx.db, new.name, str(new.value) if new.value else None)
    said = {
        costs.PRICE: f"Harga per pesan: {rupiah(new.value)}" if new.value else "Harga per pesan: belum diketahui",
        costs.CEILING: f"Batas per bulan: {new.value} pesan" if new.value else "Tanpa batas per bulan",
        HOURS: f"Pindah kanal sesudah {new.value} jam",
    }[new.name]
    office.note(tx.db, tx.stamp, tx.me.id, "rule", new.name, said)
    tx.say(f"✅ {said}.")


def cost_lines(db: Connection, now: str) -> list[str]:
    """Say what was billed this month, and how far the templates are; nothing where nothing is ever billed."""
    if not channels_on.any_with_window(db):
        return []
    found, price, most = costs.billed(db, now), costs.price(db), costs.ceiling(db)
    total = sum(found.values())
    each = f" ({', '.join(f'{category} {count}' for category, count in found.items())})" if total else ""
    cost = f", perkiraan {rupiah(total * price)}" if price and total else ""
    limit = f", batas {most}" if most else ""
    names = [one.name for one in templates().every]
    approved = sum(one.state == APPROVED for one in reviews(db, names).values())
    return [
        f"WhatsApp bulan ini: {total} pesan berbayar{each}{cost}{limit}.",
        f"Templat WhatsApp: {approved} dari {len(names)} disetujui.",
    ]


COSTS = Dialog("biaya", "Biaya WhatsApp", ask_rule, save_rule, frozenset({"operator"}), steps=2)
