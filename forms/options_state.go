package forms

// Lists of what the State adds.

// Check is whether the source is one that may refer.
type Check string

// Options returns the codes.
func (Check) Options() []string {
	return list(`valid unverified`)
}

// Release is the state of the release.
type Release string

// Options returns the codes.
func (Release) Options() []string {
	return list(`in_order missing expired not_applicable`)
}

// AgeBand is an age rounded so that it does not tell the person.
type AgeBand string

// Options returns the codes.
func (AgeBand) Options() []string {
	return list(`under_13 13_to_15 16_to_17 18_to_24 25_to_39 40_to_59 60_and_over unknown`)
}

// Rank is how urgent a referral is: 1 tonight, 2 a deadline within three days, 3 normal.
type Rank string

// Options returns the codes.
func (Rank) Options() []string {
	return list(`tonight deadline normal`)
}

// Outcome is what came of a consultation.
type Outcome string

// Options returns the codes.
func (Outcome) Options() []string {
	return list(`agrees disagrees no_view spoken_with tried_and_not_reached`)
}

// Finding is what the answers show of an element.
type Finding string

// Options returns the codes.
func (Finding) Options() []string {
	return list(`shown not_shown unclear waived not_a_minor`)
}

// Advice is what the reviewer recommends.
type Advice string

// Options returns the codes.
func (Advice) Options() []string {
	return list(`confirm decline`)
}

// Basis is a basis in law of a confirmation.
type Basis string

// Options returns the codes.
func (Basis) Options() []string {
	return list(`severe_form_adult severe_form_minor severe_form_labor pl_230_34 pl_230_34_a pl_230_33 pl_135_35 pl_135_37 otherwise_eligible`)
}

// Confirmed is the type that was confirmed.
type Confirmed string

// Options returns the codes.
func (Confirmed) Options() []string {
	return list(`sex labor both`)
}

// Determination is the determination.
type Determination string

// Options returns the codes.
func (Determination) Options() []string {
	return list(`confirmed not_confirmed`)
}

// ReasonCode is why a referral was not confirmed.
type ReasonCode string

// Options returns the codes.
func (ReasonCode) Options() []string {
	return list(`no_commercial_sex_or_labor_purpose no_means_shown facts_insufficient_after_request outside_scope no_new_york_nexus other`)
}

// Party is with whom a consultation was.
type Party string

// Options returns the codes.
func (Party) Options() []string {
	return list(`referrer otda`)
}

// Reopening is what opened a determination again.
type Reopening string

// Options returns the codes.
func (Reopening) Options() []string {
	return list(`reconsider appeal`)
}

// RouteKind is the kind of recipient.
type RouteKind string

// Options returns the codes.
func (RouteKind) Options() []string {
	return list(`ldss rhtp otda`)
}

// Heeded is a warning about a recipient that OTDA says it knows before it hands a
// person over there.
type Heeded string

// Options returns the codes.
func (Heeded) Options() []string {
	return list(`another_county another_kind not_asked_for age_not_known`)
}

// ReturnReason is why a recipient gives a hand-over back.
type ReturnReason string

// Options returns the codes.
func (ReturnReason) Options() []string {
	return list(`capacity conflict_of_interest out_of_area cannot_serve_in_language other`)
}

// ContactMethod is how somebody tried to reach the person.
type ContactMethod string

// Options returns the codes.
func (ContactMethod) Options() []string {
	return list(`phone text_message email in_person through_the_referrer through_attorney_or_advocate`)
}

// ContactResult is what came of a try.
type ContactResult string

// Options returns the codes.
func (ContactResult) Options() []string {
	return list(`no_answer left_a_message not_safe_to_continue wrong_contact appointment_made`)
}

// CloseReason is why a hand-over ends.
type CloseReason string

// Options returns the codes.
func (CloseReason) Options() []string {
	return list(`services_completed declined_by_the_person transferred moved_away no_contact other`)
}

// Strength is how much speaks for it that two referrals are about one person.
type Strength string

// Options returns the codes.
func (Strength) Options() []string {
	return list(`strong likely weak`)
}

// Agreement is one thing that speaks for or against it. The last stands for
// what a reader is not told.
type Agreement string

// Options returns the codes.
func (Agreement) Options() []string {
	return list(`name_same name_accents name_spelling name_script name_order name_part name_other family_name given_differs names_differ
		birth_same birth_swapped birth_fits age_fits birth_differs phone_same place_same county_same unread`)
}

// PairFinding is what was decided about it.
type PairFinding string

// Options returns the codes.
func (PairFinding) Options() []string {
	return list(`found linked dismissed`)
}

// Help is a service that began: one of the needs of J1, by the name that it
// has there.
//
// Law: SSL 483-bb(b) lists the services.
type Help string

// Options returns the codes.
func (Help) Options() []string {
	return list(`emergencyHousing safeHouse food clothing medical mentalHealth substanceUse legalImmigration legalCriminal legalFamily
		legalWage interpretation englishClass jobTraining childCare schooling benefits papers transport aPhone safetyPlan compensation
		reunification other`)
}

// Progress is how it goes, some time after the person was reached.
type Progress string

// Options returns the codes.
func (Progress) Options() []string {
	return list(`in_services waits_for_services does_well_without lost_contact other`)
}

// CanBring is whether the referrer can bring the person together with the
// recipient.
type CanBring string

// Options returns the codes.
func (CanBring) Options() []string {
	return list(`yes_i_bring_them_together yes_call_me_first not_now no_contact_any_more`)
}
