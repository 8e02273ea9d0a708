package workflow

// Await is one line of the table of what somebody has to do and cannot do yet:
// while the referral stands there, the task waits for somebody else.
type Await struct {
	Task string
	At   []Status
	For  string // whom it waits for, and what for
}

// Awaits is every task that can wait for somebody else by the status of its
// referral. What is not listed can be done.
var Awaits = []Await{
	{TaskNotice, []Status{Submitted, InReview, Asked}, "DCJS, which decides first"},
	{TaskDetermination, []Status{Asked}, "the referrer, who was asked; its time goes on"},
}

// AwaitedBy says for whom a task waits while its referral stands at a status, ""
// where it can be done.
func AwaitedBy(kind string, at Status) string {
	for _, a := range Awaits {
		if a.Task == kind && among(at, a.At) {
			return a.For
		}
	}
	return ""
}
