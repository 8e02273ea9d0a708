package attach

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image/jpeg"
	"image/png"
)

const pngMagic = "\x89PNG\r\n\x1a\n"

// quality of a picture that is drawn anew: fine print stays readable.
const quality = 92

// drawPNG draws a PNG anew: what stands beside the dots is left behind. It looks
// at the frame of the file first, and unpacks nothing that says it is too large.
func drawPNG(b []byte, l Limits) (out []byte, width, height int, err error) {
	h, err := headPNG(b)
	if err != nil {
		return nil, 0, 0, err
	}
	if int64(h.width)*int64(h.height) > l.Pixels || h.cost() > maxDecoded {
		return nil, 0, 0, tooWide
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, unreadable
	}
	w := limited{most: maxCopy}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&w, img); err != nil {
		return nil, 0, 0, tooRich
	}
	return w.Bytes(), h.width, h.height, nil
}

// pngHead is what the first chunk of a PNG says.
type pngHead struct {
	width, height int
	depth, color  byte
	interlaced    bool
}

// cost is how many bytes the picture takes while it is decoded.
func (h pngHead) cost() int64 {
	each := map[byte]int64{0: 1, 2: 4, 3: 1, 4: 4, 6: 4}[h.color]
	if h.depth == 16 {
		each = max(2*each, 2)
	}
	if h.interlaced {
		each *= 2
	}
	return each * int64(h.width) * int64(h.height)
}

// headPNG walks over the chunks of a PNG, whose sums must be right, to the end
// mark, and returns what the first says. What follows the end mark is no picture
// and goes nowhere.
func headPNG(b []byte) (pngHead, error) {
	var h pngHead
	at, packed := len(pngMagic), false
	for first := true; ; first = false {
		if len(b) < at+12 {
			return h, unreadable
		}
		n := int64(binary.BigEndian.Uint32(b[at:]))
		if n > int64(len(b)-at-12) {
			return h, unreadable
		}
		kind, data := string(b[at+4:at+8]), b[at+8:at+8+int(n)]
		if crc32.ChecksumIEEE(b[at+4:at+8+int(n)]) != binary.BigEndian.Uint32(b[at+8+int(n):]) {
			return h, unreadable
		}
		switch {
		case first != (kind == "IHDR"), kind == "IHDR" && n != 13:
			return h, unreadable
		case kind == "IHDR":
			w, t := binary.BigEndian.Uint32(data), binary.BigEndian.Uint32(data[4:])
			if w == 0 || t == 0 || w > 1<<30 || t > 1<<30 {
				return h, unreadable
			}
			h = pngHead{int(w), int(t), data[8], data[9], data[12] != 0}
		case kind == "IDAT":
			packed = true
		case kind == "IEND":
			if !packed {
				return h, unreadable
			}
			return h, nil
		}
		at += 12 + int(n)
	}
}

// drawJPEG draws a JPEG anew and keeps of what stood beside the dots only which
// side is up.
func drawJPEG(b []byte, l Limits) (out []byte, width, height int, err error) {
	h, err := headJPEG(b)
	if err != nil {
		return nil, 0, 0, err
	}
	if int64(h.width)*int64(h.height) > l.Pixels || h.cost() > maxDecoded {
		return nil, 0, 0, tooWide
	}
	img, err := jpeg.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, 0, 0, unreadable
	}
	w := limited{most: maxCopy}
	if err := jpeg.Encode(&w, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, 0, 0, tooRich
	}
	return upright(w.Bytes(), h.up), h.width, h.height, nil
}

// jpegHead is what the segments of a JPEG say.
type jpegHead struct {
	width, height int
	progressive   bool
	dots          float64 // bytes for each dot, over all its colors
	up            int     // which side is up, 1 to 8, as EXIF has it
}

// cost is how many bytes the picture takes while it is decoded: a progressive
// one keeps its coefficients, of four bytes each, beside the dots.
func (h jpegHead) cost() int64 {
	each := h.dots
	if h.progressive {
		each *= 5
	}
	return int64(each * float64(h.width) * float64(h.height))
}

// maxScans bounds the passes of a progressive picture, each of which costs time
// for all of it.
const maxScans = 64

// headJPEG walks over the segments of a JPEG to its end mark.
func headJPEG(b []byte) (jpegHead, error) {
	h := jpegHead{up: 1}
	scans := 0
	err := segments(b, func(marker byte, data []byte, _ int) error {
		switch {
		case marker == 0xc0 || marker == 0xc1 || marker == 0xc2:
			if h.width != 0 {
				return unreadable
			}
			return h.frame(marker, data)
		case marker >= 0xc3 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return refuse(sayImage) // without loss, or by arithmetic: nothing reads them
		case marker == 0xe1 && h.up == 1:
			h.up = orientation(data)
		case marker == 0xda:
			if scans++; scans > maxScans || h.width == 0 {
				return unreadable
			}
		}
		return nil
	})
	if err == nil && (h.width == 0 || scans == 0) {
		err = unreadable
	}
	return h, err
}

// frame reads the segment that says how large the picture is.
func (h *jpegHead) frame(marker byte, data []byte) error {
	if len(data) < 6 || data[0] != 8 || len(data) < 6+3*int(data[5]) || data[5] == 0 || data[5] > 4 {
		return unreadable
	}
	h.height, h.width = int(binary.BigEndian.Uint16(data[1:])), int(binary.BigEndian.Uint16(data[3:]))
	if h.width == 0 || h.height == 0 {
		return unreadable
	}
	h.progressive = marker == 0xc2
	all, most := 0, 1
	for i := range int(data[5]) {
		factor := data[6+3*i+1]
		x, y := int(factor>>4), int(factor&15)
		if x < 1 || x > 4 || y < 1 || y > 4 {
			return unreadable
		}
		all, most = all+x*y, max(most, x*y)
	}
	h.dots = float64(all) / float64(most)
	return nil
}

// segments calls with for each segment of a JPEG, and where it ends, up to the
// end mark, which must be there. The dots between segments are passed over.
func segments(b []byte, with func(marker byte, data []byte, end int) error) error {
	if len(b) < 4 || b[0] != 0xff || b[1] != 0xd8 {
		return unreadable
	}
	for at := 2; at < len(b); {
		if b[at] != 0xff {
			return unreadable
		}
		for at < len(b) && b[at] == 0xff {
			at++
		}
		if at == len(b) {
			return unreadable
		}
		marker := b[at]
		at++
		if marker == 0xd9 {
			return nil
		}
		if marker == 0x01 || marker >= 0xd0 && marker <= 0xd7 {
			continue
		}
		if marker == 0 || marker == 0xd8 || len(b) < at+2 {
			return unreadable
		}
		n := int(binary.BigEndian.Uint16(b[at:]))
		if n < 2 || len(b) < at+n {
			return unreadable
		}
		if err := with(marker, b[at+2:at+n], at+n); err != nil {
			return err
		}
		at += n
		if marker == 0xda {
			at = afterDots(b, at)
		}
	}
	return unreadable
}

// afterDots is where the next segment after the dots at at begins.
func afterDots(b []byte, at int) int {
	for ; at+1 < len(b); at++ {
		if b[at] == 0xff && b[at+1] != 0 && b[at+1] != 0xff && (b[at+1] < 0xd0 || b[at+1] > 0xd7) {
			return at
		}
	}
	return len(b)
}

// orientation reads which side is up from a segment of EXIF; 1 when it does not
// say.
func orientation(data []byte) int {
	rest, ok := bytes.CutPrefix(data, []byte("Exif\x00\x00"))
	if !ok || len(rest) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if rest[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(rest[4:]))
	if at+2 > int64(len(rest)) {
		return 1
	}
	entries := rest[at+2:]
	for range order.Uint16(rest[at:]) {
		if len(entries) < 12 {
			return 1
		}
		if order.Uint16(entries) == 0x0112 {
			if up := int(order.Uint16(entries[8:])); up >= 1 && up <= 8 {
				return up
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// upright writes which side is up into a JPEG that was drawn anew, and nothing
// else.
func upright(b []byte, up int) []byte {
	if up == 1 || len(b) < 2 {
		return b
	}
	exif := []byte("\xff\xe1\x00\x22Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	exif[29] = byte(up)
	out := make([]byte, 0, len(b)+len(exif))
	return append(append(append(out, b[:2]...), exif...), b[2:]...)
}
