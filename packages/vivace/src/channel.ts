export { Channel, type ChannelOptions, channel } from "./channel/channel.ts";
export type { ChannelEvent } from "./channel/subscription.ts";
export type { SubscribeOptions, Topic } from "./channel/topic.ts";
export { BrokerUnavailableError } from "./errors/broker-unavailable.ts";
export type { Backlog, Broker, BrokerPage } from "./http/broker.ts";
