#!/usr/bin/env bash
# What psql asks for its commands; called by check_serve.sh, which sets where to connect.
set -euo pipefail
folder=$1
export PSQLRC=/dev/null PAGER=cat

# The output of a command, which must say nothing on standard error and hold each further argument.
asked() {
    local command=$1
    shift
    psql -v ON_ERROR_STOP=1 -c "$command" >"$folder/out" 2>"$folder/err" || {
        echo "psql $command failed:" >&2
        cat "$folder/err" >&2
        exit 1
    }
    for word in "$@"; do
        grep -qF -- "$word" "$folder/out" || {
            echo "psql $command does not show $word:" >&2
            cat "$folder/out" >&2
            exit 1
        }
    done
}

# A statement that must be refused, with this SQLSTATE.
refused() {
    if psql -v VERBOSITY=verbose -c "$1" >"$folder/out" 2>"$folder/err"; then
        echo "psql: not refused: $1" >&2
        exit 1
    fi
    grep -qF "$2" "$folder/err" || {
        echo "psql: $1 is not refused with $2:" >&2
        cat "$folder/err" >&2
        exit 1
    }
}

asked '\conninfo' 'yilian'
asked '\d' 'population' 'release' 'micro'
asked '\d+' 'population'
asked '\dt' 'population'
asked '\dt+ release.*' '人口'
asked '\d release.population' 'region' 'value'
asked '\d+ release.population' '年份 / Year'
asked '\l' 'yilian'
asked '\dn' 'release' 'micro'
asked '\dn+' 'micro'
asked '\du' 'statistician'
asked '\dv'
asked '\df pg_catalog.version'
asked 'select count(*) from release.population' 'count'
asked 'explain select * from population' 'TableScan'
asked 'show search_path' 'release'
asked 'select obj_description(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where nspname = $$release$$ and relname = $$population$$' '/'
asked 'begin; select 1 as one; commit' 'one'
refused 'select * from hub.person' '42501'
refused 'select * from nowhere' '42P01'
refused 'select valeu from release.population' '42703'
refused 'copy release.population to stdout' '42501'
refused "copy (select 1) to '/tmp/x'" '42501'
refused "create external table t stored as csv location '/etc/passwd'" '42'
refused 'explain analyze select 1' '42501'
refused "set role operator" '0A000'
if PGSSLMODE=disable psql -c 'select 1' >/dev/null 2>"$folder/err"; then
    echo "a connection without TLS is not refused" >&2
    exit 1
fi
grep -qF 'without TLS' "$folder/err"
if PGPASSWORD='not the password' psql -c 'select 1' >/dev/null 2>"$folder/err"; then
    echo "a wrong password is not refused" >&2
    exit 1
fi
grep -qF 'wrong user or password' "$folder/err"
PGCHANNELBINDING=require psql -c 'select 1' >/dev/null
echo "psql: ok ($(psql --version))"
