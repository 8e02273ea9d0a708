package pdf

import (
	"slices"

	"nysreferral/forms"
)

// approval stands over words that the State owns.
const approval = "The wording of this page is proposed. It awaits approval by New York State and must not be given to anybody before."

// help are numbers that answer at any hour. They are public, and the same for everybody.
var help = []string{
	"In danger now: call 911.",
	"To talk with somebody at any hour, in many languages: National Human Trafficking Hotline, 1-888-373-7888, or text 233733.",
	"Thoughts of suicide: call or text 988.",
}

// Confirmation is the Notice of Confirmation as a Human Trafficking Victim in New York State, for the person. v holds
// the determination alone: a view with any answer is refused, and one that does not say confirmed.
//
// Law: SSL 483-cc(b) (OTDA reports the finding to the victim); 22 USC 7105(b) (federal certification is another thing);
// CPL 440.10 (setting aside convictions).
func Confirmation(f Facts, v forms.View) ([]byte, []Undrawn, error) {
	found := v.Item("determination")
	other := slices.ContainsFunc(v.Parts, func(p forms.Part) bool { return p.Form != "review" || p.Section != "S4" })
	if other || found == nil || found.Value != "confirmed" {
		return nil, nil, errReader
	}
	f.GeneratedFor = "" // whose helper is the police does not stand in a letter that others may find
	p := begin(f, "Letter", "This letter is yours. You decide who reads it.")
	p.Box("Not approved yet", approval)
	p.Heading(1, "Notice of Confirmation as a Human Trafficking Victim in New York State")
	p.Paragraph("New York State Office of Temporary and Disability Assistance (OTDA)\n" + day(f.At))
	p.blank("To (the name is written in by hand when the letter is used)")
	p.Space(8)
	p.Paragraph("New York State looked at what was told about your situation and has confirmed you under Social Services Law section 483-cc. " +
		"What happened was not your fault. Nothing of what you told stands in this letter.")
	p.fact("Reference", f.Reference)
	p.fact("Code", f.Code)
	t := p.tell(v)
	for _, it := range t.section("review", "S4") {
		t.item(0, it)
	}
	p.Heading(2, "What this letter does")
	p.List([]string{
		"It shows that the State has confirmed you. You can use it when you ask for services: a safe place to stay, medical care, counseling, a lawyer, an interpreter, English classes, help to find work.",
		"You can show it to a lawyer, for example to ask a court to set aside a conviction for something that you were made to do.",
		"It obliges you to nothing. Which help you take, and whether you speak with the police, is for you to decide.",
	})
	p.Heading(2, "What this letter is not")
	p.List([]string{
		"It is not a certification by the federal government. That is a letter of the U.S. Department of Health and Human Services, and it is asked for separately.",
		"It is not a visa, it gives no immigration status, and it is not a police report.",
		"It does not promise a certain benefit. The local department of social services decides what you can have, and tells you how to object.",
	})
	p.Heading(2, "Keeping it, and showing it")
	p.Paragraph("Keep this letter only where it is safe for you. Your helper can keep it for you, and print it again. " +
		"Whoever gets to see it can find out whether it is genuine under \"Check a letter\" on the State's page, with the reference and the code. " +
		"That page says \"genuine\" and the day, and nothing about you.")
	p.Heading(2, "If you need somebody now")
	p.List(help)
	p.Small("This letter is in English only; translations await the State's approval too. You have a right to an interpreter, free of charge: ask for one in your language.")
	return p.end()
}

// ConsentSheet is a blank release of information to be printed, explained and signed by hand. It knows nobody. f needs
// At alone.
//
// Law: SSL 483-cc(a) (a provider refers with consent); 34 USC 12291(b)(2) and 28 CFR 94.115 (informed, written,
// reasonably time-limited, never by the abuser, no condition of services); Executive Law 202-a (languages).
func ConsentSheet(f Facts) ([]byte, []Undrawn, error) {
	p := begin(f, "Release of information", "A signed sheet is confidential. The referring agency keeps it, and gives a copy to the person if that is safe.")
	p.Box("Not approved yet", approval)
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
	p.Paragraph("This sheet is in English only. Not translated yet: Spanish, Chinese (simplified and traditional), Russian, Yiddish, Bengali, Korean, Haitian Creole, Italian, Arabic, Polish, French, Urdu. " +
		"Until then have it interpreted, and write down by whom.")
	return p.end()
}

// optionsOf are the choices of a question, as people read them.
func optionsOf(path string) []string { return forms.Questions.Field(path).Labels }
