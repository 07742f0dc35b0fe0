import { databasesOf } from "../../../config/store";
import { relative } from "node:path";
import { packagePin } from "../../../data/migrations/python/pins";
import { andThen, found, type Finding, unjudged } from "../../../evidence/finding";
import type { Registry } from "../../../evidence/registry";
import { commitSchemaVersion, imageSchemaVersion } from "../../../evidence/schema-version";
import { packageRoot } from "../../../package-root";
import { Refusal } from "../../../problem";
import { ImageReference } from "../../references/image-reference";
import type { DataFacts } from "../data-facts";
import type { Facts, PinFacts, SourceFacts } from "../facts";
import { gatherChange } from "./change";
import { readDone } from "./checklist";
import { secondClock } from "./clock";
import { commandFact, publishedFact, told } from "./commands";
import { maintenanceFact } from "./maintenance";
import { releaseFacts } from "./config-facts";
import { gatherPins } from "./pins";
import {
  deploymentConfigFact,
  deploymentsFact,
  forgeFacts,
  jobsFact,
  releasedFact,
  treeFact,
} from "./project";
import { variablesFact } from "./variables";
import { type GatherRequest, nowhere } from "./request";
import { gatherSources, withRepository } from "./sources";

/**
 * Looks up everything that the gates are judged on. Reads only (rule X2). What cannot be looked up is a finding that says why;
 * nothing is thrown for it, so that one silent server does not hide what all others said.
 */
export async function gather(request: GatherRequest, registry: Registry): Promise<Facts> {
  const { config, project } = request;
  const [sources, pins, change] = await Promise.all([
    gatherSources(request),
    gatherPins(request, registry),
    gatherChange(request),
  ]);
  const { page, ticket, issues } = await forgeFacts(request);
  const { published } = config.gates.evidence;
  return {
    now: request.now,
    secondClock: await secondClock(config.gates.clock ?? forgeAddress(request)),
    release: releaseFacts(
      request,
      sources,
      await deploymentConfigFact(request),
      await variablesFact(request),
    ),
    sources,
    pins,
    deployments: await deploymentsFact(request),
    ...change,
    forgeRelease: page,
    ticket,
    issues,
    done: await readDone(project, config.environment, config.release),
    jobs: await jobsFact(request, sources),
    tree: await treeFact(request),
    released: await releasedFact(
      request,
      pins.map(({ pin }) => pin),
    ),
    ...(published === undefined ? {} : { published: await publishedFact(published, project) }),
    data: await dataFacts(request, sources, pins),
  };
}

function forgeAddress({ config }: GatherRequest): string | undefined {
  const forges = [config.people.reviews, ...Object.values(config.sources).map(({ forge }) => forge)];
  const first = forges.find((forge) => forge !== undefined);
  if (first === undefined) return undefined;
  return first.api ?? (first.kind === "github" ? "https://api.github.com" : "https://gitlab.com");
}

async function dataFacts(
  request: GatherRequest,
  sources: readonly SourceFacts[],
  pins: readonly PinFacts[],
): Promise<DataFacts> {
  const { project, config } = request;
  const { evidence } = config.gates;
  const rehearsal = await commandFact("rehearsal", evidence.rehearsal, told.rehearsal, project);
  return {
    stores: databasesOf(config.data.store),
    backups: await commandFact("backups", evidence.backups, told.backups, project),
    rehearsal:
      rehearsal.finding === "found" ? { ...rehearsal, value: rehearsal.value ?? undefined } : rehearsal,
    pending: await commandFact("pending", evidence.pending, told.pending, project),
    maintenance: await maintenanceFact(request),
    commitSchema: await commitSchema(request, sources),
    imageSchema: await imageSchema(pins),
    packageHashes: packageHashes(request),
    verified: nowhere("what runs", "it is looked at after the roll-out"),
  };
}

/** N7: the first source that says where it pins the schema is asked. */
async function commitSchema(
  { config, project }: GatherRequest,
  sources: readonly SourceFacts[],
): Promise<Finding<string>> {
  const entry = Object.entries(config.sources).find(([, { schemaFile }]) => schemaFile !== undefined);
  const file = entry?.[1].schemaFile;
  if (entry === undefined || file === undefined)
    return nowhere("schema that the commit pins", "name slipway:sources.<name>.schemaFile");
  const tag = sources.find(({ name }) => name === entry[0])?.tag;
  if (tag === undefined) return nowhere(`tag of ${entry[0]}`, "name its tag");
  return andThen(tag, ({ commit }) =>
    withRepository(project, entry[1], (repository) =>
      commitSchemaVersion(repository, commit, { package: config.data.schema.package, file }),
    ),
  );
}

/** N7: what the schema package is installed by; a package that the project does not pin can be compared with nothing. */
function packageHashes({ config, now }: GatherRequest): Finding<readonly string[]> {
  const { schema } = config.data;
  try {
    const { file, text } = packagePin(schema);
    const hashes = Array.from(text.matchAll(/--hash=(sha256:[0-9a-f]{64})/g), ([, hash = ""]) => hash);
    const what = `${schema.package} ${schema.version} is pinned by ${hashes.length} hash`;
    return found(hashes, { what, where: relative(packageRoot(), file), when: now, by: "git" });
  } catch (error) {
    const problem = error instanceof Refusal ? error.problems[0] : undefined;
    if (problem === undefined) throw error;
    return unjudged(problem);
  }
}

/** N7: every image that carries a schema version carries the same; one that carries none says nothing. */
async function imageSchema(pins: readonly PinFacts[]): Promise<Finding<string>> {
  const labelled = pins.filter(
    ({ image }) => image.finding !== "found" || image.value.schemaVersion !== undefined,
  );
  const [first] = labelled.length > 0 ? labelled : pins;
  if (first === undefined) return nowhere("images", "name slipway:images");
  const { repository, tag } = first.pin;
  const carried = await imageSchemaVersion(ImageReference.of({ repository, tag }), first.image);
  const others = labelled.filter(
    ({ image }) =>
      image.finding === "found" && carried.finding === "found" && image.value.schemaVersion !== carried.value,
  );
  const other = others[0];
  if (carried.finding !== "found" || other?.image.finding !== "found") return carried;
  return found(`${carried.value} and ${other.image.value.schemaVersion ?? "none"}`, {
    ...carried.evidence,
    what: "images of two schemas",
  });
}
