//! Parts of what clients ask when they connect that the engine cannot plan, and what is asked in their place.
//!
//! Each stands word for word in the program of a client. None is about figures: nobody else writes these words.

/// What a client asks, and what is asked instead.
const KNOWN: [(&str, &str); 10] = [
    // psql \d+: options of a table, which none has.
    (
        "pg_catalog.array_to_string(c.reloptions || array(select 'toast.' || x from pg_catalog.unnest(tc.reloptions) x), ', ')",
        "''",
    ),
    // psql \du: the roles that a role is a member of.
    (
        "ARRAY(SELECT b.rolname\n        FROM pg_catalog.pg_auth_members m\n        JOIN pg_catalog.pg_roles b ON (m.roleid = b.oid)\n        WHERE m.member = r.oid) as memberof",
        "'{}' as memberof",
    ),
    // psql \dT: types of the columns of a table.
    ("OR (SELECT c.relkind = 'c' FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid)", ""),
    // Npgsql: a range has one multirange at most, which the engine does not know.
    (
        "(SELECT rngtypid FROM pg_range WHERE rngmultitypid = typ.oid)",
        "(SELECT max(rngtypid) FROM pg_range WHERE rngmultitypid = typ.oid)",
    ),
    // Npgsql, ADBC: functions of a type stand by name in our `pg_type`, not by number.
    ("AS proc ON proc.oid = typ.typreceive", "AS proc ON proc.proname = typ.typreceive"),
    ("AS elemproc ON elemproc.oid = elemtyp.typreceive", "AS elemproc ON elemproc.proname = elemtyp.typreceive"),
    ("(typreceive != 0 OR typsend != 0)", "(typreceive != '-' OR typsend != '-')"),
    // The driver of DBeaver: whether a type is an array.
    ("typinput='pg_catalog.array_in'::regproc", "typinput='array_in'"),
    // psycopg: the name of a type of that number.
    ("oid::regtype::text AS regtype", "format_type(oid, NULL) AS regtype"),
    // psql \dn+: rights, which are those of the role.
    (r"pg_catalog.array_to_string(n.nspacl, E'\n')", "''"),
];

/// The text with every known part replaced.
pub(crate) fn replaced(text: &str) -> String {
    KNOWN.iter().fold(text.to_owned(), |text, (asked, instead)| text.replace(asked, instead))
}
