-- What is printed: sheets that can be checked against the data, the office's letterhead and who signs.

CREATE TABLE sheets (                              -- what left the office on paper, and what it said
    checksum     TEXT PRIMARY KEY,                 -- 8 symbols of the codes' alphabet, printed at the foot
    event_id     INTEGER NOT NULL REFERENCES events,
    kind         TEXT NOT NULL CHECK (kind IN ('attendance', 'certificate')),
    slot_id      INTEGER REFERENCES slots,         -- of an attendance list
    person_id    INTEGER REFERENCES persons,       -- of a certificate
    printed      TEXT NOT NULL,                    -- canonical JSON of all that stands on it
    made_by      INTEGER NOT NULL REFERENCES persons,
    made_at      TEXT NOT NULL,                    -- when it first left
    CHECK ((kind = 'attendance') = (slot_id IS NOT NULL)),
    CHECK ((kind = 'certificate') = (person_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE certificate_numbers (                 -- given once: whatever is printed anew keeps its number
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    number       INTEGER NOT NULL CHECK (number > 0),
    PRIMARY KEY (event_id, person_id),
    UNIQUE (event_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (                        -- how an event's certificates are numbered; '#' is the running number
    event_id     INTEGER PRIMARY KEY REFERENCES events,
    pattern      TEXT NOT NULL                     -- '': they carry no number
) STRICT;

CREATE TABLE letterhead (                          -- one row: what stands above and below everything that is printed
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    lines        TEXT NOT NULL DEFAULT '',         -- '': the office's name
    image        TEXT REFERENCES media,            -- a picture that stands instead of the lines
    town         TEXT NOT NULL DEFAULT '',         -- where papers are signed: 'Stabat'
    title        TEXT NOT NULL DEFAULT '',         -- jabatan of who signs
    name         TEXT NOT NULL DEFAULT '',
    rank         TEXT NOT NULL DEFAULT '',         -- pangkat
    nip          TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO letterhead (id) VALUES (1);
