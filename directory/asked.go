package directory

import "strings"

// AskedPrefix begins the name of each setting that says since which day OTDA asks
// to have a line verified. It stands beside the lines, for it is a question
// between two offices and no fact about the line; it names no referral.
const AskedPrefix = "asked."

// AskedSetting is the name of the setting of the line with that key.
func AskedSetting(key string) string { return AskedPrefix + key }

// AskedLine is the key of the line that a setting of that name is about.
func AskedLine(setting string) string { return strings.TrimPrefix(setting, AskedPrefix) }
