package main

import (
	"context"
	"log"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"
	"go.mongodb.org/mongo-driver/mongo"
)

const patience = 5 * time.Second

// user writes into one collection: two inserts, then an update of one of its documents, and so on.
type user struct {
	collection collection
	store      *mongo.Collection
	next       int
	steps      int
	written    []written
}

// written is a document whose insert was acknowledged.
type written struct {
	number, revision int
	id               primitive.ObjectID
}

// write tries one write after the other until the ledger is closed. A refused or unreachable insert is tried again with
// the same number, as a user would; one with an unknown outcome is left alone, so that it is never done twice.
func write(db *mongo.Database, what plan, book *ledger) {
	users := make([]*user, len(what.Collections))
	for at, one := range what.Collections {
		users[at] = &user{collection: one, store: db.Collection(one.Name), next: what.First}
	}
	pace := time.NewTicker(time.Duration(float64(time.Second) / what.PerSecond))
	defer pace.Stop()
	for turn := 0; !book.isClosed(); turn++ {
		<-pace.C
		one := users[turn%len(users)]
		entry := one.step()
		if entry.Outcome != acknowledged {
			log.Printf("%s %s %d: %s %s", entry.Operation, entry.Collection, entry.Number, entry.Outcome, entry.Code)
		}
		book.enter(entry)
	}
}

func (u *user) step() attempt {
	u.steps++
	if u.collection.Update != "" && len(u.written) > 0 && u.steps%3 == 0 {
		return u.update(&u.written[(u.steps/3)%len(u.written)])
	}
	return u.insert()
}

func (u *user) insert() attempt {
	id := primitive.NewObjectID()
	document := append(bson.D{{Key: "_id", Value: id}}, fill(bson.D(u.collection.Document), u.next, 0).(bson.D)...)
	entry := attempt{Operation: "insert", Collection: u.collection.Name, Number: u.next}
	judged(&entry, func(ctx context.Context) error {
		_, err := u.store.InsertOne(ctx, document)
		return err
	})
	switch entry.Outcome {
	case acknowledged:
		u.written = append(u.written, written{number: u.next, id: id})
		u.next++
	case unknown:
		u.next++
	}
	return entry
}

func (u *user) update(one *written) attempt {
	one.revision++
	field := u.collection.Update
	change := bson.M{"$set": bson.M{field: fill(u.collection.Document.field(field), one.number, one.revision)}}
	entry := attempt{Operation: "update", Collection: u.collection.Name, Number: one.number, Revision: one.revision}
	judged(&entry, func(ctx context.Context) error {
		result, err := u.store.UpdateOne(ctx, bson.M{"_id": one.id}, change)
		if err == nil && result.MatchedCount == 0 {
			// An acknowledged document that is not there: the one thing that must never be.
			log.Printf("document %d of %s is lost", one.number, u.collection.Name)
			entry.Code = "lost"
			return mongo.ErrNoDocuments
		}
		return err
	})
	if entry.Code == "lost" {
		entry.Outcome = refused
	}
	return entry
}

func judged(entry *attempt, try func(context.Context) error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	entry.Sent = time.Now()
	err := try(ctx)
	entry.Answered = time.Now()
	result, code := judge(err)
	entry.Outcome = result
	if code != "" {
		entry.Code = code
	}
}
