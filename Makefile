# Laurel from a fresh clone: `make run` to see it, `make test` to check it. Each installs what is missing first.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
LISTEN ?= 127.0.0.1:3000
DATABASE ?= sqlite:laurel-demo.db

.PHONY: help setup run site test lint test-rust test-browser screenshots readme-pictures soak bench

help:
	@echo 'make run           build, make a demo programme, serve it at http://$(LISTEN)'
	@echo 'make test          every check and test; its parts: make lint, make test-rust, make test-browser'
	@echo 'make screenshots   every page, phone and desk, both languages and themes, in target/screenshots/'
	@echo 'make soak          an hour of kills and of the model test, longer than make test has time for'
	@echo 'make bench         how fast it is, on both databases, beside what it is held against; QUICK=1 in minutes'
	@echo 'make setup         install what either needs'
	@echo 'make site          the release build only: target/laurel'

setup:
	@.ci/setup

run:
	@.ci/setup build
	@.ci/build
	@exec target/laurel demo --database-url '$(DATABASE)' --listen '$(LISTEN)'

site:
	@.ci/setup build
	@.ci/build

test: setup
	@.ci/test

lint: setup
	@.ci/test format lint

test-rust: setup
	@.ci/test rust

test-browser: setup
	@.ci/test site api browser

screenshots: # ONLY=admin-member takes those with that in their names
	@.ci/setup screenshots
	@.ci/build
	@cd end2end && SCREENSHOT=all npx playwright test --project screenshot -g 'every page'

# Those that the README shows, when the look has changed.
readme-pictures:
	@.ci/setup screenshots
	@.ci/build
	@cd end2end && SCREENSHOT=readme npx playwright test --project screenshot -g 'the pictures of the README'

soak: setup
	@LAUREL_KILLS=120 LAUREL_SOAK_SECONDS=600 LAUREL_MODEL_SECONDS=1800 .ci/postgres cargo nextest run --locked --profile soak --features ssr crashes:: model::

# ONLY="batches reads replay" measures these scenarios only; BENCH="--database sqlite --rounds 3" passes flags of laurel-bench on.
bench:
	@.ci/setup bench
	@.ci/build
	@.ci/bench $(if $(QUICK),--quick) $(foreach only,$(ONLY),--only $(only)) $(BENCH)
