-- Reminders as rows of their own: due, then sent, superfluous or missed; and the rules by which they fall due.

CREATE TABLE new_lead_times (                      -- when reminders go out: the office's data
    rule         TEXT PRIMARY KEY,
    object       TEXT NOT NULL CHECK (object IN
        ('meeting', 'ended', 'overdue', 'late', 'event', 'answer', 'month', 'month_over')),
                                                   -- late, month_over: to the supervisor; answer: to the silent alone
    days         INTEGER,                          -- before the day it is about, below zero after it, at the office's hour
    minutes      INTEGER CHECK (minutes >= 0),     -- or so long before its start; of 'ended', after its end
    active       INTEGER NOT NULL DEFAULT 1 CHECK (active IN (0, 1)),
    words        TEXT NOT NULL DEFAULT '',         -- the office's own sentence on the card
    changed_at   TEXT,                             -- nothing that was due before then falls due by it
    CHECK ((days IS NULL) <> (minutes IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO new_lead_times (rule, object, days, minutes) VALUES
    ('meeting-days', 'meeting', 3, NULL), ('meeting-day', 'meeting', 1, NULL), ('meeting-hours', 'meeting', NULL, 120),
    ('meeting-ended', 'ended', NULL, 0), ('meeting-overdue', 'overdue', -1, NULL), ('meeting-late', 'late', -3, NULL),
    ('event-day', 'event', 1, NULL), ('answer-days', 'answer', 3, NULL), ('answer-day', 'answer', 1, NULL),
    ('month-first', 'month', 5, NULL), ('month-second', 'month', 2, NULL), ('month-last', 'month', 0, NULL),
    ('month-over', 'month_over', -1, NULL);
DROP TABLE lead_times;
ALTER TABLE new_lead_times RENAME TO lead_times;

CREATE TABLE reminders (
    id           INTEGER PRIMARY KEY,
    sort         TEXT NOT NULL CHECK (sort IN
        ('meeting', 'ended', 'overdue', 'late', 'event', 'answer', 'month', 'month_over', 'feedback', 'snooze')),
    object_id    INTEGER NOT NULL,                 -- a meeting, an event, or the person that is reminded
    person_id    INTEGER NOT NULL REFERENCES persons,
    rule         TEXT NOT NULL,
    occurrence   TEXT NOT NULL,                    -- the start it is about, or the day, or the month
    zone         TEXT NOT NULL,
    daily        INTEGER NOT NULL CHECK (daily IN (0, 1)),     -- 1: belongs on the one card of the day
    due_at       TEXT NOT NULL,
    next_at      TEXT NOT NULL,                    -- not looked at before then: quiet hours, a day of rest, a full day
    until        TEXT NOT NULL,                    -- of no use from then on
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'posted', 'unneeded', 'missed')),
    day          TEXT,                             -- the local day on whose card it went
    settled_at   TEXT,
    UNIQUE (object_id, sort, person_id, rule, occurrence),
    CHECK ((state = 'waiting') = (settled_at IS NULL))
) STRICT;
CREATE INDEX reminders_waiting ON reminders (next_at) WHERE state = 'waiting';
CREATE INDEX reminders_of_person ON reminders (person_id) WHERE state = 'waiting';
CREATE INDEX reminders_of_day ON reminders (person_id, day) WHERE day IS NOT NULL;
CREATE INDEX reminders_missed ON reminders (settled_at) WHERE state = 'missed';

CREATE TABLE reminding (                           -- one row: how far the search has come
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    searched     TEXT,                             -- what was due until then has its row; NULL: never searched
    jumped_at    TEXT,                             -- when the clock last jumped, and how far, in seconds
    jumped_by    INTEGER
) STRICT;
-- What an earlier edition sent has no row here: it must not fall due again.
INSERT INTO reminding (id, searched) SELECT 1, max(made_at) FROM outbox;

CREATE INDEX meetings_ending ON meetings (ends_at) WHERE state = 'planned';
CREATE INDEX events_starting ON events (starts_at) WHERE state = 'announced';
