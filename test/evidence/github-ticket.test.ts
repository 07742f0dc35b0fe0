import assert from "node:assert/strict";
import { mustContradict, mustFind } from "./assert-finding";
import { freshGithub } from "./github-fixture";

describe("a ticket on GitHub", () => {
  const github = freshGithub();
  const text = {
    title: "Release 2026.02.1",
    body: "* #12 a thing",
    assignees: ["alan"],
    labels: ["fragalysis-stack"],
  };

  it("F17: creates one ticket, and on a second run writes nothing", async () => {
    const made = mustFind(await github.forge.putTicket(text)).value;
    assert.deepEqual(
      [made.title, made.body, made.assignees, made.labels, made.state],
      ["Release 2026.02.1", "* #12 a thing", ["alan"], ["fragalysis-stack"], "open"],
    );
    mustFind(await github.forge.putTicket(text));
    assert.deepEqual([github.server.issues.length, github.server.written.length], [1, 1]);
  });

  it("F17: makes no second ticket while GitHub's search does not know the first", async () => {
    mustFind(await github.forge.putTicket(text));
    github.server.unindexed.add(1);
    mustFind(await github.forge.putTicket(text));
    assert.equal(github.server.issues.length, 1);
  });

  it("F17: finds an old ticket that only the search knows", async () => {
    mustFind(await github.forge.putTicket(text));
    for (let number = 2; number <= 120; number++)
      github.server.issues.push(
        github.server.make("issue", { number, id: number, title: `Issue ${number}` }),
      );
    assert.equal(mustFind(await github.forge.ticketTitled("Release 2026.02.1")).value?.number, 1);
  });

  it("F17: updates the ticket's text, and keeps the people and labels that were added", async () => {
    mustFind(await github.forge.putTicket(text));
    mustFind(await github.forge.putTicket({ ...text, body: "* #12\n* #13", assignees: ["ben"], labels: [] }));
    const ticket = mustFind(await github.forge.ticket(1)).value;
    assert.deepEqual(
      [ticket.body, ticket.assignees, ticket.labels],
      ["* #12\n* #13", ["alan", "ben"], ["fragalysis-stack"]],
    );
  });

  it("F17: a title that only begins the same is another ticket's", async () => {
    mustFind(await github.forge.putTicket({ ...text, title: "Release 2026.02.10" }));
    assert.equal(mustFind(await github.forge.ticketTitled("Release 2026.02.1")).value, undefined);
  });

  it("F17: two tickets of one title are refused, with their numbers", async () => {
    mustFind(await github.forge.putTicket(text));
    github.server.issues.push({ ...github.server.issues[0], number: 2, id: 2 });
    assert.match(
      mustContradict(await github.forge.ticketTitled(text.title)),
      /2 issues titled "Release 2026\.02\.1": #(1, #2|2, #1)/,
    );
    assert.match(mustContradict(await github.forge.putTicket(text)), /rename all but one/);
  });

  it("F17: refuses an issue that is not there", async () => {
    assert.match(mustContradict(await github.forge.ticket(99)), /no issue #99/);
  });
});
