package forms

import (
	"regexp"
	"testing"
)

// An answer is read by others than whoever chose it: no option speaks as "me"
// or "us".
func TestNoOptionSpeaksForItsReader(t *testing.T) {
	first := regexp.MustCompile(`(?i)\b(I|me|my|we|us|our)\b`)
	for list, words := range english.Options {
		for code, label := range words {
			if first.MatchString(label) {
				t.Errorf("option %s of %s says %q", code, list, label)
			}
		}
	}
}
