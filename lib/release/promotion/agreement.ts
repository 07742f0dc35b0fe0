import type { Problem } from "../../problem";

/** What two stack files of one system must say alike. */
export interface Agreed {
  readonly file: string;
  readonly system: string;
  /** The environments in their order; empty where the file does not say it. */
  readonly chain: readonly string[];
}

/**
 * Where two stack files contradict each other: they are of two systems, or put the environments that both name into two orders
 * (rule H15). One environment may lead to several others, each by a chain of its own.
 */
export function disagreements(from: Agreed, to: Agreed): readonly Problem[] {
  const mend = `edit ${from.file} or ${to.file}`;
  const inBoth = ({ chain }: Agreed, { chain: others }: Agreed): string =>
    chain.filter((environment) => others.includes(environment)).join(" → ");
  const [order, other] = [inBoth(from, to), inBoth(to, from)];
  return [
    ...(from.system === to.system
      ? []
      : [
          {
            where: `${from.file} slipway:system`,
            found: from.system,
            allowed: `${to.system}, as in ${to.file}`,
            mend,
          },
        ]),
    ...(order === other
      ? []
      : [
          {
            where: `${from.file} slipway:promotion.chain`,
            found: order,
            allowed: `${other}, as in ${to.file}`,
            mend,
          },
        ]),
  ];
}
