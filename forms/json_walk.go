package forms

import (
	"bytes"
	"encoding/json"
	"iter"
)

// What follows walks over JSON that json.Valid has accepted, without copying
// it: the library's decoder reads each answer three times and keeps a buffer
// for each.

// elements returns the members of a valid JSON object with their quoted names,
// or the items of a valid list with nil, in their order.
func elements(raw []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		i := next(raw, 1)
		for raw[i] != '}' && raw[i] != ']' {
			var key []byte
			if raw[0] == '{' {
				end := past(raw, i)
				key = raw[i:end]
				i = next(raw, next(raw, end)+1) // over the colon
			}
			end := past(raw, i)
			if !yield(key, raw[i:end]) {
				return
			}
			if i = next(raw, end); raw[i] == ',' {
				i = next(raw, i+1)
			}
		}
	}
}

// next is where the next character that is no white space stands.
func next(raw []byte, i int) int {
	for raw[i] == ' ' || raw[i] == '\n' || raw[i] == '\t' || raw[i] == '\r' {
		i++
	}
	return i
}

// past is where the value that begins at i has ended.
func past(raw []byte, i int) int {
	switch raw[i] {
	case '"':
		for i++; raw[i] != '"'; i++ {
			if raw[i] == '\\' {
				i++
			}
		}
		return i + 1
	case '{', '[':
		depth := 0
		for {
			switch raw[i] {
			case '"':
				i = past(raw, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if i++; depth == 0 {
				return i
			}
		}
	}
	for i < len(raw) && bytes.IndexByte(literalEnd, raw[i]) < 0 {
		i++
	}
	return i
}

// literalEnd is what ends a number, true, false or null.
var literalEnd = []byte(",]} \n\t\r")

// unquoted is the text of a valid JSON string.
func unquoted(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		panic("forms: " + err.Error()) // the string is valid
	}
	return text
}
