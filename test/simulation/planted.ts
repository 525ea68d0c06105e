/** A mistake that a change of the live part could bring: what stands there, and what would stand in its place. */
export interface Planted {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Whether a few seeds find it. */
  readonly isQuick: boolean;
}

/** Each is found by the simulation. If one no longer fits the code, write it anew: it stands for a kind of mistake. */
export const PLANTED: readonly Planted[] = [
  {
    what: 'the tail moves on to the head although the page was full',
    file: 'src/live/tail.ts',
    from: 'current.position = page.end;',
    to: 'current.position = page.head;',
    isQuick: false,
  },
  {
    what: 'the tail says nothing when what comes next can’t be had any more',
    file: 'src/live/tail.ts',
    from: '      onLoss(position);\n',
    to: '',
    isQuick: false,
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
    from: 'if (!this.#write(payload)) this.cohort.members.delete(this);\n  }\n\n  /** The socket',
    to: 'this.#write(payload);\n  }\n\n  /** The socket',
    isQuick: true,
  },
  {
    what: 'a subscriber does not go on when its socket has drained',
    file: 'src/live/subscriber.ts',
    from: 'if (this.#state === AT_SOCKET) this.#queue();',
    to: '',
    isQuick: false,
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
    isQuick: false,
  },
  {
    what: 'what was read of a log before it was put back counts as read of this one',
    file: 'src/live/tail.ts',
    from: '      this.#era += 1;\n',
    to: '',
    isQuick: false,
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
    isQuick: false,
  },
  {
    what: 'a mark that tells of another event at the same position is not looked at',
    file: 'src/events/cursor.ts',
    from: 'return cursor?.mark !== undefined && cursor.seq > floor.seq && cursor.mark !== mark;',
    to: 'return false;',
    isQuick: false,
  },
];
