"""What a person is known by in running text, and putting the tombstone in its place.

A name may be somebody else's as well, or an ordinary word. In copies of messages it is replaced all the same, for they
are read no more; in the office's own words only where it has several words and nobody else on the roster bears it.
"""

import json
import re
from dataclasses import dataclass
from functools import cached_property

from storage.database import Connection

GONE_WORDS = "(dihapus)"

# Short ones are no more this person's than anybody's.
_WRITTEN = """
    SELECT words FROM (
        SELECT reason AS words FROM invitations WHERE person_id = :person
        UNION SELECT reason FROM excuses WHERE person_id = :person
        UNION SELECT reason FROM check_ins WHERE person_id = :person AND reason <> ''
        UNION SELECT words FROM suggestions WHERE person_id = :person
        UNION SELECT words FROM event_questions WHERE person_id = :person)
    WHERE length(words) >= 10 AND words <> '(dihapus)'
"""


def tombstone(person_id: int) -> str:
    """Return what stands where a name stood."""
    return f"Petugas #{person_id}"


@dataclass(frozen=True)
class Marks:
    """What leads to one person. `phone` is without the country; `chats` are the keys of all accounts ever seen.

    `words` are what he or she wrote, which others' cards may repeat.
    """

    person_id: int
    name: str
    is_unmistakable: bool
    phone: str
    chats: tuple[str, ...]
    words: tuple[str, ...] = ()

    @property
    def tombstone(self) -> str:
        """What stands in the place of the name."""
        return tombstone(self.person_id)

    @cached_property
    def chats_json(self) -> str:
        """The keys of the chats, for `json_each`."""
        return json.dumps(self.chats)

    def likes(self, *, copies: bool) -> list[str]:
        """Return LIKE patterns one of which every text that is meant matches, and some others."""
        names = [_quoted(self.name), _quoted(self.name, ascii=True)] if copies or self.is_unmistakable else []
        found = [*names, *self._phones(), *self.chats, *(self._accounts() if copies else ())]
        found += [one for words in self.words if copies for one in (_quoted(words), _quoted(words, ascii=True))]
        return ["%" + re.sub("([!%_])", r"!\1", one) + "%" for one in dict.fromkeys(found)]

    def replace(self, text: str, *, copies: bool) -> str:
        """Return the text with the tombstone for the name, and nothing for number and account."""
        for words in self.words if copies else ():
            for said in (words, _quoted(words), _quoted(words, ascii=True)):
                text = text.replace(said, GONE_WORDS)
        if copies or self.is_unmistakable:
            for name in {self.name, _quoted(self.name), _quoted(self.name, ascii=True)}:
                text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.tombstone, text, flags=re.IGNORECASE)
        if self.phone:
            digits = r"[-. ]?".join(self.phone)
            text = re.sub(rf"(?<!\d)(?:\+?62[-. ]?|0)?{digits}(?!\d)", "–", text)
        for account in (*self.chats, *(self._accounts() if copies else ())):
            text = re.sub(rf"(?<!\w){re.escape(account)}(?!\w)", "–", text)
        return text

    def _phones(self) -> list[str]:
        """Return the number as it may be written, as far as its digits stand together."""
        if not self.phone:
            return []
        first, rest = self.phone[:3], self.phone[3:]
        fours = [rest[at : at + 4] for at in range(0, len(rest), 4)]
        return [self.phone, *(between.join([first, *fours]) for between in "- .")]

    def _accounts(self) -> list[str]:
        """Return the accounts' own ids; short ones are too likely to be something else."""
        return [address for chat in self.chats if len(address := chat.partition(":")[2]) >= 6]


def marks_of(db: Connection, person_id: int) -> Marks | None:
    """Return what leads to this person; None for one that is erased, or never was."""
    row = db.execute(
        "SELECT name, coalesce(phone, '') FROM persons WHERE id = ? AND erased_at IS NULL", (person_id,)
    ).fetchone()
    if row is None:
        return None
    name, phone = str(row[0]), str(row[1])
    alike = db.execute(
        "SELECT 1 FROM persons WHERE id <> :id AND instr(lower(name), lower(:name))", {"id": person_id, "name": name}
    ).fetchone()
    chats = [
        str(one[0]) for one in db.execute("SELECT chat FROM chats WHERE person_id = ? ORDER BY chat", (person_id,))
    ]
    aliases = [
        str(one[0])
        for chat in chats
        for one in db.execute("SELECT alias FROM chat_aliases WHERE chat = ? ORDER BY alias", (chat,))
    ]
    known = tuple(dict.fromkeys((*chats, *aliases)))
    words = {str(one[0]) for one in db.execute(_WRITTEN, {"person": person_id})}
    unmistakable = len(name.split()) > 1 and alike is None
    return Marks(person_id, name, unmistakable, re.sub(r"^\+(62)?", "", phone), known, tuple(sorted(words)))


def _quoted(text: str, *, ascii: bool = False) -> str:  # json's own word
    """Return the text as it stands inside JSON."""
    return json.dumps(text, ensure_ascii=ascii)[1:-1]
