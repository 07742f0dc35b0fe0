-- Sizes keep what an instance may take of a disk.
ALTER TABLE size ADD COLUMN root_gb integer NOT NULL DEFAULT 0;
UPDATE size SET root_gb = disk WHERE disk > 0;
INSERT INTO django_migrations (app, name, applied) VALUES ('core', '0120_size_root_gb', now());
