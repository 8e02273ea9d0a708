package main

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"time"

	"nysreferral/forms"
	"nysreferral/pdf"
)

// The goals of a packet: how much faster than a Chromium that is warm, and
// than one that is started for it.
const (
	warmGoal = 10
	coldGoal = 40
)

// packet draws a packet on one core, and has Chromium print the same content
// set with the same fonts.
func (r *run) packet() error {
	view, facts := bigView(), pdf.Facts{Reference: "7K4M-2QX9-C3TB-5", GeneratedFor: "Example RHTP provider", Version: 2, Digest: strings.Repeat("0123456789abcdef", 4), At: start}
	first, lack, err := pdf.Packet(facts, view)
	if err != nil {
		return err
	}
	if len(lack) > 0 {
		return errors.New("the packet has characters that cannot be printed")
	}
	r.say("   our packet: %d pages, %d bytes, tagged, fonts embedded", pagesIn(first), len(first))
	b, err := r.chromium()
	if errors.Is(err, errNoChromium) {
		r.say("   Chromium is left out: it is not on this machine.")
	} else if err != nil {
		return err
	}
	var ours, oursCPU, load, print, cold, coldCPU []time.Duration
	for range r.rounds {
		took, spent, err := r.drawn(facts, view)
		if err != nil {
			return err
		}
		ours, oursCPU = append(ours, took), append(oursCPU, spent)
		if b == nil {
			continue
		}
		if err := r.printed(b, view, &load, &print); err != nil {
			return err
		}
		took, spent, err = r.printedAlone(b)
		if err != nil {
			return err
		}
		cold, coldCPU = append(cold, took), append(coldCPU, spent)
	}
	mine := median(ours)
	r.say("   ours, one core:                        %6.2f ms a packet, cpu %.2f ms, %.0f a second", millis(mine), millis(median(oursCPU)), float64(time.Second)/float64(mine))
	if b == nil {
		return nil
	}
	r.say("   Chromium, warm, print to PDF alone:    %6.0f ms (%d pages, %d bytes)", millis(median(print)), b.pages, b.bytes)
	r.say("   Chromium, warm, load and print:        %6.0f ms", millis(median(load)))
	r.say("   Chromium, started for each packet:     %6.0f ms, cpu %.0f ms", millis(median(cold)), millis(median(coldCPU)))
	for _, one := range []struct {
		name string
		took []time.Duration
		goal float64
	}{{"warm Chromium's print alone", print, warmGoal}, {"Chromium started for it", cold, coldGoal}} {
		q := float64(median(one.took)) / float64(mine)
		r.judge(q >= one.goal, "packet against "+one.name, fmt.Sprintf("%.0f × faster (%.1f ms)", q, millis(mine)), fmt.Sprintf("≥ %.0f ×", one.goal))
	}
	return nil
}

// drawn draws packets one after the other on one core, and returns the time
// and the processor's time of one.
func (r *run) drawn(facts pdf.Facts, view forms.View) (took, spent time.Duration, err error) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	n := 10 * r.papers
	runtime.GC()
	began, before := time.Now(), cpu(syscall.RUSAGE_SELF)
	for range n {
		if _, _, err := pdf.Packet(facts, view); err != nil {
			return 0, 0, err
		}
	}
	return time.Since(began) / time.Duration(n), (cpu(syscall.RUSAGE_SELF) - before) / time.Duration(n), nil
}

// printed has the warm Chromium load and print the content, and adds the
// medians of this round.
func (r *run) printed(b *chromium, view forms.View, load, print *[]time.Duration) error {
	var loads, prints []time.Duration
	for i := -1; i < r.papers; i++ {
		loading, printing, err := b.paper()
		if err != nil {
			return err
		}
		if i >= 0 {
			loads, prints = append(loads, loading+printing), append(prints, printing)
		}
	}
	*load, *print = append(*load, median(loads)), append(*print, median(prints))
	return nil
}

var pageObject = regexp.MustCompile(`/Type\s*/Page\b`)

// pagesIn counts the pages of a PDF whose page objects are not compressed.
func pagesIn(file []byte) int { return len(pageObject.FindAllIndex(file, -1)) }

// bigView is a record of ten pages as a provider reads it: sections of short
// answers of which one in five is not English, and long texts.
func bigView() forms.View {
	v := forms.View{Reader: forms.ReadsProvider}
	foreign := []string{"Nguyễn Thị Ánh, sinh năm 1999, đang ở Ithaca", "Ольга Сергеевна Коваленко", "Señora Núñez declaró que fue engañada", "Wąż Łukasz"}
	for s, letter := range []string{"C", "E", "D", "J", "K", "F"} {
		p := forms.Part{Form: "referral", Section: letter, Title: fmt.Sprintf("Section %d", s+1)}
		for i := range 28 {
			text := fmt.Sprintf("Yes, told on the %d of the month by the person, in a room alone", i+1)
			if i%5 == 0 {
				text = foreign[(i/5+s)%len(foreign)]
			}
			name := fmt.Sprintf("q%s%d", letter, i)
			p.Items = append(p.Items, forms.Item{ID: letter, Name: name, Path: name, Kind: forms.KindText, Label: fmt.Sprintf("Question %d of this section", i+1), Text: []string{text}, Value: text})
		}
		v.Parts = append(v.Parts, p)
	}
	p := forms.Part{Form: "referral", Section: "N", Title: "More"}
	for i := range 19 {
		text := strings.Repeat("The person worked fourteen hours a day in the kitchen and was told that a debt had to be paid first. ", 5)
		name := fmt.Sprintf("text%d", i)
		p.Items = append(p.Items, forms.Item{ID: "N", Name: name, Path: name, Kind: forms.KindProse, Label: fmt.Sprintf("Text %d", i+1), Text: []string{text}, Value: text})
	}
	v.Parts = append(v.Parts, p)
	return v
}

// page is the same content for a browser, with the same fonts and sizes.
var page = template.Must(template.New("page").Parse(`<!doctype html><html lang="en-US"><meta charset="utf-8"><title>Hand-over packet</title><style>
@font-face{font-family:Noto;src:url(sans.ttf)}@font-face{font-family:Noto;font-weight:bold;src:url(sans-bold.ttf)}
@page{size:letter;margin:76pt 54pt}
body{font:10.5pt/15pt Noto;color:#1b1b1b}h1{font-size:18pt;line-height:23pt;color:#154973}h2{font-size:13pt;line-height:17pt;margin-top:16pt;color:#154973}h3{font-size:11pt;line-height:15pt}
table{width:100%;border-collapse:collapse;font-size:10pt;line-height:13.5pt}th{width:168pt;text-align:left;font-weight:normal;color:#4a4d4f}
td,th{vertical-align:top;padding:3pt 0;border-bottom:.5pt solid #bec0c1}td{padding-left:14pt}tr{break-inside:avoid}
</style><body><h1>Hand-over packet</h1>
{{range .Parts}}<h2>{{.Title}}</h2>{{$open := false}}{{range .Items}}{{if eq .Kind "prose"}}<h3>{{.Label}}</h3>{{range .Text}}<p>{{.}}</p>{{end}}{{end}}{{end}}
<table>{{range .Items}}{{if ne .Kind "prose"}}<tr><th scope="row">{{.Label}}</th><td>{{range .Text}}{{.}}{{end}}</td></tr>{{end}}{{end}}</table>
{{end}}</body></html>`))

// website writes the content and its fonts into a folder and returns the page.
func (r *run) website(view forms.View) (string, error) {
	dir := filepath.Join(r.dir, "paper")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("writing the page: %w", err)
	}
	for _, font := range []string{"sans.ttf", "sans-bold.ttf"} {
		text, err := os.ReadFile(filepath.Join("pdf", "fonts", font))
		if err != nil {
			return "", fmt.Errorf("reading a font; run this in the folder of the repository: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, font), text, 0o644); err != nil {
			return "", fmt.Errorf("writing the page: %w", err)
		}
	}
	var out bytes.Buffer
	if err := page.Execute(&out, view); err != nil {
		return "", fmt.Errorf("writing the page: %w", err)
	}
	path := filepath.Join(dir, "packet.html")
	return path, os.WriteFile(path, out.Bytes(), 0o644)
}
