import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { createContext, Script } from "node:vm";
import * as mongodb from "mongodb";
import ts from "typescript";
import { Refusal } from "../../../problem";
import * as definitions from "./define";
import type { TypeScriptMigration } from "./define";

const loaded = new Map<string, TypeScriptMigration>();

/**
 * Transpiles and loads a `migration.ts`; it may import `define`, BSON's types from `mongodb`, and files of its own folder,
 * which its content hash covers, and nothing else.
 * @throws Refusal on any other import, or without a default export made by `defineMigration`.
 */
export function loadFunctions(file: string): TypeScriptMigration {
  const known = loaded.get(file);
  if (known) return known;
  const migration = new MigrationModules(file).load(file)["default"] as TypeScriptMigration | undefined;
  if (typeof migration !== "object") {
    throw refuse(file, "no default export", "export default defineMigration({ … })");
  }
  loaded.set(file, migration);
  return migration;
}

type Exports = Record<string, unknown>;

class MigrationModules {
  readonly #folder: string;
  readonly #modules = new Map<string, Exports>();
  /** A world of its own, without the process, timers, network or files of ours. */
  readonly #context = createContext({ structuredClone, URL, TextEncoder, TextDecoder });

  constructor(file: string) {
    this.#folder = dirname(file);
  }

  load(file: string): Exports {
    const known = this.#modules.get(file);
    if (known) return known;
    const exports: Exports = {};
    this.#modules.set(file, exports);
    const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        inlineSourceMap: true,
      },
      fileName: file,
    });
    const script = new Script(`(function (exports, require) {${outputText}\n})`, { filename: file });
    const run = script.runInContext(this.#context) as (
      exports: Exports,
      require: (name: string) => unknown,
    ) => void;
    run(exports, (name) => this.#import(name, file));
    return exports;
  }

  #import(name: string, from: string): unknown {
    if (/(^|\/)migrations\/typescript\/define$/.test(name)) return definitions;
    if (name === "mongodb") return mongodb.BSON;
    const path = resolve(dirname(from), name);
    if (name.startsWith(".") && !relative(this.#folder, path).startsWith(`..${sep}`)) {
      return this.load(
        path.endsWith(".ts") ? path : join(dirname(path), `${path.slice(dirname(path).length + 1)}.ts`),
      );
    }
    throw refuse(
      from,
      `an import of "${name}"`,
      "define, mongodb (its BSON types), and files in the step's own folder",
    );
  }
}

function refuse(file: string, found: string, allowed: string): Refusal {
  return new Refusal("migration", [{ where: file, found, allowed, mend: `edit ${file}` }]);
}
