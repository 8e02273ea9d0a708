package auth

import (
	"encoding/json"
	"fmt"
	"time"
)

// held is what a session holds: who is signed in, and words that the pages
// remember. It is read at every request of a page.
type held struct {
	Until time.Time         `json:"until"` // as scs counts it; the store has a clock of its own
	User  int               `json:"user,omitempty"`
	Half  int               `json:"half,omitempty"` // whose sign-in is half done
	Words map[string]string `json:"words,omitempty"`
}

// heldVersion changes with the form of held: a session in an older one does not
// open, and its owner signs in once more.
const heldVersion = 3

func heldIn(data []byte) (held, error) {
	var h held
	if err := json.Unmarshal(data, &h); err != nil {
		return held{}, fmt.Errorf("auth: reading what a session holds: %w", err)
	}
	return h, nil
}

// sessionCodec writes what a session holds for scs. The library's own way
// sends the types along and builds its reader anew at every request.
type sessionCodec struct{}

// Encode returns the account and the words in values; anything else there is a
// defect of the program.
func (sessionCodec) Encode(until time.Time, values map[string]any) ([]byte, error) {
	h := held{Until: until, Words: map[string]string{}}
	for key, value := range values {
		switch v := value.(type) {
		case int:
			switch key {
			case userKey:
				h.User = v
			case halfKey:
				h.Half = v
			default:
				return nil, fmt.Errorf("auth: a session holds no number %q", key)
			}
		case string:
			h.Words[key] = v
		default:
			return nil, fmt.Errorf("auth: a session holds no %T", value)
		}
	}
	return h.text()
}

// text is h as a session keeps it.
func (h held) text() ([]byte, error) {
	data, err := json.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("auth: writing what a session holds: %w", err)
	}
	return data, nil
}

// Decode returns what Encode was given.
func (sessionCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	h, err := heldIn(data)
	if err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(h.Words)+2)
	for key, word := range h.Words {
		values[key] = word
	}
	if h.User != 0 {
		values[userKey] = h.User
	}
	if h.Half != 0 {
		values[halfKey] = h.Half
	}
	return h.Until, values, nil
}
