# The front door. Every target is a script in scripts/, which says more; all of them install what they need first.
.DEFAULT_GOAL := help
.PHONY: help demo test lint fmt dev e2e test-cloud test-crash test-new-service record bench dist clean

help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1|/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-16s %s\n' "$$name" "$$text"; done

demo: ## build, then run the portal with a simulated cloud on http://127.0.0.1:8080
	@scripts/demo

test: ## everything that must hold: lint, unit tests on both databases, the browser
	@scripts/test

lint: ## formatting, clippy for both halves, and who may import whom
	@scripts/lint

fmt: ## format all Rust code
	@scripts/fmt

dev: ## run the demo on http://127.0.0.1:3000, rebuilt and reloaded on every change
	@scripts/dev

e2e: ## the browser tests alone (ARGS='--headed -g sign-in' goes to Playwright)
	@scripts/e2e $(ARGS)

test-cloud: ## install and start a real OpenStack with fake drivers, and test against it
	@scripts/test-cloud

test-crash: ## the whole kill matrix: a server dies at every step, and rows, cloud and quota must agree
	@scripts/test-crash

test-new-service: ## put a small service into a copy of the tree, and walk over all kinds there
	@scripts/new-service

record: ## record the answers of a running real OpenStack as fixtures of crates/services
	@scripts/record

bench: ## measure a release and write docs/benchmarks.md (PARTS=inventory,pages,streams,create chooses)
	@scripts/bench

dist: ## build a release: dist/atonix, one file with everything in it
	@scripts/dist

clean: ## remove what was built in this checkout (caches outside of it stay)
	rm -rf dist target node_modules end2end/results end2end/screenshots
