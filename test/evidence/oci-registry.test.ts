import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OciRegistry } from "../../lib/evidence/oci-registry";
import { anonymous, dockerCredentials } from "../../lib/evidence/registry-credentials";
import { ImageReference } from "../../lib/release/references/image-reference";
import { mustBeUnjudged, mustContradict, mustFind } from "./assert-finding";
import { type Answer, HttpFixture } from "./http-fixture";
import { indexType, RegistryFixture, sha256 } from "./registry-fixture";

const labels = {
  "org.slipway.schema-version": "11.23.0",
  "org.opencontainers.image.revision": "1c704975",
  "org.opencontainers.image.version": "v2.19.0",
};

describe("OciRegistry on a real registry", function () {
  // Time for the first build of the server, where the cache has none yet.
  this.timeout(600_000);

  let server: RegistryFixture;
  let digest: string;
  const registry = new OciRegistry(anonymous);
  const at = (rest: string) => ImageReference.parse(`${server.host}/nmdc/fastapi${rest}`);

  before(async () => {
    server = await RegistryFixture.start();
    const config = { Labels: labels, Env: ["BE_IMAGE_TAG=2023.05.1", "EMPTY=", "A=b=c"] };
    digest = await server.image("nmdc/fastapi", "v2.19.0", { created: "2026-11-01T00:00:00Z", config });
  });

  after(() => server.stop());

  it("finds the digest of a tag, with its source", async () => {
    const finding = mustFind(await registry.digestOf(at(":v2.19.0")));
    assert.equal(finding.value.toString(), digest);
    assert.equal(finding.by, server.host);
  });

  it("N4: finds a pin whose tag stands for its digest, and refuses one whose tag was pushed again", async () => {
    assert.equal(mustFind(await registry.digestOf(at(`:v2.19.0@${digest}`))).value.toString(), digest);
    const old = `sha256:${"0".repeat(64)}`;
    assert.match(
      mustContradict(await registry.digestOf(at(`:v2.19.0@${old}`))),
      new RegExp(`stands for ${digest}.*${old}, as pinned`),
    );
  });

  it("finds a digest alone, and refuses a tag or digest that is not there", async () => {
    assert.equal(mustFind(await registry.digestOf(at(`@${digest}`))).value.toString(), digest);
    assert.match(mustContradict(await registry.digestOf(at(":v9.9.9"))), /no "v9\.9\.9"/);
    assert.match(mustContradict(await registry.digestOf(at(`@sha256:${"0".repeat(64)}`))), /no "sha256:000/);
    assert.match(
      mustContradict(await registry.digestOf(ImageReference.parse(`${server.host}/none:1`))),
      /no "1"/,
    );
  });

  it("N8: an image is there when all its layers are, and refused by the first that is missing", async () => {
    assert.equal(mustFind(await registry.imageExists(at(`:v2.19.0@${digest}`))).value.toString(), digest);
    await server.image("nmdc/holed", "v1", {}, "a layer that goes");
    await server.remove("nmdc/holed", "blobs", sha256(Buffer.from("a layer that goes")));
    const says = mustContradict(
      await registry.imageExists(ImageReference.parse(`${server.host}/nmdc/holed:v1`)),
    );
    assert.match(says, /no layer sha256:[0-9a-f]{64} at /);
  });

  it("N8: an image of several platforms is there when all of them are", async () => {
    const parts = await Promise.all(
      ["amd64", "arm64"].map((name) => server.image("nmdc/multi", name, {}, `layer ${name}`)),
    );
    const manifests = parts.map((one, index) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: one,
      size: 1,
      platform: { os: "linux", architecture: index === 0 ? "amd64" : "arm64" },
    }));
    const sizes = await Promise.all(
      parts.map(async (one) => Buffer.byteLength((await server.raw("nmdc/multi", one)).text)),
    );
    const index = {
      schemaVersion: 2,
      mediaType: indexType,
      manifests: manifests.map((one, i) => ({ ...one, size: sizes[i] })),
    };
    const whole = await server.manifest("nmdc/multi", "v1", indexType, index);
    const image = ImageReference.parse(`${server.host}/nmdc/multi:v1`);
    assert.equal(mustFind(await registry.imageExists(image)).value.toString(), whole);
    assert.equal(mustFind(await registry.factsOf(image)).value.digest.toString(), whole);
    await server.remove("nmdc/multi", "blobs", sha256(Buffer.from("layer arm64")));
    assert.match(mustContradict(await registry.imageExists(image)), /no layer/);
  });

  it("N7, F10: reads the schema version, the commit, the version and the environment baked into an image", async () => {
    const { value } = mustFind(await registry.factsOf(at(":v2.19.0")));
    assert.deepEqual(
      [value.schemaVersion, value.revision, value.version, value.created],
      ["11.23.0", "1c704975", "v2.19.0", "2026-11-01T00:00:00Z"],
    );
    assert.deepEqual(value.environment, { BE_IMAGE_TAG: "2023.05.1", EMPTY: "", A: "b=c" });
  });

  it("N7: an image without labels has no schema version", async () => {
    await server.image("nmdc/bare", "v1");
    assert.equal(
      mustFind(await registry.factsOf(ImageReference.parse(`${server.host}/nmdc/bare:v1`))).value
        .schemaVersion,
      undefined,
    );
  });

  it("H9: a retag keeps the digest, byte for byte, and a second one does nothing", async () => {
    const tag = "prod-0ec3e066-14-04-2022.1649922784";
    assert.equal(mustFind(await registry.retag(at(`@${digest}`), tag)).value.toString(), digest);
    assert.deepEqual(await server.raw("nmdc/fastapi", tag), await server.raw("nmdc/fastapi", "v2.19.0"));
    assert.equal(mustFind(await registry.retag(at(`@${digest}`), tag)).value.toString(), digest);
  });

  it("H9: a retag never moves a tag that stands for another digest", async () => {
    const other = await server.image("nmdc/fastapi", "taken", {}, "another layer");
    assert.match(
      mustContradict(await registry.retag(at(`@${digest}`), "taken")),
      new RegExp(`taken is ${other}.*one that exists is never moved`),
    );
    assert.equal(mustFind(await registry.digestOf(at(":taken"))).value.toString(), other);
  });

  it("H9: a retag of an image that is not there sets no tag", async () => {
    assert.match(mustContradict(await registry.retag(at(":v9.9.9"), "new")), /no manifest v9\.9\.9/);
    mustContradict(await registry.digestOf(at(":new")));
  });
});

// bcrypt of "correct horse", cost 4: the only form that the server's htpasswd takes.
const bcryptOfPassword = "$2b$04$ysccD.PF8bCJ94oCo/ASwOVWVO4tQqzuRaQ7g5Qt3MS5904QQkhju";

describe("OciRegistry on a real registry that asks who one is", function () {
  this.timeout(600_000);

  let folder: string;
  let basic: RegistryFixture;
  const password = "correct horse";

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-test-docker-"));
    await writeFile(join(folder, "htpasswd"), `ana:${bcryptOfPassword}\n`);
    const auth = `auth: { htpasswd: { realm: test, path: ${join(folder, "htpasswd")} } }`;
    basic = await RegistryFixture.start(auth, `Basic ${Buffer.from(`ana:${password}`).toString("base64")}`);
    await basic.image("private/app", "v1");
    const auths = { [basic.host]: { auth: Buffer.from(`ana:${password}`).toString("base64") } };
    await writeFile(join(folder, "config.json"), JSON.stringify({ auths }));
  });

  after(async () => {
    await basic.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("logs in with what `docker login` left", async () => {
    const registry = new OciRegistry(dockerCredentials(folder));
    const image = ImageReference.parse(`${basic.host}/private/app:v1`);
    mustFind(await registry.imageExists(image));
    mustFind(await registry.retag(image, "v2"));
  });

  it("does not judge without credentials, and names the log-in", async () => {
    const says = mustBeUnjudged(
      await new OciRegistry(anonymous).digestOf(ImageReference.parse(`${basic.host}/private/app:v1`)),
    );
    assert.match(says, new RegExp(`docker login ${basic.host}`));
  });

  it("does not judge with wrong credentials, and shows no password (X5)", async () => {
    const wrong = new OciRegistry(() => Promise.resolve({ username: "ana", password: "battery staple" }));
    const says = mustBeUnjudged(await wrong.digestOf(ImageReference.parse(`${basic.host}/private/app:v1`)));
    assert.match(says, /\(401\)/);
    assert.doesNotMatch(says, /battery|YW5h/);
  });
});

describe("OciRegistry on a real registry with tokens", function () {
  this.timeout(600_000);

  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let folder: string;
  let tokens: HttpFixture;
  let server: RegistryFixture;

  /** What a token server gives: a JWT that allows what was asked for. */
  function token(scope: string): string {
    const [type, name, actions = ""] = scope.split(":");
    const now = Math.floor(Date.now() / 1000);
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const access = [{ type, name, actions: actions.split(",") }];
    const claims = {
      iss: "issuer",
      aud: "service",
      sub: "ana",
      nbf: now - 10,
      iat: now,
      exp: now + 60,
      jti: "1",
      access,
    };
    const unsigned = `${encode({ alg: "RS256", typ: "JWT", kid: "key" })}.${encode(claims)}`;
    return `${unsigned}.${sign("RSA-SHA256", Buffer.from(unsigned), privateKey).toString("base64url")}`;
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "slipway-test-tokens-"));
    const jwks = { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "key", alg: "RS256", use: "sig" }] };
    await writeFile(join(folder, "jwks.json"), JSON.stringify(jwks));
    tokens = await HttpFixture.start(({ query, headers }) => {
      if (headers.authorization !== `Basic ${Buffer.from("ana:secret").toString("base64")}`)
        return { status: 401 };
      return { status: 200, body: JSON.stringify({ token: token(query.get("scope") ?? "") }) };
    });
    const auth = `auth: { token: { realm: "http://${tokens.host}/token", service: service, issuer: issuer, jwks: ${join(folder, "jwks.json")} } }`;
    server = await RegistryFixture.start(auth, `Bearer ${token("repository:private/app:pull,push")}`);
    await server.image("private/app", "v1");
  });

  after(async () => {
    await server.stop();
    await tokens.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("fetches a token for pulling, and another for pushing, once each", async () => {
    const registry = new OciRegistry(() => Promise.resolve({ username: "ana", password: "secret" }));
    const image = ImageReference.parse(`${server.host}/private/app:v1`);
    tokens.asked.length = 0;
    mustFind(await registry.imageExists(image));
    mustFind(await registry.imageExists(image));
    assert.deepEqual(
      tokens.asked.map(({ query }) => [query.get("service"), query.get("scope")]),
      [["service", "repository:private/app:pull"]],
    );
    mustFind(await registry.retag(image, "v2"));
    assert.match(tokens.asked[1]?.query.get("scope") ?? "", /push/);
  });

  it("does not judge when the token server refuses, and shows no password (X5)", async () => {
    const registry = new OciRegistry(() => Promise.resolve({ username: "ana", password: "wrong" }));
    const says = mustBeUnjudged(
      await registry.digestOf(ImageReference.parse(`${server.host}/private/app:v1`)),
    );
    assert.match(says, /gives no token.*401/);
    assert.doesNotMatch(says, /wrong/);
  });
});

describe("OciRegistry at the HTTP boundary", () => {
  let server: HttpFixture;
  const image = () => ImageReference.parse(`${server.host}/nmdc/fastapi:v2.19.0`);
  const registry = new OciRegistry(anonymous, 2);

  before(async () => {
    server = await HttpFixture.start();
  });

  after(() => server.stop());

  for (const [status, says, pending] of [
    [403, /does not let us see manifest v2\.19\.0 \(403\)/, false],
    [429, /takes no more questions, for another "30" s \(429\)/, true],
    [500, /answers 500/, true],
    [503, /answers 503/, true],
    [418, /answers 418/, false],
  ] as const) {
    it(`does not judge on ${status}, saying so`, async () => {
      server.answering(() => ({ status, headers: { "retry-after": "30" } }));
      const finding = await registry.digestOf(image());
      assert.match(mustBeUnjudged(finding), says);
      assert.equal(finding.finding === "unjudged" && finding.pending, pending);
    });
  }

  it("does not judge when the registry hangs, after its time limit", async () => {
    server.answering(() => "hang");
    assert.match(
      mustBeUnjudged(await new OciRegistry(anonymous, 0.2).digestOf(image())),
      /did not answer within 0\.2 s/,
    );
  });

  it("does not judge when nobody listens", async () => {
    const gone = await HttpFixture.start();
    const host = gone.host;
    await gone.stop();
    assert.match(
      mustBeUnjudged(await registry.digestOf(ImageReference.parse(`${host}/a:1`))),
      /cannot be reached \(ECONNREFUSED\)/,
    );
  });

  it("asks no other machine by plain HTTP, nor follows a redirect there", async () => {
    server.answering(() => ({ status: 307, headers: { location: "http://registry.example/v2/" } }));
    assert.match(
      mustBeUnjudged(await registry.digestOf(image())),
      /http:\/\/registry\.example is not asked: https only/,
    );
  });

  it("hands no credentials to the host of a redirect", async () => {
    const storage = await HttpFixture.start(() => ({ status: 404 }));
    server.answering(({ headers }): Answer =>
      headers.authorization === undefined
        ? { status: 401, headers: { "www-authenticate": "Basic realm=x" } }
        : { status: 307, headers: { location: `http://${storage.host}/elsewhere` } },
    );
    const known = new OciRegistry(() => Promise.resolve({ username: "ana", password: "secret" }), 2);
    mustContradict(await known.digestOf(image()));
    assert.equal(storage.asked.length, 1);
    assert.equal(storage.asked[0]?.headers.authorization, undefined);
    await storage.stop();
  });

  it("ends a circle of redirects", async () => {
    server.answering(({ path }) => ({ status: 307, headers: { location: path } }));
    assert.match(mustBeUnjudged(await registry.digestOf(image())), /more than 5 times/);
  });

  it("refuses a digest that is none, bytes that are another's, and text that is no manifest", async () => {
    server.answering(() => ({ status: 200, headers: { "docker-content-digest": "md5:1" } }));
    assert.match(mustContradict(await registry.digestOf(image())), /the digest "md5:1"/);
    server.answering(() => ({
      status: 200,
      headers: { "docker-content-digest": `sha256:${"0".repeat(64)}` },
      body: "{}",
    }));
    assert.match(mustContradict(await registry.imageExists(image())), /under another digest/);
    server.answering(() => ({ status: 200, body: "<html>Log in</html>" }));
    assert.match(mustContradict(await registry.imageExists(image())), /no image manifest/);
  });

  it("finds the digest by the bytes where the registry sends no header", async () => {
    const body = JSON.stringify({
      schemaVersion: 2,
      manifests: [{ mediaType: "x", digest: `sha256:${"1".repeat(64)}`, size: 1 }],
    });
    server.answering(() => ({ status: 200, body }));
    assert.equal(mustFind(await registry.digestOf(image())).value.toString(), sha256(Buffer.from(body)));
  });

  it("reads no endless answer", async () => {
    server.answering(() => ({ status: 200, body: Buffer.alloc(9 * 1024 * 1024, "a") }));
    assert.match(mustBeUnjudged(await registry.imageExists(image())), /longer than 8388608 bytes/);
  });

  it("does not judge what asks for a token at an address that is none, or by plain HTTP", async () => {
    for (const [realm, says] of [
      ["nowhere", /names no address/],
      ["http://tokens.example/", /https only/],
    ] as const) {
      server.answering(() => ({
        status: 401,
        headers: { "www-authenticate": `Bearer realm="${realm}",service="s"` },
      }));
      assert.match(mustBeUnjudged(await registry.digestOf(image())), says);
    }
  });
});
