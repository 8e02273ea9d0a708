package forms

// Referral is the whole referral form: what a referrer tells about one person
// and one encounter. Each section is a struct of its own; their fields are one
// flat space of names, so a name is said once in the form.
//
// The tags hold what machines need: id (of the specification), json (the name,
// which never changes), sees (who reads it beside the referrer), when (the
// question applies only then), validate (shape), shared (a fact of the encounter
// or of the operation, and not of the person). What people read stands in
// words/en.toml. What must be answered stands in Gates, what looks odd in Warnings.
//
// Law: Social Services Law 483-cc; 9 NYCRR 6174.3(d).
type Referral struct {
	Source      `section:"A"`
	Consent     `section:"B"`
	Person      `section:"C"`
	Language    `section:"E"`
	Contact     `section:"D"`
	Immigration `section:"F"`
	Events      `section:"G"`
	Courts      `section:"H"`
	Childhood   `section:"I" when:"minor"`
	Needs       `section:"J"`
	Urgency     `section:"K"`
	Documents   `section:"M"`
	Declaration `section:"N"`
}

// Source says who refers. Organization, SourceKind and Designated are filled
// in from the account that is signed in, never from what was typed.
type Source struct {
	Organization   Text         `id:"A1" json:"organization" sees:"R V O A S" derived:"account" validate:"omitempty,max=200,line"`
	SourceKind     SourceKind   `id:"A2" json:"sourceKind" sees:"R V O A S" derived:"account" validate:"omitempty,option"`
	Designated     Designation  `id:"A3" json:"designated" sees:"R V O A" derived:"account" validate:"omitempty,option"`
	ReferrerName   Text         `id:"A4" json:"referrerName" sees:"V O P L" validate:"omitempty,min=2,max=100,line" shared:"encounter"`
	ReferrerTitle  Text         `id:"A5" json:"referrerTitle" sees:"V O" validate:"omitempty,max=100,line" shared:"encounter"`
	ReferrerEmail  Email        `id:"A6" json:"referrerEmail" sees:"V O P L" validate:"omitempty,max=254,email" shared:"encounter"`
	ReferrerPhone  Phone        `id:"A7" json:"referrerPhone" sees:"V O P L" validate:"omitempty,max=40,phone" shared:"encounter"`
	Extension      Text         `id:"A7.ext" json:"referrerExtension" sees:"V O P L" validate:"omitempty,max=10,line" shared:"encounter"`
	OtherContact   OtherContact `id:"A8" json:"otherContact" sees:"V O" shared:"encounter"`
	OwnReference   Text         `id:"A9" json:"ownReference" sees:"V" validate:"omitempty,max=40,line"`
	FirstEncounter Date         `id:"A10" json:"firstEncounter" sees:"V O A S" validate:"omitempty,date,past" shared:"encounter"`
	EncounterPlace Setting      `id:"A11" json:"encounterPlace" sees:"V O S" validate:"omitempty,option" shared:"encounter"`
	CountyFound    County       `id:"A12" json:"countyFound" sees:"V O L N S" validate:"omitempty,option" shared:"encounter"`
	ReferredBefore YesNoUnknown `id:"A13" json:"referredBefore" sees:"V O" validate:"omitempty,option"`
	PriorReference Text         `id:"A14" json:"priorReference" sees:"V O" when:"referredBefore=yes" validate:"omitempty,max=20,reference"`
	PriorUnknown   Tick         `id:"A14.unknown" json:"priorReferenceUnknown" sees:"V O" when:"referredBefore=yes"`
}

// OtherContact is somebody to ask while the referrer is away.
type OtherContact struct {
	Name  Text  `json:"name" validate:"omitempty,max=100,line"`
	Email Email `json:"email" validate:"omitempty,max=254,email"`
	Phone Phone `json:"phone" validate:"omitempty,max=40,phone"`
}

// Consent holds the release of a provider's referral and the duty to advise
// of a police or district attorney's one.
//
// Law: SSL 483-cc(a) and the 2021 amendment on advising; 34 USC 12291(b)(2);
// 28 CFR 94.115 (informed, written, reasonably time-limited; never the abuser).
type Consent struct {
	Consented       Consented    `id:"B1" json:"consented" sees:"V O A" validate:"omitempty,option"`
	ConsentDocument ConsentPaper `id:"B2" json:"consentDocument" sees:"V O A" when:"consented=yes_written" validate:"omitempty,option"`
	ConsentSigned   Text         `id:"B2.signature" json:"consentSignature" sees:"V O" when:"consentDocument=typed_signature" validate:"omitempty,max=100,line"`
	ConsentWording  Text         `id:"B2.wording" json:"consentWording" sees:"V O A" derived:"sending" when:"consented=yes_written|yes_verbal" validate:"omitempty,max=60,line"`
	ConsentFrom     Date         `id:"B3" json:"consentGivenOn" sees:"V O A" when:"consented=yes_written|yes_verbal" validate:"omitempty,date,past"`
	ConsentUntil    Date         `id:"B4" json:"consentValidUntil" sees:"V O P L A" when:"consented=yes_written|yes_verbal" validate:"omitempty,date"`
	Release         []Receiver   `id:"B5" json:"mayReceive" sees:"V O P L A" when:"consented=yes_written|yes_verbal" validate:"max=10,dive,option"`
	ReleaseHealth   YesNo        `id:"B5.health" json:"mayReceiveHealth" sees:"V O P L A" when:"consented=yes_written|yes_verbal" validate:"omitempty,option"`
	ReleasePolice   Text         `id:"B5.named" json:"mayReceiveNamed" sees:"V O" when:"mayReceive=law_enforcement_named" validate:"omitempty,max=200,line"`
	ConsentBy       []Giver      `id:"B6" json:"consentGivenBy" sees:"V O A" when:"consented=yes_written|yes_verbal" validate:"max=10,dive,option"`
	Consenter       Consenter    `id:"B6.giver" json:"consentGiver" sees:"V O" when:"consentGivenBy=parent_or_guardian|ldss_or_acs_as_custodian|court_appointed_guardian|other"`
	ConsentLanguage Tongue       `id:"B7" json:"consentLanguage" sees:"V A" when:"consented=yes_written|yes_verbal" validate:"omitempty,option"`
	Interpreter     Interpreting `id:"B8" json:"consentInterpreter" sees:"V A" when:"consented=yes_written|yes_verbal; consentLanguage!=english" validate:"omitempty,option"`
	Told            []Told       `id:"B9" json:"toldThePerson" sees:"V A" when:"provider" validate:"max=10,dive,option"`
	Advised         YesNo        `id:"B10" json:"advisedOfServices" sees:"V O A S" when:"law" validate:"omitempty,option"`
	AdvisedOn       Date         `id:"B10.on" json:"advisedOn" sees:"V O A" when:"advisedOfServices=yes" validate:"omitempty,date,past"`
	AdvisedBy       Text         `id:"B10.by" json:"advisedBy" sees:"V O" when:"advisedOfServices=yes" validate:"omitempty,max=100,line"`
	OfferedLink     Offer        `id:"B11" json:"offeredToConnect" sees:"V O A S" when:"law" validate:"omitempty,option"`
	NotOfferedWhy   Text         `id:"B11.why" json:"notOfferedWhy" sees:"V O" when:"offeredToConnect=not_offered" validate:"omitempty,max=500,line"`
	PersonKnows     Knows        `id:"B12" json:"personKnows" sees:"V" when:"law" validate:"omitempty,option"`
}

// Consenter is who gave consent for the person.
type Consenter struct {
	Name         Text `json:"name" validate:"omitempty,max=100,line"`
	Relationship Text `json:"relationship" validate:"omitempty,max=100,line"`
}

// Person is the person being referred.
type Person struct {
	FamilyName        Text         `id:"C1" json:"familyName" sees:"V O P L N H" validate:"omitempty,max=100,line,name"`
	FamilyNameUnknown Tick         `id:"C1.unknown" json:"familyNameUnknown" sees:"V O P L N"`
	SingleName        Tick         `id:"C1.single" json:"singleName" sees:"V O P L N"`
	GivenNames        Text         `id:"C2" json:"givenNames" sees:"V O P L N H" validate:"omitempty,max=100,line,name"`
	GivenNamesUnknown Tick         `id:"C2.unknown" json:"givenNamesUnknown" sees:"V O P L N"`
	OtherNames        []OtherName  `id:"C3" json:"otherNames" sees:"V O" validate:"max=20,dive"`
	NameToUse         Text         `id:"C4" json:"nameToUse" sees:"V O P L N" validate:"omitempty,max=100,line"`
	Born              PartialDate  `id:"C5" json:"born" sees:"V O P L N H" validate:"omitempty,partial,past,age"`
	Age               Number       `id:"C6" json:"age" sees:"V O P L N S" when:"born=unknown|" validate:"omitempty,min=0,max=110"`
	AgeEstimated      Tick         `id:"C6.estimated" json:"ageEstimated" sees:"V O P L N" when:"born=unknown|"`
	Under18           YesNoNotSure `id:"C7" json:"under18" sees:"V O P L N S" validate:"omitempty,option"`
	Under18Then       YesNoNotSure `id:"C8" json:"under18Then" sees:"V O S" validate:"omitempty,option"`
	Gender            Gender       `id:"C9" json:"gender" sees:"V O P L W S" validate:"omitempty,option"`
	Race              []Race       `id:"C10" json:"race" sees:"O S" validate:"max=20,dive,option"`
	Orientation       Orientation  `id:"C11" json:"orientation" sees:"S" validate:"omitempty,option"`
	BirthCountry      Country      `id:"C12" json:"birthCountry" sees:"V O S" validate:"omitempty,option"`
	Citizenships      []Country    `id:"C13" json:"citizenships" sees:"V O S" validate:"max=5,dive,option"`
	AccessNeeds       []AccessNeed `id:"C14" json:"accessNeeds" sees:"V/masked O P L S" validate:"max=20,dive,option"`
	AccessNeedsText   Text         `id:"C14.text" json:"accessNeedsText" sees:"V/masked O P L" validate:"omitempty,max=500,line"`
	TribalNation      Tribe        `id:"C15" json:"tribalNation" sees:"O L S" validate:"omitempty,option"`
	TribalNationOther Text         `id:"C15.other" json:"tribalNationOther" sees:"O L" when:"tribalNation=other" validate:"omitempty,max=100,line"`
	Dependents        YesNoUnknown `id:"C16" json:"dependents" sees:"V O P L" validate:"omitempty,option"`
	DependentsNumber  Number       `id:"C16.number" json:"dependentsNumber" sees:"V O P L" when:"dependents=yes" validate:"omitempty,min=0,max=20"`
	DependentsAges    Text         `id:"C16.ages" json:"dependentsAges" sees:"V O P L" when:"dependents=yes" validate:"omitempty,max=100,line"`
	Pregnant          Fourfold     `id:"C17" json:"pregnant" sees:"O P L/health" validate:"omitempty,option"`
}

// OtherName is one more name: another spelling, a name used in the
// exploitation, or the name in the person's own script.
type OtherName struct {
	Name Text     `json:"name" validate:"omitempty,max=100,line"`
	Kind NameKind `json:"kind" validate:"omitempty,option"`
}

// Language says how to speak and write to the person.
//
// Law: Executive Law 202-a (the State's twelve languages).
type Language struct {
	Spoken            Tongue  `id:"E1" json:"spokenLanguage" sees:"V O P L N W S" validate:"omitempty,option"`
	SpokenOther       Text    `id:"E1.other" json:"spokenLanguageOther" sees:"V O P L N W" when:"spokenLanguage=other" validate:"omitempty,max=100,line"`
	NeedsInterpreter  YesNo   `id:"E2" json:"interpreterNeeded" sees:"V O P L N W" validate:"omitempty,option"`
	Written           Reading `id:"E3" json:"writtenLanguage" sees:"O P L" validate:"omitempty,option"`
	WrittenOther      Text    `id:"E3.other" json:"writtenLanguageOther" sees:"O P L" when:"writtenLanguage=other" validate:"omitempty,max=100,line"`
	InterpreterGender Text    `id:"E4" json:"workerPreference" sees:"O P L" validate:"omitempty,max=200,line"`
}

// Contact says where the person is and how to reach the person safely.
//
// Law: Executive Law 108 (a substitute address is accepted and never resolved).
type Contact struct {
	Reach          Reach       `id:"D1" json:"reach" sees:"V O P L N" validate:"omitempty,option"`
	SafePhone      SafePhone   `id:"D2" json:"safePhone" sees:"O P L"`
	SafeEmail      Email       `id:"D3" json:"safeEmail" sees:"O P L" validate:"omitempty,max=254,email"`
	SafeAddress    Text        `id:"D4" json:"safeAddress" sees:"O P L/release" validate:"omitempty,max=300,line"`
	SubstituteOnly Tick        `id:"D4.acp" json:"safeAddressSubstitute" sees:"O P L/release"`
	NotSafe        Prose       `id:"D5" json:"notSafe" sees:"O P L" validate:"omitempty,max=500,prose"`
	CountyNow      StaysIn     `id:"D6" json:"countyNow" sees:"V O P L W S" validate:"omitempty,option"`
	StateNow       Text        `id:"D6.outside" json:"countyNowOutside" sees:"V O P L" when:"countyNow=outside_new_york" validate:"omitempty,max=100,line"`
	HomelessCounty County      `id:"D6.homeless" json:"countyNowHomeless" sees:"V O P L S" when:"countyNow=homeless" validate:"omitempty,option"`
	CountyWished   County      `id:"D7" json:"countyWished" sees:"O P" validate:"omitempty,option"`
	Living         Living      `id:"D8" json:"living" sees:"V O P L S" validate:"omitempty,option"`
	CityZIP        Text        `id:"D9" json:"cityOrZip" sees:"V O P L" validate:"omitempty,max=100,line"`
	Facility       Text        `id:"D10" json:"facility" sees:"V O P L" when:"living=hospital|foster_care_or_ldss_custody|orr_custody|jail_prison_or_detention" validate:"omitempty,max=200,line"`
	Representative Representer `id:"D11" json:"representative" sees:"V O P L"`
	ReachedByName  Text        `id:"D1.name" json:"reachName" sees:"V O P L" when:"reach=through_other_advocate" validate:"omitempty,max=100,line"`
}

// SafePhone is a number with what may be done with it.
type SafePhone struct {
	Phone     Phone        `json:"phone" validate:"omitempty,max=40,phone"`
	Voicemail YesNoUnknown `json:"voicemail" validate:"omitempty,option"`
	Text      YesNoUnknown `json:"text" validate:"omitempty,option"`
	SayWho    YesNoUnknown `json:"sayWho" validate:"omitempty,option"`
}

// Representer is the person's attorney or advocate.
type Representer struct {
	Name       Text         `json:"name" validate:"omitempty,max=100,line"`
	Contact    Text         `json:"contact" validate:"omitempty,max=200,line"`
	Accredited YesNoUnknown `json:"accredited" validate:"omitempty,option"`
}

// Immigration is a category for routing and no more: no number, no proof.
//
// Law: 9 NYCRR 6174.3(d)(1) ("citizenship, if known"); 22 USC 7105(b).
type Immigration struct {
	Category     Category    `id:"F1" json:"category" sees:"V/masked O P L S" validate:"omitempty,option"`
	FederalSteps []Federal   `id:"F2" json:"federalSteps" sees:"V O P" validate:"max=20,dive,option"`
	Declared     Asked       `id:"F3" json:"declarationAsked" sees:"V O" validate:"omitempty,option"`
	HHSRequest   HHSAsked    `id:"F4" json:"hhsRequest" sees:"V O L" when:"minor; category=other_or_no_status_or_pending|unknown|prefers_not_to_say" validate:"omitempty,option"`
	HHSOn        Date        `id:"F4.on" json:"hhsRequestOn" sees:"V O L" when:"hhsRequest=yes" validate:"omitempty,date,past"`
	HHSNumber    Text        `id:"F4.number" json:"hhsRequestNumber" sees:"V O L" when:"hhsRequest=yes" validate:"omitempty,max=40,line"`
	Proceedings  Proceedings `id:"F5" json:"proceedings" sees:"O P" validate:"omitempty,option"`
}
