# SPDX-License-Identifier: GPL-2.0
# quire: see, explain and change thrashing. `make help` lists the targets.
# The module itself is described by Kbuild; scripts/ holds what is longer than a line or two.

build   := $(CURDIR)/build
release := $(shell uname -r)
version := $(shell sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)

# The VM's kernel: the one of the Debian release that we are on.
debian         := $(shell . /etc/os-release 2>/dev/null && echo $$VERSION_ID)
default_kernel := $(if $(filter 12,$(debian)),6.1,6.12)
has_headers    := $(wildcard /lib/modules/$(release)/build/Makefile)

# Where `make install` puts things; for a package: make install DESTDIR=...
prefix     := /usr/local
moddir      = $(DESTDIR)/lib/modules/$(release)
completions = $(DESTDIR)$(prefix)/share/bash-completion/completions
srcdir      = $(DESTDIR)$(prefix)/src/quire
commands   := quire quire-load
vm_kernel   = $(or $(KERNEL),$(default_kernel))
module_kernel = $(or $(KERNEL),$(if $(has_headers),running,$(default_kernel)))
kernel_setup = $(addprefix setup-,$(filter debug 6.1,$1))
kbuild_args = $(foreach v,W C V KCFLAGS,$(if $($v),$v='$($v)'))

.PHONY: all
all: needs-build tools module

.PHONY: help
help:
	@sed -n 's/^#: \?//p' $(firstword $(MAKEFILE_LIST))

#: quire: make TARGET
#:
#: Without a machine of one's own (a virtual machine, an unmodified Debian kernel):
#:   demo        build, boot the VM, load the module, thrash, and show it
#:   test        everything that can be tested; T=GROUP for one group of it
#:   vm          a shell in the VM, or CMD='...'; fails as that does, or as the kernel does
#:               KERNEL=6.1|6.12|debug MEM=512M CPUS=2 ...: see scripts/vm/run --help
#:   test-debug  the VM tests on a kernel with KASAN, lockdep, kmemleak
.PHONY: demo test vm test-debug
demo: setup-build setup-vm $(call kernel_setup,$(vm_kernel))
	@KERNEL=$(vm_kernel) scripts/demo

test: setup-build setup-vm setup-6.1 setup-test setup-kunit
	@scripts/test $(T)

test-debug: setup-build setup-vm setup-debug setup-test
	@scripts/test $(foreach part,1 2 3 4,vm-debug-$(part)) kunit-vm-2 kunit-vm-4

vm: setup-build setup-vm $(call kernel_setup,$(vm_kernel))
	@scripts/kbuild $(vm_kernel)
	@KERNEL=$(vm_kernel) scripts/vm/run $(if $(value CMD),-- '$(subst ','\'',$(value CMD))')

#:
#: Building (into build/):
#:   all         the tools, and the module for the running kernel where its headers
#:               are installed, else for the VM's kernel (the default)
#:   tools       build/bin/: quire, quire-load
#:   module      build/KERNEL/quire.ko; KERNEL=6.1|6.12|debug|running; W=1 C=1 V=1
#:   policies    modules that bring policies: docs/examples, and those that tests load;
#:               beside quire.ko, and after it
#:   tests       their tests, into build/test-bin; make test runs them
#:   check       formatting, sparse, checkpatch, cppcheck, shellcheck: no warnings
.PHONY: tools module policies tests check
tools:
	@$(MAKE) --no-print-directory -C userspace OUT=$(build)

# The second time with the address and undefined behaviour sanitizers.
tests:
	@$(MAKE) --no-print-directory -C userspace OUT=$(build) tests
	@$(MAKE) --no-print-directory -C userspace OUT=$(build)/san SAN=1 tests

module: $(call kernel_setup,$(module_kernel))
	@scripts/kbuild $(module_kernel) $(kbuild_args)

policies: module
	@scripts/kbuild -m docs/examples/newest $(module_kernel) $(kbuild_args)
	@scripts/kbuild -m scripts/vm/tests/policies $(module_kernel) $(kbuild_args)

check: setup-build setup-vm setup-6.1 setup-test
	@scripts/check $(T)

#:
#: Policies in User Mode Linux:
#:   kunit           the KUnit suites; SUITE=lirs for one, KERNEL=6.12
#:   kunit-debug     the same under KASAN, UBSAN and lockdep
#:   kunit-coverage  lines and branches that they cover
#:   kunit-module    build/debug/quire_kunit.ko, for the VM: make vm KERNEL=debug CMD=kunit/vm
#:   mutate          do they notice small changes to the policies? SUITE=lirs for one
.PHONY: kunit kunit-debug kunit-coverage kunit-module mutate
kunit kunit-debug kunit-coverage: setup-build setup-vm setup-kunit $(call kernel_setup,$(or $(KERNEL),6.1))
	@scripts/kunit $(patsubst kunit-%,--%,$(filter-out kunit,$@)) $(SUITE)

kunit-module: setup-build setup-vm setup-debug
	@KERNEL=debug scripts/kunit --module

mutate: setup-build setup-vm setup-6.1 setup-kunit
	@scripts/mutate $(SUITE)

#:
#: On a machine of one's own, as root (see Safety in README.md):
#:   install     module, commands, man pages, bash completion, and the header for
#:               one's own policies
#:   uninstall   take them away again
#:   load        load the module just built, with ARGS='parameter=value ...'
#:   unload      unload it
#:   dkms        let DKMS build and install the module for every kernel to come
.PHONY: install uninstall load unload dkms
install:
	@[ -f $(build)/bin/quire ] && [ -f $(build)/$(release)/quire.ko ] || \
		{ echo "quire is not built for $(release): type make first" >&2; exit 1; }
	install -D -m 644 $(build)/$(release)/quire.ko $(moddir)/updates/quire.ko
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(release)
	install -D -t $(DESTDIR)$(prefix)/bin $(wildcard $(commands:%=$(build)/bin/%))
	scripts/man $(build)/bin $(build)/man
	install -D -m 644 -t $(DESTDIR)$(prefix)/share/man/man1 $(build)/man/*.1
	install -D -m 644 userspace/quire/completion.bash $(completions)/quire
	ln -sf quire $(completions)/quire-load
	install -D -m 644 -t $(srcdir)/include/quire $(addprefix module/include/quire/,policy.h register.h)
	install -D -m 644 -t $(srcdir) $(build)/$(release)/Module.symvers

uninstall:
	rm -f $(moddir)/updates/quire.ko $(commands:%=$(DESTDIR)$(prefix)/bin/%)
	rm -f $(commands:%=$(completions)/%) $(addprefix $(DESTDIR)$(prefix)/share/man/man1/,quire.1 quire-*.1)
	rm -rf $(srcdir)
	depmod $(if $(DESTDIR),-b $(DESTDIR)) $(release)

load:
	insmod $(build)/$(release)/quire.ko $(ARGS)

unload:
	rmmod quire

dkms:
	install -d /usr/src/quire-$(version)
	cp -r Kbuild dkms.conf LICENSE module /usr/src/quire-$(version)/
	dkms install quire/$(version)

#:
#: Measuring:
#:   bench-NAME  one of scripts/bench/, in the VM: bench-stat is what loading costs,
#:               bench-policy what policies do: LOADS=loop,zipf POLICIES=lru,arc ROUNDS=3,
#:               bench-policy-cost what an attached one costs, bench-kills how often
#:               loads are killed for want of memory natively and under a policy,
#:               bench-workingset, bench-thrash and bench-scan how well working sets and
#:               thrashing are known, and what that costs
bench-%: setup-build setup-vm $(call kernel_setup,$(vm_kernel))
	@test -x scripts/bench/$* || { echo "no scripts/bench/$*; there are: $(notdir $(wildcard scripts/bench/*))" >&2; exit 2; }
	@scripts/bench/$*

#:
#: Tidying:
#:   clean       remove what was built, keep the kernels that were fetched or built
#:   distclean   remove all of build/
.PHONY: clean distclean
clean:
	@test ! -d $(build) || find $(build) -mindepth 1 -maxdepth 1 ! -name kernels ! -name kunit -exec rm -rf {} +

distclean:
	rm -rf $(build)

# The Debian packages that are missing: demo and test install them, make only says so.
setup-%:
	@scripts/setup $*

needs-%:
	@scripts/setup --check $*

.DEFAULT:
	@echo "no target $@: try make help" >&2; exit 2
