-- When a slot was to close, whenever somebody closed it: opened again after a slip, it stays open until then.

ALTER TABLE slots ADD COLUMN planned_until TEXT NOT NULL DEFAULT '';
UPDATE slots SET planned_until = closes_at;
