// Package pdf draws documents of record: receipts, referrals, letters and packets. The same answers and the same
// clock give the same bytes.
//
// The engine of this package (Paper) knows nothing of referrals. It takes headings, paragraphs, rows, lists, tables
// and boxes, breaks them into pages, and writes text of every script that its faces cover: bidirectional, shaped
// where the script asks for it, copied and searched in the order in which it was written, and tagged for readers of
// the screen. A character that no face covers is said so in the text and returned to the caller; it is never silently
// a box. The package does not decide who may read what, keeps nothing, logs nothing and reads no clock.
package pdf
