package forms

// Events says what happened: action, means and purpose.
//
// Law: Penal Law 230.34, 230.34-a, 135.35, 135.37; 22 USC 7102(11);
// 9 NYCRR 6174.3(d)(2) and (3).
type Events struct {
	Trafficking   []Trafficking `id:"G1" json:"trafficking" sees:"V O P L W S" validate:"max=2,dive,option" shared:"operation"`
	SexVenues     []SexVenue    `id:"G2" json:"sexVenues" sees:"V O/consult S" when:"trafficking=sex" validate:"max=20,dive,option" shared:"operation"`
	LaborSectors  []LaborSector `id:"G3" json:"laborSectors" sees:"V O/consult S" when:"trafficking=labor" validate:"max=30,dive,option" shared:"operation"`
	Actions       []Done        `id:"G4" json:"actions" sees:"V O/consult" validate:"max=20,dive,option"`
	Force         []Force       `id:"G5" json:"force" sees:"V O/consult S" validate:"max=20,dive,option"`
	Fraud         []Fraud       `id:"G6" json:"fraud" sees:"V O/consult S" validate:"max=20,dive,option"`
	Coercion      []Coercion    `id:"G7" json:"coercion" sees:"V O/consult S" validate:"max=20,dive,option"`
	MeansUnclear  Tick          `id:"G5.unclear" json:"meansUnclear" sees:"V O/consult"`
	MeansText     Prose         `id:"G8" json:"meansText" sees:"V O/consult" validate:"omitempty,max=1000,prose"`
	Debt          Text          `id:"G9" json:"debt" sees:"V O/consult" validate:"omitempty,max=300,line"`
	PapersHeld    YesNoUnknown  `id:"G10" json:"papersHeld" sees:"V O/consult P" validate:"omitempty,option"`
	PapersWhich   Text          `id:"G10.which" json:"papersWhich" sees:"V O/consult P" when:"papersHeld=yes" validate:"omitempty,max=200,line"`
	Pay           Pay           `id:"G11" json:"pay" sees:"V O/consult" when:"trafficking=labor"`
	FreeToLeave   Sometimes     `id:"G12" json:"freeToLeave" sees:"V O/consult" validate:"omitempty,option"`
	NotFreeWhy    Prose         `id:"G12.why" json:"notFreeWhy" sees:"V O/consult" when:"freeToLeave=no|sometimes" validate:"omitempty,max=1000,prose"`
	Beginning     Prose         `id:"G13" json:"beginning" sees:"V O/consult" veil:"yes" validate:"omitempty,max=15000,prose"`
	Summary       Prose         `id:"G14" json:"summary" sees:"V O/consult" veil:"yes" validate:"omitempty,max=15000,prose"`
	KnownBy       []KnownBy     `id:"G15" json:"knownBy" sees:"V O/consult" validate:"max=10,dive,option"`
	Tool          Screening     `id:"G16" json:"screeningTool" sees:"V O/consult S" validate:"omitempty,option"`
	ToolScore     Text          `id:"G16.score" json:"screeningScore" sees:"V O/consult" when:"screeningTool=tvit_short|tvit_long|ocfs_3920_or_3921|htsst_or_cse_it|other" validate:"omitempty,max=100,line"`
	Reasons       Prose         `id:"G17" json:"reasons" sees:"V O/consult" veil:"yes" validate:"omitempty,max=15000,prose"`
	Places        []Place       `id:"G18" json:"places" sees:"V O/consult S" validate:"max=20,dive" shared:"operation"`
	PlacesUnknown Tick          `id:"G18.unknown" json:"placesUnknown" sees:"V O/consult S" shared:"operation"`
	Online        []Platform    `id:"G19" json:"online" sees:"V O/consult S" validate:"max=10,dive,option"`
	Began         PartialDate   `id:"G20" json:"began" sees:"V O/consult S" validate:"omitempty,partial,past"`
	Ongoing       YesNoUnknown  `id:"G20.ongoing" json:"ongoing" sees:"V O/consult S" validate:"omitempty,option"`
	Ended         PartialDate   `id:"G20.to" json:"ended" sees:"V O/consult S" when:"ongoing=no|unknown|" validate:"omitempty,partial,past"`
	AgeThen       Number        `id:"G21" json:"ageThen" sees:"V O/consult S" validate:"omitempty,min=0,max=110"`
	AgeThenGuess  Tick          `id:"G21.estimated" json:"ageThenEstimated" sees:"V O/consult"`
	MoreThanOne   YesNoUnknown  `id:"G22" json:"moreThanOne" sees:"V O/consult" validate:"omitempty,option"`
	OtherEvents   Prose         `id:"G22.text" json:"otherSituations" sees:"V O/consult" when:"moreThanOne=yes" validate:"omitempty,max=15000,prose"`
	LastContact   LastContact   `id:"G23" json:"lastContact" sees:"V O/consult P" validate:"omitempty,option"`
	Fear          YesNoUnknown  `id:"G24" json:"fear" sees:"V O/consult P L" validate:"omitempty,option"`
	FearText      Prose         `id:"G24.text" json:"fearText" sees:"V O/consult P L" when:"fear=yes" validate:"omitempty,max=1000,prose"`
	Traffickers   []Trafficker  `id:"G30" json:"traffickers" sees:"V" validate:"max=20,dive" shared:"operation"`
	OtherVictims  YesNoUnknown  `id:"G31" json:"otherVictims" sees:"V O S" validate:"omitempty,option" shared:"operation"`
	VictimsNumber Number        `id:"G31.number" json:"otherVictimsNumber" sees:"V O" when:"otherVictims=yes" validate:"omitempty,min=0,max=1000" shared:"operation"`
}

// Pay is what was promised for the work and what was given.
type Pay struct {
	Promised Text   `json:"promised" validate:"omitempty,max=200,line"`
	Received Text   `json:"received" validate:"omitempty,max=200,line"`
	Hours    Number `json:"hoursPerDay" validate:"omitempty,min=0,max=24"`
	Days     Number `json:"daysPerWeek" validate:"omitempty,min=0,max=7"`
}

// Place is one place of exploitation. Its free text is never counted.
type Place struct {
	County  StaysIn `json:"county" validate:"omitempty,option"`
	State   Text    `json:"state" when:"county=outside_new_york" sees:"V O/consult" validate:"omitempty,max=100,line"`
	Country Country `json:"country" when:"county=outside_new_york" validate:"omitempty,option"`
	Text    Text    `json:"text" sees:"V O/consult" validate:"omitempty,max=300,line"`
}

// Trafficker is one alleged trafficker, as far as known; it is never needed.
type Trafficker struct {
	Name          Text         `json:"name" validate:"omitempty,max=100,line"`
	Aliases       Text         `json:"aliases" validate:"omitempty,max=200,line"`
	Relationship  Relationship `json:"relationship" validate:"omitempty,option" shared:"no"`
	Gender        Gender       `json:"gender" validate:"omitempty,option"`
	Age           Number       `json:"age" validate:"omitempty,min=0,max=110"`
	LocationKnown YesNoUnknown `json:"locationKnown" validate:"omitempty,option"`
	InCustody     YesNoUnknown `json:"inCustody" validate:"omitempty,option"`
}

// Courts holds law enforcement and courts.
//
// Law: 9 NYCRR 6174.3(d); CPL 440.10 (vacating convictions).
type Courts struct {
	Willing    Willing      `id:"H1" json:"willingToAssist" sees:"V O" validate:"omitempty,option"`
	Arrested   YesNoUnknown `id:"H2" json:"arrested" sees:"V O" validate:"omitempty,option"`
	Arrest     Arrest       `id:"H3" json:"arrest" sees:"V" when:"arrested=yes"`
	Court      CourtDate    `id:"H4" json:"court" sees:"V O P"`
	Reported   YesNoUnknown `id:"H5" json:"reported" sees:"V" validate:"omitempty,option" shared:"operation"`
	Complaint  Complaint    `id:"H5.report" json:"report" sees:"V" when:"reported=yes" shared:"operation"`
	Agencies   []Involved   `id:"H6" json:"agencies" sees:"V O" validate:"max=10,dive" shared:"operation"`
	MayContact YesNo        `id:"H7" json:"mayContactAgencies" sees:"V" validate:"omitempty,option"`
	Protection YesNoUnknown `id:"H8" json:"orderOfProtection" sees:"V O P L" validate:"omitempty,option"`
}

// Arrest says when and for what.
type Arrest struct {
	On     PartialDate  `json:"on" validate:"omitempty,partial,past"`
	Agency Text         `json:"agency" validate:"omitempty,max=100,line"`
	Charge Text         `json:"charge" validate:"omitempty,max=200,line"`
	Linked YesNoUnknown `json:"linked" validate:"omitempty,option"`
}

// CourtDate is a pending criminal or family court matter.
type CourtDate struct {
	Pending YesNoUnknown `json:"pending" validate:"omitempty,option"`
	Court   Text         `json:"court" when:"pending=yes" validate:"omitempty,max=200,line"`
	Next    Date         `json:"nextDate" when:"pending=yes" validate:"omitempty,date"`
}

// Complaint is a report to law enforcement.
type Complaint struct {
	Agency  Text `json:"agency" validate:"omitempty,max=100,line"`
	Contact Text `json:"contact" validate:"omitempty,max=200,line"`
	Number  Text `json:"number" validate:"omitempty,max=60,line"`
}

// Involved is another agency that knows the person.
type Involved struct {
	Agency  OtherAgency `json:"agency" validate:"omitempty,option"`
	Contact Text        `json:"contact" validate:"omitempty,max=200,line"`
	Role    Text        `json:"role" validate:"omitempty,max=100,line"`
}

// Childhood is asked when the person is, or may be, under 18.
//
// Law: SSL 483-cc(b) (notice to the district where the child was found);
// SSL 413 (mandated reports); SSL 447-b (Safe Harbour); P.L. 113-183.
type Childhood struct {
	Responsible  Responsible   `id:"I1" json:"responsible" sees:"V O L"`
	Custody      Custody       `id:"I2" json:"custody" sees:"V O L N" validate:"omitempty,option"`
	CustodyOf    County        `id:"I2.district" json:"custodyCounty" sees:"V O L N" when:"custody=yes" validate:"omitempty,option"`
	SCR          SCR           `id:"I3" json:"scrReport" sees:"V O L A N" validate:"omitempty,option"`
	SCROn        Date          `id:"I3.on" json:"scrReportOn" sees:"V O L" when:"scrReport=yes" validate:"omitempty,date,past"`
	SCRCall      Text          `id:"I3.call" json:"scrReportCall" sees:"V O L" when:"scrReport=yes" validate:"omitempty,max=40,line"`
	DistrictTold Notified      `id:"I4" json:"districtTold" sees:"V O L"`
	Missing      Missing       `id:"I5" json:"missing" sees:"V O L" validate:"omitempty,option"`
	NCMEC        YesNoUnknown  `id:"I5.ncmec" json:"missingReported" sees:"V O L" when:"missing=now|in_the_past_year" validate:"omitempty,option"`
	School       Text          `id:"I6" json:"school" sees:"L" validate:"omitempty,max=200,line"`
	SafeHarbour  YesNoUnknown  `id:"I7" json:"safeHarbour" sees:"V O L S" validate:"omitempty,option"`
	Alone        Unaccompanied `id:"I8" json:"unaccompanied" sees:"O L" validate:"omitempty,option"`
}

// Responsible is the person legally responsible for the child.
type Responsible struct {
	Known    YesNo        `json:"known" validate:"omitempty,option"`
	Name     Text         `json:"name" when:"known=yes" validate:"omitempty,max=100,line"`
	Relation Text         `json:"relation" when:"known=yes" validate:"omitempty,max=100,line"`
	Safe     YesNoUnknown `json:"safe" when:"known=yes" validate:"omitempty,option"`
}

// Notified says whether the local department was told already.
type Notified struct {
	Told YesNoUnknown `json:"told" validate:"omitempty,option"`
	Who  Text         `json:"who" when:"told=yes" validate:"omitempty,max=200,line"`
	On   Date         `json:"on" when:"told=yes" validate:"omitempty,date,past"`
}

// Needs says what would help, and when.
//
// Law: SSL 483-bb(b) lists the services.
type Needs struct {
	Wanted     Wanted    `id:"J1" json:"needs" sees:"O P L W S"`
	Receiving  []Service `id:"J2" json:"receiving" sees:"O P L" validate:"max=20,dive"`
	WishedLink []Link    `id:"J3" json:"contactWished" sees:"O P L" validate:"max=3,dive,option"`
	Preference Prose     `id:"J4" json:"preference" sees:"O" validate:"omitempty,max=500,prose"`
	DoNotRefer Text      `id:"J4.not" json:"doNotReferTo" sees:"O" validate:"omitempty,max=300,line"`
}

// Wanted is one answer a need: now, soon or later. A need without an answer is
// not a need; None and Unknown answer the question as a whole.
type Wanted struct {
	Housing       When `json:"emergencyHousing" validate:"omitempty,option"`
	SafeHouse     When `json:"safeHouse" validate:"omitempty,option"`
	Food          When `json:"food" validate:"omitempty,option"`
	Clothing      When `json:"clothing" validate:"omitempty,option"`
	Medical       When `json:"medical" validate:"omitempty,option"`
	MentalHealth  When `json:"mentalHealth" validate:"omitempty,option"`
	SubstanceUse  When `json:"substanceUse" validate:"omitempty,option"`
	Immigration   When `json:"legalImmigration" validate:"omitempty,option"`
	Criminal      When `json:"legalCriminal" validate:"omitempty,option"`
	Family        When `json:"legalFamily" validate:"omitempty,option"`
	Wage          When `json:"legalWage" validate:"omitempty,option"`
	Interpreting  When `json:"interpretation" validate:"omitempty,option"`
	English       When `json:"englishClass" validate:"omitempty,option"`
	Job           When `json:"jobTraining" validate:"omitempty,option"`
	ChildCare     When `json:"childCare" validate:"omitempty,option"`
	School        When `json:"schooling" validate:"omitempty,option"`
	Benefits      When `json:"benefits" validate:"omitempty,option"`
	Papers        When `json:"papers" validate:"omitempty,option"`
	Transport     When `json:"transport" validate:"omitempty,option"`
	Phone         When `json:"aPhone" validate:"omitempty,option"`
	SafetyPlan    When `json:"safetyPlan" validate:"omitempty,option"`
	Compensation  When `json:"compensation" validate:"omitempty,option"`
	Reunification When `json:"reunification" validate:"omitempty,option"`
	Other         When `json:"other" validate:"omitempty,option"`
	OtherText     Text `json:"otherText" sees:"O P L" validate:"omitempty,max=200,line"`
	None          Tick `json:"noneWanted"`
	Unknown       Tick `json:"unknown"`
}

// Service is help that the person has already.
type Service struct {
	From Text `json:"from" validate:"omitempty,max=200,line"`
}

// Urgency says what cannot wait. It is no substitute for 911.
type Urgency struct {
	Danger       YesNoUnknown `id:"K1" json:"danger" sees:"V O" validate:"omitempty,option"`
	Tonight      YesNo        `id:"K2" json:"shelterTonight" sees:"V O P L W" validate:"omitempty,option"`
	Emergency    YesNoUnknown `id:"K3" json:"medicalEmergency" sees:"V O P L" validate:"omitempty,option"`
	Deadline     Date         `id:"K4" json:"deadline" sees:"V O P" validate:"omitempty,date"`
	DeadlineWhy  Text         `id:"K4.why" json:"deadlineWhy" sees:"V O P" validate:"omitempty,max=200,line"`
	WorkerSafety Prose        `id:"K5" json:"workerSafety" sees:"O P L" validate:"omitempty,max=500,prose"`
}

// Documents lists the papers that the referrer holds, and the files that were
// added of them.
type Documents struct {
	Papers []Paper    `id:"M1" json:"papers" sees:"V O" validate:"max=10,dive"`
	Files  []Attached `id:"M2" json:"files" sees:"V O P/release L/release" derived:"attaching" validate:"max=10,dive"`
}

// Paper is one document held by the referrer.
type Paper struct {
	Kind   PaperKind `json:"kind" validate:"omitempty,option"`
	Text   Text      `json:"text" validate:"omitempty,max=200,line"`
	Others YesNo     `json:"othersInIt" validate:"omitempty,option"`
}

// Declaration ends the form.
//
// Law: State Technology Law 304 (a typed name is a signature).
type Declaration struct {
	True       Tick `id:"N1" json:"trueToBestKnowledge" sees:"V O A"`
	Authorized Tick `id:"N2" json:"authorized" sees:"V O A"`
	Considered Tick `id:"N3" json:"consideredReporting" sees:"V O A" when:"minor"`
	Signature  Text `id:"N4" json:"signature" sees:"V O" validate:"omitempty,max=100,line"`
}
