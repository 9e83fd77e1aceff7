# One-line habits; each target says what it does. `make` alone lists them.
.PHONY: help run test simulate soak bench fuzz sanitize format lint docs install dist deb

help:                           ## list the targets
	@grep -E '^[a-z]+:.*##' Makefile | sed 's/:.*## /\t/' | expand -t 10

run:                            ## the main job: the quickstart profile against the embedded relay
	swift run -c release signalbench run

test:                           ## install what the tests need, then run them all
	bash .ci/test

simulate:                       ## ten thousand random schedules with faults over the simulated network; SEED is the first one's
	swift build -c release --product Schedules
	.build/release/Schedules play $(or $(COUNT),10000) $(or $(SEED),1)

soak:                           ## twelve hours of the soak profile in virtual time
	swift build -c release --product Schedules
	.build/release/Schedules soak Profiles/soak.yaml $(or $(HOURS),12)

bench:                          ## cost of a delivery: instructions in memory, deliveries per CPU-second over loopback
	bash .ci/bench

fuzz:                           ## feed every decoder with random bytes for a minute each
	bash .ci/fuzz 60

sanitize:                       ## the concurrent tests under the thread and the address sanitizer
	bash .ci/sanitize thread
	bash .ci/sanitize address

format:                         ## rewrite the sources in house style
	git ls-files '*.swift' | xargs swift format --in-place

lint:                           ## fail on anything that is not in house style
	git ls-files '*.swift' | xargs swift format lint --strict

docs:                           ## convert the documentation catalogue into .build/documentation
	bash .ci/docs

install:                        ## program, profiles, completions and man pages below PREFIX (/usr/local); DESTDIR is put before it
	bash .ci/dist install "$(DESTDIR)$(or $(PREFIX),/usr/local)"

dist:                           ## the same as an archive in .build/dist, with checksums and a list of what is in it (SPDX)
	bash .ci/dist archive

deb:                            ## the same as a Debian package, .build/dist/signalbench_VERSION_ARCHITECTURE.deb
	bash .ci/deb
