#!/usr/bin/env python3
"""Types at `evoke sql` through a pseudo-terminal and prints what it showed.

    prompt.py PROGRAM WAREHOUSE STATE KEYS...

STATE becomes $XDG_STATE_HOME, and a file `pager` in it $PAGER. Each of KEYS (with escapes as \\t, \\x1b) is typed once the program has nothing more to say.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios

program, warehouse, state, *keys = sys.argv[1:]
pager = "cat"
if os.path.exists(os.path.join(state, "pager")):
    with open(os.path.join(state, "pager")) as file:
        pager = file.read()
child, terminal = pty.fork()
if child == 0:
    os.environ.update(XDG_STATE_HOME=state, TERM="xterm", NO_COLOR="1", PAGER=pager)
    os.execv(program, [program, "sql", "-C", warehouse])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
shown = b""


def listen(seconds):
    """Reads until the prompt stands at the end, or nothing comes for so long."""
    global shown
    while True:
        if not select.select([terminal], [], [], seconds)[0]:
            return True
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            return False
        if not piece:
            return False
        shown += piece
        if shown.rstrip(b"\x1b[0123456789CK\r").endswith((b"> ", b">")):
            seconds = 0.2


alive = listen(20)
for key in keys:
    if alive:
        os.write(terminal, key.encode("latin-1").decode("unicode_escape").encode("latin-1"))
        # An answer may take its time, and ends with the prompt; what is typed before that is lost.
        alive = listen(15 if key.endswith(("\\r", "\\x03")) else 0.8)
if alive:
    os.write(terminal, b"\x04")
    while listen(5):
        break
_, status = os.waitpid(child, 0)
sys.stdout.write(shown.decode("utf-8", "replace").replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(status))
