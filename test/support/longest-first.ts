import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of each project that take longest. One that began last would keep one core busy and the other waiting. */
const LONGEST = [
  'package/package',
  'console/people',
  'console/live',
  'console/overview',
  'console/history',
  'console/details',
  'console/quarantine',
  'console/page',
  'console/types',
  'console/session',
  'log/postgres',
  'gateway/faults',
  'gateway/several',
  'http/kept',
  'log/migrations',
  'log/adopt',
  'gateway/readiness',
  'gateway/reprocess',
  'gateway/workers-postgres',
  'gateway/seeing',
  'commands/copy',
  'log/postgres-moved',
  'log/postgres-poolers',
  'gateway/workers',
  'http/timeouts',
  'clients/silence',
  'gateway/drain',
  'client/follow',
  'gateway/crash',
  'gateway/reload',
  'clients/coming-back',
  'clients/restarts',
  'faults/crowds',
  'faults/strangers',
  'faults/disks',
  'commands/commands',
  'commands/types',
  'providers/contract',
  'providers/senders',
  'commands/output',
  'commands/config-file',
  'commands/backup',
  'commands/console',
  'gateway/strangers',
  'transports/sockets',
  'transports/web-sockets',
  'live/subscriptions',
  'http/proxies',
  'transports/connections',
  'transports/sse',
  'log/sqlite-files',
  'gateway/quarantine',
  'ingest/growth',
  'log/sqlite',
  'live/seam',
  'log/sqlite-erasure',
  'live/cohort',
].map((name) => `test/${name}.test.ts`);

/** In a fresh clone Vitest knows no file's duration, and goes by its size. A worker goes on with files of its own project, so that projects come one after the other; `npm test` has but one. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = this.ctx.projects.map(({ name }) => name);
    const place = ({ moduleId }: TestSpecification) => {
      const index = LONGEST.indexOf(relative(this.ctx.config.root, moduleId));
      return index === -1 ? LONGEST.length : index;
    };
    const project = (file: TestSpecification) => projects.indexOf(file.project.name);
    // oxlint-disable-next-line no-array-sort -- Vitest's own, which answers a new list.
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => project(a) - project(b) || place(a) - place(b));
  }
}
