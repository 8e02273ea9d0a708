package match

import (
	"slices"
	"strings"
	"testing"

	"nysreferral/forms"
)

// person reads "Family | Given; other name; other name".
func person(text string) Identity {
	main, others, _ := strings.Cut(text, ";")
	family, given, _ := strings.Cut(main, "|")
	id := Identity{Names: []Name{{Family: forms.Text(strings.TrimSpace(family)), Given: forms.Text(strings.TrimSpace(given))}}}
	for other := range strings.SplitSeq(others, ";") {
		if other = strings.TrimSpace(other); other != "" {
			id.Names = append(id.Names, Name{Given: forms.Text(other), Other: true})
		}
	}
	return id
}

func (id Identity) born(d forms.PartialDate) Identity { id.Born = d; return id }

func (id Identity) aged(n int, on forms.Date) Identity {
	id.Age, id.On = forms.Number{N: n, Set: true}, on
	return id
}

func (id Identity) guessed(n int, on forms.Date) Identity {
	id = id.aged(n, on)
	id.Guessed = true
	return id
}

func (id Identity) phone(p forms.Phone) Identity { id.Phones = []forms.Phone{p}; return id }

func (id Identity) in(county string, places ...forms.Text) Identity {
	id.Counties, id.Places = []string{county}, places
	return id
}

func codes(reasons []Reason) []forms.Agreement {
	var out []forms.Agreement
	for _, r := range reasons {
		out = append(out, r.Code)
	}
	return out
}

// What speaks for the same person is found over spelling, order, accents and
// script, and each reason is named.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		what string
		a, b Identity
		want forms.Strength
		why  []forms.Agreement
	}{
		{"the same motel, an initial, an age", person("Gutierrez Lopez | Maria Elena").born("1999-04-12").in("albany", "Starlight Motel, room 12"),
			person("Gutiérrez | María E.").aged(27, "2026-10-06").in("albany", "the Starlight motel"), Likely, []forms.Agreement{NamePart, AgeFits, PlaceSame, CountySame}},
		{"accents alone", person("Nguyễn | Thị Ánh").born("1997-01-12"), person("Nguyen | Thi Anh").born("1997-01-12"), Strong, []forms.Agreement{NameAccents, BirthSame}},
		{"small letters are no accent", person("NGUYEN | Thi Anh").born("1997-01-12"), person("Nguyen | Thi Anh").born("1997-01-12"), Strong, []forms.Agreement{NameSame, BirthSame}},
		{"family and given exchanged", person("Thi Anh | Nguyen").born("1997-01-12"), person("Nguyen | Thi Anh").born("1997-01-12"), Strong, []forms.Agreement{NameSame, NameOrder, BirthSame}},
		{"Arabic and a spelling of it", person("عبد الله | محمد").born("1990-05-03"), person("Abdullah | Mohammed").born("1990-05-03"), Strong, []forms.Agreement{NameSpelling, NameScript, BirthSame}},
		{"two spellings", person("Abdullah | Mohammed").born("1990-05-03"), person("Abdallah | Muhammad").born("1990-05-03"), Strong, []forms.Agreement{NameSpelling, BirthSame}},
		{"one name, two spellings", person("Mohammed |").born("1990-05-03"), person("| Muhammad").born("1990-05-03"), Likely, []forms.Agreement{NameSpelling, BirthSame}},
		{"own spelling of a Chinese name", person("刘 | 美玲; Liu Meiling").born("1984-03-09"), person("Liu | Mei Ling").born("1984-03-09"), Strong, []forms.Agreement{NameSame, NameOther, BirthSame}},
		{"Chinese, written apart or not", person("刘 | 美玲").born("1984"), person("| 刘美玲").born("1984-03-09"), Likely, []forms.Agreement{NameSame, BirthFits}},
		{"apostrophes and hyphens", person("O’Neill-Ávila | Nora").born("2001-02-03"), person("O'Neill Avila | Nora").born("2001-03-02"), Strong, []forms.Agreement{NameAccents, BirthSwapped}},
		{"Korean", person("| 김민지").born("2000-12-01"), person("Kim | Min-ji").born("2000-12-01"), Strong, []forms.Agreement{NameSpelling, NameScript, BirthSame}},
		{"Cyrillic", person("Иванова | Ольга").born("1988-08-30"), person("Ivanova | Olga").born("1988-08-30"), Strong, []forms.Agreement{NameScript, BirthSame}},
		{"Hebrew", person("מזרחי | מרים").born("1991-06-06"), person("Mizrahi | Miriam").born("1991-06-06"), Strong, []forms.Agreement{NameSpelling, NameScript, BirthSame}},
		{"Bengali", person("খাতুন | রহিমা").born("1995-09-17"), person("Khatun | Rahima").born("1995-09-17"), Strong, []forms.Agreement{NameSpelling, NameScript, BirthSame}},
		{"a single name", person("Sukarno |").born("1979-10-10"), person("| Sukarno").born("1979-10-10"), Likely, []forms.Agreement{NameSame, BirthSame}},
		{"a name used in the exploitation", person("Marin | Ana; Crystal Rose").guessed(20, "2026-10-01"), person("Rose | Crystal").guessed(22, "2026-10-20"), Likely, []forms.Agreement{NameSame, NameOther, AgeFits}},
		{"the same phone", person("Marin | Ana").phone("+1 (518) 555-0123"), person("Marin | Anna").phone("518-555-0123"), Strong, []forms.Agreement{NameSpelling, PhoneSame}},
		{"family name and phone", person("Marin |").phone("518-555-0123"), person("Marin | Anna").phone("518.555.0123"), Likely, []forms.Agreement{FamilyName, PhoneSame}},

		{"twins", person("Perez Cruz | Rosa").born("2004-07-07").in("kings"), person("Perez Cruz | Luz").born("2004-07-07").in("kings"), Weak, []forms.Agreement{NamePart, GivenDiffers, BirthSame, CountySame}},
		{"twins of one family name", person("Perez | Rosa").born("2004-07-07").in("kings"), person("Perez | Luz").born("2004-07-07").in("kings"), Weak, []forms.Agreement{FamilyName, GivenDiffers, BirthSame, CountySame}},
		{"mother and child", person("Perez | Rosa").born("1984-07-07").phone("518-555-0123"), person("Perez | Luz").born("2006-01-02").phone("518-555-0123"), None, nil},
		{"a name that many have", person("Garcia | Maria"), person("García | María"), Weak, []forms.Agreement{NameAccents}},
		{"the same name, another date", person("Garcia | Maria").born("1990-01-01"), person("Garcia | Maria").born("1991-05-20"), None, nil},
		{"the same name, another age", person("Garcia | Maria").aged(40, "2026-10-01"), person("Garcia | Maria").born("1999-04-12"), None, nil},
		{"a shelter's phone", person("Garcia | Maria").phone("518-555-0123").in("kings"), person("Okafor | Ngozi").phone("518-555-0123").in("kings"), None, nil},
		{"the same date alone", person("Garcia | Maria").born("1990-01-01"), person("Okafor | Ngozi").born("1990-01-01"), None, nil},
		{"names near and not alike", person("Lopez | Maria").born("1990-01-01"), person("Lewis | Marisol").born("1990-01-01"), None, nil},
		{"nothing known", person("|"), person("|"), None, nil},
	} {
		got, back := Compare(c.a, c.b), Compare(c.b, c.a)
		if got.Strength != c.want {
			t.Errorf("%s: %s with %d, want %s: %v", c.what, got.Strength, got.Score, c.want, got.Reasons)
		}
		if !slices.Equal(got.Reasons, back.Reasons) || got.Score != back.Score {
			t.Errorf("%s: the other way round %v, not %v", c.what, back, got)
		}
		for _, code := range c.why {
			if !slices.Contains(codes(got.Reasons), code) {
				t.Errorf("%s: the reasons %v lack %s", c.what, got.Reasons, code)
			}
		}
		if want := len(c.why); c.want != None && len(got.Reasons) != want {
			t.Errorf("%s: the reasons are %v, want %v", c.what, got.Reasons, c.why)
		}
		if c.want != None && !shares(c.a, c.b) {
			t.Errorf("%s: no key in common: %q and %q", c.what, Keys(c.a), Keys(c.b))
		}
	}
}

func shares(a, b Identity) bool {
	keys := Keys(b)
	return slices.ContainsFunc(Keys(a), func(k string) bool { return slices.Contains(keys, k) })
}

// No key is a name alone or a date alone: each narrows down to few people, so
// that a stolen table cannot be counted out.
func TestKeysAreCompound(t *testing.T) {
	for _, id := range []Identity{person("Garcia |"), person("| Sukarno"), person("|").born("1990-01-01"), person("|").aged(30, "2026-10-01"),
		person("Garcia | M.").in("kings", "Starlight Motel")} {
		if got := Keys(id); len(got) > 0 {
			t.Errorf("%+v is looked for under %q", id, got)
		}
	}
	many := person("Perez Cruz Lopez | Rosa Maria Elena; Ana Maria Luisa Gomez; Carmen Silva Santos Diaz").born("1990-04-05").phone("518-555-0123")
	if n := len(Keys(many)); n != mostKeys {
		t.Errorf("%d keys, want the limit of %d", n, mostKeys)
	}
}

// Every reason that a comparison gives is one that the form can say, and says on
// which questions it rests.
func TestReasonsAreDeclared(t *testing.T) {
	for _, code := range forms.Agreement("").Options() {
		for _, id := range Reads(forms.Agreement(code)) {
			if forms.Questions.ByID(id) == nil {
				t.Errorf("%s rests on %s, which is no question", code, id)
			}
		}
	}
	for _, code := range []forms.Agreement{NameSame, NameAccents, NameSpelling, NameScript, NameOrder, NamePart, NameOther, FamilyName, GivenDiffers,
		NamesDiffer, BirthSame, BirthSwapped, BirthFits, AgeFits, BirthDiffers, PhoneSame, PlaceSame, CountySame} {
		if !slices.Contains(code.Options(), string(code)) {
			t.Errorf("the form does not know %s", code)
		}
	}
}

// Whatever was typed, the comparison ends, says the same in either order, keeps
// to its scale, and finds a person whose name and date are told alike.
func FuzzCompare(f *testing.F) {
	f.Add("Gutierrez Lopez", "Maria Elena", "Gutiérrez", "María E.", "1999-04-12", 27, "518-555-0123")
	f.Add("刘", "美玲", "", "محمد", "1984", 0, "")
	f.Add("김", "민지", "O’Neill-Ávila", "", "", -3, "1")
	f.Fuzz(func(t *testing.T, family, given, family2, given2, born string, age int, phone string) {
		a := Identity{Names: []Name{{Family: forms.Text(family), Given: forms.Text(given)}, {Given: forms.Text(given2), Other: true}},
			Born: forms.PartialDate(born), Phones: []forms.Phone{forms.Phone(phone)}, Places: []forms.Text{forms.Text(given)}}
		b := Identity{Names: []Name{{Family: forms.Text(family2), Given: forms.Text(given2)}}, On: "2026-10-06",
			Age: forms.Number{N: age, Set: true}, Guessed: age%2 == 0, Phones: []forms.Phone{forms.Phone(phone)}, Places: []forms.Text{forms.Text(family)}}
		got, back := Compare(a, b), Compare(b, a)
		if got.Score != back.Score || !slices.Equal(got.Reasons, back.Reasons) {
			t.Errorf("%v and the other way round %v", got, back)
		}
		if got.Score < 0 || got.Score > 100 || len(Keys(a)) > mostKeys {
			t.Errorf("%d, %d keys", got.Score, len(Keys(a)))
		}
		if own := Compare(a, a); len(prepare(a.Names)) > 0 && !slices.ContainsFunc(own.Reasons, func(r Reason) bool { return r.Code == NameSame }) {
			t.Errorf("compared with itself: %v", own)
		}
	})
}
