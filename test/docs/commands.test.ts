import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../lib/package-root";
import { current, imagesOf, next, nmdcDocuments } from "../../tools/job/main-job";
import { System } from "../../tools/job/system";
import { embedded, embeddedState } from "../embedded";
import { blocksOf, pages } from "./doc-blocks";
import { Sandbox } from "./sandbox";

const root = packageRoot();
const tutorial = join("docs", "tutorial.md");

/** What a block of the tutorial must say, where its success alone would prove little. */
const says: readonly { readonly block: RegExp; readonly said: RegExp }[] = [
  { block: /^grep digest:/m, said: /(digest: sha256:[0-9a-f]{64}\s+){2}/ },
  { block: /slipway check mine/, said: /may be released/ },
  { block: /^diff before/m, said: /> +slipway:release: v2\.19\.0[^]*> +digest: sha256:/ },
  { block: /^pulumi preview --stack mine\n$/, said: /12 of 237 documents would change/ },
  { block: /^pulumi up .*\nnpx slipway data status/, said: /11\.24\.0/ },
  { block: /--expect-no-changes/, said: /Resources:\n +\d+ unchanged/ },
  { block: /record mine --verify/, said: /2 records of mine, as they were written/ },
  { block: /^cp before\.yaml[^]*data status/, said: /11\.23\.0/ },
];

describe("the commands of the docs", () => {
  const all = pages(root).flatMap((page) => blocksOf(root, page));

  it("each are run by a test, or say why they are not", () => {
    const silent = all.filter(
      ({ language, run, notRun }) => language === "sh" && !run && notRun === undefined,
    );
    assert.deepEqual(
      silent.map(({ page, line }) => `${page}:${line}`),
      [],
    );
    assert.ok(all.filter(({ run }) => run).length >= 10, "most of them are run");
  });

  it("says what it should say of blocks that exist", () => {
    const unused = says.filter(({ block }) => !blocksOf(root, tutorial).some(({ text }) => block.test(text)));
    assert.deepEqual(unused, []);
  });

  it("name only pages and files that exist", () => {
    const broken = pages(root).flatMap((page) => {
      const text = readFileSync(join(root, page), "utf8");
      const linked = [...text.matchAll(/\]\(([^)#\s]+)(#[^)]*)?\)/g)].map(([, target = ""]) => target);
      return linked
        .filter((target) => !/^[a-z]+:/.test(target))
        .filter((target) => !existsFrom(page, target))
        .map((target) => `${page}: ${target}`);
    });
    assert.deepEqual(broken, []);
  });

  describe("run in a clone, the embedded environment in the place of the reader's own", function () {
    this.timeout(600_000);
    let sandbox: Sandbox;
    let variables: NodeJS.ProcessEnv;

    before("a reader has a cluster, a database, images in a registry, and a clone", async () => {
      const environment = await embedded();
      const system = await System.create(environment, root, embeddedState, "mine");
      await system.seed(nmdcDocuments(root));
      await imagesOf(environment, current);
      await imagesOf(environment, next);
      sandbox = Sandbox.create();
      variables = {
        ...system.stack.variables(),
        // The reader's project is the clone, not the folder of the system's own stack.
        PULUMI_NODEJS_ROOT_DIRECTORY: sandbox.folder,
        MY_KUBECONFIG: environment.kubeconfig,
        MY_CONTEXT: "slipway",
        MY_NAMESPACE: system.namespace,
        MY_REGISTRY: environment.registry,
        MY_DATABASE: system.database,
        RELEASE_MONGO_URI: environment.mongo.uri,
        RUNTIME_MONGO_URI: environment.mongo.userUri,
      };
    });

    // The tutorial makes the system that the other pages speak of.
    const inOrder = [tutorial, ...pages(root).filter((page) => page !== tutorial)];
    for (const page of inOrder) {
      for (const block of all.filter((one) => one.page === page && one.run)) {
        const [first = ""] = block.text.split("\n");
        it(`${page}:${block.line}: ${first}`, () => {
          const { code, output } = sandbox.run(block.text, variables);
          assert.equal(code, 0, output);
          if (page !== tutorial) return;
          for (const { said } of says.filter((one) => one.block.test(block.text))) assert.match(output, said);
        });
      }
      if (page !== tutorial) continue;
      it("what the other pages call prod is the system that the tutorial made", () => {
        const mine = sandbox.read("Pulumi.mine.yaml");
        const prod = mine.replace("slipway:environment: mine", "slipway:environment: prod");
        assert.notEqual(prod, mine);
        writeFileSync(join(sandbox.folder, "Pulumi.prod.yaml"), prod);
      });
    }
  });
});

function existsFrom(page: string, target: string): boolean {
  try {
    readFileSync(join(root, page, "..", target));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EISDIR";
  }
}
