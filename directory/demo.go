package directory

import "strings"

// DemoContacts returns made-up contact points for the demonstration, so that
// its hand-overs can be sent. Each key begins with "demo-", each name says
// that it is made up, phones are of the range kept for fiction and addresses
// of example.org. They look verified; a production folder must never hold
// them. None serves Monroe County: there the demonstration shows what happens
// when nobody is verified.
func DemoContacts() []Contact {
	boroughs := []string{"bronx", "kings", "new_york", "queens", "richmond"}
	list := []Contact{
		{Key: "ldss-erie-child", Kind: Child, District: "erie", Name: "Erie County Children's Services",
			Counties: []string{"erie"}, Region: RestOfState, Phone: "716-555-0111"},
		{Key: "ldss-new-york-city-adult", Kind: Adult, District: cityDistrict, Name: "New York City Adult Services",
			Counties: boroughs, Region: NewYorkCity, Phone: "212-555-0121"},
		{Key: "ldss-new-york-city-child", Kind: Child, District: cityDistrict, Name: "New York City Children's Services",
			Counties: boroughs, Region: NewYorkCity, Phone: "212-555-0122"},
		{Key: "ldss-tompkins-adult", Kind: Adult, District: "tompkins", Name: "Tompkins County Adult Services",
			Counties: []string{"tompkins"}, Region: RestOfState, Phone: "607-555-0131"},
		{Key: "ldss-wyoming-child", Kind: Child, District: "wyoming", Name: "Wyoming County Children's Services",
			Counties: []string{"wyoming"}, Region: RestOfState, Phone: "585-555-0141"},
		{Key: "state-otda", Kind: State, Name: "OTDA, trafficking program", Phone: "518-555-0171"},
		{Key: "rhtp-harbor-light", Kind: RHTP, Name: "Harbor Light Services", Counties: boroughs, Region: NewYorkCity,
			Languages: []string{"chinese_fuzhounese", "chinese_mandarin"}, Specialties: []string{"sex"}, Phone: "718-555-0151"},
		{Key: "rhtp-hudson-bridge", Kind: RHTP, Name: "Hudson Bridge Services", Counties: []string{"westchester"}, Region: MetroArea,
			Languages: []string{"spanish"}, Specialties: []string{"labor"}, Phone: "914-555-0161"},
		{Key: "rhtp-open-door", Kind: RHTP, Name: "Open Door Services", Counties: boroughs, Region: NewYorkCity, Phone: "718-555-0152"},
	}
	for i := range list {
		c := &list[i]
		_, place, _ := strings.Cut(c.Key, "-")
		c.Key = "demo-" + c.Key
		c.Name += " (made up for the demonstration)"
		c.Email = place + "@example.org"
		c.URL = "https://" + place + ".example.org"
		c.Address = "1 Example Street, Exampleville, NY"
		c.Source = "made up for the demonstration"
		c.VerifiedOn, c.VerifiedBy, c.VerifiedHow = "2025-01-06", "demonstration", "made up, nobody was called"
		*c = c.clone()
	}
	return list
}
