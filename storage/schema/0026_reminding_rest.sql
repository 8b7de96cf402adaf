-- The rest of reminding: one's own quiet hours, the office's own days off, people out of reach, cards of several things.

ALTER TABLE persons ADD COLUMN quiet_from TEXT;    -- 'HH:MM' local; NULL, as the other is: the office's hours
ALTER TABLE persons ADD COLUMN quiet_to TEXT;
CREATE INDEX persons_quiet ON persons (id) WHERE quiet_from IS NOT NULL;

CREATE TABLE office_days (                         -- where the office's year differs from the national one
    day          TEXT PRIMARY KEY,                 -- local ISO date
    name         TEXT NOT NULL CHECK (name <> ''),
    off          INTEGER NOT NULL CHECK (off IN (0, 1))        -- 1: a day off; 0: a national holiday on which one works
) STRICT, WITHOUT ROWID;

CREATE TABLE card_parts (                          -- the things that one card of the day names, if it names several
    outbox_id    INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,      -- the row with its choices, as it was posted
    reminder_id  INTEGER NOT NULL REFERENCES reminders ON DELETE CASCADE,
    object       TEXT NOT NULL,                    -- 'meeting:7', as what is withdrawn is named
    stale        INTEGER NOT NULL DEFAULT 0 CHECK (stale IN (0, 1)),   -- withdrawn since: the card is to be rewritten
    PRIMARY KEY (outbox_id, reminder_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX card_parts_of_reminder ON card_parts (reminder_id);
CREATE INDEX card_parts_of_object ON card_parts (object);
CREATE INDEX card_parts_stale ON card_parts (outbox_id) WHERE stale = 1;

CREATE INDEX chats_out_of_reach ON chats (person_id) WHERE reachable = 'no';
