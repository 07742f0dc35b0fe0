import { isAbsolute, relative, resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/** Folder of `Pulumi.yaml`: what paths in a stack file start from. The program may lie elsewhere (`main`). */
export function projectFolder(): string {
  const root = pulumi.getRootDirectory();
  // Without Pulumi's own process there is none, only a word in its place.
  return isAbsolute(root) ? root : process.cwd();
}

/**
 * A path of the stack file, as the program's own processes and Pulumi's providers take it: from the folder that they run in.
 * It never becomes absolute by itself, since the state must say the same on every machine.
 */
export function fromProgram(path: string): string {
  if (isAbsolute(path)) return path;
  return relative(process.cwd(), resolve(projectFolder(), path)) || ".";
}
