import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files of each project that take longest. One that began last would keep one core busy and the other waiting. */
const LONGEST = [
  'package/package',
  'console/live',
  'console/people',
  'console/history',
  'console/session',
  'console/details',
  'console/overview',
  'gateway/faults',
  'gateway/several',
  'log/postgres',
  'gateway/seeing',
  'commands/copy',
  'gateway/drain',
  'client/follow',
  'commands/config-file',
  'gateway/crash',
  'commands/commands',
  'faults/crowds',
  'faults/strangers',
  'http/timeouts',
  'live/subscriptions',
  'gateway/reload',
  'gateway/slow-subscriber',
  'live/sse',
  'faults/disks',
  'clients/coming-back',
  'clients/restarts',
  'log/sqlite',
  'live/seam',
  'log/sqlite-erasure',
  'live/cohort',
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
