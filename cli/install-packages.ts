import { installPackage } from "../lib/data/migrations/python/environment";

/** Installs schema packages beforehand, for an image whose containers fetch nothing. `PACKAGES`: `nmdc-schema@11.24.0 …`. */
async function main(): Promise<void> {
  for (const named of (process.env["PACKAGES"] ?? "").split(/\s+/).filter((one) => one !== "")) {
    const [name = "", version = ""] = named.split("@");
    await installPackage({ package: name, version }, console.log);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
