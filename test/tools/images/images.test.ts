import assert from "node:assert/strict";
import { imageArchive } from "../../../tools/images/archive";
import { digestOf, makeImage, programContent, type ImageContent } from "../../../tools/images/image";
import { behaviourOf, makeImages, makeWriterImage, systemImage } from "../../../tools/images/make-images";
import { LoopbackRegistry, removeImage } from "../../../tools/images/registry";
import { RegistryServer } from "./registry-server";

const content: ImageContent = {
  ...programContent("hello", Buffer.from("#!/bin/hello")),
  env: { B: "2", A: "1" },
  labels: { "org.opencontainers.image.version": "v1.0.0" },
};

describe("an image", () => {
  it("has the same digest from the same content, in whatever order that is named", async () => {
    const one = await makeImage(content);
    const other = await makeImage({ ...content, env: { A: "1", B: "2" } });
    assert.equal(one.manifest.digest, other.manifest.digest);
    assert.equal(
      one.layers[0]?.digest,
      "sha256:690a08d4a6d8191cfa97b8cae97ebf41e8250e58601a492b0847814b317084a5",
    );
  });

  it("has another digest when its program, its environment or its labels differ", async () => {
    const digests = [
      content,
      { ...content, ...programContent("hello", Buffer.from("#!/bin/hullo")) },
      { ...content, env: { A: "1" } },
      { ...content, labels: {} },
    ].map(async (one) => (await makeImage(one)).manifest.digest);
    assert.equal(new Set(await Promise.all(digests)).size, 4);
  });

  it("is one archive that holds every blob under its digest", async () => {
    const image = await makeImage(content);
    const archive = await imageArchive(image, "localhost/hello:1");
    for (const { digest, bytes } of [...image.layers, image.config, image.manifest]) {
      const at = archive.indexOf(`blobs/sha256/${digest.slice("sha256:".length)}`);
      assert.ok(at >= 0, digest);
      assert.ok(archive.subarray(at + 512, at + 512 + bytes.length).equals(bytes));
    }
    assert.ok(archive.includes("localhost/hello:1"));
  });
});

describe("the embedded registry", () => {
  let server: RegistryServer;
  let registry: LoopbackRegistry;

  before(async function () {
    this.timeout(300_000);
    server = await RegistryServer.start();
    registry = new LoopbackRegistry(server.address);
  });
  after(() => server.stop());

  it("gives back what was pushed, by tag and by digest, also when it was pushed twice", async () => {
    const image = await makeImage(content);
    assert.equal(await registry.push("hello", "v1.0.0", image), image.manifest.digest);
    assert.equal(await registry.push("hello", "v1.0.0", image), image.manifest.digest);
    assert.equal(await registry.digest("hello", "v1.0.0"), image.manifest.digest);
    assert.equal(await registry.digest("hello", image.manifest.digest), image.manifest.digest);
    const [layer] = image.layers;
    assert.ok(layer && (await registry.pull("hello", "blobs", layer.digest)).equals(layer.bytes));
    assert.ok(
      (await registry.pull("hello", "manifests", image.manifest.digest)).equals(image.manifest.bytes),
    );
  });

  it("N8: has nothing any more of an image that was removed", async () => {
    const image = await makeImage({ ...content, env: { GONE: "1" } });
    const digest = await registry.push("hello", "v1.0.1", image);
    await removeImage(server.address, { repository: `${server.address}/hello`, digest });
    assert.equal(await registry.digest("hello", digest), undefined);
    assert.equal(await registry.digest("hello", "v1.0.1"), undefined);
    assert.equal(await registry.digest("hello", "v1.0.0"), (await makeImage(content)).manifest.digest);
  });

  it("is refused where other machines could reach it, or where nobody answers", async () => {
    assert.throws(
      () => new LoopbackRegistry("registry.example.org:5000"),
      /a loopback address with its port/,
    );
    const nobody = new LoopbackRegistry("127.0.0.1:1");
    await assert.rejects(
      nobody.digest("hello", "v1.0.0"),
      /registry 127\.0\.0\.1:1, hello\/manifests\/v1\.0\.0/,
    );
  });

  it("N4: gets two images per release, the same ones from the same release, labelled with what they are", async function () {
    this.timeout(300_000);
    const release = { version: "v2.19.0", schema: "11.24.0" };
    const made = await makeImages(server.address, release);
    assert.deepEqual(Object.keys(made), ["fastapi", "dagster"]);
    assert.deepEqual(await makeImages(server.address, release), made);
    assert.equal(made.fastapi.repository, `${server.address}/nmdc-runtime-fastapi`);
    assert.equal(await registry.digest("nmdc-runtime-fastapi", "v2.19.0"), made.fastapi.digest);

    const manifest = await pulled("nmdc-runtime-fastapi", "manifests", made.fastapi.digest);
    const { digest } = manifest["config"] as { digest: string };
    const { config } = (await pulled("nmdc-runtime-fastapi", "blobs", digest)) as {
      config: { Labels: Record<string, string>; Env: string[]; Entrypoint: string[]; User: string };
    };
    assert.equal(config.Labels["org.opencontainers.image.version"], "v2.19.0");
    assert.equal(config.Labels["org.slipway.schema-version"], "11.24.0");
    assert.match(config.Labels["org.opencontainers.image.revision"] ?? "", /^[0-9a-f]{40}$/);
    assert.ok(config.Env.includes("RELEASE_VERSION=v2.19.0"));
    assert.deepEqual([config.Entrypoint, config.User], [["/api"], "65532:65532"]);
    assert.notEqual((await makeWriterImage(server.address)).digest, made.dagster.digest);
  });

  it("gets an API that lies or is never ready only where the release says so", async function () {
    this.timeout(300_000);
    const env = async (version: string): Promise<string> =>
      (await systemImage("api", { version, schema: "1" }, behaviourOf(version))).config.bytes.toString();
    assert.match(await env("v2.19.0-never-ready"), /NEVER_READY=1/);
    assert.match(await env("v2.19.0-lies"), /LIE_VERSION=/);
    assert.doesNotMatch(await env("v2.19.0"), /NEVER_READY|LIE_/);
  });

  async function pulled(
    name: string,
    kind: "blobs" | "manifests",
    digest: string,
  ): Promise<Record<string, unknown>> {
    const bytes = await registry.pull(name, kind, digest);
    assert.equal(digestOf(bytes), digest);
    return JSON.parse(bytes.toString()) as Record<string, unknown>;
  }
});
