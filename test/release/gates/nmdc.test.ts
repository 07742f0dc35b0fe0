import {
  facts,
  is,
  judge,
  not,
  now,
  pin,
  pinFacts,
  policy,
  release,
  says,
  seen,
  source,
  sourceFacts,
  unknown,
  data,
  digest,
} from "./world";
import { unpinned } from "../../../lib/release/references/digest";
import type { PinFacts, SmokeRecord, SourceFacts } from "../../../lib/release/gates/facts";
import type { Facts } from "../../../lib/release/gates/facts";

const rules = policy({
  sources: [
    source("runtime", "v2.19.0", { scheme: "semver", branch: "main", images: ["fastapi", "dagster"] }),
  ],
});
const runtime = (more: Partial<SourceFacts> = {}, others: Partial<Facts> = {}): Facts =>
  facts({
    sources: [sourceFacts("runtime", "v2.19.0", { tags: is(["v2.18.0", "v2.19.0"]), ...more })],
    ...others,
  });
const smoke: SmokeRecord = {
  commit: "b".repeat(40),
  command: "make up-test test",
  outcome: "success",
  cleanTree: true,
  at: now,
  by: "ana",
};

describe("gates of NMDC", () => {
  it("N1: refuses a commit whose CI failed, and waits for one that nobody could ask about", () => {
    says(judge("N1", rules, runtime({ ci: not("CI green for bbbbbbb") })), "refuse", /CI green for bbbbbbb/);
    says(judge("N1", rules, runtime({ ci: unknown })), "waiting", /401/);
  });

  it("N1: a local smoke test of exactly this commit, on a clean tree, stands in for CI", () => {
    says(judge("N1", rules, runtime({ ci: not("CI"), smoke: is(smoke) })), "pass", /make up-test test/);
    says(
      judge("N1", rules, runtime({ ci: not("CI"), smoke: is({ ...smoke, commit: "c".repeat(40) }) })),
      "refuse",
      /CI/,
    );
    says(
      judge("N1", rules, runtime({ ci: not("CI"), smoke: is({ ...smoke, outcome: "failure" }) })),
      "refuse",
      /failure/,
    );
    says(
      judge("N1", rules, runtime({ ci: not("CI"), smoke: is({ ...smoke, cleanTree: false }) })),
      "refuse",
      /not committed/,
    );
  });

  it("N8: an image that is there whole passes; one without a layer is refused, one that nobody could ask about waits", () => {
    const images = (whole: PinFacts["whole"]): Facts =>
      facts({ pins: [pinFacts(pin("fastapi", "v2.19.0", "b"), { whole })] });
    says(judge("N8", rules, images(is(digest("b")))), "pass", /every layer of sha256:b{12} is there/);
    says(judge("N8", rules, images(not("every layer"))), "refuse", /every layer/);
    says(judge("N8", rules, images(unknown)), "waiting", /401/);
    says(judge("N8", rules, facts({ pins: [] })), "waiting", /no image/);
  });

  it("N2: creating takes one of the three versions that come next, and no other", () => {
    const creating = (tag: string): ReturnType<typeof judge> =>
      judge(
        "N2",
        policy({ sources: [source("runtime", tag, { scheme: "semver" })] }),
        runtime({ tags: is(["v2.18.0", "v2.17.3"]) }, { release: release({ intent: "create" }) }),
      );
    for (const tag of ["v2.18.1", "v2.19.0", "v3.0.0"]) says(creating(tag), "pass", new RegExp(tag));
    for (const tag of ["v2.18.0", "v2.20.0", "v2.17.4", "v3.1.0", "2.19.0", "v2.18.2"])
      says(creating(tag), "refuse", /v2\.18\.1 \(patch\), v2\.19\.0 \(minor\), v3\.0\.0 \(major\)|vX\.Y\.Z/);
  });

  it("N2: deploying an existing tag is legal whatever its age; one that does not exist is not", () => {
    const deploying = (tag: string): ReturnType<typeof judge> =>
      judge(
        "N2",
        policy({ sources: [source("runtime", tag, { scheme: "semver" })] }),
        runtime({ tags: is(["v2.18.0", "v2.10.0"]) }),
      );
    says(deploying("v2.10.0"), "pass");
    says(deploying("v2.18.1"), "refuse", /no tag v2\.18\.1/);
  });

  it("N3: refuses a release without a page, a draft, or without an entry in the notes file", () => {
    const notes = (text: string): Facts => runtime({ changelog: is(text) });
    says(
      judge("N3", rules, runtime({}, { forgeRelease: not("a release of v2.19.0") })),
      "refuse",
      /a release of v2\.19\.0/,
    );
    says(
      judge(
        "N3",
        rules,
        runtime(
          {},
          {
            forgeRelease: is({
              tag: "v2.19.0",
              title: "v2.19.0",
              notes: "",
              state: "draft",
              link: "x",
              at: now,
              by: "ana",
            }),
          },
        ),
      ),
      "refuse",
      /draft/,
    );
    says(judge("N3", rules, notes("# Releases\n- v2.19.0: a thing\n")), "pass");
    for (const text of ["- v2.18.0\n", "- v2.19.0-rc.1\n", "- v12.19.0\n", "- v2.19.01\n"])
      says(judge("N3", rules, notes(text)), "refuse", /no entry v2\.19\.0/);
  });

  it("N4: refuses the floating tag, a pin without digest, images of two commits, and a tag that was pushed again", () => {
    const two = [pin("fastapi", "v2.19.0", "b"), pin("dagster", "v2.19.0", "b")] as const;
    const pinned = (...pins: readonly ReturnType<typeof pinFacts>[]): ReturnType<typeof judge> =>
      judge("N4", rules, facts({ pins }));
    says(pinned(...two.map((one) => pinFacts(one))), "pass");
    says(pinned(pinFacts(two[0]), pinFacts({ ...two[1], tag: "prod" })), "refuse", /prod/);
    says(pinned(pinFacts(two[0]), pinFacts({ ...two[1], digest: undefined })), "refuse", /no digest/);
    says(
      pinned(pinFacts(two[0]), pinFacts({ ...two[1], commit: "c".repeat(40) })),
      "refuse",
      /dagster of cccccccc/,
    );
    says(
      pinned(pinFacts(two[0]), pinFacts(two[1], { digest: is(digest("0")) })),
      "refuse",
      /is sha256:000000000000 now/,
    );
  });

  it("N4: waits for the package's publishing where that is required", () => {
    says(judge("N4", rules, facts({ published: unknown })), "waiting");
    says(
      judge("N4", rules, facts({ published: not("nmdc-runtime 2.19.0 on the index") })),
      "refuse",
      /on the index/,
    );
    says(judge("N4", rules, facts({ published: is("2.19.0") })), "pass");
  });

  it("N5: refuses when one pod or one answer is not as released, and when nobody looked", () => {
    const after = (wrong: readonly string[], looked: number): ReturnType<typeof judge> =>
      judge("N5", rules, facts({ data: data({ verified: is({ wrong, looked }) }) }));
    says(after(["pod runtime-api-1 runs sha256:1"], 3), "refuse", /pod runtime-api-1/);
    says(after([], 0), "refuse", /nothing was looked at/);
  });

  it("N7: refuses when commit or image are made for another schema, and warns without a hash", () => {
    const schema = (more: Partial<Facts["data"]>): ReturnType<typeof judge> =>
      judge("N7", rules, facts({ data: data(more) }));
    says(
      schema({ commitSchema: is("11.23.0") }),
      "refuse",
      /the commit has nmdc-schema 11\.23\.0 \| 11\.24\.0/,
    );
    says(schema({ imageSchema: is("11.23.0") }), "refuse", /the image has nmdc-schema 11\.23\.0/);
    says(
      judge(
        "N7",
        rules,
        facts({ release: release({ schema: { package: "nmdc-schema", version: "11.24.0" } }) }),
      ),
      "warn",
      /no hash/,
    );
    says(
      judge(
        "N7",
        rules,
        facts({ release: release({ schema: { package: "nmdc-schema", version: ">=11" } }) }),
      ),
      "refuse",
      /one exact version/,
    );
  });

  it("N7: refuses another hash than the package is installed by, and waits where nothing pins it", () => {
    const hashed = (
      hash: string,
      packageHashes: Facts["data"]["packageHashes"],
    ): ReturnType<typeof judge> => {
      const schema = { package: "nmdc-schema", version: "11.24.0", hash };
      return judge("N7", rules, facts({ release: release({ schema }), data: data({ packageHashes }) }));
    };
    says(hashed(digest("e"), is([digest("d"), digest("e")])), "pass", /nmdc-schema 11\.24\.0 is sha256:eeee/);
    says(hashed(digest("f"), is([digest("e")])), "refuse", /sha256:ffff.*sha256:eeee/);
    says(hashed(digest("e"), unknown), "waiting");
  });

  it("X1: refuses what is not pinned by digest, but in a development stack that builds", () => {
    const open = facts({ pins: [pinFacts({ ...pin("fastapi", "v2.19.0", "b"), digest: undefined })] });
    says(judge("X1", rules, open), "refuse", /slipway pin/);
    says(judge("X1", { ...rules, grade: "staging" }, open), "refuse");
    says(judge("X1", { ...rules, grade: "development" }, open), "warn");
  });

  it("X1: refuses the zeros that examples have in the place of a digest, everywhere", () => {
    const zeros = facts({ pins: [pinFacts({ ...pin("fastapi", "v2.19.0", "b"), digest: unpinned })] });
    for (const grade of ["development", "staging", "production"] as const)
      says(judge("X1", { ...rules, grade }, zeros), "refuse", /zeros.*slipway compose/);
  });

  it("N1: evidence says who, when and where", () => {
    const report = judge(
      "N1",
      rules,
      runtime({
        ci: {
          finding: "found",
          value: "CI",
          evidence: seen("CI green", "https://ci.test/4711", now, "ana"),
          warnings: ["an ancestor's run"],
        },
      }),
    );
    says(report, "warn", /an ancestor's run/);
  });
});
