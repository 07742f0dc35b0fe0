import assert from "node:assert/strict";
import { contradicted } from "../../../lib/evidence/finding";
import type { Ticket } from "../../../lib/evidence/forge";
import { facts, is, judge, policy, says, seen, unknown } from "./world";

function ticket(more: Partial<Ticket> = {}): ReturnType<typeof judge> {
  const known = facts().ticket;
  assert.ok(known.finding === "found" && known.value !== undefined);
  return judge("F17", policy(), facts({ ticket: is({ ...known.value, ...more }) }));
}

describe("gate of the release ticket", () => {
  it("F17: waits for a ticket that does not exist yet, and names its title", () => {
    says(
      judge("F17", policy(), facts({ ticket: is(undefined) })),
      "waiting",
      /one ticket "Release 2026\.11\.2"/,
    );
    says(judge("F17", policy(), facts({ ticket: unknown })), "waiting");
  });

  it("F17: refuses two tickets of one title, as the forge's own answer says", () => {
    const two = contradicted(
      { where: "forge", found: "2 tickets", allowed: "one ticket", mend: "close one" },
      seen("two"),
    );
    says(judge("F17", policy(), facts({ ticket: two })), "refuse", /2 tickets/);
  });

  it("F17: refuses nobody assigned, the wrong lane, the wrong title", () => {
    says(ticket({ assignees: [] }), "refuse", /nobody is assigned/);
    says(ticket({ lanes: { board: "Backlog" } }), "refuse", /in Backlog \| in the lane push to production/);
    says(ticket({ title: "release 2026.11.2" }), "refuse", /Release 2026\.11\.2/);
  });

  it("F17: refuses a version that is missing, ambiguous or another than is pinned, and never guesses", () => {
    says(ticket({ body: "Frontend: 2026.10.4" }), "refuse", /backend: no version/);
    says(
      ticket({ body: "Backend: 2026.11.1\nBackend: 2026.11.2\nFrontend: 2026.10.4" }),
      "refuse",
      /"2026\.11\.1" and "2026\.11\.2"/,
    );
    says(ticket({ body: "Backend: 2026.11.0\nFrontend: 2026.10.4" }), "refuse", /"2026\.11\.0"/);
    says(ticket({ body: "* **BACKEND**: `2026.11.1`\r\n* **frontend**: 2026.10.4" }), "pass");
  });

  it("F17: every issue that it names exists and is in a lane that may be released", () => {
    says(
      ticket({ body: "Backend: 2026.11.1\nFrontend: 2026.10.4\n- #13 gone" }),
      "refuse",
      /#13, which is no issue/,
    );
    const known = facts().issues;
    assert.ok(known.finding === "found" && known.value[12] !== undefined);
    const open = facts({ issues: is({ 12: { ...known.value[12], lanes: { board: "In progress" } } }) });
    says(judge("F17", policy(), open), "refuse", /#12 is in In progress/);
  });
});
