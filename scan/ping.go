package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
)

// Ping says whether clamd answers. It scans nothing.
func (c *Clamd) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return fmt.Errorf("scan: reaching clamd: %w", err)
	}
	defer conn.Close()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return fmt.Errorf("scan: setting a time: %w", err)
		}
	}
	if _, err := io.WriteString(conn, "zPING\x00"); err != nil {
		return fmt.Errorf("scan: asking clamd: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(conn, 64))
	if err != nil {
		return fmt.Errorf("scan: asking clamd: %w", err)
	}
	if string(text) != "PONG\x00" {
		return errors.New("scan: what answers is not clamd")
	}
	return nil
}
