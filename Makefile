# The targets of backorder:
#
#   make                    builds the module and the install script
#   make install            installs both into the PostgreSQL that PG_CONFIG names
#   make installcheck       tests the installed extension on the server that PGHOST, PGPORT, ... name
#   make test               builds, starts a private server, runs every test, stops the server
#   make accept TESTS=name  accepts the output of the last "make test" as the expected output
#   make release            freezes this version for later update tests: adds its install script and a
#                           shop to test/released/versions.tar.xz (date the version in CHANGELOG.md first)
#   make server             starts a private server to try things on; make server-stop stops it
#   make demo               plays the story in demo/ on a private server
#   make replay DATA=file   plays the orders of a real shop on a private server
#   make bench              measures
#   make soak               runs long tests
#   make lint               runs compilers and static analysers on the sources
#   make ubsan              runs the tests with the undefined behavior sanitizer
#   make matrix MAJORS="18 19"  runs the tests on several major versions (default: 15 to 19), each
#                           installed in a folder of its own; needs root (see test/matrix)
#
# PG_CONFIG=/path/to/pg_config chooses the PostgreSQL (default: the newest that is found).
# make test SUITES="layers regress isolation pgtap tap" TESTS="checkout fill" narrows a run.

EXTENSION = backorder
MODULE_big = backorder-$(EXTVERSION)
PGFILEDESC = "backorder - backorders inside the database"

# The layers, lowest first: a file calls its own layer and those before it.
LAYERS = base model store rules engine api
C_FILES = $(foreach layer,$(LAYERS),$(sort $(wildcard src/$(layer)/*.c)))

# the parts of the install script, in the order in which they run
SQL_PARTS = \
	sql/10_schema.sql \
	sql/20_catalogue.sql \
	sql/25_orders.sql \
	sql/27_keys.sql \
	sql/28_ask.sql \
	sql/30_checkout.sql \
	sql/35_incentive.sql \
	sql/40_restock.sql \
	sql/45_supply.sql \
	sql/50_dispatch.sql \
	sql/60_amend.sql \
	sql/65_subscribe.sql \
	sql/70_views.sql \
	sql/80_verify.sql \
	sql/82_maintain.sql \
	sql/85_repair.sql \
	sql/90_access.sql

$(foreach file,$(filter-out $(C_FILES) $(SQL_PARTS),$(wildcard src/*.c src/*/*.c sql/*.sql)), \
	$(warning $(file) is not listed))

# tests in test/sql, in the order in which pg_regress runs them; outputs in expected
REGRESS = \
	install \
	settings \
	checkout \
	malformed \
	policy \
	preview \
	ask \
	consent \
	reserve \
	split \
	restock \
	shrink \
	fair \
	stock_functions \
	supply \
	overdue \
	news \
	dates \
	keys \
	readings \
	rename \
	promise \
	dispatch \
	amend \
	incentive \
	grants_anew \
	hold \
	late \
	notify \
	warnings \
	slots \
	direct \
	subscribe \
	catalogue \
	views

# tests of concurrent sessions: test/isolation/specs and test/isolation/expected
ISOLATION = $(basename $(notdir $(sort $(wildcard test/isolation/specs/*.spec))))

# contracts and properties: test/pgtap, each file in its own database
PGTAP = $(basename $(notdir $(sort $(wildcard test/pgtap/*.sql))))

EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" backorder.control)
OBJS = $(C_FILES:.c=.o)

# the steps between versions; make adds to those that lead to the current one
STEPS = $(wildcard sql/steps/backorder--*--*.sql)
LAST_STEPS = $(filter %--$(EXTVERSION).sql,$(STEPS))
DATA = $(filter-out $(LAST_STEPS),$(STEPS))
DATA_built = backorder--$(EXTVERSION).sql $(notdir $(LAST_STEPS))

# PostgreSQL's headers are system headers here, so that every warning is about our
# files.  Two warnings are off, as in PostgreSQL itself: its calling conventions
# cause unused arguments, and its lengthof() causes unsigned bounds.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare

# A session that goes on over an update has the modules of two versions.  Each calls
# its own functions, although PostgreSQL 15 lets modules see each other's symbols.
own_symbols = -Wl,-Bsymbolic
SHLIB_LINK = $(if $(filter linux freebsd netbsd openbsd,$(PORTNAME)),$(own_symbols))

# pg_regress sets a time zone and date style for every psql: undo that.
TEST_OPTS = --load-extension=backorder --launcher='env -u PGOPTIONS PGTZ=UTC PGDATESTYLE=ISO'
REGRESS_OPTS = --inputdir=test $(TEST_OPTS)
ISOLATION_OPTS = --inputdir=test/isolation $(TEST_OPTS)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# Without PostgreSQL, only the targets that install it work.
ifneq ($(wildcard $(PGXS)),)

# A server built with LLVM asks for bitcode, which needs its clang.
CLANG_OF_SERVER := $(shell sed -n 's/^CLANG *= *//p' $(dir $(PGXS))../Makefile.global)
ifeq ($(shell command -v $(CLANG_OF_SERVER)),)
override with_llvm = no
endif

include $(PGXS)

# pg_regress 15 finds the expected files by itself; later versions need their folder.
ifneq ($(MAJORVERSION),15)
REGRESS_OPTS += --expecteddir=.
ISOLATION_OPTS += --expecteddir=test/isolation
endif

$(OBJS) $(OBJS:.o=.bc): $(wildcard src/*/*.h)

installcheck: $(if $(PGTAP),installcheck-pgtap)

# The install script of another version would run with the module of this one.
install: remove-other-scripts
remove-other-scripts: installdirs
	find '$(DESTDIR)$(datadir)/extension' -name 'backorder--*.sql' \
		! -name 'backorder--*--*.sql' ! -name 'backorder--$(EXTVERSION).sql' -exec rm -f {} +

.PHONY: remove-other-scripts

else
all install installcheck:
	@echo 'no PostgreSQL to build with: install its server development files, or set PG_CONFIG' >&2; exit 1
endif

backorder--$(EXTVERSION).sql: $(SQL_PARTS) backorder.control Makefile
	@printf '%s\n' '\echo Use "CREATE EXTENSION backorder" to load this file. \quit' > $@.new
	cat $(SQL_PARTS) >> $@.new
	@mv $@.new $@

$(notdir $(LAST_STEPS)): %: sql/steps/% sql/steps/finish.awk $(SQL_PARTS) backorder.control Makefile
	cp $< $@.new
	awk -f sql/steps/finish.awk backorder.control $(SQL_PARTS) >> $@.new
	@mv $@.new $@

.PHONY: installcheck-pgtap test accept release server server-stop demo replay bench soak lint ubsan matrix

installcheck-pgtap:
	test/run-pgtap $(PGTAP)

test:
	@test/run

accept:
	@test/accept $(TESTS)

release:
	@test/release

server:
	@test/server start

server-stop:
	@test/server stop

demo:
	@demo/run

replay:
	@demo/replay '$(if $(filter command,$(firstword $(origin DATA))),$(DATA))'

bench:
	@bench/run

soak:
	@bench/soak

lint:
	@test/lint

ubsan:
	@COPT='-fsanitize=undefined -fno-sanitize-recover=all' test/run

matrix:
	@test/matrix $(MAJORS)

# prints a variable for scripts: make -s print-REGRESS
print-%:
	@echo $($*)
