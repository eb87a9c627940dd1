# Ingot needs Node and make, and from the network only what `npm ci` fetches.
#
#   make test TEST=test/unit/codec      some of the tests
#   make test VITEST_FLAGS='-t zstd'    more for vitest

TEST ?=
VITEST_FLAGS ?=
BENCH_FLAGS ?=
LANES ?= all
MATRIX_FLAGS ?=
NODE_26 ?= node
FUZZ_SECONDS ?= 60
ROOM ?= base

export npm_config_update_notifier = false
export npm_config_fund = false
export npm_config_audit = false

check_node = const need = require("./package.json").engines.node.replace(/[^0-9.]/g, ""); \
  const [a, b] = need.split(".").map(Number), [x, y] = process.versions.node.split(".").map(Number); \
  if (x < a || (x === a && y < b)) { console.error("make: Node >= " + need + " is needed; this is " + process.version); process.exit(1); }

bin := node_modules/.bin
sources := $(shell find src -type d -o -name '*.ts')

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help node install build demo test test-peers lint lint-format lint-code lint-types lint-unused lint-package \
	format golden golden-check fuzz mutation bench matrix executable coverage clean ci

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

node: # the version that package.json asks for
	@command -v node >/dev/null || { echo "make: Node is not installed; package.json says which version is needed" >&2; exit 1; }
	@node -e '$(check_node)'

node_modules/.package-lock.json: package-lock.json | node
	npm ci --include=dev --ignore-scripts
	@touch $@

install: node node_modules/.package-lock.json ## the packages of package-lock.json

# From nothing, so that a source that is gone leaves nothing; and an error leaves no half build that looks done.
dist/cli/bin.js: $(sources) tsconfig.json package.json node_modules/.package-lock.json | node
	@rm -rf dist
	$(bin)/tsc -p tsconfig.json --noEmitOnError
	@chmod +x $@ && touch $@

build: install dist/cli/bin.js ## dist/: the library and the program

demo: build ## the way of an image through the program, in a directory of its own
	./golden/demo.sh

test: build ## all tests that need no foreign program
	$(bin)/vitest run --project local $(TEST) $(VITEST_FLAGS)

test-peers: build ## tests against engines, registries and archivers (.ci/install-peers)
	$(bin)/vitest run --project peers $(TEST) $(VITEST_FLAGS)

lint: lint-format lint-code lint-types lint-unused lint-package ## format, rules, types, unused code, package

lint-format: install
	$(bin)/oxfmt --check

lint-code: install
	$(bin)/oxlint --deny-warnings

lint-types: install
	$(bin)/tsc -p tsconfig.json --noEmit
	$(bin)/tsc -p test/tsconfig.json

lint-unused: install
	$(bin)/knip --treat-config-hints-as-errors

lint-package: build
	$(bin)/publint --strict
	$(bin)/attw --pack . --profile esm-only

format: install ## rewrites the sources as the formatter wants them
	$(bin)/oxfmt

golden: build ## rewrites what golden/ expects
	UPDATE_GOLDEN=1 $(bin)/vitest run --project local test/golden $(VITEST_FLAGS)

golden-check: golden ## fails if that makes a difference
	git --no-pager diff --exit-code -- golden
	@new=$$(git ls-files --others --exclude-standard -- golden); \
	  if [ -n "$$new" ]; then printf 'not in git:\n%s\n' "$$new" >&2; exit 1; fi

fuzz: install ## the parsers under mutated inputs, for FUZZ_SECONDS in all
	INGOT_FUZZ_SECONDS=$(FUZZ_SECONDS) $(bin)/vitest run --project local $(or $(TEST),test/fuzz) $(VITEST_FLAGS)

# The packages of Stryker stay until the next npm ci: too many for what is run now and then.
mutation: install ## what the tests of a room (ROOM=base) see of changes to it
	npm install --no-save --no-package-lock --ignore-scripts @stryker-mutator/core@9.6.1 @stryker-mutator/vitest-runner@9.6.1
	CI=1 INGOT_PROPERTY_RUNS=20 ROOM=$(ROOM) $(bin)/stryker run

bench: build ## measures against peers and limits
	node bench/run.mjs
	node bench/codec.mjs

matrix: build ## one table of bytes on every platform (LANES=ci, or names); as root on Debian
	node .ci/matrix/run.mjs $(MATRIX_FLAGS) $(LANES)

executable: build ## out/ingot: the program and its Node in one file; needs Node 26
	node .ci/executable.mjs out/ingot $(NODE_26)

coverage: build ## tests with coverage/index.html
	INGOT_FUZZ_GUIDED=0 $(bin)/vitest run --project local --coverage $(TEST) $(VITEST_FLAGS)

clean: ## what was built; packages stay
	rm -rf dist coverage demo-out bench/out out .stryker-tmp

ci: ## all that the machine checks, peers included; as root on Debian
	.ci/run
