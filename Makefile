# SPDX-License-Identifier: MIT
# make run      installs what is missing, builds, measures, draws charts into results/
# make test     installs what is missing, builds, runs every test
# make          builds build/speedup;  V=1 shows the commands, WERROR=1 makes warnings errors
# make figures  measures every figure that the README claims
# make tests    builds the tests and figures: build/tests/run --list, --filter 'SUITE/*'
# make asan     the tests under the address and undefined-behaviour sanitizers, in build/asan
# make ubsan    the same under the undefined-behaviour sanitizer alone, in build/ubsan
# make tsan     the tests of the program under the thread sanitizer, in build/tsan
# make fuzz     a million mutated files, read under the same sanitizers, in build/fuzz
# make lint     is the source formatted?  make format formats it
# make clean    removes build/
VERSION := 0.1.0
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
CXX     := $(if $(filter default,$(origin CXX)),g++,$(CXX))
BUILD   ?= build
OPENMP_CC ?= gcc
OPT     ?= -O2
SETUP   ?= scripts/setup
WARN    := -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror)
PACKAGES := hwloc libcurl jansson popt benchmark libcrypto liburing sqlite3
CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS_  := -std=c17 $(OPT) -g -fopenmp-simd $(WARN) $(SANITIZE) $(CFLAGS)
CXXFLAGS_ := -std=c++17 $(OPT) -g $(WARN) $(SANITIZE) $(CXXFLAGS)
LIBS    = $(shell pkg-config --libs $(PACKAGES)) -lev -lhttp_parser -lm -lpthread -lgomp

Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)  $(2)';)
link = $(call say,LD ,$@)$(CXX) $(SANITIZE) $(LDFLAGS) -o $@ $(filter %.o,$^) $(LIBS)
MAKEFLAGS += --no-print-directory $(if $(filter 0,$(MAKELEVEL)),-j$(shell nproc))

# The project is everything but main; the test program knows a few more plug-ins by its registry.
objects  = $(patsubst %,$(BUILD)/%.o,$(basename $(wildcard $(1))))
MAIN     := $(call objects,bench/main.c)
REGISTRY := $(call objects,bench/registry.c)
PROJECT  := $(filter-out $(MAIN) $(REGISTRY),$(call objects,bench/*.c bench/compare/*.c bench/gil/*.c \
                bench/history/*.c bench/map/*.c bench/*.cc workloads/*.c workloads/helpers/*.c runners/*.c))
PLUGINS  := $(BUILD)/tests/registry.o $(call objects,tests/plugins/*.c tests/examples/*.c)
BY_HAND  := $(call objects,tests/*_main.c)
TESTS    := $(filter-out $(BY_HAND),$(call objects,tests/*.c))
FUZZ     := $(call objects,tests/fuzz/*.c)
FIGURES  := $(call objects,tests/figures/*.c)
OBJECTS  := $(FIGURES) $(MAIN) $(REGISTRY) $(PROJECT) $(PLUGINS) $(BY_HAND) $(FUZZ) $(TESTS)

all: $(BUILD)/speedup
# The figures are not run, but they must not rot.
tests: $(BUILD)/speedup $(BUILD)/speedup-test $(BUILD)/tests/run $(BY_HAND:.o=) $(BUILD)/figures

$(BUILD)/speedup: $(MAIN) $(REGISTRY) $(PROJECT)
	$(link)

$(BUILD)/speedup-test: $(MAIN) $(PROJECT) $(PLUGINS)
	$(link)

$(BUILD)/tests/run: $(TESTS) $(PROJECT) $(PLUGINS)
	$(link) -lcriterion -Wl,--wrap=clock_gettime

$(BY_HAND:.o=): %: %.o $(PROJECT) $(REGISTRY)
	$(link) $(WRAP)

# It reads files, prints and draws as the program does, but without gnuplot.
$(BUILD)/tests/fuzz_main: $(FUZZ)
$(BUILD)/tests/fuzz_main: WRAP := -Wl,--wrap=gnuplot_run,--wrap=replacement_begin

$(BUILD)/figures: $(FIGURES) $(PROJECT) $(REGISTRY)
	$(link)
$(BUILD)/runners/openmp.o $(BUILD)/tests/figures/openmp.o: CFLAGS_ += -fopenmp
$(BUILD)/runners/openmp.o $(BUILD)/tests/figures/openmp.o: override CC = $(OPENMP_CC)

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC ,$<)$(CC) $(CPPFLAGS) $(CFLAGS_) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cc $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(CPPFLAGS) $(CXXFLAGS_) -MMD -MP -c -o $@ $<

$(BUILD)/tests/registry.o: bench/registry.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(call say,CC ,$< for the tests)$(CC) $(CPPFLAGS) -DSPEEDUP_TEST_PLUGINS $(CFLAGS_) -MMD -MP \
	    -c -o $@ $<

# What the result file says of the build: its commit, whatever tags there are.
# as many digits in every clone: else it would be as many as that clone needs
describe := $(shell git describe --always --abbrev=12 --dirty --exclude='*' 2>/dev/null)
ABOUT := -DBUILD_VERSION='"$(VERSION)$(describe:%=+%)"' -DBUILD_COMPILER='"$(CC)"' \
    -DBUILD_FLAGS='"$(strip $(CFLAGS_))"' \
    -DBUILD_TYPE='"$(if $(SANITIZE),sanitizer,$(if $(filter -O0 -Og,$(OPT)),debug,release))"'
$(BUILD)/bench/build_info.o: CPPFLAGS += $(ABOUT)
$(BUILD)/bench/build_info.o: $(BUILD)/about
$(BUILD)/bench/picture.o: scripts/style.gp
$(BUILD)/bench/chart.o: scripts/speedup.gp
$(BUILD)/bench/gil/curves.o: scripts/gil.gp
$(BUILD)/bench/history/chart.o: scripts/history.gp
$(BUILD)/bench/map/draw.o: scripts/map.gp
$(BUILD)/bench/gil/timeline.o: scripts/timeline.gp
$(BUILD)/bench/gil/validate_draw.o: scripts/laws.gp
$(BUILD)/bench/gil/subject.o: scripts/gil.py

# Files that change when their text does, so that what was built with other flags is built again.
libraries  = pkg-config --exists $(PACKAGES) 2>/dev/null || \
    { echo 'a compiler or libraries are missing: scripts/setup run installs them' >&2; exit 1; }
flags_text = $(CC) $(CXX) $(CPPFLAGS) $(CFLAGS_) $(CXXFLAGS_)
about_text = $(subst ',,$(ABOUT))
$(BUILD)/flags $(BUILD)/about: always
	@mkdir -p $(@D)
	@echo '$($(@F)_text)' | cmp -s - $@ || { $(libraries) && echo '$($(@F)_text)' > $@; }

run:
	$(Q)$(SETUP) run
	$(Q)$(MAKE) all
	$(Q)$(BUILD)/speedup run --quick --plot

# On a machine that lacks nothing, a skip that is not on tests/expected-skips.txt is a failure.
test:
	$(Q)$(SETUP) test
	$(Q)$(MAKE) tests
	$(Q)SPEEDUP_SET_UP=$$(scripts/setup --complete test && echo 1) $(BUILD)/tests/run

figures:
	$(Q)$(SETUP) figures
	$(Q)$(MAKE) $(BUILD)/figures $(BUILD)/speedup
	$(Q)$(BUILD)/figures

# An error that a sanitizer finds ends the process with 66, which is no exit code of ours.
, := ,
STRICT := -fno-sanitize-recover=all -fno-omit-frame-pointer
SANITIZED = $(MAKE) $(or $(2),tests) OPT=-O1 BUILD=$(BUILD)/$@ SANITIZE='-fsanitize=$(1) $(STRICT)'
export ASAN_OPTIONS  ?= exitcode=66:detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS ?= exitcode=66:print_stacktrace=1
export TSAN_OPTIONS  ?= exitcode=66:halt_on_error=1

asan:
	$(Q)+$(call SANITIZED,address$(,)undefined)
	$(Q)$(BUILD)/$@/tests/run

ubsan:
	$(Q)+$(call SANITIZED,undefined)
	$(Q)$(BUILD)/$@/tests/run

# FUZZ_SEED=2 makes other inputs, FUZZ_COUNT=100000 fewer.
fuzz:
	$(Q)+$(call SANITIZED,address$(,)undefined,$(BUILD)/$@/tests/fuzz_main)
	$(Q)$(BUILD)/$@/tests/fuzz_main --seed $(or $(FUZZ_SEED),1) \
	    --count $(or $(FUZZ_COUNT),1000000) --jobs $$(nproc)

# Criterion cannot start under the thread sanitizer: the plain tests drive the sanitized program.
tsan: tests
	$(Q)+$(call SANITIZED,thread)
	$(Q)SPEEDUP_PROGRAM=$(BUILD)/$@/speedup-test $(BUILD)/tests/run

FORMATTED = $(shell find bench workloads runners tests -name '*.[ch]' -o -name '*.cc')
lint:
	$(Q)clang-format --dry-run --Werror $(FORMATTED)

format:
	$(Q)clang-format -i $(FORMATTED)

clean:
	rm -rf $(BUILD)

help:
	@sed -n 's/^# make/make/p' Makefile

.PHONY: all tests run test figures asan ubsan tsan fuzz lint format clean help always
-include $(OBJECTS:.o=.d)
