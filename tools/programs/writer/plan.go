package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/bson"
)

type plan struct {
	// PerSecond is how many writes are tried in a second. Default: 20.
	PerSecond float64 `json:"perSecond"`
	// First is the number of the first document. Default: 1.
	First       int          `json:"first"`
	Collections []collection `json:"collections"`
}

type collection struct {
	Name string `json:"name"`
	// Document is the template of what is inserted, as extended JSON.
	Document template `json:"document"`
	// Update is the field that updates set; without one the collection gets inserts only.
	Update string `json:"update"`
}

// template is a document whose fields stay in their order.
type template bson.D

func (t *template) UnmarshalJSON(text []byte) error {
	return bson.UnmarshalExtJSON(text, false, (*bson.D)(t))
}

func (t template) field(name string) any {
	for _, element := range t {
		if element.Key == name {
			return element.Value
		}
	}
	return nil
}

func readPlan() (plan, error) {
	text := []byte(os.Getenv("WRITER_PLAN"))
	if file := os.Getenv("WRITER_PLAN_FILE"); len(text) == 0 && file != "" {
		bytes, err := os.ReadFile(file)
		if err != nil {
			return plan{}, err
		}
		text = bytes
	}
	read := plan{PerSecond: 20, First: 1}
	if err := json.Unmarshal(text, &read); err != nil {
		return plan{}, fmt.Errorf("WRITER_PLAN is no plan: %w", err)
	}
	if len(read.Collections) == 0 || read.PerSecond <= 0 {
		return plan{}, errors.New("WRITER_PLAN needs at least one collection, and more than 0 writes per second")
	}
	for _, one := range read.Collections {
		if one.Name == "" || len(one.Document) == 0 || (one.Update != "" && one.Document.field(one.Update) == nil) {
			return plan{}, errors.New("WRITER_PLAN: a collection needs a name, a document, and as update a field of it")
		}
	}
	return read, nil
}

// fill puts the document's number and revision in their places.
func fill(part any, number, revision int) any {
	switch value := part.(type) {
	case string:
		return strings.NewReplacer("{n}", strconv.Itoa(number), "{r}", strconv.Itoa(revision)).Replace(value)
	case bson.D:
		filled := make(bson.D, len(value))
		for at, element := range value {
			filled[at] = bson.E{Key: element.Key, Value: fill(element.Value, number, revision)}
		}
		return filled
	case bson.A:
		filled := make(bson.A, len(value))
		for at, member := range value {
			filled[at] = fill(member, number, revision)
		}
		return filled
	default:
		return value
	}
}
