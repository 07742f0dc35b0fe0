import { Refusal } from "../lib/problem";
import { refused } from "./refused";

/** A Pulumi program whose refusals are said as they are: they are the user's to mend, so no stack trace buries them. */
export function program<Outputs>(plan: () => Promise<Outputs>): () => Promise<Outputs> {
  return async () => {
    try {
      return await plan();
    } catch (error) {
      if (error instanceof Error && error.name === Refusal.name) throw refused(error.message);
      throw error;
    }
  };
}
