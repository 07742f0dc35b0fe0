// Package release tells of the release that an image holds: which one it is, which schema it finds in its database, and whether it
// is ready.
//
// RELEASE_VERSION, SCHEMA_VERSION and RELEASE_COMMIT are baked into the image, and FRONTEND where it serves the pages of a
// frontend's image. So that tests can see a release go red, images can also have NEVER_READY=1, LIE_VERSION or LIE_SCHEMA.
package release

import (
	"context"
	"log"
	"net/http"
	"os"
	"time"

	"tools/internal/database"
	"tools/internal/serve"
)

type version struct {
	// Version of the release. Example: v2.19.0.
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"`
	// Stack is the version of the image that this program is a part of, where it was composed of several.
	Stack string `json:"stack,omitempty"`
	// Schema that the database holds, or null when it says nothing of it.
	Schema *string `json:"schema"`
	// CodeSchema is the schema that this code was made for.
	CodeSchema string `json:"codeSchema,omitempty"`
	Database   string `json:"database"`
	// Problem is why the schema could not be read.
	Problem string `json:"problem,omitempty"`
}

// Routes answer /version and /health, and with FRONTEND the pages of that folder.
func Routes(db database.Store) *http.ServeMux {
	routes := http.NewServeMux()
	routes.HandleFunc("GET /version", func(w http.ResponseWriter, r *http.Request) { answerVersion(w, r, db) })
	routes.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) { answerHealth(w, r, db) })
	if pages := os.Getenv("FRONTEND"); pages != "" {
		routes.Handle("GET /", http.FileServer(http.Dir(pages)))
	}
	return routes
}

func answerVersion(w http.ResponseWriter, r *http.Request, db database.Store) {
	answer := version{
		Version:    serve.Variable("LIE_VERSION", os.Getenv("RELEASE_VERSION")),
		Commit:     os.Getenv("RELEASE_COMMIT"),
		Stack:      os.Getenv("STACK_VERSION"),
		CodeSchema: os.Getenv("SCHEMA_VERSION"),
		Database:   "reachable",
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	schema, err := db.Schema(ctx)
	status := http.StatusOK
	if err != nil {
		answer.Database, answer.Problem, status = "unreachable", "the database does not answer", http.StatusServiceUnavailable
		log.Printf("schema not read: %v", err)
	} else if schema != "" {
		answer.Schema = &schema
	}
	if lie := os.Getenv("LIE_SCHEMA"); lie != "" {
		answer.Schema = &lie
	}
	serve.JSON(w, status, answer)
}

func answerHealth(w http.ResponseWriter, r *http.Request, db database.Store) {
	if os.Getenv("NEVER_READY") == "1" {
		serve.JSON(w, http.StatusServiceUnavailable, map[string]string{"health": "never ready, as this image was made"})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	if err := db.Ping(ctx); err != nil {
		log.Printf("database not reached: %v", err)
		serve.JSON(w, http.StatusServiceUnavailable, map[string]string{"health": "no database"})
		return
	}
	serve.JSON(w, http.StatusOK, map[string]string{"health": "ready"})
}
