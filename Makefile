# What is done with the project by hand and by CI. `make` alone lists the targets.

SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT ?= swift
# Passed on by `make run`, as in: make run ARGS="--carts 10000"
ARGS ?=

.PHONY: help setup run test examples check lint warnings docs release clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

setup: ## Install what building and testing need and the machine lacks
	@scripts/setup.sh test

run: ## Build, and serve sample carts; ARGS="--carts 10000 --port 8081"
	@scripts/setup.sh build
	$(SWIFT) run corral demo $(ARGS)

test: setup ## Run all tests
	$(SWIFT) test

examples: setup ## Write what a real run answers into the OpenAPI document
	CORRAL_RECORD_EXAMPLES=1 $(SWIFT) test --filter OpenAPITests/examples

check: lint docs warnings test ## Everything that CI asks for

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

clean: ## Remove everything that was built
	rm -rf .build
