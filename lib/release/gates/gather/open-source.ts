import type { Finding } from "../../../evidence/finding";
import type { SourceFacts } from "../facts";

/** A source of which nothing was looked up, or nothing could be read: each of its facts says the same. */
export function openSource(name: string, open: Finding<never>): SourceFacts {
  return {
    name,
    tag: open,
    tags: open,
    branch: open,
    ci: open,
    smoke: open,
    changelog: open,
    workflow: open,
  };
}
