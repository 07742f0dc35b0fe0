ALTER TABLE site_metadata ADD COLUMN display_pending_requests boolean NOT NULL DEFAULT true;
INSERT INTO django_migrations (app, name, applied) VALUES ('api', '0013_pending_requests', now());
