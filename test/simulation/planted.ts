/** A mistake that a change of the live part could bring: what stands there, and what would stand in its place. */
export interface Planted {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Whether some tens of seeds find it. */
  readonly isQuick: boolean;
}

/**
 * Each is found by the simulation. If one no longer fits the code, write it anew: it stands for a kind of mistake.
 *
 * One kind is missing, since it breaks no promise: a look at the tail's position while events are handed on (`Tail.handing`). Who joins its
 * cohort then has read further than the tail, and so looks again once the tail has come there (`Subscriber.#awaitTail`).
 */
export const PLANTED: readonly Planted[] = [
  {
    what: 'the tail moves on to the head although the page was full',
    file: 'src/live/tail.ts',
    from: 'current.position = page.end;',
    to: 'current.position = page.head;',
    isQuick: true,
  },
  {
    what: 'the tail says nothing when what comes next can’t be had any more',
    file: 'src/live/tail.ts',
    from: '      onLoss(position);\n',
    to: '',
    isQuick: true,
  },
  {
    what: 'a subscriber takes again what it has read beyond the tail’s position',
    file: 'src/live/subscriber.ts',
    from: 'if (payload.cursor.seq <= this.#cursor!.seq) return;',
    to: '',
    isQuick: true,
  },
  {
    what: 'a subscriber stays in its cohort while its socket has no room',
    file: 'src/live/subscriber.ts',
    from: '    if (!this.#write(payload)) this.cohort.members.delete(this);\n  }\n',
    to: '    this.#write(payload);\n  }\n',
    isQuick: true,
  },
  {
    what: 'a subscriber does not go on when its socket has drained',
    file: 'src/live/subscriber.ts',
    from: 'if (this.#state === AT_SOCKET) this.#queue();',
    to: '',
    isQuick: true,
  },
  {
    what: 'a subscriber joins its cohort a turn after it looked at the tail’s position',
    file: 'src/live/subscriber.ts',
    from: 'if (this.#writeAll(entries, tail.position)) this.#join();',
    to: 'if (this.#writeAll(entries, tail.position)) {\n          await setTimeout(0);\n          if (this.#state === AT_LOG) this.#join();\n        }',
    isQuick: false,
  },
  {
    what: 'a subscriber that stalled past the retention is not told of a gap',
    file: 'src/live/subscriber.ts',
    from: 'if (!reason) return this.#writeAll(entries, end);',
    to: 'if (!reason || this.#caughtUp) return this.#writeAll(entries, end);',
    isQuick: true,
  },
  {
    what: 'the ring reaches back further than its floor',
    file: 'src/live/ring.ts',
    from: 'if (epoch !== this.#floor.epoch || seq < this.#floor.seq) return null;',
    to: 'if (epoch !== this.#floor.epoch) return null;',
    isQuick: true,
  },
  {
    what: 'a page that is kept serves a subscriber that is past it',
    file: 'src/live/pages.ts',
    from: 'if (this.end === null || this.end.epoch !== epoch || seq >= this.end.seq) return false;',
    to: 'if (this.end === null || this.end.epoch !== epoch) return false;',
    isQuick: true,
  },
  {
    what: 'a mark that tells of another event at the same position is not looked at',
    file: 'src/events/cursor.ts',
    from: 'return cursor?.mark !== undefined && cursor.seq > floor.seq && cursor.mark !== mark;',
    to: 'return false;',
    isQuick: true,
  },
  {
    what: 'the tail notes its version after its read',
    file: 'src/live/tail.ts',
    from: '      const version = this.#version;\n      const page = await this.#patiently((log) => log.read(this.#next()), signal);\n',
    to: '      const page = await this.#patiently((log) => log.read(this.#next()), signal);\n      const version = this.#version;\n',
    isQuick: true,
  },
  {
    what: 'the ring keeps what it has after an erasure',
    file: 'src/live/tail.ts',
    from: 'if (hasErased || position.epoch !== page.head.epoch)',
    to: 'if (position.epoch !== page.head.epoch)',
    isQuick: false,
  },
  {
    what: 'pages are kept after an erasure',
    file: 'src/live/live.ts',
    from: '      if (isErasing(entry.item)) this.#pages.clear();\n',
    to: '',
    isQuick: false,
  },
  {
    what: 'a subscriber is given what is in memory before the tail has read what it heard of',
    file: 'src/live/subscriber.ts',
    from: '      await tail.settled();\n',
    to: '',
    isQuick: false,
  },
  {
    what: 'a position beyond the end of its epoch is accepted',
    file: 'src/events/cursor.ts',
    from: 'if (!end || cursor.seq > end.seq || isReplaced) return',
    to: 'if (!end || isReplaced) return',
    isQuick: true,
  },
  {
    what: 'a subscriber that went ahead of the tail takes what is handed on without looking whether it is of the same log',
    file: 'src/live/subscriber.ts',
    from: '    if (this.#ahead !== null && !this.#confirm(payload.cursor, this.#ahead)) return;\n',
    to: '',
    isQuick: false,
  },
  {
    what: 'a subscriber that has read one page of several does not go on',
    file: 'src/live/subscriber.ts',
    from: '    if (this.#state === AT_LOG) this.#queue();\n  }\n',
    to: '    if (this.#state === AT_LOG && this.#caughtUp) this.#queue();\n  }\n',
    isQuick: true,
  },
  {
    what: 'a subscriber that went ahead of the tail does not look again when the tail has come there',
    file: 'src/live/subscriber.ts',
    from: '    if (this.#ahead) void this.#awaitTail(this.#ahead);\n',
    to: '',
    isQuick: true,
  },
  {
    what: 'a subscriber that looks again trusts what it read before',
    file: 'src/live/subscriber.ts',
    from: '    this.#isRead = false;\n    this.#queue();',
    to: '    this.#queue();',
    isQuick: true,
  },
];
