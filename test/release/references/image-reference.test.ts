import assert from "node:assert/strict";
import fc from "fast-check";
import { Refusal } from "../../../lib/problem";
import { Digest } from "../../../lib/release/references/digest";
import { ImageReference } from "../../../lib/release/references/image-reference";
import { ImageRepository } from "../../../lib/release/references/image-repository";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

describe("ImageReference", () => {
  const readings: [string, { host: string; path: string; tag?: string; digest?: string }][] = [
    [
      "xchem/fragalysis-stack:2023.06.2",
      { host: "docker.io", path: "xchem/fragalysis-stack", tag: "2023.06.2" },
    ],
    ["redis", { host: "docker.io", path: "library/redis" }],
    ["redis:7.4.8-alpine3.21", { host: "docker.io", path: "library/redis", tag: "7.4.8-alpine3.21" }],
    ["localhost/app", { host: "localhost", path: "app" }],
    ["127.0.0.1:5000/nmdc/fastapi:v2.19.0", { host: "127.0.0.1:5000", path: "nmdc/fastapi", tag: "v2.19.0" }],
    ["[::1]:5000/app:a", { host: "[::1]:5000", path: "app", tag: "a" }],
    [
      `ghcr.io/microbiomedata/nmdc-runtime-fastapi@${digest}`,
      { host: "ghcr.io", path: "microbiomedata/nmdc-runtime-fastapi", digest },
    ],
    [
      `quay.io/ebi-ait/ingest-core:prod-0ec3e066-14-04-2022.1649922784@${digest}`,
      { host: "quay.io", path: "ebi-ait/ingest-core", tag: "prod-0ec3e066-14-04-2022.1649922784", digest },
    ],
    [
      "cyverse/atmosphere:release-v37-2",
      { host: "docker.io", path: "cyverse/atmosphere", tag: "release-v37-2" },
    ],
  ];
  for (const [text, parts] of readings) {
    it(`reads and writes ${text.slice(0, 60)}`, () => {
      const image = ImageReference.parse(text);
      assert.deepEqual(
        [image.repository.host, image.repository.path, image.tag, image.digest?.toString()],
        [parts.host, parts.path, parts.tag, parts.digest],
      );
      assert.equal(image.toString(), text);
    });
  }

  it("takes Docker Hub's long names for its short ones", () => {
    assert.equal(ImageReference.parse("docker.io/library/redis:7").toString(), "redis:7");
    assert.equal(ImageReference.parse("index.docker.io/xchem/pgbouncer:1").toString(), "xchem/pgbouncer:1");
    assert.ok(ImageRepository.parse("docker.io/redis").equals(ImageRepository.parse("redis")));
  });

  it("X1: never adds a tag that is not written", () => {
    assert.equal(ImageReference.parse("redis").tag, undefined);
    assert.throws(() => ImageReference.parse("redis").manifest, Refusal);
  });

  it("N4: prefers the digest where a manifest is asked for", () => {
    assert.equal(ImageReference.parse(`redis:7@${digest}`).manifest, digest);
    assert.equal(
      ImageReference.parse("redis:7").withDigest(Digest.parse(digest)).toString(),
      `redis:7@${digest}`,
    );
    assert.equal(ImageReference.parse("redis:7").withTag("8").manifest, "8");
  });

  const wrong: [string, string][] = [
    ["nothing", ""],
    ["a tag without a repository", ":v1"],
    ["an empty tag", "redis:"],
    ["two tags", "redis:1:2"],
    ["two digests", `redis@${digest}@${digest}`],
    ["a cut digest", "redis@sha256:abc"],
    ["an empty digest", "redis@"],
    ["a capital in the path", "ghcr.io/Owner/app:1"],
    ["an empty path part", "ghcr.io//app:1"],
    ["a slash at the end", "ghcr.io/app/"],
    ["a path that climbs", "ghcr.io/../app"],
    ["an address", "https://ghcr.io/app:1"],
    ["a user in the host", "user:pw@ghcr.io/app:1"],
    ["port 0", "127.0.0.1:0/app"],
    ["port 65536", "127.0.0.1:65536/app"],
    ["a port in letters", "127.0.0.1:http/app"],
    ["a tag that starts with a dash", "redis:-rf"],
    ["a tag of 129 characters", `redis:${"a".repeat(129)}`],
    ["a space", "redis: 7"],
    ["a newline", "redis:7\n"],
    ["a full-width digit", "redis:\uff17"],
    ["a bell", "redis:\u0007"],
    ["a path of 10 kB", "a".repeat(10_240)],
    ["a tag of 10 kB", `redis:${"a".repeat(10_240)}`],
  ];
  for (const [what, text] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => ImageReference.parse(text, "slipway:images.redis"),
        (error: unknown) =>
          error instanceof Refusal &&
          error.problems[0]?.where === "slipway:images.redis" &&
          error.message.length < 600,
      );
    });
  }

  it("reads what it writes, for every legal name", () => {
    const part = fc.stringMatching(/^[a-z0-9]{1,6}([._-][a-z0-9]{1,6}){0,2}$/);
    const host = fc.constantFrom("", "ghcr.io/", "127.0.0.1:5000/", "registry.example:443/");
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,20}$/);
    fc.assert(
      fc.property(
        host,
        fc.array(part, { minLength: 2, maxLength: 4 }),
        fc.option(tag),
        fc.boolean(),
        (at, parts, name, pinned) => {
          fc.pre(at !== "" || !/[.]/.test(parts[0] ?? ""));
          const text = `${at}${parts.join("/")}${name === null ? "" : `:${name}`}${pinned ? `@${digest}` : ""}`;
          fc.pre(at !== "" || (parts[0] !== "library" && parts[0] !== "localhost"));
          assert.equal(ImageReference.parse(text).toString(), text);
        },
      ),
    );
  });

  it("never takes a word that it would write otherwise", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        try {
          const read = ImageReference.parse(text).toString();
          assert.ok(ImageReference.parse(read).toString() === read);
        } catch (error) {
          assert.ok(error instanceof Refusal);
        }
      }),
    );
  });
});
