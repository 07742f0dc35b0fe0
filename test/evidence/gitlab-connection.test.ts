import assert from "node:assert/strict";
import { GitlabForge } from "../../lib/evidence/gitlab-forge";
import { mustBeUnjudged } from "./assert-finding";
import { commit, freshGitlab, secret } from "./gitlab-fixture";

describe("the connection to GitLab", () => {
  const gitlab = freshGitlab();
  const type = { "content-type": "application/json" };
  for (const [status, says, pending] of [
    [401, /401.*set GITLAB_TOKEN/s, false],
    [403, /403.*set GITLAB_TOKEN/s, false],
    [429, /no more questions are taken.*429/s, true],
    [500, /500.*try again later/s, true],
    [502, /502/, true],
  ] as const) {
    it(`waits on ${status}, and shows no token (X5)`, async () => {
      gitlab.server.fault = () => ({ status, headers: type, body: JSON.stringify({ message: "no" }) });
      for (const finding of [
        await gitlab.forge.runsOf(commit),
        await gitlab.forge.release("v1"),
        await gitlab.forge.changeRequest(1),
        await gitlab.forge.ticketTitled("x"),
      ]) {
        const problem = mustBeUnjudged(finding);
        assert.match(problem, says);
        assert.doesNotMatch(problem, new RegExp(secret));
        assert.equal(finding.finding === "unjudged" && finding.pending, pending);
      }
    });
  }

  it("waits when the project cannot be seen: its 404 says nothing of what was asked for", async () => {
    const hidden = new GitlabForge({ project: "hca/hidden", host: gitlab.server.host });
    assert.match(mustBeUnjudged(await hidden.release("v1")), /404.*set GITLAB_TOKEN/s);
  });

  it("waits when GitLab hangs, is not there, or a log-in page answers", async () => {
    gitlab.server.fault = () => "hang";
    const impatient = new GitlabForge({ project: "a/b", host: gitlab.server.host, seconds: 0.2 });
    assert.match(mustBeUnjudged(await impatient.runsOf(commit)), /no answer.*timeout/s);
    const nobody = new GitlabForge({ project: "a/b", host: "http://127.0.0.1:1" });
    assert.match(mustBeUnjudged(await nobody.runsOf(commit)), /no answer/);
    gitlab.server.fault = () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>Log in</html>",
    });
    assert.match(mustBeUnjudged(await gitlab.forge.runsOf(commit)), /another form than GitLab's/);
    assert.match(mustBeUnjudged(await gitlab.forge.release("v1")), /another form than GitLab's/);
  });

  it("asks no other machine by plain HTTP", async () => {
    const plain = new GitlabForge({ project: "a/b", host: "http://gitlab.example", token: secret });
    assert.match(mustBeUnjudged(await plain.runsOf(commit)), /https only/);
  });

  it("hands its token over in the one header that is dropped on the way to another host", async () => {
    await gitlab.forge.runsOf(commit);
    assert.equal(gitlab.server.asked[0]?.headers.authorization, `Bearer ${secret}`);
    assert.equal(gitlab.server.asked[0].headers["private-token"], undefined);
  });
});
