"""Letting in who waited: strangers whose own number has come onto the roster since they asked."""

from collections.abc import Collection

from bot.settling import Settling
from handlers.events.event_card import send_open
from storage import applications, office, people


def let_in_listed(tx: Settling, back: Collection[int] = ()) -> int:
    """Give each the chat, tell him or her, and close the request; return how many.

    `back` are people who were kept out until now: they came onto the roster before they asked.
    """
    let_in = 0
    for asked, person_id in applications.listed_since(tx.db, back):
        person = people.person(tx.db, person_id)
        assert person is not None
        by = tx.person.id if tx.person else None
        applications.decide(tx.db, asked.id, "approved", by, tx.stamp)
        office.note(tx.db, tx.stamp, by, "let in", f"person:{person.id}")
        if people.person_of_chat(tx.db, asked.chat) is not None:
            continue  # it was this person's before: whoever let him or her in again has said so
        people.link_chat(tx.db, asked.chat, person.id, tx.stamp)
        where = f", Kecamatan {person.district}" if person.district else ""
        told = (
            f"Nomor Bapak/Ibu sekarang ada di daftar petugas: {person.name}, {person.title}{where}. "
            "Ketik menu untuk melihat yang bisa dilakukan. Kalau itu bukan Bapak/Ibu, mohon hubungi Dinas Sosial."
        )
        tx.notify(person.id, told, kind="access", object=f"person:{person.id}", occurrence=f"application:{asked.id}")
        send_open(tx, person)
        let_in += 1
    return let_in
