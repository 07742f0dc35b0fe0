import assert from "node:assert/strict";
import { parseStackConfig } from "../../lib/config/stack-config";
import { committedConfig } from "../components/program";
import { refusalBy } from "../refusal";

const told = ["--title", "{title}", "--message", "{message}"];
const commands = {
  start: ["manage", "maintenance", "start", ...told],
  stop: ["manage", "maintenance", "stop", "--title", "{title}"],
  show: ["manage", "maintenance", "show"],
};
const forge = { kind: "github", project: "org/stack" };
const source = { scheme: "calver", branch: "main", forge };

function parsed(more: object): ReturnType<typeof parseStackConfig> {
  return parseStackConfig({ ...committedConfig("dev"), ...more }, "Pulumi.dev.yaml");
}

function refusal(more: object): string {
  return refusalBy(() => parsed(more)).message;
}

describe("the maintenance section of a stack file", () => {
  it("is absent by default, and fills in what it does not say", () => {
    assert.equal(parsed({}).maintenance, undefined);
    const { maintenance } = parsed({
      maintenance: { services: { "runtime-api": { in: "pod", ...commands } } },
    });
    assert.deepEqual(
      [maintenance?.onFailure, maintenance?.lanes, maintenance?.timeout],
      ["keep", ["normal", "emergency", "first-time"], 60],
    );
  });

  it("A12, X4: refuses services that the stack has not, starts that tell users nothing, and none at all; all at once", () => {
    const services = {
      api: { in: "pod", ...commands },
      proxy: { in: "process", ...commands, start: ["touch", "maintenance.html"] },
    };
    const said = refusal({ maintenance: { services, onfailure: "stop" } });
    assert.match(said, /maintenance\.onfailure: found "stop"; allowed: no such key/);
    assert.match(said, /maintenance\.services\.proxy\.start: .*a command with \{title\} and \{message\}/);
    assert.match(
      refusal({ maintenance: { services: { api: services.api } } }),
      /maintenance\.services\.api\.service: found nothing; allowed: one of slipway:services \(runtime-api, /,
    );
    assert.match(refusal({ maintenance: { services: {} } }), /at least one service/);
  });
});

describe("the ticket section of a stack file", () => {
  it("F17: takes the last source's forge", () => {
    const ticket = { assignees: ["alan"], board: "Stack", lane: "push to production" };
    assert.deepEqual(parsed({ sources: { stack: source }, ticket }).ticket?.assignees, ["alan"]);
  });

  it("F17, X4: refuses nobody to act, no forge, a lane without a board, and two lanes", () => {
    assert.match(refusal({ sources: { stack: source }, ticket: { assignees: [] } }), /ticket\.assignees/);
    const ticket = { assignees: ["alan"], lane: "push to production" };
    const plain = { ...source, forge: undefined };
    assert.match(
      refusal({ sources: { stack: plain }, ticket }),
      /ticket\.source: .*with a forge \(there is none yet\)/,
    );
    assert.match(refusal({ sources: { stack: source }, ticket }), /ticket\.board: .*the board of the lane/);
    const gates = { places: { ticketLane: "Releases" } };
    assert.match(
      refusal({ sources: { stack: source }, gates, ticket: { ...ticket, board: "Stack" } }),
      /ticket\.lane: found "push to production"; allowed: the lane that gates\.places\.ticketLane names too: Releases/,
    );
  });
});
