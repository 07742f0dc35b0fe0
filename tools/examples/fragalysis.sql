-- A Fragalysis database at viewer.0060, as far as these examples need it: made up, the same every time.
CREATE TABLE django_migrations (
    id bigserial PRIMARY KEY,
    app text NOT NULL,
    name text NOT NULL,
    applied timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE viewer_target (id serial PRIMARY KEY, title text NOT NULL UNIQUE);
CREATE TABLE viewer_tag (
    id serial PRIMARY KEY,
    target_id integer NOT NULL REFERENCES viewer_target (id),
    tag text NOT NULL
);
INSERT INTO django_migrations (app, name) VALUES ('viewer', '0059_compound'), ('viewer', '0060_tag');
INSERT INTO viewer_target (title) SELECT 'A71EV2A-' || n FROM generate_series(1, 40) n;
INSERT INTO viewer_tag (target_id, tag) SELECT 1 + n % 40, 'site ' || n FROM generate_series(1, 400) n;
