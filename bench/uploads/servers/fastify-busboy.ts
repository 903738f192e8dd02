import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { serveUploads } from "./busboy-server.ts";

serveUploads((headers) => new Busboy({ headers: headers as BusboyHeaders }));
