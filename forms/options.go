package forms

import "strings"

// Closed lists. An option's code is its label in small letters with
// underscores; the label itself stands in the words file.

func list(codes string) []string { return strings.Fields(codes) }

// SourceKind is the kind of agency that refers.
type SourceKind string

// Options returns the codes.
func (SourceKind) Options() []string {
	return list(`municipal_police nypd sheriff state_police other_law_enforcement district_attorney
		social_service_provider legal_service_provider health court local_social_services school other`)
}

// Designation is the office that designated a provider (SSL 483-cc(a)).
type Designation string

// Options returns the codes.
func (Designation) Options() []string {
	return list(`otda opdv ovs not_applicable unverified`)
}

// Setting is where the first encounter was.
type Setting string

// Options returns the codes.
func (Setting) Options() []string {
	return list(`call_or_patrol raid_or_operation arrest court hospital_or_clinic shelter
		runaway_or_homeless_youth_program school hotline walk_in outreach child_protective_services
		detention legal_intake other`)
}

// YesNo is yes or no.
type YesNo string

// Options returns the codes.
func (YesNo) Options() []string {
	return list(`yes no`)
}

// YesNoUnknown is yes, no or unknown.
type YesNoUnknown string

// Options returns the codes.
func (YesNoUnknown) Options() []string {
	return list(`yes no unknown`)
}

// YesNoNotSure is yes, no or not sure.
type YesNoNotSure string

// Options returns the codes.
func (YesNoNotSure) Options() []string {
	return list(`yes no not_sure`)
}

// Fourfold is yes, no, unknown or declined.
type Fourfold string

// Options returns the codes.
func (Fourfold) Options() []string {
	return list(`yes no unknown prefers_not_to_say`)
}

// Consented is whether the person consents to the referral.
type Consented string

// Options returns the codes.
func (Consented) Options() []string {
	return list(`yes_written yes_verbal no not_able`)
}

// ConsentPaper is where the signed release is.
type ConsentPaper string

// Options returns the codes.
func (ConsentPaper) Options() []string {
	return list(`signed_paper_is_held_by_us typed_signature`)
}

// Receiver is who may receive information under the release; DCJS and OTDA always.
type Receiver string

// Options returns the codes.
func (Receiver) Options() []string {
	return list(`dcjs_and_otda rhtp_provider ldss victims_attorney ovs law_enforcement_named`)
}

// Giver is who gave consent.
type Giver string

// Options returns the codes.
func (Giver) Options() []string {
	return list(`the_person parent_or_guardian ldss_or_acs_as_custodian court_appointed_guardian other`)
}

// Interpreting is how consent was interpreted.
type Interpreting string

// Options returns the codes.
func (Interpreting) Options() []string {
	return list(`professional bilingual_staff phone_line other none_needed`)
}

// Told is what the person was told before consenting.
type Told string

// Options returns the codes.
func (Told) Options() []string {
	return list(`it_is_voluntary consent_may_be_withdrawn what_dcjs_is no_promise_of_immigration_status
		not_a_police_report`)
}

// Offer is what came of the offer to connect.
type Offer string

// Options returns the codes.
func (Offer) Options() []string {
	return list(`accepted declined not_offered`)
}

// Knows is whether the person knows of the referral.
type Knows string

// Options returns the codes.
func (Knows) Options() []string {
	return list(`yes no unsafe_to_tell`)
}

// NameKind is what sort of other name it is.
type NameKind string

// Options returns the codes.
func (NameKind) Options() []string {
	return list(`other_spelling own_script nickname used_in_exploitation former_name other`)
}

// Gender is the person's gender.
type Gender string

// Options returns the codes.
func (Gender) Options() []string {
	return list(`woman_or_girl man_or_boy transgender_woman transgender_man nonbinary_or_x another unknown
		prefers_not_to_say`)
}

// Race is race and ethnicity as in SPD 15 (2024).
type Race string

// Options returns the codes.
func (Race) Options() []string {
	return list(`american_indian_or_alaska_native asian black_or_african_american hispanic_or_latino
		middle_eastern_or_north_african native_hawaiian_or_pacific_islander white other unknown
		prefers_not_to_say`)
}

// Orientation is sexual orientation.
type Orientation string

// Options returns the codes.
func (Orientation) Options() []string {
	return list(`straight gay_or_lesbian bisexual another unknown prefers_not_to_say`)
}

// AccessNeed is a disability or access need.
type AccessNeed string

// Options returns the codes.
func (AccessNeed) Options() []string {
	return list(`mobility deaf_or_hard_of_hearing blind_or_low_vision cognitive psychiatric other none unknown`)
}

// Tribe is a tribal nation.
type Tribe string

// Options returns the codes.
func (Tribe) Options() []string {
	return list(`none saint_regis_mohawk seneca cayuga onondaga oneida tuscarora tonawanda shinnecock unkechaug
		other unknown`)
}

// Reach is how the person may be reached.
type Reach string

// Options returns the codes.
func (Reach) Options() []string {
	return list(`only_through_the_referrer directly through_attorney through_other_advocate`)
}

// Living is where the person lives now.
type Living string

// Options returns the codes.
func (Living) Options() []string {
	return list(`own_home with_family_or_friends domestic_violence_shelter homeless_shelter
		runaway_or_homeless_youth_program hospital foster_care_or_ldss_custody orr_custody
		jail_prison_or_detention with_trafficker street hotel other unknown`)
}

// Category is the immigration category for routing only.
type Category string

// Options returns the codes.
func (Category) Options() []string {
	return list(`us_citizen_or_national qualified_status other_or_no_status_or_pending unknown
		prefers_not_to_say`)
}

// Federal is a federal step already taken.
type Federal string

// Options returns the codes.
func (Federal) Options() []string {
	return list(`continued_presence t_visa_pending t_visa_granted u_visa_pending u_visa_granted
		hhs_certification_letter hhs_child_eligibility_or_interim_letter none unknown
		prefers_not_to_say`)
}

// Asked is whether a declaration was asked for.
type Asked string

// Options returns the codes.
func (Asked) Options() []string {
	return list(`requested provided no unknown`)
}
