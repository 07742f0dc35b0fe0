package database

import (
	"context"
	"errors"
	"os"
	"strings"

	"go.mongodb.org/mongo-driver/mongo"
)

// Store is the database of a system, of whichever kind, as far as a program that only looks needs it.
type Store interface {
	// Ping fails while the database does not answer.
	Ping(ctx context.Context) error
	// Schema returns the version of the schema that the data has, or "" when the database says nothing of it.
	Schema(ctx context.Context) (string, error)
}

// OpenStore connects with MONGO_URI or, to PostgreSQL, with DATABASE_URL. It does not wait for the server.
func OpenStore() (Store, error) {
	if OnPostgreSQL() {
		pool, err := OpenSQL()
		if err != nil {
			return nil, err
		}
		return sqlStore{pool: pool, question: os.Getenv("SCHEMA_QUERY")}, nil
	}
	documents, err := Open()
	if err != nil {
		return nil, err
	}
	return mongoStore{documents}, nil
}

// OnPostgreSQL says whether the system's database is one of PostgreSQL.
func OnPostgreSQL() bool {
	return os.Getenv("DATABASE_URL") != "" || os.Getenv("DATABASE_URL_FILE") != ""
}

type mongoStore struct{ database *mongo.Database }

func (store mongoStore) Ping(ctx context.Context) error {
	return store.database.Client().Ping(ctx, nil)
}

func (store mongoStore) Schema(ctx context.Context) (string, error) {
	return Schema(ctx, store.database)
}

// given returns a connection string from its variable, or from the file that its _FILE variable names.
func given(variable string) (string, error) {
	if uri := os.Getenv(variable); uri != "" {
		return uri, nil
	}
	if file := os.Getenv(variable + "_FILE"); file != "" {
		bytes, err := os.ReadFile(file)
		return strings.TrimSpace(string(bytes)), err
	}
	return "", errors.New(variable + " is missing: set it, or " + variable + "_FILE")
}
