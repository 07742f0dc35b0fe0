import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GitRepository } from "../../lib/evidence/git-repository";
import { withClone } from "../../lib/evidence/git-clone";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { GitFixture } from "./git-fixture";

describe("GitRepository", () => {
  let place: ReturnType<typeof GitFixture.place>;
  let origin: GitFixture;
  const commits: Record<string, string> = {};

  before(() => {
    place = GitFixture.place();
    origin = GitFixture.create(join(place.folder, "origin"), "production");
    commits["first"] = origin.commit("first", {
      "requirements.txt": "nmdc-schema==11.21.0\n",
      "src/a.py": "1",
    });
    origin.git("tag", "2024.02.1");
    commits["second"] = origin.commit("second", { "src/a.py": "2", "docs/ü.md": "text" });
    origin.git("tag", "--annotate", "--message", "a release", "2024.02.2");
    origin.git("tag", "--annotate", "--message", "a tag of a tag", "nested", "2024.02.2");
    origin.git("checkout", "--quiet", "-b", "staging");
    commits["staging"] = origin.commit("only on staging");
    origin.git("tag", "2024.03.1");
    origin.git("checkout", "--quiet", "--detach", "production");
    commits["lost"] = origin.commit("left by a re-write");
    origin.git("tag", "2023.05.1");
    origin.git("checkout", "--quiet", "production");
    origin.git("tag", "tree", "HEAD^{tree}");
  });

  after(() => {
    place.remove();
  });

  describe("tag", () => {
    it("finds a lightweight tag's commit, with its committer", async () => {
      const tag = mustFind(await (await origin.open()).tag("2024.02.1"));
      assert.deepEqual(tag.value, {
        tag: "2024.02.1",
        commit: commits["first"],
        annotated: false,
        by: "Ben",
        at: "2026-11-20T11:00:00+00:00",
      });
    });

    it("finds the commit behind an annotated tag, also behind a tag of a tag", async () => {
      const repository = await origin.open();
      assert.equal(mustFind(await repository.tag("2024.02.2")).value.commit, commits["second"]);
      assert.equal(mustFind(await repository.tag("nested")).value.commit, commits["second"]);
      assert.equal(mustFind(await repository.tag("nested")).value.annotated, true);
    });

    for (const [what, tag, says] of [
      ["a tag that is not there", "2024.02.9", /no tag "2024\.02\.9"/],
      ["the beginning of a tag", "2024.02", /no tag/],
      ["a branch", "staging", /no tag/],
      ["a tag of a tree", "tree", /no commit/],
      ["an option", "--all", /no `-`/],
      ["a range", "2024.02.1..2024.02.2", /no `\.\.`/],
      ["an expression", "2024.02.1^{commit}", /none of/],
      ["a control character", "2024.02.1\u0007", /no control characters/],
      ["10 kB", "1".repeat(10_240), /1 to 250 characters/],
      ["nothing", "", /1 to 250 characters/],
    ] as const) {
      it(`refuses ${what}, saying so`, async () => {
        assert.match(mustContradict(await (await origin.open()).tag(tag)), says);
      });
    }

    it("finds a tag that is the same at the remote", async () => {
      const clone = origin.clone(join(place.folder, "same"));
      assert.equal(mustFind(await (await clone.open()).tag("2024.02.2")).value.commit, commits["second"]);
    });

    it("refuses a tag that was moved at the remote, with both commits", async () => {
      const remote = GitFixture.create(join(place.folder, "moving"));
      const before = remote.commit("one");
      remote.git("tag", "v1.0.0");
      const clone = remote.clone(join(place.folder, "before-the-move"));
      const after = remote.commit("two");
      remote.git("tag", "--force", "--annotate", "--message", "moved", "v1.0.0");
      const says = mustContradict(await (await clone.open()).tag("v1.0.0"));
      assert.match(says, new RegExp(`moved: ${before.slice(0, 8)} here, ${after.slice(0, 8)} at the remote`));
    });

    it("refuses a tag that nobody pushed", async () => {
      const clone = origin.clone(join(place.folder, "unpushed"));
      clone.git("tag", "2024.04.1");
      assert.match(
        mustContradict(await (await clone.open()).tag("2024.04.1")),
        /origin does not have.*git push origin 2024\.04\.1/s,
      );
    });

    it("does not judge a tag that only the remote has, and names the fetch", async () => {
      const clone = origin.clone(join(place.folder, "without-tags"), "--no-tags");
      assert.match(mustBeUnjudged(await (await clone.open()).tag("2024.02.1")), /fetch --tags/);
      assert.match(mustContradict(await (await clone.open()).tag("2024.02.9")), /no tag/);
    });

    it("does not judge when the remote does not answer, and shows no password", async () => {
      const clone = origin.clone(join(place.folder, "cut-off"));
      clone.git("remote", "set-url", "origin", "http://user:hunter2@127.0.0.1:1/x.git");
      const says = mustBeUnjudged(await (await clone.open()).tag("2024.02.1"));
      assert.match(says, /did not answer/);
      assert.doesNotMatch(says, /hunter2/);
    });
  });

  describe("onBranch", () => {
    const on = async (fixture: GitFixture, tag: string, branch: string) => {
      const repository = await fixture.open();
      return repository.onBranch(mustFind(await repository.tag(tag)).value, branch, []);
    };

    it("F4: passes a tag whose commit is the branch's head or an ancestor", async () => {
      assert.equal(mustFind(await on(origin, "2024.02.1", "production")).value, "production");
      assert.equal(mustFind(await on(origin, "2024.02.2", "production")).value, "production");
      assert.equal(mustFind(await on(origin, "2024.03.1", "staging")).value, "staging");
    });

    it("F4: refuses a tag that is only on staging, naming the tag, the commit and that branch", async () => {
      const says = mustContradict(await on(origin, "2024.03.1", "production"));
      assert.match(
        says,
        new RegExp(
          `2024\\.03\\.1 \\(commit ${(commits["staging"] ?? "").slice(0, 8)}\\) is not on production, only on staging`,
        ),
      );
    });

    it("F4: refuses a tag on no branch: its history was re-written", async () => {
      assert.match(
        mustContradict(await on(origin, "2023.05.1", "production")),
        /on no branch at all.*record an exception/s,
      );
    });

    it("F4: a recorded exception passes an old tag with a warning, for its exact commit alone", async () => {
      const repository = await origin.open();
      const tag = mustFind(await repository.tag("2023.05.1")).value;
      const exception = {
        tag: tag.tag,
        commit: tag.commit,
        reason: "history re-written in 2023",
        by: "alan",
        at: "2026-11-01",
      };
      const accepted = mustFind(await repository.onBranch(tag, "production", [exception]));
      assert.match(accepted.warnings.join(), /history re-written in 2023 \(alan, 2026-11-01\)/);
      assert.equal(accepted.by, "alan");
      const other = { ...exception, commit: "0".repeat(40) };
      assert.match(
        mustContradict(await repository.onBranch(tag, "production", [other])),
        /exception is for commit 00000000, not for this one/,
      );
      const [first] = [mustFind(await repository.tag("2024.02.1")).value];
      assert.deepEqual(mustFind(await repository.onBranch(first, "production", [exception])).warnings, []);
    });

    it("refuses a branch that is not there", async () => {
      assert.match(mustContradict(await on(origin, "2024.02.1", "prod")), /no branch "prod"/);
    });

    it("does not judge in a shallow clone where the answer would be no, and believes a yes", async () => {
      const shallow = origin.clone(join(place.folder, "shallow"), "--depth=1", "--branch=production");
      shallow.git("fetch", "--quiet", "--depth=1", "origin", "tag", "2024.02.1");
      assert.match(mustBeUnjudged(await on(shallow, "2024.02.1", "production")), /shallow.*--unshallow/s);
      assert.equal(mustFind(await on(shallow, "2024.02.2", "production")).value, "production");
    });

    it("does not judge by a branch that is older than the remote's", async () => {
      const remote = GitFixture.create(join(place.folder, "growing"));
      remote.commit("one");
      const clone = remote.clone(join(place.folder, "stale"));
      remote.commit("two");
      remote.git("tag", "v1.0.0");
      clone.git("fetch", "--quiet", "origin", "tag", "v1.0.0", "--no-tags");
      assert.match(mustBeUnjudged(await on(clone, "v1.0.0", "main")), /fetch origin main/);
      clone.git("fetch", "--quiet", "origin");
      assert.equal(mustFind(await on(clone, "v1.0.0", "main")).value, "main");
    });

    it("judges by the remote's branch, not by a local one of the same name", async () => {
      const clone = origin.clone(join(place.folder, "local-merge"));
      clone.git("checkout", "--quiet", "production");
      clone.git("merge", "--quiet", "origin/staging");
      assert.match(mustContradict(await on(clone, "2024.03.1", "production")), /is not on production/);
    });

    it("is not deceived by replaced objects", async () => {
      const clone = origin.clone(join(place.folder, "replaced"));
      const head = clone.git("rev-parse", "origin/production");
      const forged = clone.git(
        "commit-tree",
        "-p",
        commits["staging"] ?? "",
        "-m",
        "forged",
        `${head}^{tree}`,
      );
      clone.git("replace", head, forged);
      assert.match(mustContradict(await on(clone, "2024.03.1", "production")), /is not on production/);
    });
  });

  describe("commit", () => {
    it("resolves tags, branches and ids to whole ids", async () => {
      const repository = await origin.open();
      const second = commits["second"] ?? "";
      for (const name of ["2024.02.2", "production", second, second.slice(0, 10)]) {
        assert.equal(mustFind(await repository.commit(name)).value, second);
      }
    });

    it("takes a tag that looks like an id for the commit it stands for", async () => {
      const repository = await origin.open();
      origin.git("tag", "5cfc616", commits["first"] ?? "");
      assert.equal(mustFind(await repository.commit("5cfc616")).value, commits["first"]);
      origin.git("tag", "--delete", "5cfc616");
      assert.match(mustContradict(await repository.commit("5cfc616")), /no commit/);
    });
  });

  it("lists tags, changed files and first-parent ancestors", async () => {
    const repository = await origin.open();
    const [first, second] = [commits["first"] ?? "", commits["second"] ?? ""];
    assert.deepEqual([...mustFind(await repository.tags()).value].sort(), [
      "2023.05.1",
      "2024.02.1",
      "2024.02.2",
      "2024.03.1",
      "nested",
      "tree",
    ]);
    assert.deepEqual(mustFind(await repository.changedFiles(first, second)).value, ["docs/ü.md", "src/a.py"]);
    assert.deepEqual(mustFind(await repository.ancestors(second, 5)).value, [second, first]);
    assert.deepEqual(mustFind(await repository.ancestors(second, 1)).value, [second]);
  });

  it("N7: reads a file as the commit has it, and refuses one that it has not", async () => {
    const repository = await origin.open();
    const second = commits["second"] ?? "";
    assert.equal(
      mustFind(await repository.fileAt(second, "requirements.txt")).value,
      "nmdc-schema==11.21.0\n",
    );
    assert.match(mustContradict(await repository.fileAt(second, "requirements/main.txt")), /no such file/);
    assert.match(mustContradict(await repository.fileAt(second, "src")), /no such file/);
    await assert.rejects(repository.fileAt(second, "../secret"), { name: "Refusal" });
  });

  it("N1: a tree is clean, or the files that are not as committed are named", async () => {
    const tree = GitFixture.create(join(place.folder, "tree"));
    const head = tree.commit("one", { "a.txt": "a", ".gitignore": "build/\n" });
    const repository = await tree.open();
    mkdirSync(join(tree.folder, "build"));
    writeFileSync(join(tree.folder, "build", "x"), "ignored");
    assert.equal(mustFind(await repository.clean()).value, head);
    writeFileSync(join(tree.folder, "new.txt"), "new");
    writeFileSync(join(tree.folder, "a.txt"), "changed");
    assert.match(mustContradict(await repository.clean()), /found "a\.txt", "new\.txt"/);
  });

  it("X2: reading leaves every file of the repository as it was", async () => {
    const tree = GitFixture.create(join(place.folder, "untouched"));
    tree.commit("one");
    tree.git("tag", "v1.0.0");
    // A fresh time stamp makes git want to refresh its index.
    writeFileSync(join(tree.folder, "file.txt"), "one");
    const state = (folder: string): string[] =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .map((file) => `${file} ${statSync(join(folder, file)).mtimeMs}`)
        .sort();
    const before = state(tree.folder);
    const repository = await tree.open();
    const tag = mustFind(await repository.tag("v1.0.0")).value;
    mustFind(await repository.onBranch(tag, "main", []));
    mustFind(await repository.clean());
    mustFind(await repository.fileAt(tag.commit, "file.txt"));
    assert.deepEqual(state(tree.folder), before);
  });

  it("does not judge a folder that is missing or no repository, and says how to get one", async () => {
    assert.match(
      mustBeUnjudged(await GitRepository.open({ folder: join(place.folder, "nowhere") })),
      /clone it/,
    );
    assert.match(mustBeUnjudged(await GitRepository.open({ folder: place.folder })), /no git repository/);
  });

  it("is not led astray by the caller's GIT_DIR", async () => {
    process.env["GIT_DIR"] = join(place.folder, "nowhere");
    try {
      assert.equal(mustFind(await (await origin.open()).tag("2024.02.1")).value.commit, commits["first"]);
    } finally {
      delete process.env["GIT_DIR"];
    }
  });
});

describe("withClone", () => {
  let place: ReturnType<typeof GitFixture.place>;
  let origin: GitFixture;

  before(() => {
    place = GitFixture.place();
    origin = GitFixture.create(join(place.folder, "origin"));
    origin.commit("one", { "requirements.txt": "nmdc-schema==11.21.0" });
    origin.git("tag", "v1.0.0");
    origin.git("config", "uploadpack.allowFilter", "true");
  });

  after(() => {
    place.remove();
  });

  it("F4: judges a tag, its branch and its files in a copy, and removes the copy", async () => {
    let copy = "";
    const text = await withClone(`file://${origin.folder}`.slice("file://".length), async (repository) => {
      copy = repository.place.folder;
      const tag = mustFind(await repository.tag("v1.0.0")).value;
      mustFind(await repository.onBranch(tag, "main", []));
      return repository.fileAt(tag.commit, "requirements.txt");
    });
    assert.equal(mustFind(text).value, "nmdc-schema==11.21.0");
    assert.throws(() => statSync(copy), { code: "ENOENT" });
  });

  for (const [what, address] of [
    ["a transport that runs commands", "ext::sh -c 'touch /tmp/x'"],
    ["plain http to another machine", "http://example.org/x.git"],
    ["an option", "--upload-pack=touch x"],
    ["a relative folder", "../x"],
  ] as const) {
    it(`does not clone from ${what}`, async () => {
      const answer = await withClone(address, () => assert.fail("nothing may be cloned"));
      assert.match(mustBeUnjudged(answer), /an https or ssh address/);
    });
  }

  it("does not judge a repository that is not there, and shows no password", async () => {
    const says = mustBeUnjudged(
      await withClone("http://user:hunter2@127.0.0.1:1/x.git", () => assert.fail("nothing was cloned")),
    );
    assert.doesNotMatch(says, /hunter2/);
  });
});
