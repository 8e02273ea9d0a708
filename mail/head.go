package mail

import (
	"context"
	"errors"
	"strings"
	"unicode"
)

// longestHead is more characters than a signed head of the log has.
const longestHead = 1000

// ErrHead says that what was to be sent is no signed head.
var ErrHead = errors.New("mail: this is not a signed head of the log")

// SendHead sends a signed head of the log to somebody outside who keeps it. A
// head is a number of lines, a hash, a moment and a signature: it tells that the
// system was used, and of nobody. id is the same for each try. The errors are
// those of Send, and ErrHead.
func (s *Sender) SendHead(ctx context.Context, to, head, id string) error {
	odd := strings.ContainsFunc(head, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) })
	if head == "" || len(head) > longestHead || odd {
		return ErrHead
	}
	body := s.o.SystemName + "\r\n\r\nKeep this message. Nobody who runs the system can take it back, and it proves later\r\n" +
		"that nothing recorded before it was changed or removed. It says nothing of anybody.\r\n\r\n" +
		strings.ReplaceAll(head, "\n", "\r\n")
	msg, err := s.letter(to, "A signed head of the log to keep", body, s.messageID(to, "head", id))
	if err != nil {
		return err
	}
	return s.deliver(ctx, msg)
}
