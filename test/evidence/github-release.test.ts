import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { commit, freshGithub, other } from "./github-fixture";

describe("a release page on GitHub", () => {
  const github = freshGithub();
  const text = { tag: "v2.19.0", commit, title: "v2.19.0", notes: "Schema 11.23.0" };

  it("N3: finds a page, published or drafted, and refuses where there is none", async () => {
    github.server.releases = [
      github.server.make("release", {
        id: 1,
        tag_name: "v2.18.0",
        name: null,
        body: "b",
        draft: false,
        prerelease: false,
      }),
    ];
    const page = mustFind(await github.forge.release("v2.18.0")).value;
    assert.deepEqual([page.title, page.state], ["v2.18.0", "published"]);
    Object.assign(github.server.releases[0] ?? {}, { draft: true });
    assert.equal(mustFind(await github.forge.release("v2.18.0")).value.state, "draft");
    assert.match(mustContradict(await github.forge.release("v2.19.0")), /no release "v2\.19\.0"/);
  });

  it("N2, N3: creates the page and its tag at the released commit, once", async () => {
    const made = mustFind(await github.forge.putRelease(text)).value;
    assert.deepEqual([made.title, made.notes, made.state], ["v2.19.0", "Schema 11.23.0", "published"]);
    assert.equal(github.server.refs["tags/v2.19.0"]?.sha, commit);
    mustFind(await github.forge.putRelease(text));
    assert.deepEqual(github.server.written, ["POST /repos/microbiomedata/nmdc-runtime/releases"]);
  });

  it("F18: sets title and notes where they differ, and publishes a draft", async () => {
    github.server.refs["tags/v2.19.0"] = { type: "commit", sha: commit };
    github.server.releases = [
      github.server.make("release", {
        id: 5,
        tag_name: "v2.19.0",
        name: "x",
        body: "y",
        draft: true,
        prerelease: false,
      }),
    ];
    const page = mustFind(
      await github.forge.putRelease({
        ...text,
        notes: "Stack release using backend X and frontend Y (ticket #9).",
      }),
    ).value;
    assert.deepEqual([page.title, page.state, github.server.releases.length], ["v2.19.0", "published", 1]);
  });

  it("N2: never makes a page for a tag that stands for another commit, also an annotated one", async () => {
    github.server.refs["tags/v2.19.0"] = { type: "commit", sha: other };
    assert.match(mustContradict(await github.forge.putRelease(text)), /stands for 2d815086.*never moved/s);
    github.server.refs["tags/v2.19.0"] = { type: "tag", sha: "f".repeat(40) };
    github.server.tags["f".repeat(40)] = { type: "commit", sha: other };
    assert.match(mustContradict(await github.forge.putRelease(text)), /stands for 2d815086/);
    assert.deepEqual(github.server.written, []);
    github.server.tags["f".repeat(40)] = { type: "commit", sha: commit };
    mustFind(await github.forge.putRelease(text));
  });
});
