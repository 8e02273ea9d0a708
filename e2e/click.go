package e2e

import (
	"context"
	"time"

	"github.com/chromedp/chromedp"
)

// aimLimit is how long a click waits for its aim to come to rest. What then
// still moves, or lies below something else, is clicked on as it is.
const aimLimit = 3 * time.Second

// aim is the middle of an element in the window, in CSS pixels.
type aim struct {
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Ready bool    `json:"ready"` // painted, in the window, and nothing else lies over it
}

// click clicks on what sel finds as a hand does: once it is visible, painted and
// at rest, and nothing lies over it. The browser drops a click on a page that it
// has not painted yet, and one that is aimed while the page is still being laid
// out falls beside.
func click(sel Sel) chromedp.Action[chromedp.Void] {
	look := chromedp.Evaluate[aim](aimAt(sel))
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := chromedp.WaitVisible(sel.path())(ctx, t); err != nil {
			return err
		}
		last, err := look(ctx, t)
		for end := time.Now().Add(aimLimit); err == nil && time.Now().Before(end); {
			time.Sleep(15 * time.Millisecond)
			was := last
			if last, err = look(ctx, t); last.Ready && last == was {
				break
			}
		}
		if err != nil {
			return err
		}
		_, err = chromedp.MouseClickXY(last.X, last.Y)(ctx, t)
		return err
	})
}

// aimAt is the expression that brings what sel finds into the window and says
// where it is. A control counts as free when its own label lies over it.
func aimAt(sel Sel) string {
	return `(() => {
		const e = ` + sel.js() + `;
		if (!e) return {x: 0, y: 0, ready: false};
		const box = () => [...e.getClientRects()].find(r => r.width > 0 && r.height > 0) || e.getBoundingClientRect();
		const middle = r => ({x: r.x + r.width / 2, y: r.y + r.height / 2});
		const inside = p => p.x >= 0 && p.y >= 0 && p.x < innerWidth && p.y < innerHeight;
		const free = p => {
			const top = document.elementFromPoint(p.x, p.y);
			return !!top && (e.contains(top) || top.contains(e) && top.matches("label, a, button") || top.closest("label")?.control === e);
		};
		let at = middle(box());
		if (!inside(at) || !free(at)) {
			e.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
			at = middle(box());
		}
		const painted = performance.getEntriesByType("paint").length > 0;
		return {x: at.x, y: at.y, ready: painted && document.readyState === "complete" && inside(at) && free(at)};
	})()`
}
