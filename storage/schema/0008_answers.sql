-- Answers as people give them: with a reason, by a colleague instead, by telephone, or from a waiting list.

CREATE TABLE new_invitations (                     -- the recipients as frozen at the announcement, and their answers
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    answer       TEXT CHECK (answer IN ('yes', 'no', 'delegated', 'waiting')),
    cause        TEXT CHECK (cause IN ('I', 'S', 'DL')),       -- of a no: izin, sakit, dinas luar
    reason       TEXT,                             -- of a no, in the person's words
    answered_at  TEXT,
    answered_by  INTEGER REFERENCES persons,       -- who entered an answer that came by telephone; NULL: the person
    delegate_id  INTEGER REFERENCES persons,       -- who comes instead
    instead_of   INTEGER REFERENCES persons,       -- for whom this person comes, or is asked to while the answer is NULL
    own          INTEGER NOT NULL DEFAULT 1 CHECK (own IN (0, 1)),   -- 0: invited only to come instead of somebody
    PRIMARY KEY (event_id, person_id),
    UNIQUE (event_id, delegate_id),                -- nobody stands in for two
    UNIQUE (event_id, instead_of),                 -- and nobody is stood in for by two
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK ((answer IS 'delegated') = (delegate_id IS NOT NULL)),
    CHECK (instead_of IS NOT person_id AND delegate_id IS NOT person_id),
    CHECK (cause IS NULL OR answer = 'no')
) STRICT, WITHOUT ROWID;
INSERT INTO new_invitations (event_id, person_id, answer, reason, answered_at)
    SELECT event_id, person_id, answer, reason, answered_at FROM invitations;
DROP TABLE invitations;
ALTER TABLE new_invitations RENAME TO invitations;
CREATE INDEX invitations_of_person ON invitations (person_id, event_id);
CREATE INDEX invitations_waiting ON invitations (event_id, answered_at, person_id) WHERE answer = 'waiting';

ALTER TABLE events ADD COLUMN capacity INTEGER CHECK (capacity > 0);           -- NULL: as many as come
ALTER TABLE events ADD COLUMN shares_rooms INTEGER NOT NULL DEFAULT 0 CHECK (shares_rooms IN (0, 1));

CREATE TABLE rooms (                               -- who shares a room with whom: two of a number
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    room         INTEGER NOT NULL CHECK (room > 0),
    PRIMARY KEY (event_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE room_wishes (                         -- who would like to share with whom, until both have a room
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    mate_id      INTEGER REFERENCES persons,       -- NULL: with anybody
    PRIMARY KEY (event_id, person_id),
    CHECK (mate_id IS NOT person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_lead_times (                      -- when reminders go out: the office's data
    rule         TEXT PRIMARY KEY,                 -- 'meeting-day', 'meeting-hours', 'event-day', 'answer-days', 'answer-day'
    object       TEXT NOT NULL CHECK (object IN ('meeting', 'event', 'answer')),   -- answer: goes to the silent alone
    minutes      INTEGER NOT NULL CHECK (minutes > 0)          -- before the start
) STRICT, WITHOUT ROWID;
INSERT INTO new_lead_times SELECT rule, object, minutes FROM lead_times;
DROP TABLE lead_times;
ALTER TABLE new_lead_times RENAME TO lead_times;
INSERT INTO lead_times VALUES ('answer-days', 'answer', 4320), ('answer-day', 'answer', 1440);
