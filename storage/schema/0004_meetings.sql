-- P2K2: modules and lessons (the office's editable data), groups, and meetings planned, held or cancelled.

CREATE TABLE modules (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,             -- stable: 'keuangan'; names and numbers clash between offices
    name         TEXT NOT NULL,
    rank         INTEGER NOT NULL,
    active       INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE lessons (
    id           INTEGER PRIMARY KEY,
    module_id    INTEGER NOT NULL REFERENCES modules,
    number       INTEGER NOT NULL,                 -- the sesi within its module
    title        TEXT NOT NULL,
    active       INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    UNIQUE (module_id, number)
) STRICT;

CREATE TABLE groups (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,
    person_id    INTEGER NOT NULL REFERENCES persons,          -- the facilitator
    village_id   INTEGER NOT NULL REFERENCES villages,
    name         TEXT NOT NULL CHECK (name <> ''),
    members      INTEGER NOT NULL CHECK (members BETWEEN 1 AND 99),   -- numbers 1..n; names stay on the paper list
    state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'closed')),
    made_at      TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX groups_named_once ON groups (person_id, village_id, name COLLATE NOCASE) WHERE state = 'active';

CREATE TABLE meetings (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,
    group_id     INTEGER NOT NULL REFERENCES groups,
    person_id    INTEGER NOT NULL REFERENCES persons,          -- who holds or held it
    lesson_id    INTEGER REFERENCES lessons,                   -- NULL: Materi Tambahan, titled in `topic`
    topic        TEXT NOT NULL DEFAULT '',
    day          TEXT NOT NULL,                    -- local ISO date, in `zone`
    starts_at    TEXT NOT NULL,                    -- UTC
    zone         TEXT NOT NULL,
    place        TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
    members      INTEGER,                          -- the group's size on that day
    obstacles    TEXT NOT NULL DEFAULT '',         -- kendala
    follow_up    TEXT NOT NULL DEFAULT '',         -- tindak lanjut
    made_at      TEXT NOT NULL,
    moved_at     TEXT,                             -- when a plan got this start: no reminder that was due before then
    logged_at    TEXT,
    CHECK ((state = 'held') = (logged_at IS NOT NULL)),
    CHECK ((state = 'held') = (members IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX meetings_held_once ON meetings (group_id, day, coalesce(lesson_id, topic)) WHERE state = 'held';
CREATE UNIQUE INDEX meetings_planned_once ON meetings (group_id, starts_at) WHERE state = 'planned';
CREATE INDEX meetings_of_person ON meetings (person_id, day);
CREATE INDEX meetings_planned ON meetings (starts_at) WHERE state = 'planned';

CREATE TABLE absences (
    meeting_id   INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    member       INTEGER NOT NULL CHECK (member BETWEEN 1 AND 99),
    reason       TEXT NOT NULL CHECK (reason IN ('sick', 'excused', 'absent')),
    PRIMARY KEY (meeting_id, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (                            -- photos of a meeting
    meeting_id   INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    digest       TEXT NOT NULL REFERENCES media,
    rank         INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE lead_times (                          -- when reminders go out: the office's data
    rule         TEXT PRIMARY KEY,                 -- 'meeting-day', 'meeting-hours', 'event-day'
    object       TEXT NOT NULL CHECK (object IN ('meeting', 'event')),
    minutes      INTEGER NOT NULL CHECK (minutes > 0)          -- before the start
) STRICT, WITHOUT ROWID;
INSERT INTO lead_times VALUES
    ('meeting-day', 'meeting', 1440), ('meeting-hours', 'meeting', 120), ('event-day', 'event', 840);
