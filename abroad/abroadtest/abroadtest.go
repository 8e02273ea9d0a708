// Package abroadtest is an OpenID Connect provider for tests that can be told to
// lie in every part of what it says. Told nothing, it is an honest one.
package abroadtest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"
)

// What the provider knows us by.
const (
	ClientID = "referrals"
	Secret   = "made up for tests"
)

// Provider is the provider. Its fields change what it says from then on.
type Provider struct {
	URL     string
	Subject string

	Discovery func(map[string]any) // changes what it says of itself
	Keys      func(map[string]any) // changes the list of its keys
	Claims    func(map[string]any) // changes what the token says
	Header    func(map[string]any) // changes the head of the token
	Sign      func(input string, honest []byte) []byte
	Token     func(w http.ResponseWriter, honest map[string]any) bool // answers in place of the token endpoint

	key   *rsa.PrivateKey
	other *rsa.PrivateKey
	codes map[string]url.Values
}

// New starts a provider for the time of a test.
func New(t testing.TB) *Provider {
	t.Helper()
	p := &Provider{Subject: "robin-at-the-provider", codes: map[string]url.Values{}}
	for _, key := range []**rsa.PrivateKey{&p.key, &p.other} {
		made, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			t.Fatal(err)
		}
		*key = made
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", p.discovery)
	mux.HandleFunc("/keys", p.keys)
	mux.HandleFunc("/token", p.token)
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	p.URL = s.URL
	return p
}

// Honest forgets all lies.
func (p *Provider) Honest() {
	*p = Provider{URL: p.URL, Subject: p.Subject, key: p.key, other: p.other, codes: p.codes}
}

func say(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func (p *Provider) discovery(w http.ResponseWriter, _ *http.Request) {
	d := map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
		"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}, "id_token_signing_alg_values_supported": []string{"RS256"}}
	if p.Discovery != nil {
		p.Discovery(d)
	}
	say(w, d)
}

func (p *Provider) keys(w http.ResponseWriter, _ *http.Request) {
	d := map[string]any{"keys": []any{map[string]any{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": "one",
		"n": text(p.key.N.Bytes()), "e": text(big.NewInt(int64(p.key.E)).Bytes())}}}
	if p.Keys != nil {
		p.Keys(d)
	}
	say(w, d)
}

// Authorize is the person's consent to what an address of the provider asks: it
// returns what the provider sends the person back with.
func (p *Provider) Authorize(t testing.TB, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	asked := u.Query()
	if asked.Get("code_challenge_method") != "S256" || asked.Get("code_challenge") == "" || asked.Get("nonce") == "" || asked.Get("state") == "" ||
		asked.Get("response_type") != "code" || asked.Get("scope") != "openid" {
		t.Fatalf("the question is not whole: %v", asked)
	}
	code := rand.Text()
	p.codes[code] = asked
	return url.Values{"code": {code}, "state": {asked.Get("state")}}
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	asked := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	sum := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	unescaped, _ := url.QueryUnescape(secret)
	if !ok || id != ClientID || unescaped != Secret || asked == nil || text(sum[:]) != asked.Get("code_challenge") || r.PostFormValue("redirect_uri") != asked.Get("redirect_uri") {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	honest := map[string]any{"access_token": rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": p.made(asked)}
	if p.Token != nil && p.Token(w, honest) {
		return
	}
	say(w, honest)
}

// made is the token for a question.
func (p *Provider) made(asked url.Values) string {
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "aud": ClientID, "sub": p.Subject, "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"auth_time": now.Add(-time.Minute).Unix(), "acr": "two", "amr": []string{"pwd", "otp"}}
	head := map[string]any{"alg": "RS256", "kid": "one", "typ": "JWT"}
	if p.Claims != nil {
		p.Claims(claims)
	}
	if p.Header != nil {
		p.Header(head)
	}
	input := part(head) + "." + part(claims)
	signature := signed(p.key, input)
	if p.Sign != nil {
		signature = p.Sign(input, signature)
	}
	return input + "." + text(signature)
}

// Stranger signs with a key that is not the provider's.
func (p *Provider) Stranger(input string, _ []byte) []byte { return signed(p.other, input) }

// StrangersKey is that key as a provider would list it.
func (p *Provider) StrangersKey() map[string]any {
	return map[string]any{"kty": "RSA", "alg": "RS256", "kid": "two", "n": text(p.other.N.Bytes()), "e": text(big.NewInt(int64(p.other.E)).Bytes())}
}

// Shared signs with a secret that both sides know.
func Shared(secret string) func(string, []byte) []byte {
	return func(input string, _ []byte) []byte {
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(input))
		return mac.Sum(nil)
	}
}

// PublicKey is the key that everybody knows, as a text that a careless reader
// would take for a secret.
func (p *Provider) PublicKey() string { return string(p.key.N.Bytes()) }

func signed(key *rsa.PrivateKey, input string) []byte {
	sum := sha256.Sum256([]byte(input))
	out, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(fmt.Sprint("abroadtest: signing: ", err))
	}
	return out
}

func part(v map[string]any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprint("abroadtest: writing: ", err))
	}
	return text(b)
}

func text(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
