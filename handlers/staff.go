package handlers

import "nysreferral/workflow"

// Who, for the pages of the State and of recipients.
var (
	dcjs       = []workflow.Duty{workflow.Reviewer, workflow.Director}
	staff      = []workflow.Duty{workflow.Reviewer, workflow.Director, workflow.Program}
	director   = []workflow.Duty{workflow.Director}
	program    = []workflow.Duty{workflow.Program}
	recipient  = []workflow.Duty{workflow.Recipient}
	keepers    = []workflow.Duty{workflow.Recipient, workflow.Program}
	signing    = []workflow.Duty{workflow.Director, workflow.Program}
	handling   = []workflow.Duty{workflow.Referrer, workflow.Director, workflow.Program}
	handles    = []workflow.Duty{workflow.Program, workflow.Referrer}
	withTasks  = []workflow.Duty{workflow.Referrer, workflow.Reviewer, workflow.Director, workflow.Program, workflow.Recipient}
	withPapers = []workflow.Duty{workflow.Referrer, workflow.Reviewer, workflow.Director, workflow.Program, workflow.Recipient}
)

// staffRoutes are the pages of DCJS, of OTDA, and of those to whom a person is
// handed over.
func (s *server) staffRoutes() []route {
	return []route{
		// DCJS and OTDA.
		{get, queuePath, staff, s.queue},
		{post, queuePath + "/next", dcjs, s.takeNext},
		{get, searchPath, staff, s.search},
		{post, searchPath, staff, s.searched},
		{get, "/referrals/:ref", staff, s.review},
		{get, "/referrals/:ref/reveal", staff, s.backToReferral},
		{post, "/referrals/:ref/reveal", staff, s.reveal},
		{get, "/referrals/:ref/encounter", staff, s.encounter},
		{get, "/referrals/:ref/decide", director, s.decide},
		{get, "/referrals/:ref/pairs/:other", staff, s.compare},
		{get, "/referrals/:ref/pairs/:other/:action", staff, s.pairAct},
		{post, "/referrals/:ref/pairs/:other/:action", staff, s.pairActed},
		{get, "/referrals/:ref/:action", staff, s.stateAct},
		{post, "/referrals/:ref/:action", staff, s.stateActed},

		// OTDA.
		{get, boardPath, program, s.board},
		{get, "/referrals/:ref/notify", program, s.askNotify},
		{post, "/referrals/:ref/notify", program, s.notify},
		{get, "/referrals/:ref/handovers/:n", program, s.handover},
		{get, "/referrals/:ref/handovers/:n/preview", program, s.preview},

		// Letters: of DCJS and OTDA, and of the referrer who hands them over.
		{get, "/referrals/:ref/letters", staff, s.letters},
		{post, "/referrals/:ref/letters", signing, s.signLetters},
		{get, "/referrals/:ref/letters/:n", referrer, s.handLetter},
		{get, "/referrals/:ref/letters/:n/:action", handling, s.letterAct},
		{post, "/referrals/:ref/letters/:n/:action", handling, s.letterActed},

		// Recipients, and OTDA for what it keeps itself.
		{get, inboxPath, recipient, s.inbox},
		{get, "/referrals/:ref", recipient, s.card},
		{get, "/referrals/:ref/handovers/:n", recipient, s.cardAt},
		{get, "/referrals/:ref/letters/:n", recipient, s.letter},
		{post, "/referrals/:ref/letters/:n/acknowledge", recipient, s.acknowledge},
		{post, "/referrals/:ref/handovers/:n/stopped", recipient, s.stopped},
		{get, "/referrals/:ref/handovers/:n/:action", keepers, s.handoverAct},
		{post, "/referrals/:ref/handovers/:n/:action", keepers, s.handoverActed},

		// The referrer is asked to bring the person together with a recipient.
		{get, "/referrals/:ref/handovers/:n/:action", referrer, s.handoverAct},
		{post, "/referrals/:ref/handovers/:n/:action", referrer, s.handoverActed},

		{get, tasksPath, withTasks, s.tasks},
		{post, tasksPath, handles, s.taskDone},
		{get, "/referrals/:ref/papers/:kind", withPapers, s.paper},
		{get, filesPath, withPapers, s.files},
		{get, filesPath + "/:n", withPapers, s.fileOf},
	}
}
