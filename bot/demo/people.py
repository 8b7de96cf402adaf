"""The made-up people of the demo: 151 facilitators and 23 TKSK, spread over the districts, the same at every start."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from storage.places import SEED

FACILITATORS = 151

_FIRST = ("Siti Aminah", "Stabat", "Kwala Bingai")
# Names as they are heard in Langkat: Javanese, Malay, Karo, Toba and Mandailing. Nobody is meant.
_PLAIN = """
    Ade Irawan|Agus Prayitno|Ahmad Fauzi|Andi Syahputra|Aisyah Fitri|Bambang Sutrisno|Chairul Anwar|Desi Ratnasari|
    Dewi Lestari|Dian Puspita|Eko Prasetyo|Endang Susilowati|Fadli Rahman|Fitri Handayani|Hendra Gunawan|Heri Susanto|
    Ika Wulandari|Indah Permata Sari|Iwan Setiawan|Joko Purnomo|Khairunnisa|Lia Anggraini|Lilis Suryani|M. Yusuf|
    M. Ridwan|Maya Safitri|Misnan|Muhammad Iqbal|Mulyadi|Nani Sumarni|Ngatini|Novita Sari|Nur Asiah|Nur Hidayah|
    Nurhayati|Paimin|Poniman|Ponirah|Puji Astuti|Rahmat Hidayat|Ratna Dewi|Rika Amelia|Riski Ananda|Rohani|Roslina|
    Rudi Hartono|Rusmiati|Saiful Bahri|Samsul Bahri|Sariani|Sarwono|Siti Khadijah|Siti Rahmah|Sri Mulyani|Sri Rahayu|
    Sri Wahyuni|Sugiarto|Suharni|Sukardi|Sulastri|Sumiati|Supriadi|Suriani|Surya Darma|Suyatno|Syafrizal|Syahrial|
    Tengku Amir|Tengku Fauziah|Tri Handoko|Tuti Alawiyah|Wagino|Wahyu Kurniawan|Wati Ningsih|Wiwik Sundari|
    Yanti Oktavia|Yulia Citra|Yusnita|Zainal Abidin|Zulfikar|Zulkifli|Zuraidah
"""
_GIVEN = """
    Andreas Arjuna Benny Bastian Daniel Darma Deni Eka Elisabet Elvina Erlina Ferdinan Friska Gloria Hotma Imanuel
    Jenda Jesika Junita Kristina Lamhot Lasma Maria Marlina Martha Melisa Monika Natalia Parlin Rame Rehulina Renta
    Robinson Rosmaida Roy Rut Sampe Sarah Selvi Tetty Timbul Veronika Yohana Yosef
"""
_CLANS = """
    Ginting Sembiring Tarigan Sitepu Perangin-angin Surbakti Bangun Barus Karo-Karo Ketaren Simanjuntak Sihombing
    Siregar Hutagalung Panjaitan Manurung Nababan Situmorang Lubis Nasution Harahap Hasibuan Batubara Rangkuti
"""
_SUPERVISORS = (
    *("Abdul Gani", "Berlian Sitanggang", "Cut Rosmala", "Dahlia Pohan", "Edi Wibowo"),
    *("Faisal Matondang", "Gusti Randa", "Halimah Tusadiah", "Irwansyah Pulungan"),
)


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of the demo; `phone` is E.164, `title` the role as a roster spells it, `village` '' for a TKSK."""

    name: str
    phone: str
    role: str
    title: str
    district: str
    village: str


def people() -> tuple[DemoPerson, ...]:
    """Return the 174 people, Siti Aminah first, facilitators by district, then one TKSK for each district."""
    districts = json.loads(SEED.read_text(encoding="utf-8"))["districts"]
    places = [_FIRST[1:], *(place for place in _facilitator_places(districts) if place != _FIRST[1:])]
    posts = [("facilitator", "Pendamping PKH", *place) for place in places]
    posts += [("tksk", "TKSK", str(district["name"]), "") for district in districts]
    names = [_FIRST[0], *_names(len(posts) - 1)]
    return tuple(
        # 0812-0000-xxxx reads as invented at once and still passes every check of a mobile number.
        DemoPerson(name, f"+62812{number:08}", *post)
        for number, (name, post) in enumerate(zip(names, posts, strict=True), 1)
    )


def supervisors() -> tuple[DemoPerson, ...]:
    """Return the supervisors of the first districts: they mind the posts while the others are away."""
    districts = json.loads(SEED.read_text(encoding="utf-8"))["districts"]
    return tuple(
        DemoPerson(name, f"+62812{number:08}", "supervisor", "Koordinator Kecamatan", str(district["name"]), "")
        for number, (name, district) in enumerate(zip(_SUPERVISORS, districts, strict=False), 501)
    )


def _facilitator_places(districts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Give each district facilitators in proportion to its villages, evenly among them; Stabat's first is fixed."""
    every = sum(len(district["kelurahan"]) + len(district["desa"]) for district in districts)
    seen = given = 0
    for district in districts:
        villages = [*district["kelurahan"], *district["desa"]]
        if district["name"] == _FIRST[1]:
            villages.sort(key=lambda village: village != _FIRST[2])
        seen += len(villages)
        share = FACILITATORS * seen // every - given
        given += share
        yield from ((str(district["name"]), villages[n * len(villages) // share]) for n in range(share))


def _names(count: int) -> list[str]:
    """Return names in an order that looks like a list of people, not like the alphabet."""
    random = Random(1205)
    plain = [name.strip() for name in _PLAIN.replace("\n", "").split("|")]
    clans = random.choices(_CLANS.split(), k=count)
    given = [first for first in _GIVEN.split() for _ in range(3)]
    random.shuffle(given)
    both = dict.fromkeys(plain + [f"{first} {clan}" for first, clan in zip(given, clans, strict=False)])
    chosen = list(both)[:count]
    random.shuffle(chosen)
    return chosen
