package workflow

// LookRule is one way in which who looked at a referral is told, and who it is
// told to.
type LookRule struct {
	Way    string
	Duties []Duty
	Law    string
}

// The ways in which it is told who looked at a referral.
const (
	LooksRead  = "read"
	LooksCarry = "carry_off"
)

const lawLooks = "34 USC 12291(b)(2); Public Officers Law 94(3), accounting of what is disclosed (recalled, not verified)"

// Looks is who learns which offices looked at a referral. What is not listed is
// refused. Who wrote it reads that on a page, as the State does; as a file it is
// carried off by those who answer demands from outside, and can tell the person.
//
// Law: 34 USC 12291(b)(2); Public Officers Law 94(3) (recalled, not verified).
var Looks = []LookRule{
	{LooksRead, []Duty{Referrer, Reviewer, Director, Program}, lawLooks},
	{LooksCarry, reviews, lawLooks},
}

// ToldLooks says whether who is told in that way which offices looked at a
// referral that who sees.
func ToldLooks(who Actor, way string) bool {
	for _, r := range Looks {
		if r.Way == way {
			return able(who) && among(who.Duty, r.Duties)
		}
	}
	return false
}
