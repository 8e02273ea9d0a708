package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// Ping says whether clamd answers. It scans nothing.
func (c *Clamd) Ping(ctx context.Context) error {
	text, err := c.ask(ctx, "PING")
	if err != nil {
		return err
	}
	if text != "PONG" {
		return errors.New("scan: what answers is not clamd")
	}
	return nil
}

// Signatures says of when the list is by which clamd knows what does harm. It
// returns an error where clamd has none.
func (c *Clamd) Signatures(ctx context.Context) (time.Time, error) {
	text, err := c.ask(ctx, "VERSION")
	if err != nil {
		return time.Time{}, err
	}
	part := strings.Split(text, "/") // ClamAV 1.4.1/27421/Thu Nov 19 10:02:11 2026
	if len(part) != 3 {
		return time.Time{}, errors.New("scan: clamd has no list of what does harm")
	}
	at, err := time.Parse(time.ANSIC, part[2])
	if err != nil {
		return time.Time{}, errors.New("scan: clamd does not say of when its list is")
	}
	return at, nil
}

// ask says one word to clamd and returns what it answers.
func (c *Clamd) ask(ctx context.Context, word string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("scan: reaching clamd: %w", err)
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return "", fmt.Errorf("scan: setting a time: %w", err)
		}
	}
	if _, err := io.WriteString(conn, "z"+word+"\x00"); err != nil {
		return "", fmt.Errorf("scan: asking clamd: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(conn, 256))
	if err != nil {
		return "", fmt.Errorf("scan: asking clamd: %w", err)
	}
	answer, whole := strings.CutSuffix(string(text), "\x00")
	if !whole {
		return "", errors.New("scan: what answers is not clamd")
	}
	return answer, nil
}
