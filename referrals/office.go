package referrals

import (
	"context"

	"nysreferral/directory"
	"nysreferral/forms"
	"nysreferral/workflow"
)

// officeFor says which local department a task about a child is about, "" for a
// task that is about none. It stands in the task itself: a duty towards a child
// outlasts a withdrawal, and then OTDA reads no answer any more.
//
// Law: SSL 483-cc(b) (the county where the child was found); P.L. 113-183 (the
// department that has the child in care).
func officeFor(kind string, r *forms.Referral) string {
	found := departmentOf(r.CountyFound)
	switch {
	case kind == workflow.TaskMissing && r.Custody == "yes" && departmentOf(r.CustodyOf) != "":
		return "The child is in the care of " + departmentOf(r.CustodyOf) + "."
	case kind == workflow.TaskMissing && found != "":
		return "The referral does not say which department that is; the child was found where this one is: " + found + "."
	case kind == workflow.TaskMissing:
		return "The referral does not say which department that is, nor in which county the child was found."
	case kind != workflow.TaskPolice && kind != minorCheck:
		return ""
	case found != "":
		return "That is " + found + "."
	}
	return "The referral does not say in which county of New York the child was found."
}

// departmentOf is the local department of a county, "" when the answer is no
// county of New York.
func departmentOf(county forms.County) string {
	d, ok := directory.DistrictOf(string(county))
	if !ok {
		return ""
	}
	return d.Name
}

// keepOffices has the open tasks about a child name the department that the
// answers mean now, and tells OTDA when it is another one.
func (x *act) keepOffices(ctx context.Context) error {
	other := false
	for _, kind := range []string{minorCheck, workflow.TaskPolice, workflow.TaskMissing} {
		if err := x.f.readTasks(ctx, x.tx); err != nil {
			return err
		}
		open, say := x.f.openTask(0, kind), officeFor(kind, x.f.answers)
		if open == nil || open.about.Say == say {
			continue
		}
		if err := x.s.reword(ctx, x.tx, x.f, open, say); err != nil {
			return err
		}
		other = true
	}
	if !other {
		return nil
	}
	return x.mail(ctx, Mail{Duty: workflow.Program, What: MailChanged})
}
