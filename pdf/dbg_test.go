package pdf

import (
	"os"
	"testing"
	"time"
)

func TestDbg(t *testing.T) {
	p := newPaper(Document{Title: "x", At: time.Unix(0, 0)})
	var c cleaner
	tx := c.clean(nil, "على أجره دولار الأ لإ ٱللَّٰه", false)
	p.shaper.paragraph(tx[0])
	for _, c := range p.shaper.clusters {
		t.Logf("%q w=%d lvl=%d %v", string(tx[0].runes[c.from:c.to]), c.width, c.level, p.shaper.glyphs[c.first:c.last])
	}
	p.Paragraph("على أجره منذ دولار")
	p.Row("a", "الأ لإ لا ٱللَّٰه")
	b, _, err := p.Bytes()
	os.WriteFile("/tmp/pdfw/d.pdf", b, 0600)
	t.Log(err)
}
