package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// deafHTTP2 says that it speaks HTTP/2 and then hears nothing of what is said.
func deafHTTP2(l net.Listener, c *tls.Config) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			t := tls.Server(conn, c)
			defer func() { _ = t.Close() }()
			_ = t.SetDeadline(time.Now().Add(10 * time.Second))
			// A frame of settings without any, then silence.
			if _, err := t.Write([]byte{0, 0, 0, 4, 0, 0, 0, 0, 0}); err == nil {
				_, _ = io.Copy(io.Discard, t)
			}
		}()
	}
}

// credulous answers every request that it can make out in what is sent: it takes
// the first length it is told, knows no encoding, and reads on behind it.
func credulous(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = conn.Close() }()
			_ = conn.SetDeadline(time.Now().Add(300 * time.Millisecond))
			in := bufio.NewReader(conn)
			for answerOne(in, conn) {
			}
		}()
	}
}

// answerOne reads one request and answers it.
func answerOne(in *bufio.Reader, out io.Writer) bool {
	length, host, lines, last := -1, "", 0, false
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		lines++
		name, value, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "content-length":
			if n, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && length < 0 {
				length = n
			}
		case "connection":
			last = strings.TrimSpace(value) == "close"
		case "host":
			host = strings.TrimSpace(value)
		}
	}
	if lines == 0 {
		return true
	}
	if _, err := io.CopyN(io.Discard, in, int64(max(length, 0))); err != nil {
		return false
	}
	_, err := io.WriteString(out, "HTTP/1.1 200 OK\r\nContent-Length: "+strconv.Itoa(len(host))+"\r\n\r\n"+host)
	return err == nil && !last
}
