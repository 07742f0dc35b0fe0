// First step of every npm script: what a fresh clone lacks before TypeScript can run. Plain JavaScript, no dependency.
const { createHash } = require("node:crypto");
const { spawnSync } = require("node:child_process");
const { existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const root = join(__dirname, "..");

function refuse(message) {
  console.error(message);
  process.exit(2);
}

function run(what, command, args) {
  const started = Date.now();
  process.stdout.write(`${what} … `);
  const shell = process.platform === "win32";
  const done = spawnSync(command, args, { cwd: root, encoding: "utf8", shell, maxBuffer: 64 << 20 });
  if (done.status !== 0) {
    refuse(
      `failed\n${done.stdout ?? ""}${done.stderr ?? ""}\nMend: run "${command} ${args.join(" ")}" in ${root}`,
    );
  }
  console.log(`${((Date.now() - started) / 1000).toFixed(1)} s`);
}

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`Node ${process.versions.node} found, 20.19 or newer is needed: install it and start again.`);
}

const lock = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const packages = join(root, "node_modules");
const stamp = join(packages, ".slipway-lock");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== lock) {
  // npm would empty what the link leads to, which is another checkout's.
  if (lstatSync(packages, { throwIfNoEntry: false })?.isSymbolicLink() === true) {
    refuse(
      `${packages}: found a link to packages that are not those of package-lock.json; allowed: a folder of this checkout. Mend: remove the link, or run npm ci where it leads.`,
    );
  }
  run("npm packages (npm ci)", "npm", ["ci", "--no-audit", "--no-fund"]);
  writeFileSync(stamp, lock);
}
mkdirSync(join(root, "build"), { recursive: true });
run("compile (tsc)", process.execPath, [
  join("node_modules", "typescript", "bin", "tsc"),
  "-p",
  "tsconfig.build.json",
]);
