import { readFile } from "node:fs/promises";
import { Refusal } from "../lib/problem";

/** The text of a file that a caller named. @throws Refusal by its option where it cannot be read. */
export async function givenFile(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const found = code === "ENOENT" ? `${path}: no such file` : `${path} cannot be read (${code})`;
    throw new Refusal("file", [
      { where: option, found, allowed: "a file that can be read", mend: "correct the path" },
    ]);
  }
}
