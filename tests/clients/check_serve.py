"""Asks `yilian serve` as Python, R and graphical clients do: check_serve.py FOLDER_OF_QUERIES

Where to connect stands in the environment of libpq. Every check that fails is told, and then the exit code is 1.
"""

import asyncio
import datetime
import decimal
import os
import pathlib
import sys
import tempfile
import traceback

import adbc_driver_postgresql.dbapi
import asyncpg
import psycopg
import sqlalchemy

HERE = pathlib.Path(sys.argv[1])
FAILED = []


def check(function):
    """Runs a check and goes on after it, whatever comes of it."""
    try:
        print(f"{function.__name__}: ok ({function()})")
    except Exception:
        FAILED.append(function.__name__)
        traceback.print_exc()
        print(f"{function.__name__}: FAILED", file=sys.stderr)


def statements(name):
    """The statements of a file, each ending with a semicolon at the end of a line."""
    text = (HERE / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";\n") if part.strip()]


def psycopg_prepares_and_types():
    with psycopg.connect() as connection:
        rows = connection.execute(
            "select year, region, value, status from release.population where region = %s and year = %s limit 5",
            ("150104", 2025),
            prepare=True,
        ).fetchall()
        assert rows and isinstance(rows[0][1], str), rows
        with connection.cursor(binary=True) as cursor:
            cursor.execute(
                "select cast(1 as smallint), cast(2 as integer), cast(3 as bigint), cast('1.50' as decimal(10, 2)),"
                " date '2025-03-01', 'text 文字', null, true, cast(0.5 as double precision)",
                prepare=True,
            )
            row = cursor.fetchone()
            expected = (1, 2, 3, decimal.Decimal("1.50"), datetime.date(2025, 3, 1), "text 文字", None, True, 0.5)
            assert row == expected, row
        for value, cast in [
            (7, "bigint"), (decimal.Decimal("12.34"), "decimal(10,2)"), (datetime.date(2025, 1, 2), "date"),
            ("文字", "text"), (True, "boolean"), (1.25, "double precision"),
        ]:
            for binary in (False, True):
                got = connection.execute(f"select cast(%s as {cast})", (value,), binary=binary).fetchone()[0]
                assert got == value, (cast, got)
        got = connection.execute("select cast(%s as bigint)", (None,)).fetchone()[0]
        assert got is None, got
        for _ in range(8):
            connection.execute("select count(*) from population where region = %s", ("150104",)).fetchone()
        try:
            connection.execute("select cast(region_name_zh as bigint) from release.population")
            raise AssertionError("a text is no number")
        except psycopg.DatabaseError as error:
            assert "旗" not in str(error) and "区" not in str(error), error
        connection.rollback()
        assert connection.execute("select 1").fetchone() == (1,)
    return psycopg.__version__


def psycopg_streams():
    with psycopg.connect() as connection:
        got = sum(1 for _ in connection.cursor().stream("select * from generate_series(1, 50000)"))
        assert got == 50000, got
    return "50000 rows"


def sqlalchemy_reflects():
    engine = sqlalchemy.create_engine("postgresql+psycopg://")
    inspector = sqlalchemy.inspect(engine)
    schemas = inspector.get_schema_names()
    assert {"release", "micro"} <= set(schemas) and "hub" not in schemas, schemas
    assert "population" in inspector.get_table_names(schema="release")
    columns = {column["name"]: column for column in inspector.get_columns("population", schema="release")}
    assert "region" in columns and columns["region"]["comment"], columns
    comment = inspector.get_table_comment("population", schema="release")["text"]
    assert comment and "/" in comment, comment
    table = sqlalchemy.Table("population", sqlalchemy.MetaData(), schema="release", autoload_with=engine)
    with engine.connect() as connection:
        question = sqlalchemy.select(sqlalchemy.func.count()).select_from(table).where(table.c.region == "150104")
        assert connection.execute(question).scalar_one() > 0
    return f"{sqlalchemy.__version__}, {len(columns)} columns"


def adbc_fetches_arrow():
    host, port = os.environ["PGHOST"], os.environ["PGPORT"]
    user, password = os.environ["PGUSER"], os.environ["PGPASSWORD"]
    from urllib.parse import quote

    uri = f"postgresql://{user}:{quote(password, safe='')}@{host}:{port}/yilian"
    with adbc_driver_postgresql.dbapi.connect(uri) as connection:
        with connection.cursor() as cursor:
            # Its other way is COPY, which is refused for everybody.
            cursor.adbc_statement.set_options(**{"adbc.postgresql.use_copy": "false"})
            cursor.execute("select year, region, value, status from release.population limit 100")
            table = cursor.fetch_arrow_table()
            assert table.num_rows == 100 and table.num_columns == 4, table.schema
    return adbc_driver_postgresql.__version__


def asyncpg_asks():
    async def asked():
        connection = await asyncpg.connect(ssl="require", host=os.environ["PGHOST"])
        try:
            row = await connection.fetchrow("select count(*) as n from population where region = $1", "150104")
            return row["n"]
        finally:
            await connection.close()

    return asyncio.run(asked())


def replayed(name):
    """Every statement of a file, prepared and plain."""
    asked = statements(name)
    faults = []
    with psycopg.connect(autocommit=True) as connection:
        for statement in asked:
            for prepare in (False, True):
                try:
                    connection.execute(statement.encode(), prepare=prepare).fetchall()
                except psycopg.ProgrammingError as error:
                    # Not every statement has rows.
                    if "the last operation didn't produce" not in str(error):
                        faults.append((statement, error))
                        break
                except psycopg.DatabaseError as error:
                    faults.append((statement, error))
                    break
    for statement, error in faults:
        print(f"  {error}\n    {statement}", file=sys.stderr)
    assert not faults, f"{len(faults)} of {len(asked)} statements failed"
    return f"{len(asked)} statements"


def dbeaver_starts():
    return replayed("dbeaver.sql")


def power_bi_starts():
    return replayed("npgsql.sql")


def what_is_withheld_is_not_in_the_bytes_that_are_sent():
    """Every row on the wire is as long as what it shows: nothing lies beside a null or behind the last field."""
    question = "select county, age_band, count(*) as n, cell_status(person) as status from micro.person_year group by 1, 2"
    with psycopg.connect() as connection, tempfile.TemporaryFile("w+") as traced:
        connection.pgconn.trace(traced.fileno())
        connection.pgconn.set_trace_flags(psycopg.pq.Trace.SUPPRESS_TIMESTAMPS)
        rows = connection.execute(question).fetchall()
        connection.pgconn.untrace()
        traced.seek(0)
        sent = [line.split("\t") for line in traced if "\tDataRow\t" in line]
    withheld = [row for row in rows if row[3] == "suppressed"]
    assert withheld and len(withheld) < len(rows) == len(sent), (len(withheld), len(rows), len(sent))
    for row, (_, length, *_) in zip(rows, sent):
        values = [None if value is None else str(value).encode() for value in row]
        # The length itself, the number of fields, and of each its length and bytes.
        assert int(length) == 4 + 2 + sum(4 + len(value or b"") for value in values), row
    return f"{len(withheld)} of {len(rows)} rows are withheld"


def an_operator_sees_the_hub():
    with psycopg.connect(user="operator") as connection:
        assert connection.execute("select count(*) from hub.person").fetchone()[0] > 0
    with psycopg.connect() as connection:
        found = connection.execute("select table_schema from information_schema.tables").fetchall()
        assert not {"hub", "evidence"} & {schema for (schema,) in found}, found
    return "hub.person"


for one in [
    psycopg_prepares_and_types, psycopg_streams, sqlalchemy_reflects, adbc_fetches_arrow, asyncpg_asks, dbeaver_starts,
    power_bi_starts, what_is_withheld_is_not_in_the_bytes_that_are_sent, an_operator_sees_the_hub,
]:
    check(one)
sys.exit(1 if FAILED else 0)
