package web

import "errors"

// plain is what generated code calls for each expression, in place of the
// library's own, which formats a string by fmt.Sprint: that was half of all
// allocations of a page.
func plain[T ~string](s T, errs ...error) (string, error) { return string(s), errors.Join(errs...) }
