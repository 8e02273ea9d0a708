package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

// largestPicture is how many bytes a picture in the README may have.
const largestPicture = 200_000

// The picture in the README shows the page that it says: the sections of a
// draft, with made-up answers. E2E_PICTURES=write draws it again.
func TestPictureOfReferral(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "docs", "pictures", "referral.png")
	if os.Getenv("E2E_PICTURES") == "write" {
		drawReferral(t, file)
	}
	kept, err := os.Stat(file)
	if err != nil || kept.Size() == 0 || kept.Size() > largestPicture {
		t.Fatalf("the picture is not there or has more than %d bytes: %v", largestPicture, err)
	}
}

// drawReferral takes the picture: a draft of which some sections are complete,
// one is begun and some are not.
func drawReferral(t *testing.T, file string) {
	t.Helper()
	k := situationOf(t, 7)
	prog := StartWith(t, Settings{Now: k.Now, Args: []string{"--empty"}})
	p := seat(t, prog, "case_manager", View{ReducedMotion: true})
	at := draft(p)
	for _, letter := range []string{"B", "A", "C", "D", "E", "K"} {
		p.Open(at + "/sections/" + letter)
		fill(t, p, k.byName())
		if letter == "D" {
			p.Choose(Field("countyNow"), "") // so that it is begun
		}
		p.Follow(Button("Save and continue"))
	}
	p.Open(at)
	p.See("sections complete")
	dir := t.TempDir()
	t.Setenv("E2E_SHOTS", dir)
	Shot(t, p, "referral")
	png, err := os.ReadFile(filepath.Join(dir, "referral.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, png, 0o644); err != nil {
		t.Fatal(err)
	}
}
