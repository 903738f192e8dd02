export { type RedisBrokerOptions, redisBroker } from "./redis/redis.ts";
