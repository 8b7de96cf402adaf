-- During and after an event: its files, what people thought of it, and what they asked.

CREATE TABLE event_files (                         -- rundown and materi
    id           INTEGER PRIMARY KEY,
    event_id     INTEGER NOT NULL REFERENCES events,
    title        TEXT NOT NULL CHECK (title <> ''),
    digest       TEXT NOT NULL REFERENCES media,
    name         TEXT NOT NULL,                    -- as the file is called when it is sent
    kind         TEXT NOT NULL CHECK (kind IN ('document', 'photo')),
    for_whom     TEXT NOT NULL CHECK (for_whom IN ('invited', 'present')),     -- present: checked in to any slot
    added_by     INTEGER NOT NULL REFERENCES persons,
    added_at     TEXT NOT NULL,
    removed_at   TEXT                              -- kept: a button that stands in a chat must never mean another file
) STRICT;
CREATE UNIQUE INDEX event_files_once ON event_files (event_id, digest) WHERE removed_at IS NULL;

-- Who answers without a name leaves a count and words, and nothing that leads back: no person, no time, and no row of
-- its own whose place among the others would tell when it came.

CREATE TABLE feedback_given (                      -- that somebody has answered, not what: nobody answers twice
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,                    -- local ISO date
    person_id    INTEGER NOT NULL REFERENCES persons,
    rated        INTEGER NOT NULL DEFAULT 0 CHECK (rated IN (0, 1)),
    texts        INTEGER NOT NULL DEFAULT 0 CHECK (texts BETWEEN 0 AND 3),
    PRIMARY KEY (event_id, day, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ratings (                             -- with the name
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,
    person_id    INTEGER NOT NULL REFERENCES persons,
    rating       INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
    PRIMARY KEY (event_id, day, person_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE anonymous_ratings (                   -- how often each was chosen without a name
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,
    rating       INTEGER NOT NULL CHECK (rating BETWEEN 1 AND 4),
    times        INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (event_id, day, rating)
) STRICT, WITHOUT ROWID;

CREATE TABLE suggestions (                         -- with the name
    ref          TEXT PRIMARY KEY,                 -- the dialog that wrote it
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,
    person_id    INTEGER NOT NULL REFERENCES persons,
    words        TEXT NOT NULL CHECK (words <> '')
) STRICT, WITHOUT ROWID;
CREATE INDEX suggestions_of_event ON suggestions (event_id, day);

CREATE TABLE anonymous_suggestions (               -- in the order of their words, not of their coming
    event_id     INTEGER NOT NULL REFERENCES events,
    day          TEXT NOT NULL,
    words        TEXT NOT NULL CHECK (words <> ''),
    times        INTEGER NOT NULL CHECK (times > 0),
    PRIMARY KEY (event_id, day, words)
) STRICT, WITHOUT ROWID;

CREATE TABLE event_questions (                     -- to the office; answered once
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,             -- the dialog that asked it
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    words        TEXT NOT NULL CHECK (words <> ''),
    asked_at     TEXT NOT NULL,
    answer       TEXT,
    answered_by  INTEGER REFERENCES persons,
    answered_at  TEXT,
    for_all      INTEGER NOT NULL DEFAULT 0 CHECK (for_all IN (0, 1)),         -- 1: everybody invited was told
    CHECK ((answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by IS NULL)),
    CHECK (answer IS NOT NULL OR for_all = 0)
) STRICT;
CREATE INDEX event_questions_of_event ON event_questions (event_id, person_id);
