package forms

// HHSAsked is whether HHS was asked for assistance.
type HHSAsked string

// Options returns the codes.
func (HHSAsked) Options() []string {
	return list(`yes no not_needed`)
}

// Proceedings is detention or removal proceedings.
type Proceedings string

// Options returns the codes.
func (Proceedings) Options() []string {
	return list(`yes no unknown prefers_not_to_say`)
}

// Trafficking is the type of trafficking.
type Trafficking string

// Options returns the codes.
func (Trafficking) Options() []string {
	return list(`sex labor`)
}

// SexVenue is where sex trafficking took place.
type SexVenue string

// Options returns the codes.
func (SexVenue) Options() []string {
	return list(`escort_or_online illicit_massage residential_brothel street bar_strip_club_or_cantina
		pornography_or_remote personal_sexual_servitude_or_forced_marriage hotel other unknown`)
}

// LaborSector is the sector of labor trafficking.
type LaborSector string

// Options returns the codes.
func (LaborSector) Options() []string {
	return list(`domestic_work agriculture_or_animal_husbandry construction restaurant_or_food landscaping
		nail_or_beauty_salon cleaning hotels factories health_or_home_care forestry traveling_sales
		peddling_or_begging carnivals arts_or_sports illicit_activities retail transport other unknown`)
}

// Done is what was done to the person.
type Done string

// Options returns the codes.
func (Done) Options() []string {
	return list(`recruited enticed transported harbored provided_or_sold obtained patronized_or_solicited
		advanced_or_profited_from_prostitution unknown`)
}

// Force is means: force.
type Force string

// Options returns the codes.
func (Force) Options() []string {
	return list(`physical_violence sexual_violence confinement weapon restraint drugs_given
		deprived_of_food_sleep_or_care`)
}

// Fraud is means: fraud.
type Fraud string

// Options returns the codes.
func (Fraud) Options() []string {
	return list(`false_job false_relationship_or_marriage false_wages_or_conditions false_immigration_promise
		false_documents other`)
}

// Coercion is means: coercion.
type Coercion string

// Options returns the codes.
func (Coercion) Options() []string {
	return list(`threat_of_harm_to_the_person threat_of_harm_to_family threat_of_arrest_or_accusation
		threat_of_deportation documents_taken_or_destroyed debt_or_bond wages_withheld
		monitoring_or_isolation psychological_control exposing_secrets_or_images abuse_of_public_office
		threat_to_children_or_custody religious_or_spiritual other`)
}

// Sometimes is yes, no, sometimes or unknown.
type Sometimes string

// Options returns the codes.
func (Sometimes) Options() []string {
	return list(`yes no sometimes unknown`)
}

// KnownBy is how the referrer knows.
type KnownBy string

// Options returns the codes.
func (KnownBy) Options() []string {
	return list(`own_account witness documents observation investigation screening_tool other_agency`)
}

// Screening is a screening tool.
type Screening string

// Options returns the codes.
func (Screening) Options() []string {
	return list(`tvit_short tvit_long ocfs_3920_or_3921 htsst_or_cse_it other none`)
}

// Platform is a kind of online recruitment.
type Platform string

// Options returns the codes.
func (Platform) Options() []string {
	return list(`social_media dating_app game job_site messaging none unknown`)
}

// LastContact is how long ago the last contact was.
type LastContact string

// Options returns the codes.
func (LastContact) Options() []string {
	return list(`still_with within_a_week within_a_month within_3_months within_6_months within_12_months
		over_a_year unknown`)
}

// Relationship is who the alleged trafficker is to the person.
type Relationship string

// Options returns the codes.
func (Relationship) Options() []string {
	return list(`intimate_partner parent_or_guardian relative employer smuggler gang recruiter diplomat peer
		stranger other`)
}

// Willing is willingness to assist; a no does not stop confirmation.
type Willing string

// Options returns the codes.
func (Willing) Options() []string {
	return list(`yes no undecided not_asked not_required`)
}

// OtherAgency is another agency involved.
type OtherAgency string

// Options returns the codes.
func (OtherAgency) Options() []string {
	return list(`hsi fbi dol state_police nypd district_attorney attorney_general acs_or_ldss hospital ovs
		shelter other`)
}

// Custody is custody of a local department.
type Custody string

// Options returns the codes.
func (Custody) Options() []string {
	return list(`yes no unknown`)
}

// SCR is a report to the Statewide Central Register.
type SCR string

// Options returns the codes.
func (SCR) Options() []string {
	return list(`yes no not_required`)
}

// Missing is missing from care.
type Missing string

// Options returns the codes.
func (Missing) Options() []string {
	return list(`now in_the_past_year no unknown`)
}

// Unaccompanied is an unaccompanied child or with an ORR sponsor.
type Unaccompanied string

// Options returns the codes.
func (Unaccompanied) Options() []string {
	return list(`yes no unknown`)
}

// When is when a need is to be met.
type When string

// Options returns the codes.
func (When) Options() []string {
	return list(`now soon later`)
}

// Link is whom the person wants contact from.
type Link string

// Options returns the codes.
func (Link) Options() []string {
	return list(`rhtp_provider ldss neither_yet`)
}

// PaperKind is the kind of a paper.
type PaperKind string

// Options returns the codes.
func (PaperKind) Options() []string {
	return list(`consent screening_tool police_report court_letter age_document other`)
}
