import assert from "node:assert/strict";
import { join } from "node:path";
import { ciOf } from "../../lib/evidence/ci-evidence";
import { GithubForge } from "../../lib/evidence/github-forge";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";
import { GithubServer } from "./github-server";

const workflow = ".github/workflows/python-app.yml";

describe("ciOf", () => {
  let place: ReturnType<typeof GitFixture.place>;
  let server: GithubServer;
  let repository: GitFixture;
  let tested: string;
  let documented: string;
  let changed: string;

  before(async () => {
    place = GitFixture.place();
    server = await GithubServer.start();
    repository = GitFixture.create(join(place.folder, "runtime"));
    const filter = `on:\n  push:\n    paths: ['**.py', '${workflow}']\n`;
    tested = repository.commit("code", { [workflow]: filter, "app.py": "1" });
    repository.commit("docs", { "docs/a.md": "1" });
    documented = repository.commit("more docs", { "docs/b.md": "1" });
    changed = repository.commit("more code", { "src/deep/other.py": "1" });
  });

  beforeEach(() => {
    server.runs = [];
    server.statuses = [];
  });

  after(async () => {
    await server.stop();
    place.remove();
  });

  const ran = (commit: string, conclusion: string | null, change: Record<string, unknown> = {}) => {
    const status = conclusion === null ? "in_progress" : "completed";
    const fields = {
      head_sha: commit,
      name: "Python application",
      path: workflow,
      event: "push",
      run_number: 1,
      status,
      conclusion,
      ...change,
    };
    server.runs.push(server.make("run", fields));
  };

  const ci = async (commit: string, ...workflows: string[]) => {
    const forge = new GithubForge({ owner: "microbiomedata", repo: "nmdc-runtime", api: server.api });
    return ciOf({ forge, repository: await repository.open(), workflows }, commit);
  };

  it("N1: green for exactly this commit passes, whichever way the workflow is named", async () => {
    ran(changed, "success");
    for (const named of [[], ["python-app.yml"], [workflow], ["Python application"]]) {
      assert.match(
        mustFind(await ci(changed, ...named)).what,
        new RegExp(`Python application: success for ${changed.slice(0, 8)}`),
      );
    }
  });

  it("N1: a failed run of this commit is refused, naming the commit and the run", async () => {
    ran(changed, "failure");
    const says = mustContradict(await ci(changed, "python-app.yml"));
    assert.match(says, new RegExp(`failed for ${changed.slice(0, 8)}: https://`));
    assert.match(says, new RegExp(changed));
  });

  it("N1: a run that has not ended is waited for", async () => {
    ran(changed, null);
    const finding = await ci(changed, "python-app.yml");
    assert.match(mustBeUnjudged(finding), /still runs/);
    assert.ok(finding.finding === "unjudged" && finding.pending);
  });

  it("N1: the nearest ancestor's run counts when no file of the path filter changed since", async () => {
    ran(tested, "success");
    assert.match(
      mustFind(await ci(documented, "python-app.yml")).what,
      new RegExp(`no file that it looks at changed from ${tested.slice(0, 8)} to ${documented.slice(0, 8)}`),
    );
  });

  it("N1: the ancestor's run does not count when such a file changed, which is named", async () => {
    ran(tested, "success");
    assert.match(
      mustContradict(await ci(changed, "python-app.yml")),
      new RegExp(`commit ${changed}; "src/deep/other\\.py" changed since`),
    );
  });

  it("N1: the nearest ancestor that ran decides, also when it failed", async () => {
    ran(tested, "failure");
    assert.match(
      mustContradict(await ci(documented, "python-app.yml")),
      new RegExp(`failed for ${tested.slice(0, 8)}`),
    );
  });

  it("N1: without any run it is refused, naming the commit and the smoke test", async () => {
    assert.match(
      mustContradict(await ci(tested, "python-app.yml")),
      new RegExp(`no result of python-app\\.yml for commit ${tested}.*slipway smoke`, "s"),
    );
    assert.match(mustContradict(await ci(tested)), new RegExp(tested));
  });

  it("N1: a workflow without a file or a filter must have run for exactly this commit", async () => {
    ran(tested, "success", { name: "Other", path: ".github/workflows/other.yml" });
    assert.match(mustContradict(await ci(documented, "other.yml")), /no result of other\.yml/);
  });

  it("N1: a skipped run is no result", async () => {
    ran(changed, "skipped");
    mustContradict(await ci(changed, "python-app.yml"));
    mustContradict(await ci(changed));
  });

  it("N1: of several workflows each must be green, and all are named", async () => {
    ran(documented, "success");
    ran(documented, "success", { name: "Lint", path: ".github/workflows/lint.yml" });
    assert.match(
      mustFind(await ci(documented, "python-app.yml", "lint.yml")).what,
      /Python application.*Lint/,
    );
    ran(documented, "failure", { name: "Types", path: ".github/workflows/types.yml" });
    assert.match(mustContradict(await ci(documented, "python-app.yml", "types.yml")), /"Types" failed/);
    assert.match(mustContradict(await ci(documented)), /"Types" failed/);
  });

  it("N1: with GitHub out of reach it waits, and never passes", async () => {
    const forge = new GithubForge({ owner: "a", repo: "b", api: "http://127.0.0.1:1" });
    mustBeUnjudged(await ciOf({ forge, repository: await repository.open(), workflows: [] }, tested));
  });
});
