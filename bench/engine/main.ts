import { engineBench } from "./engine-bench";

/** `node build/bench/engine/main.js [rounds]`: the engine's figures alone. */
void engineBench(Number(process.argv[2] ?? 5)).then((kept) => {
  if (!kept) process.exitCode = 1;
});
