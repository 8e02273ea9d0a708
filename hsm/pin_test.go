package hsm

import (
	"errors"
	"testing"
)

// A PIN that a token refused is never tried at it again; another PIN, another
// token and one after a failure of another kind are.
func TestRefusedPINIsNotTriedAgain(t *testing.T) {
	var r refusals
	tried := 0
	at := func(token, pin string, answer error) error {
		_, err := r.try(token, pin, func(string) ([]byte, error) { tried++; return nil, answer })
		return err
	}
	gone := errors.New("the token is not there")
	for _, c := range []struct {
		token, pin   string
		answer, want error
		tried        int
	}{
		{"first", "1234", gone, gone, 1}, {"first", "1234", ErrPIN, ErrPIN, 2}, {"first", "1234", nil, ErrPIN, 2},
		{"first", "4321", nil, nil, 3}, {"second", "1234", nil, nil, 4}, {"first", "1234", nil, ErrPIN, 4},
	} {
		if err := at(c.token, c.pin, c.answer); !errors.Is(err, c.want) || tried != c.tried {
			t.Errorf("%s with %s: %v after %d tries, want %v after %d", c.token, c.pin, err, tried, c.want, c.tried)
		}
	}
}
