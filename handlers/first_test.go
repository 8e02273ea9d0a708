package handlers

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"nysreferral/demo"
	"nysreferral/forms"
	"nysreferral/referrals"
	"nysreferral/store/storetest"
	"nysreferral/workflow"
)

// What is overdue stands above OTDA's board whatever its kind, and what
// stands there comes by when it is due, behind what is never cut.
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
		if task.Standing != workflow.Overdue || slices.Contains(neverCut, task.Kind) || want == mostFirstTasks {
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

// A task about somebody whom nobody has, or who may be in danger, stands above the
// board however late it is due and however many others there are, and before them.
// How many were cut is said, by number.
func TestNobodyIsCutFromTheBoard(t *testing.T) {
	var all []referrals.Task
	for range mostFirstTasks + 3 {
		all = append(all, referrals.Task{Kind: "shelter", Standing: workflow.Overdue})
	}
	kinds := []string{workflow.TaskUnsafe, workflow.TaskWrapUp, workflow.TaskTakenBack, workflow.TaskSaidNo}
	for range mostFirstTasks {
		for _, kind := range kinds {
			all = append(all, referrals.Task{Kind: kind, Standing: workflow.Runs})
		}
	}
	got, cut := tasksFirst(all)
	if want := mostFirstTasks * len(kinds); cut != 3 || len(got) != want+mostFirstTasks {
		t.Fatalf("%d tasks stand there, and %d are cut", len(got), cut)
	}
	for i, task := range got {
		if never := i < mostFirstTasks*len(kinds); never != slices.Contains(kinds, task.Kind) {
			t.Fatalf("%s stands at place %d", task.Kind, i)
		}
	}
	if _, cut := tasksFirst(all[:mostFirstTasks]); cut != 0 {
		t.Errorf("nothing is cut, and %d are said to be", cut)
	}
}

// On the page itself a person with no open hand-over stands first, behind more tasks
// than are shown that are due sooner, with a link to those that were cut.
func TestBoardSaysWhatIsCut(t *testing.T) {
	s := newStage(t, storetest.SQLite(t))
	for range mostFirstTasks + 2 {
		s.send(4)
	}
	ref := s.send(1, append(append([]demo.Step{}, demo.ToDecision...), demo.Confirm,
		demo.Step{Who: "program", Do: workflow.Close, N: 1, Deed: func(d *forms.Deed) { d.CloseReason, d.Reason = "other", "Nobody is there." }})...)
	board := s.at("program").mustShow(boardPath, "Every hand-over has ended", " more</a>")
	_, board, _ = strings.Cut(board, `id="tasks-title"`)
	line, _, _ := strings.Cut(board, "</li>")
	if !strings.Contains(line, "Every hand-over has ended") || !strings.Contains(line, ref) {
		t.Errorf("first stands %s", line)
	}
}
