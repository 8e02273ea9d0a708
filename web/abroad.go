package web

import "net/url"

// Addresses of signing in at another provider.
const (
	PathAbroad     = "/sign-in/elsewhere"
	PathAbroadBack = "/sign-in/elsewhere/back" // where the provider sends people; a POST brings what it said
)

// CameBack is the page to which a provider sends people: it stands outside of
// their session, and sends on what the provider said.
type CameBack struct{ Fields []Hidden }

// elsewhereAt is the way to the provider, and from there to next.
func elsewhereAt(v SignIn) string {
	if v.Next == "" {
		return PathAbroad
	}
	return PathAbroad + "?next=" + url.QueryEscape(v.Next)
}
