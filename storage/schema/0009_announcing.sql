-- The announcement's own life: when it leaves, where the place is, corrections, and the office's live card.

ALTER TABLE events ADD COLUMN sends_at TEXT;      -- when its cards leave; nobody sees it before. NULL: called back
UPDATE events SET sends_at = made_at;
ALTER TABLE events ADD COLUMN edition INTEGER NOT NULL DEFAULT 1;              -- grows with every correction
ALTER TABLE events ADD COLUMN moved_at TEXT;      -- when it got this start: no reminder that was due before then

CREATE VIEW cards AS                              -- what became of each invited person's card, as it was sent last
    SELECT event_id, person_id, rows,
           CASE WHEN rows = 0 THEN iif(known, 'failed', 'unregistered') WHEN failed > 0 THEN 'failed'
                WHEN sent = rows THEN 'sent' ELSE 'waiting' END AS state,
           CASE WHEN rows = 0 AND known THEN 'stopped' WHEN failed > 0 THEN worst END AS reason
    FROM (
        SELECT l.event_id, l.person_id, count(o.id) AS rows,
               count(o.id) FILTER (WHERE o.state = 'sent') AS sent,
               count(o.id) FILTER (WHERE o.state IN ('failed', 'stopped', 'expired', 'cancelled')) AS failed,
               max(o.state) FILTER (WHERE o.state IN ('failed', 'stopped', 'expired', 'cancelled')) AS worst,
               EXISTS (SELECT 1 FROM chats c WHERE c.person_id = l.person_id) AS known
        FROM (
            -- Of every sending the rows share a dedupe key: 'announcement:event:7:12:<which>', and then '…#2' and on.
            SELECT i.event_id, i.person_id, (
                SELECT substr(o.dedupe, 13, coalesce(nullif(instr(o.dedupe, '#'), 0) - 13, length(o.dedupe)))
                FROM outbox o
                WHERE o.dedupe >= 'announcement:event:' || i.event_id || ':' || i.person_id || ':'
                  AND o.dedupe < 'announcement:event:' || i.event_id || ':' || i.person_id || ';'
                ORDER BY o.id DESC LIMIT 1) AS sending
            FROM invitations i
        ) l
        CROSS JOIN (SELECT 'announcement' AS kind UNION ALL SELECT 'attachment' UNION ALL SELECT 'venue') k
        LEFT JOIN outbox o ON o.dedupe >= k.kind || l.sending AND o.dedupe < k.kind || l.sending || '$'
        GROUP BY l.event_id, l.person_id
    );

CREATE TABLE live_cards (                         -- the one card of an event by which the office follows it
    event_id     INTEGER PRIMARY KEY REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    outbox_id    INTEGER NOT NULL REFERENCES outbox,           -- its last edition
    digest       TEXT NOT NULL DEFAULT '',         -- of what that shows
    edited_at    TEXT NOT NULL
) STRICT;

CREATE TABLE calls (                              -- who could not be reached by the bot, and was called
    event_id     INTEGER NOT NULL REFERENCES events,
    person_id    INTEGER NOT NULL REFERENCES persons,
    by_person    INTEGER NOT NULL REFERENCES persons,
    called_at    TEXT NOT NULL,
    PRIMARY KEY (event_id, person_id)
) STRICT, WITHOUT ROWID;

ALTER TABLE events ADD COLUMN latitude REAL CHECK (latitude BETWEEN -90 AND 90);       -- of the place, for a map
ALTER TABLE events ADD COLUMN longitude REAL CHECK (longitude BETWEEN -180 AND 180);
