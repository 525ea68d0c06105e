/** The faults that ws finds in a peer's data, and the codes that it closes with then. It emits only the faults, not the codes. */
const FAULTS: Readonly<Record<string, number>> = {
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
  WS_ERR_INVALID_UTF8: 1007,
};
/** RFC 6455, section 7.4.1. */
const PROTOCOL_ERROR = 1002;

/** The code that ws closes with because of an error. Null if it doesn't close. */
export function closeCodeOf({ code = '' }: NodeJS.ErrnoException): number | null {
  return code.startsWith('WS_ERR_') ? (FAULTS[code] ?? PROTOCOL_ERROR) : null;
}

/** Whether the code is that of a message that is too long, or in too many pieces. */
export function isTooLarge(code: number | null): boolean {
  return code === 1009 || code === 1008;
}
