import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  BSON,
  BSONRegExp,
  BSONSymbol,
  Binary,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from "mongodb";
import { mongoTool } from "./mongo-tool";
import { Servers, buildTime } from "./servers";

/** What drivers write. */
const values: Record<string, unknown> = {
  int: new Int32(1),
  long: Long.fromNumber(1),
  double: new Double(1),
  negativeZero: new Double(-0),
  notANumber: NaN,
  infinity: -Infinity,
  decimal: Decimal128.fromString("1.500"),
  text: "a\u0000b \u{1F600}",
  empty: "",
  document: { "": 1, "a.b": 2, $c: 3, "10": 4, "9": 5, constructor: 6 },
  array: [[], [[1]], null, {}],
  date: new Date(-1),
  timestamp: new Timestamp({ t: 0, i: 0 }),
  objectId: new ObjectId(),
  uuid: new UUID(),
  binary: new Binary(Buffer.from([1, 2]), 0),
  legacy: new Binary(Buffer.alloc(16, 7), 3),
  function: new Binary(Buffer.from([1]), 1),
  user: new Binary(Buffer.from([1, 2]), 128),
  regex: new BSONRegExp("^a/", "imx"),
  code: new Code("f()"),
  scoped: new Code("f()", { a: 1 }),
  symbol: new BSONSymbol("s"),
  reference: new DBRef("c", new ObjectId()),
  least: new MinKey(),
  most: new MaxKey(),
};

/** What no driver of today writes but an old dump may hold: the bytes of one value. */
const shapes: Record<string, { readonly type: number; readonly bytes: Uint8Array }> = {
  textThatIsNoUtf8: { type: 0x02, bytes: Uint8Array.of(2, 0, 0, 0, 0xff, 0) },
  undefined: { type: 0x06, bytes: new Uint8Array() },
  pointer: { type: 0x0c, bytes: Uint8Array.of(2, 0, 0, 0, 0x61, 0, ...new Uint8Array(12).fill(1)) },
  keyTwice: {
    type: 0x03,
    bytes: Uint8Array.of(19, 0, 0, 0, 0x10, 0x61, 0, 1, 0, 0, 0, 0x10, 0x61, 0, 2, 0, 0, 0, 0),
  },
  arrayWithOddKeys: { type: 0x04, bytes: BSON.serialize({ a: 1 }) },
};

function withShape(id: string, { type, bytes }: { type: number; bytes: Uint8Array }): Buffer {
  const head = BSON.serialize({ _id: id }).subarray(4, -1);
  const length = Buffer.alloc(4);
  const body = Buffer.concat([head, Uint8Array.of(type), Buffer.from("value\0"), bytes, Uint8Array.of(0)]);
  length.writeInt32LE(body.length + 4);
  return Buffer.concat([length, body]);
}

describe("documents on the stand-in server", function () {
  this.timeout(buildTime);
  const servers = new Servers();
  after(() => servers.end());

  it("29: come back byte for byte through mongorestore, a killed server and mongodump", async () => {
    const documents = [
      ...Object.entries(values).map(([id, value]) => Buffer.from(BSON.serialize({ _id: id, value }))),
      ...Object.entries(shapes).map(([id, shape]) => withShape(id, shape)),
    ];
    const folder = await servers.folder();
    await mkdir(join(folder, "in", "nmdc"), { recursive: true });
    await writeFile(join(folder, "in", "nmdc", "shapes.bson"), Buffer.concat(documents));

    const data = await servers.folder();
    const first = await servers.start({ data });
    const said = await mongoTool("mongorestore", first.uri("slipway"), folder, [join(folder, "in")]);
    assert.match(said, new RegExp(`${documents.length} document\\(s\\) restored successfully`));
    await first.kill();
    const second = await servers.start({ data, passwords: first.passwords });
    await mongoTool("mongodump", second.uri("slipway"), folder, [
      "--db",
      "nmdc",
      "--out",
      join(folder, "out"),
    ]);

    const found = await readFile(join(folder, "out", "nmdc", "shapes.bson"));
    assert.equal(found.toString("hex"), Buffer.concat(documents).toString("hex"));
  });

  it("are dumped and restored by the real tools also when a collection is larger than one message", async () => {
    const server = await servers.start({});
    const db = (await servers.connect(server, "slipway")).db();
    const documents = Array.from({ length: 62 }, (_, number) => ({ number, text: "x".repeat(1_000_000) }));
    await db.collection("large").insertMany(documents);
    await db.collection("large").createIndex({ number: -1 }, { unique: true, name: "by number" });
    const folder = await servers.folder();
    await mongoTool("mongodump", server.uri("slipway"), folder, [
      "--db",
      "nmdc",
      "--out",
      join(folder, "out"),
    ]);
    const rename = ["--nsFrom", "nmdc.*", "--nsTo", "copy.*", "--nsInclude", "nmdc.*", "--stopOnError"];
    await mongoTool("mongorestore", server.uri("slipway"), folder, [...rename, join(folder, "out")]);
    const copy = (await servers.connect(server, "slipway")).db("copy").collection("large");
    assert.equal(await copy.countDocuments(), 62);
    assert.deepEqual(
      (await copy.indexes()).map(({ name, key }) => ({ name, key })),
      [
        { name: "_id_", key: { _id: 1 } },
        { name: "by number", key: { number: -1 } },
      ],
    );
  });
});
