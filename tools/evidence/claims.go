package main

import "regexp"

// claim is one thing that the program says of itself.
type claim struct {
	says  string
	ids   string   // the requirements that it answers
	pkg   string   // package whose tests hold it, as go test names it
	tests []string // names of tests, each of which must run; nil with whole
	whole bool     // every test of the package, among them tests
	count *regexp.Regexp
	what  string                                     // what count counts, in words
	least int                                        // what the sum of all that count finds must reach
	do    func(root string) (seen string, err error) // in place of tests
}

// counted finds a number that a test says.
func counted(words string) *regexp.Regexp { return regexp.MustCompile(`(\d+) ` + words) }

// claims are all of them. What takes hours is not here: make mutation, make faults
// and make bench say their own numbers.
var claims = []claim{
	{says: "who may see and do what equals tables written by hand, in every output", ids: "O5, AUTHZ-1, AUTHZ-2, AUTHZ-3, AUTHZ-8, AUTHZ-10, WEB-1, WEB-2, WEB-3",
		pkg: "./policy", whole: true, count: regexp.MustCompile(`policy: (\d+) assertions`), what: "assertions", least: 10_000,
		tests: []string{"TestOutputs", "TestFieldsByView", "TestFieldsByDeclaration", "TestSights", "TestActs", "TestActsNeed", "TestHandoverActs", "TestNeedTwo", "TestRecords",
			"TestTheySeeNoPerson", "TestReferrersSearchNobody", "TestAbsentAndNotYoursAreTheSame", "TestHeadersOnEveryRoute", "TestNoSmuggling", "TestSlowRequests"}},
	{says: "every tampering with the log is found, and the first bad line named", ids: "O3, AUD-3",
		pkg: "./audit", tests: []string{"TestCampaign"}, count: counted("tamperings, each found"), what: "tamperings", least: 1200},
	{says: "a database put back to an earlier copy is found by the heads that lie outside, and does not start", ids: "AUD-5",
		pkg: "./cmd/nysreferral", tests: []string{"TestRollbackIsFound", "TestAnchorsOfOthersAreRefused", "TestAnchorsAreGiven"}},
	{says: "one line of the log can be proved without showing another", ids: "AUD-6", pkg: "./audit", tests: []string{"TestProve", "TestExport"}},
	{says: "whoever runs the system learns within minutes that the log takes no lines", ids: "AUD-7, OBS-3", pkg: "./cmd/nysreferral", tests: []string{"TestWatchTells"}},
	{says: "no line of the log, no data", ids: "AUD-2, O6", pkg: "./referrals", tests: []string{"TestNoLineNoData", "TestRefusalsAreLogged"}},
	{says: "each page is one line that names what it showed", ids: "O3, AUD-1", pkg: "./handlers", tests: []string{"TestOneLineAPage"}},
	{says: "each call of the API is one line, and without one there is no answer", ids: "O3, AUD-1, AUD-2", pkg: "./handlers/api", tests: []string{"TestOneLineACall", "TestNoLineNoAnswer"}},
	{says: "starts, stops, gaps and moved clocks are lines", ids: "AUD-11", pkg: "./audit", tests: []string{"TestLife", "TestWatch", "TestMoved"}},
	{says: "a line of the log cannot be made to say what it does not hold", ids: "AUD-12", pkg: "./audit", tests: []string{"TestAddRefuses", "TestTextIsFixed"}},
	{says: "no planted word can be read anywhere on the disk, in the mail or the logs, in any encoding", ids: "O2, CRY-1, PRIV-2, PRIV-3",
		pkg: "./cmd/nysreferral", tests: []string{"TestCanaries", "TestScanFinds"}, count: counted("words planted"), what: "words planted", least: 200},
	{says: "what is sealed does not open when moved, changed, or under another key", ids: "CRY-2, CRY-6", pkg: "./seal",
		tests: []string{"TestMovedDoesNotOpen", "TestWrongKeyDoesNotOpen", "TestChangedDoesNotOpen", "TestLoadRefusesOpenFile", "TestLoadRefusesOthersFile"}},
	{says: "the cryptography runs where only approved algorithms do", ids: "CRY-7", pkg: "./seal", tests: []string{"TestFIPSOnly"}},
	{says: "keys rotate under load and survive being killed", ids: "CRY-3", pkg: "./cmd/nysreferral", tests: []string{"TestRotateKilled", "TestRotateBesideServer"}},
	{says: "what was destroyed stays destroyed when an older backup is put back", ids: "CRY-4, T64", pkg: "./cmd/nysreferral", tests: []string{"TestRestoreShredsAgain"}},
	{says: "a backup is put back whole, and a changed one is refused", ids: "REL-11, REL-13", pkg: "./cmd/nysreferral", tests: []string{"TestBackupIsPutBack", "TestChangedBackupIsRefused"}},
	{says: "the second lock: rows of a person open for nobody who is not named, and an agency meets only its own", ids: "AUTHZ-5", pkg: "./referrals",
		tests: []string{"TestSecondLock", "TestSecondLockOwnRows", "TestSecondLockWrites", "TestStrangers", "TestStrangersDoNotAct"}},
	{says: "only works in a list read for themselves", ids: "AUTHZ-5, AUTHZ-6", pkg: ".", tests: []string{"TestTreeReadsForSomebody", "TestTreeImports", "TestTreeDataMap"}},
	{says: "what a duplicate check finds is told to no referrer, by no answer, count or time", ids: "T04, O1", pkg: "./referrals", tests: []string{"TestSecondReferrerLearnsNothing", "TestKeysAreShared"}},
	{says: "hostile files are refused or made harmless", ids: "IN-6, IN-8, IN-9", pkg: "./attach", tests: []string{"TestHostileFiles", "TestCopiesByOthers"},
		count: counted("hostile files"), what: "files", least: 60},
	{says: "only a scanner's clear answer lets a file be opened", ids: "IN-7", pkg: "./scan", tests: []string{"TestOnlyAClearAnswerCounts", "TestNobodyAnswers", "TestRealClamd"}},
	{says: "a lying provider of sign-in lets nobody in", ids: "AUTH-16", pkg: "./handlers", tests: []string{"TestHostileProvider", "TestAnswersOfOthers"},
		count: counted("lies of a provider"), what: "lies", least: 20},
	{says: "one factor reaches nothing, and the State's duties need a passkey", ids: "AUTH-1, AUTH-2", pkg: "./handlers", tests: []string{"TestPasswordAloneReachesNothing", "TestStateDutyNeedsAPasskey"}},
	{says: "the gravest acts ask anew who one is", ids: "AUTH-14, SESS-9", pkg: "./handlers", tests: []string{"TestGraveActsAskForProof", "TestGraveActsAskAnew"}},
	{says: "passwords, codes and sessions refuse, lock and end as they must", ids: "AUTH-3, AUTH-6, AUTH-7, AUTH-8, AUTH-11, AUTH-12, SESS-1, SESS-3, SESS-6, SESS-8", pkg: "./auth",
		tests: []string{"TestSignInRefusesAlike", "TestLock", "TestCodeIsGoodOnce", "TestRecoveryCodes", "TestSessionEnds", "TestSessionRevoked", "TestSessionsAtMostThree", "TestSpray"}},
	{says: "who asks again and again for what is not theirs is told of and put out", ids: "LIM-4, OBS-3, T01", pkg: "./auth", tests: []string{"TestMissesEndSessions", "TestMissesOfANetwork"}},
	{says: "who opens very many referrals is asked for a proof, and stopped", ids: "LIM-3, LIM-5", pkg: "./referrals",
		tests: []string{"TestReadsHaveABudget", "TestBudgetHoldsAtOnce", "TestBudgetStopsNobodyFromActing"}},
	{says: "small numbers are withheld, and whatever would tell them", ids: "PRIV-6", pkg: "./reports", whole: true},
	{says: "every decoder and parser that meets strangers is fuzzed from a kept corpus", ids: "IN-1, SUP-3", do: fuzzTargets},
	{says: "a million lines of the log are verified in a minute on two cores", ids: "AUD-4", do: verifySpeed},
	{says: "doctor finds each trouble by the check that is for it, and tells of nobody", ids: "REL-8, OBS-3", pkg: "./cmd/nysreferral",
		tests: []string{"TestDoctorFindsNothing", "TestDoctorFindsTroubles", "TestDoctorTellsOfNobody"}},
	{says: "doctor finds nothing to mend beside a running demonstration", ids: "REL-8", do: doctorOnDemo},
}
