import { createServer } from "node:http";
import sirv from "sirv";

// reads the folder once, when it starts: what changes later is not seen
const handler = sirv(process.env.FILES ?? "", { etag: true });

createServer((request, response) => handler(request, response)).listen(
	Number(process.env.PORT),
	"127.0.0.1",
);
