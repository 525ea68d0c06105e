import type { EventLog } from '../../src/events/event-log.ts';
import type { LogUnderTest } from './log-under-test.ts';

interface Storage {
  readonly place: string;
  /** Those that are open on it. The first `used` of them are the test's. */
  readonly logs: EventLog[];
  used: number;
}

interface Adapter {
  /** Makes room for a new log, and says where. */
  readonly make: () => string | Promise<string>;
  readonly openAt: (place: string) => EventLog | Promise<EventLog>;
  /** Takes out whatever a test has put in, and leaves what a log has from the beginning. */
  readonly empty: (place: string) => void | Promise<void>;
}

/**
 * Logs for the contract that stay open from one test to the next, and are emptied in between. To make one takes its schema, a
 * thread or several connections: many times what most tests take, and there are a hundred of them for each adapter.
 */
export class KeptLogs implements LogUnderTest {
  readonly #adapter: Adapter;
  readonly #inUse: Storage[] = [];
  readonly #spare: Storage[] = [];

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  readonly open = async (): Promise<EventLog> => {
    const storage = this.#spare.pop() ?? { place: await this.#adapter.make(), logs: [], used: 0 };
    this.#inUse.push(storage);
    return this.#take(storage);
  };

  readonly again = async (log: EventLog): Promise<EventLog> => {
    const storage = this.#inUse.find(({ logs }) => logs.includes(log));
    if (!storage) throw new Error('This log is none of the test');
    // A test that has closed it wants to open it again, and not to get another log that was open all the time.
    if (!(await isOpen(log))) storage.logs.length = storage.used;
    return this.#take(storage);
  };

  /** After each test. What a test has closed is opened anew when somebody needs it. */
  async giveBack(): Promise<void> {
    for (const storage of this.#inUse.splice(0)) {
      const open = await Promise.all(storage.logs.map(isOpen));
      const left = storage.logs.filter((_, index) => open[index]);
      await this.#adapter.empty(storage.place);
      this.#spare.push({ place: storage.place, logs: left, used: 0 });
    }
  }

  /** After all tests; where they were. */
  async end(): Promise<string[]> {
    const all = [...this.#inUse.splice(0), ...this.#spare.splice(0)];
    await Promise.all(all.flatMap(({ logs }) => logs.map((log) => log.close())));
    return all.map(({ place }) => place);
  }

  async #take(storage: Storage): Promise<EventLog> {
    const log = storage.logs[storage.used] ?? (await this.#adapter.openAt(storage.place));
    storage.logs[storage.used] = log;
    storage.used += 1;
    return log;
  }
}

const isOpen = (log: EventLog) =>
  log.head().then(
    () => true,
    () => false,
  );
