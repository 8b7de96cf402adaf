-- Check-in as a door runs it: sessions within a day, late marks, rotating codes, and how well each check-in is vouched for.

ALTER TABLE slots RENAME TO old_slots;             -- check_ins and tries follow it until they are rebuilt below

CREATE TABLE slots (                               -- a check-in window
    id           INTEGER PRIMARY KEY,
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,                    -- local ISO date
    session      TEXT NOT NULL DEFAULT '',         -- 'pagi', 'siang'; '' where the day is one window
    opens_at     TEXT NOT NULL,
    late_from    TEXT,                             -- who comes from here on is late; NULL: nobody is
    closes_at    TEXT NOT NULL,
    code         TEXT NOT NULL,                    -- 5 symbols of a 31-letter alphabet
    waits        INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1)),   -- 1: opens when the committee says so
    UNIQUE (event_id, day, session),
    CHECK (opens_at < closes_at)
) STRICT;
INSERT INTO slots (id, event_id, day, opens_at, closes_at, code)
    SELECT id, event_id, day, opens_at, closes_at, code FROM old_slots;

CREATE TABLE new_check_ins (
    slot_id      INTEGER NOT NULL REFERENCES slots,
    person_id    INTEGER NOT NULL REFERENCES persons,
    number       INTEGER NOT NULL,                 -- the receipt: No. 0042
    at           TEXT NOT NULL,                    -- when the person was there: the message's own time, or its code's
    stored_at    TEXT NOT NULL,
    level        TEXT NOT NULL DEFAULT 'B' CHECK (level IN ('A', 'B', 'C', 'D', 'E')),
                                                   -- committee scan, live code, delayed code, assisted, entered later
    state        TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept', 'asked', 'denied', 'undone')),
                                                   -- asked: a colleague said so, the person has yet to say yes, or denied it
    by_person    INTEGER REFERENCES persons,       -- who scanned, assisted, entered or undid it; NULL: the person
    reason       TEXT NOT NULL DEFAULT '',         -- why it was entered, or undone
    distance     TEXT CHECK (distance IN ('near', 'around', 'far')),   -- from the place; never a coordinate
    left_at      TEXT,                             -- the exit scan
    PRIMARY KEY (slot_id, person_id),
    UNIQUE (slot_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO new_check_ins (slot_id, person_id, number, at, stored_at)
    SELECT slot_id, person_id, number, at, stored_at FROM check_ins;
DROP TABLE check_ins;
ALTER TABLE new_check_ins RENAME TO check_ins;

CREATE TABLE new_tries (                           -- every refused check-in, with its reason
    id           INTEGER PRIMARY KEY,
    person_id    INTEGER NOT NULL REFERENCES persons,
    at           TEXT NOT NULL,
    reason       TEXT NOT NULL CHECK (reason IN
        ('wrong', 'early', 'late', 'stale', 'locked', 'uninvited', 'cancelled', 'undone')),
                                                   -- stale: words of an earlier window; undone: the committee struck it
    slot_id      INTEGER REFERENCES slots
) STRICT;
INSERT INTO new_tries SELECT id, person_id, at, reason, slot_id FROM tries;
DROP TABLE tries;
ALTER TABLE new_tries RENAME TO tries;
DROP TABLE old_slots;
CREATE INDEX tries_of_person ON tries (person_id, at);
CREATE INDEX slots_by_time ON slots (closes_at);
CREATE INDEX slots_by_code ON slots (code);

CREATE TABLE check_in_rules (                      -- how an event checks in; no row: the defaults
    event_id     INTEGER PRIMARY KEY REFERENCES events,
    codes        TEXT NOT NULL DEFAULT 'fixed' CHECK (codes IN ('fixed', 'rotating')),
    levels       TEXT NOT NULL DEFAULT 'ABCDE',    -- the evidence that counts
    needed       INTEGER CHECK (needed > 0),       -- present in how many slots for transport money and certificate
    walk_ins     INTEGER NOT NULL DEFAULT 0 CHECK (walk_ins IN (0, 1)),
    location     INTEGER NOT NULL DEFAULT 0 CHECK (location IN (0, 1)),
    exits        INTEGER NOT NULL DEFAULT 0 CHECK (exits IN (0, 1))
) STRICT;

CREATE VIEW present AS                             -- the check-ins that count: kept, and of a level that the office takes
    SELECT c.slot_id, c.person_id, c.number, c.at, c.level, c.left_at
    FROM check_ins c JOIN slots s ON s.id = c.slot_id LEFT JOIN check_in_rules r ON r.event_id = s.event_id
    WHERE c.state = 'kept' AND instr(coalesce(r.levels, 'ABCDE'), c.level);

CREATE TABLE excuses (                             -- why somebody was not at a slot, as told to the office
    slot_id      INTEGER NOT NULL REFERENCES slots,
    person_id    INTEGER NOT NULL REFERENCES persons,
    status       TEXT NOT NULL CHECK (status IN ('I', 'S', 'DL')),
    reason       TEXT NOT NULL DEFAULT '',
    by_person    INTEGER REFERENCES persons,
    noted_at     TEXT NOT NULL,
    PRIMARY KEY (slot_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE statuses (                            -- what a person is at a slot, and whether that counts: office data
    status       TEXT PRIMARY KEY CHECK (status IN ('H', 'T', 'I', 'S', 'DL', 'TK')),
    title        TEXT NOT NULL,
    counts       INTEGER NOT NULL CHECK (counts IN (0, 1)),    -- as present
    rank         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO statuses VALUES
    ('H', 'Hadir', 1, 1), ('T', 'Terlambat', 1, 2), ('I', 'Izin', 0, 3), ('S', 'Sakit', 0, 4),
    ('DL', 'Dinas luar', 0, 5), ('TK', 'Tanpa keterangan', 0, 6);

CREATE TABLE board_pictures (                      -- boards that stand as a picture in a chat, kept fresh for a while
    chat         TEXT PRIMARY KEY REFERENCES chats,
    event_id     INTEGER NOT NULL REFERENCES events,
    card         INTEGER NOT NULL REFERENCES outbox,   -- the row of the picture
    shown        TEXT NOT NULL,                    -- what the picture says: another one is due when this changes
    until        TEXT NOT NULL                     -- no later than this
) STRICT, WITHOUT ROWID;
