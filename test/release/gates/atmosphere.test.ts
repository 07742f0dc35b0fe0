import { DateTime } from "luxon";
import type { Done } from "../../../lib/release/windows/timeline";
import type { Facts, SourceFacts } from "../../../lib/release/gates/facts";
import type { Policy } from "../../../lib/release/gates/policy";
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
  policy,
  release,
  says,
  source,
  sourceFacts,
  statement,
  unknown,
} from "./world";

const at = (time: string): Facts =>
  facts({ now: DateTime.fromISO(time, { zone: "America/Phoenix" }).toUTC().toISO() ?? "" });
const done = (items: readonly Partial<Done>[]): Facts =>
  facts({
    done: is(
      items.map((one) => ({
        item: "notice",
        at: "2026-11-10T10:00:00Z",
        by: "carol",
        evidence: "mail",
        ...one,
      })),
    ),
  });
const rules = policy({ sources: [source("atmosphere", "v37-5", { scheme: "major-minor" })] });
const known = (more: Partial<SourceFacts> = {}): Facts =>
  facts({ sources: [sourceFacts("atmosphere", "v37-5", more)] });
const people = (more: Partial<Policy["people"]>): Policy =>
  policy({ people: { ...policy().people, ...more } });

describe("gates of Atmosphere", () => {
  it("A1: refuses without crew chief or driver, warns when both are one person", () => {
    says(judge("A1", people({ crewChief: undefined })), "refuse", /slipway:people\.crewChief/);
    says(judge("A1", people({ driver: " " })), "refuse", /slipway:people\.driver/);
    says(judge("A1", people({ driver: "Carol" })), "warn", /is both/);
  });

  it("A2: refuses without a notice and with one that came later than two working days before", () => {
    const banner = { item: "banner" } as const;
    says(judge("A2", policy(), done([banner])), "refuse", /notice sent to the users: not done/);
    // The window begins on Wednesday 25 November, 9:00 in Phoenix, which is 16:00 UTC.
    says(judge("A2", policy(), done([banner, { at: "2026-11-23T16:00:00Z" }])), "warn", /late but in time/);
    says(judge("A2", policy(), done([banner, { at: "2026-11-23T16:01:00Z" }])), "refuse", /too late/);
    says(
      judge(
        "A2",
        policy({ notice: { workingDays: 2, target: 14, holidays: ["2026-11-24"] } }),
        done([banner, { at: "2026-11-23T16:00:00Z" }]),
      ),
      "refuse",
      /too late/,
    );
  });

  it("A3: refuses a window that is not on the calendar", () => {
    says(judge("A3", policy(), done([])), "refuse", /calendar/);
  });

  it("A4: the status page is asked of CyVerse only, A5: the tech team of Jetstream only", () => {
    says(judge("A4", policy(), done([])), "refuse", /status page/);
    says(judge("A4", policy({ site: "jetstream" }), done([])), "pass", /no rule of jetstream/);
  });

  it("A5: refuses when Jetstream's tech team does not know", () => {
    says(judge("A5", policy({ site: "jetstream" }), done([])), "refuse", /tech team/);
    says(judge("A5", policy(), done([])), "pass", /no rule of cyverse/);
    says(judge("A5", policy({ site: undefined }), done([])), "refuse", /cyverse or jetstream/);
  });

  it("A6: refuses a candidate with open entries, off its branch or without image; warns of one younger than a week", () => {
    const text =
      "## [Unreleased](x) - YYYY-MM-DD\n### Added\n- late\n\n## [v37-5](x/compare/v37-4...v37-5) - 2026-11-01\n- a\n\n## [v37-4](x) - 2026-10-01\n";
    says(judge("A6", rules, known({ changelog: is(text) })), "refuse", /1 entries under Unreleased/);
    says(
      judge("A6", rules, known({ changelog: is("## [v37-4](x) - 2026-10-01\n") })),
      "refuse",
      /no section v37-5/,
    );
    says(
      judge("A6", rules, known({ branch: not("v37-5 merged into master") })),
      "refuse",
      /merged into master/,
    );
    says(
      judge(
        "A6",
        rules,
        known({
          tag: is({ tag: "v37-5", commit: "b", annotated: true, by: "ana", at: "2026-11-20T10:00:00Z" }),
        }),
      ),
      "warn",
      /5\.3 days old/,
    );
  });

  it("A7: a branch is no release, nor is another form", () => {
    const tagged = (tag: string): ReturnType<typeof judge> =>
      judge(
        "A7",
        policy({ sources: [source("atmosphere", tag, { scheme: "major-minor" })] }),
        facts({ sources: [sourceFacts("atmosphere", tag)] }),
      );
    for (const tag of ["34-0", "v37-5"]) says(tagged(tag), "pass");
    for (const tag of ["master", "v37", "37.5", "v37-5-1", "v-37-5"]) says(tagged(tag), "refuse");
  });

  it("A8: the compare link starts at the release before, and no placeholder is left", () => {
    const section = (link: string, entry = "- a"): Facts =>
      known({ changelog: is(`## [v37-5](${link}) - 2026-11-01\n${entry}\n\n## [v37-4](x) - 2026-10-01\n`) });
    says(judge("A8", rules, section("https://forge.test/compare/v37-4...v37-5")), "pass");
    says(
      judge("A8", rules, section("https://forge.test/compare/v37-0...v37-5")),
      "refuse",
      /ends with \/compare\/v37-4\.\.\.v37-5/,
    );
    says(
      judge(
        "A8",
        rules,
        section(
          "https://forge.test/compare/v37-4...v37-5",
          "### Deprecated\n  - <for soon-to-be removed features>",
        ),
      ),
      "refuse",
      /no placeholders/,
    );
  });

  it("A9: refuses what did not run on beta, and what nobody signed as tested", () => {
    says(judge("A9", policy(), facts({ deployments: is([before]) })), "refuse", /no release of staging/);
    says(judge("A9", policy(), facts({ statements: is([]) })), "refuse", /nobody signed/);
    says(
      judge("A9", policy(), facts({ statements: is([statement("tess", "tester", { hash: digest("5") })]) })),
      "refuse",
      /a sign-off of another release/,
    );
  });

  it("A10: refuses the secrets of another environment, and shows which variables change", () => {
    const secrets = (name: string | undefined): Facts =>
      facts({ release: release({ deployment: is({ branch: "master", commit: "f", secrets: name }) }) });
    says(judge("A10", policy(), secrets("jetstream-prod")), "refuse", /secrets of jetstream-prod/);
    says(judge("A10", policy(), secrets(undefined)), "refuse", /nowhere/);
    says(judge("A10"), "pass", /variables that change: API_URL/);
    says(
      judge("A10", policy({ places: { ...policy().places, secretsReference: undefined } })),
      "refuse",
      /secretsReference/,
    );
  });

  it("A11: refuses a release that names no database to dump", () => {
    says(judge("A11", policy(), facts({ data: data({ stores: [] }) })), "refuse", /no store/);
    says(
      judge("A11", policy(), facts({ data: data({ stores: ["atmo_prod", "troposphere"] }) })),
      "pass",
      /troposphere is dumped first/,
    );
  });

  it("A11: the first deployment is the first one", () => {
    const first = policy({ lane: { kind: "first-time", reason: "new cluster", by: "carol" } });
    says(judge("A11", first, facts({ deployments: is([]) })), "pass", /dumps for frag/);
    says(judge("A11", first), "refuse", /2026\.10\.4 runs in prod/);
    says(
      judge("A11", first, facts({ deployments: is([]), data: data({ stores: [] }) })),
      "refuse",
      /no store/,
    );
    says(judge("A11", first, facts({ deployments: unknown })), "waiting");
  });

  it("A14: refuses when of one component it is not known what runs, warns where nothing keeps what it writes", () => {
    const one = {
      ...before,
      pins: before.pins.map((each) => (each.name === "frontend" ? { ...each, digest: undefined } : each)),
    };
    says(
      judge("A14", policy(), facts({ deployments: is([one, onStaging]) })),
      "refuse",
      /no digest of frontend/,
    );
    const bare = facts({
      release: release({
        services: [{ name: "stack", image: "stack", replicas: 1, strategy: "rolling", volume: false }],
      }),
    });
    says(judge("A14", policy(), bare), "warn", /no volume/);
  });

  it("A15: refuses a tree with changes of its own", () => {
    says(judge("A15", policy(), facts({ tree: not("a clean tree") })), "refuse", /a clean tree/);
  });

  it("A16: refuses an unknown image before anything stops, and stop-first outside a window", () => {
    const pins = facts().pins.map((one, index) =>
      index === 1 ? { ...one, digest: not("release-v37-2 in the registry") } : one,
    );
    says(judge("A16", policy(), facts({ pins })), "refuse", /release-v37-2 in the registry/);
    const stopping = facts({
      release: release({
        services: [{ name: "atmosphere", image: "stack", replicas: 1, strategy: "stop-first", volume: true }],
      }),
    });
    says(judge("A16", policy(), stopping), "pass");
    says(judge("A16", policy({ window: undefined }), stopping), "refuse", /stop-first without a window/);
  });

  it("A17: maintenance does not end while a check fails", () => {
    says(
      judge("A17", policy(), facts({ data: data({ verified: is({ wrong: ["/api: 502"], looked: 2 }) }) })),
      "refuse",
      /502/,
    );
  });

  it("A18: warns of a maintenance that is not ours", () => {
    const on = (title: string): Facts =>
      facts({ data: data({ maintenance: is([{ service: "troposphere", title, since: now }]) }) });
    says(judge("A18", policy(), on("2026-11-25 2026.11.2 deployment")), "pass");
    says(judge("A18", policy(), on("network upgrade")), "warn", /troposphere: "network upgrade"/);
  });

  it("A19: a hot-fix has no window and no notice, but it rolls and it says why", () => {
    const fix = policy({
      lane: { kind: "hot-fix", reason: "users cannot log in", by: "dan" },
      window: undefined,
      gates: [],
    });
    says(judge("A19", fix), "pass", /users cannot log in/);
    for (const id of ["W1", "A2", "A3", "A4", "A5", "A6", "A9"] as const)
      says(judge(id, fix, facts({ done: is([]) })), "pass");
    says(judge("F19", fix), "pass");
    const stopping = facts({
      release: release({
        services: [{ name: "atmosphere", image: "stack", replicas: 1, strategy: "stop-first", volume: true }],
      }),
    });
    says(judge("A19", fix, stopping), "refuse", /rolling, outside a window/);
    says(
      judge("A19", { ...fix, lane: { kind: "hot-fix", reason: " ", by: "dan" } }),
      "refuse",
      /a reason and a name/,
    );
  });

  it("W1: begins inside the window only", () => {
    says(judge("W1", policy(), at("2026-11-25T08:59")), "refuse", /before the window/);
    says(judge("W1", policy(), at("2026-11-25T09:00")), "pass", /open until 2026-11-25 16:00 MST/);
    says(judge("W1", policy(), at("2026-11-25T16:00")), "refuse", /which is over/);
    says(judge("W1", policy({ window: undefined })), "refuse", /no window/);
    says(
      judge(
        "W1",
        policy({ window: { kind: "once", start: "2026-11-25T09:00", end: "2026-11-25T16:00", zone: "MST" } }),
      ),
      "refuse",
      /America\/Phoenix/,
    );
  });

  it("F19: refuses when less is left of the window than the release needs", () => {
    says(judge("F19", policy(), at("2026-11-25T15:15")), "pass", /45 minutes left, 45 needed/);
    says(judge("F19", policy(), at("2026-11-25T15:16")), "refuse", /44 minutes left/);
    says(judge("F19", policy({ window: undefined })), "pass", /set aside 45 minutes/);
  });

  it("W2: refuses during a freeze, but not the lanes that it excepts", () => {
    const freezes = [
      {
        from: "2026-11-20T00:00",
        to: "2026-12-01T00:00",
        zone: "America/New_York",
        reason: "Thanksgiving",
        except: ["hot-fix" as const],
      },
    ];
    says(judge("W2", policy({ freezes })), "refuse", /Thanksgiving/);
    says(judge("W2", policy({ freezes, lane: { kind: "hot-fix", reason: "outage", by: "dan" } })), "pass");
  });

  it("W3: refuses a clock that is off, either way, and waits without a second clock", () => {
    for (const second of ["2026-11-25T18:01:01Z", "2026-11-25T17:58:59Z"])
      says(judge("W3", policy(), facts({ secondClock: is(second) })), "refuse", /61 s/);
    says(judge("W3", policy(), facts({ secondClock: is("2026-11-25T18:01:00Z") })), "pass");
    says(judge("W3", policy(), facts({ secondClock: unknown })), "waiting");
    says(judge("W3", policy(), facts({ secondClock: is("yesterday") })), "waiting");
  });

  it("W4: refuses before the soak time is over; the same release again does not start it anew", () => {
    const soaking = (...times: readonly string[]): Facts =>
      facts({ deployments: is(times.map((time) => deployment("staging", time))) });
    says(judge("W4", policy(), soaking("2026-11-24T18:00:00Z")), "pass", /24\.0 of 24 h/);
    says(judge("W4", policy(), soaking("2026-11-24T19:00:00Z")), "refuse", /wait 1\.0 h more/);
    says(judge("W4", policy(), soaking("2026-11-24T10:00:00Z", "2026-11-25T17:00:00Z")), "pass");
    const between = deployment("staging", "2026-11-25T12:00:00Z", {
      hash: digest("6"),
      pins: [pin("stack", "x", "6")],
    });
    says(
      judge(
        "W4",
        policy(),
        facts({
          deployments: is([
            deployment("staging", "2026-11-24T10:00:00Z"),
            between,
            deployment("staging", "2026-11-25T17:00:00Z"),
          ]),
        }),
      ),
      "refuse",
    );
  });
});
