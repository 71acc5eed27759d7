# What is done with the project by hand and by CI. `make` alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT ?= swift
# Passed on by `make run`, `make bench` and `make bench-quick`, as in: make run ARGS="--carts 10000"
ARGS ?=

# What `make fuzz`, `make crash`, `make maintenance` and `make nodes` do how often, with how much or how long, and from which seed.
REQUESTS ?= 1000000
ROUNDS ?= 1000
CARTS ?= 1000000
SECONDS ?= 300
SEED ?= 1

# The suites whose outcome the store has a part in, over the real server. They run over PostgreSQL as well; what HTTP, settings and pages
# do by themselves is tested over SQLite alone.
SUITES = AuditTests BulkDeleteRouteTests CSCartCartTests CSCartExamplesTests CSCartListTests CSCartParameterTests CSCartPeriodTests \
	CSCartTransportTests CoCartAccessTests CoCartExamplesTests CoCartListTests CoCartSessionTests CommandLineTests CopyCommandTests \
	ExportRouteTests GuideClientsTests KeyRoutesTests MaintenanceCommandTests NativeListTests NativeTests NativeWriteTests OneWriteTests \
	OracleTests PostgresServerTests StatisticsRouteTests SweepServiceTests
nothing :=
POSTGRES_TESTS ?= ^CartStorePostgresTests\.|^CartServerTests\.($(subst $(nothing) $(nothing),|,$(strip $(SUITES))))/

.PHONY: measured help setup run test test-postgres test-browser screenshots trials examples check lint warnings docs release bench \
	bench-quick fuzz crash faults slow-sockets maintenance timing overhead nodes postgres-faults reliability sanitize clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-15s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what building and testing need and the machine lacks
	@scripts/setup.sh test

run: ## Build, and serve sample carts; ARGS="--carts 10000 --port 8081"
	@scripts/setup.sh build
	$(SWIFT) run corral demo $(ARGS)

# Each of many tests runs a server of its own; all of them at once would take more descriptors than Foundation can launch a program with.
test: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 8
test: setup ## Run all tests but those of the PostgreSQL store
	$(SWIFT) test --skip '^CartStorePostgresTests\.'

# Loud without a server: a suite that is skipped looks like one that has passed.
test-postgres: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 8
test-postgres: export CI = true
test-postgres: ## Run the tests of the PostgreSQL store and of the dialects over it, beside a server of their own
	@scripts/setup.sh test
	@scripts/setup.sh postgres
	python3 -B Tests/Reliability/postgres.py run -- $(SWIFT) test --filter '$(POSTGRES_TESTS)'

test-browser: ## Test the dashboard in a browser, with a debug build
	@scripts/setup.sh browser
	$(SWIFT) build --product corral
	.build/browser/bin/python -B Tests/Browser/run.py --program $$($(SWIFT) build --show-bin-path)/corral

screenshots: ## Take the pictures of the dashboard in docs/images
	@scripts/setup.sh browser
	$(SWIFT) build --product corral
	.build/browser/bin/python -B Tests/Browser/screenshots.py --program $$($(SWIFT) build --show-bin-path)/corral

examples: setup ## Write what a real run answers into the OpenAPI document
	CORRAL_RECORD_EXAMPLES=1 $(SWIFT) test --filter OpenAPITests/examples

trials: setup ## Fuzz, kill, break and slow down the server, with small numbers and a debug build
	@scripts/setup.sh postgres
	$(SWIFT) build --product corral
	scripts/trials.sh $$($(SWIFT) build --show-bin-path)/corral

check: lint docs warnings test test-postgres test-browser trials ## Everything that CI asks for

lint: ## Check the format of all Swift files
	$(SWIFT) format lint --strict --parallel --recursive Sources Tests Package.swift

warnings: ## Compile the project's own code anew and fail on a warning
	@scripts/setup.sh build
	@SWIFT="$(SWIFT)" scripts/check-warnings.sh

docs: ## Check that every path the documentation names exists
	@scripts/check-doc-paths.sh

release: ## Build the optimised program
	@scripts/setup.sh build
	$(SWIFT) build --configuration release --product corral
	@echo "The program is $$($(SWIFT) build --configuration release --show-bin-path)/corral"

# The release builds that the measurements below run.
built = $(SWIFT) build --configuration release --show-bin-path
measured:
	@scripts/setup.sh measure
	@scripts/setup.sh postgres
	$(SWIFT) build --configuration release --product corral
	$(SWIFT) build --configuration release --product corral-measure

bench: measured ## Compare speed with references, an hour; writes Benchmarks/RESULTS.md
	python3 -B Benchmarks/bench.py --program $$($(built))/corral --measure $$($(built))/corral-measure \
		--results Benchmarks/RESULTS.md $(ARGS)

bench-quick: measured ## The same in three minutes, with fewer carts; ARGS="--only PUT"
	python3 -B Benchmarks/bench.py --quick --program $$($(built))/corral --measure $$($(built))/corral-measure $(ARGS)

fuzz: measured ## Send made-up requests; REQUESTS=1000000 SEED=1
	python3 -B Tests/Reliability/fuzz.py --program $$($(built))/corral --requests $(REQUESTS) --seed $(SEED)

crash: measured ## Kill the server while it writes, again and again; ROUNDS=1000 SEED=1
	python3 -B Tests/Reliability/crash.py --program $$($(built))/corral --rounds $(ROUNDS) --seed $(SEED)

faults: measured ## Let the disk fail, fill it, damage the file, set the clock
	python3 -B Tests/Reliability/faults.py --program $$($(built))/corral

slow-sockets: measured ## Keep 2,000 slow clients, and time the others
	python3 -B Tests/Reliability/slow_sockets.py --program $$($(built))/corral

maintenance: measured ## Count, export, back up and sweep many carts beside clients; CARTS=1000000 SEED=1
	python3 -B Tests/Reliability/maintenance.py --program $$($(built))/corral --carts $(CARTS) --seed $(SEED)

timing: measured ## Test whether the time of a refusal tells anything
	$$($(built))/corral-measure timing

overhead: measured ## Measure what authentication, limits, audit and counting cost
	python3 -B Tests/Reliability/overhead.py --program $$($(built))/corral --measure $$($(built))/corral-measure

nodes: measured ## Kill two servers of one PostgreSQL database in turns, behind nginx; SECONDS=300 SEED=1
	python3 -B Tests/Reliability/nodes.py --program $$($(built))/corral --seconds $(SECONDS) --seed $(SEED)

postgres-faults: measured ## Restart, halt and kill PostgreSQL under a server, and take its connections
	python3 -B Tests/Reliability/postgres_faults.py --program $$($(built))/corral --seed $(SEED)

reliability: fuzz crash faults slow-sockets maintenance timing overhead nodes postgres-faults sanitize ## All of these: the figures of docs/reliability.md

# An optimised build is seven times as fast with the address sanitizer. With the thread sanitizer it is reported as a race what a task is
# given by the thread that resumes it, since the runtime's part of that is not built with the sanitizer. Nor is Swift's Mutex, of whose
# locks a small library tells it.
sanitize: export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH = 4
sanitize: setup ## Run all tests under the address and the thread sanitizer (Linux)
	ASAN_OPTIONS=detect_leaks=0 $(SWIFT) test -c release -Xswiftc -enable-testing --sanitize=address --scratch-path .build/asan
	$(SWIFT) build --build-tests --sanitize=thread --scratch-path .build/tsan
	$$(dirname $$(command -v $(SWIFT)))/clang -O1 -shared -fPIC -o .build/tsan/mutex.so Tests/Sanitizers/mutex.c -ldl
	LD_PRELOAD=$(CURDIR)/.build/tsan/mutex.so $(SWIFT) test --skip-build --sanitize=thread --scratch-path .build/tsan

clean: ## Remove everything that was built
	rm -rf .build
