// Package abroad asks another provider of sign-in, by OpenID Connect, who
// somebody is: authorization code with PKCE, state and nonce. What comes back is
// believed only when every check holds, and then says no more than the provider's
// own name for the person. It knows no account, stores nothing, and never looks at
// a mail address.
package abroad

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Options say which provider is asked, and what is demanded of its answer.
type Options struct {
	Issuer   string // as the provider writes it, exactly
	ClientID string
	Secret   string // of the client; "" for a public one
	Redirect string // the address of ours to which the provider sends people back

	ACR    []string      // classes of authentication, one of which the answer must name; none: not looked at
	AMR    []string      // methods of authentication, one of which the answer must name; none: not looked at
	MaxAge time.Duration // the person proved to the provider who they are no longer ago; 0: not looked at

	Now func() time.Time // wall time
}

// Limits of an exchange.
const (
	Asked      = 10 * time.Minute // a question is good for so long
	skew       = time.Minute      // between the clocks
	known      = time.Hour        // what the provider says of itself is kept so long
	mostAnswer = 1 << 20          // bytes of one answer of the provider
	mostName   = 255              // characters of a person's name at the provider
)

// algorithms are those that a signature may have: none of them takes a secret
// that both sides know.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512}

// Identity is who somebody is at a provider.
type Identity struct{ Issuer, Subject string }

// Refusal says why an answer is not believed. Its reason is a word for the log;
// nothing that the provider wrote stands in it.
type Refusal struct {
	Reason string
	err    error
}

// Error is the reason.
func (r *Refusal) Error() string { return "abroad: refused: " + r.Reason }

// Unwrap is what lay behind it, for operators.
func (r *Refusal) Unwrap() error { return r.err }

func refuse(reason string, err error) error { return &Refusal{reason, err} }

// ErrSilent says that the provider does not answer, or not as one.
var ErrSilent = errors.New("abroad: the provider does not answer")

// Provider is one provider. It is safe for concurrent use.
type Provider struct {
	o    Options
	http *http.Client

	mu     sync.Mutex
	at     time.Time
	told   *told
	silent time.Time // until when nobody waits for an answer again, by the machine's clock
}

// told is what the provider says of itself.
type told struct {
	provider *oidc.Provider
	config   oauth2.Config
	namesIss bool // it names itself in what it sends people back with
}

// New returns a provider, which is not asked before somebody comes.
func New(o Options) (*Provider, error) {
	if o.Issuer == "" || o.ClientID == "" || o.Redirect == "" || o.Now == nil {
		return nil, errors.New("abroad: an issuer, a client, an address to come back to and a clock are needed")
	}
	c := &http.Client{Timeout: 10 * time.Second, Transport: bounded{http.DefaultTransport},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &Provider{o: o, http: c}, nil
}

// Question is what somebody is sent to the provider with.
type Question struct {
	Address string // of the provider
	Held    string // what the session keeps of it, for one answer
}

// held is the content of Question.Held.
type held struct {
	State    string    `json:"state"`
	Nonce    string    `json:"nonce"`
	Verifier string    `json:"verifier"`
	At       time.Time `json:"at"`
}

// Ask makes a question. It returns ErrSilent when the provider does not answer.
func (p *Provider) Ask(ctx context.Context) (Question, error) {
	t, err := p.discover(ctx)
	if err != nil {
		return Question{}, err
	}
	h := held{State: random(), Nonce: random(), Verifier: oauth2.GenerateVerifier(), At: p.o.Now().UTC()}
	options := []oauth2.AuthCodeOption{oidc.Nonce(h.Nonce), oauth2.S256ChallengeOption(h.Verifier)}
	if len(p.o.ACR) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(p.o.ACR, " ")))
	}
	if p.o.MaxAge > 0 {
		options = append(options, oauth2.SetAuthURLParam("max_age", strconv.Itoa(int(p.o.MaxAge.Seconds()))))
	}
	text, err := json.Marshal(h)
	if err != nil {
		return Question{}, fmt.Errorf("abroad: writing a question: %w", err)
	}
	return Question{Address: t.config.AuthCodeURL(h.State, options...), Held: string(text)}, nil
}

// StateOf is the state of a question, which only whoever was asked it knows; ""
// without a question.
func StateOf(text string) string {
	var h held
	if json.Unmarshal([]byte(text), &h) != nil {
		return ""
	}
	return h.State
}

// Answer checks what somebody came back with and returns who it is. It returns a
// *Refusal for what is not believed, and ErrSilent when the provider does not
// answer.
func (p *Provider) Answer(ctx context.Context, text string, in url.Values) (Identity, error) {
	var h held
	if text == "" || json.Unmarshal([]byte(text), &h) != nil {
		return Identity{}, refuse("not_asked", nil)
	}
	t, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	if err := p.returned(h, t, in); err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.http)
	got, err := t.config.Exchange(ctx, in.Get("code"), oauth2.VerifierOption(h.Verifier))
	if err != nil {
		return Identity{}, refuse("code", err)
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok || raw == "" {
		return Identity{}, refuse("no_token", nil)
	}
	token, err := t.provider.VerifierContext(ctx, &oidc.Config{ClientID: p.o.ClientID, SupportedSigningAlgs: algorithms, Now: p.o.Now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, refuse("token", err)
	}
	if token.AccessTokenHash != "" && token.VerifyAccessToken(got.AccessToken) != nil {
		return Identity{}, refuse("access_token", nil)
	}
	return p.believe(h, token)
}

// returned checks how somebody came back.
func (p *Provider) returned(h held, t *told, in url.Values) error {
	for _, list := range in {
		if len(list) > 1 {
			return refuse("twice", nil)
		}
	}
	iss := in.Get("iss")
	switch {
	case h.State == "" || subtle.ConstantTimeCompare([]byte(h.State), []byte(in.Get("state"))) != 1:
		return refuse("state", nil)
	case p.o.Now().Sub(h.At) > Asked:
		return refuse("late", nil)
	case iss != "" && iss != p.o.Issuer, iss == "" && t.namesIss:
		return refuse("other_provider", nil)
	case in.Get("error") != "":
		return refuse("provider_refused", nil)
	case in.Get("code") == "":
		return refuse("no_code", nil)
	}
	return nil
}

// believe checks what a token says whose signature, issuer, audience and end hold.
func (p *Provider) believe(h held, token *oidc.IDToken) (Identity, error) {
	var c struct {
		AuthorizedParty string   `json:"azp"`
		ACR             string   `json:"acr"`
		AMR             []string `json:"amr"`
		AuthTime        int64    `json:"auth_time"`
	}
	if err := token.Claims(&c); err != nil {
		return Identity{}, refuse("claims", err)
	}
	now := p.o.Now()
	switch {
	case subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(h.Nonce)) != 1:
		return Identity{}, refuse("nonce", nil)
	case c.AuthorizedParty != "" && c.AuthorizedParty != p.o.ClientID, len(token.Audience) > 1 && c.AuthorizedParty == "":
		return Identity{}, refuse("azp", nil)
	case token.IssuedAt.Before(h.At.Add(-skew)), token.IssuedAt.After(now.Add(skew)):
		return Identity{}, refuse("issued_at", nil)
	case !printable(token.Subject):
		return Identity{}, refuse("subject", nil)
	case len(p.o.ACR) > 0 && !slices.Contains(p.o.ACR, c.ACR):
		return Identity{}, refuse("acr", nil)
	case len(p.o.AMR) > 0 && !slices.ContainsFunc(p.o.AMR, func(m string) bool { return slices.Contains(c.AMR, m) }):
		return Identity{}, refuse("amr", nil)
	}
	proved := time.Unix(c.AuthTime, 0)
	if p.o.MaxAge > 0 && (c.AuthTime <= 0 || now.Sub(proved) > p.o.MaxAge+skew || proved.After(now.Add(skew))) {
		return Identity{}, refuse("auth_time", nil)
	}
	return Identity{token.Issuer, token.Subject}, nil
}

// printable says whether a name may be one: some printable ASCII.
func printable(s string) bool {
	return s != "" && len(s) <= mostName && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
}

// slow is how long a provider may take to say that it cannot answer and is asked
// again by the next who comes. One that takes longer is left alone for as long as
// it took.
const slow = time.Second

// discover returns what the provider says of itself, from memory if it said so
// within the hour.
func (p *Provider) discover(ctx context.Context) (*told, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.told != nil && p.o.Now().Sub(p.at) < known {
		return p.told, nil
	}
	began := time.Now()
	if began.Before(p.silent) {
		return nil, ErrSilent // who came meanwhile does not wait one after the other
	}
	// The keys of the provider are asked for with this context later on.
	ctx = oidc.ClientContext(context.WithoutCancel(ctx), p.http)
	provider, err := oidc.NewProvider(ctx, p.o.Issuer)
	if took := time.Since(began); err != nil && took > slow {
		p.silent = time.Now().Add(took)
	}
	if err != nil {
		return nil, errors.Join(ErrSilent, err)
	}
	var d struct {
		Authorization string   `json:"authorization_endpoint"`
		Token         string   `json:"token_endpoint"`
		Keys          string   `json:"jwks_uri"`
		Methods       []string `json:"token_endpoint_auth_methods_supported"`
		NamesIss      bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&d); err != nil {
		return nil, errors.Join(ErrSilent, err)
	}
	for _, address := range []string{d.Authorization, d.Token, d.Keys} {
		if !p.safe(address) {
			return nil, fmt.Errorf("%w: an address of it is not safe", ErrSilent)
		}
	}
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if len(d.Methods) > 0 && !slices.Contains(d.Methods, "client_secret_basic") {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p.told = &told{provider: provider, namesIss: d.NamesIss, config: oauth2.Config{ClientID: p.o.ClientID, ClientSecret: p.o.Secret, Endpoint: endpoint,
		RedirectURL: p.o.Redirect, Scopes: []string{oidc.ScopeOpenID}}}
	p.at = p.o.Now()
	return p.told, nil
}

// safe says whether an address is reached by TLS, as the provider's own is; only
// a demonstration's provider speaks without.
func (p *Provider) safe(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && u.User == nil && (u.Scheme == "https" || u.Scheme == "http" && strings.HasPrefix(p.o.Issuer, "http://"))
}

// bounded reads only the beginning of long answers.
type bounded struct{ next http.RoundTripper }

// RoundTrip is that of next.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	got, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(got.Body, mostAnswer), got.Body}
	return got, nil
}

// random is 256 random bits as text.
func random() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
