package main

import (
	"sort"
	"sync"
	"time"
)

// attempt is one write that was tried.
type attempt struct {
	Operation  string    `json:"operation"`
	Collection string    `json:"collection"`
	Number     int       `json:"number"`
	Revision   int       `json:"revision"`
	Sent       time.Time `json:"sent"`
	Answered   time.Time `json:"answered"`
	Outcome    outcome   `json:"outcome"`
	Code       string    `json:"code,omitempty"`
}

// document is what must be found in the database afterwards.
type document struct {
	Collection string `json:"collection"`
	Number     int    `json:"number"`
	// Revision is the last that was acknowledged; the document has it, or a later one of Uncertain.
	Revision int `json:"revision"`
	// Uncertain are later revisions of which nobody knows whether they were written.
	Uncertain []int `json:"uncertain,omitempty"`
}

type tally struct {
	Acknowledged int            `json:"acknowledged"`
	Refused      map[string]int `json:"refused"`
	Unreachable  int            `json:"unreachable"`
	Unknown      int            `json:"unknown"`
}

// ledger is the account of all attempts.
type ledger struct {
	mutex  sync.Mutex
	closed bool
	tried  []attempt
	known  map[string]map[int]*document
}

func newLedger() *ledger {
	return &ledger{known: map[string]map[int]*document{}}
}

func (l *ledger) enter(one attempt) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.tried = append(l.tried, one)
	if l.known[one.Collection] == nil {
		l.known[one.Collection] = map[int]*document{}
	}
	held := l.known[one.Collection][one.Number]
	switch {
	case one.Outcome == acknowledged && held == nil:
		l.known[one.Collection][one.Number] = &document{Collection: one.Collection, Number: one.Number, Revision: one.Revision}
	case one.Outcome == acknowledged:
		held.Revision, held.Uncertain = one.Revision, nil
	case one.Outcome == unknown && held != nil:
		held.Uncertain = append(held.Uncertain, one.Revision)
	}
}

func (l *ledger) close() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.closed = true
}

func (l *ledger) isClosed() bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.closed
}

func (l *ledger) counts() map[string]*tally {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	counts := map[string]*tally{}
	for _, operation := range []string{"insert", "update"} {
		counts[operation] = &tally{Refused: map[string]int{}}
	}
	for _, one := range l.tried {
		count := counts[one.Operation]
		switch one.Outcome {
		case acknowledged:
			count.Acknowledged++
		case refused:
			count.Refused[one.Code]++
		case unreachable:
			count.Unreachable++
		case unknown:
			count.Unknown++
		}
	}
	return counts
}

// documents returns every document of which at least the insert was acknowledged.
func (l *ledger) documents() []document {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	all := []document{}
	for _, numbers := range l.known {
		for _, one := range numbers {
			all = append(all, *one)
		}
	}
	sort.Slice(all, func(a, b int) bool {
		if all[a].Collection != all[b].Collection {
			return all[a].Collection < all[b].Collection
		}
		return all[a].Number < all[b].Number
	})
	return all
}

func (l *ledger) attempts() []attempt {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]attempt{}, l.tried...)
}
