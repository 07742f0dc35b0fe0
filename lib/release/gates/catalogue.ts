import { Refusal } from "../../problem";
import type { Gate } from "./gate";
import type { RuleId } from "./policy";
import { a17, h14, n5 } from "./rules/after";
import { a14, a16 } from "./rules/before-change";
import { a2, a3, a4, a5 } from "./rules/checklist";
import { a11, a18, f16, f24, h20, h21, h22, h23 } from "./rules/data";
import { f25, f5, n4, n8 } from "./rules/images";
import { a19, f20, h16 } from "./rules/lanes";
import { a6, a8, f18, n3 } from "./rules/notes";
import { a1, a15, f11, h1, h3, h5, h6 } from "./rules/people";
import { h12, h4, h7 } from "./rules/pipeline";
import { a10, f14, h10, h11 } from "./rules/places";
import { a9, f15, h15, h8, w4 } from "./rules/promotion";
import { f1, f12, f13, f4, f6, x1 } from "./rules/references";
import { n7 } from "./rules/schema";
import { f10, f7, f8 } from "./rules/stack-image";
import { h25 } from "./rules/secrets";
import { f9, h2, n1 } from "./rules/tests-green";
import { f17 } from "./rules/ticket";
import { f19, w1, w2, w3 } from "./rules/time";
import { a7, f2, f3, h9, n2 } from "./rules/versions";

/** Every gate that there is, in the order in which they are shown. */
export const gates: readonly Gate[] = [
  ...[n1, n2, n3, n4, n5, n7, n8, x1],
  ...[f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18, f19, f20, f24, f25],
  ...[a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a14, a15, a16, a17, a18, a19],
  ...[h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, h14, h15, h16, h20, h21, h22, h23, h25],
  ...[w1, w2, w3, w4],
];

const byId: ReadonlyMap<string, Gate> = new Map(gates.map((gate) => [gate.id, gate]));

export const gateIds: readonly RuleId[] = gates.map(({ id }) => id);

/** @throws Refusal for an id that no gate has. */
export function gateOf(id: string, where = "slipway:gates"): Gate {
  const gate = byId.get(id);
  if (gate !== undefined) return gate;
  throw new Refusal("gates", [
    {
      where,
      found: JSON.stringify(id.slice(0, 20)),
      allowed: `one of ${gateIds.join(", ")}`,
      mend: "name a gate that exists",
    },
  ]);
}
