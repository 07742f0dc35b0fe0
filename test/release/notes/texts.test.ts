import assert from "node:assert/strict";
import fc from "fast-check";
import { DateTime } from "luxon";
import { addInstalled, environmentChangelogFile } from "../../../lib/release/notes/environment-changelog";
import { pinCommitSubject, releaseText, stackReleaseText } from "../../../lib/release/notes/release-text";
import { issuesNamed, parseVersion, said, ticketBody, ticketTitle } from "../../../lib/release/notes/ticket";

describe("texts of a release", () => {
  it("F18: title, notes and commit subject are those that their readers know", () => {
    assert.deepEqual(stackReleaseText("2026.08.3", { backend: "2026.08.1", frontend: "2026.08.2" }, 1234), {
      title: "2026.08.3",
      notes: "Stack release using backend 2026.08.1 and frontend 2026.08.2 (ticket #1234).",
    });
    assert.equal(
      stackReleaseText("2026.08.3", { backend: "a", frontend: "b" }, undefined).notes,
      "Stack release using backend a and frontend b.",
    );
    assert.equal(
      pinCommitSubject({ backend: "2026.08.1", frontend: "2026.08.2" }),
      "build: Use of b/e 2026.08.1 f/e 2026.08.2",
    );
  });

  it("N3: a title that is left blank is the tag", () => {
    assert.equal(releaseText("v2.19.0", ["- a"]).title, "v2.19.0");
    assert.equal(releaseText("v2.19.0", ["- a"], "  ").title, "v2.19.0");
    assert.deepEqual(releaseText("v2.19.0", ["- a", "- b"], "Autumn"), {
      title: "Autumn",
      notes: "- a\n- b",
    });
  });

  it("F17: the ticket's title is its key, its body names parts and tickets", () => {
    assert.equal(ticketTitle("2026.02.1"), "Release 2026.02.1");
    const body = ticketBody({
      release: "2026.02.1",
      versions: { backend: "2026.01.4", frontend: "2026.02.1" },
      contains: [{ number: 12, summary: "faster\n- #99 smuggled" }],
    });
    assert.equal(body, "Backend: 2026.01.4\nFrontend: 2026.02.1\n\n- #12 faster - #99 smuggled\n");
  });

  it("F17: what is written is parsed back, whatever the versions", () => {
    const version = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(version, version, (backend, frontend) => {
        const body = ticketBody({ release: "x", versions: { backend, frontend }, contains: [] });
        assert.deepEqual(parseVersion(body, "BACKEND"), { found: "one", version: backend });
        assert.deepEqual(parseVersion(body, "frontend"), { found: "one", version: frontend });
      }),
    );
  });

  it("F17: a missing or ambiguous version is said to be so", () => {
    assert.equal(said(parseVersion("we use 2026.01.1 as backend", "backend")), "no version");
    assert.equal(said(parseVersion("backend:\nBackend : ", "backend")), "no version");
    assert.equal(said(parseVersion("backend: 1\nbackend: 2", "backend")), '"1" and "2"');
    assert.equal(
      said(parseVersion("backend: 1\n- Backend: 1", "backend")),
      '"1"',
      "the same twice is no contradiction",
    );
    assert.equal(said(parseVersion("my backend: 1", "backend")), "no version");
  });

  it("F17: issues are numbers after a sign of their own, each once", () => {
    assert.deepEqual(
      issuesNamed("- #12 a\n- #7, #12 and (#8)\nowner/repo#9 &#38; x#5 #0 #1a https://a.test/#6"),
      [12, 7, 8],
    );
  });
});

describe("changelog of an environment", () => {
  const day = (text: string): DateTime => DateTime.fromISO(text, { zone: "utc" });
  const core = { service: "Core", version: "0ec3e066", notes: ["fixes\nexport"] };

  it("H18: staging and production have one, dev has none", () => {
    assert.equal(environmentChangelogFile("staging"), "staging/changelog.md");
    assert.equal(environmentChangelogFile("development"), undefined);
  });

  it("H18: newest day first, notes indented; the same entry twice changes nothing", () => {
    const first = addInstalled("# Staging\n\n", day("2023-05-22T10:00:00"), [
      { service: "Ontology", version: "1.0.51", notes: [] },
    ]);
    const second = addInstalled(first, day("2023-05-24T10:00:00"), [core]);
    assert.equal(
      second,
      "# Staging\n\n## 24 May 2023\n- Core 0ec3e066\n  - fixes export\n\n## 22 May 2023\n- Ontology 1.0.51\n",
    );
    assert.equal(addInstalled(second, day("2023-05-24T11:00:00"), [core]), second);
    const third = addInstalled(second, day("2023-05-24T12:00:00"), [
      core,
      { service: "Broker", version: "b7c9bf71", notes: [] },
    ]);
    assert.match(third, /## 24 May 2023\n- Broker b7c9bf71\n- Core 0ec3e066\n/);
    assert.equal(third.match(/0ec3e066/g)?.length, 1);
  });
});
