package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"time"
)

// side is one of the things that are compared.
type side struct {
	name string
	call func(worker int) error       // one piece of work
	with func() (func() error, error) // begins what runs beside it and returns what ends that; nil: nothing
}

// load is what one side did in one slice of time.
type load struct {
	n         int
	perSecond float64
	p50, p99  time.Duration
	cpu       time.Duration // of the whole process for one call: server and clients
}

// compare lets the sides work in turns, each for a slice in every round, and
// returns what each did in each round. Another side begins each round. What
// they do before is not counted.
func (r *run) compare(clients int, sides ...side) ([][]load, error) {
	out := make([][]load, len(sides))
	for round := -1; round < r.rounds; round++ {
		for i := range sides {
			at := (i + max(round, 0)) % len(sides)
			length := r.slice
			if round < 0 {
				length /= 4
			}
			one, err := r.slice1(clients, length, sides[at])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", sides[at].name, err)
			}
			if round >= 0 {
				out[at] = append(out[at], one)
			}
		}
	}
	return out, nil
}

func (r *run) slice1(clients int, length time.Duration, s side) (_ load, err error) {
	if s.with != nil {
		end, err := s.with()
		if err != nil {
			return load{}, err
		}
		defer func() { err = errors.Join(err, end()) }()
	}
	runtime.GC()
	return drive(r.ctx, clients, length, s.call)
}

// drive has clients call at once, each again as soon as it is answered, until
// the time is over.
func drive(ctx context.Context, clients int, length time.Duration, call func(worker int) error) (load, error) {
	took := make([][]time.Duration, clients)
	errs := make([]error, clients)
	began, before := time.Now(), cpu(syscall.RUSAGE_SELF)
	var all sync.WaitGroup
	for w := range clients {
		all.Go(func() {
			for ctx.Err() == nil && time.Since(began) < length {
				at := time.Now()
				if err := call(w); err != nil {
					errs[w] = err
					return
				}
				took[w] = append(took[w], time.Since(at))
			}
		})
	}
	all.Wait()
	lasted, spent := time.Since(began), cpu(syscall.RUSAGE_SELF)-before
	if err := errors.Join(append(errs, ctx.Err())...); err != nil {
		return load{}, err
	}
	times := slices.Concat(took...)
	slices.Sort(times)
	n := len(times)
	return load{n: n, perSecond: float64(n) / lasted.Seconds(), p50: part(times, 0.5), p99: part(times, 0.99), cpu: spent / time.Duration(n)}, nil
}

// part returns the value below which that part of a sorted list lies.
func part[T any](sorted []T, share float64) T {
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

// median returns the middle of a list that is not empty.
func median[T cmp.Ordered](list []T) T {
	return part(slices.Sorted(slices.Values(list)), 0.5)
}

// of returns one number of every round.
func of[T any](rounds []load, pick func(load) T) []T {
	out := make([]T, len(rounds))
	for i, l := range rounds {
		out[i] = pick(l)
	}
	return out
}

// rate, half, most and spent pick a number of a round.
func rate(l load) float64        { return l.perSecond }
func half(l load) time.Duration  { return l.p50 }
func most(l load) time.Duration  { return l.p99 }
func spent(l load) time.Duration { return l.cpu }

// ratio is how one side compares with another, round by round.
type ratio struct{ mid, low, high float64 }

func ratioOf(a, b []load) ratio {
	each := make([]float64, len(a))
	for i := range a {
		each[i] = a[i].perSecond / b[i].perSecond
	}
	return ratio{median(each), slices.Min(each), slices.Max(each)}
}

func (q ratio) String() string { return fmt.Sprintf("%.2f × (%.2f to %.2f)", q.mid, q.low, q.high) }

// told is a side's numbers for people, the median of the rounds.
func told(rounds []load) string {
	return fmt.Sprintf("%6.0f/s  p50 %6.2f ms  p99 %6.2f ms  cpu %4d µs", median(of(rounds, rate)), millis(median(of(rounds, half))),
		millis(median(of(rounds, most))), median(of(rounds, spent)).Microseconds())
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
