package workflow

// Circumstances are the facts about one referral, and about the hand-over at
// hand if there is one, that a rule may ask for. Zero values refuse: a fact
// that nobody filled in never opens a step.
type Circumstances struct {
	AgencyID   int // the referring agency
	AuthorID   int // the account that wrote the referral
	AssignedID int // the reviewer or director who took it; 0 for nobody

	// The facts of this round: since it was submitted, or since it was reopened.
	AssessedBy        []int // everybody who filled in or changed the grid of elements, in any round
	RecommendedBy     int   // who recommended a determination; 0 for nobody
	SecondBy          int   // who agreed, as second reader, that it be declined; 0 for nobody
	DisagreedBy       int   // who disagreed, as second reader, with what stands now; 0 for nobody
	ConsultedProgram  bool  // OTDA's view is on the record
	ConsultedReferrer bool  // the talk with the referring agency, or a failed try, is on the record
	ConsultationOpen  bool  // DCJS waits for OTDA's view
	HasElements       bool  // every line of the grid of elements has an answer
	AppealOver        bool  // the time to appeal a decline has passed
	Recused           []int // who stepped back, or was made to: they see nothing of the referral

	// Of a round that an appeal began; empty in any other.
	DeclinedBy   []int // who signed a decline before
	DeclinedWith []int // who agreed to one as second reader

	// What comes with the act itself, from its own page.
	HasReason bool // a reason in plain words was written

	Referral      Status // where the referral stands, for rules about its hand-overs
	Handovers     int    // how many hand-overs there ever were
	OpenHandovers int    // how many of them are not closed

	// The hand-over at hand.
	RecipientID   int            // its recipient's agency; OTDA's own for one that OTDA keeps
	Handover      HandoverStatus // where it stands
	Verified      bool           // the contact point was verified; true where OTDA keeps it
	Received      bool           // somebody at the recipient can sign in; true where OTDA keeps it
	ReleaseAllows bool           // the release names this kind of recipient and has not ended
	Excluded      bool           // the person asked not to be referred there
	WrongAge      bool           // the contact is for children and the person an adult, or the reverse
	ForPeople     bool           // the contact is of a kind to which people are handed over, and of the kind that was proposed; true where OTDA keeps it
	Attempts      int            // logged tries to reach the person, by ways that were permitted
	Heeded        bool           // each warning about the contact was ticked, or there is none; comes with the act itself
	NotElsewhere  bool           // no referral that was linked as the same person is with a recipient

	// The letter at hand.
	Letter     LetterKind // what it says
	Way        Way        // by which it is to be sent, or was sent last
	Reaching   Reaching   // how the person can be reached
	BringAsked bool       // the referrer was asked to bring them together and has not answered
	Waits      bool       // the person asked to be left alone until a day that is to come

	// What one person asked for and another one agrees to.
	Firsts []int // everybody who had a hand in asking
}

// Guard names a condition of a step.
type Guard string

// The guards. Each has a line in Guards.
const (
	NotOfReferrer     Guard = "not_of_referrer"
	NotAssessor       Guard = "not_assessor"
	FreshReader       Guard = "fresh_reader"
	Holder            Guard = "holder"
	OTDAConsulted     Guard = "otda_consulted"
	ReferrerConsulted Guard = "referrer_consulted"
	ElementsFilled    Guard = "elements_filled"
	SecondReader      Guard = "second_reader"
	NotContested      Guard = "not_contested"
	ReasonGiven       Guard = "reason_given"
	OTDAAsked         Guard = "otda_asked"
	AllHandedOver     Guard = "all_handed_over"
	AppealTimeOver    Guard = "appeal_time_over"
	AppealTimeOpen    Guard = "appeal_time_open"
	ReferralConfirmed Guard = "referral_confirmed"
	ContactVerified   Guard = "contact_verified"
	SomebodyReceives  Guard = "somebody_receives"
	ReleaseNamesIt    Guard = "release_names_it"
	NotExcluded       Guard = "not_excluded"
	FitsAge           Guard = "fits_age"
	LineForPeople     Guard = "line_for_people"
	WarningsHeeded    Guard = "warnings_heeded"
	AttemptLogged     Guard = "attempt_logged"
	NotRecused        Guard = "not_recused"
	FreshDecider      Guard = "fresh_decider"
	NobodyHolds       Guard = "nobody_holds"
	SomebodyOut       Guard = "somebody_out"
	HandedOverOnce    Guard = "handed_over_once"
	LetterSigner      Guard = "letter_signer"
	LetterSender      Guard = "letter_sender"
	LetterTime        Guard = "letter_time"
	SafeWay           Guard = "safe_way"
	HandedByReferrer  Guard = "handed_by_referrer"
	HandedByOffice    Guard = "handed_by_office"
	NotAskedYet       Guard = "not_asked_yet"
	NobodyWaits       Guard = "nobody_waits"
	SecondPerson      Guard = "second_person"
)

// Condition is what a guard means: when it is met, and the sentence for a
// person who meets it unmet, which tells what to do next.
type Condition struct {
	Key    Guard
	Say    string
	OnPage bool // asked for on the page of the act, so it does not hold a button back
	Hides  bool // while it is unmet the act is not offered at all
	Met    func(who Actor, c Circumstances) bool
	Law    string
}

// Guards is every guard.
var Guards = []Condition{
	{
		Key: NotOfReferrer,
		Say: "Nobody of the agency that referred the person can take part in the determination. Leave it to a colleague of another agency.",
		Met: func(who Actor, c Circumstances) bool { return c.AgencyID != 0 && who.Agency != c.AgencyID },
		Law: "procedure, from SSL 483-cc(b): the referring agency is consulted and does not decide",
	},
	{
		Key: NotAssessor,
		Say: "A director who assessed a referral cannot decide it. Ask another director.",
		Met: func(who Actor, c Circumstances) bool { return !among(who.ID, c.AssessedBy) },
		Law: "procedure: separation of duties",
	},
	{
		Key: FreshReader,
		Say: "A second reader neither assessed the referral nor recommended the outcome, nor signed the decline that is appealed. Ask a colleague to read it.",
		Met: func(who Actor, c Circumstances) bool {
			return !among(who.ID, c.AssessedBy) && who.ID != c.RecommendedBy && !among(who.ID, c.DeclinedBy)
		},
		Law: lawSecond,
	},
	{
		Key: Holder,
		Say: "Only the colleague who took this referral, or a director, can hand it back.",
		Met: func(who Actor, c Circumstances) bool { return who.Duty == Director || who.ID == c.AssignedID },
		Law: "procedure",
	},
	{
		Key: OTDAConsulted,
		Say: "OTDA's view is not on the record yet. Consult OTDA first.",
		Met: func(_ Actor, c Circumstances) bool { return c.ConsultedProgram },
		Law: "SSL 483-cc(b); 9 NYCRR 6174.3(b), (c)",
	},
	{
		Key: ReferrerConsulted,
		Say: "The consultation with the referring agency is not on the record yet. Talk with the referrer, or record that you tried.",
		Met: func(_ Actor, c Circumstances) bool { return c.ConsultedReferrer },
		Law: "SSL 483-cc(b)",
	},
	{
		Key: ElementsFilled,
		Say: "The elements are not all assessed yet. Fill in every line of the grid.",
		Met: func(_ Actor, c Circumstances) bool { return c.HasElements && len(c.AssessedBy) > 0 },
		Law: "22 USC 7102(11), 7105; 9 NYCRR 6174.3(b), (d)",
	},
	{
		Key: SecondReader,
		Say: "A second reader has to agree before a referral is declined, and it cannot be you or anyone who assessed it.",
		Met: func(who Actor, c Circumstances) bool {
			return c.SecondBy != 0 && c.SecondBy != who.ID && !among(c.SecondBy, c.AssessedBy)
		},
		Law: lawSecond,
	},
	{
		Key: NotContested,
		Say: "A second reader disagreed with this decline. Once the elements are assessed anew, or a reviewer recommends anew, somebody reads it again.",
		Met: func(_ Actor, c Circumstances) bool { return c.DisagreedBy == 0 },
		Law: lawSecond,
	},
	{
		Key: ReasonGiven, OnPage: true,
		Say: "Write the reason in plain words.",
		Met: func(_ Actor, c Circumstances) bool { return c.HasReason },
		Law: "procedure; for an extension good cause, 9 NYCRR 6174.3(c)",
	},
	{
		Key: OTDAAsked,
		Say: "What happened can be read by OTDA only while DCJS waits for OTDA's view.",
		Met: func(_ Actor, c Circumstances) bool { return c.ConsultationOpen },
		Law: "SSL 483-cc(b): consultation",
	},
	{
		Key: AllHandedOver,
		Say: "A confirmed referral stays open until every hand-over is closed.",
		Met: func(_ Actor, c Circumstances) bool { return c.Handovers > 0 && c.OpenHandovers == 0 },
		Law: "SSL 483-bb, 483-cc(b): help to obtain services",
	},
	{
		Key: AppealTimeOver,
		Say: "A declined referral stays open until the time to appeal is over.",
		Met: func(_ Actor, c Circumstances) bool { return c.AppealOver },
		Law: "18 NYCRR 765.1: appeal",
	},
	{
		Key: AppealTimeOpen,
		Say: "The time to appeal is over. New facts can still be sent for reconsideration.",
		Met: func(_ Actor, c Circumstances) bool { return !c.AppealOver },
		Law: "18 NYCRR 765.1: appeal",
	},
	{
		Key: ReferralConfirmed,
		Say: "Only a referral that is confirmed and not withdrawn can be handed over.",
		Met: func(_ Actor, c Circumstances) bool { return c.Referral == Confirmed },
		Law: "SSL 483-cc(b); 28 CFR 94.115",
	},
	{
		Key: ContactVerified,
		Say: "This contact point is not verified. Have the directory row verified, then send.",
		Met: func(_ Actor, c Circumstances) bool { return c.RecipientID != 0 && c.Verified },
		Law: "procedure: nothing is sent to a contact that nobody has checked",
	},
	{
		Key: SomebodyReceives,
		Say: "Nobody at this recipient can sign in to receive it. Ask the administrator to invite an account there, or choose another recipient.",
		Met: func(_ Actor, c Circumstances) bool { return c.Received },
		Law: "procedure: nobody is handed over to a mailbox that nobody reads",
	},
	{
		Key: ReleaseNamesIt,
		Say: "This hand-over is not permitted by the release. Obtain the person's consent to this recipient first.",
		Met: func(_ Actor, c Circumstances) bool { return c.ReleaseAllows },
		Law: "34 USC 12291(b)(2); 28 CFR 94.115",
	},
	{
		Key: NotExcluded,
		Say: "The person asked not to be referred there. Choose another recipient.",
		Met: func(_ Actor, c Circumstances) bool { return !c.Excluded },
		Law: "the program is voluntary; 28 CFR 94.115",
	},
	{
		Key: FitsAge,
		Say: "This contact is not for people of that age: one is for children, the other an adult. Choose another recipient.",
		Met: func(_ Actor, c Circumstances) bool { return !c.WrongAge },
		Law: "SSL 483-bb, 483-cc(b): children and adults are helped by different services",
	},
	{
		Key: LineForPeople,
		Say: "This contact takes nobody over, or is of another kind than when it was proposed. Choose another recipient.",
		Met: func(_ Actor, c Circumstances) bool { return c.ForPeople },
		Law: "SSL 483-bb, 483-cc(b): a person is referred to a provider or a local department; 28 CFR 94.115",
	},
	{
		Key: WarningsHeeded, OnPage: true,
		Say: "Something about this contact does not fit the person. Look at it, and tick each warning, or choose another recipient.",
		Met: func(_ Actor, c Circumstances) bool { return c.Heeded },
		Law: "procedure: OTDA may override the proposed route, knowingly",
	},
	{
		Key: HandedOverOnce, OnPage: true,
		Say: "The same person was handed over under another referral. Look there first; to hand the person over again, write why.",
		Met: func(_ Actor, c Circumstances) bool { return c.NotElsewhere || c.HasReason },
		Law: "procedure: a linked referral has no second hand-over by itself",
	},
	{
		Key: AttemptLogged,
		Say: "Log at least one try to reach the person by a permitted way first.",
		Met: func(_ Actor, c Circumstances) bool { return c.Attempts > 0 },
		Law: "procedure: 09-ADM-01 disposition report",
	},
	{
		Key: NotRecused, Hides: true,
		Say: "You stepped back from this referral, or were excluded from it. Leave it to your colleagues.",
		Met: func(who Actor, c Circumstances) bool { return !among(who.ID, c.Recused) },
		Law: lawConflict,
	},
	{
		Key: FreshDecider,
		Say: "An appeal is decided by somebody who neither signed the decline before nor agreed to it as second reader. Ask another director.",
		Met: func(who Actor, c Circumstances) bool {
			return !among(who.ID, c.DeclinedBy) && !among(who.ID, c.DeclinedWith)
		},
		Law: "18 NYCRR 765.1 knows an appeal; procedure: nobody decides on the own decision",
	},
	{
		Key: NobodyHolds, Hides: true,
		Say: "A colleague holds this referral. Ask for it to be handed back.",
		Met: func(_ Actor, c Circumstances) bool { return c.AssignedID == 0 },
		Law: procedure,
	},
	{
		Key: SomebodyOut, Hides: true,
		Say: "Nobody stepped back from this referral or was excluded from it.",
		Met: func(_ Actor, c Circumstances) bool { return len(c.Recused) > 0 },
		Law: lawConflict,
	},
	{
		Key: LetterSigner, Hides: true,
		Say: "This letter is signed and sent by another office.",
		Met: func(who Actor, c Circumstances) bool {
			l, _ := LetterOf(c.Letter)
			return among(who.Duty, l.Signers)
		},
		Law: lawLetter,
	},
	{
		Key: LetterSender, Hides: true,
		Say: "This letter is sent by another office.",
		Met: func(who Actor, c Circumstances) bool { return len(WaysFor(who.Duty, c.Letter, c.Reaching)) > 0 },
		Law: lawLetter,
	},
	{
		Key: LetterTime,
		Say: "The referral has moved on, and what this letter says holds no longer.",
		Met: func(_ Actor, c Circumstances) bool {
			l, _ := LetterOf(c.Letter)
			return among(c.Referral, l.At)
		},
		Law: procedure,
	},
	{
		Key: SafeWay, OnPage: true,
		Say: "This way is not safe for the person, or another office sends by it. Choose one that is offered.",
		Met: func(who Actor, c Circumstances) bool { return among(c.Way, WaysFor(who.Duty, c.Letter, c.Reaching)) },
		Law: lawLetter,
	},
	{
		Key: HandedByReferrer, Hides: true,
		Say: "Another office hands this letter over.",
		Met: func(_ Actor, c Circumstances) bool { return c.Way == ByReferrer },
		Law: lawLetter,
	},
	{
		Key: HandedByOffice, Hides: true,
		Say: "Whoever referred the person, or sent this letter, says whether it was handed over.",
		Met: func(who Actor, c Circumstances) bool {
			return among(c.Way, []Way{ByAttorney, ByAdvocate, ByMail}) && SentBy(who.Duty, c.Letter, c.Way)
		},
		Law: lawLetter,
	},
	{
		Key: NotAskedYet,
		Say: "The referrer was asked to bring you together with the person, and has not answered yet.",
		Met: func(_ Actor, c Circumstances) bool { return !c.BringAsked },
		Law: "procedure: follow-up",
	},
	{
		Key: NobodyWaits,
		Say: "The person asked to wait until a day. Ask the referrer once that day is over.",
		Met: func(_ Actor, c Circumstances) bool { return !c.Waits },
		Law: lawVoluntary,
	},
	{
		Key: SecondPerson,
		Say: "One person does not do this alone: you had a hand in it, so a colleague agrees to it.",
		Met: func(who Actor, c Circumstances) bool {
			return len(c.Firsts) > 0 && !among(0, c.Firsts) && !among(who.ID, c.Firsts)
		},
		Law: lawTwo,
	},
}

// Condition returns what the guard means. An unknown guard is never met.
func (g Guard) Condition() Condition {
	for _, c := range Guards {
		if c.Key == g {
			return c
		}
	}
	return Condition{
		Key: g, Say: "This cannot be done now.",
		Met: func(Actor, Circumstances) bool { return false },
	}
}

// Say is the sentence for somebody who meets the guard unmet.
func (g Guard) Say() string { return g.Condition().Say }

// Met says whether the guard lets who pass.
func (g Guard) Met(who Actor, c Circumstances) bool { return g.Condition().Met(who, c) }

// Owns says whether the record is the actor's own. A referral is its author's
// and its agency's lead's, while they belong to the referring agency. A
// hand-over is its recipient agency's; one that OTDA keeps is OTDA's.
func Owns(who Actor, c Circumstances) bool {
	if !able(who) {
		return false
	}
	switch who.Duty {
	case Referrer:
		return who.Agency == c.AgencyID && (who.ID == c.AuthorID || who.Lead)
	case Recipient, Program:
		return who.Agency == c.RecipientID
	}
	return false
}
