import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { checkPage } from "../../cli/check-page";
import { hashOf, loadStack, parseGatedStack } from "../../cli/gated-stack";
import { admitStack, factsFor } from "../../cli/gathered";
import { nextVersions } from "../../cli/next";
import { promote } from "../../cli/promote";
import { recordIn } from "../../cli/record";
import { keepRecords } from "../../cli/record-keeper";
import { releaseStep } from "../../cli/release";
import { smoke } from "../../cli/smoke";
import { found, unjudged } from "../../lib/evidence/finding";
import { OciRegistry } from "../../lib/evidence/oci-registry";
import { anonymous } from "../../lib/evidence/registry-credentials";
import { signStatement } from "../../lib/release/approvals/ssh-signature";
import type { Role } from "../../lib/release/approvals/statement";
import { approvalsFolder } from "../../lib/release/gates/gather/change";
import { writeSmoke } from "../../lib/release/gates/gather/smoke";
import { judgeAll, type Report } from "../../lib/release/gates/judge";
import { ReleaseWorld } from "./release-world";
import { refusalOf } from "../refusal";

const day = 24 * 3_600_000;
const ago = (milliseconds: number): string => new Date(Date.now() - milliseconds).toISOString();
const unseen = (): Promise<ReturnType<typeof unjudged>> =>
  Promise.resolve(unjudged({ where: "cluster", found: "not asked", allowed: "pods", mend: "" }));

describe("commands of a release", function () {
  // Time for the first build of the registry, where the cache has none yet.
  this.timeout(600_000);

  let world: ReleaseWorld;
  beforeEach(async () => {
    world = await ReleaseWorld.start();
  });
  afterEach(() => world.stop());

  const check = async (environment: string): Promise<{ report: Report; page: string }> => {
    const stack = await loadStack(world.folder, environment);
    const facts = await factsFor(world.folder, stack, {});
    const report = judgeAll("before", stack.policy, facts);
    return { report, page: checkPage(report, facts) };
  };
  const verdict = (report: Report, id: string): string | undefined =>
    report.gates.find((gate) => gate.id === id)?.verdict;
  const promoted = (write = true): ReturnType<typeof promote> =>
    promote(world.folder, "staging", "prod", unseen, ago(0), write);
  const refused = async (action: Promise<unknown>): Promise<string> => (await refusalOf(action)).message;

  it("N1: check refuses without CI or smoke test, passes after a smoke test of the released commit, and changes nothing", async () => {
    const before = world.project.git("status", "--porcelain");
    const { report, page } = await check("staging");
    assert.equal(verdict(report, "N1"), "waiting", page);
    assert.match(page, /cannot be released/);
    assert.match(page, /\? N1 .*\n.*nothing says where to look\n.*\n.*slipway smoke/);
    assert.equal(world.project.git("status", "--porcelain"), before, "X2: check wrote something");

    const record = await smoke(world.runtime.folder, "grep -q nmdc-schema requirements.txt", "ana");
    assert.equal(record.outcome, "success");
    await writeSmoke(world.folder, record);
    const after = await check("staging");
    assert.equal(verdict(after.report, "N1"), "pass", after.page);
    assert.match(after.page, new RegExp(`runtime-api +${world.commit.slice(0, 8)} ✓ +main ✓`));
  });

  it("N1: smoke refuses a tree with changes, and records a failure as one", async () => {
    assert.equal((await smoke(world.runtime.folder, "false", "ana")).outcome, "failure");
    assert.equal((await smoke(world.runtime.folder, "echo x > left-behind", "ana")).cleanTree, false);
    assert.match(await refused(smoke(world.runtime.folder, "true", "ana")), /left-behind/);
  });

  it("N7: check refuses code and image of another schema than the data will have", async () => {
    world.write(
      "Pulumi.staging.yaml",
      world.read("Pulumi.staging.yaml").replace("version: 11.24.0", "version: 11.23.0"),
    );
    const { report, page } = await check("staging");
    assert.equal(verdict(report, "N7"), "refuse");
    assert.match(page, /the commit has nmdc-schema 11\.24\.0/);
    assert.match(page, /the image has nmdc-schema 11\.24\.0/);
  });

  it("N2: next computes the three versions that may come, for the commands and for people", async () => {
    const stack = await loadStack(world.folder, "prod");
    const versions = await nextVersions(world.folder, stack, {}, ago(0));
    assert.deepEqual(
      versions.map(({ step, version }) => [step, version]),
      [
        ["patch", "v2.19.1"],
        ["minor", "v2.20.0"],
        ["major", "v3.0.0"],
      ],
    );
    assert.deepEqual(
      (await nextVersions(world.folder, stack, { step: "minor" }, ago(0))).map(({ version }) => version),
      ["v2.20.0"],
    );
    assert.match(await refused(nextVersions(world.folder, stack, { step: "huge" }, ago(0))), /huge/);
    assert.match(
      await refused(nextVersions(world.folder, stack, { source: "frontend" }, ago(0))),
      /found frontend; allowed: runtime/,
    );
  });

  it("H8: promote writes what is verified on staging into the next stack file, keeps its comments, and does it once", async () => {
    await world.released("staging", ago(2 * day));
    const dry = await promoted(false);
    assert.match(world.read("Pulumi.prod.yaml"), /tag: v2\.18\.0/, "a dry run writes nothing");
    assert.match(
      dry.diff,
      /-[ ]{2}slipway:release: v2\.18\.0 # what users have\n\+[ ]{2}slipway:release: v2\.19\.0 # what users have/,
    );
    const done = await promoted();
    assert.equal(done.diff, dry.diff);
    const text = world.read("Pulumi.prod.yaml");
    for (const words of [
      "# prod of a test",
      "tag: v2.19.0",
      world.digests["v2.19.0"] ?? "?",
      "version: 11.24.0",
    ])
      assert.ok(text.includes(words), words);
    assert.equal((await promoted()).diff, "");
    assert.equal(world.read("Pulumi.prod.yaml"), text);
    assert.deepEqual(
      readdirSync(world.folder).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });

  it("H15: promote refuses to skip staging, and a release that staging never had; the stack file stays as it was", async () => {
    const before = world.read("Pulumi.prod.yaml");
    await world.released("dev", ago(2 * day));
    assert.match(
      await refused(promote(world.folder, "dev", "prod", unseen, ago(0), true)),
      /dev → prod; allowed: staging → prod/,
    );
    assert.match(await refused(promoted()), /no release of staging on record/);
    await world.released("staging", ago(day / 2));
    assert.match(await refused(promoted()), /wait 12\.0 h more/);
    const other = (): ReturnType<Parameters<typeof promote>[3]> =>
      Promise.resolve(
        found(
          { fastapi: `sha256:${"9".repeat(64)}` },
          { what: "pods", where: "staging", when: ago(0), by: "cluster" },
        ),
      );
    assert.match(
      await refused(promote(world.folder, "staging", "prod", other, ago(0), true)),
      /runs sha256:999999999999/,
    );
    assert.equal(world.read("Pulumi.prod.yaml"), before);
  });

  it("F15: after smoke test, soak and promotion the production gates pass; another digest than staging's is refused", async () => {
    await writeSmoke(world.folder, await smoke(world.runtime.folder, "true", "ana"));
    await world.released("staging", ago(2 * day));
    await promoted();
    const { report, page } = await check("prod");
    assert.ok(["pass", "warn"].includes(report.verdict), page);
    assert.match(page, /may be released/);

    const old = world.digests["v2.18.0"] ?? "";
    world.write(
      "Pulumi.prod.yaml",
      world.read("Pulumi.prod.yaml").replace(world.digests["v2.19.0"] ?? "?", old),
    );
    const tampered = await check("prod");
    assert.equal(verdict(tampered.report, "F15"), "refuse", tampered.page);
    assert.equal(verdict(tampered.report, "N4"), "refuse", tampered.page);
  });

  it("H3: signed approvals of two others let it pass; a change of the stack file voids them", async () => {
    world.write(
      "Pulumi.staging.yaml",
      world.read("Pulumi.staging.yaml").replace("preset: nmdc", "preset: nmdc, add: [H3]"),
    );
    const sign = async (person: string, role: Role = "reviewer"): Promise<void> => {
      const { config } = await loadStack(world.folder, "staging");
      const hash = hashOf(world.folder, config);
      const statement = {
        kind: "slipway approval",
        system: config.system,
        environment: "staging",
        release: config.release,
        hash,
        role,
        says: "approve",
        by: `${person}@example.org`,
        at: ago(0),
      } as const;
      await signStatement(approvalsFolder(world.folder, "staging"), statement, world.key(person));
    };
    // The fixture's commits are Ana's, committed by Ben: neither counts.
    for (const person of ["ana", "ben", "cleo"]) await sign(person);
    const one = await check("staging");
    assert.equal(verdict(one.report, "H3"), "refuse");
    assert.match(
      one.page,
      /1 of 2 as reviewer \(ana@example\.org is the author; ben@example\.org pushed last\)/,
    );
    await sign("dora");
    const two = await check("staging");
    assert.equal(verdict(two.report, "H3"), "pass", two.page);
    world.write(
      "Pulumi.staging.yaml",
      world.read("Pulumi.staging.yaml").replace("replicas: 2", "replicas: 3"),
    );
    const changed = await check("staging");
    assert.match(changed.page, /cleo@example\.org approved [0-9a-f]{12}, and that has changed since/);
    assert.equal(verdict(changed.report, "H3"), "refuse");
  });

  it("H18: record keeps what runs, adds it to the environment's changelog, and does nothing a second time", async () => {
    const { config } = await loadStack(world.folder, "staging");
    const { repository, tag, digest = "" } = config.images["fastapi"] ?? assert.fail();
    const last = {
      id: "staging-1",
      system: config.system,
      environment: "staging",
      release: config.release,
      hash: hashOf(world.folder, config),
      operator: "ana",
      openedAt: "2026-11-21T10:00:00.000Z",
      closedAt: "2026-11-21T10:05:00.000Z",
      outcome: "released",
      schema: { package: "nmdc-schema", from: "11.23.0", to: "11.24.0" },
      images: [{ name: "fastapi", to: `${repository}:${tag}@${digest}` }],
      migrations: [],
      collections: [],
      durations: {},
    };
    const { report } = await check("staging");
    const keep = async (json: object): Promise<readonly string[]> => {
      const record = recordIn(JSON.stringify(json), "staging");
      const kept = await keepRecords(world.folder, "staging", [record], { report, changelogs: "." });
      return [...kept.records, ...(kept.changelog === undefined ? [] : [kept.changelog])];
    };
    const [file = "", changelog] = await keep({ writes: "open", last });
    assert.equal(changelog, "staging/changelog.md");
    assert.match(
      world.read("staging/changelog.md"),
      new RegExp(`^## 21 November 2026\n- fastapi ${repository}:v2\\.19\\.0@sha256:`),
    );
    const texts = [world.read("staging/changelog.md"), world.read(file)];
    assert.deepEqual(await keep(last), []);
    assert.deepEqual([world.read("staging/changelog.md"), world.read(file)], texts);
    assert.match(texts[1] ?? "", /"id": "N1"/, "what the gates said is on record");
    assert.match(
      texts[1] ?? "",
      /"service": "runtime-api",\s+"source": "runtime"/,
      "and the line of evidence",
    );
    assert.match(await refused(keep({ ...last, environment: "prod" })), /a record of prod/);
    assert.match(await refused(keep({})), /no record/);
  });

  it("X3: applying what runs already needs no window, approval or soak time; going back needs no promotion", async () => {
    await writeSmoke(world.folder, await smoke(world.runtime.folder, "true", "ana"));
    await world.released("staging", ago(2 * day));
    const forward = await admitStack(world.folder, "prod", {});
    assert.match(forward.refusal?.message ?? "", /F15 the same commit ran on staging/);
    await world.released("prod", ago(3 * day));
    assert.equal((await admitStack(world.folder, "prod", {})).refusal, undefined);
    const other = await admitStack(world.folder, "prod", { hash: `sha256:${"1".repeat(64)}` });
    assert.match(other.refusal?.message ?? "", /N1/, "another hash is another release");
    assert.doesNotMatch(other.refusal?.message ?? "", /F15|W4/, "but its images ran here before");
  });

  it("H7: release tags the images for the environment, keeps digests and comments, and does nothing a second time", async () => {
    const registry = new OciRegistry(anonymous);
    const first = await releaseStep(world.folder, "prod", registry, "2026-11-21T12:00:00Z", "ana");
    assert.equal(first.did, "released");
    const tag = `prod-${world.commit.slice(0, 8)}-21-11-2026.1795262400`;
    const text = world.read("Pulumi.prod.yaml");
    assert.ok(text.includes(`tag: ${tag}`) && text.includes("# what users have"), text);
    assert.ok(existsSync(first.record));
    const second = await releaseStep(world.folder, "prod", registry, "2026-11-22T12:00:00Z", "ben");
    assert.deepEqual([second.did, second.released.by], ["nothing", "ana"]);
    assert.equal(world.read("Pulumi.prod.yaml"), text);
  });

  it("W3: check refuses a clock that is off, and waits for one that does not answer", async () => {
    world.clock.answering(() => ({
      status: 200,
      headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
    }));
    assert.equal(verdict((await check("prod")).report, "W3"), "refuse");
    world.write(
      "Pulumi.prod.yaml",
      world.read("Pulumi.prod.yaml").replace(`http://${world.clock.host}/`, "http://127.0.0.1:1/"),
    );
    assert.equal(verdict((await check("prod")).report, "W3"), "waiting");
  });

  it("X4: a stack file wrong in both halves is refused with every mistake at once, and a missing one by its name", async () => {
    const text = world
      .read("Pulumi.prod.yaml")
      .replace("preset: nmdc", "preset: nmcd")
      .replace("replicas: 2", "replicas: none")
      .replace("soakHours: 24", "soakHours: -1");
    const message = await refused(Promise.resolve().then(() => parseGatedStack(text, "Pulumi.prod.yaml")));
    for (const key of [
      "slipway:gates.preset",
      "slipway:services.runtime-api.replicas",
      "slipway:promotion.soakHours",
    ])
      assert.ok(message.includes(key), `${key} in ${message}`);
    assert.match(
      await refused(loadStack(join(world.folder, "none"), "prod")),
      /Pulumi\.prod\.yaml: found no such file/,
    );
    assert.match(await refused(loadStack(world.folder, "nowhere")), /Pulumi\.nowhere\.yaml/);
  });
});
