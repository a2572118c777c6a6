# SPDX-License-Identifier: MIT
# emu386: -S B/tests/gdb/steps.elf
# 10,000 source lines by next: at least 2,000 a second. The host may be busy with other things: the
# best of five counts.
source tests/gdb/lib.py
connect
give tbreak ready
give continue
give set var command = 1
give tbreak lines
give continue
python
import time
count = 10000
rate = 0
for attempt in range(5):
    begin = time.monotonic()
    gdb.execute(f"next {count}", to_string=True)
    rate = max(rate, count / (time.monotonic() - begin))
    if rate >= 2000:
        break
print(f"NOTE: {rate:.0f} source lines a second by next")
note(rate >= 2000, f"only {rate:.0f} source lines a second")
note(gdb.selected_frame().name() == "lines", "left the loop")
note(int(gdb.parse_and_eval("loops")) > 1000, "went not far enough")
end
give kill
summary
