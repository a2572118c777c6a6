# SPDX-License-Identifier: MIT
# Unmodified software of others: tests/real/NAME.sh boots it (lib.sh says how). The packages are fetched
# once, into $(B)/real. `make test` does of each what takes seconds, `make test-real` all of it.

REAL := debian debianpae debianroot firmware floppies grub installer invaders isolinux mach memtest tinydevices tinylinux
REAL_SHORT := debian firmware floppies invaders mach memtest tinydevices tinylinux
# The network, alone and with the host.
REAL += network e1000
REAL_SHORT += network

SUITES += $(if $(SAN),,$(REAL_SHORT:%=real-%))
$(foreach r,$(REAL),$(eval SUITE_real-$(r) = tests/real/$(r).sh $$(B) short)$(eval SUITE_whole-$(r) = tests/real/$(r).sh $$(B)))

.PHONY: test-real
test-real: export LIMIT := 7200
test-real: $(B)/emu386 ## boot other people's systems (GUEST=NAME: that one), with lockstep, snapshots and QEMU beside
	$(call run_suites,$(if $(GUEST),$(GUEST:%=whole-%),$(REAL:%=whole-%)))
