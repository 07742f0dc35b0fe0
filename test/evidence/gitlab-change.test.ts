import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { commit, freshGitlab, other } from "./gitlab-fixture";
import { documented } from "./gitlab-documented";

describe("a change request on GitLab", () => {
  const gitlab = freshGitlab();
  const request = {
    iid: 7,
    title: "dcp-1 title",
    sha: commit,
    source_branch: "feature/dcp-1",
    target_branch: "dev",
  };

  beforeEach(() => {
    gitlab.server.mergeRequests = [
      gitlab.server.make("mergeRequest", { ...request, author: gitlab.server.user("ana") }),
    ];
    gitlab.server.versions = [
      gitlab.server.make("version", { head_commit_sha: commit, created_at: "2026-11-19T09:00:00Z" }),
      gitlab.server.make("version", { head_commit_sha: other, created_at: "2026-11-18T09:00:00Z" }),
    ];
    gitlab.server.events = [
      push("ben", commit, "2026-11-19T09:00:00Z", "pushed"),
      push("ana", other, "2026-11-18T09:00:00Z", "created"),
    ];
  });

  function push(login: string, to: string, created_at: string, action: string): Record<string, unknown> {
    const push_data = { ...documented.pushEvent.push_data, ref: "feature/dcp-1", commit_to: to, action };
    return gitlab.server.make("pushEvent", { author: gitlab.server.user(login), created_at, push_data });
  }

  const note = (login: string, body: string, created_at: string, system = true) =>
    gitlab.server.make("note", { author: gitlab.server.user(login), body, created_at, system });
  const approvedBy = (login: string, approved_at?: string) => ({
    user: gitlab.server.user(login),
    ...(approved_at === undefined ? {} : { approved_at }),
  });

  it("H3: binds each approval to the version that was the newest when it was given", async () => {
    gitlab.server.approvedBy = [approvedBy("cem"), approvedBy("dan")];
    gitlab.server.notes = [
      note("dan", "approved this merge request", "2026-11-18T12:00:00Z"),
      note("cem", "approved this merge request", "2026-11-20T12:00:00Z"),
      note("eve", "approved this merge request", "2026-11-20T13:00:00Z", false),
      note("fay", "requested changes", "2026-11-20T14:00:00Z"),
    ];
    const { value } = mustFind(await gitlab.forge.changeRequest(7));
    assert.deepEqual(
      value.reviews.map(({ by, verdict, commit: of }) => [by.login, verdict, of]),
      [
        ["dan", "approved", other],
        ["cem", "approved", commit],
        ["fay", "rejected", commit],
      ],
    );
    assert.deepEqual(
      [value.author.login, value.into, value.head, value.state],
      ["ana", "dev", commit, "open"],
    );
  });

  it("H3: takes the time that newer servers give with the approval, where there is no note", async () => {
    gitlab.server.approvedBy = [approvedBy("cem", "2026-11-20T12:00:00Z"), approvedBy("dan")];
    const { value } = mustFind(await gitlab.forge.changeRequest(7));
    assert.deepEqual(
      value.reviews.map(({ by, commit: of }) => [by.login, of]),
      [["cem", commit]],
    );
  });

  it("H3: an approval that GitLab no longer counts is withdrawn", async () => {
    gitlab.server.notes = [
      note("cem", "approved this merge request", "2026-11-20T12:00:00Z"),
      note("dan", "unapproved this merge request", "2026-11-20T12:30:00Z"),
    ];
    assert.deepEqual(
      mustFind(await gitlab.forge.changeRequest(7)).value.reviews.map(({ verdict }) => verdict),
      ["dismissed", "dismissed"],
    );
  });

  it("H3: knows machines by what GitLab says of them, and by their names", async () => {
    gitlab.server.approvedBy = [
      approvedBy("helper", "2026-11-20T12:00:00Z"),
      approvedBy("project_4_bot_1a", "2026-11-20T13:00:00Z"),
    ];
    Object.assign(gitlab.server.accounts.find(({ username }) => username === "helper") ?? {}, { bot: true });
    assert.deepEqual(
      mustFind(await gitlab.forge.changeRequest(7)).value.reviews.map(({ by }) => by.kind),
      ["bot", "bot"],
    );
  });

  it("H3: says who pushed, by who was logged in, and nothing where the events do not reach the head", async () => {
    assert.deepEqual(
      mustFind(await gitlab.forge.changeRequest(7)).value.pushes.map(({ by, commit: of }) => [by.login, of]),
      [
        ["ana", other],
        ["ben", commit],
      ],
    );
    gitlab.server.events.shift();
    assert.deepEqual(mustFind(await gitlab.forge.changeRequest(7)).value.pushes, []);
  });

  it("H3: a merged request names the commit that it became", async () => {
    Object.assign(gitlab.server.mergeRequests[0] ?? {}, { state: "merged", merge_commit_sha: other });
    assert.deepEqual(
      [
        mustFind(await gitlab.forge.changeRequest(7)).value.state,
        mustFind(await gitlab.forge.changeRequest(7)).value.mergedAs,
      ],
      ["merged", other],
    );
    assert.deepEqual(mustFind(await gitlab.forge.changeRequestsOf(other)).value, [7]);
  });

  it("refuses a request that is not there", async () => {
    assert.match(mustContradict(await gitlab.forge.changeRequest(8)), /no merge request !8/);
  });
});
