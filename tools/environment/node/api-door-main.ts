import { connect, createServer } from "node:net";

/** Passes connections on, byte for byte: `api-door-main <host> <port> <port on loopback>`. */
const [host, port, to] = process.argv.slice(2);
createServer((inside) => {
  const outside = connect({ host: "127.0.0.1", port: Number(to) });
  inside.pipe(outside).pipe(inside);
  inside.on("error", () => outside.destroy());
  outside.on("error", () => inside.destroy());
}).listen(Number(port), host);
