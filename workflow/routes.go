package workflow

// RoutesVersion is stamped on every proposal, so that it can be told later by
// which rules it was made. It changes with the table below.
const RoutesVersion = "2026-01"

// Effect is what a rule of routing does.
type Effect string

// The effects.
const (
	Decides Effect = "decides where to" // the first of these that holds is the answer
	Moves   Effect = "changes county or contact"
	Chooses Effect = "changes the recipient" // done by Rank
)

// Beside says whether a rule also proposes a provider beside the district.
type Beside string

// The answers.
const (
	NoneBeside   Beside = ""
	BesideIfNeed Beside = "provider too, if the district does not cover a need"
	BesideAsWell Beside = "provider too, if the person wishes"
)

// A Destination is one rule of routing. The first rule that decides, in the
// order of Destinations, is the answer; the others change it.
type Destination struct {
	Key     string
	Effect  Effect
	If      string             // the condition in words
	When    func(f Facts) bool // the same condition
	Kind    Kind               // to what sort of agency; empty where the rule does not decide
	Contact ContactKind
	Where   []Where // the county: the first of these that is known
	Beside  Beside
	Reason  string   // shown with the proposal; promises no benefit
	Notes   []string // shown beside it
	Law     string
}

// Where a district and where a provider is looked for.
var (
	districtOfChild = []Where{Found, Resides, Facility}
	districtOfAdult = []Where{Resides, Facility, Found}
	providerNear    = []Where{Wishes, Resides, Facility, Found}
)

// Destinations is every rule of routing, in the order in which they are asked.
// OTDA confirms a proposal or overrides it with a reason.
//
// Law: SSL 483-bb, 483-cc(b), 447-b; 28 CFR 94.115.
var Destinations = []Destination{
	{
		Key: "R0", Effect: Decides, If: "Consent was withdrawn, or the person wants no contact",
		When: func(f Facts) bool { return f.ConsentWithdrawn || f.WantsNone },
		Kind: KindOTDA, Reason: "The program is voluntary: nobody is told. OTDA keeps this and looks again.",
		Notes: []string{"The person gets the notice and a sheet of contacts, by the channel that is safe."},
		Law:   lawVoluntary,
	},
	{
		Key: "R2", Effect: Decides, If: "A minor in the custody of another district than the one where found",
		When: func(f Facts) bool {
			in := f.County(Custody)
			return f.Minor.Handled() && in != "" && !sameDistrict(in, f.County(Found))
		},
		Kind: KindLDSS, Contact: ContactChild, Where: []Where{Custody},
		Reason: "The child is in this district's custody, and custody decides.",
		Notes:  []string{"The district of the county where the child was found is told as well."},
		Law:    "SSL 483-cc(b), 447-b",
	},
	{
		Key: "R1", Effect: Decides, If: "A minor, or not known to be an adult",
		When: func(f Facts) bool { return f.Minor.Handled() },
		Kind: KindLDSS, Contact: ContactChild, Where: districtOfChild, Beside: BesideAsWell,
		Reason: "The person is under 18, or may be: the district of the county where the child was found looks after children.",
		Notes:  []string{"Name the district's Safe Harbour contact."},
		Law:    "SSL 483-cc(b), 447-b",
	},
	{
		Key: "R7", Effect: Decides, If: "An adult who lives outside of New York",
		When: Facts.abroad,
		Kind: KindOTDA, Reason: "The person lives outside of New York: OTDA finds help there.",
		Notes: []string{"National Human Trafficking Hotline 1-888-373-7888, and HHS's assistance program for trafficking victims."},
		Law:   "SSL 483-bb: services in New York",
	},
	{
		Key: "R3", Effect: Decides, If: "An adult, U.S. citizen or national, without a T visa or letter of HHS",
		When: func(f Facts) bool { return f.Immigration == Citizen && !f.federal() },
		Kind: KindLDSS, Contact: ContactAdult, Where: districtOfAdult, Beside: BesideIfNeed,
		Reason: "A U.S. citizen or national may apply to the district where the person lives. The district decides.",
		Law:    "SSL 483-bb; State Comptroller, March 2025",
	},
	{
		Key: "R4", Effect: Decides, If: "An adult with a granted T visa, a letter of HHS, or a status that likely allows public benefits",
		When: func(f Facts) bool { return f.federal() || f.Immigration == Qualified },
		Kind: KindLDSS, Contact: ContactAdult, Where: districtOfAdult, Beside: BesideAsWell,
		Reason: "With this status the person may apply to the district where the person lives. The district decides.",
		Law:    "SSL 122; 8 USC 1641; 22 USC 7105(b)",
	},
	{
		Key: "R5", Effect: Decides, If: "An adult of other, pending or no status",
		When: func(f Facts) bool { return f.Immigration == OtherStatus },
		Kind: KindRHTP, Contact: ContactRHTP, Where: providerNear,
		Reason: "The Response to Human Trafficking Program is for people who may not get other public help.",
		Notes:  []string{"The district can be asked for what the status permits, such as care in an emergency."},
		Law:    "SSL 483-bb(b)",
	},
	{
		Key: "R6", Effect: Decides, If: "An adult whose status is unknown or not told",
		When: func(Facts) bool { return true },
		Kind: KindRHTP, Contact: ContactRHTP, Where: providerNear,
		Reason: "The status is not known, and nobody asks again: a provider can begin at once and finds out what fits.",
		Notes:  []string{"OTDA looks at this one itself before sending."},
		Law:    "procedure; awaits OTDA's word",
	},
	{
		Key: "R8", Effect: Moves, If: "The county where the person lives is unknown, or the person is homeless",
		When: func(f Facts) bool { return f.County(Resides) == "" && !f.abroad() },
		Reason: "The county where the person lives is not known: the county where the person was found stands in for it, " +
			"and where that is not known either, OTDA's desk for the region.",
		Law: "procedure",
	},
	{
		Key: "R9", Effect: Moves, If: "A member of a tribal nation, or on its territory",
		When:   func(f Facts) bool { return f.Tribal },
		Reason: "The person may wish the tribal nation's own program instead of the district: ask, and send where the person wishes.",
		Notes:  []string{"For a child the Indian Child Welfare Act applies.", "For Saint Regis Mohawk territory the districts are Franklin and St. Lawrence."},
		Law:    "25 USC 1901 and following",
	},
	{
		Key: "R10", Effect: Moves, If: "In jail, prison, detention or hospital",
		When:   func(f Facts) bool { return f.Facility || f.County(Facility) != "" },
		Reason: "The person is in a facility: contact goes through its safe channel or the person's attorney, never by its open mail or phone.",
		Law:    "procedure",
	},
	{
		Key: "R11", Effect: Chooses, If: "The person named places not to be referred to, or it would not be safe",
		When:   func(f Facts) bool { return len(f.DoNotRefer) > 0 || f.SafetyConflict },
		Reason: "Some recipients are left out for safety. Read the person's own words before sending.",
		Law:    lawVoluntary,
	},
	{
		Key: "R12", Effect: Chooses, If: "A recipient gave it back, had no room or did not answer",
		When:   func(f Facts) bool { return len(f.Tried) > 0 },
		Reason: "A recipient could not help: the next in the list is proposed, and OTDA is told.",
		Law:    lawFollowUp,
	},
}
