package main

import (
	"crypto/fips140"
	"errors"
	"log/slog"

	"nysreferral/config"
	"nysreferral/seal"
)

// guard prepares the process to hold keys, and refuses to go on where it
// cannot: no memory of it is written to a disk when it ends badly, no other
// process of the account reads it, and where it is required all cryptography
// is that of the validated module. Whether memory may be swapped it only says.
func guard(s config.Settings, log *slog.Logger) error {
	if err := cryptography(s.FIPS, fips140.Enabled()); err != nil {
		return err
	}
	log.Info("cryptography", "fips", fips140.Enabled(), "module", fips140.Version())
	if err := closeMemory(); err != nil {
		return err
	}
	all, err := lockMemory()
	if all {
		log.Info("no memory of this process is swapped")
	} else {
		log.Warn("only the keys are kept from being swapped, not what they open: let the process lock memory without a limit (LimitMEMLOCK=infinity), or have no swap", "err", err)
	}
	return nil
}

// keysLocked says loudly when the keys themselves may be swapped.
func keysLocked(ring *seal.Ring, log *slog.Logger) {
	if !ring.Locked() {
		log.Warn("the keys may be swapped: let the process lock at least one page of memory (LimitMEMLOCK)")
	}
}

// cryptography refuses a build or an environment without the module where it is
// required.
func cryptography(wanted string, on bool) error {
	if wanted == "required" && !on {
		return errors.New("fips is required, and Go's FIPS 140-3 module is not in use: build with GOFIPS140=certified, as make build does, and do not set GODEBUG=fips140=off")
	}
	return nil
}
