package metrics

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"nysreferral/jobs"
)

// Each rule for alarms asks for what is really told, and what to do for it stands
// in the operations under its name; nothing there is about an alarm that is not.
func TestAlertsAskForWhatIsTold(t *testing.T) {
	rules, err := os.ReadFile("../deploy/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	m := New(Build{}, Sources{Backlog: func(context.Context) (jobs.Backlog, error) { return jobs.Backlog{}, nil },
		Late: func(context.Context) (int, error) { return 0, nil }, Ready: func(context.Context) error { return nil },
		Pools: func() map[string]sql.DBStats { return map[string]sql.DBStats{"all": {}} }})
	m.Answered("GET", "/", 200, time.Second)
	told := shown(m)
	names := regexp.MustCompile(`(?m)alert: (\w+)$`).FindAllStringSubmatch(string(rules), -1)
	asks := regexp.MustCompile(`(?m)expr: (.+)$`).FindAllStringSubmatch(string(rules), -1)
	if len(names) < 10 || len(names) != len(asks) || strings.Count(string(rules), "summary: ") != len(names) || strings.Count(string(rules), "severity: ") != len(names) {
		t.Fatalf("%d rules, %d expressions", len(names), len(asks))
	}
	rows := regexp.MustCompile("(?m)^\\| `(Nysreferral\\w+)` \\|").FindAllStringSubmatch(string(doc), -1)
	if len(rows) != len(names) {
		t.Errorf("the operations tell of %d alarms, and there are %d", len(rows), len(names))
	}
	for _, name := range names {
		if !strings.Contains(string(doc), "| `"+name[1]+"` |") {
			t.Errorf("the operations do not say what to do for %s", name[1])
		}
	}
	for _, ask := range asks {
		metric := regexp.MustCompile(`\bnysreferral_\w+`).FindAllString(ask[1], -1)
		for _, name := range metric {
			if !strings.Contains(told, "\n"+name+" ") && !strings.Contains(told, "\n"+name+"{") {
				t.Errorf("nothing tells %s", name)
			}
		}
		if len(metric) == 0 && !strings.HasPrefix(ask[1], "up{") {
			t.Errorf("%s asks for nothing of ours", ask[1])
		}
	}
}
