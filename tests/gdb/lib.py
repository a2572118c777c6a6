# SPDX-License-Identifier: MIT
# lib.py - commands for gdb sessions that check themselves. A session is run by
#
#     emu386 -S -g :1234 --display none ... &  gdb -nx -batch -x tests/gdb/NAME.gdb
#
# with the options of its first line (run.sh does both and finds a free port).
#
#     connect [KIND]     target remote, or another KIND, to $EMU386_PORT or 1234
#     give COMMAND       executes it and keeps what it says; an error fails. If the guest ran, the
#                        answer goes on with "stopped: REASON" and the frame, or "exited: CODE"
#                        $B/ is the build directory
#     refuse COMMAND     the same; it must be an error
#     expect REGEX       the last answer contains this
#     check EXPRESSION   is not zero
#     interrupt-in SECS  a Ctrl-C at gdb, later
#     summary            the last line: N passed, N failed
import gdb
import os
import re
import signal
import threading

BUILD = os.environ.get("EMU386_BUILD", "build")
PORT = os.environ.get("EMU386_PORT", "1234")
passed = failed = 0
answer = ""
asked = ""
events = []


def note(good, text):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print("FAIL: " + text, flush=True)


def on_stop(event):
    if isinstance(event, gdb.BreakpointEvent):
        events.append("stopped: breakpoint " + " ".join(str(b.number) for b in event.breakpoints))
    elif isinstance(event, gdb.SignalEvent):
        events.append("stopped: " + event.stop_signal)
    else:
        events.append("stopped: step")


def on_exit(event):
    events.append(f"exited: {getattr(event, 'exit_code', 'killed')}")


def execute(command):
    """Keeps what the command said; whether it succeeded."""
    global answer, asked
    asked = command
    events.clear()
    try:
        answer = gdb.execute(command, to_string=True)
        if events:
            answer += "\n" + events[-1] + "\n"
        if events and events[-1].startswith("stopped"):
            answer += gdb.execute("frame", to_string=True)
        return True
    except gdb.error as e:
        answer = str(e)
        return False


def command(name):
    def register(function):
        class Command(gdb.Command):
            def __init__(self):
                super().__init__(name, gdb.COMMAND_USER)

            def invoke(self, text, from_tty):
                function(text)

        Command()
        return function

    return register


@command("connect")
def connect(text):
    note(execute("target " + (text or "remote") + " 127.0.0.1:" + PORT), "connect: " + answer)


@command("give")
def give(text):
    text = text.replace("$B/", BUILD + "/")
    note(execute(text), text + ": " + answer)


@command("refuse")
def refuse(text):
    note(not execute(text), text + " was not refused: " + answer)


@command("expect")
def expect(text):
    note(re.search(text, answer) is not None, f"{asked}: no /{text}/ in:\n{answer}")


@command("check")
def check(text):
    try:
        note(int(gdb.parse_and_eval(text)) != 0, "not so: " + text)
    except gdb.error as e:
        note(False, f"{text}: {e}")


@command("interrupt-in")
def interrupt_in(text):
    threading.Timer(float(text), os.kill, (os.getpid(), signal.SIGINT)).start()


@command("summary")
def summary(text):
    print(f"{passed} passed, {failed} failed", flush=True)


gdb.events.stop.connect(on_stop)
gdb.events.exited.connect(on_exit)
for line in ("pagination off", "confirm off", "width 0", "print pretty off", "style enabled off"):
    gdb.execute("set " + line)
