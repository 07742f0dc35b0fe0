// The writer: goes on writing as users do, through whatever happens to the database, and keeps count of what became of
// every write: acknowledged, refused (with the server's code), unreachable (never sent), or unknown.
//
// WRITER_PLAN (or the file WRITER_PLAN_FILE) says what it writes:
//
//	{"perSecond": 20, "collections": [{"name": "study_set", "update": "description",
//	  "document": {"id": "nmdc:sty-00-{n}", "type": "nmdc:Study", "description": "revision {r}"}}]}
//
// `{n}` is replaced by the number of the document, `{r}` by its revision. Updates set the field `update` alone.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"

	"tools/internal/database"
	"tools/internal/serve"
)

func main() {
	db, err := database.Open()
	if err != nil {
		log.Fatal(err)
	}
	plan, err := readPlan()
	if err != nil {
		log.Fatal(err)
	}
	book := newLedger()
	done := make(chan struct{})
	go func() {
		defer close(done)
		write(db, plan, book)
	}()
	routes := http.NewServeMux()
	routes.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) {
		serve.JSON(w, http.StatusOK, map[string]string{"health": "ready"})
	})
	routes.HandleFunc("GET /counts", func(w http.ResponseWriter, _ *http.Request) { serve.JSON(w, http.StatusOK, book.counts()) })
	routes.HandleFunc("GET /documents", func(w http.ResponseWriter, _ *http.Request) { serve.JSON(w, http.StatusOK, book.documents()) })
	routes.HandleFunc("GET /attempts", func(w http.ResponseWriter, _ *http.Request) { serve.JSON(w, http.StatusOK, book.attempts()) })
	if err := serve.UntilAskedToEnd(routes, "8080"); err != nil {
		log.Fatal(err)
	}
	// The write that is under way belongs into the account too.
	book.close()
	<-done
	last, err := json.Marshal(book.counts())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(os.Stdout, string(last))
}
