import { createServer, type IncomingMessage, request, type Server } from 'node:http';

/** When the line to an engine breaks: before it has heard a request, or before its reply. */
export type Cut = 'before' | 'reply' | null;

/** Stands between a driver and its engine, on a socket of its own, and cuts what it is told to. */
export class CuttingProxy {
  cutOf: (path: string) => Cut | Promise<Cut> = () => null;
  readonly #socket: string;
  readonly #server: Server;

  constructor({ socket, engineSocket }: { socket: string; engineSocket: string }) {
    this.#socket = socket;
    this.#server = createServer(async (asked, reply) => {
      const cut = await this.cutOf(asked.url ?? '');
      if (cut === 'before') return void asked.socket.destroy();
      const { method, url, headers } = asked;
      const options = { socketPath: engineSocket, method, path: url, headers };
      const onward = request(options, (answer: IncomingMessage) => {
        if (cut === 'reply') return void asked.socket.destroy();
        reply.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(reply);
      });
      onward.on('error', () => asked.socket.destroy());
      asked.pipe(onward);
    });
  }

  async open(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(this.#socket, resolve));
    return this;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
