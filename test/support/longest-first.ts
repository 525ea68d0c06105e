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
  'gateway/reprocess',
  'gateway/faults',
  'gateway/several',
  'http/kept',
  'log/migrations',
  'commands/copy',
  'gateway/seeing',
  'gateway/readiness',
  'log/adopt',
  'log/postgres-poolers',
  'http/timeouts',
  'clients/silence',
  'gateway/drain',
  'client/follow',
  'commands/commands',
  'commands/config-file',
  'commands/types',
  'gateway/crash',
  'commands/output',
  'faults/crowds',
  'live/subscriptions',
  'clients/coming-back',
  'clients/restarts',
  'faults/strangers',
  'gateway/strangers',
  'http/proxies',
  'http/sockets',
  'gateway/reload',
  'http/connections',
  'faults/disks',
  'commands/console',
  'live/sse',
  'log/sqlite',
  'log/sqlite-files',
  'live/seam',
  'log/sqlite-erasure',
  'live/cohort',
  'providers/contract',
  'ingest/growth',
].map((name) => `test/${name}.test.ts`);

/** In a fresh clone Vitest knows no file's duration, and goes by its size. A worker goes on with files of its own project. */
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
