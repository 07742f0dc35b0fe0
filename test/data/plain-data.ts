import { BSON } from "mongodb";
import { plainProcessor } from "./plain-processor";

/** What the engine's own tests begin with. */
export const data = {
  studies: [1, 2, 3].map((n) => ({ _id: `study-${n}`, name: `Study ${n}` })),
  sites: [1, 2].map((n) => ({ _id: `site-${n}` })),
  samples: [1, 2, 3, 4].map((n) => ({ _id: `sample-${n}`, of: "study-1" })),
};

/** Studies and sites change, samples stay. */
export const processor = plainProcessor((collection, document) =>
  collection === "samples" ? document : { ...document, version: new BSON.Int32(2) },
);
