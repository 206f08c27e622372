# mytracks: one non-recursive Makefile. `make help` lists the targets.
#
#   B=DIR       where to build            (default build, or build/san with SAN=1)
#   SAN=1       ASan + UBSan build
#   WERROR=1    warnings are errors       (CI)
#   FUZZING=1   instrumented for libFuzzer (`make fuzz` sets it)
#   PREFIX=/usr DESTDIR=                  for `make install`

VERSION := 0.1.0
SAN     ?=
FUZZING ?=
TIME    ?= 60
WERROR  ?=
B       ?= $(if $(SAN),build/san,build)
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= gcc
PYTHON  ?= /usr/bin/python3

# V=1 shows the commands.
Q := $(if $(V),,@)

.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

# ---------------------------------------------------------------- flags
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wwrite-strings -Wcast-qual -Wformat=2 -Wvla -Wundef -Wimplicit-fallthrough -Wnull-dereference
HARDEN := -fstack-protector-strong -fstack-clash-protection -fPIC
, := ,
SANITIZE := $(if $(FUZZING),fuzzer-no-link$(,)address$(,)undefined,$(if $(SAN),address$(,)undefined))
OPT  := $(if $(SANITIZE),-O1 -g -fsanitize=$(SANITIZE) -fno-sanitize-recover=all \
        -fno-omit-frame-pointer,-O2 -g -D_FORTIFY_SOURCE=2)
CPPFLAGS += -D_GNU_SOURCE -DMYTRACKS_VERSION='"$(VERSION)"' -I. -I$(B)/gen
CFLAGS   += -std=c11 $(OPT) $(WARN) $(HARDEN) $(if $(WERROR),-Werror) -MMD -MP
LDFLAGS  += $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,-z,relro,-z,now
PIE      := -pie

LIB_LIBS    := -lcrypto -lz -lexpat -largon2 -lcrypt -lsodium -lutf8proc -lm
DB_LIBS     := -lsqlite3 $(LIB_LIBS)
FCGI_LIBS   := -lfcgi $(DB_LIBS)
AGENT_LIBS  := -lmosquitto -lwebsockets -lpthread $(DB_LIBS)

# ---------------------------------------------------------------- files
objs = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))
LIB_O    := $(call objs,lib/*.c) $(B)/gen/common_passwords.o
DB_O     := $(call objs,db/*.c)
FCGI_O   := $(call objs,fcgi/*.c) $(addprefix $(B)/gen/,templates.o assets.o openapi_json.o)
AGENT_O  := $(call objs,broker-agent/*.c)
SPOOL_O  := $(addprefix $(B)/broker-agent/,crc32c.o spool_format.o spool_sync.o spool_writer.o)
PLUGIN_O := $(call objs,broker-agent/plugin/*.c) $(SPOOL_O) $(addprefix $(B)/broker-agent/,rates.o troubles.o)
CLI_O    := $(call objs,cli/*.c) $(addprefix $(B)/gen/,nginx_serve_conf.o nginx_locations_conf.o \
            nginx_fastcgi_conf.o nginx_fastcgi_params_conf.o nginx_tiles_conf.o mosquitto_serve_conf.o \
            mosquitto_openssl_cnf.o)
TMPL     := $(wildcard templates/*.tmpl)
LOADS    := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
UNIT     := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/test_*.c))
FUZZ     := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

PROGRAMS := $(B)/bin/mytracks $(B)/bin/mytracks-fcgi $(B)/bin/mytracks-agent \
            $(B)/lib/mosquitto_mytracks.so

.PHONY: all programs static run deps test test-long unit differential system browser conformance lint format \
        bench fuzz fuzz-programs replay install clean help
all: programs static
programs: $(PROGRAMS)

help:
	@echo "make            build everything into $(B)/"
	@echo "make run        install what is missing, build, run the whole stack on ./var"
	@echo "make test       unit, system, browser and conformance tests"
	@echo "make test-long  the same with 300 crash rounds"
	@echo "make fuzz       each fuzz target for TIME=60 seconds (clang)"
	@echo "make lint       clang-tidy, cppcheck, layering, shellcheck, man pages"
	@echo "make bench      benchmarks, printed as tables"
	@echo "make install    into \$$(DESTDIR)\$$(PREFIX)"
	@echo "make clean"

# ---------------------------------------------------------------- compiling
$(B)/%.o: %.c
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/gen/%.o: $(B)/gen/%.c
	$(if $(Q),@echo "  CC   $@")
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) -c $< -o $@

$(B)/lib/libmytracks.a: $(LIB_O)
	@rm -f $@
	$(Q)ar rcs $@ $^
$(B)/db/libmytracksdb.a: $(DB_O)
	@rm -f $@
	$(Q)ar rcs $@ $^
LIBS := $(B)/db/libmytracksdb.a $(B)/lib/libmytracks.a

$(B)/bin/mytracks: $(CLI_O) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PIE) $(LDFLAGS) $^ $(DB_LIBS) -o $@
$(B)/bin/mytracks-fcgi: $(FCGI_O) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PIE) $(LDFLAGS) $^ $(FCGI_LIBS) -o $@
$(B)/bin/mytracks-agent: $(AGENT_O) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(PIE) $(LDFLAGS) $^ $(AGENT_LIBS) -o $@
$(B)/lib/mosquitto_mytracks.so: $(PLUGIN_O) $(B)/lib/libmytracks.a broker-agent/plugin/exports.map
	@mkdir -p $(@D)
	$(Q)$(CC) -shared $(LDFLAGS) -Wl,--version-script=$(filter %.map,$^) $(filter-out %.map,$^) \
	    $(LIB_LIBS) -o $@

# Texts that programs carry become C texts.
define EMBED
$(B)/gen/$(1).c: $(2) tools/embed.sh
	@mkdir -p $$(@D)
	sh tools/embed.sh $$< $(1) > $$@
endef
$(eval $(call EMBED,common_passwords,lib/common-passwords.txt))
$(eval $(call EMBED,nginx_serve_conf,nginx/serve.conf.in))
$(eval $(call EMBED,nginx_locations_conf,nginx/locations.conf))
$(eval $(call EMBED,nginx_fastcgi_conf,nginx/fastcgi.conf))
$(eval $(call EMBED,nginx_fastcgi_params_conf,nginx/fastcgi-params.conf))
$(eval $(call EMBED,nginx_tiles_conf,nginx/tiles.conf))
$(eval $(call EMBED,mosquitto_serve_conf,mosquitto/serve.conf.in))
$(eval $(call EMBED,openapi_json,fcgi/openapi.json))
$(eval $(call EMBED,mosquitto_openssl_cnf,mosquitto/openssl.cnf.in))

# SQL files of db/ become C texts.
$(B)/gen/schema.c: db/schema.sql tools/embed.sh
	@mkdir -p $(@D)
	sh tools/embed.sh $< db_schema_sql > $@
UPGRADE_O := $(patsubst db/upgrade/%.sql,$(B)/gen/upgrade_%.o,$(wildcard db/upgrade/*.sql))
.PRECIOUS: $(B)/gen/upgrade_%.c
$(B)/gen/upgrade_%.c: db/upgrade/%.sql tools/embed.sh
	@mkdir -p $(@D)
	sh tools/embed.sh $< db_upgrade_$* > $@
$(B)/db/libmytracksdb.a: $(B)/gen/schema.o $(UPGRADE_O)

# Templates: compiled to C, escape by default.
$(B)/bin/tmplc: templates/tmplc.c templates/place.c templates/place.h
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(filter-out -MMD -MP,$(CFLAGS)) $(LDFLAGS) $(filter %.c,$^) -o $@
$(B)/gen/templates.c: $(B)/bin/tmplc $(TMPL)
	@mkdir -p $(@D)
	$(B)/bin/tmplc $(B)/gen/templates.h $@ $(TMPL)
$(B)/gen/templates.h: $(B)/gen/templates.c

# The UI: TypeScript and CSS bundled with hashed names and precompressed; assets.c maps the names.
static: $(B)/gen/assets.c
node_modules/.installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@
$(B)/gen/assets.c: node_modules/.installed static/build.mjs $(TMPL) $(shell find static -type f 2>/dev/null)
	@mkdir -p $(@D)
	node static/build.mjs $(B)/static $@
$(filter $(B)/fcgi/%,$(FCGI_O)): | $(B)/gen/templates.h

-include $(LIB_O:.o=.d) $(DB_O:.o=.d) $(FCGI_O:.o=.d) $(AGENT_O:.o=.d) $(PLUGIN_O:.o=.d) $(CLI_O:.o=.d)

# ---------------------------------------------------------------- running
deps:
	@sh tools/install-deps run
run: deps
	@$(MAKE) --no-print-directory all
	$(B)/bin/mytracks serve

# ---------------------------------------------------------------- tests
$(B)/tests/unit/%: tests/unit/%.c $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $< $(filter %.o,$^) $(LIBS) -lcmocka $(DB_LIBS) -o $@
# Parts of programs that are tested by themselves.
$(B)/tests/unit/test_spool $(B)/tests/unit/test_spool_damage: \
    $(SPOOL_O) $(B)/broker-agent/spool_reader.o
$(B)/tests/unit/test_plugin_parts: $(addprefix $(B)/broker-agent/plugin/,budget.o table.o users.o \
                                    clients.o wills.o)
$(B)/tests/unit/test_hub: $(B)/broker-agent/hub.o
$(B)/tests/unit/test_rates: $(B)/broker-agent/rates.o
$(B)/tests/unit/test_troubles: $(B)/broker-agent/troubles.o
$(B)/tests/unit/test_tls_texts: $(B)/broker-agent/tls_texts.o
$(B)/tests/unit/test_verify: $(B)/broker-agent/verify.o $(B)/broker-agent/pool.o

# Templates: the pages and a test template, compiled into the test.
$(B)/gen/constructs.c: tests/unit/constructs.tmpl $(B)/bin/tmplc
	@mkdir -p $(@D)
	$(B)/bin/tmplc $(B)/gen/constructs.h $@ $<
$(B)/tests/unit/test_templates: $(B)/gen/templates.c $(B)/gen/constructs.c templates/html.h

# Fuzz targets. Here they run the inputs of tests/fuzz/corpus; with FUZZING=1 clang makes fuzzers of them.
FUZZ_MAIN := $(if $(FUZZING),,$(B)/tests/fuzz/replay.o)
.SECONDARY: $(B)/tests/fuzz/replay.o
$(B)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c tests/fuzz/fuzz.h $(FUZZ_MAIN) $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(if $(FUZZING),-fsanitize=fuzzer) $< \
	    $(filter %.o,$^) $(LIBS) $(FCGI_LIBS) -o $@
$(B)/tests/fuzz/fuzz_plugin: $(PLUGIN_O) $(B)/broker-agent/spool_reader.o
$(B)/tests/fuzz/fuzz_spool: $(SPOOL_O) $(B)/broker-agent/spool_reader.o
$(B)/tests/fuzz/fuzz_form $(B)/tests/fuzz/fuzz_request: $(filter-out %/main.o,$(FCGI_O))
fuzz-programs: $(FUZZ)
replay: $(FUZZ)
	@sh tests/fuzz/run $(FUZZ)
fuzz:
	@$(MAKE) --no-print-directory FUZZING=1 CC=clang B=$(B)/fuzzing fuzz-programs
	@FUZZ_TIME=$(TIME) sh tests/fuzz/run $(patsubst $(B)/%,$(B)/fuzzing/%,$(FUZZ))

# Our half of the differential tests.
$(B)/tests/differential/judge: tests/differential/judge.c $(LIBS)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $< $(LIBS) $(DB_LIBS) -o $@
differential: $(B)/tests/differential/judge
	@B=$(abspath $(B)) tests/differential/run
unit: $(UNIT)
	@sh tests/run-unit $(UNIT)
test: all $(LOADS)
	@B=$(abspath $(B)) SAN=$(SAN) sh tests/run
test-long: all $(LOADS)
	@B=$(abspath $(B)) SAN=$(SAN) CRASH_ROUNDS=300 IMPORT_ROWS=500000 sh tests/run
system: programs $(LOADS)
	B=$(abspath $(B)) $(PYTHON) -m pytest -q tests/system
browser: all
	B=$(abspath $(B)) sh tests/browser/run
conformance: all
	@B=$(abspath $(B)) $(PYTHON) tests/conformance

lint:
	@sh tools/lint
format:
	clang-format -i $$(git ls-files '*.c' '*.h')
$(B)/bench/%: bench/%.c bench/bench.h
	@mkdir -p $(@D)
	$(Q)$(CC) -D_GNU_SOURCE -std=c11 -O2 -g -Wall -Wextra $< -o $@
bench: all $(LOADS)
	@B=$(abspath $(B)) $(PYTHON) bench/run.py

# ---------------------------------------------------------------- installing
install: all
	sh tools/install "$(B)" "$(DESTDIR)" "$(PREFIX)"
clean:
	rm -rf build
