import busboy from "busboy";
import { serveUploads } from "./busboy-server.ts";

serveUploads((headers) => busboy({ headers }));
