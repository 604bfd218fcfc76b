# backorder: the table of contents.
#
#   make                    builds the module and the install script
#   make install            installs them into the PostgreSQL that PG_CONFIG names
#   make installcheck       tests what is installed, on the server that PGHOST, PGPORT, ... name
#   make test               builds, starts a private server, runs every test, stops it
#   make accept TESTS=name  takes what the last "make test" printed as the expected output
#   make release            freezes this version for later update tests: adds its install script and a
#                           shop to test/released/versions.tar.xz (date the version in CHANGELOG.md first)
#   make server             leaves a private server running for play; make server-stop ends it
#   make demo               tells the story in demo/ on such a server
#   make replay DATA=file   plays a history of orders and arrivals
#   make bench, make soak   measures; runs for long
#   make lint, make ubsan   the compilers', analysers' and sanitizer's opinion
#
# PG_CONFIG=/path/to/pg_config chooses the PostgreSQL (default: the newest found).
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
	sql/85_repair.sql \
	sql/90_access.sql

$(foreach file,$(filter-out $(C_FILES) $(SQL_PARTS),$(wildcard src/*.c src/*/*.c sql/*.sql)), \
	$(warning $(file) is not listed))

# test/sql and expected, in the order in which pg_regress runs them
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
	stock_doors \
	supply \
	promise \
	dispatch \
	amend \
	incentive \
	hold \
	notify \
	warnings \
	slots \
	direct \
	subscribe \
	catalogue \
	views

# two sessions at once: test/isolation/specs and test/isolation/expected
ISOLATION = $(basename $(notdir $(sort $(wildcard test/isolation/specs/*.spec))))

# contracts and properties: test/pgtap, each file in a database of its own
PGTAP = $(basename $(notdir $(sort $(wildcard test/pgtap/*.sql))))

EXTVERSION := $(shell sed -n "s/^default_version *= *'\(.*\)'.*/\1/p" backorder.control)
OBJS = $(C_FILES:.c=.o)

# the steps between versions; make adds to those that lead to the current one
STEPS = $(wildcard sql/steps/backorder--*--*.sql)
LAST_STEPS = $(filter %--$(EXTVERSION).sql,$(STEPS))
DATA = $(filter-out $(LAST_STEPS),$(STEPS))
DATA_built = backorder--$(EXTVERSION).sql $(notdir $(LAST_STEPS))

# PostgreSQL's own headers are system headers to us, so that every warning is
# about our files.  Two are left out, as in PostgreSQL itself: its calling
# conventions make unused arguments, its lengthof() makes unsigned bounds.
PG_CPPFLAGS = -Isrc -isystem $(shell $(PG_CONFIG) --includedir-server)
PG_CFLAGS = -Wall -Wextra -Wno-unused-parameter -Wno-sign-compare

# pg_regress sets time zone and styles of its own for every psql: undo that.
TEST_OPTS = --load-extension=backorder --launcher='env -u PGOPTIONS PGTZ=UTC PGDATESTYLE=ISO'
REGRESS_OPTS = --inputdir=test $(TEST_OPTS)
ISOLATION_OPTS = --inputdir=test/isolation $(TEST_OPTS)

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)

# On a machine without PostgreSQL only the targets that bring their own work.
ifneq ($(wildcard $(PGXS)),)

# A server built with LLVM asks for bitcode; without its clang there is none.
CLANG_OF_SERVER := $(shell sed -n 's/^CLANG *= *//p' $(dir $(PGXS))../Makefile.global)
ifeq ($(shell command -v $(CLANG_OF_SERVER)),)
override with_llvm = no
endif

include $(PGXS)

# pg_regress 15 looks for expected files here and beside the specs, later ones must be told.
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

.PHONY: installcheck-pgtap test accept release server server-stop demo replay bench soak lint ubsan

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

# what a script asks the Makefile: make -s print-REGRESS
print-%:
	@echo $($*)
