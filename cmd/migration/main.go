// Command migration writes the next migration of both databases from
// ent/schema. It is the developer's tool; the program itself only applies what
// is already written.
//
//	go run ./cmd/migration NAME   write migrations/{sqlite,postgres}/NNNN_NAME.sql where they differ
//	go run ./cmd/migration -sum   write the sums again after a hand edit
//
// PostgreSQL replays its files on the server at DEV_POSTGRES (a superuser's
// URL), else on one of its own that it throws away.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

func main() {
	sum := flag.Bool("sum", false, "write the sums of both folders again")
	dir := flag.String("dir", "migrations", "the folder that holds sqlite and postgres")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *dir, *sum, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, dir string, sum bool, names []string) error {
	if sum {
		return writeSums(dir)
	}
	if len(names) != 1 {
		return fmt.Errorf("migration: say one name, such as: go run ./cmd/migration tables")
	}
	written, err := write(ctx, dir, names[0])
	if err != nil {
		return err
	}
	for _, f := range written {
		fmt.Println("wrote", f)
	}
	if len(written) == 0 {
		fmt.Println("Both folders already say what ent/schema says; nothing was written.")
	}
	return nil
}
