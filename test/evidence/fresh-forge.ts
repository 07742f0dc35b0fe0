/** A forge as a test has it, and what asks it. */
export interface Fresh<Server, Forge> {
  readonly server: Server;
  readonly forge: Forge;
}

/** Both made anew for each test of the suite that calls this. */
export function freshForge<Server extends { stop(): Promise<void> }, Forge>(
  start: () => Promise<Fresh<Server, Forge>>,
): Fresh<Server, Forge> {
  const fresh: Partial<Fresh<Server, Forge>> = {};
  beforeEach(async () => {
    Object.assign(fresh, await start());
  });
  afterEach(() => fresh.server?.stop());
  return fresh as Fresh<Server, Forge>;
}
