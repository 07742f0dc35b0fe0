/** The engine's process, killed by itself at the n-th instant at which it may die. Run from `build/` parts only. */
import { appendFileSync } from "node:fs";
import { engineMain } from "../../../cli/engine-main";
import { processor as realProcessor } from "../../../lib/data/conductor/processor";
import { processor as plainProcessor } from "../plain-data";

const at = Number(process.env["KILL_AT"] ?? 0);
const atName = process.env["KILL_AT_NAME"];
const list = process.env["KILL_LIST"];
const stopBefore = process.env["STOP_BEFORE"];
let passed = 0;

void engineMain(process.env["KILL_STORE"] === undefined ? plainProcessor : realProcessor, {
  lease: 2,
  boundary(name) {
    passed += 1;
    if (list !== undefined) appendFileSync(list, `${name}\n`);
    if (stopBefore !== undefined && name.startsWith(`before ${stopBefore}`))
      process.kill(process.pid, "SIGSTOP");
    if (passed === at || (atName !== undefined && name.startsWith(atName)))
      process.kill(process.pid, "SIGKILL");
  },
});
