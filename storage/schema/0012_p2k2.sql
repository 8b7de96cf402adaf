-- P2K2 whole: held or not held, drafts, edits with their past, returns, photos that are noticed twice, members who come
-- and go, hand-overs, the office's rules. `meetings` is built anew: a CHECK cannot be changed in place.

CREATE TABLE meetings_now (
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,
    group_id     INTEGER NOT NULL REFERENCES groups,
    person_id    INTEGER NOT NULL REFERENCES persons,          -- whose meeting it is: the facilitator at that time
    lesson_id    INTEGER REFERENCES lessons,                   -- NULL: Materi Tambahan, titled in `topic`
    topic        TEXT NOT NULL DEFAULT '',
    day          TEXT NOT NULL,                    -- local ISO date, in `zone`
    starts_at    TEXT NOT NULL,                    -- UTC
    ends_at      TEXT NOT NULL,                    -- UTC; the card that asks how it was goes out then
    zone         TEXT NOT NULL,
    place        TEXT NOT NULL DEFAULT '',
    state        TEXT NOT NULL CHECK (state IN ('planned', 'held', 'not_held', 'cancelled')),
    why_not      TEXT NOT NULL DEFAULT '',         -- of one that was not held
    members      INTEGER,                          -- the group's size on that day
    sick         INTEGER NOT NULL DEFAULT 0,       -- how many; who, where it was said by number, is in `absences`
    excused      INTEGER NOT NULL DEFAULT 0,
    absent       INTEGER NOT NULL DEFAULT 0,
    obstacles    TEXT NOT NULL DEFAULT '',         -- kendala
    follow_up    TEXT NOT NULL DEFAULT '',         -- tindak lanjut
    latitude     REAL,                             -- to three decimals, some 110 m: no family's house is found by it
    longitude    REAL,
    joint        TEXT,                             -- the same for the records of groups that met together
    made_at      TEXT NOT NULL,
    moved_at     TEXT,                             -- when a plan got this start: no reminder that was due before then
    logged_at    TEXT,
    logged_by    INTEGER REFERENCES persons,       -- a colleague, perhaps, for somebody without data
    confirmed_at TEXT,                             -- when the owner confirmed what a colleague logged
    sent_at      TEXT,                             -- from when it counts as handed in: a draft has it 48 hours ahead;
                                                   -- NULL: it waits for its owner's yes
    returned_at  TEXT,                             -- for correction; NULL again once it has been corrected
    verified_at  TEXT,
    verified_by  INTEGER REFERENCES persons,
    CHECK ((state IN ('held', 'not_held')) = (logged_at IS NOT NULL)),
    CHECK ((state IN ('held', 'not_held')) = (logged_by IS NOT NULL)),
    CHECK ((state = 'held') = (members IS NOT NULL)),
    CHECK ((state = 'not_held') = (why_not <> '')),
    CHECK (sick >= 0 AND excused >= 0 AND absent >= 0 AND sick + excused + absent <= coalesce(members, 0)),
    CHECK ((verified_at IS NULL) = (verified_by IS NULL)),
    CHECK (verified_at IS NULL OR returned_at IS NULL)
) STRICT;

CREATE TABLE absences_now (
    meeting_id   INTEGER NOT NULL REFERENCES meetings_now ON DELETE CASCADE,
    member       INTEGER NOT NULL CHECK (member BETWEEN 1 AND 99),
    reason       TEXT NOT NULL CHECK (reason IN ('sick', 'excused', 'absent')),
    PRIMARY KEY (meeting_id, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_now (                        -- photos of a meeting
    meeting_id   INTEGER NOT NULL REFERENCES meetings_now ON DELETE CASCADE,
    digest       TEXT NOT NULL REFERENCES media,
    rank         INTEGER NOT NULL,
    PRIMARY KEY (meeting_id, digest)
) STRICT, WITHOUT ROWID;

INSERT INTO meetings_now (id, ref, group_id, person_id, lesson_id, topic, day, starts_at, ends_at, zone, place, state,
                          members, sick, excused, absent, obstacles, follow_up, made_at, moved_at, logged_at,
                          logged_by, sent_at)
SELECT m.id, m.ref, m.group_id, m.person_id, m.lesson_id, m.topic, m.day, m.starts_at,
       strftime('%Y-%m-%dT%H:%M:%S.000+00:00', m.starts_at, '+2 hours'), m.zone, m.place, m.state, m.members,
       (SELECT count(*) FROM absences a WHERE a.meeting_id = m.id AND a.reason = 'sick'),
       (SELECT count(*) FROM absences a WHERE a.meeting_id = m.id AND a.reason = 'excused'),
       (SELECT count(*) FROM absences a WHERE a.meeting_id = m.id AND a.reason = 'absent'),
       m.obstacles, m.follow_up, m.made_at, m.moved_at, m.logged_at,
       CASE m.state WHEN 'held' THEN m.person_id END, m.logged_at
FROM meetings m;
INSERT INTO absences_now SELECT * FROM absences;
INSERT INTO evidence_now SELECT * FROM evidence;
DROP TABLE evidence;
DROP TABLE absences;
DROP TABLE meetings;
ALTER TABLE meetings_now RENAME TO meetings;
ALTER TABLE absences_now RENAME TO absences;
ALTER TABLE evidence_now RENAME TO evidence;

CREATE UNIQUE INDEX meetings_held_once ON meetings (group_id, day, coalesce(lesson_id, topic)) WHERE state = 'held';
CREATE UNIQUE INDEX meetings_not_held_once ON meetings (group_id, day) WHERE state = 'not_held';
CREATE UNIQUE INDEX meetings_planned_once ON meetings (group_id, starts_at) WHERE state = 'planned';
CREATE INDEX meetings_of_group ON meetings (group_id, day);
CREATE INDEX meetings_of_person ON meetings (person_id, day);
CREATE INDEX meetings_planned ON meetings (starts_at) WHERE state = 'planned';
CREATE INDEX meetings_unconfirmed ON meetings (person_id) WHERE logged_at IS NOT NULL AND sent_at IS NULL;
CREATE INDEX evidence_of_picture ON evidence (digest);

CREATE TABLE meeting_pasts (                       -- what a record said before it was changed
    meeting_id   INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    changed_at   TEXT NOT NULL,
    changed_by   INTEGER NOT NULL REFERENCES persons,
    before       TEXT NOT NULL,                    -- JSON
    PRIMARY KEY (meeting_id, changed_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting_changes (                     -- asked for too late to be made without the coordinator's yes
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,
    meeting_id   INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    asked_at     TEXT NOT NULL,
    asked_by     INTEGER NOT NULL REFERENCES persons,
    wanted       TEXT NOT NULL,                    -- JSON
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused')),
    decided_at   TEXT,
    decided_by   INTEGER REFERENCES persons,
    CHECK ((state = 'waiting') = (decided_at IS NULL))
) STRICT;
CREATE UNIQUE INDEX meeting_changes_waiting ON meeting_changes (meeting_id) WHERE state = 'waiting';

CREATE TABLE meeting_returns (                     -- sent back for correction, with what is to be corrected
    meeting_id   INTEGER NOT NULL REFERENCES meetings ON DELETE CASCADE,
    returned_at  TEXT NOT NULL,
    returned_by  INTEGER NOT NULL REFERENCES persons,
    comment      TEXT NOT NULL CHECK (comment <> ''),
    corrected_at TEXT,
    PRIMARY KEY (meeting_id, returned_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE picture_prints (                      -- a picture's perceptual hash, in four bands to be found by
    digest       TEXT PRIMARY KEY REFERENCES media,
    print        INTEGER NOT NULL,                 -- 64 bits
    band_1       INTEGER NOT NULL,
    band_2       INTEGER NOT NULL,
    band_3       INTEGER NOT NULL,
    band_4       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX prints_band_1 ON picture_prints (band_1);
CREATE INDEX prints_band_2 ON picture_prints (band_2);
CREATE INDEX prints_band_3 ON picture_prints (band_3);
CREATE INDEX prints_band_4 ON picture_prints (band_4);

-- Members are the numbers 1 to `numbers`; `members` of them belong to the group today. A number is never given again.
ALTER TABLE groups ADD COLUMN numbers INTEGER NOT NULL DEFAULT 0;
UPDATE groups SET numbers = members;
ALTER TABLE groups ADD COLUMN place TEXT NOT NULL DEFAULT 'Rumah Ketua Kelompok';
ALTER TABLE groups ADD COLUMN usual_week INTEGER CHECK (usual_week BETWEEN 1 AND 5);      -- of the month
ALTER TABLE groups ADD COLUMN usual_weekday INTEGER CHECK (usual_weekday BETWEEN 0 AND 6); -- Monday is 0
ALTER TABLE groups ADD COLUMN usual_time TEXT;                                            -- local, '14:00'

CREATE TABLE memberships (                         -- of numbers that came late or left; the others were always there
    group_id     INTEGER NOT NULL REFERENCES groups,
    member       INTEGER NOT NULL CHECK (member BETWEEN 1 AND 99),
    joined_on    TEXT NOT NULL DEFAULT '',         -- local ISO date; '': from the beginning
    left_on      TEXT,                             -- the first day on which the number is no member any more
    PRIMARY KEY (group_id, member, joined_on),
    CHECK (left_on IS NULL OR left_on > joined_on)
) STRICT, WITHOUT ROWID;

CREATE TABLE handovers (                           -- a group goes to another facilitator; what was held stays whose it was
    id           INTEGER PRIMARY KEY,
    group_id     INTEGER NOT NULL REFERENCES groups,
    from_person  INTEGER NOT NULL REFERENCES persons,
    to_person    INTEGER NOT NULL REFERENCES persons,
    on_day       TEXT NOT NULL,
    made_at      TEXT NOT NULL,
    made_by      INTEGER NOT NULL REFERENCES persons,
    CHECK (from_person <> to_person)
) STRICT;
CREATE INDEX handovers_of_group ON handovers (group_id);

ALTER TABLE lessons ADD COLUMN key TEXT;           -- stable: 'keuangan-2'; titles and numbers are the office's
UPDATE lessons SET key = (SELECT m.key FROM modules m WHERE m.id = module_id) || '-' || number;
CREATE UNIQUE INDEX lessons_keyed_once ON lessons (key);

CREATE TABLE lesson_files (                        -- key material that goes with the reminder
    lesson_id    INTEGER NOT NULL REFERENCES lessons,
    digest       TEXT NOT NULL REFERENCES media,
    name         TEXT NOT NULL,
    added_at     TEXT NOT NULL,
    added_by     INTEGER NOT NULL REFERENCES persons,
    PRIMARY KEY (lesson_id, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE office_rules (                        -- what the office set otherwise than the program has it
    name         TEXT PRIMARY KEY,
    value        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
