-- Which plans follow the order of the lessons by themselves, and which hold what their facilitator chose.

ALTER TABLE meetings ADD COLUMN chosen INTEGER NOT NULL DEFAULT 0 CHECK (chosen IN (0, 1));
                                                   -- 1: while planned, its material was chosen by hand and stays
-- Of older plans nobody knows what was chosen: they stay as they are until somebody changes them.
UPDATE meetings SET chosen = 1 WHERE state = 'planned';
