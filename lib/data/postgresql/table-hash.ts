import type { Client } from "pg";
import { row } from "./server";
import { quoted, type Table } from "./tables";

const bits = 64;
const seeds = [0, 1] as const;

/**
 * What a table holds, or some of its rows: how many, and an order-free hash of their content. That is two sums modulo 2^64 over all rows of
 * the server's 64-bit hash of a row's bytes, with two seeds: independent of the order of rows; one loss and one duplicate don't
 * cancel out (fault group 34). It finds accidents, not somebody who has built a row to deceive it, and compares within one server only.
 */
export class TableContent {
  private constructor(
    readonly rows: number,
    private readonly sums: readonly [bigint, bigint],
  ) {}

  /** Of what `summed` answers. */
  static parse(text: string): TableContent {
    const [rows = "", one = "", two = ""] = text.split(" ");
    return TableContent.#of(Number(rows), BigInt(one), BigInt(two));
  }

  /** 32 hex digits. */
  get hash(): string {
    return this.sums.map((sum) => sum.toString(16).padStart(bits / 4, "0")).join("");
  }

  toJSON(): { readonly rows: number; readonly hash: string } {
    return { rows: this.rows, hash: this.hash };
  }

  equals(other: TableContent): boolean {
    return this.rows === other.rows && this.hash === other.hash;
  }

  /** With these rows more. */
  plus(come: TableContent): TableContent {
    return TableContent.#of(this.rows + come.rows, this.sums[0] + come.sums[0], this.sums[1] + come.sums[1]);
  }

  /** Without these rows, which it holds. */
  minus(gone: TableContent): TableContent {
    return TableContent.#of(this.rows - gone.rows, this.sums[0] - gone.sums[0], this.sums[1] - gone.sums[1]);
  }

  static #of(rows: number, one: bigint, two: bigint): TableContent {
    return new TableContent(rows, [BigInt.asUintN(bits, one), BigInt.asUintN(bits, two)]);
  }
}

/** A row `r` of a table as one value that `summed` takes; a statement must make it once per row (`OFFSET 0`). */
export function content({ values }: Pick<Table, "values">): string {
  return `ROW(record_send(ROW(${values.join(", ")})))`;
}

/** The content of many rows as one text. @param column holds rows' `content`; those that have none count for nothing. */
export function summed(column: string): string {
  const sums = seeds.map((seed) => `coalesce(sum(hash_record_extended(${column}, ${seed})), 0)`);
  return `concat_ws(' ', count(${column}), ${sums.join(", ")})`;
}

/** What a table holds: read by the server, in one pass. */
export async function contentOf(client: Client, table: Table): Promise<TableContent> {
  const found = await row<{ found: string }>(
    client,
    `SELECT ${summed("content")} AS found FROM (SELECT ${content(table)} AS content FROM ONLY ${quoted(table)} AS r OFFSET 0) AS read`,
  );
  return TableContent.parse(found?.found ?? "");
}
