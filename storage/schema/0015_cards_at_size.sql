-- What became of an announcement's cards, read in the order of one index: an event may have 35,000 of them.

-- Of every sending the rows share a dedupe key but for its first word: '<kind>:event:7:12:<which>', and then '…#2' and on.
ALTER TABLE outbox ADD COLUMN sending TEXT GENERATED ALWAYS AS (
    substr(dedupe, length(kind) + 2, coalesce(nullif(instr(dedupe, '#'), 0) - length(kind) - 2, length(dedupe)))
) VIRTUAL;
CREATE INDEX outbox_sendings ON outbox (object, person_id, sending, kind, id, state)
    WHERE kind IN ('announcement', 'attachment', 'venue');

DROP VIEW cards;                                  -- storage/deliveries.py derives them, of one event
