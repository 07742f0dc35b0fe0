-- core.0120: sizes keep what an instance may take of a disk.
ALTER TABLE size ADD COLUMN root_gb integer NOT NULL DEFAULT 0;
UPDATE size SET root_gb = disk WHERE disk > 0;
