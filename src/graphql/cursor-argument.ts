import { type Cursor, decodeCursor } from '../events/cursor.ts';

/** A cursor argument. @throws {HookcastError} INVALID_CURSOR. */
export function cursorArgument(text: string | null | undefined): Cursor | undefined {
  return text === null || text === undefined ? undefined : decodeCursor(text);
}
