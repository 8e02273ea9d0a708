package main

import (
	"crypto/tls"
	"crypto/x509"
	"runtime/debug"
	"time"
)

// oldBuild is how long after its source was written a program is told to be old: by
// then what became known in a library, even of low weight, should have been mended
// by a newer one (SECURITY.md).
const oldBuild = 90 * 24 * time.Hour

// program says which program this is, and how old.
func (x *examination) program() {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	x.age(info)
}

// age judges a program by what its build wrote into it: the moment of the newest
// commit of its source.
func (x *examination) age(info *debug.BuildInfo) {
	const newer = "Look whether there is a newer release: weaknesses that become known in libraries and in Go itself are mended only by one, within 90 days at most (SECURITY.md)."
	is := "version " + info.Main.Version + ", " + info.GoVersion
	at, changed := time.Time{}, ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.time":
			at, _ = time.Parse(time.RFC3339, s.Value) // zero where it is none
		case "vcs.modified":
			if s.Value == "true" {
				changed = ", changed since"
			}
		}
	}
	age := x.now.Sub(at)
	switch {
	case at.IsZero():
		x.warn("program", is+", and nobody knows of when", "Build it with make build, out of the repository: the build writes down of when the source is.")
	case age > oldBuild:
		x.warn("program", is+", of a source that is "+span(age)+" old"+changed, newer)
	default:
		x.fine("program", "%s, of a source that is %s old%s", is, span(max(age, 0)), changed)
	}
}

// vouched says whether somebody whom this machine trusts vouches for a certificate,
// as browsers ask. Who made its own tells people to click warnings away.
func (x *examination) vouched(pair tls.Certificate, leaf *x509.Certificate) {
	between := x509.NewCertPool()
	for _, der := range pair.Certificate[1:] {
		if c, err := x509.ParseCertificate(der); err == nil {
			between.AddCert(c)
		}
	}
	// Whether it ended is said elsewhere: here it counts as it was one moment before.
	at := x.now
	if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: x.roots, Intermediates: between, CurrentTime: at}); err == nil {
		return
	}
	is := "nobody whom this machine trusts vouches for it"
	if leaf.CheckSignatureFrom(leaf) == nil || string(leaf.RawIssuer) == string(leaf.RawSubject) {
		is = "it vouches for itself"
	}
	const do = "Have one made by an authority that browsers know, with all certificates between in the file of tls-cert; where the State has an authority of its own, put that one among those that this machine trusts. People who learn to click a warning away do not notice somebody in between."
	if x.s.Pilot {
		x.warn("certificate", is, do)
		return
	}
	x.fail("certificate", is, do)
}
