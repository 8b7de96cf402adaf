-- The picture beside the letterhead's lines, as the office's own Word template has it.

ALTER TABLE letterhead ADD COLUMN logo TEXT REFERENCES media;
