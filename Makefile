# Evoke's own commands. `make bootstrap` installs system packages and nothing else.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
PACKAGES := libsqlite3-dev libopenblas-pthread-dev liblapacke-dev libsndfile1-dev libhdf5-dev libfftw3-dev \
  libsoxr-dev libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libssl-dev pkg-config sqlite3 \
  python3-numpy python3-h5py
export OPENBLAS_NUM_THREADS ?= 1

.PHONY: bootstrap build demo test check bench install
bootstrap:
	@dpkg -s $(PACKAGES) >/dev/null 2>&1 || { $(SUDO) apt-get update -q && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(PACKAGES); }

build: bootstrap
	swift build -c release

test: bootstrap
	swift build -c release --build-tests
	swift test -c release --skip-build
