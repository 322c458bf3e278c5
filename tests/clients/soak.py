"""Asks a running endpoint with many clients for a while: soak.py PID SECONDS [CLIENTS]

PID is the endpoint's process, whose resident memory is watched; the connection is that of the PG… variables. Clients ask
releases, groups of people and the catalogue; one reads slowly, one dies in the middle of an answer again and again, and one
asks for more memory than a query may have. Fails where a question that should be answered is not, or memory goes on growing.
"""

import os
import random
import socket
import sys
import threading
import time

import psycopg

QUESTIONS = [
    "select region, value, status from release.population where measure = 'persons' and sex = 'total' limit 200",
    "select age_band, count(distinct person), cell_status(person) from micro.person_year group by age_band",
    "select county, sex, count(*) from micro.person_year group by county, sex order by 3 desc nulls last",
    "select benefit, count(distinct person), sum(amount) from micro.benefit_month group by benefit",
    "select c.relname, obj_description(c.oid) from pg_catalog.pg_class c limit 50",
    "select table_schema, table_name from information_schema.tables",
]
GREEDY = (
    "select count(distinct cast(a.value as text) || cast(b.value as text) || cast(c.value as text))"
    " from release.population a, release.population b, release.visits c"
)
LONG = "select a.region, b.region from release.population a, release.population b"

pid, seconds = sys.argv[1], float(sys.argv[2])
clients = int(sys.argv[3]) if len(sys.argv) > 3 else 45
end = time.monotonic() + seconds
answered, faults, lock = [0], [], threading.Lock()


def resident():
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) // 1024


def until_the_end(work):
    while time.monotonic() < end:
        try:
            work()
        except Exception as error:  # the kind of every failure is told at the end
            with lock:
                faults.append(f"{type(error).__name__}: {error}")
            time.sleep(0.5)


def ask():
    with psycopg.connect(autocommit=True) as connection:
        for _ in range(50):
            connection.execute(random.choice(QUESTIONS)).fetchall()
            with lock:
                answered[0] += 1
            if time.monotonic() > end:
                return


def read_slowly():
    with psycopg.connect() as connection, connection.cursor() as cursor:
        cursor.execute("set statement_timeout = '20s'")
        try:
            for _ in cursor.stream(LONG):
                time.sleep(0.001)
                if time.monotonic() > end:
                    return
        except psycopg.errors.QueryCanceled:
            pass


def die():
    connection = psycopg.connect()
    rows = connection.cursor().stream(LONG)
    next(rows)
    with socket.socket(fileno=os.dup(connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)
    try:
        connection.close()
    finally:
        time.sleep(1)


def be_greedy():
    with psycopg.connect(autocommit=True) as connection:
        try:
            connection.execute(GREEDY).fetchall()
        except (psycopg.errors.OutOfMemory, psycopg.errors.QueryCanceled):
            time.sleep(1)


works = [ask] * clients + [read_slowly, die, be_greedy]
threads = [threading.Thread(target=until_the_end, args=(work,), daemon=True) for work in works]
for thread in threads:
    thread.start()
memory = []
while time.monotonic() < end:
    time.sleep(min(10.0, seconds / 12))
    memory.append(resident())
    print(f"{answered[0]} answers, {len(faults)} faults, {memory[-1]} MiB", flush=True)
for thread in threads:
    thread.join(timeout=max(0.1, end + 30 - time.monotonic()))
early, late = max(memory[len(memory) // 4 : len(memory) // 2]), max(memory[-len(memory) // 4 :])
print(f"{answered[0]} answers in {seconds:.0f} s; at most {early} MiB in the second quarter, {late} MiB in the last")
for fault in sorted(set(faults))[:5]:
    print(f"fault: {fault}", file=sys.stderr)
if faults or answered[0] == 0 or late > early * 1.15 + 64:
    sys.exit("the endpoint did not hold")
