package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"golang.org/x/image/vector"

	"nysreferral/pdf/pdftest"
)

const (
	dots  = 144 // to the inch
	scale = dots / 72.0
)

// expected draws page i as the layout means it, straight from the faces, without fonts of a PDF.
func expected(p *paper, i int) *image.Gray {
	page := image.NewGray(image.Rect(0, 0, pageWidth*scale, pageHeight*scale))
	draw.Draw(page, page.Bounds(), image.White, image.Point{}, draw.Src)
	loaded := map[int]*font.Face{}
	for _, o := range p.pages[i] {
		if o.kind != letters {
			continue
		}
		slot := p.slots.all[o.slot-1]
		if loaded[slot.face] == nil {
			loaded[slot.face] = faces[slot.face].shaper()
		}
		x := o.x
		for _, c := range p.codes[o.from:o.to] {
			g := slot.glyphs[bytes.IndexByte(codes, c)]
			em := o.w / 1000
			if g.id != blank.id {
				outline(page, loaded[slot.face], g.id, x+float64(g.right)*em, o.y-float64(g.up)*em, o.w/float64(faces[slot.face].upem), o.ink)
			}
			x += float64(g.advance) * em
		}
	}
	return page
}

// outline fills a glyph whose pen stands at x, y.
func outline(page *image.Gray, f *font.Face, id uint16, x, y, unit float64, c ink) {
	data, ok := f.GlyphData(font.GID(id)).(font.GlyphOutline)
	if !ok || len(data.Segments) == 0 {
		return
	}
	const side = 160
	left, top := int(x*scale)-side/2, int(y*scale)-side/2
	at := func(p opentype.SegmentPoint) (float32, float32) {
		return float32((x+float64(p.X)*unit)*scale) - float32(left), float32((y-float64(p.Y)*unit)*scale) - float32(top)
	}
	r := vector.NewRasterizer(side, side)
	for _, s := range data.Segments {
		ax, ay := at(s.Args[0])
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			r.ClosePath()
			r.MoveTo(ax, ay)
		case opentype.SegmentOpLineTo:
			r.LineTo(ax, ay)
		case opentype.SegmentOpQuadTo:
			bx, by := at(s.Args[1])
			r.QuadTo(ax, ay, bx, by)
		}
	}
	r.ClosePath()
	gray := color.GrayModel.Convert(color.RGBA{c.r, c.g, c.b, 255})
	r.Draw(page, image.Rect(left, top, left+side, top+side), image.NewUniform(gray), image.Point{})
}

// A reader shows every letter where the layout means it and in the form that the shaper chose: no box, no letter in the
// form it has alone.
func TestLooksAsMeant(t *testing.T) {
	p := newPaper(sheet())
	for _, s := range append(names, samples...) {
		p.Paragraph(s)
		p.Heading(2, s)
	}
	out, _ := finish(t, p)
	for i := range p.pages {
		base := filepath.Join(t.TempDir(), "page")
		pdftest.Run(t, out, "pdftoppm", "-r", fmt.Sprint(dots), "-gray", "-png", "-singlefile", "-f", fmt.Sprint(i+1), "@", base)
		file, err := os.Open(base + ".png")
		if err != nil {
			t.Fatal(err)
		}
		shown, err := png.Decode(file)
		_ = file.Close()
		if err != nil {
			t.Fatal(err)
		}
		got := image.NewGray(shown.Bounds())
		draw.Draw(got, got.Bounds(), shown, image.Point{}, draw.Src)
		want := expected(p, i)
		lost, dark := missing(want, got)
		if dark == 0 || lost > 20 {
			t.Errorf("page %d: %d of %d dark points are not shown", i+1, lost, dark)
		}
	}
}

// missing counts the dark points of want, and those beside which nothing is dark in got.
func missing(want, got *image.Gray) (lost, dark int) {
	for y := 1; y < want.Rect.Max.Y-1; y++ {
		for x := 1; x < want.Rect.Max.X-1; x++ {
			if want.GrayAt(x, y).Y > 110 {
				continue
			}
			dark++
			near := uint8(255)
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					near = min(near, got.GrayAt(x+dx, y+dy).Y)
				}
			}
			if near > 170 {
				lost++
			}
		}
	}
	return lost, dark
}

// A slot's font holds, at the character by which readers find it, the very glyph that was placed there.
func TestSlotFonts(t *testing.T) {
	p := full()
	finish(t, p)
	for i, s := range p.slots.all {
		f, err := font.ParseTTF(bytes.NewReader(s.program()))
		if err != nil {
			t.Fatalf("%s: %v", s.name(i), err)
		}
		own := faces[s.face].shaper()
		for k, g := range s.glyphs {
			id, ok := f.NominalGlyph(latin(codes[k]))
			if !ok {
				t.Fatalf("%s: nothing at code %d", s.name(i), codes[k])
			}
			got, _ := f.GlyphData(id).(font.GlyphOutline)
			var want font.GlyphOutline
			if g.id != blank.id {
				want, _ = own.GlyphData(font.GID(g.id)).(font.GlyphOutline)
			}
			if len(got.Segments) != len(want.Segments) {
				t.Errorf("%s: code %d: %d segments, want %d", s.name(i), codes[k], len(got.Segments), len(want.Segments))
			}
			if w := f.HorizontalAdvance(id); int(w) != faces[s.face].units(int(g.advance)) {
				t.Errorf("%s: code %d is %v wide, want %d", s.name(i), codes[k], w, g.advance)
			}
		}
	}
}
