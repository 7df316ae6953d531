# Targets for packagers; everything else is done by cargo.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
LUADIR ?= $(PREFIX)/share/lua/5.1
CARGO ?= cargo
CARGOFLAGS ?=
# Not empty: `make` and `make install` make and install librille.a as well.
STATIC ?=

# Targets of `make dist`: the machine's own by default. Those of a release, which `make checksums` builds:
TARGETS ?=
RELEASE := x86_64-unknown-linux-gnu.2.17 aarch64-unknown-linux-gnu.2.17 \
	x86_64-unknown-linux-musl aarch64-unknown-linux-musl \
	x86_64-pc-windows-gnu x86_64-apple-darwin aarch64-apple-darwin

# Cargo's output directory.
TARGET_DIR := $(or $(CARGO_TARGET_DIR),target)
OUT := $(TARGET_DIR)/$(if $(CARGO_BUILD_TARGET),$(CARGO_BUILD_TARGET)/)release

# The number of the C interface is in the header; the rest of the file's name is the version without its first number.
ABI := $(shell sed -n 's/^.define RILLE_ABI //p' include/rille.h)
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
MINOR := $(shell sed -n 's/^version = "[0-9]*\.\([0-9]*\.[0-9]*\).*/\1/p' Cargo.toml | head -n 1)

# FILE is the output of cargo and the name for `-lrille`; SONAME is the name that programs linked with it load.
# Without CARGO_BUILD_TARGET it is built for this machine. A DLL has no links: programs load it by its one name.
ifneq ($(findstring windows,$(CARGO_BUILD_TARGET)),)
FILE := rille.dll
SONAME :=
REAL := $(FILE)
else ifneq ($(or $(findstring apple,$(CARGO_BUILD_TARGET)),$(if $(CARGO_BUILD_TARGET),,$(filter Darwin,$(shell uname -s)))),)
FILE := librille.dylib
SONAME := librille.$(ABI).dylib
REAL := librille.$(ABI).$(MINOR).dylib
else
FILE := librille.so
SONAME := $(FILE).$(ABI)
REAL := $(SONAME).$(MINOR)
endif

# The same as `cargo build --release`, with two differences. It has link-time optimisation, which cargo omits while it builds
# the Rust library together with the shared one. And it contains no path of this machine: a panic names its source file,
# which would be below the builder's home. Where several prefixes match, the last one applies; RUSTFLAGS are kept.
all:
	@set -e; next=$$(printf '\037'); \
	flags=$${CARGO_ENCODED_RUSTFLAGS:-$$(printf '%s' "$$RUSTFLAGS" | tr -s ' ' '\037')}; \
	remap() { case "$$1" in /?*) flags="$$flags$${flags:+$$next}--remap-path-prefix=$$1=$$2";; esac; }; \
	remap "$$HOME" '~'; \
	remap "$${CARGO_HOME:-$$HOME/.cargo}/registry/src" crates; \
	remap "$$($${RUSTC:-rustc} --print sysroot)/lib/rustlib/src/rust" rust; \
	remap "$(CURDIR)" rille; \
	echo $(CARGO) rustc --release --lib --crate-type cdylib $(CARGOFLAGS); \
	CARGO_ENCODED_RUSTFLAGS="$$flags" \
	$(CARGO) rustc --release --lib --crate-type cdylib --target-dir "$(TARGET_DIR)" $(CARGOFLAGS) \
	$(if $(STATIC),&& $(CARGO) rustc --release --lib --crate-type staticlib --target-dir "$(TARGET_DIR)" $(CARGOFLAGS))
	$(if $(SONAME),ln -sf $(FILE) "$(OUT)/$(SONAME)")

test:
	$(CARGO) test

define install-lua
rm -rf "$(DESTDIR)$(LUADIR)/rille"
	modules=$$(cd "$(DESTDIR)$(LUADIR)" && pwd) && cd lua && \
	find rille resty -type d -exec install -d "$$modules/{}" \; && \
	find rille resty -name '*.lua' -exec install -m 644 {} "$$modules/{}" \;
endef

# Without cargo, which root often does not have, it installs what `make` has built before.
install: $(if $(shell command -v $(CARGO)),all)
	@test -f "$(OUT)/$(FILE)" || { echo "$(OUT)/$(FILE) is missing: run make first, as a user who has cargo"; exit 1; }
	install -d "$(DESTDIR)$(LIBDIR)" "$(DESTDIR)$(INCLUDEDIR)" "$(DESTDIR)$(LUADIR)"
	install -m 755 "$(OUT)/$(FILE)" "$(DESTDIR)$(LIBDIR)/$(REAL)"
	ln -sf $(REAL) "$(DESTDIR)$(LIBDIR)/$(SONAME)"
	ln -sf $(SONAME) "$(DESTDIR)$(LIBDIR)/$(FILE)"
	install -m 644 include/rille.h "$(DESTDIR)$(INCLUDEDIR)/rille.h"
	install -d "$(DESTDIR)$(LIBDIR)/pkgconfig"
	packaging/pc "$(PREFIX)" "$(LIBDIR)" "$(INCLUDEDIR)" rille >"$(DESTDIR)$(LIBDIR)/pkgconfig/rille.pc"
	chmod 644 "$(DESTDIR)$(LIBDIR)/pkgconfig/rille.pc"
	install -d "$(DESTDIR)$(LIBDIR)/cmake/rille"
	install -m 644 packaging/rille-config.cmake "$(DESTDIR)$(LIBDIR)/cmake/rille/rille-config.cmake"
	sed 's/@VERSION@/$(VERSION)/' packaging/rille-config-version.cmake.in \
		>"$(DESTDIR)$(LIBDIR)/cmake/rille/rille-config-version.cmake"
	chmod 644 "$(DESTDIR)$(LIBDIR)/cmake/rille/rille-config-version.cmake"
	$(if $(STATIC),install -m 644 "$(OUT)/librille.a" "$(DESTDIR)$(LIBDIR)/librille.a")
	$(install-lua)

# What LuaRocks installs: the modules, and the library as a module's file.
install-rock: $(if $(shell command -v $(CARGO)),all)
	install -d "$(DESTDIR)$(LIBDIR)" "$(DESTDIR)$(LUADIR)"
	install -m 755 "$(OUT)/$(FILE)" "$(DESTDIR)$(LIBDIR)/librille.so"
	$(install-lua)

# Reproducible archives in target/dist.
dist:
	packaging/dist $(TARGETS)

release-targets:
	@echo $(RELEASE)

# Fills the table of checksums before a release.
checksums:
	packaging/dist $(or $(TARGETS),$(RELEASE))
	packaging/checksums

uninstall:
	rm -f "$(DESTDIR)$(LIBDIR)/$(REAL)" "$(DESTDIR)$(LIBDIR)/$(SONAME)" "$(DESTDIR)$(LIBDIR)/$(FILE)"
	rm -f "$(DESTDIR)$(INCLUDEDIR)/rille.h" "$(DESTDIR)$(LIBDIR)/pkgconfig/rille.pc" "$(DESTDIR)$(LIBDIR)/librille.a"
	rm -rf "$(DESTDIR)$(LIBDIR)/cmake/rille"
	rm -rf "$(DESTDIR)$(LUADIR)/rille"
	rm -f "$(DESTDIR)$(LUADIR)/resty/rille.lua"

.PHONY: all checksums dist install install-rock release-targets test uninstall
