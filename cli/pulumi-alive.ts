import { connect } from "node:net";

const every = 500;

/**
 * Calls `gone` once the Pulumi engine that started this provider process answers no more. A Pulumi CLI that is killed leaves
 * its provider processes behind, with all their pipes open: its address is then the only thing that tells.
 * @param address what Pulumi gave as the provider's argument. Example: `127.0.0.1:41231`.
 */
export function watchPulumi(address: string | undefined, gone: () => void): void {
  const { host, port } = /^(?<host>.+):(?<port>\d+)$/.exec(address ?? "")?.groups ?? {};
  if (host === undefined || port === undefined) return;
  const ask = (): void => {
    const socket = connect({ host, port: Number(port) });
    socket.unref();
    socket.once("connect", () => {
      socket.destroy();
      setTimeout(ask, every).unref();
    });
    socket.once("error", gone);
  };
  ask();
}
