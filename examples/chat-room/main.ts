import { serve } from "vivace";
import { chatRoom } from "./app.ts";

const { REDIS_URL, PORT = "8000" } = process.env;

await serve(chatRoom({ redisUrl: REDIS_URL }), { port: Number(PORT) });
