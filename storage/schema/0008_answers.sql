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
    instead_of   INTEGER REFERENCES persons,       -- for whom this person comes
    PRIMARY KEY (event_id, person_id),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (answer IS NOT 'delegated' OR delegate_id IS NOT NULL),
    CHECK (cause IS NULL OR answer = 'no')
) STRICT, WITHOUT ROWID;
INSERT INTO new_invitations (event_id, person_id, answer, reason, answered_at)
    SELECT event_id, person_id, answer, reason, answered_at FROM invitations;
DROP TABLE invitations;
ALTER TABLE new_invitations RENAME TO invitations;
CREATE INDEX invitations_of_person ON invitations (person_id, event_id);

ALTER TABLE events ADD COLUMN capacity INTEGER CHECK (capacity > 0);           -- NULL: as many as come
ALTER TABLE events ADD COLUMN shares_rooms INTEGER NOT NULL DEFAULT 0 CHECK (shares_rooms IN (0, 1));

CREATE TABLE rooms (                               -- who shares a room with whom: two of a number
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    room         INTEGER NOT NULL CHECK (room > 0),
    PRIMARY KEY (event_id, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_lead_times (                      -- when reminders go out: the office's data
    rule         TEXT PRIMARY KEY,                 -- 'meeting-day', 'meeting-hours', 'event-day', 'answer-days'
    object       TEXT NOT NULL CHECK (object IN ('meeting', 'event', 'answer')),   -- answer: goes to the silent alone
    minutes      INTEGER NOT NULL CHECK (minutes > 0)          -- before the start
) STRICT, WITHOUT ROWID;
INSERT INTO new_lead_times SELECT rule, object, minutes FROM lead_times;
DROP TABLE lead_times;
ALTER TABLE new_lead_times RENAME TO lead_times;
