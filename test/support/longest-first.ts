import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files of each project that take longest, by what a whole run took. One that began last would keep one core busy and the other
 * waiting; those that wait for a clock overlap with the rest if they begin first.
 */
const LONGEST = [
  'package/package',
  'client/react',
  'clients/every-frontend',
  'clients/silence',
  'http/timeouts',
  'gateway/faults',
  'console/live',
  'log/postgres',
  'faults/crowds',
  'commands/day',
  'commands/commands',
  'faults/disks',
  'console/people',
  'console/story',
  'providers/contract',
  'console/overview',
  'commands/types',
  'console/feed',
  'gateway/drain',
  'console/details',
  'commands/output',
  'console/session',
  'providers/senders',
  'gateway/seeing',
  'commands/tokens',
  'http/kept',
  'transports/multipart',
  'gateway/readiness',
  'providers/shops',
  'clients/coming-back',
  'log/sqlite',
  'console/quarantine',
  'gateway/several',
  'faults/strangers',
  'client/event-list',
  'console/page',
  'commands/export',
  'commands/console',
  'gateway/reprocess',
  'commands/erase',
  'console/sources',
  'live/subscriptions',
  'execution/trusted-documents',
  'commands/backup',
  'transports/connections',
  'clients/ended-streams',
  'log/migrations',
  'clients/between',
  'gateway/audit',
  'http/proxies',
  'gateway/workers',
  'commands/config-file',
  'auth/sessions',
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
