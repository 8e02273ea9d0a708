package attach

import "encoding/binary"

// smallJBIG2 refuses a scan in two colors whose own segments say that it is larger
// than a picture may be: a program that shows it reserves that much, whatever the
// document calls it.
func smallJBIG2(b []byte, l Limits) ([]byte, error) {
	for rest := b; ; {
		kind, data, next, ok := jbig2Segment(rest)
		if !ok {
			return b, nil
		}
		// 48 tells of the page; the others, but for tables and ends, of a region.
		sized := kind == 48 || kind >= 4 && kind <= 7 || kind >= 20 && kind <= 43
		if sized && len(data) >= 8 {
			wide, high := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
			if high == 0xffffffff && kind == 48 {
				high = 1 // not known yet: the stripes tell
			}
			if !l.hold(int64(wide), int64(high)) {
				return nil, tooWide
			}
		}
		rest = next
	}
}

// globals has the segments that several scans share judged as those of one are: a
// program reads them before the scan's own.
func (w *pdfWriter) globals(v any) error {
	r, ok := v.(pdfRef)
	if !ok {
		return nil // a stream is always referred to
	}
	s, ok := w.f.resolve(r).(pdfStream)
	if !ok || w.judged[w.last(r)] {
		return nil
	}
	filters := filtersOf(w.f.resolve(s.dict["Filter"]))
	raw, err := w.weigh(s.raw, filters, true)
	if err != nil {
		return err
	}
	shared, err := w.photo(raw, filters)
	if err != nil {
		return err
	}
	w.judged[w.last(r)] = true
	_, err = smallJBIG2(shared, w.limits)
	return err
}

// jbig2Segment reads one segment and returns what follows it.
func jbig2Segment(b []byte) (kind byte, data, next []byte, ok bool) {
	if len(b) < 11 {
		return 0, nil, nil, false
	}
	number, flags := binary.BigEndian.Uint32(b), b[4]
	at, referred := 6, int64(b[5]>>5)
	if referred == 7 {
		referred = int64(binary.BigEndian.Uint32(b[5:]) & 0x1fffffff)
		at = 9 + int((referred+8)/8)
	}
	each := int64(1)
	switch {
	case number > 65536:
		each = 4
	case number > 256:
		each = 2
	}
	page := int64(1)
	if flags&0x40 != 0 {
		page = 4
	}
	head := int64(at) + referred*each + page
	if head+4 > int64(len(b)) {
		return 0, nil, nil, false
	}
	data = b[head+4:]
	size := int64(binary.BigEndian.Uint32(b[head:]))
	if size > int64(len(data)) {
		return flags & 63, data, nil, true // the last one, or one that does not say how long it is
	}
	return flags & 63, data[:size], data[size:], true
}
