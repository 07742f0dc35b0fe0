import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataPlan } from "../../lib/data/preview/data-plan";
import { describePlan } from "../../lib/review/data-plan";

const golden = (name: string): string =>
  readFileSync(join(__dirname, "..", "golden", "review", name), "utf8");
const text = (plan: DataPlan): string => `${describePlan(plan).join("\n")}\n`;

const images: DataPlan["images"] = [
  {
    name: "fastapi",
    from: `registry.example.org:5000/nmdc/fastapi:v2.18.0@sha256:${"a".repeat(64)}`,
    to: `registry.example.org:5000/nmdc/fastapi:v2.19.0@sha256:${"b".repeat(64)}`,
  },
  { name: "dagster", to: `registry.example.org:5000/nmdc/dagster:v2.19.0@sha256:${"c".repeat(64)}` },
];

const sampled: DataPlan = {
  schema: { from: "11.23.0", to: "11.24.0" },
  migrations: [{ id: "nmdc-schema/11.23.0-to-11.24.0", hash: "sha256:1" }],
  images,
  order: "data-first",
  tried: { documents: 4040, of: 400_040, over: "sample", ofEach: 2000 },
  collections: [
    {
      ...{ collection: "biosample_set", documentsBefore: 300_000, tried: 2000 },
      ...{ added: 0, changed: 1200, removed: 3, invalid: 0, invalidAtMost: 0.00149674 },
      fields: [
        { pointer: "/env_medium/term/name", how: "changed", documents: 1200 },
        { pointer: "/samp_size", how: "removed", documents: 7 },
      ],
    },
    {
      ...{ collection: "data_object_set", documentsBefore: 100_000, tried: 2000 },
      ...{ added: 0, changed: 0, removed: 0, invalid: 2, invalidAtMost: 0.00314485 },
      fields: [],
    },
    {
      ...{ collection: "study_set", documentsBefore: 40, tried: 40 },
      ...{ added: 1, changed: 11, removed: 0, invalid: 0 },
      fields: [
        { pointer: "/has_credit_associations/*/applies_to_person/orcid", how: "added", documents: 11 },
      ],
    },
  ],
  validity: { before: 3, after: 2 },
  invalid: [
    {
      ...{ collection: "data_object_set", id: '"dobj-1"', pointer: "/file_size_bytes" },
      ...{ rule: "type: must be integer", verdict: "invalid-before" },
    },
    {
      ...{ collection: "data_object_set", id: '"dobj-2"', pointer: "" },
      ...{ rule: "required: must have a name", verdict: "made-invalid" },
    },
  ],
  examples: [
    {
      collection: "study_set",
      id: '"sty-1"',
      fields: [
        { pointer: "/name", how: "changed", before: '"Soil"', after: '"Soils"' },
        { pointer: "/token", how: "removed", before: "***" },
      ],
      more: 2,
    },
  ],
  problems: [
    { where: "lock", found: "another release at work", allowed: "one at a time", mend: "wait for it" },
  ],
};

const nothing: DataPlan = {
  ...sampled,
  schema: { from: "11.24.0", to: "11.24.0" },
  migrations: [],
  images: [],
  tried: { documents: 0, of: 0, over: "everything" },
  collections: [],
  validity: { before: 0, after: 0 },
  invalid: [],
  examples: [],
  problems: [],
};

describe("a data plan in words", () => {
  it("is the golden file, for a sample with everything in it", () => {
    assert.equal(text(sampled), golden("data-plan-sample.txt"));
  });

  it("is the golden file, for a way back beside a release that was left open", () => {
    const open = { id: "r", release: "v2.19.0", stage: "roll-out", ownerAlive: false } as const;
    const back = {
      ...nothing,
      schema: { from: "11.24.0", to: "11.23.0" },
      comesBack: { collections: ["study_set"], looked: false },
      open,
      order: "code-first",
    } as const;
    assert.equal(text({ ...back, images }), golden("data-plan-back.txt"));
  });

  it("X3: is nothing where nothing would change", () => {
    assert.deepEqual(describePlan(nothing), []);
    const same = images.map(({ name, to }) => ({ name, from: to, to }));
    assert.deepEqual(describePlan({ ...nothing, images: same, order: "code-first" }), []);
  });

  it("says that the schema stays where only code changes, and that all were tried where all were", () => {
    assert.match(
      text({ ...nothing, images }),
      /^data: schema 11\.24\.0 stays\ndata: {3}image fastapi: v2\.18\.0/,
    );
    const whole = { ...sampled, tried: { documents: 237, of: 237, over: "everything" } } as const;
    assert.match(text(whole), /1,211 of 237 documents would change; all were tried/);
    const dump = {
      documents: 9,
      of: 9,
      over: "dump",
      record: "dev-v2-7",
      at: "2026-11-21T10:00:00Z",
    } as const;
    assert.match(text({ ...sampled, tried: dump }), /tried on the dump of dev-v2-7, 2026-11-21T10:00:00Z/);
  });

  it("X4: keeps lists short on the screen and says how many more there are", () => {
    const [first] = sampled.invalid;
    assert.ok(first);
    const many = {
      ...sampled,
      invalid: Array<typeof first>(200).fill(first),
      validity: { before: 0, after: 1234 },
    };
    const lines = describePlan(many).filter((line) => line.includes("dobj-1"));
    assert.equal(lines.length, 20);
    assert.match(text(many), /… and 1,214 more/);
  });
});
