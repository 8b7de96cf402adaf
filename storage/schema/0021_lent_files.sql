-- Files that the bot made to be sent, recaps and bundles and boards, are put away once nobody can be waiting for them.

ALTER TABLE media ADD COLUMN until TEXT;          -- UTC; NULL: kept for good
CREATE INDEX media_lent ON media (until) WHERE until IS NOT NULL;
