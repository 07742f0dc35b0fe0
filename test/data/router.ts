import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { BSON } from "mongodb";

const opMsg = 2013;
/** Header, flags and kind of the first section come before the document. */
const documentAt = 21;

/**
 * A way to a server that says of itself what a sharded cluster's router says, and is one in nothing else.
 * @returns its connection string, and what ends it.
 */
export async function asRouter(uri: string): Promise<{ readonly uri: string; readonly stop: () => void }> {
  const { port, hostname } = new URL(uri);
  const proxy = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on("error", () => far.destroy()).pipe(far);
    let rest = Buffer.alloc(0);
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    far.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 4 && rest.length >= rest.readInt32LE(0)) {
        const length = rest.readInt32LE(0);
        near.write(retold(rest.subarray(0, length)));
        rest = rest.subarray(length);
      }
    });
  }).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const known = new URL(uri);
  known.port = String((proxy.address() as AddressInfo).port);
  return { uri: known.href, stop: () => proxy.close() };
}

/** Where a message tells what the server is, the same as a router tells it. */
function retold(message: Buffer): Buffer {
  if (message.readInt32LE(12) !== opMsg || message[documentAt - 1] !== 0) return message;
  const said = BSON.deserialize(message.subarray(documentAt));
  if (said["ismaster"] === undefined) return message;
  const document = BSON.serialize({ ...said, msg: "isdbgrid" });
  const header = Buffer.from(message.subarray(0, documentAt));
  header.writeInt32LE(documentAt + document.length, 0);
  return Buffer.concat([header, document]);
}
