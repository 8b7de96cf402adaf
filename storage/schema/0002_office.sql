-- The office's own data: places, people, who may do what, and what was done.

CREATE TABLE districts (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE villages (
    id           INTEGER PRIMARY KEY,
    district_id  INTEGER NOT NULL REFERENCES districts,
    name         TEXT NOT NULL,
    UNIQUE (district_id, name)                     -- the same village name recurs in other districts
) STRICT;

CREATE TABLE roles (
    role         TEXT PRIMARY KEY,
    title        TEXT NOT NULL,                    -- as people read it: 'Pendamping PKH'
    rank         INTEGER NOT NULL                  -- the order in lists
) STRICT, WITHOUT ROWID;
INSERT INTO roles VALUES
    ('operator', 'Operator Dinsos', 1), ('coordinator', 'Koordinator Kabupaten', 2),
    ('supervisor', 'Koordinator Kecamatan', 3), ('facilitator', 'Pendamping PKH', 4), ('tksk', 'TKSK', 5);

CREATE TABLE persons (
    id           INTEGER PRIMARY KEY,
    name         TEXT NOT NULL CHECK (name <> ''),
    phone        TEXT UNIQUE CHECK (phone GLOB '+[0-9]*'),   -- E.164
    role         TEXT NOT NULL REFERENCES roles,
    district_id  INTEGER REFERENCES districts,
    village_id   INTEGER REFERENCES villages,
    state        TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'inactive')),
    made_at      TEXT NOT NULL
) STRICT;
CREATE INDEX persons_of_district ON persons (district_id, role);

CREATE TABLE invites (
    digest       TEXT PRIMARY KEY,                 -- SHA-256 of a 128-bit token; the token itself is shown once
    code_digest  TEXT NOT NULL UNIQUE,             -- the same invitation as a code to type
    role         TEXT NOT NULL REFERENCES roles,
    expires_at   TEXT NOT NULL,
    used_at      TEXT,
    used_by      INTEGER REFERENCES persons
) STRICT, WITHOUT ROWID;

CREATE TABLE applications (                        -- strangers who ask to be let in
    id           INTEGER PRIMARY KEY,
    chat         TEXT NOT NULL REFERENCES chats,
    phone        TEXT,
    words        TEXT NOT NULL,                    -- name and kecamatan, as typed
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'approved', 'refused')),
    asked_at     TEXT NOT NULL,
    decided_at   TEXT,
    decided_by   INTEGER REFERENCES persons
) STRICT;
CREATE UNIQUE INDEX applications_waiting ON applications (chat) WHERE state = 'waiting';

CREATE TABLE audit (
    id           INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    person_id    INTEGER REFERENCES persons,       -- NULL: the command line
    action       TEXT NOT NULL,
    object       TEXT NOT NULL,
    detail       TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TRIGGER audit_keeps_its_past BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_loses_nothing BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
