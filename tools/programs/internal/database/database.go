// Package database connects the programs to the database of their system.
package database

import (
	"context"
	"errors"
	"os"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
	"go.mongodb.org/mongo-driver/x/mongo/driver/connstring"
)

// Open connects with MONGO_URI, or with what the file MONGO_URI_FILE holds. The database is the connection string's own,
// or MONGO_DATABASE. It does not wait for the server: a program starts also while its database is away.
func Open() (*mongo.Database, error) {
	uri, err := given("MONGO_URI")
	if err != nil {
		return nil, err
	}
	parsed, err := connstring.ParseAndValidate(uri)
	if err != nil {
		// The parser's own message may repeat the string, and with it the password.
		return nil, errors.New("MONGO_URI is no connection string of MongoDB")
	}
	name := os.Getenv("MONGO_DATABASE")
	if name == "" {
		name = parsed.Database
	}
	if name == "" {
		return nil, errors.New("MONGO_URI names no database: add /NAME, or set MONGO_DATABASE")
	}
	// Without retries each write has one outcome, which its caller can count.
	settings := options.Client().ApplyURI(uri).SetRetryWrites(false).
		SetServerSelectionTimeout(2 * time.Second).SetConnectTimeout(2 * time.Second)
	client, err := mongo.Connect(context.Background(), settings)
	if err != nil {
		return nil, errors.New("the client for MONGO_URI cannot be made")
	}
	return client.Database(name), nil
}

// Schema returns the version of the schema that the data has, or "" when the database says nothing of it.
func Schema(ctx context.Context, database *mongo.Database) (string, error) {
	var state struct {
		Version string `bson:"version"`
	}
	err := database.Collection("_slipway_state").FindOne(ctx, bson.M{"_id": "schema"}).Decode(&state)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return "", nil
	}
	return state.Version, err
}
