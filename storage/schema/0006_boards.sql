-- Check-in boards: the link of an event's page for the projector.

CREATE TABLE boards (
    event_id     INTEGER PRIMARY KEY REFERENCES events,
    round        INTEGER NOT NULL,                 -- grows with every new link, which ends the one before
    digest       TEXT UNIQUE,                      -- SHA-256 of the link's token; NULL once it is withdrawn
    made_at      TEXT NOT NULL
) STRICT;
