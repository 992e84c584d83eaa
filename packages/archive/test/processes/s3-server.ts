import { startFauxqs } from "fauxqs";

/* An S3 server that keeps the objects of its bucket `archive` in a folder: `s3-server.ts PORT FOLDER`. It takes any keys. */
const [port, dataDir = ""] = process.argv.slice(2);
const server = await startFauxqs({ port: Number(port), host: "127.0.0.1", logger: false, dataDir });
server.createBucket("archive");
console.log("listening");
