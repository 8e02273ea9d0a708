package handlers

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// What is overdue stands above OTDA's board whatever its kind, and all that
// stands there comes by when it is due.
func TestWhatIsOverdueIsDoneFirst(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	s.send(4)
	s.send(1, append(append([]demo.Step{}, demo.ToDecision...), demo.Confirm)...)
	s.state.Clock.Set(started.AddDate(0, 0, 9))
	tasks, err := s.state.Door.Tasks(t.Context(), s.state.As("program"), false)
	if err != nil {
		t.Fatal(err)
	}
	board := s.at("program").mustShow(boardPath, "To do first")
	_, board, _ = strings.Cut(board, `id="tasks-title"`)
	board, _, _ = strings.Cut(board, `class="lane-index"`)
	var last time.Time
	want, seen, other := 0, 0, 0
	for _, task := range tasks {
		if task.Standing != workflow.Overdue || want == mostFirstTasks {
			continue
		}
		want++
		if !slices.Contains(firstTasks, task.Kind) {
			other++
		}
		if strings.Contains(board, task.Words) && strings.Contains(board, task.Reference) {
			seen++
		}
		if task.DueAt.Before(last) {
			t.Errorf("%s is due before what stands above it", task.Kind)
		}
		last = task.DueAt
	}
	if other == 0 || seen != want {
		t.Errorf("%d of %d overdue tasks stand above the board", seen, want)
	}
}

// A section that may stay empty does not keep a draft from being complete.
func TestOptionalSectionIsNotCounted(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	b := s.at("case_manager")
	path := b.begin()
	page := b.mustShow(path, "Optional.")
	rows, empty := strings.Count(page, `href="`+path+`/sections/`), strings.Count(page, "Optional.")
	if want := " of " + strconv.Itoa(rows-empty) + " sections complete"; !strings.Contains(page, want) {
		t.Errorf("the page does not say %q (%d sections, %d optional)", want, rows, empty)
	}
}
