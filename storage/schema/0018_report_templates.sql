-- The office's own Word template of the RHK 2 report: every version is kept, the last line is the one in force.

CREATE TABLE report_templates (
    id           INTEGER PRIMARY KEY,
    digest       TEXT REFERENCES media,            -- NULL: back to the one that comes with the program
    name         TEXT NOT NULL,
    set_at       TEXT NOT NULL,
    set_by       INTEGER NOT NULL REFERENCES persons
) STRICT;
