package pdf

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"
)

// packet writes ten pages: a cover, six pages of 28 rows, two pages of narrative, a letter. Labels and values are of the
// length that referrals have; one value in five is not English.
func packet(n int) *paper {
	p := newPaper(Document{Title: "Confirmation packet", Subject: "Record of a referral", Reference: "7K4M-2QX9-C3TB-5", Version: "2",
		Digest: "0123456789abcdef0123456789abcdef", GeneratedFor: "Tompkins County",
		Notice: "Confidential. Keep this where nobody else can read it.", At: time.Date(2026, 11, 22, 15, 4, 5, 0, time.UTC)})
	p.Heading(1, "Confirmation packet")
	p.Box("How to reach the person safely", "Call only between 9 and 11 in the morning. Never leave a message. If somebody else answers, hang up.")
	for i := range 8 {
		p.Row(fmt.Sprintf("Cover fact %d", i), fmt.Sprintf("What the cover says about fact %d of packet %d", i, n))
	}
	foreign := []string{"Nguyễn Thị Ánh, sinh năm 1999, đang ở Ithaca", "Ольга Сергеевна Коваленко", "Señora Núñez declaró que fue engañada", "Wąż Łukasz"}
	for section := range 6 {
		p.NewPage()
		p.Heading(2, fmt.Sprintf("Section %d", section+1))
		for i := range 28 {
			value := fmt.Sprintf("Yes, told on the %d of the month by the person, in a room alone", i+1)
			if i%5 == 0 {
				value = foreign[(i/5+section)%len(foreign)]
			}
			p.Row(fmt.Sprintf("Question %d of this section", i+1), value)
		}
	}
	p.NewPage()
	p.Heading(2, "Narrative")
	for i := range 14 {
		p.Paragraph(fmt.Sprintf("%d. ", i+1) + strings.Repeat("The person worked fourteen hours a day in the kitchen and was told that a debt had to be paid first. ", 5))
	}
	p.NewPage()
	for range 6 {
		p.Paragraph(strings.Repeat("This letter says that the State has confirmed the referral named above. ", 5))
	}
	return p
}

func BenchmarkPacket10Pages(b *testing.B) {
	b.ReportAllocs()
	size := 0
	before := cpu(b)
	for i := range b.N {
		p := packet(i)
		out, _, err := p.Bytes()
		if err != nil {
			b.Fatal(err)
		}
		if size = len(out); len(p.pages) != 10 {
			b.Fatalf("%d pages", len(p.pages))
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/packet")
	b.ReportMetric(float64((cpu(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/packet")
	b.ReportMetric(float64(size), "bytes/packet")
}

// cpu is the time that the processors spent on this process: what a packet costs even when others use the machine.
func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
