import * as pulumi from "@pulumi/pulumi";
import { Refusal } from "../lib/problem";

/** A Pulumi program whose refusals are said as they are: they are the user's to mend, so no stack trace buries them. */
export function program<Outputs>(plan: () => Promise<Outputs>): () => Promise<Outputs> {
  return async () => {
    try {
      return await plan();
    } catch (error) {
      if (error instanceof Error && error.name === Refusal.name) throw new pulumi.RunError(error.message);
      throw error;
    }
  };
}
