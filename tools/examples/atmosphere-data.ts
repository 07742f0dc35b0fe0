/** Where both services keep what they tell their users of a maintenance. */
export const maintenanceTable = `
  CREATE TABLE maintenance_record (
    id serial PRIMARY KEY, title varchar(256) NOT NULL, message text NOT NULL,
    start_date timestamptz NOT NULL, end_date timestamptz, disable_login boolean NOT NULL
  );`;

/** What Django keeps of its migrations; what the services name as their schema. */
const migrationsTable = (app: string, last: string): string => `
  CREATE TABLE django_migrations (
    id serial PRIMARY KEY, app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL
  );
  INSERT INTO django_migrations (app, name, applied) VALUES ('${app}', '${last}', '2020-10-26T12:00:00Z');`;

/** Contents of the two databases at schema 37.2, by the migrations' names for them: made up, the same every time. */
export const atmosphereData = {
  atmo_prod: `
    ${maintenanceTable}
    ${migrationsTable("core", "0119_quota")}
    CREATE TABLE size (
      id serial PRIMARY KEY, name text NOT NULL UNIQUE, cpu integer NOT NULL, mem integer NOT NULL, disk integer NOT NULL
    );
    INSERT INTO size (name, cpu, mem, disk) SELECT 'size' || n, n, 1024 * n, 10 * (n % 4) FROM generate_series(1, 12) n;
    CREATE TABLE instance (
      id serial PRIMARY KEY, name text NOT NULL, size integer NOT NULL REFERENCES size, created timestamptz NOT NULL
    );
    INSERT INTO instance (name, size, created)
      SELECT 'instance' || n, 1 + n % 12, timestamptz '2020-01-01T00:00:00Z' + n * interval '1 hour' FROM generate_series(1, 400) n;`,
  troposphere: `
    ${maintenanceTable}
    ${migrationsTable("api", "0012_site_metadata")}
    CREATE TABLE site_metadata (id serial PRIMARY KEY, name text NOT NULL, user_portal_link text);
    INSERT INTO site_metadata (name, user_portal_link) VALUES ('CyVerse', 'https://user.cyverse.org');
    CREATE TABLE help_link (id serial PRIMARY KEY, link_key text NOT NULL UNIQUE, href text NOT NULL);
    INSERT INTO help_link (link_key, href) SELECT 'key' || n, 'https://example.org/' || n FROM generate_series(1, 60) n;`,
} as const;
