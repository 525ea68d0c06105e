/** One of the days that are compared. It begins and ends by the reader's clocks, in milliseconds since 1970. */
export interface ComparedDay {
  readonly from: number;
  /** The start of the next day. */
  readonly to: number;
}

export interface ComparedDays {
  readonly today: ComparedDay;
  readonly yesterday: ComparedDay;
  /** The same weekday of the week before. */
  readonly week: ComparedDay;
}

/** Computed by date and not by hours: a day has 23 or 25 hours when clocks are changed. */
export function daysAt(now: number): ComparedDays {
  return { today: dayAt(now, 0), yesterday: dayAt(now, 1), week: dayAt(now, 7) };
}

function dayAt(now: number, back: number): ComparedDay {
  const at = new Date(now);
  const begin = (days: number) => new Date(at.getFullYear(), at.getMonth(), at.getDate() + days).getTime();
  return { from: begin(-back), to: begin(1 - back) };
}

/** The same time of day as now, on an earlier day. */
export function sameTime(now: number, { from }: ComparedDay): number {
  const at = new Date(now);
  const day = new Date(from);
  return new Date(
    day.getFullYear(),
    day.getMonth(),
    day.getDate(),
    at.getHours(),
    at.getMinutes(),
    at.getSeconds(),
  ).getTime();
}
