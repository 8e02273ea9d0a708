package handlers

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"nysreferral/forms"
	"nysreferral/registry"
	"nysreferral/reports"
	"nysreferral/web"
	"nysreferral/workflow"
)

// didWords are the words of the log for what was done, as people read them. They
// never leave the log itself: a line keeps its own word, and a search takes it.
var didWords = map[string]string{
	// A referral.
	"read": "Opened a referral", "reveal": "Asked to see a masked answer", "list": "Looked at a list of referrals", "looks": "Read who looked at a referral",
	"take_looks": "Took the list of who looked as a file", "paper": "Made a PDF", "print": "Printed", "export": "Exported", "file": "Opened a file that was added",
	"attach": "Added a file", "detach": "Took a file out of a draft", "foresee": "Looked at letters before deciding", "search": "Searched for a person",
	"save": "Saved a draft", "submit": "Sent a referral", "submit_again": "Sent the same again", "discard": "Discarded a draft", "take": "Took a referral on", "hand_back": "Gave a referral back to the queue",
	"ask": "Asked the referrer", "answer": "Answered a question", "add": "Added facts", "consult": "Recorded a consultation", "assess": "Assessed the elements", "recommend": "Recommended an outcome",
	"second": "Agreed as second reader", "disagree": "Disagreed as second reader", "confirm": "Confirmed", "decline": "Declined", "extend": "Extended the time", "reconsider": "Looked at it again, on new facts",
	"appeal": "Appealed", "withdraw": "Withdrew a referral", "close": "Closed a referral", "note": "Wrote an internal note", "recuse": "Stepped back from a referral", "exclude": "Excluded a colleague",
	"readmit": "Readmitted a colleague", "notify": "Sent the notice about a minor", "stopped": "Said that it stopped", "acknowledge": "Acknowledged a notice",
	// Lists and boards.
	"board": "Looked at the board", "inbox": "Looked at the inbox", "tasks": "Looked at the own tasks", "watched": "Looked at the tasks of others", "letters": "Looked at letters", "compare": "Compared two referrals",
	"report": "Read a report", "task_done": "Marked a task done", "paper_held": "Said that a paper is held", "report_settled": "Said what came of a report to the register",
	"read_retention": "Looked at what is over", "read_holds": "Looked at legal holds", "read_disposal": "Looked at a list of what is destroyed", "read_certificate": "Took a certificate of destruction",
	"read_disclosures": "Looked at demands from outside", "read_disclosure": "Looked at what is to be given to somebody outside", "disclose": "Gave an answer to somebody outside", "take_package": "Took the package for somebody outside",
	"check_letter": "Checked a letter",
	// What the program does.
	"ladder": "Something was overdue", "alarm": "A clock ran out", "sweep": "Looked for a person with nothing next", "draw_packet": "Drew a packet", "draw_letter": "Drew a letter", "keep_paper": "Kept a paper",
	"find_pairs": "Looked for earlier referrals", "forget_pairs": "Forgot what referrals were found by", "pair_index": "Wrote what a referral is found by", "sweep_pairs": "Cleared what referrals are found by",
	"scan": "Scanned a file", "shred": "Destroyed a key", "shred_again": "Destroyed a key again", "rotate_key": "Changed the key", "adopt_key": "Took up a key", "retire_key": "Ended a key",
	"rewrap_keys": "Wrapped keys anew", "program_start": "The program started", "program_stop": "The program stopped", "clock_step": "The clock of the machine was moved", "try_log": "Tried whether the log takes a line",
	// Signing in.
	"sign_in": "Signed in", "sign_out": "Signed out", "prove": "Proved anew who it is", "lock_screen": "Locked the screen", "unlock_screen": "Unlocked the screen", "set_password": "Set a password",
	"renew_password": "Renewed the own password", "add_factor": "Added a second factor", "remove_factor": "Removed a second factor", "new_recovery_codes": "Took new recovery codes", "see_own_sign_in": "Looked at the own sign-in",
	"end_own_session": "Signed another place out", "end_oldest_session": "The oldest session ended", "acknowledge_notice": "Agreed to the notice of use", "redeem_invitation": "Used an invitation",
	"new_token": "Made a token", "revoke_token": "Took a token back", "bearer": "Called with a token", "retire_account": "An unused account was switched off", "password_spray": "One password was tried at many accounts",
	// Keeping the registers.
	"list_agencies": "Looked at agencies", "save_agency": "Saved an agency", "list_accounts": "Looked at accounts", "add_account": "Added an account", "disable_account": "Switched an account off",
	"enable_account": "Switched an account on", "unlock_account": "Unlocked an account", "set_lead": "Changed who leads", "invite_account": "Invited somebody", "approve_invitation": "Approved an invitation",
	"attest_account": "Confirmed that an account is needed", "end_sessions": "Signed everybody out", "list_contacts": "Looked at the directory", "open_contact": "Opened a line of the directory",
	"save_contact": "Saved a line of the directory", "verify_contact": "Verified a line of the directory", "ask_verification": "Asked to have a line verified", "end_contact": "Ended a line of the directory",
	"preview_import": "Looked at an import", "import_contacts": "Imported the directory", "export_contacts": "Exported the directory", "seed_directory": "Filled the directory at first",
	"read_holidays": "Looked at holidays", "save_holidays": "Saved holidays", "read_clocks": "Looked at the clocks", "set_clock": "Set a clock", "set_folder": "Said what the data folder is for",
	// The log.
	"search_log": "Searched the log", "verify_log": "Verified the log", "read_checkpoints": "Looked at checkpoints", "report_access": "Counted who had access", "review_log": "Looked through a week",
	"sign_review": "Signed a weekly review", "list_touched": "Listed whose records an account touched",
}

// families are the acts whose words begin alike, with the steps that name them.
func families() map[string]string {
	out := map[string]string{}
	for _, s := range workflow.HandoverSteps {
		out["handover_"+string(s.Do)] = "Hand-over: " + s.Say
	}
	for _, s := range workflow.LetterSteps {
		out["letter_"+string(s.Do)] = "Letter: " + s.Say
	}
	for _, s := range workflow.PairSteps {
		out["pair_"+string(s.Do)] = "Two referrals: " + s.Say
	}
	for _, s := range workflow.HoldSteps {
		out["hold_"+string(s.Do)] = "Legal hold: " + s.Say
	}
	for _, s := range workflow.DisposalSteps {
		out["disposal_"+string(s.Do)] = "Destroying: " + s.Say
	}
	for _, s := range workflow.DisclosureSteps {
		out["disclosure_"+string(s.Do)] = "Demand from outside: " + s.Say
	}
	return out
}

// allDid are the words of the log for every act that is known.
var allDid = func() map[string]string {
	out := families()
	for code, words := range didWords {
		out[code] = words
	}
	return out
}()

// did is an act of the log in plain words.
func did(action string) string {
	if words := allDid[action]; words != "" {
		return words
	}
	return spaced(action)
}

// didOptions are the acts that the log can be searched by, by their words, with
// the one that was asked for.
func didOptions(asked string) []web.Option {
	out := make([]web.Option, 0, len(allDid)+1)
	for code, words := range allDid {
		out = append(out, web.Option{Code: code, Label: words})
	}
	if asked != "" && allDid[asked] == "" {
		out = append(out, web.Option{Code: asked, Label: did(asked)})
	}
	slices.SortFunc(out, func(a, b web.Option) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Code, b.Code)) })
	return out
}

// coded is a word of the program that is written with lines between its words.
var coded = regexp.MustCompile(`\b[a-z0-9]+(?:_[a-z0-9]+)+\b`)

// spaced writes codes in a text as words.
func spaced(text string) string {
	return coded.ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, "_", " ") })
}

// endWords are how a line of the log ended.
var endWords = map[string]string{"done": "Done", "refused": "Refused", "failed": "Failed"}

// outcome is how a line ended, in plain words.
func outcome(of string) string { return orElse(endWords[of], spaced(of)) }

// fieldWords are the fields of a line: questions of the form by their labels, those
// of a register as words.
func fieldWords(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = spaced(id)
		for _, form := range []*forms.Form{forms.Questions, forms.Reviews} {
			if f := form.ByID(id); f != nil {
				out[i] = "“" + f.Label + "”"
			}
		}
	}
	return out
}

// aboutWords is an id of the log in plain words. References stand as they are.
func aboutWords(ref string) string {
	kind, key, ok := strings.Cut(ref, ":")
	switch {
	case strings.HasPrefix(ref, workflow.TermsPrefix):
		if c, known := workflow.ClockOf(workflow.ClockKey(strings.TrimPrefix(ref, workflow.TermsPrefix))); known {
			return "the clock “" + c.Name + "”"
		}
	case strings.HasPrefix(ref, registry.HolidaysPrefix):
		return "holidays of " + strings.TrimPrefix(ref, registry.HolidaysPrefix)
	case ok && kind == "report":
		if title, _, known := reports.Described(key); known {
			return "the report “" + title + "”"
		}
	case ok && kind == "contact":
		return "line " + key + " of the directory"
	case ok:
		return spaced(kind) + " " + spaced(key)
	}
	return spaced(ref)
}
