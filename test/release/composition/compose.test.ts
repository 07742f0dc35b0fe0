import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stringify } from "yaml";
import { compose } from "../../../cli/compose";
import { OciRegistry } from "../../../lib/evidence/oci-registry";
import { Refusal } from "../../../lib/problem";
import { ImageReference } from "../../../lib/release/references/image-reference";
import { committedConfig } from "../../components/program";
import { RegistryFixture, sha256 } from "../../evidence/registry-fixture";
import { scratch } from "../../scratch";

const layered = (diff: string, env: readonly string[] = []): Record<string, unknown> => ({
  config: { Entrypoint: ["/start"], Env: env },
  rootfs: { type: "layers", diff_ids: [diff] },
});

describe("slipway compose, on a real registry", function () {
  this.timeout(120_000);
  let registry: RegistryFixture;
  let file: string;

  before(async () => {
    registry = await RegistryFixture.start();
    const backend = await registry.image(
      "xchem/fragalysis-backend",
      "2026.08.1",
      layered("sha256:1", ["PATH=/bin", "BE_IMAGE_TAG=old"]),
      "the backend",
    );
    const frontend = await registry.image(
      "xchem/fragalysis-frontend",
      "2026.08.2",
      layered("sha256:2"),
      "the frontend",
    );
    file = join(scratch("compose"), "Pulumi.dev.yaml");
    writeFileSync(file, stackFile(backend, frontend, "2026.08.2"));
  });
  after(() => registry.stop());

  function stackFile(backend: string, frontend: string, frontendTag: string, stackTag = "2026.08.3"): string {
    const repository = (name: string): string => `${registry.host}/xchem/fragalysis-${name}`;
    const images = {
      backend: { repository: repository("backend"), tag: "2026.08.1", digest: backend },
      frontend: { repository: repository("frontend"), tag: frontendTag, digest: frontend },
      stack: {
        repository: repository("stack"),
        tag: stackTag,
        digest: `sha256:${"0".repeat(64)}`,
        composed: {
          from: ["backend", "frontend"],
          environment: {
            BE_NAMESPACE: "{backend.namespace}",
            BE_IMAGE_TAG: "{backend.tag}",
            FE_NAMESPACE: "{frontend.namespace}",
            FE_IMAGE_TAG: "{frontend.tag}",
            STACK_NAMESPACE: "xchem",
            STACK_VERSION: "{stack.tag}",
          },
        },
      },
    };
    const config = {
      ...committedConfig("dev"),
      images,
      services: { stack: { image: "stack" } },
      verification: {},
    };
    const keyed = Object.fromEntries(Object.entries(config).map(([key, value]) => [`slipway:${key}`, value]));
    return `# pinned as a triple\n${stringify({ config: keyed })}`;
  }

  const target = (digest: string): ImageReference =>
    ImageReference.of({ repository: `${registry.host}/xchem/fragalysis-stack`, digest });

  it("F1, F10: base and frontend become one image, whole in the registry, whose environment names its six arguments", async () => {
    const [composed] = await compose(file);
    assert.ok(composed);
    const digest = composed.reference.split("@")[1] ?? "";
    assert.match(readFileSync(file, "utf8"), new RegExp(`^# pinned as a triple\\n[^]*digest: ${digest}`));
    const there = await new OciRegistry().imageExists(target(digest));
    assert.equal(there.finding, "found");
    const facts = await new OciRegistry().factsOf(target(digest));
    assert.ok(facts.finding === "found");
    assert.deepEqual(facts.value.environment, {
      PATH: "/bin",
      BE_IMAGE_TAG: "2026.08.1",
      BE_NAMESPACE: "xchem",
      FE_NAMESPACE: "xchem",
      FE_IMAGE_TAG: "2026.08.2",
      STACK_NAMESPACE: "xchem",
      STACK_VERSION: "2026.08.3",
    });
    const { layers } = JSON.parse((await registry.raw("xchem/fragalysis-stack", "2026.08.3")).text) as {
      readonly layers: readonly unknown[];
    };
    assert.equal(layers.length, 2);
  });

  it("X3: composing again makes the same image, and changes nothing", async () => {
    const before = readFileSync(file, "utf8");
    const [again] = await compose(file);
    assert.ok(again?.reference.includes("@sha256:"));
    assert.equal(readFileSync(file, "utf8"), before);
  });

  it("F5, X1: a part that is not there, or another one under the stack's tag, is refused; the stack file stays", async () => {
    const gone = stackFile(`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`, "2026.08.2");
    writeFileSync(file, gone);
    await assert.rejects(
      compose(file),
      (error) => error instanceof Refusal && /fragalysis-backend/.test(error.message),
    );
    assert.equal(readFileSync(file, "utf8"), gone);

    const backend = await registry.image(
      "xchem/fragalysis-backend",
      "2026.08.1",
      layered("sha256:1"),
      "the backend",
    );
    const other = await registry.image(
      "xchem/fragalysis-frontend",
      "2026.09.1",
      layered("sha256:3"),
      "another",
    );
    const moved = stackFile(backend, other, "2026.09.1");
    writeFileSync(file, moved);
    await assert.rejects(compose(file), /one that exists is never moved/);
    assert.equal(readFileSync(file, "utf8"), moved);
  });

  async function digestOf(part: string, tag: string): Promise<string> {
    const { text } = await registry.raw(`xchem/fragalysis-${part}`, tag);
    return sha256(Buffer.from(text));
  }

  it("F12: a tag that is made to move follows its parts", async () => {
    const backend = await digestOf("backend", "2026.08.1");
    const composedOf = async (what: string): Promise<string> => {
      const frontend = await registry.image(
        "xchem/fragalysis-frontend",
        "latest",
        layered(`sha256:${what}`),
        what,
      );
      writeFileSync(file, stackFile(backend, frontend, "latest", "latest"));
      await compose(file);
      return digestOf("stack", "latest");
    };
    const first = await composedOf("monday");
    const second = await composedOf("tuesday");
    assert.notEqual(first, second);
    assert.match(readFileSync(file, "utf8"), new RegExp(`digest: ${second}`));
    assert.equal((await new OciRegistry().imageExists(target(first))).finding, "found");
  });
});
