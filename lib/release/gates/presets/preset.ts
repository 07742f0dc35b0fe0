import type { Grade } from "../../versions/environment-fit";
import type { RuleId } from "../policy";

/** The gates of one system, by how strict an environment is. One page each, to be read by the people whose rules they are. */
export type Preset = Readonly<Record<Grade, readonly RuleId[]>>;
