package seal

import "sync"

// locked keeps keys in memory of their own, which is never written to a swap
// partition and never into a core, where the system permits it. A key that finds
// no room there stays where it is, and loose says so. The memory is kept until
// the process ends: a key may be in use for as long.
type locked struct {
	mu    sync.Mutex
	page  []byte // nil: not tried yet, or not to be had
	used  int
	tried bool
	loose bool // a key lies elsewhere
}

// keep moves a key there and returns it where it lies now. What it was copied
// from is cleared.
func (l *locked) keep(key []byte) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.tried {
		l.page, l.tried = lockedPage(), true
	}
	if l.used+len(key) > len(l.page) {
		l.loose = true
		return key
	}
	out := l.page[l.used : l.used+len(key) : l.used+len(key)]
	l.used += len(key)
	copy(out, key)
	clear(key)
	return out
}

// all reports whether every key lies there.
func (l *locked) all() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.tried && !l.loose
}

// Locked reports whether the keys of the ring lie in memory that is neither
// swapped nor dumped. What is derived from them for the work of a moment lies in
// common memory.
func (r *Ring) Locked() bool { return r.held.locked.all() }
