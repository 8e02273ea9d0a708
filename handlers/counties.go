package handlers

import (
	"context"
	"slices"

	"nysreferral/forms"
	"nysreferral/web"
)

// departments are the kinds of contact points of a local department, the one
// for everybody first; provider is that of a provider of the program.
var departments = []string{"any", "adult", "child"}

const provider = "rhtp"

// counties is the public list of who helps in each county: checked contact
// points only, and a county without one says so.
func (s *server) counties(ctx context.Context) ([]web.County, error) {
	points, err := s.Registry.Directory(ctx)
	if err != nil {
		return nil, err
	}
	field := forms.Questions.Field("countyFound")
	out := make([]web.County, len(field.Codes))
	for i, code := range field.Codes {
		one := web.County{County: field.Labels[i], Department: "Local department of social services"}
		best := len(departments)
		for _, p := range points {
			if !p.Serves(code) {
				continue
			}
			if rank := slices.Index(departments, string(p.Kind)); rank >= 0 && rank < best {
				best = rank
				one.Department, one.Address, one.Phone, one.Verified = p.Name, p.Address, p.Phone, forms.PartialDate(p.VerifiedOn).Words()
			}
			if string(p.Kind) == provider && one.Provider == "" {
				one.Provider, one.Line = p.Name, p.Phone
			}
		}
		out[i] = one
	}
	return out, nil
}
