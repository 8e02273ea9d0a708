package workflow

import (
	"strings"
	"testing"
)

// A decline is never signed for a reason that the grid contradicts; where every
// element is shown a reason that is not about the elements is still open.
func TestReasonFitsTheGrid(t *testing.T) {
	all := Grid{"shown", "shown", "shown", "not_a_minor"}
	waived := Grid{"shown", "waived", "shown", "shown"}
	noMeans := Grid{"shown", "not_shown", "shown", "not_a_minor"}
	unclear := Grid{"shown", "unclear", "shown", "unclear"}
	noPurpose := Grid{"shown", "shown", "not_shown", "not_a_minor"}
	for _, tt := range []struct {
		reason string
		grid   Grid
		fits   bool
	}{
		{"no_means_shown", all, false},
		{"no_means_shown", waived, false},
		{"no_means_shown", noPurpose, false},
		{"no_means_shown", noMeans, true},
		{"no_means_shown", unclear, true},
		{"no_commercial_sex_or_labor_purpose", all, false},
		{"no_commercial_sex_or_labor_purpose", noMeans, false},
		{"no_commercial_sex_or_labor_purpose", noPurpose, true},
		{"facts_insufficient_after_request", all, false},
		{"facts_insufficient_after_request", waived, false},
		{"facts_insufficient_after_request", unclear, true},
		{"outside_scope", all, true},
		{"no_new_york_nexus", all, true},
		{"other", all, true},
		{"", all, false},
		{"made_up", noMeans, false},
	} {
		if got := ReasonMisfit(tt.reason, tt.grid); (got == "") != tt.fits {
			t.Errorf("%s with %+v: %q, want it to fit %v", tt.reason, tt.grid, got, tt.fits)
		}
	}
}

// A basis goes with the type that is confirmed, with the age and with the
// elements. What the grid calls unclear stands against none.
func TestBasisFitsTypeAgeAndGrid(t *testing.T) {
	adult := Grid{"shown", "shown", "shown", "not_a_minor"}
	child := Grid{"shown", "waived", "shown", "shown"}
	unclear := Grid{"unclear", "unclear", "unclear", "unclear"}
	bare := Grid{"shown", "not_shown", "shown", "not_a_minor"}
	idle := Grid{"shown", "shown", "not_shown", "shown"}
	for _, tt := range []struct {
		basis, confirmed string
		grid             Grid
		fits             bool
	}{
		{"severe_form_adult", "labor", adult, false},
		{"severe_form_minor", "labor", adult, false},
		{"severe_form_minor", "sex", adult, false},
		{"severe_form_labor", "sex", adult, false},
		{"pl_135_35", "sex", adult, false},
		{"pl_135_37", "sex", adult, false},
		{"pl_230_34", "labor", adult, false},
		{"pl_230_34_a", "both", adult, false},
		{"pl_230_33", "sex", adult, false},
		{"severe_form_adult", "sex", bare, false},
		{"severe_form_adult", "sex", child, false},
		{"pl_135_35", "labor", bare, false},
		{"severe_form_minor", "sex", idle, false},
		{"made_up", "sex", adult, false},
		{"made_up", "both", adult, false},
		{"severe_form_minor", "sex", Grid{"shown", "waived", "shown", "not_shown"}, false},
		{"severe_form_adult", "sex", Grid{"not_shown", "shown", "shown", ""}, false},
		{"severe_form_adult", "sex", adult, true},
		{"severe_form_labor", "both", adult, true},
		{"pl_135_37", "labor", adult, true},
		{"severe_form_minor", "sex", child, true},
		{"pl_230_34_a", "both", child, true},
		{"pl_230_33", "sex", unclear, true},
		{"severe_form_adult", "both", unclear, true},
		{"otherwise_eligible", "sex", bare, true},
		{"otherwise_eligible", "labor", idle, true},
	} {
		if got := BasisMisfit(tt.basis, tt.confirmed, tt.grid); (got == "") != tt.fits {
			t.Errorf("%s for %s with %+v: %q, want it to fit %v", tt.basis, tt.confirmed, tt.grid, got, tt.fits)
		}
	}
}

// Who confirms sex and labor trafficking names a basis for each.
func TestBothTypesHaveABasis(t *testing.T) {
	for _, tt := range []struct {
		confirmed string
		bases     []string
		whole     bool
	}{
		{"both", []string{"pl_230_34", "severe_form_adult"}, false},
		{"both", []string{"pl_135_35"}, false},
		{"both", nil, false},
		{"both", []string{"pl_135_35", "pl_230_34"}, true},
		{"both", []string{"pl_230_34", "pl_135_35"}, true},
		{"labor", []string{"pl_135_35"}, true},
		{"both", []string{"otherwise_eligible"}, true},
		{"sex", []string{"pl_230_34"}, true},
	} {
		if got := BasesMissing(tt.bases, tt.confirmed); (got == "") != tt.whole {
			t.Errorf("%s by %v: %q, want it whole %v", tt.confirmed, tt.bases, got, tt.whole)
		}
	}
}

// Where the grid says nothing each basis goes with the types that it is about, and
// with no other; every one stands here.
func TestBasisIsAboutItsType(t *testing.T) {
	about := map[string]string{
		"severe_form_adult": "sex", "severe_form_minor": "sex", "pl_230_34": "sex", "pl_230_34_a": "sex", "pl_230_33": "sex",
		"severe_form_labor": "labor", "pl_135_35": "labor", "pl_135_37": "labor", "otherwise_eligible": "sex labor",
	}
	if len(about) != len(Bases) {
		t.Errorf("%d bases, %d are known here", len(Bases), len(about))
	}
	for key, types := range about {
		for _, confirmed := range []string{"sex", "labor"} {
			if got := BasisMisfit(key, confirmed, Grid{}); (got == "") != strings.Contains(types, confirmed) {
				t.Errorf("%s for %s: %q", key, confirmed, got)
			}
		}
		if got := BasesMissing([]string{key}, "both"); (got == "") != (types == "sex labor") {
			t.Errorf("%s alone for both types: %q", key, got)
		}
	}
}
