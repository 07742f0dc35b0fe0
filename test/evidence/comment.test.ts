import assert from "node:assert/strict";
import { jobForge, putReleaseComment } from "../../cli/review/comment";
import type { Forge } from "../../lib/evidence/forge";
import { commentMarker } from "../../lib/review/diff/comment";
import { mustFind } from "./assert-finding";
import { GithubServer } from "./github-server";
import { GitlabServer } from "./gitlab-server";

const text = (says: string): string => `${commentMarker}\n${says}\n`;
const head = "1c704975".repeat(5);

/** The same on both forges: one comment, in the same place, whatever else is said there and however it begins. */
async function oneComment(forge: Forge, bodies: () => readonly unknown[]): Promise<void> {
  const put = async (says: string): Promise<string> =>
    (await putReleaseComment(forge, 7, head, text(says))).did;
  assert.equal(await put("first"), "created");
  assert.equal(await put("first"), "nothing");
  assert.equal(await put("released"), "updated");
  assert.deepEqual(bodies(), ["looks good", text("by a stranger"), text("released")]);
}

describe("the comment of a release", () => {
  describe("on GitHub", () => {
    let server: GithubServer;
    beforeEach(async () => (server = await GithubServer.start()));
    afterEach(() => server.stop());
    const forge = (): Forge =>
      jobForge({ GITHUB_REPOSITORY: "org/releases", GITHUB_API_URL: server.api, GITHUB_TOKEN: "t" });

    it("is made once, brought up to date in its place, and left alone when nothing is new", async () => {
      for (const [at, body] of ["looks good", text("by a stranger")].entries())
        server.comments.push(server.make("comment", { id: at + 1, node_id: `comment-${at + 1}`, body }));
      await oneComment(forge(), () => server.comments.map(({ body }) => body));
      assert.equal(server.written.length, 2);
    });

    it("finds the pull request that brought a commit in, and says when there is none", async () => {
      await assert.rejects(
        putReleaseComment(forge(), undefined, head, text("x")),
        /no pull request brought in 1c704975/,
      );
      server.pulls.push(server.make("pull", { number: 41 }), server.make("pull", { number: 42 }));
      await putReleaseComment(forge(), undefined, head, text("x"));
      assert.deepEqual(server.written, ["POST /repos/org/releases/issues/42/comments"]);
    });
  });

  describe("on GitLab", () => {
    let server: GitlabServer;
    beforeEach(async () => (server = await GitlabServer.start()));
    afterEach(() => server.stop());

    it("is made once, brought up to date in its place, and left alone when nothing is new", async () => {
      for (const [at, body] of ["looks good", text("by a stranger")].entries())
        server.notes.push(server.make("note", { id: at + 1, body, author: server.user("stranger") }));
      const forge = jobForge({
        CI_PROJECT_PATH: "hca/releases",
        CI_SERVER_URL: server.host,
        GITLAB_TOKEN: "t",
      });
      await oneComment(forge, () => server.notes.map(({ body }) => body));
    });
  });

  it("F17: under a GitLab issue it is made once too, and brought up to date", async () => {
    const server = await GitlabServer.start();
    try {
      const forge = jobForge({
        CI_PROJECT_PATH: "hca/releases",
        CI_SERVER_URL: server.host,
        GITLAB_TOKEN: "t",
      });
      const put = async (says: string): Promise<string> =>
        mustFind(await forge.putTicketComment(7, commentMarker, text(says))).value.did;
      assert.deepEqual(
        [await put("failed"), await put("ready"), await put("ready")],
        ["created", "updated", "nothing"],
      );
      assert.deepEqual(
        server.notes.map(({ body }) => body),
        [text("ready")],
      );
      assert.ok(
        server.written.every((one) => one.includes("issues/7/notes")),
        server.written.join(),
      );
    } finally {
      await server.stop();
    }
  });

  it("outside of a forge's job says what it lacks", () => {
    assert.throws(() => jobForge({}), /GITHUB_REPOSITORY, CI_PROJECT_PATH: found neither is set/);
  });
});
