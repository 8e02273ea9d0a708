# Everything that people do with this repository. `make` says what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run build image test e2e bench faults attack check mutation audit evidence generate golden migration

## help: say what there is
help:
	@sed -n 's/^## \([a-z0-9]*\): /  make \1|/p' $(MAKEFILE_LIST) | column -t -s '|' 2>/dev/null || sed -n 's/^## /  make /p' $(MAKEFILE_LIST)

## run: start the demo; needs Go alone, prints its address and who can sign in
run:
	@echo "Building the program. The first time that takes some minutes."
	go run ./cmd/nysreferral demo $(args)

## build: build the program into bin/, without C, for this machine, on Go's certified FIPS 140-3 module (GOFIPS140=off for another)
build: export GOFIPS140 ?= certified
build:
	CGO_ENABLED=0 go build -trimpath -o bin/nysreferral ./cmd/nysreferral

## image: build the image of deploy/Containerfile with buildah, run it once read-only and without root, into bin/nysreferral-image.tar
image:
	@scripts/image.sh

## test: every test, both databases, race detector, browser; brings what it needs
test:
	@scripts/test.sh

## e2e: the browser tests alone, on a program built anew (only=TestName, shots=folder)
e2e:
	@scripts/e2e.sh "$(only)" "$(shots)"

## bench: the measurements beside plain code, on one PostgreSQL of its own (only=submit, args=-quick, only=growth, only=soak, only=BenchmarkName)
bench:
	@scripts/bench.sh $(args) $(only)

## faults: kill, cut off and starve the running program, and look whether it lost anything (only=cuts, args="-kills 50")
faults:
	@scripts/faults.sh $(args) $(only)

## attack: turn sqlmap, wapiti, ffuf, testssl and their like on the running program, and on planted flaws that each must find (only="ffuf sqlmap", args=-v, args="-slow 4" on a busy machine)
attack:
	@scripts/attack.sh $(args) $(only)

## check: format, vet, staticcheck, who imports whom, generated code fresh
check:
	@scripts/check.sh quick
	@scripts/check.sh static
	go test -count=1 -run '^TestTree' .
	@scripts/check.sh generated

## mutation: plant faults in seal, audit and workflow, one at a time, and say which no test notices (args="-only seal"); takes up to 90 minutes
mutation:
	@go build -C tools -o "$$PWD/.tools/mutate" ./mutate
	@scripts/with-postgres.sh .tools/mutate -keep .tools/mutation $(args)

## audit: known weaknesses, dangerous ways of writing, secrets, the same bytes twice, parts, sandbox; asks nobody once its tools are built
audit:
	@scripts/audit.sh secrets
	@scripts/audit.sh vulnerable
	@scripts/audit.sh dangerous
	@scripts/audit.sh reproducible
	@scripts/audit.sh parts
	@scripts/audit.sh unit

## evidence: prove what is claimed about security, claim by claim, into bin/evidence.md (only=AUD-5); takes up to half an hour
evidence:
	@scripts/evidence.sh "$(only)"

## generate: make generated code anew (tables, pages, rules)
generate:
	go generate ./ent
	go run github.com/a-h/templ/cmd/templ generate -path web -log-level error
	gofmt -r 'templ.JoinStringErrs(a) -> plain(a)' -w web/*_templ.go
	go test ./workflow -run TestRulesAreFresh -update

## golden: write the golden files of the tests anew; read the difference before you commit it
golden:
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | grep -v node_modules | xargs -n1 dirname | sort -u) -update

## migration: write the next migration of both databases (name=what_changes)
migration:
	@test -n "$(name)" || { echo "say a name: make migration name=what_changes" >&2; exit 2; }
	@scripts/migration.sh "$(name)"
