package policy_test

import (
	"nysreferral/workflow"
)

// The agencies of the tests.
const (
	shelter  = 10 // refers
	dcjs     = 20
	otda     = 30
	provider = 40 // the hand-over at hand went there, for a person of RHTP
	office   = 42 // the same, for a local department
	others   = 70
)

// people are everybody of the tables, by what they are to the referral at hand.
// Account 1 of agency 10 wrote it.
var people = map[string]workflow.Actor{
	"author":                   {ID: 1, Agency: shelter, Duty: workflow.Referrer, Side: workflow.SideProvider},
	"lead":                     {ID: 2, Agency: shelter, Duty: workflow.Referrer, Side: workflow.SideProvider, Lead: true},
	"colleague":                {ID: 3, Agency: shelter, Duty: workflow.Referrer, Side: workflow.SideProvider},
	"referrer elsewhere":       {ID: 4, Agency: others, Duty: workflow.Referrer, Side: workflow.SidePolice, Lead: true},
	"author at another agency": {ID: 1, Agency: others, Duty: workflow.Referrer, Side: workflow.SideProvider, Lead: true},
	"misplaced referrer":       {ID: 1, Agency: shelter, Duty: workflow.Referrer, Side: workflow.SideAuditor, Lead: true},
	"coordinator":              {ID: 5, Agency: shelter, Duty: workflow.Coordinator, Side: workflow.SideProvider, Lead: true},

	"reviewer":                  {ID: 20, Agency: dcjs, Duty: workflow.Reviewer, Side: workflow.SideDCJS},
	"second reviewer":           {ID: 21, Agency: dcjs, Duty: workflow.Reviewer, Side: workflow.SideDCJS},
	"director":                  {ID: 22, Agency: dcjs, Duty: workflow.Director, Side: workflow.SideDCJS},
	"reviewer who stepped back": {ID: 23, Agency: dcjs, Duty: workflow.Reviewer, Side: workflow.SideDCJS},
	"director who stepped back": {ID: 24, Agency: dcjs, Duty: workflow.Director, Side: workflow.SideDCJS},
	"misplaced reviewer":        {ID: 25, Agency: shelter, Duty: workflow.Reviewer, Side: workflow.SideProvider},
	"misplaced director":        {ID: 26, Agency: otda, Duty: workflow.Director, Side: workflow.SideOTDA},

	// To them the referral at hand is one that their own agency wrote.
	"reviewer of the referring agency": {ID: 27, Agency: dcjs, Duty: workflow.Reviewer, Side: workflow.SideDCJS},
	"director of the referring agency": {ID: 28, Agency: dcjs, Duty: workflow.Director, Side: workflow.SideDCJS},

	"program":               {ID: 30, Agency: otda, Duty: workflow.Program, Side: workflow.SideOTDA},
	"program that keeps it": {ID: 31, Agency: otda, Duty: workflow.Program, Side: workflow.SideOTDA},

	"recipient":            {ID: 40, Agency: provider, Duty: workflow.Recipient, Side: workflow.SideRHTP},
	"district":             {ID: 41, Agency: office, Duty: workflow.Recipient, Side: workflow.SideLDSS},
	"recipient of another": {ID: 43, Agency: others + 1, Duty: workflow.Recipient, Side: workflow.SideRHTP},
	"district of another":  {ID: 44, Agency: others + 2, Duty: workflow.Recipient, Side: workflow.SideLDSS, Lead: true},
	"waiting recipient":    {ID: 45, Agency: 0, Duty: workflow.Recipient, Side: workflow.SideRHTP},

	"administrator": {ID: 50, Agency: 50, Duty: workflow.Administrator, Side: workflow.SideAdministration},
	"auditor":       {ID: 60, Agency: 60, Duty: workflow.Auditor, Side: workflow.SideAuditor},
	"nobody":        {},
}

// around are circumstances in which nothing stands in who's way: colleagues
// assessed, recommended, read second and stepped back, all consultations are on
// the record, and the hand-over at hand went to whoever who is.
func around(who string, do, at string) workflow.Circumstances {
	c := workflow.Circumstances{
		AgencyID: shelter, AuthorID: 1, AssignedID: 20,
		AssessedBy: []int{90}, RecommendedBy: 91, SecondBy: 92, DeclinedBy: []int{94}, DeclinedWith: []int{95}, Recused: []int{23, 24},
		ConsultedProgram: true, ConsultedReferrer: true, ConsultationOpen: true, HasElements: true, HasReason: true,
		Referral: workflow.Confirmed, Handovers: 2,
		RecipientID: provider, Handover: workflow.Accepted, Verified: true, Received: true, ReleaseAllows: true, ForPeople: true, Heeded: true, Attempts: 1, NotElsewhere: true,
	}
	switch who {
	case "reviewer of the referring agency", "director of the referring agency":
		c.AgencyID = dcjs
	case "district":
		c.RecipientID = office
	case "program that keeps it":
		c.RecipientID = otda
	}
	if do == "take" && at == "in_review" {
		c.AssignedID = 0
	}
	c.AppealOver = do == "close"
	return c
}

// conditions say how each thing that must hold is made not to hold for who.
var conditions = map[string]func(who workflow.Actor, c *workflow.Circumstances){
	"other_agency":        func(who workflow.Actor, c *workflow.Circumstances) { c.AgencyID = who.Agency },
	"in_office":           func(who workflow.Actor, c *workflow.Circumstances) { c.Recused = append(c.Recused, who.ID) },
	"no_colleague_holds":  func(_ workflow.Actor, c *workflow.Circumstances) { c.AssignedID = 90 },
	"grid":                func(_ workflow.Actor, c *workflow.Circumstances) { c.HasElements = false },
	"not_assessed":        func(who workflow.Actor, c *workflow.Circumstances) { c.AssessedBy = append(c.AssessedBy, who.ID) },
	"not_recommended":     func(who workflow.Actor, c *workflow.Circumstances) { c.RecommendedBy = who.ID },
	"not_declined_before": func(who workflow.Actor, c *workflow.Circumstances) { c.DeclinedBy = append(c.DeclinedBy, who.ID) },
	"not_seconded_before": func(who workflow.Actor, c *workflow.Circumstances) { c.DeclinedWith = append(c.DeclinedWith, who.ID) },
	"otda_consulted":      func(_ workflow.Actor, c *workflow.Circumstances) { c.ConsultedProgram = false },
	"referrer_consulted":  func(_ workflow.Actor, c *workflow.Circumstances) { c.ConsultedReferrer = false },
	"second_reader":       func(who workflow.Actor, c *workflow.Circumstances) { c.SecondBy = who.ID },
	"not_contested":       func(_ workflow.Actor, c *workflow.Circumstances) { c.DisagreedBy = 93 },
	"reason":              func(_ workflow.Actor, c *workflow.Circumstances) { c.HasReason = false },
	"appeal_open":         func(_ workflow.Actor, c *workflow.Circumstances) { c.AppealOver = true },
	"appeal_over":         func(_ workflow.Actor, c *workflow.Circumstances) { c.AppealOver = false },
	"handed_over":         func(_ workflow.Actor, c *workflow.Circumstances) { c.OpenHandovers = 1 },
	"otda_asked":          func(_ workflow.Actor, c *workflow.Circumstances) { c.ConsultationOpen = false },
	"somebody_out":        func(_ workflow.Actor, c *workflow.Circumstances) { c.Recused = nil },
}

// handoverConditions are those of a hand-over.
var handoverConditions = map[string]func(c *workflow.Circumstances){
	"confirmed":        func(c *workflow.Circumstances) { c.Referral = workflow.Withdrawn },
	"verified":         func(c *workflow.Circumstances) { c.Verified = false },
	"received":         func(c *workflow.Circumstances) { c.Received = false },
	"release":          func(c *workflow.Circumstances) { c.ReleaseAllows = false },
	"not_excluded":     func(c *workflow.Circumstances) { c.Excluded = true },
	"for_people":       func(c *workflow.Circumstances) { c.ForPeople = false },
	"heeded":           func(c *workflow.Circumstances) { c.Heeded = false },
	"reason":           func(c *workflow.Circumstances) { c.HasReason = false },
	"tried":            func(c *workflow.Circumstances) { c.Attempts = 0 },
	"not_asked_yet":    func(c *workflow.Circumstances) { c.BringAsked = true },
	"nobody_waits":     func(c *workflow.Circumstances) { c.Waits = true },
	"handed_over_once": func(c *workflow.Circumstances) { c.NotElsewhere, c.HasReason = false, false },
}
