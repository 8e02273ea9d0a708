package main

import (
	"strings"
	"testing"
)

// What failed, was skipped under CI, did not build, or was not there at all is
// never taken for success; what went well is.
func TestVerdict(t *testing.T) {
	const pass = `{"Action":"pass","Package":"p","Test":"TestGood"}` + "\n" + `{"Action":"pass","Package":"p","Elapsed":1.5}` + "\n"
	const skip = `{"Action":"output","Package":"p","Test":"TestLeft","Output":"    x.go:1: SKIPPED: no browser\n"}` + "\n" + `{"Action":"skip","Package":"p","Test":"TestLeft"}` + "\n"
	for name, c := range map[string]struct {
		in   string
		ci   bool
		good bool
		says string
	}{
		"nothing":       {"", false, false, "Nothing was tested"},
		"failure":       {pass + `{"Action":"output","Package":"p","Test":"TestBad","Output":"why\n"}` + "\n" + `{"Action":"fail","Package":"p","Test":"TestBad"}`, false, false, "why"},
		"panic":         {pass + `{"Action":"output","Package":"q","Test":"TestOpen","Output":"panic: x\n"}` + "\n" + `{"Action":"fail","Package":"q"}`, false, false, "TestOpen did not end"},
		"build":         {pass + `{"Action":"build-output","ImportPath":"q","Output":"q.go:1: broken\n"}` + "\n" + `{"Action":"fail","Package":"q"}`, false, false, "q.go:1: broken"},
		"skip under CI": {pass + skip, true, false, "no browser"},
		"skip":          {pass + skip, false, true, "SKIPPED p TestLeft: x.go:1: SKIPPED: no browser"},
		"success":       {pass, true, true, "1 passed, 0 failed, 0 skipped"},
		"other lines":   {"go: downloading x\n" + pass, true, true, "go: downloading x"},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			s := &tally{out: &out, output: map[unit][]string{}}
			if err := s.read(strings.NewReader(c.in)); err != nil {
				t.Fatal(err)
			}
			if good := s.close(c.ci); good != c.good {
				t.Errorf("the verdict is %t, want %t", good, c.good)
			}
			if !strings.Contains(out.String(), c.says) {
				t.Errorf("%q is missing in:\n%s", c.says, out.String())
			}
		})
	}
}

// The cause of a failure stands at the end again, so that it is read where a
// long log was cut; what the program under test logged stays out of it.
func TestCauseAtTheEnd(t *testing.T) {
	const bad = `{"Action":"output","Package":"p","Test":"TestBad","Output":"    x_test.go:7: following the button: no answer\n        at /referrals, where it says: Sorry\n"}` + "\n" +
		`{"Action":"output","Package":"p","Test":"TestBad","Output":"    program.go:9: the log:\n        time=1 level=INFO msg=request\n"}` + "\n" +
		`{"Action":"fail","Package":"p","Test":"TestBad"}` + "\n" + `{"Action":"pass","Package":"p","Test":"TestGood"}` + "\n"
	var out strings.Builder
	s := &tally{out: &out, output: map[unit][]string{}}
	if err := s.read(strings.NewReader(bad)); err != nil {
		t.Fatal(err)
	}
	s.close(false)
	_, end, _ := strings.Cut(out.String(), "FAILED p TestBad\n")
	for _, want := range []string{"x_test.go:7: following the button: no answer", "where it says: Sorry", "1 passed, 1 failed"} {
		if !strings.Contains(end, want) {
			t.Errorf("the end lacks %q:\n%s", want, end)
		}
	}
	if strings.Contains(end, "level=INFO") {
		t.Errorf("the end repeats the log:\n%s", end)
	}
}
