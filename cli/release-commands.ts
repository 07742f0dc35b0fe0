import type { Command } from "commander";
import { registerApprove } from "./approve";
import { registerCheck } from "./check";
import { registerDiff } from "./diff";
import { registerMaintenance } from "./maintenance";
import { registerNext } from "./next";
import { registerNotes } from "./notes";
import { registerPage } from "./page";
import { registerPromote } from "./promote";
import { registerRecord } from "./record";
import { registerRedButton } from "./red-button";
import { registerRelease } from "./release";
import { registerSmoke } from "./smoke";
import { registerStatus } from "./status";
import { registerTicket } from "./ticket";
import { registerTimeline } from "./timeline";

/** The commands of a release's rules, in the order of a release. */
export function registerReleaseCommands(program: Command): void {
  registerNext(program);
  registerSmoke(program);
  registerNotes(program);
  registerTicket(program);
  registerTimeline(program);
  registerApprove(program);
  registerCheck(program);
  registerDiff(program);
  registerPromote(program);
  registerRelease(program);
  registerRecord(program);
  registerStatus(program);
  registerPage(program);
  registerMaintenance(program);
  registerRedButton(program);
}
