# SPDX-License-Identifier: MIT
#
# What a real CPython does with its GIL: the part of the validation that runs in the interpreter.
# It is embedded into the C program and run as
#
#     python -E -s -c TEXT EXPERIMENT name=value ...
#
# with times in nanoseconds. It prints one JSON object a line: the first says that all is set up and
# the load, which the caller makes in another process, may start; the last holds the results, as raw
# samples, so that the same code, the caller's, makes the statistics of real and simulated locks.
# One text for CPython 2.7 and 3.6 to 3.14, hence no print, no f"" and no async in it.
from __future__ import division

import ctypes
import hashlib
import itertools
import json
import os
import platform
import resource
import signal
import socket
import struct
import sys
import threading
import time

SECOND = 10**9
MILLISECOND = 10**6
SETTLE = 10 * MILLISECOND  # within that, threads just started have come to their gate
SILENCE_S = 30  # a client that says nothing for so long will not send its END any more
RUSAGE_THREAD = 1  # Linux's number; Python 2's module lacks the name
PYTHON = sys.version_info[:2]

# clock() is CLOCK_MONOTONIC in whole ns everywhere, as the stamps of `wake` come from there. tick()
# is the cheapest clock, in TICKS_PER_S, for the loop of `hold`.
if hasattr(time, "monotonic_ns"):
    clock = tick = time.monotonic_ns
    TICKS_PER_S = SECOND
elif hasattr(time, "monotonic"):
    tick, TICKS_PER_S = time.monotonic, 1

    def clock():
        return int(tick() * SECOND)
else:
    # A reading of clock() costs 0.7 us here and one of time.time 0.1 us: with that, the loop makes
    # several times as many laps in the few microseconds for which Python 2 may hold its lock.
    tick, TICKS_PER_S = time.time, 1

    class Timespec(ctypes.Structure):
        _fields_ = [("s", ctypes.c_long), ("ns", ctypes.c_long)]

    # PyDLL, as CDLL lets go of the GIL around each call: the clock would change what it measures.
    clock_gettime = ctypes.PyDLL(None).clock_gettime

    def clock():
        spec = Timespec()
        clock_gettime(1, ctypes.byref(spec))
        return spec.s * SECOND + spec.ns


def say(**what):
    sys.stdout.write(json.dumps(what, sort_keys=True) + "\n")
    sys.stdout.flush()


def has_gil():
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


def ready(port=None):
    say(ready=True, port=port, version="%d.%d.%d" % sys.version_info[:3], gil=has_gil(),
        implementation=platform.python_implementation().lower())


def usage(complaint):
    sys.stderr.write("gil.py: %s\n" % complaint)
    sys.exit(2)


def pause(ns):
    time.sleep(max(0, ns) / SECOND)


def countdown(n=500):
    while n > 0:
        n -= 1


def repeated(unit):
    """Work for a thread: unit() until told to stop but once at least; gives how often."""
    def work(stop):
        calls = 0
        while True:
            unit()
            calls += 1
            if stop:
                return calls
    return work


class Crew(object):
    """A thread for each of works, functions of a list that is empty until they are to return."""

    def __init__(self, works):
        self.stop = []
        self.gate = threading.Event()
        self.results = [None] * len(works)
        self.cpu_s = [0.0] * len(works)
        self.sleeps = [0] * len(works)
        self.threads = [threading.Thread(target=self.run, args=pair) for pair in enumerate(works)]
        for thread in self.threads:
            thread.daemon = True
            thread.start()

    def run(self, i, work):
        self.gate.wait()
        before = resource.getrusage(RUSAGE_THREAD)
        result = work(self.stop)
        after = resource.getrusage(RUSAGE_THREAD)
        self.results[i] = result
        self.cpu_s[i] = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
        self.sleeps[i] = after.ru_nvcsw - before.ru_nvcsw

    def go(self):
        self.start = clock()
        self.gate.set()
        return self

    def join(self):
        for thread in self.threads:
            thread.join()
        self.wall = clock() - self.start
        self.cpu_per_wall = sum(self.cpu_s) * SECOND / self.wall
        if None in self.results:
            sys.exit("gil.py: a thread of the experiment failed")
        return self

    def halt(self):
        self.stopped = tick()
        self.stop.append(True)
        return self.join()

    def work_for(self, duration, at=None):
        """Goes at that instant, or else when all its threads wait at the gate."""
        pause(at - clock() if at else SETTLE)
        self.go()
        pause(duration)
        return self.halt()


def hogs(k):
    return Crew([repeated(countdown)] * k).go()


# Three ways to run something n times side by side; each gives calls/s and CPU time / wall.
def threads_rate(n, unit, duration, at=None):
    crew = Crew([repeated(unit)] * n).work_for(duration, at)
    return sum(crew.results) * SECOND / crew.wall, crew.cpu_per_wall


def processes_rate(n, duration):
    # A thread that was joined may still be leaving, inside the dynamic linker even, and a fork
    # would copy what it has locked there.
    while len(os.listdir("/proc/self/task")) > 1:
        pause(MILLISECOND)
    at = clock() + (n + 1) * SETTLE
    children = []
    for _ in range(n):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.write(writer, struct.pack("dd", *threads_rate(1, countdown, duration, at)))
            finally:
                os._exit(0)  # whatever happened, a child must not go on as its parent
        os.close(writer)
        children.append((pid, reader))
    records = []
    for pid, reader in children:
        records.append(os.read(reader, 16))
        os.close(reader)
        os.waitpid(pid, 0)
    if b"" in records:
        sys.exit("gil.py: a process of the experiment failed")
    return [sum(column) for column in zip(*(struct.unpack("dd", r) for r in records))]


# Runs in a sub-interpreter, which shares nothing with this text but the clock and descriptors.
ISOLATED = """
import os, struct, time
def countdown(n=500):
    while n > 0:
        n -= 1
calls = 0
time.sleep(max(0, {at} - time.monotonic_ns()) / 1e9)
start = now = time.monotonic_ns()
while now < {end} or not calls:
    countdown()
    calls += 1
    now = time.monotonic_ns()
os.write({fd}, struct.pack("d", calls * 1e9 / (now - start)))
"""


def interpreters_rate(module, ids, duration):
    at = clock() + 2 * SETTLE
    reader, writer = os.pipe()
    text = ISOLATED.format(at=at, end=at + duration, fd=writer)
    # 3.12 raises what went wrong inside and later versions return it; else there is a record.
    crew = Crew([lambda stop, i=i: module.run_string(i, text) or os.read(reader, 8)
                 for i in ids]).go().join()
    os.close(reader)
    os.close(writer)
    for record in crew.results:
        if not isinstance(record, bytes):
            sys.exit("gil.py: a sub-interpreter failed: %s" % record)
    return (sum(struct.unpack("d", record)[0] for record in crew.results),
            sum(crew.cpu_s) * SECOND / duration)


def paired(pairs, one, many):
    """Compares two rates by turns, many() between two one()s, so that a machine that gets faster
    or slower meanwhile does so for both."""
    ratios, cpu = [], []
    for _ in range(pairs):
        before, middle, after = one(), many(), one()
        ratios.append(int(middle[0] * 2e6 / (before[0] + after[0])))
        cpu.append(middle[1])
    return {"ratio_ppm": ratios}, {"cpu_per_wall": sum(cpu) / pairs}


# The experiments: each gives its samples and its numbers.
def hold(k, duration):
    def work(stop):
        read, limit = tick, TICKS_PER_S * 20e-6
        last = read()
        edges = [last]  # one flat list of numbers: tuples would set the garbage collector to work
        while not stop:
            now = read()
            if now - last > limit:
                edges.append(last)
                edges.append(now)
            last = now
        edges.append(last)
        return edges

    crew = Crew([work] * k).work_for(duration)
    runs = sorted((start, end, owner) for owner, edges in enumerate(crew.results)
                  for start, end in zip(edges[::2], edges[1::2]) if start < crew.stopped)
    holds = []
    for _, same in itertools.groupby(runs, lambda run: run[2]):
        same = list(same)  # more than one where the OS paused an owner, who kept the lock
        holds.append(int((same[-1][1] - same[0][0]) * SECOND / TICKS_PER_S))
    switches = len(holds) - 1
    numbers = {"switches_per_s": switches * SECOND / crew.wall, "cpu_per_wall": crew.cpu_per_wall}
    if switches > 0:
        numbers["sleeps_per_switch"] = float(sum(crew.sleeps)) / switches
    return {"hold": holds[1:-1]}, numbers  # start and stop cut those two short


def ratio(k, duration, pairs, processes):
    return paired(pairs, lambda: threads_rate(1, countdown, duration),
                  lambda: (processes_rate(k, duration) if processes
                           else threads_rate(k, countdown, duration)))


def interpreters(k, duration, pairs):
    module = __import__("_xxsubinterpreters" if PYTHON == (3, 12) else "_interpreters")
    ids = [module.create() for _ in range(k)]  # by default isolated, so with a GIL of its own
    result = paired(pairs, lambda: interpreters_rate(module, ids[:1], duration),
                    lambda: interpreters_rate(module, ids, duration))
    for i in ids:
        module.destroy(i)
    return result


def wake(k, fd):
    try:
        os.fstat(fd)
    except OSError as error:
        usage("fd=%d: %s" % (fd, error.strerror))
    late = []
    crowd = hogs(k)
    ready()
    while True:
        stamp = os.read(fd, 8)
        now = clock()
        if len(stamp) < 8:
            break
        late.append(now - struct.unpack("=q", stamp)[0])
    crowd.halt()
    return {"wake": late}, {}


class Served(object):
    """What a server notes of its requests. It also ends the program when the client is silent: by
    a signal, as a socket with a time-out polls before each call and so lets go of the GIL twice."""

    def __init__(self):
        self.requests, self.first = -1, None  # END is no request
        self.longest = 0  # stretch of computing between two turns of a loop, in ns
        signal.signal(signal.SIGALRM, self.give_up)
        signal.alarm(SILENCE_S)

    def give_up(self, *_):
        os.write(2, b"gil.py: the client is silent\n")
        os._exit(1)  # an exception would have to find its way through asyncio first

    def note(self):
        signal.alarm(SILENCE_S)
        self.requests += 1
        self.last = clock()
        self.first = self.first or self.last

    def result(self):
        rate = self.requests * SECOND / max(1, self.last - self.first)
        return {}, {"answers": float(self.requests), "requests_per_s": rate,
                    "chunk_max_ns": self.longest}


def echo(k):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    crowd = hogs(k)
    served = Served()
    ready(server.getsockname()[1])
    while True:
        data, client = server.recvfrom(65535)
        served.note()
        if data == b"END":
            break
        server.sendto(data, client)
    crowd.halt()
    return served.result()


# As text, since Python 2 could not even read past it.
COMPUTING = """
async def compute(chunk):
    while not ended.done():
        begin = now = clock()
        while now < begin + chunk:
            countdown()
            now = clock()
        served.longest = max(served.longest, now - begin)
        await sleep(0)
"""


def async_echo(chunk):
    import asyncio
    loop = asyncio.new_event_loop()  # asyncio.run came with 3.7
    ended = loop.create_future()
    served = Served()

    class Echo(asyncio.DatagramProtocol):
        def connection_made(self, transport):
            self.transport = transport

        def datagram_received(self, data, client):
            served.note()
            if data != b"END":
                self.transport.sendto(data, client)
            elif not ended.done():
                ended.set_result(None)

    server, _ = loop.run_until_complete(
        loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0)))
    task = ended
    if chunk:
        scope = dict(globals(), ended=ended, served=served, sleep=asyncio.sleep)
        exec(COMPUTING, scope)
        task = loop.create_task(scope["compute"](chunk))
    ready(server.get_extra_info("sockname")[1])
    loop.run_until_complete(task)
    server.close()
    loop.close()
    return served.result()


def hashing(size):
    data, sha3 = os.urandom(size), hashlib.sha3_512
    return lambda: sha3(data).digest()  # computes without the GIL, from 2 KiB on


def time_of(unit):
    calls, start = 0, clock()
    while clock() - start < SECOND // 10:
        unit()
        calls += 1
    return (clock() - start) / calls


def kernel(k, threads, size, duration):
    unit = hashing(size)
    before = time_of(unit)
    crew = Crew([repeated(unit)] * threads)
    crowd = hogs(k)
    crew.work_for(duration)
    crowd.halt()
    calls = sum(crew.results)
    return {}, {"alone_ns": (before + time_of(unit)) / 2, "per_call_ns": crew.wall * threads / calls,
                "calls_per_s": calls * SECOND / crew.wall}


def kernel_ratio(threads, size, duration, pairs):
    unit = hashing(size)
    return paired(pairs, lambda: threads_rate(1, unit, duration),
                  lambda: threads_rate(threads, unit, duration))


def sleep(k, threads, time, repeat):
    def work(stop):
        over = []
        for _ in range(repeat):
            start = clock()
            pause(time)
            over.append(clock() - start - time)
        return over

    crew = Crew([work] * threads)
    crowd = hogs(k)
    crew.go().join()
    crowd.halt()
    return {"overshoot": sum(crew.results, [])}, {}


def spawn(k, count):
    took = []
    crowd = hogs(k)
    for _ in range(count):
        start = clock()
        thread = threading.Thread(target=lambda: None)
        thread.start()
        thread.join()
        took.append(clock() - start)
    crowd.halt()
    return {"spawn": took}, {}


def battle(k, count, pairs):
    def wall(threads):
        crew = Crew([lambda stop: countdown(count // threads) or True] * threads)
        pause(SETTLE)
        return crew.go().join().wall

    return {"slowdown_ppm": [int(1e6 / wall(1) * wall(k)) for _ in range(pairs)]}, {}


def release(count):
    # One C function through two doors that differ in this alone: CDLL lets go of the GIL around a
    # call, PyDLL keeps it. Up to 3.6 there is a GIL only once there was a second thread.
    hogs(1).halt()
    doors = {"free": ctypes.CDLL(None).abs, "kept": ctypes.PyDLL(None).abs}
    best = {}
    laps = range(max(1, count // 20))
    for _ in range(20):  # short rounds by turns, and the fastest of each, as noise only adds
        for name, door in doors.items():
            start = clock()
            for _ in laps:
                door(1)
            took = (clock() - start) / len(laps)
            best[name] = min(took, best.get(name, took))
    return {}, {"pair_ns": best["free"] - best["kept"]}


LOADED = ("wake", "echo", "async-echo")  # get a load and so say themselves when it may start
LEAST = {"chunk": 0, "count": 1, "duration": MILLISECOND, "fd": 0, "pairs": 1, "repeat": 1,
         "size": 1, "threads": 1, "time": 1}
OPTIONAL = ("check", "interval", "processes")  # 0: as the interpreter has it, no
EXPERIMENTS = {"async-echo": async_echo, "battle": battle, "echo": echo, "hold": hold,
               "interpreters": interpreters, "kernel": kernel, "kernel-ratio": kernel_ratio,
               "ratio": ratio, "release": release, "sleep": sleep, "spawn": spawn, "wake": wake}
NEED_K = ("battle", "hold", "interpreters", "ratio")  # the others do without a hog


def absent(name):
    """Why this interpreter cannot do that experiment, if so."""
    if name == "hold" and not has_gil():
        return "without a GIL nobody holds it"
    if name == "interpreters" and PYTHON < (3, 12):
        return "before Python 3.12 all sub-interpreters share one GIL"
    if name == "async-echo" and PYTHON < (3, 0):
        return "Python 2 has no asyncio"
    if name.startswith("kernel") and not hasattr(hashlib, "sha3_512"):
        return "this Python has no SHA-3"
    return None


def arguments(name, words):
    code = EXPERIMENTS[name].__code__
    wanted = code.co_varnames[:code.co_argcount]
    values = dict.fromkeys(OPTIONAL, 0)
    for word in words:
        key, _, text = word.partition("=")
        if key not in wanted and key not in ("check", "interval"):
            usage("%s has no argument '%s'" % (name, key))
        least = 1 if key == "k" and name in NEED_K else LEAST.get(key, 0)
        if not text.isdigit() or int(text) < least:
            usage("%s has to be an integer of at least %d" % (key, least))
        values[key] = int(text)
    for key in wanted:
        if key not in values:
            usage("%s needs %s=N" % (name, key))
    return values, {key: values[key] for key in wanted}


def main(name=None, *words):
    if name not in EXPERIMENTS:
        usage("the first argument has to be one of " + ", ".join(sorted(EXPERIMENTS)))
    values, own = arguments(name, words)
    if PYTHON < (3, 0) and values["check"]:
        sys.setcheckinterval(values["check"])
    elif PYTHON > (3, 0) and values["interval"]:
        sys.setswitchinterval(values["interval"] / SECOND)
    why = absent(name)
    if why or name not in LOADED:
        ready()
    if why:
        say(samples={}, numbers={}, absent=why)
    else:
        samples, numbers = EXPERIMENTS[name](**own)
        say(samples=samples, numbers=numbers)


main(*sys.argv[1:])
