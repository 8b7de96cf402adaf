-- People on two channels: which one they prefer, what goes where a window is closed, what one channel lost, what it costs.

CREATE TABLE channels_on (                         -- as the bot that runs has them; empty: nobody has started it yet
    channel      TEXT PRIMARY KEY,
    window_s     INTEGER,                          -- for how long after the person wrote anything may be sent; NULL: always
    receipts     INTEGER NOT NULL CHECK (receipts IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE templates (                           -- message templates at WhatsApp, as they were last heard of
    name         TEXT PRIMARY KEY,
    state        TEXT NOT NULL,                    -- Meta's word: PENDING, APPROVED, REJECTED, PAUSED, …
    reason       TEXT NOT NULL DEFAULT '',
    at           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE billed (                              -- billable messages, counted when their first receipt says so
    month        TEXT NOT NULL,                    -- '2023-11', UTC
    category     TEXT NOT NULL,                    -- as the channel prices it: 'service', 'utility', …
    messages     INTEGER NOT NULL,
    PRIMARY KEY (month, category)
) STRICT, WITHOUT ROWID;

ALTER TABLE persons ADD COLUMN main_channel TEXT;  -- where the person wants to be told; NULL: where he or she last wrote

CREATE TABLE unreached (                           -- people whom several notices in a row reached on no channel
    person_id    INTEGER PRIMARY KEY REFERENCES persons,
    since        TEXT NOT NULL
) STRICT;

ALTER TABLE outbox ADD COLUMN template TEXT;       -- JSON [name, text]: what goes instead while the window is closed
ALTER TABLE outbox ADD COLUMN waits INTEGER NOT NULL DEFAULT 0 CHECK (waits IN (0, 1));
                                                   -- while the window is closed it is held, until the card is opened
ALTER TABLE outbox ADD COLUMN whole TEXT;          -- of a notice's last row: the message before it was laid out,
                                                   -- where another channel could carry it; else ''
ALTER TABLE outbox ADD COLUMN laddered TEXT CHECK (laddered IN ('passed', 'end'));
                                                   -- passed: the other channel has it; end: there is no other
CREATE INDEX outbox_fallen ON outbox (id)
    WHERE whole IS NOT NULL AND laddered IS NULL AND state IN ('failed', 'stopped');
CREATE INDEX outbox_silent ON outbox (channel, done_at)
    WHERE whole <> '' AND laddered IS NULL AND state = 'sent' AND coalesce(receipt, 'sent') = 'sent';

-- What another channel took over does not count for its event.
DROP INDEX outbox_sendings;
CREATE INDEX outbox_sendings ON outbox (object, person_id, sending, kind, id, state, laddered)
    WHERE kind IN ('announcement', 'attachment', 'venue');
