# SPDX-License-Identifier: MIT
# Names that people try first; build.sh does the work.
FILTER ?=

build image run tour bench clean deps:
	@./build.sh $@

test:
	@./build.sh test $(FILTER)

lint:
	@tests/lint.sh

.PHONY: build image run tour test bench clean deps lint
.DEFAULT_GOAL := build
