"""A facilitator's offer of groups is taken, refused, or taken back."""

from bot.chat import Chat, Dialog, Reader, Refused
from bot.routes import action, number_in
from bot.settling import Settling
from handlers.groups.my_group import FACILITATORS
from handlers.groups.transfer import names_of, transfer
from storage import groups, handovers, people
from storage.groups import Group
from storage.handovers import Offer

DECIDED = {
    "accepted": "Tawaran itu sudah diterima.",
    "refused": "Tawaran itu sudah ditolak.",
    "withdrawn": "Tawaran itu sudah ditarik kembali.",
}
UNKNOWN = "Tawaran itu tidak ditemukan. Lihat kelompok Bapak/Ibu di /kelompok."


async def read_offer(chat: Chat, read: Reader) -> int:
    """Take the offer that the button means."""
    return number_in(chat.arg)


def save_accepted(tx: Settling, offer_id: int) -> None:
    """Take the groups, those that are still the giver's."""
    offer = _waiting(tx, offer_id, "taker")
    giver, taker = people.person(tx.db, offer.from_person), tx.me
    assert giver is not None, "people are never deleted"
    going = _going(tx, offer)
    if not going:
        handovers.decide(tx.db, offer.id, "withdrawn", tx.stamp)
        tx.say("Kelompok itu sudah ditutup atau sudah diserahkan ke orang lain.")
        return
    handovers.decide(tx.db, offer.id, "accepted", tx.stamp)
    transfer(tx, going, giver, taker)
    tx.say(
        f"✅ Diterima: {names_of(going)}. Rencana pertemuannya ada di jadwal Bapak/Ibu.",
        action("kelompok", "", "Kelompok"),
        action("jadwal", "", "Jadwal"),
    )


def save_refused(tx: Settling, offer_id: int) -> None:
    """Leave the groups where they are, and tell the giver."""
    offer = _waiting(tx, offer_id, "taker")
    handovers.decide(tx.db, offer.id, "refused", tx.stamp)
    tx.notify(
        offer.from_person,
        f"{tx.me.name} belum bisa menerima {names_of(_going(tx, offer))}. Kelompoknya tetap dampingan "
        "Bapak/Ibu; bisa ditawarkan ke yang lain di /serahkan.",
        kind="handover",
        object=f"offer:{offer.id}",
        occurrence="refused",
    )
    tx.say("Baik, ditolak. Yang menawarkan dikabari.")


def save_withdrawn(tx: Settling, offer_id: int) -> None:
    """Take the offer back, and tell the other where the card may have been read."""
    offer = _waiting(tx, offer_id, "giver")
    handovers.decide(tx.db, offer.id, "withdrawn", tx.stamp)
    if not tx.withdraw(f"offer:{offer.id}", kind="handover"):
        tx.notify(
            offer.to_person,
            f"{tx.me.name} menarik kembali tawaran kelompoknya.",
            kind="handover",
            object=f"offer:{offer.id}",
            occurrence="withdrawn",
        )
    tx.say("✅ Ditarik kembali. Kelompoknya tetap dampingan Bapak/Ibu.")


ACCEPT_GROUPS = Dialog("terimakelompok", "Serah terima kelompok", read_offer, save_accepted, FACILITATORS)
REFUSE_GROUPS = Dialog("tolakkelompok", "Serah terima kelompok", read_offer, save_refused, FACILITATORS)
WITHDRAW_OFFER = Dialog("tariktawaran", "Serah terima kelompok", read_offer, save_withdrawn, FACILITATORS)


def _waiting(tx: Settling, offer_id: int, side: str) -> Offer:
    offer = handovers.offer(tx.db, offer_id)
    if offer is None or tx.me.id != (offer.to_person if side == "taker" else offer.from_person):
        raise Refused(UNKNOWN)
    if offer.state != "waiting":
        raise Refused(DECIDED[offer.state])
    return offer


def _going(tx: Settling, offer: Offer) -> list[Group]:
    found = [groups.group(tx.db, one) for one in offer.group_ids]
    return [one for one in found if one and one.active and one.person_id == offer.from_person]
