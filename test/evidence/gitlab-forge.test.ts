import assert from "node:assert/strict";
import { GitlabForge } from "../../lib/evidence/gitlab-forge";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { documented } from "./gitlab-documented";
import { GitlabServer } from "./gitlab-server";

const commit = "0ec3e066".padEnd(40, "0");
const other = "33242e93".padEnd(40, "0");
const secret = "glpat-notARealTokenAtAll";

describe("GitlabForge", () => {
  let server: GitlabServer;
  let forge: GitlabForge;

  beforeEach(async () => {
    server = await GitlabServer.start();
    forge = new GitlabForge({ project: "hca/ingest-core", token: secret, host: server.host, seconds: 5 });
  });

  afterEach(() => server.stop());

  describe("runsOf", () => {
    const job = (id: number, name: string, stage: string, status: string) =>
      server.make("job", { id, name, stage, status });

    it("H0, H2, H4: finds the jobs of the pipelines of exactly one commit, by stage", async () => {
      server.pipelines = [
        server.make("pipeline", { id: 1, sha: commit, ref: "dev" }),
        server.make("pipeline", { id: 2, sha: other }),
      ];
      server.jobs = {
        1: [
          job(11, "Unit Test", "test", "success"),
          job(12, "Build", "build", "success"),
          job(13, "Integration dev", "integration", "failed"),
        ],
        2: [job(21, "Unit Test", "test", "failed")],
      };
      const { value } = mustFind(await forge.runsOf(commit));
      assert.deepEqual(
        value.map(({ name, source, outcome }) => [name, source, outcome]),
        [
          ["Unit Test", "test", "success"],
          ["Build", "build", "success"],
          ["Integration dev", "integration", "failure"],
        ],
      );
      for (const one of value)
        assert.ok(
          one.commit === commit &&
            one.link.startsWith("https://") &&
            one.by === "root" &&
            !Number.isNaN(Date.parse(one.at)),
        );
    });

    it("H0: of the pipelines on two branches the later job of a name counts, and one that waits for a person says nothing", async () => {
      server.pipelines = [
        server.make("pipeline", { id: 2, sha: commit, ref: "master", status: "manual" }),
        server.make("pipeline", { id: 1, sha: commit, ref: "dev" }),
      ];
      server.jobs = {
        1: [job(11, "Unit Test", "test", "failed"), job(12, "Release prod", "release", "success")],
        2: [
          job(21, "Unit Test", "test", "success"),
          job(22, "Release prod", "release", "manual"),
          job(23, "Deploy prod", "deploy", "created"),
        ],
      };
      const { value } = mustFind(await forge.runsOf(commit));
      assert.deepEqual(Object.fromEntries(value.map(({ name, outcome }) => [name, outcome])), {
        "Unit Test": "success",
        "Release prod": "success",
        "Deploy prod": "skipped",
      });
    });

    for (const [status, outcome] of [
      ["success", "success"],
      ["failed", "failure"],
      ["canceled", "failure"],
      ["manual", "skipped"],
      ["skipped", "skipped"],
      ["running", "pending"],
      ["pending", "pending"],
      ["waiting_for_resource", "pending"],
      ["something new", "failure"],
    ] as const) {
      it(`H2: a job that is ${status} is a ${outcome}`, async () => {
        server.pipelines = [server.make("pipeline", { id: 1, sha: commit, status: "running" })];
        server.jobs = { 1: [job(1, "Unit Test", "test", status)] };
        assert.equal(mustFind(await forge.runsOf(commit)).value[0]?.outcome, outcome);
      });
    }
  });

  describe("changeRequest", () => {
    const request = {
      iid: 7,
      title: "dcp-1 title",
      sha: commit,
      source_branch: "feature/dcp-1",
      target_branch: "dev",
    };

    beforeEach(() => {
      server.mergeRequests = [server.make("mergeRequest", { ...request, author: server.user("ana") })];
      server.versions = [
        server.make("version", { head_commit_sha: commit, created_at: "2026-11-19T09:00:00Z" }),
        server.make("version", { head_commit_sha: other, created_at: "2026-11-18T09:00:00Z" }),
      ];
      server.events = [
        push("ben", commit, "2026-11-19T09:00:00Z", "pushed"),
        push("ana", other, "2026-11-18T09:00:00Z", "created"),
      ];
    });

    function push(login: string, to: string, created_at: string, action: string): Record<string, unknown> {
      const push_data = { ...documented.pushEvent.push_data, ref: "feature/dcp-1", commit_to: to, action };
      return server.make("pushEvent", { author: server.user(login), created_at, push_data });
    }

    const note = (login: string, body: string, created_at: string, system = true) =>
      server.make("note", { author: server.user(login), body, created_at, system });
    const approvedBy = (login: string, approved_at?: string) => ({
      user: server.user(login),
      ...(approved_at === undefined ? {} : { approved_at }),
    });

    it("H3: binds each approval to the version that was the newest when it was given", async () => {
      server.approvedBy = [approvedBy("cem"), approvedBy("dan")];
      server.notes = [
        note("dan", "approved this merge request", "2026-11-18T12:00:00Z"),
        note("cem", "approved this merge request", "2026-11-20T12:00:00Z"),
        note("eve", "approved this merge request", "2026-11-20T13:00:00Z", false),
        note("fay", "requested changes", "2026-11-20T14:00:00Z"),
      ];
      const { value } = mustFind(await forge.changeRequest(7));
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
      server.approvedBy = [approvedBy("cem", "2026-11-20T12:00:00Z"), approvedBy("dan")];
      const { value } = mustFind(await forge.changeRequest(7));
      assert.deepEqual(
        value.reviews.map(({ by, commit: of }) => [by.login, of]),
        [["cem", commit]],
      );
    });

    it("H3: an approval that GitLab no longer counts is withdrawn", async () => {
      server.notes = [
        note("cem", "approved this merge request", "2026-11-20T12:00:00Z"),
        note("dan", "unapproved this merge request", "2026-11-20T12:30:00Z"),
      ];
      assert.deepEqual(
        mustFind(await forge.changeRequest(7)).value.reviews.map(({ verdict }) => verdict),
        ["dismissed", "dismissed"],
      );
    });

    it("H3: knows machines by what GitLab says of them, and by their names", async () => {
      server.approvedBy = [
        approvedBy("helper", "2026-11-20T12:00:00Z"),
        approvedBy("project_4_bot_1a", "2026-11-20T13:00:00Z"),
      ];
      Object.assign(server.accounts.find(({ username }) => username === "helper") ?? {}, { bot: true });
      assert.deepEqual(
        mustFind(await forge.changeRequest(7)).value.reviews.map(({ by }) => by.kind),
        ["bot", "bot"],
      );
    });

    it("H3: says who pushed, by who was logged in, and nothing where the events do not reach the head", async () => {
      assert.deepEqual(
        mustFind(await forge.changeRequest(7)).value.pushes.map(({ by, commit: of }) => [by.login, of]),
        [
          ["ana", other],
          ["ben", commit],
        ],
      );
      server.events.shift();
      assert.deepEqual(mustFind(await forge.changeRequest(7)).value.pushes, []);
    });

    it("H3: a merged request names the commit that it became", async () => {
      Object.assign(server.mergeRequests[0] ?? {}, { state: "merged", merge_commit_sha: other });
      assert.deepEqual(
        [
          mustFind(await forge.changeRequest(7)).value.state,
          mustFind(await forge.changeRequest(7)).value.mergedAs,
        ],
        ["merged", other],
      );
      assert.deepEqual(mustFind(await forge.changeRequestsOf(other)).value, [7]);
    });

    it("refuses a request that is not there", async () => {
      assert.match(mustContradict(await forge.changeRequest(8)), /no merge request !8/);
    });
  });

  describe("release", () => {
    const text = { tag: "v1.0.0", commit, title: "v1.0.0", notes: "notes" };

    it("N3: creates the page and its tag at the released commit, once, and updates it", async () => {
      mustFind(await forge.putRelease(text));
      mustFind(await forge.putRelease(text));
      assert.deepEqual(server.written, ["POST releases"]);
      mustFind(await forge.putRelease({ ...text, notes: "more" }));
      assert.deepEqual(
        [mustFind(await forge.release("v1.0.0")).value.notes, server.releases.length],
        ["more", 1],
      );
    });

    it("N2: never makes a page for a tag that stands for another commit", async () => {
      server.tags = [server.make("tag", { name: "v1.0.0", commit: { ...documented.tag.commit, id: other } })];
      assert.match(mustContradict(await forge.putRelease(text)), /stands for 33242e93.*never moved/s);
      assert.deepEqual(server.written, []);
    });

    it("N3: refuses a page that is not there", async () => {
      assert.match(mustContradict(await forge.release("v9.0.0")), /no release "v9\.0\.0"/);
    });
  });

  describe("ticket", () => {
    const text = { title: "Release 2026.02.1", body: "* #12", assignees: ["ana"], labels: ["release"] };

    beforeEach(() => {
      server.user("ana");
      server.boards = [
        server.make("board", {
          name: "Development",
          lists: ["To do", "Releases"].map((name, id) => ({
            ...documented.list,
            id,
            label: { ...documented.list.label, name },
          })),
        }),
      ];
    });

    it("F17: creates one ticket, writes nothing on a second run, and keeps what people added", async () => {
      const made = mustFind(await forge.putTicket(text)).value;
      assert.deepEqual(
        [made.title, made.body, made.assignees, made.labels],
        ["Release 2026.02.1", "* #12", ["ana"], ["release"]],
      );
      mustFind(await forge.putTicket(text));
      assert.deepEqual(server.written, ["POST issues"]);
      server.user("ben");
      mustFind(await forge.putTicket({ ...text, body: "* #13", assignees: ["ben"], labels: [] }));
      const now = mustFind(await forge.ticket(1)).value;
      assert.deepEqual(
        [now.body, now.assignees, now.labels, server.issues.length],
        ["* #13", ["ana", "ben"], ["release"], 1],
      );
    });

    it("F17: two tickets of one title, and people who are not there, are refused", async () => {
      mustFind(await forge.putTicket(text));
      server.issues.push({ ...server.issues[0], iid: 2 });
      assert.match(mustContradict(await forge.ticketTitled(text.title)), /#1, #2/);
      assert.match(
        mustContradict(await forge.putTicket({ ...text, title: "Other", assignees: ["nobody"] })),
        /no user "nobody"/,
      );
    });

    it("F17: a title that only begins the same is another ticket's", async () => {
      mustFind(await forge.putTicket({ ...text, title: "Release 2026.02.10" }));
      assert.equal(mustFind(await forge.ticketTitled("Release 2026.02.1")).value, undefined);
    });

    it("F17: moves a ticket between the lists of a board, once", async () => {
      mustFind(await forge.putTicket({ ...text, labels: ["To do", "release"] }));
      assert.deepEqual(mustFind(await forge.ticket(1)).value.lanes, { Development: "To do" });
      const moved = mustFind(await forge.moveTicket(1, "Development", "Releases")).value;
      assert.deepEqual([moved.lanes, moved.labels], [{ Development: "Releases" }, ["release", "Releases"]]);
      const writes = server.written.length;
      mustFind(await forge.moveTicket(1, "Development", "Releases"));
      assert.equal(server.written.length, writes);
      assert.match(
        mustContradict(await forge.moveTicket(1, "Development", "Done")),
        /no lane "Done"; allowed: To do, Releases/,
      );
      assert.match(mustContradict(await forge.moveTicket(1, "Other", "Done")), /no board "Other"/);
    });
  });

  it("H14: finds the last deployment of each environment", async () => {
    const deploy = (id: number, name: string, sha: string, status: string) =>
      server.make("deployment", {
        id,
        sha,
        status,
        environment: { ...documented.deployment.environment, name },
      });
    server.deployments = [
      deploy(1, "staging", other, "failed"),
      deploy(3, "staging", commit, "success"),
      deploy(2, "prod", other, "running"),
    ];
    assert.deepEqual(
      mustFind(await forge.deployments()).value.map((one) => [
        one.environment,
        one.commit,
        one.outcome,
        one.by,
      ]),
      [
        ["staging", commit, "success", "root"],
        ["prod", other, "pending", "root"],
      ],
    );
    assert.equal(mustFind(await forge.deployments("prod")).value.length, 1);
  });

  describe("faults", () => {
    const type = { "content-type": "application/json" };
    for (const [status, says, pending] of [
      [401, /401.*set GITLAB_TOKEN/s, false],
      [403, /403.*set GITLAB_TOKEN/s, false],
      [429, /no more questions are taken.*429/s, true],
      [500, /500.*try again later/s, true],
      [502, /502/, true],
    ] as const) {
      it(`waits on ${status}, and shows no token (X5)`, async () => {
        server.fault = () => ({ status, headers: type, body: JSON.stringify({ message: "no" }) });
        for (const finding of [
          await forge.runsOf(commit),
          await forge.release("v1"),
          await forge.changeRequest(1),
          await forge.ticketTitled("x"),
        ]) {
          const problem = mustBeUnjudged(finding);
          assert.match(problem, says);
          assert.doesNotMatch(problem, new RegExp(secret));
          assert.equal(finding.finding === "unjudged" && finding.pending, pending);
        }
      });
    }

    it("waits when the project cannot be seen: its 404 says nothing of what was asked for", async () => {
      const hidden = new GitlabForge({ project: "hca/hidden", host: server.host });
      assert.match(mustBeUnjudged(await hidden.release("v1")), /404.*set GITLAB_TOKEN/s);
    });

    it("waits when GitLab hangs, is not there, or a log-in page answers", async () => {
      server.fault = () => "hang";
      const impatient = new GitlabForge({ project: "a/b", host: server.host, seconds: 0.2 });
      assert.match(mustBeUnjudged(await impatient.runsOf(commit)), /no answer.*timeout/s);
      const nobody = new GitlabForge({ project: "a/b", host: "http://127.0.0.1:1" });
      assert.match(mustBeUnjudged(await nobody.runsOf(commit)), /no answer/);
      server.fault = () => ({
        status: 200,
        headers: { "content-type": "text/html" },
        body: "<html>Log in</html>",
      });
      assert.match(mustBeUnjudged(await forge.runsOf(commit)), /another form than GitLab's/);
      assert.match(mustBeUnjudged(await forge.release("v1")), /another form than GitLab's/);
    });

    it("asks no other machine by plain HTTP", async () => {
      const plain = new GitlabForge({ project: "a/b", host: "http://gitlab.example", token: secret });
      assert.match(mustBeUnjudged(await plain.runsOf(commit)), /https only/);
    });

    it("hands its token over in the one header that is dropped on the way to another host", async () => {
      await forge.runsOf(commit);
      assert.equal(server.asked[0]?.headers.authorization, `Bearer ${secret}`);
      assert.equal(server.asked[0].headers["private-token"], undefined);
    });
  });
});
