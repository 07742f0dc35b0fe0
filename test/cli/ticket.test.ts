import assert from "node:assert/strict";
import { Announcer } from "../../cli/announcer";
import { releaseTicket, type TicketProps } from "../../cli/ticket-kind";
import type { TicketRequest } from "../../lib/config/ticket";
import type { ReleaseRecordData, ReleaseSpec } from "../../lib/data/protocol";
import { Refusal } from "../../lib/problem";
import { GithubServer } from "../evidence/github-server";

describe("the release's ticket, as pulumi up puts it", () => {
  let server: GithubServer;

  beforeEach(async () => {
    server = await GithubServer.start();
    server.boards = [
      { id: "p2", title: "Stack", lanes: ["Backlog", "push to production", "Releases"], items: [] },
    ];
    for (const [number, title] of [
      [1, "Tags without a branch"],
      [2, "Slow search"],
    ] as const)
      server.issues.push(server.make("issue", { number, id: number, title }));
    process.env["TICKET_TEST_TOKEN"] = "not-a-real-token";
  });
  afterEach(() => server.stop());

  const ticket = (change: Partial<TicketRequest> = {}): TicketRequest => ({
    forge: {
      kind: "github",
      project: "m2ms/fragalysis-frontend",
      api: server.api,
      token: { env: "TICKET_TEST_TOKEN" },
    },
    release: "2026.02.1",
    versions: { backend: "2026.07.1", frontend: "2026.08.1" },
    contains: [1, 2],
    assignees: ["alan"],
    labels: ["fragalysis-stack"],
    place: { board: "Stack", lane: "push to production" },
    ...change,
  });
  const props = (request: TicketRequest): TicketProps =>
    ({ ticket: request, recordId: "prod-2026.02.1-7", release }) as unknown as TicketProps;
  const release = { system: "Stack", environment: "production", release: "2026.02.1" } as ReleaseSpec;
  /** What the engine tells of a release that began and failed. */
  const fails = async (reason: string): Promise<void> => {
    const announcer = new Announcer({ ...release, tell: { ticket: ticket().forge } });
    announcer.hear({ event: "stage", stage: "lock", at: "", says: "" });
    announcer.hear({ event: "closed", record: { outcome: "rolled-back", reason } as ReleaseRecordData });
    await announcer.end();
  };
  const body = (): string => String(server.issues[2]?.["body"]);

  it("F17: one ticket with its title, versions, bullets, people and lane; a second up writes nothing", async () => {
    await releaseTicket.apply(props(ticket()));
    assert.equal(server.issues.length, 3);
    assert.deepEqual(
      [server.issues[2]?.["title"], body()],
      [
        "Release 2026.02.1",
        "Backend: 2026.07.1\nFrontend: 2026.08.1\n\n- #1 Tags without a branch\n- #2 Slow search\n",
      ],
    );
    assert.equal(server.boards[0]?.items[0]?.lane, "push to production");
    const written = server.written.length;
    await releaseTicket.apply(props(ticket()));
    assert.equal(server.written.length, written);
    assert.equal(await releaseTicket.changed(props(ticket()), props(ticket())), false);
    assert.equal(await releaseTicket.changed(props(ticket()), props(ticket({ assignees: ["ben"] }))), true);
  });

  it("F17: a ticket that people made first gets what it lacks, and keeps what they wrote", async () => {
    const theirs =
      "Please look at the new map.\r\n\r\n* BACKEND: 2026.06.9\r\n- #1 maps\r\n- #9 their own\r\n";
    server.issues.push(server.make("issue", { number: 3, id: 3, title: "Release 2026.02.1", body: theirs }));
    await releaseTicket.apply(props(ticket()));
    assert.equal(server.issues.length, 3);
    assert.equal(
      body(),
      [
        "Backend: 2026.07.1\nFrontend: 2026.08.1",
        "Please look at the new map.\n\n- #1 maps\n- #9 their own",
        "- #2 Slow search\n",
      ].join("\n"),
    );
    const written = server.written.length;
    await releaseTicket.apply(props(ticket()));
    assert.equal(server.written.length, written);
  });

  it("F17: says under the ticket that the release failed, then in the same comment that it is ready; never twice", async () => {
    await fails("before anybody wrote a ticket");
    assert.equal(server.written.length, 0, "a release that failed makes no ticket");
    server.issues.push(server.make("issue", { number: 3, id: 3, title: "Release 2026.02.1", body: "" }));
    const says = (): readonly unknown[] => server.comments.map(({ body: text }) => text);
    const marker = "<!-- slipway: release to production -->\n";
    for (let times = 0; times < 2; times++) await fails("backend never became ready\n  at its door");
    assert.deepEqual(says(), [
      `${marker}Stack release **2026.02.1** FAILED in production, and was not released: \`"backend never became ready"\`\n`,
    ]);
    for (let times = 0; times < 2; times++) await releaseTicket.apply(props(ticket()));
    assert.deepEqual(says(), [
      `${marker}Stack release **2026.02.1** is ready in production (backend 2026.07.1, frontend 2026.08.1).\n`,
    ]);
    assert.equal(server.written.filter((one) => one.includes("comments")).length, 2);
  });

  it("F17: a forge that does not take the comment stops nothing", async () => {
    server.fault = () => ({ status: 500, headers: {}, body: "{}" });
    await fails("backend never became ready");
    assert.deepEqual(server.comments, []);
  });

  it("F17: refuses issues that do not exist, all at once, and makes no ticket", async () => {
    const refused = releaseTicket.apply(props(ticket({ contains: [1, 77, 88] })));
    await assert.rejects(refused, (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.match(error.message, /2 problems[^]*#77[^]*#88/);
      return true;
    });
    assert.equal(server.issues.length, 2);
  });

  it("F17: refuses a lane that the board does not have, naming its lanes", async () => {
    const refused = releaseTicket.apply(props(ticket({ place: { board: "Stack", lane: "Done" } })));
    await assert.rejects(refused, /no lane "Done"; allowed: Backlog, push to production, Releases/);
  });

  it("X5: a forge that answers 401 is named without the token", async () => {
    server.fault = () => ({ status: 401, headers: {}, body: '{"message":"Bad credentials"}' });
    await assert.rejects(releaseTicket.apply(props(ticket())), (error: unknown) => {
      assert.ok(error instanceof Refusal);
      assert.doesNotMatch(error.message, /not-a-real-token/);
      return true;
    });
  });
});
