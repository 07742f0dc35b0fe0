import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { commit, freshGitlab, other } from "./gitlab-fixture";
import { documented } from "./gitlab-documented";

describe("a release page on GitLab", () => {
  const gitlab = freshGitlab();
  const text = { tag: "v1.0.0", commit, title: "v1.0.0", notes: "notes" };

  it("N3: creates the page and its tag at the released commit, once, and updates it", async () => {
    mustFind(await gitlab.forge.putRelease(text));
    mustFind(await gitlab.forge.putRelease(text));
    assert.deepEqual(gitlab.server.written, ["POST releases"]);
    mustFind(await gitlab.forge.putRelease({ ...text, notes: "more" }));
    assert.deepEqual(
      [mustFind(await gitlab.forge.release("v1.0.0")).value.notes, gitlab.server.releases.length],
      ["more", 1],
    );
  });

  it("N2: never makes a page for a tag that stands for another commit", async () => {
    gitlab.server.tags = [
      gitlab.server.make("tag", { name: "v1.0.0", commit: { ...documented.tag.commit, id: other } }),
    ];
    assert.match(mustContradict(await gitlab.forge.putRelease(text)), /stands for 33242e93.*never moved/s);
    assert.deepEqual(gitlab.server.written, []);
  });

  it("N3: refuses a page that is not there", async () => {
    assert.match(mustContradict(await gitlab.forge.release("v9.0.0")), /no release "v9\.0\.0"/);
  });
});
