# What a packager needs; everything else is cargo's.
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
LUADIR ?= $(PREFIX)/share/lua/5.1

ifeq ($(shell uname -s),Darwin)
FILE = librille.dylib
else
FILE = librille.so
endif

# As `cargo build --release` makes it, and with link-time optimisation: cargo leaves that out while it makes the Rust
# library beside the shared one.
all:
	cargo rustc --release --lib --crate-type cdylib

test:
	cargo test

install: all
	install -d $(DESTDIR)$(LIBDIR) $(DESTDIR)$(PREFIX)/include $(DESTDIR)$(LUADIR)
	install -m 755 target/release/$(FILE) $(DESTDIR)$(LIBDIR)/$(FILE)
	ln -sf $(FILE) $(DESTDIR)$(LIBDIR)/librille.so.0
	install -m 644 include/rille.h $(DESTDIR)$(PREFIX)/include/rille.h
	cp -R lua/rille $(DESTDIR)$(LUADIR)/

.PHONY: all test install
