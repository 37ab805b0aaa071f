/** Three nodes that meet as PyTorch's `env://` has them meet: rank 0 listens, the others come. */
export const RENDEZVOUS = `
const net = require("node:net");
const { RANK: rank, WORLD_SIZE: size, MASTER_ADDR: host, MASTER_PORT: port } = process.env;
const told = (all) => console.log("rank " + rank + " of " + size + " met " + all);
if (rank === "0") {
  const met = ["0"], sockets = [];
  const server = net.createServer((socket) => socket.on("data", (other) => {
    sockets.push(socket);
    met.push(String(other));
    if (met.length < Number(size)) return;
    const all = met.toSorted().join(",");
    for (const one of sockets) one.end(all);
    server.close();
    told(all);
  }));
  server.listen(Number(port), host);
} else {
  const join = () => {
    const socket = net.connect({ host, port: Number(port) }, () => socket.write(rank));
    socket.on("error", () => setTimeout(join, 20));
    socket.on("data", (all) => { told(String(all)); socket.end(); });
  };
  join();
}
`;
