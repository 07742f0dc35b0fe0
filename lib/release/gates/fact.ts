/** Where a fact comes from, so that a reader can look at it again. */
export interface Evidence {
  /** What was seen, in a few words. Example: `CI run 4711 of 1c70497: success`. */
  readonly what: string;
  /** Where it was seen: an address, a file, a config key. */
  readonly where: string;
  /** When it happened, ISO 8601. */
  readonly when?: string | undefined;
  /** Who did it: a person's or a program's name. */
  readonly by?: string | undefined;
}

export interface Known<T> {
  readonly known: true;
  readonly value: T;
  readonly evidence: Evidence;
}

/** Looked for and not found out: no network, no token, not asked. A gate that needs it waits; it never passes. */
export interface Unknown {
  readonly known: false;
  /** What is not known. Example: `CI runs of 1c70497`. */
  readonly what: string;
  /** Why. Example: `api.example.org answered 401`. */
  readonly why: string;
  /** What makes it known. */
  readonly mend: string;
}

/** Something that was looked up: its value with its source, or why it is not known. */
export type Fact<T> = Known<T> | Unknown;

export function known<T>(value: T, evidence: Evidence): Known<T> {
  return { known: true, value, evidence };
}

export function unknown(what: string, why: string, mend: string): Unknown {
  return { known: false, what, why, mend };
}
