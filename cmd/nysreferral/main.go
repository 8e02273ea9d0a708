// Command nysreferral refers people who have been trafficked in New York to the
// State, helps the State decide in time, and hands a confirmed person to those
// who can help. It is one program: server, workers and the commands of whoever
// runs it. Here the parts are put together; no rule lives here.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"nysreferral/config"
)

// cli is every command.
type cli struct {
	Serve     serve     `cmd:"" help:"Run the server and its workers."`
	Demo      demoRun   `cmd:"" help:"Run a demonstration with made-up agencies, people and referrals."`
	Migrate   migrate   `cmd:"" help:"Bring the database's tables up to date."`
	Key       keys      `cmd:"" help:"Keys that encrypt what is stored."`
	Agency    agencies  `cmd:"" help:"Agencies whose people use the system."`
	User      users     `cmd:"" help:"Accounts."`
	Token     tokens    `cmd:"" help:"Tokens of the API."`
	Directory contacts  `cmd:"" help:"The directory of districts and providers."`
	Audit     auditLog  `cmd:"" help:"The log of who did and read what."`
	Backup    backups   `cmd:"" help:"Backups that only the holder of an offline key can read."`
	Packet    packet    `cmd:"" help:"Write a packet that was handed over to a file, as program staff."`
	Report    report    `cmd:"" help:"Write numbers about the referrals of a period, never about one person."`
	Doctor    doctor    `cmd:"" help:"Look at a set-up and say what to mend; it changes nothing."`
	Version   printInfo `cmd:"" help:"Print the version of this program."`
}

// env is what commands write to; tests put their own in.
type env struct {
	ctx context.Context
	out io.Writer
	log *slog.Logger
}

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(config.CollectAt)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	parser, err := newParser(&c)
	if err != nil {
		fmt.Fprintln(os.Stderr, "nysreferral:", err)
		os.Exit(usageExit)
	}
	command, err := parser.Parse(typed(os.Args[1:]))
	if err != nil {
		fmt.Fprintln(os.Stderr, "nysreferral:", wrong(err))
		os.Exit(usageExit)
	}
	err = obey(command, &env{ctx: ctx, out: os.Stdout, log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		fmt.Fprintln(os.Stderr, "nysreferral:", err)
		os.Exit(1)
	}
}
