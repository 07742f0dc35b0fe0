package main

import (
	"errors"
	"strconv"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/x/mongo/driver/topology"
)

// outcome is what is known of a write after its answer, or after there was none.
type outcome string

const (
	// acknowledged: the server said that it is done.
	acknowledged outcome = "acknowledged"
	// refused: the server said that it is not done.
	refused outcome = "refused"
	// unreachable: no server took it.
	unreachable outcome = "unreachable"
	// unknown: it was sent, and no answer came: done or not.
	unknown outcome = "unknown"
)

// judge returns the outcome, and the server's code where it refused.
func judge(err error) (outcome, string) {
	if err == nil {
		return acknowledged, ""
	}
	var write mongo.WriteException
	if errors.As(err, &write) {
		if write.WriteConcernError != nil {
			return unknown, ""
		}
		if len(write.WriteErrors) > 0 {
			return refused, strconv.Itoa(write.WriteErrors[0].Code)
		}
	}
	var selection topology.ServerSelectionError
	if errors.As(err, &selection) {
		return unreachable, ""
	}
	if mongo.IsNetworkError(err) || mongo.IsTimeout(err) {
		return unknown, ""
	}
	var command mongo.CommandError
	if errors.As(err, &command) && command.Code != 0 {
		return refused, strconv.Itoa(int(command.Code))
	}
	return unknown, ""
}
