import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The files that take longest. One that began last would keep one core busy and the other waiting. Those that compute stand
 * beside those that wait for a server or a clock, since two files are run at a time.
 */
const LONGEST = [
  'package/package',
  'console/history',
  'console/overview',
  'console/people',
  'console/live',
  'console/soak',
  'console/quarantine',
  'console/pictures',
  'gateway/faults',
  'gateway/several',
  'package/image',
  'gateway/drain',
  'gateway/crash',
  'gateway/seeing',
  'log/postgres',
  'log/sqlite',
  'faults/crowds',
  'faults/disks',
  'faults/strangers',
  'commands/commands',
  'commands/config-file',
  'gateway/strangers',
  'client/follow',
  'gateway/slow-subscriber',
  'http/connections',
  'http/web-sockets',
  'live/seam',
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
