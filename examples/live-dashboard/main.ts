import { serve } from "vivace";
import { liveDashboard } from "./app.ts";

const { REDIS_URL, PORT = "8000", WORKERS = "1" } = process.env;

await serve(liveDashboard({ redisUrl: REDIS_URL }), {
	port: Number(PORT),
	workers: Number(WORKERS),
});
