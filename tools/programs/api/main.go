// The API of the embedded system: says which release it is, and which schema it finds in the database.
package main

import (
	"log"

	"tools/internal/database"
	"tools/internal/release"
	"tools/internal/serve"
)

func main() {
	db, err := database.OpenStore()
	if err != nil {
		log.Fatal(err)
	}
	if err := serve.UntilAskedToEnd(release.Routes(db), "8000"); err != nil {
		log.Fatal(err)
	}
}
