package directory

import (
	"fmt"
	"slices"
	"strings"
)

// Contacts returns the contact points that the facts hold, in the order of
// their keys. None is verified: they are what an administrator starts from.
func Contacts() []Contact {
	list, err := seeds()
	if err != nil {
		panic(err) // the files are part of the program; a test reads them
	}
	return list
}

// seeds makes the contact points of counties.csv and lets those of points.csv
// take their places.
func seeds() ([]Contact, error) {
	f, err := files.Open("facts/points.csv")
	if err != nil {
		return nil, fmt.Errorf("directory: opening points.csv: %w", err)
	}
	defer f.Close()
	points, err := Parse(f)
	if err != nil {
		return nil, fmt.Errorf("directory: reading points.csv: %w", err)
	}
	list := append(departments(), providers()...)
	for _, p := range points {
		at := slices.IndexFunc(list, func(c Contact) bool { return c.Key == p.Key })
		if at < 0 {
			list = append(list, p)
			continue
		}
		list[at] = p
	}
	slices.SortFunc(list, func(a, b Contact) int { return strings.Compare(a.Key, b.Key) })
	return list, nil
}

// departments returns one point of kind Any for each county outside New York
// City.
func departments() []Contact {
	var list []Contact
	for i, county := range known().counties {
		if county.District == cityDistrict {
			continue // one district with an adult and a child point, in points.csv
		}
		line := known().lines[i]
		source, _, _ := strings.Cut(line["source"], " | ")
		list = append(list, Contact{
			Key: "ldss-" + joined(county.Name, "-"), Kind: Any, District: county.District, Name: line["ldss_name"],
			Counties: []string{county.Code}, Region: county.RHTPRegion, Phone: line["ldss_phone"],
			Address: line["ldss_address"], URL: line["ldss_url"], Source: source,
		})
	}
	return list
}

// providers returns one point for each provider that counties.csv names, with
// all counties that name it.
func providers() []Contact {
	var list []Contact
	for i, county := range known().counties {
		line := known().lines[i]
		_, source, _ := strings.Cut(line["source"], " | ")
		for _, name := range named(line["rhtp_provider"]) {
			key := "rhtp-" + joined(name, "-")
			at := slices.IndexFunc(list, func(c Contact) bool { return c.Key == key })
			if at < 0 {
				list = append(list, Contact{Key: key, Kind: RHTP, Name: name, Region: county.RHTPRegion,
					Phone: line["rhtp_phone"], URL: line["rhtp_url"], Source: source})
				at = len(list) - 1
			}
			c := &list[at]
			c.Counties = append(c.Counties, county.Code)
			if !strings.Contains(c.Source, source) {
				c.Source += "; " + source
			}
		}
	}
	for i := range list {
		slices.Sort(list[i].Counties)
	}
	return list
}

// named splits what counties.csv says of providers. "UNVERIFIED:" is a mark,
// "others" nobody.
func named(cell string) []string {
	var names []string
	cell = strings.ReplaceAll(strings.TrimPrefix(cell, "UNVERIFIED: "), " or ", "; ")
	for name := range strings.SplitSeq(cell, ";") {
		if name = strings.TrimSpace(name); name != "" && name != "others" {
			names = append(names, name)
		}
	}
	return names
}
