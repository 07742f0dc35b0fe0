package main

import (
	"context"
	"database/sql"
	"time"
)

// table is where records stand in PostgreSQL.
type table struct{ *sql.DB }

func (t table) add(ctx context.Context, one record) error {
	_, err := t.ExecContext(ctx,
		"INSERT INTO maintenance_record (title, message, start_date, end_date, disable_login) VALUES ($1, $2, $3, $4, $5)",
		one.Title, one.Message, one.Start, one.End, one.DisableLogin)
	return err
}

func (t table) active(ctx context.Context, now time.Time) ([]record, error) {
	rows, err := t.QueryContext(ctx,
		`SELECT id, title, message, start_date, end_date, disable_login FROM maintenance_record
		 WHERE start_date <= $1 AND (end_date IS NULL OR end_date > $1) ORDER BY start_date`, now)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := []record{}
	for rows.Next() {
		var one record
		if err := rows.Scan(&one.ID, &one.Title, &one.Message, &one.Start, &one.End, &one.DisableLogin); err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

func (t table) end(ctx context.Context, one record, now time.Time) error {
	_, err := t.ExecContext(ctx, "UPDATE maintenance_record SET end_date = $1 WHERE id = $2", now, one.ID)
	return err
}
