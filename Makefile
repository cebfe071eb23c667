# SPDX-License-Identifier: MIT
# Names that people try first; build.sh does the work.
FILTER ?=

build image run tour bench clean deps:
	@./build.sh $@

test:
	@./build.sh test $(FILTER)

lint:
	@tests/lint.sh

# Every fuzz target for SECONDS each; the corpora below out/fuzz stay.
SECONDS ?= 60
fuzz:
	$(MAKE) -s -C tests/Core fuzz-run SECONDS=$(SECONDS)
	$(MAKE) -s -C pkm/core
	PEIOS_FUZZ_SECONDS=$(SECONDS) dotnet test tests/Managed -c Release -v q --nologo --filter FullyQualifiedName~SddlFuzz --logger "console;verbosity=detailed"

.PHONY: build image run tour test bench clean deps lint fuzz
.DEFAULT_GOAL := build
