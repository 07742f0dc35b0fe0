package main

import (
	"context"
	"time"

	"tools/internal/database"
)

// One maintenance, as the service keeps it.
type record struct {
	// ID is what the database knows it by.
	ID           any        `bson:"_id,omitempty" json:"-"`
	Title        string     `bson:"title" json:"title"`
	Message      string     `bson:"message" json:"message"`
	Start        time.Time  `bson:"start_date" json:"start"`
	End          *time.Time `bson:"end_date" json:"end"`
	DisableLogin bool       `bson:"disable_login" json:"disableLogin"`
}

// Where a service keeps its records.
type records interface {
	add(ctx context.Context, one record) error
	// active returns those that have started and have no end, or one in the future; oldest first.
	active(ctx context.Context, now time.Time) ([]record, error)
	end(ctx context.Context, one record, now time.Time) error
}

func openRecords() (records, error) {
	if database.OnPostgreSQL() {
		pool, err := database.OpenSQL()
		return table{pool}, err
	}
	documents, err := database.Open()
	if err != nil {
		return nil, err
	}
	return collection{documents.Collection("maintenance_records")}, nil
}
