import { faultyPostgres } from "./faulty-postgres.ts";
import { faultSuite } from "./survive.ts";

faultSuite(faultyPostgres);
