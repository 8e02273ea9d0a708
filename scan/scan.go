// Package scan asks ClamAV's clamd whether bytes are known to do harm. It sends
// them over a socket and nowhere else, and keeps nothing. What follows from an
// answer is for others to say.
package scan

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"
)

// Clamd is a running clamd.
type Clamd struct {
	network, address string
	wait             time.Duration
}

// New returns the clamd at address: unix:/path/of/the/socket or host:port. wait
// is the longest time for one file; 0 is a minute.
func New(address string, wait time.Duration) (*Clamd, error) {
	if wait <= 0 {
		wait = time.Minute
	}
	path, socket := strings.CutPrefix(address, "unix:")
	if socket && path != "" {
		return &Clamd{"unix", path, wait}, nil
	}
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		return nil, errors.New("scan: the address of clamd is unix: and the path of its socket, or host:port")
	}
	return &Clamd{"tcp", address, wait}, nil
}

// chunk is how much is sent at once.
const chunk = 64 << 10

// Scan returns the name of what is known to do harm in b, "" for nothing. Every
// other answer than a clear one, and none at all, is an error: nothing was
// scanned then.
func (c *Clamd) Scan(ctx context.Context, b []byte) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.wait)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("scan: reaching clamd: %w", err)
	}
	defer func() {
		if closed := conn.Close(); err == nil && closed != nil {
			err = fmt.Errorf("scan: closing: %w", closed)
		}
	}()
	if end, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(end); err != nil {
			return "", fmt.Errorf("scan: setting a time: %w", err)
		}
	}
	sent := send(conn, b)
	// clamd answers and closes when it is sent more than it takes, so what it says
	// counts before what could not be sent.
	text, err := io.ReadAll(io.LimitReader(conn, 4096))
	if err = errors.Join(err, sent); err != nil && len(text) == 0 {
		return "", fmt.Errorf("scan: asking clamd: %w", err)
	}
	return verdict(string(text))
}

// send sends b as clamd's INSTREAM has it: parts with their length before them,
// and a part of no length at the end.
func send(w io.Writer, b []byte) error {
	if _, err := io.WriteString(w, "zINSTREAM\x00"); err != nil {
		return err
	}
	for part := range slices.Chunk(b, chunk) {
		if err := sendPart(w, part); err != nil {
			return err
		}
	}
	return sendPart(w, nil)
}

func sendPart(w io.Writer, part []byte) error {
	if _, err := w.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part)))); err != nil {
		return err
	}
	_, err := w.Write(part)
	return err
}

// verdict reads "stream: OK" or "stream: NAME FOUND".
func verdict(text string) (string, error) {
	said, ok := strings.CutPrefix(strings.TrimRight(text, "\x00\r\n"), "stream: ")
	if ok && said == "OK" {
		return "", nil
	}
	if name, found := strings.CutSuffix(said, " FOUND"); ok && found && name != "" {
		return name, nil
	}
	return "", errors.New("scan: clamd gave no clear answer")
}
