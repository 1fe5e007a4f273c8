# Apus. `make help` lists the commands; `make demo` and `make test` are the two to start with.

SWIFT ?= swift
CONFIGURATION ?= release
BUILD_FLAGS = -c $(CONFIGURATION) --explicit-target-dependency-import-check error
BIN = $(shell $(SWIFT) build -c $(CONFIGURATION) --show-bin-path)

# How many seeds `make test-simulation` tries; SEED=n replays one, SCENARIO=Name picks a suite.
SEEDS ?= 10000
SEED ?=
SCENARIO ?=

# How long and with which seed `make chaos`, `make kill-rounds` and `make netns` run; without ROUNDS
# the number of the script, without a seed a random one.
MINUTES ?= 5
ROUNDS ?=
export MINUTES ROUNDS SEED

# Tests of a server and its client in one process: beside tests that block, which keep all threads of
# the pool, they would wait for minutes.
SERVED = ^(RESTServerTests|ClusterCommandTests)\.

.PHONY: help install build check check-docs lint test test-simulation test-s3-strict demo cluster chaos \
        kill-rounds netns bench bench-nexmark bench-cluster clean

help:  ## Lists the commands.
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

install:  ## Installs the system packages that building, testing and the demo need.
	@deploy/install-packages.sh

build: install  ## Builds jobctl and everything else in release.
	$(SWIFT) build $(BUILD_FLAGS)

lint:
	$(SWIFT) format lint --strict --recursive Package.swift Sources Tests Benchmarks

check: install lint  ## Lints, builds everything with warnings as errors, runs the tidy tests.
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test -c $(CONFIGURATION) --skip-build --filter TidyTests

test: install  ## Runs all tests; they start the servers that they need.
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	$(SWIFT) test -c $(CONFIGURATION) --skip-build --filter '$(SERVED)'
	$(SWIFT) test -c $(CONFIGURATION) --skip-build --skip '$(SERVED)'

test-simulation: install  ## Runs the simulated clusters with SEEDS=10000 seeds, or replays SEED=n.
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	SWIFT_DETERMINISTIC_HASHING=1 APUS_SIMULATION_SEEDS=$(SEEDS) APUS_SIMULATION_SEED=$(SEED) \
	    $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter 'SimulationTests\.$(SCENARIO)'

test-s3-strict:  ## Runs the tests of the S3 store against a Ceph RadosGW of one node.
	@deploy/install-packages.sh --ceph
	$(SWIFT) build $(BUILD_FLAGS) --build-tests
	deploy/s3-strict/radosgw.sh $(SWIFT) test -c $(CONFIGURATION) --skip-build --filter LiveStoreTests

check-docs: install  ## Runs the commands of README.md and docs/ with the programs of this tree.
	for product in jobctl jobmanager taskmanager; do \
	    $(SWIFT) build $(BUILD_FLAGS) --product $$product || exit 1; \
	done
	deploy/check-docs.sh

demo: build  ## Runs the card-transactions job between two live databases, with kill -9, and checks it.
	deploy/demo/run.sh

cluster: build  ## Runs a job manager and two task managers on this machine until Ctrl-C.
	deploy/cluster/run.sh

kill-rounds: build  ## Kills processes of a cluster ROUNDS=100 times at random; SEED=n for the same kills.
	deploy/chaos/kill-rounds.sh

netns: build  ## Cuts the network between the hosts of a cluster ROUNDS=6 times; SEED=n for the same cuts.
	deploy/chaos/netns.sh

chaos: build  ## Runs the demo's job under kills, halts and crashes for MINUTES=5; SEED=n repeats one.
	deploy/chaos/run.sh

bench: build  ## Runs the programs that print figures per row, one after the other.
	@for folder in Benchmarks/*Benchmark; do \
	    echo "== $$(basename $$folder)"; $(BIN)/$$(basename $$folder) || exit 1; \
	done

bench-nexmark: build  ## Runs the Nexmark queries: events/s, CPU seconds and memory beside Flink's.
	Benchmarks/Nexmark/run.sh

bench-cluster: build  ## Measures a cluster: PIECES='idle scaling checkpoints recovery rescale', or some of them.
	Benchmarks/Cluster/run.sh $(PIECES)

clean:  ## Removes what was built.
	rm -rf .build
