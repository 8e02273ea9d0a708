package forms

// Review holds what the State adds to a referral: checks, consultations,
// questions, elements and the determination. Its readers are all explicit.
//
// Law: SSL 483-cc(b); 9 NYCRR 6174.3.
type Review struct {
	Clock         `section:"S1"`
	Consultations `section:"S2"`
	Assessment    `section:"S3"`
	Decision      `section:"S4"`
	Past          `section:"S6"`
	Added         `section:"S5"`
	SamePerson    `section:"S7"`
}

// Clock is what is known from the moment of receipt.
type Clock struct {
	Received     Moment  `id:"V1" json:"receivedAt" sees:"V O A"`
	Due          Moment  `id:"V1.due" json:"dueAt" sees:"V O A"`
	SourceCheck  Check   `id:"V2" json:"sourceCheck" sees:"V O" validate:"omitempty,option"`
	ConsentCheck Release `id:"V3" json:"consentCheck" sees:"V O A" validate:"omitempty,option"`
	AgeBand      AgeBand `id:"V17" json:"ageBand" sees:"V O P L W S" validate:"omitempty,option"`
	Urgent       Rank    `id:"V18" json:"urgency" sees:"V O" validate:"omitempty,option"`
}

// Consultations are the talks that the law wants, and the questions asked.
type Consultations struct {
	WithProgram  []Talk     `id:"V5" json:"consultedProgram" sees:"V O" validate:"max=50,dive"`
	WithReferrer []Talk     `id:"V6" json:"consultedReferrer" sees:"V O" validate:"max=50,dive"`
	Questions    []Question `id:"V7" json:"questions" sees:"R V O" validate:"max=50,dive"`
}

// Talk is one consultation or a recorded failed attempt.
type Talk struct {
	At      Moment  `json:"at"`
	With    Text    `json:"with" validate:"omitempty,max=100,line"`
	Outcome Outcome `json:"outcome" validate:"omitempty,option"`
	Note    Prose   `json:"note" validate:"omitempty,max=4000,prose"`
}

// Question is one question to the referrer, pinned to fields, and its answer,
// which tells what happened and is read like it.
type Question struct {
	Asked    Moment `json:"askedAt"`
	Text     Prose  `json:"question" validate:"omitempty,max=2000,prose"`
	About    Text   `json:"about" points:"yes" validate:"omitempty,max=200,line"`
	AnswerBy Moment `json:"answerBy"`
	Answered Moment `json:"answeredAt"`
	Answer   Prose  `json:"answer" sees:"R V O/consult" validate:"omitempty,max=15000,prose"`
	WentOn   Moment `json:"wentOnAt"`
	Version  Number `json:"answersVersion" validate:"omitempty,min=0,max=1000000"`
	Pause    Pause  `json:"pause"`
}

// Pause is the time in which the clock of the determination stood still for a
// question. It is there only where the State chose that a question stops it.
//
// Law: 9 NYCRR 6174.3(b) stops no clock for a question.
type Pause struct {
	From   Moment `json:"from"`
	Until  Moment `json:"until"`
	Before Moment `json:"dueWithout"`
	After  Moment `json:"dueWith"`
	Law    Text   `json:"law" validate:"omitempty,max=200,line"`
}

// Assessment is the elements grid: each with where the answers show it.
//
// Law: 22 USC 7102(11): action, means, purpose; means are waived for a minor in
// sex trafficking only.
type Assessment struct {
	Action   Element    `id:"V8.action" json:"elementAction" sees:"V O"`
	Means    Element    `id:"V8.means" json:"elementMeans" sees:"V O"`
	Purpose  Element    `id:"V8.purpose" json:"elementPurpose" sees:"V O"`
	Minor    Element    `id:"V8.minor" json:"elementMinor" sees:"V O"`
	Advice   Advice     `id:"V19" json:"recommendation" sees:"V O" validate:"omitempty,option"`
	Category ReasonCode `id:"V19.category" json:"recommendationCategory" sees:"V O" validate:"omitempty,option"`
	Why      Prose      `id:"V19.why" json:"recommendationWhy" sees:"V O" validate:"omitempty,max=4000,prose"`
	// Disagreed are the second readers who did not agree to a decline, and why.
	Disagreed []Disagreement `id:"V23" json:"secondReaderDisagreed" sees:"V O" validate:"max=50,dive"`
	Notes     []Note         `id:"V16" json:"notes" sees:"V" validate:"max=100,dive"`
	Out       []Out          `id:"V22" json:"recused" sees:"V" validate:"max=100,dive"`
}

// Element is one finding and the ids of the answers that show it.
type Element struct {
	Finding Finding `json:"finding" validate:"omitempty,option"`
	ShownBy Text    `json:"shownBy" points:"yes" validate:"omitempty,max=200,line"`
}

// Disagreement is a second reader's word against a decline.
type Disagreement struct {
	At     Moment `json:"at"`
	Who    Text   `json:"who" validate:"omitempty,max=100,line"`
	Reason Prose  `json:"reason" validate:"omitempty,max=4000,prose"`
}

// Note is an internal note; it never leaves DCJS.
type Note struct {
	At   Moment `json:"at"`
	Text Prose  `json:"text" validate:"omitempty,max=4000,prose"`
}

// Out is somebody who stepped back from this referral, or was excluded from it.
//
// Law: Public Officers Law 74.
type Out struct {
	At       Moment `json:"at"`
	Who      Text   `json:"who" validate:"omitempty,max=100,line"`
	Reason   Prose  `json:"reason" validate:"omitempty,max=4000,prose"`
	Readmits Moment `json:"readmittedAt"`
}

// Decision is the determination.
type Decision struct {
	Bases        []Basis       `id:"V9" json:"bases" sees:"R V O P L" validate:"max=10,dive,option"`
	Confirmed    Confirmed     `id:"V10" json:"typeConfirmed" sees:"R V O P L H" validate:"omitempty,option"`
	Finding      Determination `id:"V11" json:"determination" sees:"R V O P L H" validate:"omitempty,option"`
	ReasonCode   ReasonCode    `id:"V12" json:"reasonCategory" sees:"V O" validate:"omitempty,option"`
	Reason       Prose         `id:"V12.plain" json:"reason" sees:"R V O" validate:"omitempty,max=4000,prose"`
	OtherHelp    Prose         `id:"V12.help" json:"otherHelp" sees:"R V O" validate:"omitempty,max=4000,prose"`
	AppealUntil  Moment        `id:"V12.appeal" json:"appealUntil" sees:"R V O H"`
	ForPerson    Prose         `id:"V12.person" json:"reasonForPerson" sees:"R V O H" validate:"omitempty,max=2000,prose"`
	Extended     Moment        `id:"V13" json:"extendedTo" sees:"R V O"`
	ExtendedFrom Moment        `id:"V13.from" json:"extendedFrom" sees:"R V O"`
	ExtendedDays Number        `id:"V13.days" json:"extendedBy" sees:"R V O" validate:"omitempty,min=0,max=1000"`
	ExtendedWhy  Prose         `id:"V13.why" json:"extensionReason" sees:"R V O" validate:"omitempty,max=2000,prose"`
	SecondReader Text          `id:"V14" json:"secondReader" sees:"V O" validate:"omitempty,max=100,line"`
	Decided      Moment        `id:"V15" json:"decidedAt" sees:"R V O P L H"`
	SignedBy     Text          `id:"V15.by" json:"signedBy" sees:"V O" validate:"omitempty,max=100,line"`
	Rules        Text          `id:"V15.rules" json:"rulesVersion" sees:"V O" validate:"omitempty,max=60,line"`
	Version      Number        `id:"V15.answers" json:"decidedOnVersion" sees:"V O" validate:"omitempty,min=0,max=1000000"`
}

// Past holds the determinations that stand no longer: the history is whole.
type Past struct {
	Earlier []Earlier `id:"V21" json:"earlierDeterminations" sees:"R V O" validate:"max=20,dive"`
}

// Earlier is a determination that new facts or an appeal opened again.
type Earlier struct {
	Finding      Determination `json:"determination" validate:"omitempty,option"`
	Decided      Moment        `json:"decidedAt"`
	ReasonCode   ReasonCode    `json:"reasonCategory" sees:"V O" validate:"omitempty,option"`
	Reason       Prose         `json:"reason" validate:"omitempty,max=4000,prose"`
	SignedBy     Text          `json:"signedBy" sees:"V O" validate:"omitempty,max=100,line"`
	SecondReader Text          `json:"secondReader" sees:"V O" validate:"omitempty,max=100,line"`
	Rules        Text          `json:"rulesVersion" sees:"V O" validate:"omitempty,max=60,line"`
	Reopened     Moment        `json:"reopenedAt"`
	By           Reopening     `json:"reopenedBy" validate:"omitempty,option"`
}

// Added are facts that the referrer told after submission.
type Added struct {
	Additions []Addition `id:"V20" json:"additions" sees:"R V O" validate:"max=100,dive"`
}

// Addition is one of them.
type Addition struct {
	At      Moment `json:"at"`
	Text    Prose  `json:"text" validate:"omitempty,max=15000,prose"`
	Version Number `json:"answersVersion" validate:"omitempty,min=0,max=1000000"`
}

// SamePerson are the referrals that may be, or are, about the same person. It is
// the State's alone: neither referral changes by it, and nobody outside learns
// that there is another.
//
// Law: 34 USC 12291(b)(2); 28 CFR 94.115.
type SamePerson struct {
	Pairs []Pair `id:"V4" json:"samePerson" sees:"V O" validate:"max=200,dive"`
}

// Pair is one of them. HandedOver says where the person is already, for OTDA,
// which decides whether a second hand-over is needed.
type Pair struct {
	Reference  Text        `json:"reference" validate:"omitempty,max=20,line"`
	Finding    PairFinding `json:"finding" validate:"omitempty,option"`
	AskedAgain Tick        `json:"askedAgain"`
	Strength   Strength    `json:"strength" validate:"omitempty,option"`
	Reasons    []Agreement `json:"reasons" validate:"max=20,dive,option"`
	Decided    Moment      `json:"decidedAt"`
	DecidedBy  Text        `json:"decidedBy" validate:"omitempty,max=100,line"`
	Why        Prose       `json:"why" validate:"omitempty,max=4000,prose"`
	HandedOver Text        `json:"handedOver" sees:"O" validate:"omitempty,max=300,line"`
}

// Route holds what is known of one hand-over. Program staff read it, and the
// recipient reads its own.
type Route struct {
	Routing `section:"T1"`
	Log     `section:"T2"`
}

// Routing is where the person is handed to, and why.
type Routing struct {
	Kind   RouteKind `id:"O1" json:"kind" sees:"O P L W" validate:"omitempty,option"`
	Rule   Text      `id:"O1.rule" json:"rule" sees:"O" validate:"omitempty,max=20,line"`
	Reason Prose     `id:"O1.reason" json:"reason" sees:"O" validate:"omitempty,max=1000,prose"`
	// Scope is to whom an accepted offer to connect permits a hand-over, for a
	// referral of police or a district attorney that names no release.
	Scope         []Receiver `id:"O1.scope" json:"scope" sees:"O P L" validate:"max=10,dive,option"`
	Recipient     Text       `id:"O2" json:"recipient" sees:"O P L W" validate:"omitempty,max=200,line"`
	Override      Prose      `id:"O3" json:"override" sees:"V O" validate:"omitempty,max=1000,prose"`
	Notice        Text       `id:"O4" json:"noticeToPerson" sees:"O P L" validate:"omitempty,max=200,line"`
	PacketVersion Text       `id:"O7" json:"packet" sees:"O P L" validate:"omitempty,max=100,line"`
	FollowUp      Moment     `id:"O8" json:"followUpDue" sees:"O P L"`
}

// Log is what the recipient tells.
type Log struct {
	Attempts []Attempt `id:"O9" json:"attempts" sees:"O P L" validate:"max=100,dive"`
}

// Attempt is one act of the recipient.
type Attempt struct {
	At     Moment `json:"at"`
	Act    Text   `json:"act" validate:"omitempty,max=60,line"`
	How    Text   `json:"how" validate:"omitempty,max=100,line"`
	Result Text   `json:"result" validate:"omitempty,max=200,line"`
	Note   Prose  `json:"note" validate:"omitempty,max=2000,prose"`
}
