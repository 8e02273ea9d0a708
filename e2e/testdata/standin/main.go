// Command standin answers as the demo does, and no more, so that the harness
// can be tried without the program. The word in STANDIN makes it misbehave.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	demo := flag.NewFlagSet("demo", flag.ExitOnError)
	data, addr, ready := demo.String("data", "", ""), demo.String("addr", "", ""), demo.String("ready-file", "", "")
	now, database := demo.String("now", "", ""), demo.String("database", "", "")
	if err := demo.Parse(os.Args[2:]); err != nil || os.Args[1] != "demo" {
		os.Exit(2)
	}
	if os.Getenv("STANDIN") == "broken" {
		fmt.Println("the stand-in says why")
		os.Exit(3)
	}
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, *data, " ", *now, " ", *database)
	})
	http.HandleFunc("/end", func(http.ResponseWriter, *http.Request) { os.Exit(4) })
	said := map[string]any{"url": "http://" + l.Addr().String() + "/", "users": []map[string]string{
		{"duty": "referrer", "agency": "City police", "email": "a@example.org", "token": "police"},
		{"duty": "referrer", "agency": "Legal aid", "email": "b@example.org", "token": "provider"},
	}}
	raw, err := json.Marshal(said)
	if err != nil {
		os.Exit(1)
	}
	if err := os.WriteFile(*ready, raw, 0o600); err != nil {
		os.Exit(1)
	}
	if os.Getenv("STANDIN") == "racy" {
		fmt.Fprintln(os.Stderr, "WARNING: DATA RACE")
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	go func() { <-stop; os.Exit(0) }()
	_ = http.Serve(l, nil)
}
