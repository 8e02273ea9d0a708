package workflow

// Proposal is where the rules would hand a confirmed person over, and why. It
// decides nothing: OTDA confirms it, or overrides it with a reason.
type Proposal struct {
	Rule       string             // key of the rule that decided
	Version    string             // RoutesVersion
	Handovers  []ProposedHandover // never empty; the first is the primary one
	Notes      []string           // what to bear in mind
	Considered []RuleTry          // every rule in order, and why it did or did not hold
}

// ProposedHandover is one proposed hand-over.
type ProposedHandover struct {
	Rule         string      // key of the rule
	Kind         Kind        // to what sort of agency
	County       string      // code of the county whose district or provider is meant; empty for OTDA
	Contact      ContactKind // which contact point
	Primary      bool        // the other ones are optional
	Reason       string      // shown to OTDA
	NotPermitted string      // why it must not be sent; empty: the release permits it
	Clock        ClockKey    // what runs once it is sent, or kept
}

// Sendable says whether the release permits the hand-over. The contact point
// must be verified too, see ContactVerified.
func (p ProposedHandover) Sendable() bool { return p.NotPermitted == "" }

// RuleTry is one rule as it was tried.
type RuleTry struct {
	Key     string
	Matched bool
	Why     string
}

// Route proposes hand-overs from the facts. It always proposes at least one,
// is the same for the same facts, and marks what the release does not permit.
//
// Law: SSL 483-bb, 483-cc(b); 28 CFR 94.115.
func Route(f Facts) Proposal {
	p := Proposal{Version: RoutesVersion}
	var by Destination
	for _, d := range Destinations {
		try := RuleTry{Key: d.Key, Why: "Does not hold: " + d.If + "."}
		switch {
		case d.Effect == Decides && p.Rule != "":
			try.Why = "Not asked: " + p.Rule + " came first."
		case d.When(f):
			try.Matched, try.Why = true, d.If+"."
		}
		p.Considered = append(p.Considered, try)
		if !try.Matched {
			continue
		}
		if d.Effect == Decides {
			p.Rule, by = d.Key, d
		} else {
			p.Notes = append(p.Notes, d.Reason)
		}
		p.Notes = append(p.Notes, d.Notes...)
	}
	p.Handovers = append([]ProposedHandover{primary(by, f)}, secondary(by, f)...)
	p.Notes = append(p.Notes, remarks(p, f)...)
	return p
}

// primary is the hand-over that the deciding rule asks for. Where no county is
// known, OTDA keeps it.
func primary(by Destination, f Facts) ProposedHandover {
	p := ProposedHandover{Rule: by.Key, Kind: by.Kind, Contact: by.Contact, Primary: true, Reason: by.Reason, Clock: ClockAcceptance}
	p.County = first(f, by.Where)
	if p.Kind != KindOTDA && p.County == "" {
		p.Kind, p.Contact = KindOTDA, ContactNone
		p.Reason += " No county is known: OTDA's desk for the region finds it."
	}
	if p.Kind == KindOTDA {
		p.Clock = ClockOwn
	}
	p.NotPermitted = notPermitted(p.Kind, f.Scope)
	return p
}

// secondary is the provider beside the district, where the rule has one.
func secondary(by Destination, f Facts) []ProposedHandover {
	if by.Beside == NoneBeside || by.Beside == BesideIfNeed && !f.NeedsUncovered || f.WantsOnly == KindLDSS {
		return nil
	}
	at := first(f, providerNear)
	if at == "" {
		return nil
	}
	reason := "A provider may help beside the district, if the person wishes."
	if f.NeedsUncovered {
		reason = "The person needs a safe house, legal help or case management, which a provider may cover beside the district."
	}
	return []ProposedHandover{{
		Rule: by.Key, Kind: KindRHTP, County: at, Contact: ContactRHTP, Reason: reason,
		NotPermitted: notPermitted(KindRHTP, f.Scope), Clock: ClockAcceptance,
	}}
}

// notPermitted says why a hand-over of that kind must not be sent, or "".
func notPermitted(kind Kind, scope Scope) string {
	switch {
	case scope.allows(kind):
		return ""
	case kind == KindRHTP:
		return "Sending to a provider of the Response to Human Trafficking Program is not permitted by the release."
	}
	return "Sending to a local department of social services is not permitted by the release."
}

// first returns the first county that is known.
func first(f Facts, list []Where) string {
	for _, w := range list {
		if c := f.County(w); c != "" {
			return c
		}
	}
	return ""
}

// remark is a note that depends on more than one rule.
type remark struct {
	when func(p Proposal, f Facts) bool
	say  string
}

// allRemarks is every such note.
var allRemarks = []remark{
	{
		func(_ Proposal, f Facts) bool { return f.Minor.Handled() },
		"The notice about a minor goes out on receipt, whatever becomes of this.",
	},
	{
		func(_ Proposal, f Facts) bool {
			return needsHHS(Receipt{Minor: f.Minor, Immigration: f.Immigration}) && !f.HHSLetter
		},
		"A minor who may be a foreign national: see that the request to HHS was made.",
	},
	{
		func(p Proposal, _ Facts) bool {
			return p.Handovers[0].Contact == ContactChild && inCity(p.Handovers[0].County)
		},
		"In New York City the Administration for Children's Services takes children, the Human Resources Administration benefits.",
	},
	{
		func(p Proposal, _ Facts) bool { return !p.Handovers[0].Sendable() },
		"Obtain the person's consent to this recipient; until then the hand-over stays proposed.",
	},
	{
		func(p Proposal, f Facts) bool {
			k := p.Handovers[0].Kind
			return f.WantsOnly != "" && k != KindOTDA && k != f.WantsOnly
		},
		"The person wishes contact from another kind of agency: ask before sending.",
	},
}

// remarks collects the notes that hold.
func remarks(p Proposal, f Facts) []string {
	var out []string
	for _, r := range allRemarks {
		if r.when(p, f) {
			out = append(out, r.say)
		}
	}
	return out
}

// Reworded returns the proposal with the State's own words in place of the
// table's reasons, by key of the rule. Optional hand-overs keep theirs.
func (p Proposal) Reworded(reasons map[string]string) Proposal {
	list := make([]ProposedHandover, len(p.Handovers))
	copy(list, p.Handovers)
	for i, h := range list {
		if say := reasons[h.Rule]; h.Primary && say != "" {
			list[i].Reason = say
		}
	}
	p.Handovers = list
	return p
}
