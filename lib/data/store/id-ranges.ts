import { BSON, type Db, type Document } from "mongodb";

/** Documents whose `_id` is at least `from` and below `to`, as canonical extended JSON; without bounds, all of them. */
export interface IdRange {
  readonly from?: string;
  readonly to?: string;
}

/** Ids that are looked at for each bound: ranges are about equally large, which is all that depends on it. */
const drawnPerRange = 20;
/** Kinds of `_id` that the server's comparisons keep among themselves. */
const orderly: ReadonlySet<string> = new Set(["number", "string", "ObjectId", "Date", "Binary", "Object"]);
/** How a server that goes straight to an `_id` calls that. */
const seeks = /"(IXSCAN|CLUSTERED_IXSCAN|IDHACK|EXPRESS_IXSCAN)"/;

/**
 * Ranges of `_id` that together are the whole collection, each document in exactly one.
 * @param most how many ranges at most; one without bounds where the server would have to look through everything for each, or
 *   where comparisons would leave documents out, since they keep to one kind of value.
 */
export async function idRanges(db: Db, collection: string, most: number): Promise<readonly IdRange[]> {
  if (most < 2 || !(await isOrderly(db, collection)) || !(await canSeek(db, collection))) return [{}];
  const bounds = await drawBounds(db, collection, most);
  return [undefined, ...bounds].map((from, at) => ({
    ...(from !== undefined && { from }),
    ...(bounds[at] !== undefined && { to: bounds[at] }),
  }));
}

/** The query of a range. */
export function inRange({ from, to }: IdRange): Document {
  const bounds = {
    ...(from !== undefined && { $gte: idOf(from) }),
    ...(to !== undefined && { $lt: idOf(to) }),
  };
  return Object.keys(bounds).length === 0 ? {} : { _id: bounds };
}

/** Values of a kind stand together in the index: where the first and the last are of one kind, so are all. */
async function isOrderly(db: Db, collection: string): Promise<boolean> {
  const end = async (direction: 1 | -1): Promise<string | undefined> => {
    const [found] = await db
      .collection(collection)
      .find({}, { projection: { _id: 1 }, promoteValues: false, promoteBuffers: false })
      .sort({ _id: direction })
      .limit(1)
      .toArray();
    return found && kindOf(found["_id"]);
  };
  const first = await end(1);
  return first !== undefined && orderly.has(first) && first === (await end(-1));
}

function kindOf(id: unknown): string {
  if (typeof id !== "object" || id === null) return typeof id;
  if (id instanceof BSON.Double && Number.isNaN(id.value)) return "NaN";
  const type: unknown = "_bsontype" in id ? id._bsontype : id.constructor.name;
  return ["Int32", "Long", "Double", "Decimal128"].includes(String(type)) ? "number" : String(type);
}

/** Whether the server says that it goes straight to the documents of a range. */
async function canSeek(db: Db, collection: string): Promise<boolean> {
  const [some] = await db
    .collection(collection)
    .find({}, { projection: { _id: 1 } })
    .limit(1)
    .toArray();
  const explain = { find: collection, filter: { _id: { $gte: some?._id, $lt: some?._id } } };
  const plan = await db.command({ explain, verbosity: "queryPlanner" }).catch((): Document => ({}));
  return seeks.test(JSON.stringify(plan["queryPlanner"] ?? {}));
}

async function drawBounds(db: Db, collection: string, ranges: number): Promise<readonly string[]> {
  const drawn = await db
    .collection(collection)
    .aggregate(
      [{ $sample: { size: ranges * drawnPerRange } }, { $project: { _id: 1 } }, { $sort: { _id: 1 } }],
      { promoteValues: false, promoteBuffers: false },
    )
    .toArray();
  const bounds = Array.from({ length: ranges - 1 }, (_, at) => {
    const document = drawn[Math.floor(((at + 1) * drawn.length) / ranges)];
    return document && BSON.EJSON.stringify({ _id: document["_id"] as unknown }, { relaxed: false });
  });
  return [...new Set(bounds.filter((bound) => bound !== undefined))];
}

function idOf(bound: string): unknown {
  return (BSON.EJSON.parse(bound, { relaxed: false }) as Document)["_id"];
}
