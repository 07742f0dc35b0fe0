/** A promised figure: its bound, the next goal, and what would reach that goal. */
export interface Promised {
  readonly goal?: number;
  /** Said where the bound or the next goal isn't reached. */
  readonly toward?: string;
}

/** Figures held against what was promised. */
export class Verdicts {
  readonly #lines: string[] = [];
  #kept = true;

  /** Whether every promise was kept. */
  get kept(): boolean {
    return this.#kept;
  }

  atMost(what: string, found: number, promised: Promised & { readonly most: number }): void {
    const { most, goal } = promised;
    this.#add(what, found, found <= most, `at most ${most}`, goal === undefined || found <= goal, promised);
  }

  atLeast(what: string, found: number, promised: Promised & { readonly least: number }): void {
    const { least, goal } = promised;
    this.#add(
      what,
      found,
      found >= least,
      `at least ${least}`,
      goal === undefined || found >= goal,
      promised,
    );
  }

  print(): void {
    for (const line of this.#lines) console.log(line);
  }

  #add(
    what: string,
    found: number,
    kept: boolean,
    bound: string,
    reached: boolean,
    { goal, toward }: Promised,
  ): void {
    this.#kept &&= kept;
    const next = goal === undefined ? "" : `; next goal ${goal}, ${reached ? "reached" : "not reached"}`;
    this.#lines.push(
      `${kept ? "kept  " : "MISSED"}  ${found.toFixed(2).padStart(7)}  ${what} (${bound}${next})`,
    );
    if (toward !== undefined && !(kept && reached)) this.#lines.push(`${" ".repeat(17)}${toward}`);
  }
}
