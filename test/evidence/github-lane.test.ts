import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { freshGithub } from "./github-fixture";

describe("a lane of a project on GitHub", () => {
  const github = freshGithub();
  beforeEach(async () => {
    github.server.boards = [
      { id: "p2", title: "Fragalysis", lanes: ["Backlog", "Push to production", "Releases"], items: [] },
      { id: "p3", title: "Everything", lanes: ["To do"], items: [], owner: true },
    ];
    mustFind(
      await github.forge.putTicket({ title: "Release 2026.02.1", body: "", assignees: [], labels: [] }),
    );
    github.server.written.length = 0;
  });

  it("F17: puts a ticket into a lane of its project, once", async () => {
    const moved = mustFind(await github.forge.moveTicket(1, "Fragalysis", "Push to production")).value;
    assert.deepEqual(moved.lanes, { Fragalysis: "Push to production" });
    assert.deepEqual(github.server.written, ["add to project", "move to lane"]);
    mustFind(await github.forge.moveTicket(1, "Fragalysis", "Push to production"));
    assert.equal(github.server.written.length, 2);
    mustFind(await github.forge.moveTicket(1, "Fragalysis", "Releases"));
    assert.deepEqual(mustFind(await github.forge.ticket(1)).value.lanes, { Fragalysis: "Releases" });
  });

  it("F17: finds projects of the repository's owner too", async () => {
    assert.deepEqual(mustFind(await github.forge.moveTicket(1, "Everything", "To do")).value.lanes, {
      Everything: "To do",
    });
  });

  it("F17: refuses a lane or project that is not there, with the lanes that are", async () => {
    assert.match(
      mustContradict(await github.forge.moveTicket(1, "Fragalysis", "Done")),
      /no lane "Done"; allowed: Backlog, Push to production, Releases/,
    );
    assert.match(mustContradict(await github.forge.moveTicket(1, "Other", "Done")), /no project "Other"/);
    assert.match(mustContradict(await github.forge.moveTicket(5, "Fragalysis", "Done")), /no issue #5/);
    assert.deepEqual(github.server.written, []);
  });
});
