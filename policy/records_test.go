package policy_test

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/workflow"
)

// records reads the table of what is done to records: by person, what and status,
// the acts.
func records(t *testing.T) map[string]map[string][]string {
	t.Helper()
	out := map[string]map[string][]string{}
	for _, b := range blocks(t, "records.txt") {
		acts := map[string][]string{}
		for _, line := range b.lines {
			words := strings.Fields(line)
			acts[words[0]+" "+words[1]] = words[2:]
		}
		for _, who := range b.names {
			out[who] = acts
		}
	}
	return out
}

// recordRoads are what the table is about: whether somebody may do an act at a status.
var recordRoads = map[string]struct {
	stands []string
	acts   []workflow.Action
	may    func(who workflow.Actor, do workflow.Action, at string, c workflow.Circumstances) error
}{
	"hold": {words(workflow.HoldStatuses()), workflow.HoldActions(), func(who workflow.Actor, do workflow.Action, at string, c workflow.Circumstances) error {
		_, err := workflow.NextHold(who, do, workflow.HoldStatus(at), c)
		return err
	}},
	"disposal": {words(workflow.DisposalStatuses()), workflow.DisposalActions(), func(who workflow.Actor, do workflow.Action, at string, c workflow.Circumstances) error {
		_, err := workflow.NextDisposal(who, do, workflow.DisposalStatus(at), c)
		return err
	}},
	"disclosure": {words(workflow.DisclosureStatuses()), workflow.DisclosureActions(), func(who workflow.Actor, do workflow.Action, at string, c workflow.Circumstances) error {
		_, err := workflow.NextDisclosure(who, do, workflow.DisclosureStatus(at), c)
		return err
	}},
}

func words[S ~string](list []S) []string {
	out := []string{"none", "lost"}
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

// seconded are the acts of which one person alone never does both: who asked, or
// had a hand in it, is refused.
var seconded = map[string]string{"hold": "release", "disposal": "approve", "disclosure": "approve"}

// reasoned are the acts that nobody does without saying why.
var reasoned = []string{"hold place", "hold ask_release", "hold keep", "hold release", "disposal refuse", "disclosure prepare", "disclosure send_back", "disclosure cancel"}

// Everybody may do to holds, batches and disclosures what the table says and
// nothing else, at whatever status; nobody is the second person to the own act,
// nor to one of which nobody is the first; and what needs a reason is refused
// without.
func TestRecords(t *testing.T) {
	table := records(t)
	for name, who := range people {
		for what, road := range recordRoads {
			for _, at := range road.stands {
				for _, do := range append(slices.Clone(road.acts), "nonsense") {
					c := around(name, "", "")
					c.Firsts = []int{90}
					err := road.may(who, do, zero(at), c)
					want := slices.Contains(table[name][what+" "+at], string(do))
					held(t, (err == nil) == want, "%s does %s to a %s at %s: %v, want permitted %v", name, do, what, at, err, want)
					if !want {
						continue
					}
					for _, firsts := range [][]int{nil, {0}, {who.ID}, {90, who.ID}} {
						c.Firsts = firsts
						err := road.may(who, do, zero(at), c)
						held(t, (err != nil) == (seconded[what] == string(do)), "%s does %s to a %s after %v: %v", name, do, what, firsts, err)
					}
					c.Firsts, c.HasReason = []int{90}, false
					err = road.may(who, do, zero(at), c)
					held(t, (err != nil) == slices.Contains(reasoned, what+" "+string(do)), "%s does %s to a %s without a reason: %v", name, do, what, err)
				}
			}
		}
	}
}
