package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// testSources are the sources of the tests in a folder.
func testSources(dir string) (string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		return "", err
	}
	var all strings.Builder
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		all.Write(text)
	}
	return all.String(), nil
}

// testsMain reports whether the tests of a folder begin by a function of their
// own.
func testsMain(dir string) (bool, error) {
	text, err := testSources(dir)
	return strings.Contains(text, "\nfunc TestMain("), err
}

// aTest is how a test begins.
var aTest = regexp.MustCompile(`(?m)^func (Test\w+)\(`)

// halved are the tests of a folder that run on both databases.
func halved(dir string) (map[string]bool, error) {
	text, err := testSources(dir)
	out := map[string]bool{}
	for _, at := range aTest.FindAllStringSubmatchIndex(text, -1) {
		body, _, _ := strings.Cut(text[at[1]:], "\n}")
		out[text[at[2]:at[3]]] = strings.Contains(body, "\tstoretest.Each(t, ")
	}
	return out, err
}
