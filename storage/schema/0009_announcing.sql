-- The announcement's own life: when it leaves, where the place is, corrections, and the office's live card.

ALTER TABLE events ADD COLUMN sends_at TEXT;      -- when its cards leave; nobody sees it before. NULL: called back
UPDATE events SET sends_at = made_at;
