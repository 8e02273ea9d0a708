package handlers

import (
	"net/http"
	"strings"
)

// anyAct stands in a route that is measured for the act that it ends with.
const anyAct = ":action"

// actsOf are the addresses of pages that end with the name of an act.
func actsOf(list []route) map[string]bool {
	out := map[string]bool{}
	for _, r := range list {
		if r.Method == post && endsWithAct(r.Path) {
			out[r.Path] = true
		}
	}
	return out
}

// endsWithAct says whether a route ends with a word after what it is about: with
// what is done to it.
func endsWithAct(path string) bool {
	parts := strings.Split(path, "/")
	n := len(parts)
	return n > 2 && strings.HasPrefix(parts[n-2], ":") && !strings.HasPrefix(parts[n-1], ":") && parts[n-1] != "*"
}

// measured is a route as it is counted, by its pattern: all acts on one thing
// together. How often one of them is done tells how many people were confirmed,
// withdrew, or may be children.
func (s *server) measured(method, path string) string {
	acts := method != http.MethodGet && method != http.MethodHead || s.acts[path]
	if !acts || !endsWithAct(path) {
		return path
	}
	return path[:strings.LastIndex(path, "/")+1] + anyAct
}
