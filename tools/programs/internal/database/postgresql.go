package database

import (
	"context"
	"database/sql"
	"errors"

	// Registers the driver "postgres".
	_ "github.com/lib/pq"
)

// OpenSQL connects to PostgreSQL with DATABASE_URL, or with what the file DATABASE_URL_FILE holds. It does not wait for the server.
func OpenSQL() (*sql.DB, error) {
	uri, err := given("DATABASE_URL")
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open("postgres", uri)
	if err != nil {
		// The driver's own message may repeat the string, and with it the password.
		return nil, errors.New("DATABASE_URL is no connection string of PostgreSQL")
	}
	// A release ends every session of its databases: none is kept here that would be found dead later.
	pool.SetMaxIdleConns(0)
	return pool, nil
}

type sqlStore struct {
	pool *sql.DB
	// question finds the schema's version. Example: SELECT max(name) FROM django_migrations
	question string
}

func (store sqlStore) Ping(ctx context.Context) error {
	return store.pool.PingContext(ctx)
}

func (store sqlStore) Schema(ctx context.Context) (string, error) {
	if store.question == "" {
		return "", store.pool.PingContext(ctx)
	}
	var version string
	err := store.pool.QueryRowContext(ctx, store.question).Scan(&version)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return version, err
}
