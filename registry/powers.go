package registry

import (
	"slices"

	"nysreferral/fault"
	"nysreferral/workflow"
)

// Act is something that a method of Service does. The words stand in the log
// and never change.
type Act string

// The acts.
const (
	ListAgencies   Act = "list_agencies"
	SaveAgency     Act = "save_agency"
	ListAccounts   Act = "list_accounts"
	AddAccount     Act = "add_account"
	DisableAccount Act = "disable_account"
	EnableAccount  Act = "enable_account"
	UnlockAccount  Act = "unlock_account"
	SetLead        Act = "set_lead"
	InviteAccount  Act = "invite_account"
	ApproveInvite  Act = "approve_invitation"
	AttestAccount  Act = "attest_account"
	EndSessions    Act = "end_sessions"
	ListContacts   Act = "list_contacts"
	OpenContact    Act = "open_contact"
	SaveContact    Act = "save_contact"
	VerifyContact  Act = "verify_contact"
	AskVerify      Act = "ask_verification"
	EndContact     Act = "end_contact"
	PreviewImport  Act = "preview_import"
	ImportContacts Act = "import_contacts"
	ExportContacts Act = "export_contacts"
	SeedDirectory  Act = "seed_directory"
	ReadHolidays   Act = "read_holidays"
	SaveHolidays   Act = "save_holidays"
	ReadClocks     Act = "read_clocks"
	SetClock       Act = "set_clock"
	SetFolder      Act = "set_folder"
	SearchLog      Act = "search_log"
	VerifyLog      Act = "verify_log"
	ReadHeads      Act = "read_checkpoints"
	ReportAccess   Act = "report_access"
	ReviewLog      Act = "review_log"
	SignReview     Act = "sign_review"
)

// Power says which duties may do an act. No duty: only a command on the
// machine itself does it.
type Power struct {
	Do     Act
	Duties []workflow.Duty
	Own    bool   // a coordinator only within the own agency, which looks at others as absent
	Law    string // what the rule stands on
}

var (
	runs     = []workflow.Duty{workflow.Administrator}
	people   = []workflow.Duty{workflow.Coordinator, workflow.Administrator}
	lines    = []workflow.Duty{workflow.Administrator, workflow.Program}
	auditors = []workflow.Duty{workflow.Auditor}
)

// Powers is every act of this package and who may do it. What is not listed
// is refused.
//
// Law: the register of designated providers, SSL 483-cc(a) and 9 NYCRR 6174.2;
// whom OTDA hands over to, SSL 483-cc(b).
var Powers = []Power{
	{Do: ListAgencies, Duties: runs, Law: "9 NYCRR 6174.2"},
	{Do: SaveAgency, Duties: runs, Law: "9 NYCRR 6174.2"},
	{Do: ListAccounts, Duties: people, Own: true},
	{Do: AddAccount, Duties: people, Own: true},
	{Do: DisableAccount, Duties: people, Own: true},
	{Do: EnableAccount, Duties: people, Own: true},
	{Do: UnlockAccount, Duties: people, Own: true},
	{Do: InviteAccount, Duties: people, Own: true},
	{Do: ApproveInvite, Duties: people, Own: true},
	{Do: AttestAccount, Duties: people, Own: true},
	{Do: EndSessions, Duties: people, Own: true},
	{Do: SetLead, Duties: []workflow.Duty{workflow.Coordinator}, Own: true},
	{Do: ListContacts, Duties: lines, Law: "SSL 483-cc(b)"},
	{Do: OpenContact, Duties: lines, Law: "SSL 483-cc(b)"},
	{Do: SaveContact, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: VerifyContact, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: AskVerify, Duties: []workflow.Duty{workflow.Program}, Law: "SSL 483-cc(b)"},
	{Do: EndContact, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: PreviewImport, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: ImportContacts, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: ExportContacts, Duties: runs, Law: "SSL 483-cc(b)"},
	{Do: SeedDirectory},
	{Do: ReadHolidays, Duties: runs, Law: "General Construction Law 24"},
	{Do: SaveHolidays, Duties: runs, Law: "General Construction Law 24"},
	{Do: ReadClocks, Duties: runs, Law: "9 NYCRR 6174.3"},
	{Do: SetClock, Duties: runs, Law: "9 NYCRR 6174.3"},
	{Do: SetFolder},
	{Do: SearchLog, Duties: auditors},
	{Do: VerifyLog, Duties: auditors},
	{Do: ReadHeads, Duties: auditors},
	{Do: ReportAccess, Duties: auditors},
	{Do: ReviewLog, Duties: auditors, Law: "CJIS Security Policy v6.0, AU-6"},
	{Do: SignReview, Duties: auditors, Law: "CJIS Security Policy v6.0, AU-6"},
}

// powerOf returns the line of an act, an empty one when there is none.
func powerOf(act Act) Power {
	at := slices.IndexFunc(Powers, func(p Power) bool { return p.Do == act })
	if at < 0 {
		return Power{}
	}
	return Powers[at]
}

// may returns why who cannot do act, nil when who can.
func may(who workflow.Actor, act Act) *fault.Error {
	switch {
	case who.ID == 0 || who.Agency == 0:
		return fault.New(fault.Unauthorized, "Sign in first.")
	case !workflow.Fits(who.Duty, who.Side) || !slices.Contains(powerOf(act).Duties, who.Duty):
		return fault.New(fault.Forbidden, "This is done by another duty than yours. Ask a colleague who has it.")
	}
	return nil
}

// within says whether who reaches an agency by act: a coordinator only the own
// one where the act is Own.
func within(who workflow.Actor, act Act, agency int) bool {
	return who.Duty != workflow.Coordinator || !powerOf(act).Own || who.Agency == agency
}

// Grant says which duties somebody may give to an account, and take away.
type Grant struct {
	By    workflow.Duty
	Gives []workflow.Duty
}

// Grants is who gives which duty. An agency's coordinator gives every duty of
// the own agency. An administrator begins an agency by giving it a coordinator
// and gives no duty that reads a referral, so that nobody who runs the program
// can open one through an account made for it. The duty must fit the agency's
// side as well (workflow.Posts).
var Grants = []Grant{
	{workflow.Coordinator, []workflow.Duty{workflow.Referrer, workflow.Coordinator, workflow.Reviewer, workflow.Director,
		workflow.Program, workflow.Recipient, workflow.Auditor}},
	{workflow.Administrator, []workflow.Duty{workflow.Coordinator, workflow.Administrator}},
}

// Gives lists the duties that who may give to an account at side, in the order
// of workflow.Duties.
func Gives(who workflow.Actor, side workflow.Side) []workflow.Duty {
	var out []workflow.Duty
	for _, g := range Grants {
		for _, d := range workflow.Duties() {
			if g.By == who.Duty && slices.Contains(g.Gives, d) && workflow.Fits(d, side) {
				out = append(out, d)
			}
		}
	}
	return out
}
