import { postgresBench } from "./postgres-bench";

/** `node build/bench/postgresql/main.js [rounds] [megabytes]`: PostgreSQL's figures alone. */
void postgresBench(Number(process.argv[2] ?? 5), Number(process.argv[3] ?? 1000)).then((kept) => {
  if (!kept) process.exitCode = 1;
});
