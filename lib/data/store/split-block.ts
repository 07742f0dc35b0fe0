import type { Block } from "../blocks";
import { frames } from "../bson-frames";
import type { ServerLimits } from "./store";

/** Messages stay well under the server's limit, which counts more than the documents. */
const headroom = 64 * 1024;

/** A block as parts that the server takes in one message each. */
export function splitBlock(
  block: Block,
  limits: Pick<ServerLimits, "maxBatchDocuments" | "maxMessageBytes">,
): readonly Block[] {
  const most = limits.maxMessageBytes - headroom;
  if (block.documents <= limits.maxBatchDocuments && block.bytes.length <= most) return [block];
  const parts: Block[] = [];
  let from = 0;
  let to = 0;
  let documents = 0;
  const cut = (): void => {
    if (documents > 0)
      parts.push({ collection: block.collection, bytes: block.bytes.subarray(from, to), documents });
    from = to;
    documents = 0;
  };
  for (const document of frames(block.bytes, block.collection)) {
    if (documents === limits.maxBatchDocuments || to - from + document.length > most) cut();
    to += document.length;
    documents += 1;
  }
  cut();
  return parts;
}
