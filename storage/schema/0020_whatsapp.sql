-- What WhatsApp brings: accounts with several names, a 24-hour window, and word of what became of each message.

ALTER TABLE chats ADD COLUMN spoke_at TEXT;        -- when the person last wrote, by the message's own time

CREATE TABLE chat_aliases (                        -- other names of a chat's account: a phone number beside its own id
    alias        TEXT PRIMARY KEY,
    chat         TEXT NOT NULL                     -- may not have been heard yet
) STRICT, WITHOUT ROWID;
CREATE INDEX chat_aliases_of_chat ON chat_aliases (chat);

CREATE TABLE receipts (                            -- what a channel said became of a message, once per message and status
    channel      TEXT NOT NULL,
    external_id  TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('sent', 'delivered', 'read', 'failed')),
    at           TEXT NOT NULL,                    -- by the channel's clock: they come in any order
    outbox_id    INTEGER,                          -- as the channel echoes it; NULL where it does not
    error        TEXT,                             -- class of a failure, and what follows from it
    follows      TEXT NOT NULL,
    billable     INTEGER CHECK (billable IN (0, 1)),
    category     TEXT,                             -- as it is priced
    received_at  TEXT NOT NULL,
    PRIMARY KEY (channel, external_id, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipts_of_row ON receipts (outbox_id) WHERE outbox_id IS NOT NULL;

ALTER TABLE outbox ADD COLUMN receipt TEXT CHECK (receipt IN ('sent', 'delivered', 'read', 'failed'));
ALTER TABLE outbox ADD COLUMN receipt_at TEXT;
