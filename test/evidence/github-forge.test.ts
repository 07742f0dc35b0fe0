import assert from "node:assert/strict";
import { GithubForge } from "../../lib/evidence/github-forge";
import { githubAddress } from "../../lib/evidence/github-connection";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { GithubServer } from "./github-server";

const commit = "1c704975".padEnd(40, "0");
const other = "2d815086".padEnd(40, "0");
const secret = "ghp_notARealTokenAtAll";

describe("GithubForge", () => {
  let server: GithubServer;
  let forge: GithubForge;

  beforeEach(async () => {
    server = await GithubServer.start();
    forge = new GithubForge({
      owner: "microbiomedata",
      repo: "nmdc-runtime",
      token: secret,
      api: server.api,
      seconds: 5,
    });
  });

  afterEach(() => server.stop());

  describe("runsOf", () => {
    const run = (change: Record<string, unknown>) =>
      server.make("run", {
        head_sha: commit,
        status: "completed",
        path: ".github/workflows/python-app.yml@main",
        ...change,
      });

    it("N1, F9: finds the workflows, checks and statuses of exactly one commit, with who and when", async () => {
      server.runs = [
        run({ name: "Python application", conclusion: "success", event: "push", run_number: 7 }),
        run({ head_sha: other, conclusion: "failure", event: "push", run_number: 9 }),
      ];
      server.checks = [
        server.make("check", {
          head_sha: commit,
          name: "build",
          status: "completed",
          conclusion: "failure",
          app: { ...app(server), slug: "github-actions" },
        }),
        server.make("check", {
          head_sha: commit,
          name: "codecov",
          status: "completed",
          conclusion: "neutral",
          app: { ...app(server), slug: "codecov" },
        }),
      ];
      server.statuses = [server.make("one status", { context: "read-the-docs", state: "success" })];
      const { value } = mustFind(await forge.runsOf(commit));
      assert.deepEqual(
        value.map(({ name, source, outcome }) => [name, source, outcome]),
        [
          ["Python application", ".github/workflows/python-app.yml", "success"],
          ["codecov", "codecov", "skipped"],
          ["read-the-docs", undefined, "success"],
        ],
      );
      for (const one of value)
        assert.ok(
          one.commit === commit &&
            one.link.startsWith("http") &&
            !Number.isNaN(Date.parse(one.at)) &&
            one.by !== "",
        );
    });

    for (const [status, conclusion, outcome] of [
      ["completed", "success", "success"],
      ["completed", "failure", "failure"],
      ["completed", "cancelled", "failure"],
      ["completed", "timed_out", "failure"],
      ["completed", "stale", "failure"],
      ["completed", "startup_failure", "failure"],
      ["completed", "skipped", "skipped"],
      ["in_progress", null, "pending"],
      ["queued", null, "pending"],
      ["waiting", null, "pending"],
    ] as const) {
      it(`N1: a workflow that is ${status}${conclusion === null ? "" : `, ${conclusion}`} is a ${outcome}`, async () => {
        server.runs = [run({ status, conclusion, event: "push", run_number: 1 })];
        assert.equal(mustFind(await forge.runsOf(commit)).value[0]?.outcome, outcome);
      });
    }

    it("N1: of several runs of one workflow the last one counts", async () => {
      server.runs = [
        run({ conclusion: "failure", event: "push", run_number: 3 }),
        run({ conclusion: "success", event: "push", run_number: 4 }),
        run({ conclusion: "failure", event: "push", run_number: 2 }),
      ];
      assert.deepEqual(
        mustFind(await forge.runsOf(commit)).value.map(({ outcome }) => outcome),
        ["success"],
      );
    });

    it("N1: a commit that CI never saw has no runs, which is known", async () => {
      assert.deepEqual(mustFind(await forge.runsOf(commit)).value, []);
    });
  });

  describe("changeRequest", () => {
    const branch = { ref: "feature", sha: commit };

    beforeEach(() => {
      const pull = server.make("pull", {
        number: 7,
        title: "Schema 11.23.0",
        user: server.user("ana"),
        merged: false,
        state: "open",
      });
      const head = { ...(pull["head"] as object), ...branch };
      server.pulls = [{ ...pull, head }];
      server.activities = [
        activity("branch_creation", "ana", other, "2026-11-18T09:00:00Z"),
        activity("force_push", "ben", commit, "2026-11-19T09:00:00Z"),
      ];
    });

    function activity(
      type: string,
      login: string,
      after: string,
      timestamp: string,
    ): Record<string, unknown> {
      const [before, ref, id] = ["0".repeat(40), "refs/heads/feature", server.activities.length + 1];
      return {
        id,
        node_id: "x",
        before,
        after,
        ref,
        timestamp,
        activity_type: type,
        actor: server.user(login),
      };
    }

    it("H3: finds the author, who pushed what, and each review with the commit it was given for", async () => {
      server.reviews = [
        server.make("review", {
          user: server.user("cem"),
          state: "APPROVED",
          commit_id: commit,
          submitted_at: "2026-11-20T09:00:00Z",
          body: "fine",
        }),
        server.make("review", {
          user: server.user("dan"),
          state: "COMMENTED",
          commit_id: commit,
          submitted_at: "2026-11-20T08:00:00Z",
        }),
        server.make("review", {
          user: server.user("eve"),
          state: "CHANGES_REQUESTED",
          commit_id: other,
          submitted_at: "2026-11-18T10:00:00Z",
        }),
        server.make("review", {
          user: server.user("bot[bot]", "Bot"),
          state: "APPROVED",
          commit_id: commit,
          submitted_at: "2026-11-20T10:00:00Z",
        }),
      ];
      const { value, by } = mustFind(await forge.changeRequest(7));
      assert.equal(by, "ana");
      assert.deepEqual(
        [value.number, value.title, value.author, value.head, value.state, value.mergedAs],
        [7, "Schema 11.23.0", { login: "ana", kind: "person" }, commit, "open", undefined],
      );
      assert.deepEqual(
        value.pushes.map((push) => [push.by.login, push.commit]),
        [
          ["ana", other],
          ["ben", commit],
        ],
      );
      assert.deepEqual(
        value.reviews.map((review) => [
          review.by.login,
          review.by.kind,
          review.verdict,
          review.commit,
          review.says,
        ]),
        [
          ["eve", "person", "rejected", other, value.reviews[0]?.says],
          ["cem", "person", "approved", commit, "fine"],
          ["bot[bot]", "bot", "approved", commit, value.reviews[2]?.says],
        ],
      );
    });

    it("H3: a push on an older branch of the same name is none of this request's", async () => {
      server.activities = [
        activity("branch_creation", "old", other, "2026-01-01T00:00:00Z"),
        activity("branch_deletion", "old", "0".repeat(40), "2026-02-01T00:00:00Z"),
        ...server.activities,
      ];
      assert.deepEqual(
        mustFind(await forge.changeRequest(7)).value.pushes.map((push) => push.by.login),
        ["ana", "ben"],
      );
    });

    it("H3: where the activity does not reach the head, nobody is said to have pushed", async () => {
      server.activities.pop();
      assert.deepEqual(mustFind(await forge.changeRequest(7)).value.pushes, []);
    });

    it("H3: names the commit that a merged request became", async () => {
      Object.assign(server.pulls[0] ?? {}, { merged: true, state: "closed", merge_commit_sha: other });
      const { value } = mustFind(await forge.changeRequest(7));
      assert.deepEqual([value.state, value.mergedAs], ["merged", other]);
    });

    it("finds the requests of a commit", async () => {
      assert.deepEqual(mustFind(await forge.changeRequestsOf(commit)).value, [7]);
    });

    it("refuses a request that is not there", async () => {
      assert.match(mustContradict(await forge.changeRequest(8)), /no pull request #8/);
    });
  });

  describe("release", () => {
    const text = { tag: "v2.19.0", commit, title: "v2.19.0", notes: "Schema 11.23.0" };

    it("N3: finds a page, published or drafted, and refuses where there is none", async () => {
      server.releases = [
        server.make("release", {
          id: 1,
          tag_name: "v2.18.0",
          name: null,
          body: "b",
          draft: false,
          prerelease: false,
        }),
      ];
      const page = mustFind(await forge.release("v2.18.0")).value;
      assert.deepEqual([page.title, page.state], ["v2.18.0", "published"]);
      Object.assign(server.releases[0] ?? {}, { draft: true });
      assert.equal(mustFind(await forge.release("v2.18.0")).value.state, "draft");
      assert.match(mustContradict(await forge.release("v2.19.0")), /no release "v2\.19\.0"/);
    });

    it("N2, N3: creates the page and its tag at the released commit, once", async () => {
      const made = mustFind(await forge.putRelease(text)).value;
      assert.deepEqual([made.title, made.notes, made.state], ["v2.19.0", "Schema 11.23.0", "published"]);
      assert.equal(server.refs["tags/v2.19.0"]?.sha, commit);
      mustFind(await forge.putRelease(text));
      assert.deepEqual(server.written, ["POST /repos/microbiomedata/nmdc-runtime/releases"]);
    });

    it("F18: sets title and notes where they differ, and publishes a draft", async () => {
      server.refs["tags/v2.19.0"] = { type: "commit", sha: commit };
      server.releases = [
        server.make("release", {
          id: 5,
          tag_name: "v2.19.0",
          name: "x",
          body: "y",
          draft: true,
          prerelease: false,
        }),
      ];
      const page = mustFind(
        await forge.putRelease({
          ...text,
          notes: "Stack release using backend X and frontend Y (ticket #9).",
        }),
      ).value;
      assert.deepEqual([page.title, page.state, server.releases.length], ["v2.19.0", "published", 1]);
    });

    it("N2: never makes a page for a tag that stands for another commit, also an annotated one", async () => {
      server.refs["tags/v2.19.0"] = { type: "commit", sha: other };
      assert.match(mustContradict(await forge.putRelease(text)), /stands for 2d815086.*never moved/s);
      server.refs["tags/v2.19.0"] = { type: "tag", sha: "f".repeat(40) };
      server.tags["f".repeat(40)] = { type: "commit", sha: other };
      assert.match(mustContradict(await forge.putRelease(text)), /stands for 2d815086/);
      assert.deepEqual(server.written, []);
      server.tags["f".repeat(40)] = { type: "commit", sha: commit };
      mustFind(await forge.putRelease(text));
    });
  });

  describe("ticket", () => {
    const text = {
      title: "Release 2026.02.1",
      body: "* #12 a thing",
      assignees: ["alan"],
      labels: ["fragalysis-stack"],
    };

    it("F17: creates one ticket, and on a second run writes nothing", async () => {
      const made = mustFind(await forge.putTicket(text)).value;
      assert.deepEqual(
        [made.title, made.body, made.assignees, made.labels, made.state],
        ["Release 2026.02.1", "* #12 a thing", ["alan"], ["fragalysis-stack"], "open"],
      );
      mustFind(await forge.putTicket(text));
      assert.deepEqual([server.issues.length, server.written.length], [1, 1]);
    });

    it("F17: makes no second ticket while GitHub's search does not know the first", async () => {
      mustFind(await forge.putTicket(text));
      server.unindexed.add(1);
      mustFind(await forge.putTicket(text));
      assert.equal(server.issues.length, 1);
    });

    it("F17: finds an old ticket that only the search knows", async () => {
      mustFind(await forge.putTicket(text));
      for (let number = 2; number <= 120; number++)
        server.issues.push(server.make("issue", { number, id: number, title: `Issue ${number}` }));
      assert.equal(mustFind(await forge.ticketTitled("Release 2026.02.1")).value?.number, 1);
    });

    it("F17: updates the ticket's text, and keeps the people and labels that were added", async () => {
      mustFind(await forge.putTicket(text));
      mustFind(await forge.putTicket({ ...text, body: "* #12\n* #13", assignees: ["ben"], labels: [] }));
      const ticket = mustFind(await forge.ticket(1)).value;
      assert.deepEqual(
        [ticket.body, ticket.assignees, ticket.labels],
        ["* #12\n* #13", ["alan", "ben"], ["fragalysis-stack"]],
      );
    });

    it("F17: a title that only begins the same is another ticket's", async () => {
      mustFind(await forge.putTicket({ ...text, title: "Release 2026.02.10" }));
      assert.equal(mustFind(await forge.ticketTitled("Release 2026.02.1")).value, undefined);
    });

    it("F17: two tickets of one title are refused, with their numbers", async () => {
      mustFind(await forge.putTicket(text));
      server.issues.push({ ...server.issues[0], number: 2, id: 2 });
      assert.match(
        mustContradict(await forge.ticketTitled(text.title)),
        /2 issues titled "Release 2026\.02\.1": #(1, #2|2, #1)/,
      );
      assert.match(mustContradict(await forge.putTicket(text)), /rename all but one/);
    });

    it("F17: refuses an issue that is not there", async () => {
      assert.match(mustContradict(await forge.ticket(99)), /no issue #99/);
    });
  });

  describe("lanes", () => {
    beforeEach(async () => {
      server.boards = [
        { id: "p2", title: "Fragalysis", lanes: ["Backlog", "Push to production", "Releases"], items: [] },
        { id: "p3", title: "Everything", lanes: ["To do"], items: [], owner: true },
      ];
      mustFind(await forge.putTicket({ title: "Release 2026.02.1", body: "", assignees: [], labels: [] }));
      server.written.length = 0;
    });

    it("F17: puts a ticket into a lane of its project, once", async () => {
      const moved = mustFind(await forge.moveTicket(1, "Fragalysis", "Push to production")).value;
      assert.deepEqual(moved.lanes, { Fragalysis: "Push to production" });
      assert.deepEqual(server.written, ["add to project", "move to lane"]);
      mustFind(await forge.moveTicket(1, "Fragalysis", "Push to production"));
      assert.equal(server.written.length, 2);
      mustFind(await forge.moveTicket(1, "Fragalysis", "Releases"));
      assert.deepEqual(mustFind(await forge.ticket(1)).value.lanes, { Fragalysis: "Releases" });
    });

    it("F17: finds projects of the repository's owner too", async () => {
      assert.deepEqual(mustFind(await forge.moveTicket(1, "Everything", "To do")).value.lanes, {
        Everything: "To do",
      });
    });

    it("F17: refuses a lane or project that is not there, with the lanes that are", async () => {
      assert.match(
        mustContradict(await forge.moveTicket(1, "Fragalysis", "Done")),
        /no lane "Done"; allowed: Backlog, Push to production, Releases/,
      );
      assert.match(mustContradict(await forge.moveTicket(1, "Other", "Done")), /no project "Other"/);
      assert.match(mustContradict(await forge.moveTicket(5, "Fragalysis", "Done")), /no issue #5/);
      assert.deepEqual(server.written, []);
    });
  });

  it("H14: finds the last deployment of each environment", async () => {
    const deploy = (id: number, environment: string, sha: string, created_at: string) =>
      server.make("deployment", { id, environment, sha, created_at });
    server.deployments = [
      deploy(1, "staging", other, "2026-11-01T00:00:00Z"),
      deploy(2, "staging", commit, "2026-11-02T00:00:00Z"),
      deploy(3, "production", other, "2026-11-03T00:00:00Z"),
    ];
    server.deploymentStatuses = [
      server.make("deployment status", { state: "success", deployment_url: "2" }),
      server.make("deployment status", { state: "error", deployment_url: "3" }),
    ];
    const { value } = mustFind(await forge.deployments());
    assert.deepEqual(
      value.map((one) => [one.environment, one.commit, one.outcome]),
      [
        ["staging", commit, "success"],
        ["production", other, "failure"],
      ],
    );
    assert.deepEqual(mustFind(await forge.deployments("production")).value.length, 1);
  });

  describe("faults", () => {
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
        server.fault = () => ({ status, headers, body: JSON.stringify({ message: "no" }) });
        for (const finding of [
          await forge.runsOf(commit),
          await forge.release("v1.0.0"),
          await forge.ticketTitled("x"),
          await forge.changeRequest(1),
        ]) {
          const problem = mustBeUnjudged(finding);
          assert.match(problem, says);
          assert.doesNotMatch(problem, new RegExp(secret));
          assert.equal(finding.finding === "unjudged" && finding.pending, pending);
        }
      });
    }

    it("waits when a repository cannot be seen: its 404 says nothing of what was asked for", async () => {
      const hidden = new GithubForge({ owner: "microbiomedata", repo: "hidden", api: server.api });
      assert.match(mustBeUnjudged(await hidden.release("v1.0.0")), /404.*set GITHUB_TOKEN/s);
    });

    it("waits when GitHub hangs, after its time limit", async () => {
      server.fault = () => "hang";
      const impatient = new GithubForge({ owner: "a", repo: "b", api: server.api, seconds: 0.2 });
      assert.match(mustBeUnjudged(await impatient.runsOf(commit)), /no answer.*timeout/s);
    });

    it("waits when nobody answers, or a log-in page does", async () => {
      const nobody = new GithubForge({ owner: "a", repo: "b", api: "http://127.0.0.1:1" });
      assert.match(mustBeUnjudged(await nobody.runsOf(commit)), /no answer/);
      server.fault = () => ({
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html>Log in</html>",
      });
      assert.match(mustBeUnjudged(await forge.runsOf(commit)), /text\/html, not JSON/);
    });

    it("asks no other machine by plain HTTP", async () => {
      const plain = new GithubForge({ owner: "a", repo: "b", api: "http://github.example", token: secret });
      assert.match(mustBeUnjudged(await plain.runsOf(commit)), /https only/);
    });

    it("F17: a token without permission for projects still shows the ticket, with a warning", async () => {
      mustFind(await forge.putTicket({ title: "Release 1", body: "", assignees: [], labels: [] }));
      const errors = [
        { type: "INSUFFICIENT_SCOPES", message: "Your token has not been granted the required scopes" },
      ];
      server.fault = ({ path }) =>
        path === "/graphql"
          ? { status: 200, headers: jsonType, body: JSON.stringify({ errors }) }
          : undefined;
      assert.match(mustFind(await forge.ticket(1)).warnings.join(), /required scopes/);
      assert.match(mustBeUnjudged(await forge.moveTicket(1, "P", "L")), /required scopes/);
    });
  });
});

function app(server: GithubServer): object {
  return server.make("check", {})["app"] as object;
}

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
