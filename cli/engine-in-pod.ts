import { processor } from "../lib/data/conductor/processor";
import { engineMain } from "./engine-main";

/** The engine in a container, which has no standard input: the request stands in a variable, and secrets in mounted files. */
void engineMain(processor, {}, () => Promise.resolve(process.env["SLIPWAY_REQUEST"] ?? ""));
