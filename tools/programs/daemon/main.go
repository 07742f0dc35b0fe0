// The daemon of the embedded system: stays up, and looks after the database every few seconds.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"tools/internal/database"
	"tools/internal/serve"
)

func main() {
	db, err := database.OpenStore()
	if err != nil {
		log.Fatal(err)
	}
	var beats atomic.Int64
	go beat(db, &beats)
	routes := http.NewServeMux()
	routes.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) {
		serve.JSON(w, http.StatusOK, map[string]any{"version": os.Getenv("RELEASE_VERSION"), "heartbeats": beats.Load()})
	})
	// The same image serves as dagit, which listens on this port.
	if err := serve.UntilAskedToEnd(routes, "3000"); err != nil {
		log.Fatal(err)
	}
}

func beat(db database.Store, beats *atomic.Int64) {
	for range time.Tick(5 * time.Second) {
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		schema, err := db.Schema(ctx)
		cancel()
		if err != nil {
			log.Printf("heartbeat: no database: %v", err)
			continue
		}
		log.Printf("heartbeat %d: schema %q", beats.Add(1), schema)
	}
}
