import assert from "node:assert/strict";
import { pathFilterOf, triggers } from "../../lib/evidence/path-filter";

const counts = (patterns: string[], file: string, kind: "paths" | "paths-ignore" = "paths") =>
  triggers({ kind, patterns }, file);

describe("pathFilterOf", () => {
  it("N1: reads the filter of a workflow's push trigger", () => {
    const file =
      "on:\n  push:\n    branches: [main]\n    paths:\n      - '.github/workflows/python-app.yml'\n      - '**.py'\n";
    assert.deepEqual(pathFilterOf(file), {
      kind: "paths",
      patterns: [".github/workflows/python-app.yml", "**.py"],
    });
    assert.deepEqual(pathFilterOf("on: { push: { paths-ignore: ['docs/**'] } }"), {
      kind: "paths-ignore",
      patterns: ["docs/**"],
    });
  });

  for (const [what, file] of [
    ["no filter", "on: { push: { branches: [main] } }"],
    ["no push trigger", "on: { pull_request: { paths: ['**.py'] } }"],
    ["a push without settings", "on: { push: }"],
    ["a list of triggers", "on: [push]"],
    ["text that is no YAML", "on: [push"],
    ["nothing", ""],
  ] as const) {
    it(`N1: ${what} is no filter: then only the exact commit counts`, () => {
      assert.equal(pathFilterOf(file), undefined);
    });
  }
});

describe("triggers", () => {
  // The cases of GitHub's own cheat sheet for filter patterns.
  for (const [pattern, file, expected] of [
    ["*", "README.md", true],
    ["*", "server.rb", true],
    ["*", "docs/a.md", false],
    ["*.jsx?", "page.js", true],
    ["*.jsx?", "page.jsx", true],
    ["**", "all/the/files.md", true],
    ["*.js", "app.js", true],
    ["*.js", "src/js/app.js", false],
    ["**.js", "index.js", true],
    ["**.js", "src/js/app.js", true],
    ["docs/*", "docs/README.md", true],
    ["docs/*", "docs/a/b.md", false],
    ["docs/**", "docs/mona/octocat.txt", true],
    ["docs/**/*.md", "docs/README.md", true],
    ["docs/**/*.md", "docs/a/markdown/file.md", true],
    ["**/docs/**", "docs/hello.md", true],
    ["**/docs/**", "space/docs/plan/space.doc", true],
    ["**/README.md", "README.md", true],
    ["**/README.md", "js/README.md", true],
    ["**/*src/**", "my-src/code/js/app.js", true],
    ["**/*-post.md", "path/their-post.md", true],
    ["**/migrate-*.sql", "db/sept/migrate-v1.sql", true],
    ["v[12].[0-9]+", "v1.10", true],
    ["v[12].[0-9]+", "v3.1", false],
    ["a.py", "abpy", false],
    ["a(b)|c.py", "a(b)|c.py", true],
  ] as const) {
    it(`N1: ${pattern} ${expected ? "names" : "does not name"} ${file}`, () => {
      assert.equal(counts([pattern], file), expected);
    });
  }

  it("N1: the last pattern that fits decides", () => {
    assert.equal(counts(["sub/**", "!sub/docs/**"], "sub/docs/a.md"), false);
    assert.equal(counts(["sub/**", "!sub/docs/**"], "sub/a.md"), true);
    assert.equal(counts(["!sub/docs/**", "sub/**"], "sub/docs/a.md"), true);
  });

  it("N1: with paths-ignore every file counts but those that are named", () => {
    assert.equal(counts(["docs/**"], "docs/a.md", "paths-ignore"), false);
    assert.equal(counts(["docs/**"], "src/a.py", "paths-ignore"), true);
  });

  it("N1: where a pattern is none, every change counts", () => {
    assert.equal(counts(["+"], "a.py"), true);
    assert.equal(counts(["+"], "a.py", "paths-ignore"), true);
  });
});
