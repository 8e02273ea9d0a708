package pdf

import (
	"strings"

	"nysreferral/forms"
)

// approval stands over words that the State owns.
const approval = "The wording of this page is proposed. It awaits approval by New York State and must not be given to anybody before."

// ConsentSheet is a blank release of information to be printed, explained and signed by hand. It knows nobody. f needs
// At alone.
//
// Law: SSL 483-cc(a) (a provider refers with consent); 34 USC 12291(b)(2) and 28 CFR 94.115 (informed, written,
// reasonably time-limited, never by the abuser, no condition of services); Executive Law 202-a (languages).
func ConsentSheet(f Facts) ([]byte, []Undrawn, error) {
	p := begin(f, "Release of information", "A signed sheet is confidential. The referring agency keeps it, and gives a copy to the person if that is safe.")
	p.Box("Not approved yet", approval)
	p.Small("Wording " + forms.ReleaseWording + ".")
	p.Heading(1, "Consent to a referral, and release of information")
	p.Paragraph("Read this aloud in words that the person understands, with an interpreter if one is needed. Nobody who may have harmed the person, and no relative of such a person, interprets or signs.")
	p.Heading(2, "What the person should know")
	p.choices(optionsOf("toldThePerson"))
	p.Paragraph("The referral goes to the Division of Criminal Justice Services (DCJS) and the Office of Temporary and Disability Assistance (OTDA). They decide whether New York State confirms the person. " +
		"Help is given whether or not the person signs. An organization that receives the person's details does not get the account of what happened.")
	p.Heading(2, "Who may receive information about me")
	p.choices(optionsOf("mayReceive"))
	p.blank("Name of the attorney, or of the law enforcement agency")
	p.Space(8)
	p.Paragraph("Health information may be passed on too:")
	p.choices(optionsOf("mayReceiveHealth"))
	p.Heading(2, "For how long")
	p.Paragraph("This release ends on the day below, or as soon as I say so, in writing or by telling the one who referred me. What was passed on before cannot be called back.")
	p.blank("Valid until (day, month, year)")
	p.Heading(2, "Signatures")
	p.blank("Name")
	p.blank("Signature")
	p.blank("Date")
	p.Space(8)
	p.Paragraph("For somebody under 18, where a guardian who is safe signs too; or for somebody who cannot sign:")
	p.blank("Name, and relation to the person")
	p.blank("Signature and date")
	p.Space(8)
	p.Paragraph("Explained by, and in which language:")
	p.blank("Name and agency")
	p.blank("Language, and who interpreted")
	p.blank("Signature and date")
	p.Heading(2, "Languages")
	p.Paragraph("This sheet is in English only. Not translated yet: " + strings.Join(Untranslated(), ", ") + ". " +
		"Until then have it interpreted, and write down by whom.")
	return p.end()
}

// optionsOf are the choices of a question, as people read them.
func optionsOf(path string) []string { return forms.Questions.Field(path).Labels }
