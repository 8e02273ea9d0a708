package scan

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// Only a clamd that says PONG is there; another program, and nobody, is not.
func TestPing(t *testing.T) {
	for answer, there := range map[string]bool{"PONG\x00": true, "": false, "220 mail.example.org\r\n": false} {
		path := filepath.Join(t.TempDir(), "s")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		go func() {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			defer conn.Close()
			if word, _ := bufio.NewReader(conn).ReadString(0); word == "zPING\x00" {
				_, _ = io.WriteString(conn, answer)
			}
		}()
		c, err := New("unix:"+path, 5*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Ping(t.Context()); (err == nil) != there {
			t.Errorf("%q: %v", answer, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := c.Ping(t.Context()); err == nil {
			t.Error("nobody is there")
		}
	}
}
