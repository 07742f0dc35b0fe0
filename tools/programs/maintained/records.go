package main

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"
)

// One maintenance, as the service keeps it.
type record struct {
	ID           primitive.ObjectID `bson:"_id,omitempty" json:"-"`
	Title        string             `bson:"title" json:"title"`
	Message      string             `bson:"message" json:"message"`
	Start        time.Time          `bson:"start_date" json:"start"`
	End          *time.Time         `bson:"end_date" json:"end"`
	DisableLogin bool               `bson:"disable_login" json:"disableLogin"`
}

type records struct{ collection *mongo.Collection }

func (r records) add(ctx context.Context, one record) error {
	_, err := r.collection.InsertOne(ctx, one)
	return err
}

// Those that have started and have no end, or one in the future; oldest first.
func (r records) active(ctx context.Context, now time.Time) ([]record, error) {
	filter := bson.M{
		"start_date": bson.M{"$lte": now},
		"$or":        bson.A{bson.M{"end_date": nil}, bson.M{"end_date": bson.M{"$gt": now}}},
	}
	cursor, err := r.collection.Find(ctx, filter, options.Find().SetSort(bson.M{"start_date": 1}))
	if err != nil {
		return nil, err
	}
	found := []record{}
	return found, cursor.All(ctx, &found)
}

func (r records) end(ctx context.Context, one record, now time.Time) error {
	_, err := r.collection.UpdateByID(ctx, one.ID, bson.M{"$set": bson.M{"end_date": now}})
	return err
}
