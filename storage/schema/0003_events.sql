-- Events: announced, answered, checked in.

CREATE TABLE events (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,             -- the dialog that made it: saving twice meets this
    subject      TEXT NOT NULL,
    place        TEXT NOT NULL,
    first_day    TEXT NOT NULL,                    -- local ISO dates, in `zone`
    last_day     TEXT NOT NULL,
    starts       TEXT NOT NULL,                    -- 'HH:MM' local
    ends         TEXT,
    starts_at    TEXT NOT NULL,                    -- UTC: `first_day` at `starts` in `zone`
    zone         TEXT NOT NULL,
    attachment   TEXT,                             -- JSON of an Attachment
    audience     TEXT NOT NULL,                    -- JSON: {"roles": […], "districts": […]}
    state        TEXT NOT NULL DEFAULT 'announced' CHECK (state IN ('announced', 'cancelled')),
    made_by      INTEGER NOT NULL REFERENCES persons,
    made_at      TEXT NOT NULL,
    CHECK (first_day <= last_day)
) STRICT;
CREATE INDEX events_by_day ON events (last_day);

CREATE TABLE committee (                           -- panitia: a role for one event only
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    PRIMARY KEY (event_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (                         -- the recipients as frozen at the announcement, and their answers
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    answer       TEXT CHECK (answer IN ('yes', 'no')),
    reason       TEXT,
    answered_at  TEXT,
    PRIMARY KEY (event_id, person_id),
    CHECK ((answer IS NULL) = (answered_at IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_of_person ON invitations (person_id, event_id);

CREATE TABLE slots (                               -- a check-in window
    id           INTEGER PRIMARY KEY,
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,                    -- local ISO date
    opens_at     TEXT NOT NULL,
    closes_at    TEXT NOT NULL,
    code         TEXT NOT NULL,                    -- 5 symbols of a 31-letter alphabet
    UNIQUE (event_id, day),
    CHECK (opens_at < closes_at)
) STRICT;
CREATE INDEX slots_by_time ON slots (closes_at);
CREATE INDEX slots_by_code ON slots (code);

CREATE TABLE check_ins (
    slot_id      INTEGER NOT NULL REFERENCES slots,
    person_id    INTEGER NOT NULL REFERENCES persons,
    number       INTEGER NOT NULL,                 -- the receipt: No. 0042
    at           TEXT NOT NULL,                    -- the message's own time
    stored_at    TEXT NOT NULL,
    PRIMARY KEY (slot_id, person_id),
    UNIQUE (slot_id, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE tries (                               -- every refused check-in, with its reason
    id           INTEGER PRIMARY KEY,
    person_id    INTEGER NOT NULL REFERENCES persons,
    at           TEXT NOT NULL,
    reason       TEXT NOT NULL CHECK (reason IN ('wrong', 'early', 'late', 'locked', 'uninvited', 'cancelled')),
    slot_id      INTEGER REFERENCES slots
) STRICT;
CREATE INDEX tries_of_person ON tries (person_id, at);
