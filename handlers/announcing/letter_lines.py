"""A letter cut into what its labelled lines say: `Tempat : Aula` and the lines that go on with it."""

import re

# What each thing is called in letters, as regular expressions of the folded label.
_NAMES = {
    "number": r"(?:no|nomor|nmr)(?: surat)?",
    "subject": r"perihal|hal|judul",
    "event": r"(?:nama )?kegiatan",
    "agenda": r"acara|agenda(?: acara)?|susunan acara",
    "day": r"hari|hari (?:dan )?(?:tanggal|tgl)|(?:pada )?hari",
    "date": r"tanggal|tgl",
    "time": r"pukul|jam|pkl|waktu|waktu pelaksanaan|waktu kegiatan",
    "place": r"tempat|lokasi|tempat lokasi|bertempat di|(?:tempat|lokasi) \w+",
    "address": r"alamat",
    "dress": r"pakaian|busana|seragam|dress ?code",
    "bring": r"perlengkapan|kelengkapan|(?:(?:agar|mohon|harap|wajib|untuk) )?(?:di|mem)bawa|yang (?:harus )?dibawa",
    "lodging": r"penginapan|akomodasi|menginap|tempat menginap",
    "contact": r"narahubung|nara hubung|contact person|cp|kontak(?: person)?|hubungi|informasi|konfirmasi",
    "notes": r"catatan|nb|n b|keterangan|ket|note",
}
_KNOWN = {name: re.compile(pattern) for name, pattern in _NAMES.items()}
_LABELLED = re.compile(r"^\W*(?:(?:\d{1,2}|[a-zA-Z])[.)]\s+)?([^\W\d][\w\s./&()]{0,28}?)\s*[:=](?!\d|//)\s*(.*)$")
_CLOSING = re.compile(
    r"^\W*(?:kepada|yth|dengan hormat|assalamu|salam|di\W*$|di tempat|demikian|atas (?:perhatian|kehadiran|kerja)|"
    r"mengingat|sehubungan|untuk itu|terima kasih|a\.?\s?n\.?\s|kepala (?:dinas|bidang)|ditandatangani|tembusan|"
    r"wassalam|hormat kami)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-•*–▪◦·]|\d{1,2}[.)]|[a-z][.)])\s+")
# White space is taken whole, and once: a run of blanks is not tried from each of its places.
_INLINE = re.compile(r"(?<!\s)\s*+[.;|]\s++(?=([^\W\d][\w \t./&()]{0,28}?)\s*+:(?!\d|//)\s*+\S)")
MOST_LINES = 8  # of one field: beyond, it is prose that only happens to follow


def read_lines(text: str) -> dict[str, str]:
    """Return what each labelled line says, under the names above; the first of a name counts.

    A value goes on over the lines below it up to a blank line, the next label or the letter's closing words.
    """
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if labelled := _LABELLED.match(line):
            called = _name_of(labelled[1])
            # A label that we do not know ends the field before it all the same.
            name = called if called and called not in found else ""
            if name:
                found[name] = [labelled[2].strip()] if labelled[2].strip() else []
        elif not line.strip() or _CLOSING.match(line):
            name = name if name and not found[name] else ""
        elif name and len(found[name]) < MOST_LINES:
            found[name].append(_BULLET.sub("- ", line).strip())
    return {called: "\n".join(lines) for called, lines in found.items() if lines}


def separate(text: str) -> str:
    """Put a label that follows the end of a sentence on a line of its own, as in `… Stabat. Pakaian: PDH`."""
    return _INLINE.sub(lambda space: "\n" if _name_of(space[1]) else space[0], text)


def _name_of(label: str) -> str:
    folded = " ".join(re.findall(r"\w+", label.casefold()))
    return next((name for name, pattern in _KNOWN.items() if pattern.fullmatch(folded)), "")
