import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { freshGitlab } from "./gitlab-fixture";
import { documented } from "./gitlab-documented";

describe("a ticket on GitLab", () => {
  const gitlab = freshGitlab();
  const text = { title: "Release 2026.02.1", body: "* #12", assignees: ["ana"], labels: ["release"] };

  beforeEach(() => {
    gitlab.server.user("ana");
    gitlab.server.boards = [
      gitlab.server.make("board", {
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
    const made = mustFind(await gitlab.forge.putTicket(text)).value;
    assert.deepEqual(
      [made.title, made.body, made.assignees, made.labels],
      ["Release 2026.02.1", "* #12", ["ana"], ["release"]],
    );
    mustFind(await gitlab.forge.putTicket(text));
    assert.deepEqual(gitlab.server.written, ["POST issues"]);
    gitlab.server.user("ben");
    mustFind(await gitlab.forge.putTicket({ ...text, body: "* #13", assignees: ["ben"], labels: [] }));
    const now = mustFind(await gitlab.forge.ticket(1)).value;
    assert.deepEqual(
      [now.body, now.assignees, now.labels, gitlab.server.issues.length],
      ["* #13", ["ana", "ben"], ["release"], 1],
    );
  });

  it("F17: two tickets of one title, and people who are not there, are refused", async () => {
    mustFind(await gitlab.forge.putTicket(text));
    gitlab.server.issues.push({ ...gitlab.server.issues[0], iid: 2 });
    assert.match(mustContradict(await gitlab.forge.ticketTitled(text.title)), /#1, #2/);
    assert.match(
      mustContradict(await gitlab.forge.putTicket({ ...text, title: "Other", assignees: ["nobody"] })),
      /no user "nobody"/,
    );
  });

  it("F17: a title that only begins the same is another ticket's", async () => {
    mustFind(await gitlab.forge.putTicket({ ...text, title: "Release 2026.02.10" }));
    assert.equal(mustFind(await gitlab.forge.ticketTitled("Release 2026.02.1")).value, undefined);
  });

  it("F17: moves a ticket between the lists of a board, once", async () => {
    mustFind(await gitlab.forge.putTicket({ ...text, labels: ["To do", "release"] }));
    assert.deepEqual(mustFind(await gitlab.forge.ticket(1)).value.lanes, { Development: "To do" });
    const moved = mustFind(await gitlab.forge.moveTicket(1, "Development", "Releases")).value;
    assert.deepEqual([moved.lanes, moved.labels], [{ Development: "Releases" }, ["release", "Releases"]]);
    const writes = gitlab.server.written.length;
    mustFind(await gitlab.forge.moveTicket(1, "Development", "Releases"));
    assert.equal(gitlab.server.written.length, writes);
    assert.match(
      mustContradict(await gitlab.forge.moveTicket(1, "Development", "Done")),
      /no lane "Done"; allowed: To do, Releases/,
    );
    assert.match(mustContradict(await gitlab.forge.moveTicket(1, "Other", "Done")), /no board "Other"/);
  });
});
