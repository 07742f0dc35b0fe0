import assert from "node:assert/strict";
import { join, relative } from "node:path";
import ts from "typescript";
import { packageRoot } from "../../lib/package-root";
import { blocksOf, pages } from "./doc-blocks";

const root = packageRoot();

/** TypeScript of the docs, by the file that its first line names: `// lib/…/name.ts`. */
function examples(): ReadonlyMap<string, string> {
  const blocks = pages(root).flatMap((page) =>
    blocksOf(root, page).filter(({ language }) => language === "ts"),
  );
  return new Map(
    blocks.map(({ page, line, text }) => {
      const path = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
      assert.ok(path, `${page}:${line}: the first line names the file that it would be`);
      return [join(root, path), text] as const;
    }),
  );
}

/** What the compiler says of files that are not there, as if they were. */
function diagnose(files: ReadonlyMap<string, string>): readonly string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, { ...ts.sys, readDirectory: () => [] }, root);
  const host = ts.createCompilerHost(options);
  const overlaid: ts.CompilerHost = {
    ...host,
    fileExists: (path) => files.has(path) || host.fileExists(path),
    getSourceFile: (path, target, ...more) => {
      const text = files.get(path);
      return text === undefined
        ? host.getSourceFile(path, target, ...more)
        : ts.createSourceFile(path, text, target);
    },
  };
  const program = ts.createProgram([...files.keys()], options, overlaid);
  return [...files.keys()].flatMap((path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${relative(root, path)}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
    );
  });
}

describe("the TypeScript of the docs", function () {
  this.timeout(120_000);

  it("is right where it would stand, as strictly as the project's own", () => {
    const files = examples();
    assert.ok(files.size >= 3);
    assert.deepEqual(diagnose(files), []);
  });

  it("would be caught where it were wrong", () => {
    const path = join(root, "lib", "release", "versions", "wrong.ts");
    assert.match(
      diagnose(new Map([[path, 'export const number: number = "one";\n']])).join(),
      /wrong\.ts: Type 'string'/,
    );
  });
});
