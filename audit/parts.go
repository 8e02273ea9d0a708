package audit

import (
	"iter"
	"math/bits"
)

// parts cuts a list into lists whose lengths are powers of two, the longest first.
// An insert of n rows is a statement of its own for each n, and every connection
// remembers each that it has met: so there are a dozen of them, and not as many as
// a quarter of a second may have lines.
func parts[T any](list []T) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := 1 << (bits.Len(uint(len(list))) - 1)
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}
