package reports_test

import (
	"cmp"
	"math/rand/v2"
	"time"

	"nysreferral/forms"
	"nysreferral/reports"
)

// invented makes referrals of the first three months of 2026, in which some
// answers are common and others rare.
func invented(people int, seed uint64) []*reports.Fact {
	r := rand.New(rand.NewPCG(seed, 7))
	pick := func(list []string) string { return list[int(float64(len(list))*r.Float64()*r.Float64()*r.Float64())] }
	codes := func(field string) []string { return forms.Questions.Field(field).Codes }
	out := make([]*reports.Fact, people)
	for i := range out {
		f := &reports.Fact{ReceivedAt: time.Date(2026, 1, 2, 15, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(86*24)) * time.Hour),
			Source: pick(codes("sourceKind")), Type: pick([]string{"sex", "labor", "both"}), AgeBand: pick([]string{"18_to_24", "25_to_39", "16_to_17", "13_to_15", "under_13", "unknown"}),
			Gender: pick(codes("gender")), County: pick(codes("countyFound")), Stays: pick(codes("countyNow")), Origin: pick([]string{"foreign", "us", ""}), Language: pick(codes("spokenLanguage"))}
		f.Minor = f.AgeBand == "16_to_17" || f.AgeBand == "13_to_15" || f.AgeBand == "under_13" || f.AgeBand == "unknown" && r.IntN(3) == 0
		if f.Minor && r.IntN(8) > 0 {
			f.NoticeAt = f.ReceivedAt.Add(time.Duration(r.IntN(40)) * time.Hour)
		}
		f.Outcome = []reports.Outcome{reports.Confirmed, reports.Confirmed, reports.Confirmed, reports.Confirmed, reports.Confirmed, reports.Confirmed,
			reports.Declined, reports.Declined, reports.Pending, reports.Withdrawn}[r.IntN(10)]
		if f.Outcome == reports.Confirmed || f.Outcome == reports.Declined {
			f.DecidedAt = f.ReceivedAt.Add(time.Duration(r.ExpFloat64()*70) * time.Hour)
			f.Extended = r.IntN(20) == 0
		}
		switch f.Outcome {
		case reports.Declined:
			f.Reason = pick(forms.Reviews.Field("reasonCategory").Codes)
		case reports.Confirmed:
			f.Found = f.Type
			f.Handed = handed(r, f, pick)
		}
		out[i] = f
	}
	return out
}

// handed makes the hand-overs of a confirmed person: none, one or two.
func handed(r *rand.Rand, f *reports.Fact, pick func([]string) string) []reports.Handed {
	var out []reports.Handed
	for range []int{0, 1, 1, 1, 2}[r.IntN(5)] {
		h := reports.Handed{Kind: pick([]string{"ldss", "rhtp", "otda"}), County: f.County}
		at := f.DecidedAt
		for i, into := range []*time.Time{&h.SentAt, &h.AcceptedAt, &h.ReachedAt, &h.ServedAt} {
			if r.IntN(10) >= []int{9, 9, 6, 8}[i] {
				break
			}
			at = at.Add(time.Duration(r.IntN(200)) * time.Hour)
			*into = at
		}
		if r.IntN(4) == 0 {
			h.ClosedAt = at.Add(time.Hour)
		}
		out = append(out, h)
	}
	return out
}

// count keeps what is true of the numbers that say nothing but how many there
// are, by the names that a reader gives them.
func count(truth map[string]int, f *reports.Fact) {
	truth["total/received"]++
	if f.Outcome == reports.Withdrawn {
		truth["total/withdrawn"]++
		return
	}
	month := "month/" + f.ReceivedAt.In(newYork).Format("2006-01") + "/"
	rows := []string{"total/", month, "referrer/" + f.Source + "/", "type/" + f.Type + "/", "age/" + f.AgeBand + "/", "gender/" + f.Gender + "/",
		"county_found/" + f.County + "/", "county_now/" + f.Stays + "/", "citizenship/" + cmp.Or(f.Origin, "unknown") + "/", "language/" + f.Language + "/"}
	for _, row := range rows {
		truth[row+"counted"]++
		switch f.Outcome {
		case reports.Confirmed:
			truth[row+"confirmed"]++
		case reports.Declined:
			truth[row+"declined"]++
		default:
			truth[row+"pending"]++
		}
	}
	switch f.Outcome {
	case reports.Declined:
		truth["reason/"+f.Reason+"/declined"]++
	case reports.Confirmed:
		truth["type_confirmed/"+f.Found+"/confirmed"]++
	}
	if f.Minor {
		truth["total/minors"]++
		truth[month+"minors"]++
	}
}

var newYork = func() *time.Location {
	l, err := time.LoadLocation("America/New_York")
	if err != nil {
		panic(err)
	}
	return l
}()
