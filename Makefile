# quickbook: make help lists the targets.

# Targets that bring their own server. They need neither pg_config nor a
# compiler to begin with, so PGXS is left out when only they are asked for.
script_goals := check check-pgtap check-long check-assert bench demo demo-psql demo-stop help lint indent typedefs schema-expected

qb_src := $(patsubst %/,%,$(dir $(firstword $(MAKEFILE_LIST))))
goals := $(or $(MAKECMDGOALS),all)

ifneq ($(filter $(script_goals),$(goals)),)
ifneq ($(filter-out $(script_goals),$(goals)),)

# Both kinds were asked for (make clean check): a make for each, in order.
.NOTPARALLEL:
.PHONY: $(goals)
$(goals):
	@$(MAKE) --no-print-directory -f '$(firstword $(MAKEFILE_LIST))' $@

else

.PHONY: $(script_goals)

## check: build, start a private server, run every test (SUITES="unit pgtap" runs some)
check:
	@'$(qb_src)/test/run.sh' $(SUITES)

## check-pgtap: the pgTAP suite alone, on a private server
check-pgtap:
	@'$(qb_src)/test/run.sh' pgtap

## check-long: what takes longer, in parts, with private servers (PARTS="assert" runs some)
check-long:
	@'$(qb_src)/test/long.sh' $(PARTS)

## check-assert: the suites on a PostgreSQL 15 with assertions, which is built once, in tmp/
check-assert:
	@'$(qb_src)/test/long.sh' assert

## bench: run test/bench on a private server
bench:
	@QB_CONF="shared_preload_libraries = 'quickbook'" '$(qb_src)/test/lib/with-cluster.sh' '$(qb_src)/test/bench/run.sh'

## demo: a small clinic on a private server, from nothing to a booking
demo:
	@'$(qb_src)/test/demo/demo.sh' run

## demo-psql: open psql on the demo's database
demo-psql:
	@'$(qb_src)/test/demo/demo.sh' psql

## demo-stop: stop the demo's server and remove its data
demo-stop:
	@'$(qb_src)/test/demo/demo.sh' stop

## lint: what can be said of the sources without running them (CHECKS="house" runs some)
lint:
	@'$(qb_src)/test/lint.sh' $(CHECKS)

## indent: put the C sources into the style that make lint asks for
indent:
	@'$(qb_src)/test/tools/indent.sh'

## typedefs: make src/typedefs.list anew, which make indent reads
typedefs:
	@'$(qb_src)/test/tools/indent.sh' typedefs

## schema-expected: write sql/26_schema_expected.sql anew, after a change to the tables
schema-expected:
	@'$(qb_src)/test/tools/schema-expected.sh'

help:
	@sed -n 's/^## \([a-z-]*\): */\1\t/p' '$(firstword $(MAKEFILE_LIST))' | expand -t 16

endif
else

EXTENSION = quickbook
EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'/\1/p" $(qb_src)/$(EXTENSION).control)

MODULE_big = $(EXTENSION)
# The folders of src and which may use which: src/README.md. The relay is a
# program of its own.
qb_sources := $(filter-out $(qb_src)/src/relay/%,$(sort $(wildcard $(qb_src)/src/*.c $(qb_src)/src/*/*.c)))
qb_headers := $(filter-out $(qb_src)/src/relay/%,$(sort $(wildcard $(qb_src)/src/*/*.h)))
OBJS := $(patsubst $(qb_src)/%.c,%.o,$(qb_sources))
PGFILEDESC = "quickbook - booking engine"

sql_parts := $(sort $(wildcard $(qb_src)/sql/[0-9]*.sql))
# Scripts of released versions lie in sql/ as they were; the one of this version
# and the upgrade to it are put together from the parts.
qb_released := 0.1.0
qb_upgrade = sql/$(EXTENSION)--$(qb_released)--$(EXTVERSION).sql
DATA = sql/$(EXTENSION)--$(qb_released).sql
DATA_built = sql/$(EXTENSION)--$(EXTVERSION).sql $(qb_upgrade)

PG_CPPFLAGS = -I$(qb_src)/src -DQB_VERSION='"$(EXTVERSION)"'

# The server's own headers do not compile cleanly under these three.
ifeq ($(WERROR),1)
PG_CFLAGS += -Wall -Wextra -Werror \
	-Wno-unused-parameter -Wno-sign-compare -Wno-missing-field-initializers
# The server was built by gcc: clang does not know all of its options.
ifneq ($(findstring clang,$(CC)),)
PG_CFLAGS += -Wno-unknown-warning-option -Wno-ignored-optimization-argument -Wno-ignored-attributes
endif
endif

# All golden files, of both kinds, lie in ./expected: the place where every
# supported pg_regress looks first when the output directory is this one.
REGRESS := $(sort $(basename $(notdir $(wildcard $(qb_src)/test/sql/*.sql))))
REGRESS_OPTS = --inputdir=$(qb_src)/test
ISOLATION := $(sort $(basename $(notdir $(wildcard $(qb_src)/test/specs/*.spec))))
ISOLATION_OPTS = --inputdir=$(qb_src)/test --outputdir=.

EXTRA_CLEAN = quickbook-relay $(wildcard src/relay/*.o) tmp results output_iso tmp_check tmp_check_iso log \
	regression.diffs regression.out

# PG_CONFIG: what the caller says, else the newest Debian server that can
# build extensions, else whatever the PATH has.
ifeq ($(origin PG_CONFIG),undefined)
PG_CONFIG := $(shell for n in 19 18 17 16 15; do \
	if test -f /usr/include/postgresql/$$n/server/postgres.h; \
	then echo /usr/lib/postgresql/$$n/bin/pg_config; exit; fi; done; command -v pg_config)
endif
pg_major := $(shell '$(PG_CONFIG)' --version 2>/dev/null | sed 's/^PostgreSQL \([0-9]*\).*/\1/')
ifeq ($(pg_major),)
$(error no pg_config found: install PostgreSQL 15 or later with its server headers, \
or say PG_CONFIG=/path/to/pg_config ("make demo" and "make check" install what they need))
endif
ifeq ($(shell test $(pg_major) -ge 15 && echo yes),)
$(error quickbook needs PostgreSQL 15 or later; $(PG_CONFIG) is version $(pg_major))
endif

ifeq ($(wildcard $(shell '$(PG_CONFIG)' --includedir-server)/postgres.h),)
$(error the headers of PostgreSQL $(pg_major) are not installed (Debian: postgresql-server-dev-$(pg_major)))
endif

PGXS := $(shell '$(PG_CONFIG)' --pgxs)

# Bitcode for JIT is made only where the compiler for it is installed.
pgxs_global := $(dir $(PGXS))../Makefile.global
pgxs_clang := $(or $(CLANG),$(shell sed -n 's/^CLANG *= *//p' $(pgxs_global)))
pgxs_llvm := $(shell sed -n 's/^LLVM_BINPATH *= *//p' $(pgxs_global))
ifeq ($(shell command -v $(pgxs_clang) >/dev/null && test -x '$(pgxs_llvm)/llvm-lto' && echo yes),)
override with_llvm = no
endif

## all: build the library and the extension script (WERROR=1: warnings are errors)
all:

## check-unit: the C unit tests, without a server
unit_tests := $(patsubst $(qb_src)/test/unit/%.c,tmp/unit/%,$(sort $(wildcard $(qb_src)/test/unit/test_*.c)))
UNIT_CFLAGS ?= -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
PROVE ?= prove

.PHONY: check-unit
check-unit: $(unit_tests)
	$(if $(unit_tests),ASAN_OPTIONS=detect_leaks=0 $(PROVE) --exec '' $(PROVE_FLAGS) $(unit_tests),@echo 'no unit tests')

# A unit test includes the sources that it tests.
tmp/unit/%: $(qb_src)/test/unit/%.c $(qb_sources) $(qb_headers) $(wildcard $(qb_src)/src/relay/*.[ch] $(qb_src)/test/unit/*.h)
	@mkdir -p tmp/unit
	$(CC) $(CFLAGS) $(UNIT_CFLAGS) -Wno-unused-function $(CPPFLAGS) -o $@ $< \
		-L'$(shell '$(PG_CONFIG)' --pkglibdir)' -lpgcommon -lpgport -lm

## install: install into the server that PG_CONFIG names
## installcheck: pg_regress and isolation tests against a running server
## clean: remove everything that was built
include $(PGXS)

ifneq ($(qb_src),.)
$(shell mkdir -p $(sort $(dir $(OBJS))) sql)
endif

# The relay is a client program with libraries of its own (Debian:
# librabbitmq-dev libcurl4-openssl-dev libssl-dev pkg-config); the extension
# builds without them.
relay_objs := $(patsubst $(qb_src)/%.c,%.o,$(sort $(wildcard $(qb_src)/src/relay/*.c)))
relay_packages = librabbitmq libcurl libcrypto
RELAY_CFLAGS ?= -O2 -g
relay_cflags = $(RELAY_CFLAGS) -std=gnu11 -D_GNU_SOURCE -DQB_VERSION='"$(EXTVERSION)"' \
	-Wall -Wextra $(if $(filter 1,$(WERROR)),-Werror) \
	-I'$(qb_src)/src' -I'$(shell '$(PG_CONFIG)' --includedir)' \
	$(shell pkg-config --cflags $(relay_packages))

## relay: build quickbook-relay, which passes events on to RabbitMQ, webhooks and mail
.PHONY: relay
relay: quickbook-relay

quickbook-relay: $(relay_objs)
	$(CC) $(RELAY_LDFLAGS) -o $@ $^ -L'$(shell '$(PG_CONFIG)' --libdir)' -lpq $(shell pkg-config --libs $(relay_packages))

$(relay_objs): %.o: $(qb_src)/%.c $(wildcard $(qb_src)/src/relay/*.h) $(qb_src)/Makefile $(qb_src)/$(EXTENSION).control
	@pkg-config --exists $(relay_packages) || { echo >&2 'quickbook-relay needs $(relay_packages):' \
		'apt-get install librabbitmq-dev libcurl4-openssl-dev libssl-dev pkg-config'; exit 1; }
	@mkdir -p $(@D)
	$(CC) $(relay_cflags) -c -o $@ $<

# Installed where it was built, and left out where it was not.
install: install-relay
.PHONY: install-relay
install-relay:
	@test ! -x quickbook-relay || { $(MKDIR_P) '$(DESTDIR)$(bindir)' && \
		$(INSTALL_PROGRAM) quickbook-relay '$(DESTDIR)$(bindir)'; }
uninstall: uninstall-relay
.PHONY: uninstall-relay
uninstall-relay:
	rm -f '$(DESTDIR)$(bindir)/quickbook-relay'

# The demo's server is stopped before its files go.
.PHONY: clean-tmp
clean: clean-tmp
clean-tmp:
	@test ! -L tmp/demo || '$(qb_src)/test/demo/demo.sh' stop
	@for d in tmp/pg*; do if test -L "$$d"; then rm -rf "$$(readlink "$$d")"; fi; done

$(OBJS) $(OBJS:.o=.bc): $(qb_headers) $(qb_src)/Makefile $(qb_src)/$(EXTENSION).control

sql/$(EXTENSION)--$(EXTVERSION).sql: $(sql_parts) $(qb_src)/$(EXTENSION).control
	{ printf '%s\n' '\echo Use "CREATE EXTENSION quickbook" to load this file. \quit'; \
	  $(if $(sql_parts),cat $(sql_parts);) } > $@.tmp && mv $@.tmp $@

$(qb_upgrade): $(sql_parts) $(wildcard $(qb_src)/sql/upgrade/*) $(qb_src)/$(EXTENSION).control
	{ printf '%s\n' '\echo Use "ALTER EXTENSION quickbook UPDATE" to load this file. \quit'; \
	  awk -f $(qb_src)/sql/upgrade/replace.awk $(qb_src)/sql/$(EXTENSION)--$(qb_released).sql $(firstword $(sql_parts)) \
		$(qb_src)/sql/upgrade/$(qb_released)--$(EXTVERSION).sql $(wordlist 2,$(words $(sql_parts)),$(sql_parts)); } > $@.tmp && mv $@.tmp $@

endif
