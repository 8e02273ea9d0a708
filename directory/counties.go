package directory

import (
	"embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// The regions of the Response to Human Trafficking Program.
const (
	NewYorkCity = "New York City"
	MetroArea   = "Metro Area"
	RestOfState = "Rest of State"
)

// cityDistrict is the district of the five boroughs.
const cityDistrict = "new_york_city"

// County is one of New York's 62 counties.
type County struct {
	Code       string // as in the form: "st_lawrence", "new_york"
	Name       string // "St. Lawrence"
	FIPS       string // five digits
	Borough    string // name of the borough, empty outside New York City
	District   string // code of the social services district
	RHTPRegion string // NewYorkCity, MetroArea or RestOfState
	OCFSRegion string // regional office of the Office of Children and Family Services
	REDCRegion string // region of the Regional Economic Development Council
}

// Label returns the name as pages show it: "Erie", "New York City (Bronx)".
func (c County) Label() string {
	if c.Borough != "" {
		return NewYorkCity + " (" + c.Borough + ")"
	}
	return c.Name
}

// District is one of the 58 social services districts.
type District struct {
	Code     string   // the county's code, or "new_york_city"
	Label    string   // "Erie", "New York City"
	Name     string   // of the local department of social services
	Counties []string // codes of its counties
}

// Counties returns the 62 counties in the order of their FIPS codes.
func Counties() []County { return slices.Clone(known().counties) }

// CountyOf returns the county with a code, and whether there is one.
func CountyOf(code string) (County, bool) {
	i, ok := known().index[code]
	if !ok {
		return County{}, false
	}
	return known().counties[i], true
}

// Districts returns the 58 districts in the order of their labels.
func Districts() []District {
	list := slices.Clone(known().districts)
	for i := range list {
		list[i].Counties = slices.Clone(list[i].Counties)
	}
	return list
}

// DistrictOf returns the district of a county's code, and whether there is one.
func DistrictOf(county string) (District, bool) {
	c, ok := CountyOf(county)
	if !ok {
		return District{}, false
	}
	for _, d := range Districts() {
		if d.Code == c.District {
			return d, true
		}
	}
	return District{}, false
}

//go:embed facts/*.csv
var files embed.FS

// geography is what counties.csv and regions.csv say. Only load writes it.
type geography struct {
	counties  []County
	index     map[string]int // code to place in counties
	districts []District
	lines     []map[string]string // of counties.csv, in the order of counties
}

// known is read from the embedded files once. It panics on a broken file, so
// that a slip fails the first test.
var known = sync.OnceValue(func() geography {
	g, err := load()
	if err != nil {
		panic(err)
	}
	return g
})

// load reads the two files and wants them to agree.
func load() (geography, error) {
	g := geography{index: map[string]int{}}
	lines, err := table("facts/counties.csv")
	if err != nil {
		return g, err
	}
	regions, err := table("facts/regions.csv")
	if err != nil {
		return g, err
	}
	if len(lines) != len(regions) {
		return g, fmt.Errorf("directory: %d counties, but %d in regions.csv", len(lines), len(regions))
	}
	g.lines = lines
	for i, line := range lines {
		region := regions[i]
		if line["fips"] != region["fips"] || line["county"] != region["county"] || line["region"] != region["rhtp_region"] {
			return g, fmt.Errorf("directory: counties.csv and regions.csv disagree on %s", line["county"])
		}
		c := County{
			Code: code(line["county"]), Name: line["county"], FIPS: line["fips"], RHTPRegion: line["region"],
			OCFSRegion: region["ocfs_regional_office"], REDCRegion: region["redc_region"],
		}
		c.District = c.Code
		if c.RHTPRegion == NewYorkCity {
			c.District, c.Borough = cityDistrict, borough(c.Name)
		}
		g.index[c.Code] = i
		g.counties = append(g.counties, c)
	}
	g.districts = districts(g.counties, lines)
	return g, nil
}

// districts gathers the counties of each district.
func districts(counties []County, lines []map[string]string) []District {
	var list []District
	for i, c := range counties {
		at := slices.IndexFunc(list, func(d District) bool { return d.Code == c.District })
		if at >= 0 {
			list[at].Counties = append(list[at].Counties, c.Code)
			continue
		}
		label := c.Name
		if c.District == cityDistrict {
			label = NewYorkCity
		}
		list = append(list, District{Code: c.District, Label: label, Name: lines[i]["ldss_name"], Counties: []string{c.Code}})
	}
	slices.SortStableFunc(list, func(a, b District) int { return strings.Compare(a.Label, b.Label) })
	return list
}

// borough returns the name of the borough that a county of New York City is.
func borough(county string) string {
	switch county {
	case "Kings":
		return "Brooklyn"
	case "New York":
		return "Manhattan"
	case "Richmond":
		return "Staten Island"
	}
	return county
}

// table reads an embedded file with a header.
func table(name string) ([]map[string]string, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("directory: opening %s: %w", name, err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("directory: reading %s: %w", name, err)
	}
	var lines []map[string]string
	for _, row := range rows[1:] {
		line := map[string]string{}
		for i, cell := range row {
			line[rows[0][i]] = cell
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// code writes a name as the form's options do: "St. Lawrence" is st_lawrence.
func code(name string) string { return joined(name, "_") }

// joined returns the letters and digits of name in lower case, with sep for
// whatever else stands between them. An apostrophe joins.
func joined(name, sep string) string {
	words := strings.FieldsFunc(strings.ToLower(strings.ReplaceAll(name, "'", "")), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return strings.Join(words, sep)
}
