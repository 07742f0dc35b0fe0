import assert from "node:assert/strict";
import { githubAddress } from "../../lib/evidence/github-connection";
import { GithubForge } from "../../lib/evidence/github-forge";
import { mustBeUnjudged, mustFind } from "./assert-finding";
import { commit, freshGithub, secret } from "./github-fixture";

describe("the connection to GitHub", () => {
  const github = freshGithub();
  const jsonType = { "content-type": "application/json" };
  const limited = { ...jsonType, "retry-after": "60" };
  const spent = { ...jsonType, "x-ratelimit-remaining": "0" };
  for (const [what, status, headers, says, pending] of [
    ["401", 401, jsonType, /401.*set GITHUB_TOKEN/s, false],
    ["403", 403, jsonType, /403.*set GITHUB_TOKEN/s, false],
    ["403 with its limit spent", 403, spent, /no more questions are taken.*limit is higher/s, true],
    ["429", 429, limited, /for another "60" s.*429/s, true],
    ["500", 500, jsonType, /500.*try again later/s, true],
    ["502", 502, { "content-type": "text/html" }, /502/, true],
  ] as const) {
    it(`waits on ${what}, and shows no token (X5)`, async () => {
      github.server.fault = () => ({ status, headers, body: JSON.stringify({ message: "no" }) });
      for (const finding of [
        await github.forge.runsOf(commit),
        await github.forge.release("v1.0.0"),
        await github.forge.ticketTitled("x"),
        await github.forge.changeRequest(1),
      ]) {
        const problem = mustBeUnjudged(finding);
        assert.match(problem, says);
        assert.doesNotMatch(problem, new RegExp(secret));
        assert.equal(finding.finding === "unjudged" && finding.pending, pending);
      }
    });
  }

  it("waits when a repository cannot be seen: its 404 says nothing of what was asked for", async () => {
    const hidden = new GithubForge({ owner: "microbiomedata", repo: "hidden", api: github.server.api });
    assert.match(mustBeUnjudged(await hidden.release("v1.0.0")), /404.*set GITHUB_TOKEN/s);
  });

  it("waits when GitHub hangs, after its time limit", async () => {
    github.server.fault = () => "hang";
    const impatient = new GithubForge({ owner: "a", repo: "b", api: github.server.api, seconds: 0.2 });
    assert.match(mustBeUnjudged(await impatient.runsOf(commit)), /no answer.*timeout/s);
  });

  it("waits when nobody answers, or a log-in page does", async () => {
    const nobody = new GithubForge({ owner: "a", repo: "b", api: "http://127.0.0.1:1" });
    assert.match(mustBeUnjudged(await nobody.runsOf(commit)), /no answer/);
    github.server.fault = () => ({
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<html>Log in</html>",
    });
    assert.match(mustBeUnjudged(await github.forge.runsOf(commit)), /text\/html, not JSON/);
  });

  it("asks no other machine by plain HTTP", async () => {
    const plain = new GithubForge({ owner: "a", repo: "b", api: "http://github.example", token: secret });
    assert.match(mustBeUnjudged(await plain.runsOf(commit)), /https only/);
  });

  it("F17: a token without permission for projects still shows the ticket, with a warning", async () => {
    mustFind(await github.forge.putTicket({ title: "Release 1", body: "", assignees: [], labels: [] }));
    const errors = [
      { type: "INSUFFICIENT_SCOPES", message: "Your token has not been granted the required scopes" },
    ];
    github.server.fault = ({ path }) =>
      path === "/graphql" ? { status: 200, headers: jsonType, body: JSON.stringify({ errors }) } : undefined;
    assert.match(mustFind(await github.forge.ticket(1)).warnings.join(), /required scopes/);
    assert.match(mustBeUnjudged(await github.forge.moveTicket(1, "P", "L")), /required scopes/);
  });
});

describe("githubAddress", () => {
  it("reads owner and name from https and ssh addresses, and nothing else", () => {
    const wanted = { owner: "xchem", repo: "fragalysis-stack" };
    assert.deepEqual(githubAddress("https://github.com/xchem/fragalysis-stack"), wanted);
    assert.deepEqual(githubAddress("https://github.com/xchem/fragalysis-stack.git"), wanted);
    assert.deepEqual(githubAddress("git@github.com:xchem/fragalysis-stack.git"), wanted);
    for (const address of [
      "https://gitlab.com/xchem/x",
      "https://github.com/xchem",
      "https://github.com.evil.example/a/b",
      "",
    ]) {
      assert.equal(githubAddress(address), undefined);
    }
  });
});
