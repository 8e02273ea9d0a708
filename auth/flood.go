package auth

import (
	"fmt"
	"sync"
	"time"

	"nysreferral/audit"
)

// Limits of what the log holds of refused tokens.
const (
	// MostRefusals is how many refusals of one network within Window are lines
	// of their own. Then they are counted: a line says so at 100, 1,000 … of
	// them, and when the window is over.
	MostRefusals = 10
	// mostNetworks is how many networks are counted apart; all others share one
	// count.
	mostNetworks = 4096
	sweepFlood   = time.Minute
)

// origin is what refusals are counted by. Tokens that were good once are counted
// by account, so that a stolen one is not lost among made-up ones.
type origin struct {
	source string
	actor  int // of a token that was good once; 0 for one that nobody was given
}

// spate is what came from one origin since began.
type spate struct {
	began   time.Time
	n, told int // refused, and how many of them the log tells of
	last    audit.Line
}

// flood counts refusals in memory, each program its own. It is safe for
// concurrent use; its zero value is ready.
type flood struct {
	mu    sync.Mutex
	from  map[origin]*spate
	swept time.Time
}

// refused counts the refusal l and returns what the log is to say now, oldest first: sums of
// windows that are over, then l itself, or its sum so far, or nothing.
func (f *flood) refused(l audit.Line) []audit.Line {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := f.over(l.At)
	key := origin{l.Source, l.Actor}
	if f.from[key] == nil && len(f.from) >= mostNetworks {
		key, l.Source = origin{actor: l.Actor}, ""
	}
	sp := f.from[key]
	if sp == nil {
		sp = &spate{began: l.At}
		f.from[key] = sp
	}
	sp.n, sp.last = sp.n+1, l
	switch {
	case sp.n <= MostRefusals:
		sp.told = sp.n
		return append(out, l)
	case powerOfTen(sp.n):
		return append(out, sp.sum(l.At))
	}
	return out
}

// over forgets the windows that are over and returns their sums.
func (f *flood) over(at time.Time) []audit.Line {
	if f.from == nil {
		f.from = map[origin]*spate{}
	}
	if at.Sub(f.swept) < sweepFlood {
		return nil
	}
	f.swept = at
	var out []audit.Line
	for key, sp := range f.from {
		if at.Sub(sp.began) < Window {
			continue
		}
		if sp.told < sp.n {
			out = append(out, sp.sum(at))
		}
		delete(f.from, key)
	}
	return out
}

// sum is the line that stands for all that the spate counted.
func (sp *spate) sum(at time.Time) audit.Line {
	sp.told = sp.n
	out := sp.last
	out.At, out.Reason = at, fmt.Sprintf("%s: %d in %d minutes", out.Reason, sp.n, int(Window.Minutes()))
	return out
}

func powerOfTen(n int) bool {
	for n >= 10 && n%10 == 0 {
		n /= 10
	}
	return n == 1
}
