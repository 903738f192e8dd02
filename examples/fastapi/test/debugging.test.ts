import { checkPort } from "./check-port.ts";

checkPort("debugging.tutorial001", [["GET /", 200, { "hello world": "ba" }]]);
