import { createServer } from "node:http";
import sirv from "sirv";

// looks at the file for each request, as the others do
const handler = sirv(process.env.FILES ?? "", { etag: true, dev: true });

createServer((request, response) => handler(request, response)).listen(
	Number(process.env.PORT),
	"127.0.0.1",
);
