package main

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// collection is where records stand in MongoDB.
type collection struct{ *mongo.Collection }

func (c collection) add(ctx context.Context, one record) error {
	_, err := c.InsertOne(ctx, one)
	return err
}

func (c collection) active(ctx context.Context, now time.Time) ([]record, error) {
	filter := bson.M{
		"start_date": bson.M{"$lte": now},
		"$or":        bson.A{bson.M{"end_date": nil}, bson.M{"end_date": bson.M{"$gt": now}}},
	}
	cursor, err := c.Find(ctx, filter, options.Find().SetSort(bson.M{"start_date": 1}))
	if err != nil {
		return nil, err
	}
	found := []record{}
	return found, cursor.All(ctx, &found)
}

func (c collection) end(ctx context.Context, one record, now time.Time) error {
	_, err := c.UpdateByID(ctx, one.ID, bson.M{"$set": bson.M{"end_date": now}})
	return err
}
