package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nysreferral/reports"
)

// The parts of an OpenAPI 3.1 document that ours uses.
type (
	openAPI struct {
		OpenAPI    string                          `json:"openapi"`
		Info       about                           `json:"info"`
		Servers    []host                          `json:"servers"`
		Security   []map[string][]string           `json:"security"`
		Paths      map[string]map[string]operation `json:"paths"`
		Components components                      `json:"components"`
	}

	about struct {
		Title       string `json:"title"`
		Version     string `json:"version"`
		Description string `json:"description"`
	}

	host struct {
		URL string `json:"url"`
	}

	operation struct {
		ID         string                 `json:"operationId"`
		Summary    string                 `json:"summary"`
		Security   *[]map[string][]string `json:"security,omitempty"`
		Parameters []parameter            `json:"parameters,omitempty"`
		Body       *content               `json:"requestBody,omitempty"`
		Responses  map[string]content     `json:"responses"`
	}

	parameter struct {
		Name        string  `json:"name"`
		In          string  `json:"in"`
		Required    bool    `json:"required,omitempty"`
		Description string  `json:"description,omitempty"`
		Schema      *schema `json:"schema"`
	}

	// content is a body or a response.
	content struct {
		Ref         string           `json:"$ref,omitempty"`
		Description string           `json:"description,omitempty"`
		Required    bool             `json:"required,omitempty"`
		Headers     map[string]named `json:"headers,omitempty"`
		Content     map[string]typed `json:"content,omitempty"`
	}

	named struct {
		Description string  `json:"description"`
		Schema      *schema `json:"schema"`
	}

	typed struct {
		Schema *schema `json:"schema"`
	}

	components struct {
		Schemas   map[string]json.RawMessage `json:"schemas"`
		Responses map[string]content         `json:"responses"`
		Security  map[string]securityScheme  `json:"securitySchemes"`
	}

	securityScheme struct {
		Type        string `json:"type"`
		Scheme      string `json:"scheme"`
		Description string `json:"description"`
	}
)

const aboutText = "The same records and the same views as the pages, for programs. Who may do what, and who reads what, depends on the account that the token stands for. " +
	"What is absent and what is not the caller's get the same 404. An account that asks for 20 different such things in ten minutes gets 429 until they are over; reading the same one again counts once. Steps carry rev, the revision that the caller saw; 409 means that somebody was first. " +
	"Times are RFC 3339 in UTC; empty things are left out. Unknown and doubled names are refused."

// Describe returns the OpenAPI 3.1 document of the API: a walk over the list of
// routes, the declared form and the types that are given. The same program
// returns the same bytes.
func Describe() ([]byte, error) {
	schemas, err := schemasOf()
	if err != nil {
		return nil, err
	}
	doc := openAPI{
		OpenAPI:  "3.1.0",
		Info:     about{Title: "Human Trafficking Victim Confirmation, New York State", Version: "1", Description: aboutText},
		Servers:  []host{{URL: Base}},
		Security: []map[string][]string{{"token": {}}},
		Paths:    map[string]map[string]operation{},
		Components: components{Schemas: schemas, Responses: refusals(), Security: map[string]securityScheme{
			"token": {Type: "http", Scheme: "bearer", Description: "A token of an account. Whoever runs the service makes and ends it, with the command nysreferral token."}}},
	}
	for _, r := range routes() {
		path := templated(r.Path)
		if doc.Paths[path] == nil {
			doc.Paths[path] = map[string]operation{}
		}
		doc.Paths[path][strings.ToLower(r.Method)] = operationOf(r)
	}
	text, err := json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("api: writing the description: %w", err)
	}
	return append(text, '\n'), nil
}

// templated writes the router's ":ref" as "{ref}".
func templated(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func operationOf(r route) operation {
	op := operation{ID: r.Name, Summary: r.Say, Parameters: parametersOf(r), Responses: map[string]content{}}
	if r.Public {
		op.Security = &[]map[string][]string{}
	}
	if r.Body == mediaFile {
		op.Body = &content{Required: true, Content: map[string]typed{mediaFile: {&schema{Type: kindString, Format: "binary"}}}}
	} else if r.Body != "" {
		op.Body = &content{Required: !r.Spare, Content: map[string]typed{mediaJSON: {refTo(r.Body)}}}
	}
	op.Responses[strconv.Itoa(r.Status)] = goodOf(r)
	if r.Gives == mediaSchema || r.Public {
		op.Responses["304"] = content{Description: "The caller has it already"}
	}
	for _, status := range refusalsOf(r) {
		op.Responses[strconv.Itoa(status)] = content{Ref: "#/components/responses/" + strconv.Itoa(status)}
	}
	return op
}

// goodOf is the answer when all is well.
func goodOf(r route) content {
	out := content{Description: http.StatusText(r.Status)}
	switch {
	case r.Gives == mediaPDF || r.Gives == mediaFile:
		out.Content = map[string]typed{r.Gives: {&schema{Type: kindString, Format: "binary"}}}
	case r.Gives == mediaJSON || r.Gives == mediaSchema:
		out.Content = map[string]typed{r.Gives: {&schema{Type: "object"}}}
		out.Headers = map[string]named{"ETag": {"Changes when the text does", &schema{Type: kindString}}}
	case r.Gives != "":
		out.Content = map[string]typed{mediaJSON: {refTo(r.Gives)}}
	}
	if r.Also != "" {
		out.Content[r.Also] = typed{&schema{Type: kindString}}
	}
	if r.Status == http.StatusCreated {
		out.Headers = map[string]named{"Location": {"Where it can be opened", &schema{Type: kindString}}}
	}
	return out
}

// refusalsOf lists the statuses with which a route may refuse.
func refusalsOf(r route) []int {
	out := []int{http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if !r.Public {
		out = append(out, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusGone)
	}
	if r.Body != "" {
		out = append(out, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusTooManyRequests)
	}
	return out
}

// refusalWords say what each refusal means.
var refusalWords = map[int]string{
	http.StatusUnauthorized:          "The token is missing or not in force",
	http.StatusForbidden:             "The caller sees it, and this act is not the caller's, or not now",
	http.StatusNotFound:              "It does not exist, or is not the caller's; nothing tells which",
	http.StatusConflict:              "Somebody else was first, or the key came with another body",
	http.StatusGone:                  "Its key was destroyed: that it was, its dates and the log stay",
	http.StatusRequestEntityTooLarge: "The body is longer than 1 MiB, or a file than its limit and that",
	http.StatusUnsupportedMediaType:  "The body is not application/json, or of a file application/octet-stream",
	http.StatusUnprocessableEntity:   "What was sent needs a change; problems says where and how",
	http.StatusTooManyRequests:       "Over a limit of an hour",
	http.StatusInternalServerError:   "A failure of the service; nothing was saved",
	http.StatusServiceUnavailable:    "A part of the service does not answer; nothing was done",
}

func refusals() map[string]content {
	out := map[string]content{}
	for _, status := range slices.Sorted(maps.Keys(refusalWords)) {
		one := content{Description: refusalWords[status], Content: map[string]typed{problemType: {refTo("Refusal")}}}
		if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
			one.Headers = map[string]named{"Retry-After": {"Seconds to wait", &schema{Type: kindInteger}}}
		}
		out[strconv.Itoa(status)] = one
	}
	return out
}

// pathWords say what stands in an address.
var pathWords = map[string]parameter{
	"ref":   {Description: "The reference, as it is printed", Schema: &schema{Type: kindString}},
	"other": {Description: "The reference of the other referral", Schema: &schema{Type: kindString}},
	"n":     {Description: "The number within the referral", Schema: &schema{Type: kindInteger}},
	"id":    {Description: "The id of the task", Schema: &schema{Type: kindInteger}},
	"name":  {Description: "Which report", Schema: &schema{Type: kindString, Enum: reports.Names()}},
	"kind":  {Description: "Which document", Schema: &schema{Type: kindString, Enum: slices.Sorted(maps.Keys(papers))}},
}

func parametersOf(r route) []parameter {
	var out []parameter
	for part := range strings.SplitSeq(r.Path, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			p := pathWords[name]
			p.Name, p.In, p.Required = name, "path", true
			out = append(out, p)
		}
	}
	for _, q := range r.Query {
		s := &schema{Type: q.Kind, Enum: q.Codes}
		switch q.Kind {
		case kindInteger:
			s.Minimum, s.Maximum = 1, q.Most
		case kindString:
			s.MaxLength = q.Most
		}
		out = append(out, parameter{Name: q.Name, In: "query", Description: q.Say, Schema: s})
	}
	if r.Key != never {
		out = append(out, parameter{Name: headerKey, In: "header", Required: r.Key == must,
			Description: "A text of the caller's own, new for each referral: the same key again gives the same answer and makes nothing; with another body it is 409",
			Schema:      &schema{Type: kindString, MaxLength: mostKey}})
	}
	return out
}
