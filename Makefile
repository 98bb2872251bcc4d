# SPDX-License-Identifier: MIT
# make run   installs what is missing, builds, measures, draws charts into results/
# make test  installs what is missing, builds, runs every test
# make       builds build/speedup;  V=1 shows the commands
CC      ?= gcc
CXX     ?= g++
BUILD   ?= build
OPT     ?= -O2
WARN    := -Wall -Wextra -Wpedantic $(if $(WERROR),-Werror)
PACKAGES := hwloc libcurl jansson popt
CPPFLAGS += -I. -D_GNU_SOURCE
CFLAGS_  := -std=c17 $(OPT) -g -fopenmp-simd $(WARN) $(SANITIZE) $(CFLAGS)
CXXFLAGS_ := -std=c++17 $(OPT) -g $(WARN) $(SANITIZE) $(CXXFLAGS)
LIBS    = $(shell pkg-config --libs $(PACKAGES) benchmark) -lev -lhttp_parser -lm -lpthread

Q := $(if $(V),,@)
say = $(if $(V),,@echo '  $(1)  $(2)';)

SOURCES := $(wildcard bench/*.c workloads/*.c workloads/helpers/*.c runners/*.c)
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o) $(BUILD)/bench/gbench.o

.DEFAULT_GOAL := $(BUILD)/speedup

$(BUILD)/speedup: $(OBJECTS)
	$(call say,LD,$@)$(CXX) $(SANITIZE) $(LDFLAGS) -o $@ $^ $(LIBS)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(CPPFLAGS) $(CFLAGS_) -MMD -MP -c -o $@ $<

$(BUILD)/%.o: %.cc
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(CPPFLAGS) $(CXXFLAGS_) -MMD -MP -c -o $@ $<

clean:
	rm -rf $(BUILD)

.PHONY: clean
-include $(OBJECTS:.o=.d)
