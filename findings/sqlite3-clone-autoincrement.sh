#!/usr/bin/env bash
# sqlite3's .clone, 3.40.1 (Debian bookworm: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2)
#
# .clone looks like a copy of a database, and the copy passes PRAGMA integrity_check. But
# - AUTOINCREMENT gives an id again that was used before. The tables are copied by INSERTs, for which SQLite makes a row of
#   sqlite_sequence with the highest id that is still there; the rows of the old sqlite_sequence are added behind it. So there are
#   two rows for one table, and SQLite counts on from the first, the lower one.
# - PRAGMA user_version and application_id are 0, as after .dump, though not after VACUUM INTO: a program that keeps the
#   version of its schema there takes the copy for an empty database.
#
# So whoever uses AUTOINCREMENT since an id must never come back (a position in a log, a receipt's number) loses that with
# .clone. .dump keeps the sequence and loses user_version; VACUUM INTO keeps both.
#
# Seen (three rows, the last deleted, then one more inserted):
#   original:    next id 4, user_version 7, sqlite_sequence t|4
#   VACUUM INTO: next id 4, user_version 7, sqlite_sequence t|4
#   .dump:       next id 4, user_version 0, sqlite_sequence t|4
#   .clone:      next id 3, user_version 0, sqlite_sequence t|3 t|3
#
# Exits 1 when this changes. Debian on x64 or arm64.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder" # apt downloads as a user of its own
cd "$folder"

apt-get download -qq sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2 2> /dev/null
for package in ./*.deb; do dpkg -x "$package" root; done
sqlite() {
  LD_LIBRARY_PATH=$(echo "$folder"/root/usr/lib/*-linux-gnu) "$folder/root/usr/bin/sqlite3" "$@"
}

sqlite original.db "
  PRAGMA user_version = 7;
  CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, v TEXT);
  INSERT INTO t (v) VALUES ('one'), ('two'), ('three');
  DELETE FROM t WHERE id = 3;"
sqlite original.db "VACUUM INTO 'vacuum.db'"
sqlite original.db .dump | sqlite dump.db
# It says "object name reserved for internal use: sqlite_sequence", and that is all.
sqlite original.db '.clone clone.db' > /dev/null 2>&1

say() {
  sqlite "$2" "INSERT INTO t (v) VALUES ('next')"
  echo "$1 next id $(sqlite "$2" 'SELECT max(id) FROM t')," \
    "user_version $(sqlite "$2" 'PRAGMA user_version')," \
    "sqlite_sequence" $(sqlite "$2" 'SELECT name, seq FROM sqlite_sequence')
}
for copy in original vacuum dump clone; do
  [ "$(sqlite "$copy.db" 'PRAGMA integrity_check')" = ok ]
done
{
  say 'original:   ' original.db
  say 'VACUUM INTO:' vacuum.db
  say '.dump:      ' dump.db
  say '.clone:     ' clone.db
} | tee seen

diff seen - <<'SEEN'
original:    next id 4, user_version 7, sqlite_sequence t|4
VACUUM INTO: next id 4, user_version 7, sqlite_sequence t|4
.dump:       next id 4, user_version 0, sqlite_sequence t|4
.clone:      next id 3, user_version 0, sqlite_sequence t|3 t|3
SEEN
