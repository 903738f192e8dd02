import { faultyMariaDb } from "./faulty-mariadb.ts";
import { faultSuite } from "./survive.ts";

faultSuite(faultyMariaDb);
