/** What a check found. */
export interface Finding {
  /** What was looked at. */
  what: string;
  /** What is wrong and what to do about it, in a sentence; undefined when all is in order. */
  wrong?: string;
}

/** A finding that is in order unless something is said. */
export function finding(what: string, wrong?: string | false | undefined): Finding {
  return wrong ? { what, wrong } : { what };
}
