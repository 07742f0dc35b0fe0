/** Figures held against what was promised. */
export class Verdicts {
  readonly #lines: string[] = [];
  #kept = true;

  /** Whether every promise was kept. */
  get kept(): boolean {
    return this.#kept;
  }

  atMost(
    what: string,
    found: number,
    { most, goal }: { readonly most: number; readonly goal?: number },
  ): void {
    this.#add(
      what,
      found,
      found <= most,
      `at most ${most}`,
      goal === undefined ? undefined : [found <= goal, goal],
    );
  }

  atLeast(
    what: string,
    found: number,
    { least, goal }: { readonly least: number; readonly goal?: number },
  ): void {
    this.#add(
      what,
      found,
      found >= least,
      `at least ${least}`,
      goal === undefined ? undefined : [found >= goal, goal],
    );
  }

  print(): void {
    for (const line of this.#lines) console.log(line);
  }

  #add(
    what: string,
    found: number,
    kept: boolean,
    promise: string,
    goal: readonly [boolean, number] | undefined,
  ): void {
    this.#kept &&= kept;
    const verdict = kept ? "kept  " : "MISSED";
    const next = goal === undefined ? "" : `; next goal ${goal[1]}${goal[0] ? ", reached" : ""}`;
    this.#lines.push(`${verdict}  ${found.toFixed(2).padStart(7)}  ${what} (${promise}${next})`);
  }
}
