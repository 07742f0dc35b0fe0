import assert from "node:assert/strict";
import { found } from "../../../lib/evidence/finding";
import { strongest } from "../../../lib/release/gates/layers";
import { developerNamespace } from "../../../lib/release/gates/rules/places";
import type { Facts } from "../../../lib/release/gates/facts";
import {
  before,
  data,
  deployment,
  digest,
  facts,
  is,
  judge,
  not,
  now,
  onStaging,
  pin,
  pinFacts,
  policy,
  release,
  says,
  seen,
  source,
  sourceFacts,
  unknown,
} from "./world";

const stackTag = (tag: string): ReturnType<typeof policy> => policy({ sources: [source("stack", tag)] });
const stack = (tag: string, at = "2026-11-17T10:00:00Z"): Facts =>
  facts({
    sources: [
      sourceFacts("stack", tag, { tag: is({ tag, commit: "b".repeat(40), annotated: true, by: "ana", at }) }),
    ],
  });
const withPins = (...pins: Facts["pins"]): Facts => facts({ pins });
const all = facts().pins;

describe("gates of Fragalysis", () => {
  it("F1: refuses while one of the three tags does not exist", () => {
    const [backend, ...others] = facts().sources;
    assert.ok(backend);
    says(
      judge(
        "F1",
        policy(),
        facts({ sources: [{ ...backend, tag: not("a tag 2026.11.1 in backend") }, ...others] }),
      ),
      "refuse",
      /a tag 2026\.11\.1 in backend/,
    );
    says(judge("F1", policy(), facts({ sources: others })), "waiting", /source backend/);
  });

  it("F2: refuses ITERATION 0 and other forms; warns of a month that is not the tag's own", () => {
    says(judge("F2", stackTag("2026.11.0"), stack("2026.11.0")), "refuse", /ITERATION 0/);
    says(
      judge(
        "F2",
        { ...stackTag("2026.11.0"), limits: { ...policy().limits, iterationZero: true } },
        stack("2026.11.0"),
      ),
      "warn",
    );
    for (const tag of ["2026.13.1", "2026.00.1", "2.4", "v2.19.0"])
      says(judge("F2", stackTag(tag), stack(tag)), "refuse");
    says(
      judge("F2", stackTag("2024.09.4"), stack("2024.09.4", "2024-10-01T08:00:00Z")),
      "warn",
      /made in 2024-10/,
    );
    says(judge("F2", stackTag("2023.2.1"), stack("2023.2.1", "2023-02-03T08:00:00Z")), "warn", /2023\.02\.1/);
  });

  it("N2, F20: a new hot-fix counts on from what runs here; another one is refused with the legal ones, and nothing is thrown", () => {
    const making = (tag: string, deployments: Facts["deployments"]): ReturnType<typeof judge> =>
      judge(
        "N2",
        policy({ sources: [source("stack", tag)] }),
        facts({ release: release({ intent: "create" }), deployments }),
      );
    const tags = /2026\.10\.4-1 \(hot-fix\)/;
    says(making("2026.10.4-1", is([before])), "pass", /2026\.10\.4-1 comes next \(hot-fix\)/);
    says(making("2026.10.4-2", is([before])), "refuse", tags);
    says(making("no version", is([before])), "refuse", /no version/);
    says(making("2026.10.4-1", is([])), "refuse", /2026\.10\.4-1/);
  });

  it("F2: a month is that of the system's people, not of Greenwich", () => {
    const tag = is({
      tag: "2026.10.9",
      commit: "b".repeat(40),
      annotated: true,
      by: "ana",
      at: "2026-11-01T03:00:00Z",
    });
    const known = facts({ sources: [sourceFacts("stack", "2026.10.9", { tag })] });
    const rules = (zone: string): ReturnType<typeof policy> =>
      policy({ zone, sources: [source("stack", "2026.10.9")] });
    says(judge("F2", rules("America/Phoenix"), known), "pass", /2026\.10\.9/);
    says(judge("F2", rules("utc"), known), "warn", /made in 2026-11/);
  });

  it("F3: three parts go to production, candidates and hot-fixes to staging, all else nowhere", () => {
    const verdict = (tag: string, grade: "staging" | "production"): string =>
      judge("F3", { ...stackTag(tag), grade }).verdict;
    for (const tag of ["2023.06.2", "2026.08.3"])
      assert.deepEqual([verdict(tag, "staging"), verdict(tag, "production")], ["pass", "pass"], tag);
    for (const tag of ["2022.11.2-rc.1", "2023.11.1-1"])
      assert.deepEqual([verdict(tag, "staging"), verdict(tag, "production")], ["pass", "refuse"], tag);
    for (const tag of ["2.4", "2.6.6.1"])
      assert.deepEqual([verdict(tag, "staging"), verdict(tag, "production")], ["refuse", "refuse"], tag);
    assert.equal(verdict("2023.2.0", "production"), "warn");
    assert.equal(
      judge("F3", { ...stackTag("2.4"), grade: "development" }).verdict,
      "pass",
      "it is still built",
    );
  });

  const offBranch = facts({
    sources: facts().sources.map((one) =>
      one.name === "backend" ? { ...one, branch: not("2026.11.1 on production; it is on staging") } : one,
    ),
  });
  it("F4: a tag that is not on its production branch is refused for production, allowed with a warning on staging", () => {
    says(judge("F4", policy(), offBranch), "refuse", /it is on staging/);
    says(judge("F4", policy({ grade: "staging" }), offBranch), "warn", /it is on staging/);
    says(judge("F4", policy({ lane: { kind: "hot-fix", reason: "outage", by: "ana" } }), offBranch), "warn");
    says(
      judge("F4", policy(), facts({ sources: facts().sources.map((one) => ({ ...one, branch: unknown })) })),
      "waiting",
    );
  });

  it("F13: the stack's own tag must be on its branch; the others' are F4's", () => {
    says(judge("F13", policy(), offBranch), "pass", /production-stack/);
    const stackOff = facts({
      sources: facts().sources.map((one) =>
        one.name === "stack" ? { ...one, branch: not("2026.11.2 on master") } : one,
      ),
    });
    says(judge("F13", policy(), stackOff), "refuse", /2026\.11\.2 on master/);
  });

  it("F5: refuses an image that the registry has not, or has under another digest", () => {
    says(
      judge(
        "F5",
        policy(),
        withPins(
          ...all.slice(1),
          pinFacts(pin("backend", "2026.11.1", "b"), { digest: not("xchem/fragalysis-backend:2026.11.1") }),
        ),
      ),
      "refuse",
      /fragalysis-backend:2026\.11\.1/,
    );
    says(
      judge(
        "F5",
        policy(),
        withPins(pinFacts(pin("backend", "2026.11.1", "b"), { digest: is(digest("1")) })),
      ),
      "refuse",
      /pushed the tag again/,
    );
  });

  it("F6: production refuses a branch where a tag is meant; staging shows that it moves", () => {
    const branch = policy({ sources: [source("frontend", "staging")] });
    says(
      judge("F6", branch, facts({ sources: [sourceFacts("frontend", "staging")] })),
      "refuse",
      /a reference that moves/,
    );
    says(
      judge("F6", { ...branch, grade: "staging" }, facts({ sources: [sourceFacts("frontend", "staging")] })),
      "warn",
      /moves/,
    );
  });

  it("F7: refuses when the stack's workflow names other parts than are pinned", () => {
    const named = facts({
      sources: facts().sources.map((one) => ({
        ...one,
        workflow: is({ backend: "2026.10.9", frontend: "2026.10.4" }),
      })),
    });
    says(judge("F7", policy(), named), "refuse", /backend 2026\.10\.9 \| 2026\.11\.1, as pinned/);
    says(
      judge("F7", policy(), facts({ sources: facts().sources.map((one) => ({ ...one, workflow: is({}) })) })),
      "pass",
    );
  });

  it("F8: the same parts again are warned of, or refused where the config says so; the very same release is not", () => {
    const same = facts({
      deployments: is([deployment("prod", now, { hash: digest("9"), release: "2026.11.1" })]),
    });
    says(judge("F8", policy(), same), "warn", /the parts of 2026\.11\.1/);
    says(judge("F8", policy({ limits: { ...policy().limits, unchangedPins: "refuse" } }), same), "refuse");
    says(
      judge("F8", policy(), facts({ deployments: is([deployment("prod", now)]) })),
      "pass",
      /it is the release that runs/,
    );
  });

  it("F9: refuses a failed, missing or pending run, and a stack built before its backend was green", () => {
    const ci = (name: string, finding: Facts["sources"][number]["ci"]): Facts =>
      facts({ sources: facts().sources.map((one) => (one.name === name ? { ...one, ci: finding } : one)) });
    says(judge("F9", policy(), ci("frontend", not("a successful run"))), "refuse", /a successful run/);
    says(judge("F9", policy(), ci("frontend", unknown)), "waiting");
    const late = found("CI", seen("CI green", "https://ci.test", "2026-11-17T13:00:00Z"));
    says(judge("F9", policy(), ci("backend", late)), "refuse", /stack built after backend was green/);
  });

  it("F10: refuses an image whose environment names other parts", () => {
    const [, , one] = all;
    assert.ok(one?.image.finding === "found");
    const { value } = one.image;
    const other = {
      ...one,
      image: is({ ...value, environment: { ...value.environment, FE_IMAGE_TAG: "2026.10.3" } }),
    };
    says(
      judge("F10", policy(), withPins(...all.slice(0, 2), other)),
      "refuse",
      /FE_IMAGE_TAG \| 2026\.10\.3 \| 2026\.10\.4/,
    );
  });

  it("F11: refuses both triggers at once", () => {
    says(
      judge("F11", policy(), facts({ release: release({ triggers: { deploy: true, developer: true } }) })),
      "refuse",
      /TRIGGER_DEVELOPER_AWX/,
    );
  });

  it("F11: what the dispatch says wins over the secret, and that over the default; an empty text is none", () => {
    assert.deepEqual(strongest({ dispatch: "a", secret: "b", default: "c" }), {
      value: "a",
      from: "dispatch",
    });
    assert.deepEqual(strongest({ dispatch: "", secret: "b", default: "c" }), { value: "b", from: "secret" });
    assert.deepEqual(strongest({ default: "c" }), { value: "c", from: "default" });
    assert.equal(strongest({}), undefined);
  });

  it("F12: `latest` and `stable` stay out of production; staging is told", () => {
    for (const tag of ["latest", "stable"]) {
      const moving = withPins(pinFacts({ ...pin("stack", "2026.11.2", "d"), tag }));
      says(judge("F12", policy(), moving), "refuse", new RegExp(tag));
      says(judge("F12", policy({ grade: "staging" }), moving), "warn", new RegExp(tag));
    }
  });

  it("F14: production's namespaces are a list; a developer's is computed, and nothing else passes", () => {
    const inNamespace = (namespace: string): Facts => facts({ release: release({ cluster: { namespace } }) });
    says(judge("F14", policy(), inNamespace("prod")), "refuse", /one of production-stack/);
    says(judge("F14", policy({ grade: "development" }), inNamespace("stack-alan-default")), "pass");
    for (const namespace of ["abc9", "stack-alan-abc9", "xstack-alan-default", "stack-alan-default-1"]) {
      says(judge("F14", policy({ grade: "development" }), inNamespace(namespace)), "refuse");
    }
    assert.equal(developerNamespace("Alan", "default"), "stack-alan-default");
    for (const [user, name] of [
      ["alan", "abc9"],
      ["al an", "default"],
      ["alan", "Default"],
      ["", "a"],
    ] as const)
      assert.throws(() => developerNamespace(user, name), RangeError);
  });

  it("F15: production takes what ran on staging: not without a record, not other images, not unverified", () => {
    says(
      judge("F15", policy(), facts({ deployments: is([before]) })),
      "refuse",
      /no release of staging on record/,
    );
    const other = deployment("staging", "2026-11-20T10:00:00Z", {
      pins: [
        pin("backend", "2026.11.1", "1"),
        pin("frontend", "2026.10.4", "c"),
        pin("stack", "2026.11.2", "d"),
      ],
    });
    says(
      judge("F15", policy(), facts({ deployments: is([before, other]) })),
      "refuse",
      /backend 2026\.11\.1 \(sha256:bbbbbbbbbbbb\)/,
    );
    says(
      judge("F15", policy(), facts({ deployments: is([before, { ...onStaging, verified: false }]) })),
      "refuse",
      /not verified/,
    );
    says(
      judge("F15", policy(), facts({ deployments: is([before, { ...onStaging, outcome: "rolled-back" }]) })),
      "refuse",
      /no release of staging/,
    );
  });

  it("F16: refuses without a try on a copy, on an old copy, and into a volume that had data", () => {
    const tried = (rehearsal: Facts["data"]["rehearsal"]): ReturnType<typeof judge> =>
      judge("F16", policy(), facts({ data: data({ rehearsal }) }));
    says(tried(is(undefined)), "refuse", /never tried/);
    says(tried(is({ copiedAt: "2026-11-20T08:00:00Z", freshVolume: true })), "refuse", /130\.0 h old/);
    says(
      tried(is({ copiedAt: "2026-11-25T08:00:00Z", freshVolume: false })),
      "refuse",
      /a volume that had data/,
    );
  });

  it("F18: warns of a page that is not titled by its tag", () => {
    says(
      judge(
        "F18",
        policy(),
        facts({
          forgeRelease: is({
            tag: "2026.11.2",
            title: "The big one",
            notes: "",
            state: "published",
            link: "x",
            at: now,
            by: "ana",
          }),
        }),
      ),
      "warn",
      /The big one/,
    );
  });

  it("F24: refuses a backup older than the config allows, an empty one, and none", () => {
    const backup = (at: string, bytes = 1): Facts =>
      facts({
        data: data({ backups: is([{ store: "frag", name: "b.sql.gz", at, bytes, hash: digest("1") }]) }),
      });
    says(judge("F24", policy(), backup("2026-11-25T17:00:00Z")), "pass");
    says(judge("F24", policy(), backup("2026-11-25T16:59:00Z")), "refuse", /61 minutes old/);
    says(judge("F24", policy(), backup("2026-11-25T17:50:00Z", 0)), "refuse", /0 bytes/);
    says(judge("F24", policy(), facts({ data: data({ backups: is([]) }) })), "refuse", /no backup of frag/);
  });

  it("F25: counts are recorded, and stop a release only where the config gives a number", () => {
    says(judge("F25"), "pass", /1 critical, 0 high, 0 medium, 3 low/);
    says(
      judge("F25", policy({ limits: { ...policy().limits, vulnerabilities: { critical: 0 } } })),
      "refuse",
      /at most 0 critical/,
    );
  });
});
