ALTER TABLE site_metadata ADD COLUMN display_pending_requests boolean NOT NULL DEFAULT true;
