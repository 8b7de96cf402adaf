-- Which modules count together ("7 dari 14"), and groups that one facilitator offers to another.

ALTER TABLE modules ADD COLUMN core INTEGER NOT NULL DEFAULT 0 CHECK (core IN (0, 1));  -- 0: counted by itself
UPDATE modules SET core = 1
WHERE key IN ('pengasuhan', 'keuangan', 'kesehatan', 'perlindungan', 'kesejahteraan');

CREATE TABLE handover_offers (                     -- a facilitator's own offer waits for the other's yes
    id           INTEGER PRIMARY KEY,
    ref          TEXT NOT NULL UNIQUE,
    from_person  INTEGER NOT NULL REFERENCES persons,
    to_person    INTEGER NOT NULL REFERENCES persons,
    made_at      TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'accepted', 'refused', 'withdrawn')),
    decided_at   TEXT,
    CHECK (from_person <> to_person),
    CHECK ((state = 'waiting') = (decided_at IS NULL))
) STRICT;

CREATE TABLE handover_offered (
    offer_id     INTEGER NOT NULL REFERENCES handover_offers,
    group_id     INTEGER NOT NULL REFERENCES groups,
    PRIMARY KEY (offer_id, group_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_of_group ON handover_offered (group_id);
