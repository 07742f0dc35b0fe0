// The maintained service: keeps maintenance records as Atmosphere's services do, and is told by the same command.
//
//	maintained                                             serves /health and /version on port 8000
//	maintained maintenance start --title T --message M [--start-date D] [--dry-run]
//	maintained maintenance stop [--title T] [--dry-run]    without a title it closes every active record, as theirs does
//	maintained maintenance show                            prints the active records as JSON
//
// A record is active when it has started and has no end, or one in the future. It stands in the service's own database:
// `maintenance_record` of PostgreSQL, `maintenance_records` of MongoDB.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"time"

	"tools/internal/database"
	"tools/internal/release"
	"tools/internal/serve"
)

const patience = 15 * time.Second

func main() {
	log.SetFlags(0)
	var err error
	if len(os.Args) == 1 {
		err = answer()
	} else {
		err = command(os.Args[1:])
	}
	if err != nil {
		log.Fatal(err)
	}
}

func answer() error {
	db, err := database.OpenStore()
	if err != nil {
		return err
	}
	return serve.UntilAskedToEnd(release.Routes(db), "8000")
}

func command(args []string) error {
	if len(args) < 2 || args[0] != "maintenance" {
		return errors.New("usage: maintained maintenance start|stop|show")
	}
	flags := flag.NewFlagSet(args[1], flag.ContinueOnError)
	title := flags.String("title", "", "title of the record")
	message := flags.String("message", "", "what users are told")
	startDate := flags.String("start-date", "", "when it begins, RFC 3339; now when it is absent")
	dryRun := flags.Bool("dry-run", false, "say what would be done, and do nothing")
	if err := flags.Parse(args[2:]); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unknown argument %q", flags.Arg(0))
	}
	book, err := openRecords()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch args[1] {
	case "start":
		return start(ctx, book, *title, *message, *startDate, *dryRun)
	case "stop":
		return stop(ctx, book, *title, *dryRun)
	case "show":
		return show(ctx, book)
	default:
		return fmt.Errorf("unknown command %q", args[1])
	}
}

func start(ctx context.Context, book records, title, message, startDate string, dryRun bool) error {
	now := time.Now()
	if title == "" {
		title = now.Format("1/2") + " (production) Maintenance"
	}
	if len([]rune(title)) > 256 {
		return errors.New("a title has at most 256 characters")
	}
	begin := now
	if startDate != "" {
		parsed, err := time.Parse(time.RFC3339, startDate)
		if err != nil {
			return errors.New("--start-date is no RFC 3339 time")
		}
		begin = parsed
	}
	fmt.Printf("start maintenance %q\n", title)
	if dryRun {
		return nil
	}
	return book.add(ctx, record{Title: title, Message: message, Start: begin, DisableLogin: true})
}

func stop(ctx context.Context, book records, title string, dryRun bool) error {
	active, err := book.active(ctx, time.Now())
	if err != nil {
		return err
	}
	closed := 0
	for _, one := range active {
		if title != "" && one.Title != title {
			continue
		}
		closed++
		fmt.Printf("stop maintenance %q\n", one.Title)
		if dryRun {
			continue
		}
		if err := book.end(ctx, one, time.Now()); err != nil {
			return err
		}
	}
	if closed == 0 {
		fmt.Println("no active records")
	}
	return nil
}

func show(ctx context.Context, book records) error {
	active, err := book.active(ctx, time.Now())
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(active)
}
