-- What the engine needs: who talks (chats), what came (inbox), what is open (dialogs, answers), what goes out (outbox).

CREATE TABLE chats (
    chat         TEXT PRIMARY KEY,                 -- 'telegram:4711': channel and the address within it
    channel      TEXT NOT NULL,
    address      TEXT NOT NULL,
    person_id    INTEGER REFERENCES persons,       -- the rights belong to the person, the dialog to the chat
    name         TEXT NOT NULL DEFAULT '',         -- as the channel shows the sender; never identifies
    reachable    TEXT NOT NULL DEFAULT 'yes' CHECK (reachable IN ('yes', 'no')),
    not_before   TEXT,                             -- a 429 told us to leave this chat alone until then
    linked_at    TEXT,
    last_in_at   TEXT,
    menu_role    TEXT,                             -- whose commands the chat's menu shows; NULL: it was never set
    UNIQUE (channel, address)
) STRICT;
CREATE INDEX chats_of_person ON chats (person_id);
CREATE INDEX chats_left_alone ON chats (not_before) WHERE not_before IS NOT NULL;

CREATE TABLE inbox (
    id           INTEGER PRIMARY KEY,
    channel      TEXT NOT NULL,
    event_id     TEXT NOT NULL,                    -- the channel's own id: a redelivery meets the UNIQUE below
    chat         TEXT NOT NULL,                    -- the lane; '' when the raw event names none we can read
    raw          TEXT NOT NULL,
    received_at  TEXT NOT NULL,
    state        TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'done', 'parked')),
    reason       TEXT,                             -- why it was parked
    CHECK ((state = 'parked') = (reason IS NOT NULL)),
    UNIQUE (channel, event_id)
) STRICT;
CREATE INDEX inbox_new ON inbox (id) WHERE state = 'new';

CREATE TABLE dialogs (
    chat         TEXT PRIMARY KEY,                 -- one open dialog per chat
    ref          TEXT NOT NULL UNIQUE,             -- becomes the record's ref: the second lock against saving twice
    name         TEXT NOT NULL,
    edition      INTEGER NOT NULL,
    args         TEXT NOT NULL DEFAULT '{}',
    open_key     TEXT,                             -- the question the person is looking at
    open_about   TEXT,
    partial      TEXT,                             -- JSON: ticks made so far, photos so far, the page shown
    recap        TEXT NOT NULL DEFAULT '',         -- one line that says where the person is
    misses       INTEGER NOT NULL DEFAULT 0,
    turn         INTEGER NOT NULL DEFAULT 0,       -- printed into every button
    wanted       TEXT,                             -- JSON: what the person asked for while this dialog was open
    opened_at    TEXT NOT NULL,
    touched_at   TEXT NOT NULL
) STRICT;
CREATE INDEX dialogs_touched ON dialogs (touched_at);

CREATE TABLE answers (
    chat         TEXT NOT NULL REFERENCES dialogs ON DELETE CASCADE,
    key          TEXT NOT NULL,
    about        TEXT NOT NULL DEFAULT '',
    value        TEXT NOT NULL,                    -- JSON: ids, ISO dates, digests; never labels, never objects
    PRIMARY KEY (chat, key, about)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id           INTEGER PRIMARY KEY,
    chat         TEXT NOT NULL REFERENCES chats,
    channel      TEXT NOT NULL GENERATED ALWAYS AS (substr(chat, 1, instr(chat, ':') - 1)) VIRTUAL,
    person_id    INTEGER REFERENCES persons,
    kind         TEXT NOT NULL,                    -- 'reply', 'announcement', 'reminder', …
    lane         INTEGER NOT NULL CHECK (lane IN (0, 1, 2)),   -- reply, notice, broadcast: lower goes first
    object       TEXT NOT NULL DEFAULT '',         -- 'event:7': what the row is about
    dedupe       TEXT UNIQUE,                      -- kind:object:person:occurrence; NULL for replies
    body         TEXT NOT NULL,                    -- JSON of one Message that fits one call
    edits        INTEGER REFERENCES outbox,        -- the row whose message this one replaces in place
    uncertain_do TEXT NOT NULL CHECK (uncertain_do IN ('drop', 'resend')),
    state        TEXT NOT NULL DEFAULT 'queued' CHECK (state IN
        ('held', 'queued', 'started', 'sent', 'failed', 'stopped', 'uncertain', 'expired', 'cancelled')),
    withdrawn    INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1)),   -- cancelled on its way: does not go again
    attempts     INTEGER NOT NULL DEFAULT 0,
    copies       INTEGER NOT NULL DEFAULT 0 CHECK (copies IN (0, 1)),      -- resent after an uncertain attempt
    plain        INTEGER NOT NULL DEFAULT 0 CHECK (plain IN (0, 1)),       -- the markup was refused once
    not_before   TEXT NOT NULL,
    expires_at   TEXT,
    owner        TEXT,                             -- the boot that started it
    started_at   TEXT,
    external_id  TEXT,                             -- the channel's id of what it accepted
    error        TEXT,                             -- class of the last error, never its text
    made_at      TEXT NOT NULL,
    done_at      TEXT,
    CHECK (state <> 'started' OR (owner IS NOT NULL AND started_at IS NOT NULL))
) STRICT;
CREATE INDEX outbox_due ON outbox (channel, lane, not_before) WHERE state = 'queued';
CREATE INDEX outbox_again ON outbox (channel, lane, not_before)
    WHERE state = 'uncertain' AND uncertain_do = 'resend' AND copies = 0;
CREATE INDEX outbox_open ON outbox (chat, lane, id) WHERE state IN ('queued', 'started');
CREATE INDEX outbox_expiring ON outbox (expires_at) WHERE state IN ('held', 'queued', 'uncertain');
CREATE INDEX outbox_unsettled ON outbox (state) WHERE state IN ('started', 'uncertain');
CREATE INDEX outbox_started ON outbox (started_at) WHERE started_at IS NOT NULL;
CREATE INDEX outbox_card ON outbox (chat, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX outbox_object ON outbox (object, state) WHERE object <> '';

CREATE TABLE media (
    digest       TEXT PRIMARY KEY,                 -- SHA-256 of the bytes; the file's name in the media folder
    type         TEXT NOT NULL,
    size         INTEGER NOT NULL CHECK (size > 0),
    stored_at    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE lanes (
    channel      TEXT PRIMARY KEY,
    paused_by    TEXT,                             -- error class: our token was refused; rows stay untouched
    not_before   TEXT                              -- several chats at once were throttled: the whole channel rests
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_of_chat ON outbox (chat, id);

CREATE TABLE office (                              -- one row: what makes this office's codes its own
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    secret       TEXT NOT NULL DEFAULT (lower(hex(randomblob(32))))
) STRICT;
INSERT INTO office (id) VALUES (1);
