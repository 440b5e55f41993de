# Evoke's own commands. `make bootstrap` installs system packages and nothing else.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := libsqlite3-dev libopenblas-pthread-dev liblapacke-dev libsndfile1-dev libhdf5-dev libdeflate-dev \
  libfftw3-dev libsoxr-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libssl-dev zlib1g-dev \
  libxml2-dev librsvg2-2 libcairo2 fonts-dejavu-core pkg-config sqlite3 python3-numpy python3-h5py
PREFIX ?= /usr/local
SWIFT_SOURCES := Package.swift Sources Tests docs importers queries schema
# No debug information: writing it is a twentieth of a build's time.
RELEASE := -c release -debug-info-format none
# What SQLite clients load: two libraries of C, without the Swift runtime (Sources/System/CArraySQL).
EXTENSION := .build/release/libevoke_sqlite.so .build/release/libevoke_arrays.so
COMPILE := clang -std=c17 -O2 -fPIC -shared -fvisibility=hidden -Wall -Wextra -Werror
# Each set of tests runs in a process of its own, on a core of its own; the first are those that compute studies by the hundred,
# and commands enough that both sets take about as long.
STUDY_TESTS := 'KeyTells|ElseTells|[.][A-R][A-Za-z]*CommandTests'
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: bootstrap build extension demo test keys check check-clients check-sanitizers format bench torture fuzz install uninstall clean

# System libraries (Debian packages); needs root or sudo where one is missing.
bootstrap:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -q && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(PACKAGES); }

# .build/release/evoke, beside it evoke-decode, in which films and sound are decoded, and the extension of SQLite.
build: bootstrap
	swift build $(RELEASE) --product evoke
	swift build $(RELEASE) --product evoke-decode
	@$(MAKE) --no-print-directory extension

# array(name) and its like for any SQLite client: libevoke_sqlite.so, which opens libevoke_arrays.so beside it.
extension: $(EXTENSION)

.build/release/libevoke_sqlite.so: Sources/System/CArraySQL/Loader/Loader.c
	$(COMPILE) -fvisibility=default -o $@ $<

.build/release/libevoke_arrays.so: $(wildcard Sources/System/CArraySQL/*.[ch] Sources/System/CArraySQL/include/*.h)
	$(COMPILE) -o $@ $(filter %.c,$^) $$(pkg-config --cflags --libs hdf5-serial libdeflate libcrypto) -lhdf5_hl -lm

# From films and recordings to SQL on the data in this repository; leaves demo.evoke.
demo: build
	Tests/Fixtures/demo/demo.sh

# One release build with all tests, then the tests in two processes; in each one after another, since some set limits and
# threads of the whole process.
test: bootstrap
	swift build $(RELEASE) --build-tests
	@$(MAKE) --no-print-directory extension
	@mkdir -p .build; swift test $(RELEASE) --skip-build --no-parallel --ignore-lock --filter $(STUDY_TESTS) \
	  > .build/study-tests.log 2>&1 & studies=$$!; \
	swift test $(RELEASE) --skip-build --no-parallel --ignore-lock --skip $(STUDY_TESTS); rest=$$?; \
	wait $$studies; studies=$$?; cat .build/study-tests.log; test $$studies = 0 && test $$rest = 0
	@echo "make test: all tests passed"

# Every line of Tests/Fixtures/keys/keys.txt in every study it names; `make test` tries one study of each pair of values.
keys: bootstrap
	swift build $(RELEASE) --build-tests
	EVOKE_KEYS=all swift test $(RELEASE) --skip-build --no-parallel --filter EveryKeyTells

# Formatting, floors and documentation, and a debug build.
check: bootstrap
	swift format lint --strict --parallel --recursive $(SWIFT_SOURCES)
	swift build $(RELEASE) --build-tests
	swift test $(RELEASE) --skip-build --filter 'ArchitectureTests|DiagnosticsTests'
	swift build
	@echo "make check: clean"

# README's lines for pandas, polars, xarray, R and Datasette, run as they stand there on the demo's warehouse, which is made
# where it is missing, in a venv of .build, and the demo's archive read by other programs; views and reports asked in PostgreSQL
# over the same tables. What is not there is skipped and named.
check-clients: build
	@test -d demo.evoke -a -f .build/demo/layers.zip || $(MAKE) --no-print-directory demo
	@python3 -m venv .build/clients || { $(SUDO) apt-get install -y --no-install-recommends python3-venv && \
	  python3 -m venv .build/clients; }
	.build/clients/bin/pip install -q --disable-pip-version-check -r Tests/Clients/requirements.txt
	.build/clients/bin/python Tests/Clients/check_clients.py
	.build/clients/bin/python Tests/Clients/archive.py .build/demo/layers.zip
	/usr/bin/python3 Tests/Clients/postgres.py

# The tests under clang's address and thread sanitizers, each in a build of its own (.build-address, .build-thread); hours.
# Libraries of C are not instrumented: what the sanitizers see is ours. The process that decodes keeps its limits, which leave
# no room for them, so it is the one of `make build`. SANITIZED='FileSystem|Reader' names the sets of tests, SANITIZERS one.
SANITIZERS ?= address thread
SANITIZED ?= .
check-sanitizers: build
	@for kind in $(SANITIZERS); do \
	  swift build --sanitize=$$kind --build-tests --scratch-path .build-$$kind || exit 1; \
	  install -m 755 .build/release/evoke-decode .build-$$kind/debug/evoke-decode || exit 1; \
	  ASAN_OPTIONS=detect_leaks=0 TSAN_OPTIONS="halt_on_error=1 ignore_noninstrumented_modules=1" \
	    swift test --sanitize=$$kind --skip-build --scratch-path .build-$$kind --no-parallel --filter '$(SANITIZED)' || exit 1; \
	done
	@echo "make check-sanitizers: clean"

# Writes the sources in the house's format.
format:
	swift format --in-place --parallel --recursive $(SWIFT_SOURCES)

# Ratios against other programs on this machine, into Tests/Benchmarks/SPEED.md; see Tests/Benchmarks/run.sh.
bench: bootstrap
	swift build $(RELEASE) --product bench
	Tests/Benchmarks/run.sh

# Attacks on the built program, as Tests/Torture/torture.py tells; hours. TORTURE='--only kills --minutes 5' for less.
TORTURE ?= --report Tests/Benchmarks/RESULTS.md
torture: build
	/usr/bin/python3 Tests/Torture/torture.py $(TORTURE)

# libFuzzer over every reader of bytes, so many seconds each; builds on what `make test` built.
FUZZ_SECONDS ?= 600
fuzz: bootstrap
	swift build $(RELEASE) --build-tests
	/usr/bin/python3 Tests/Torture/fuzz/make_fuzz.py --seconds $(FUZZ_SECONDS)

# The program, the Swift runtime it needs and the extension of SQLite in PREFIX/lib/evoke, a link to it in PREFIX/bin; DESTDIR
# stages it elsewhere.
install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib/evoke
	install -m 755 .build/release/evoke .build/release/evoke-decode $(DESTDIR)$(PREFIX)/lib/evoke
	install -m 644 $(EXTENSION) $(DESTDIR)$(PREFIX)/lib/evoke
	ldd .build/release/evoke | awk '$$3 ~ "/swift/linux/" { print $$3 }' | \
	  xargs -r install -m 644 -t $(DESTDIR)$(PREFIX)/lib/evoke
	ln -sfn ../lib/evoke/evoke $(DESTDIR)$(PREFIX)/bin/evoke

uninstall:
	rm -rf $(DESTDIR)$(PREFIX)/lib/evoke
	rm -f $(DESTDIR)$(PREFIX)/bin/evoke

clean:
	rm -rf .build demo.evoke
