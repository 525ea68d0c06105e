import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';

/** Holds the write lock of a file for as long as its parent wants. It waits for a present writer first. */
const [path = '', how = 'IMMEDIATE'] = process.argv.slice(2);
const database = new DatabaseSync(path, { timeout: 30_000 });
database.exec(`BEGIN ${how}`);
process.send?.('locked');
process.on('message', () => {
  database.exec('ROLLBACK');
  process.send?.('free');
});
process.on('disconnect', () => process.exit());
// Should the parent be killed: nobody else would let go of it.
await setTimeout(60_000);
process.exit();
