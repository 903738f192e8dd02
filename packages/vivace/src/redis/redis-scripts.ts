/**
 * Stores a message: an entry of a stream, with the id of the one before it, so that a reader sees what is missing; takes out what is too
 * much or too old, and wakes those who follow, who find nothing before the script has ended. Answers with the id. What may be refused (to
 * publish, for want of rights; to store, for want of memory) comes first: a script that fails in the middle leaves what it has done.
 *
 * KEYS: the stream, the record of its newest id; ARGV: text, count, age in ms, how long the record is kept in ms, the Pub/Sub channel
 */
export const publishScript: string = `
redis.call('PUBLISH', ARGV[5], 'new')
local before = redis.call('HGET', KEYS[2], 'last') or '0-0'
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], '*', 't', ARGV[1], 'p', before)
local now = tonumber(string.match(id, '^%d+'))
redis.call('XTRIM', KEYS[1], 'MINID', string.format('%.0f', math.max(0, now - tonumber(ARGV[3]))))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[2], 'last', id)
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return id
`;

/**
 * Reads a page: entries, the newest id (or false) and the server's time in ms, all at one moment.
 *
 * KEYS: the stream, the record of its newest id; ARGV: the first id that counts, the limit
 */
export const readScript: string = `
local time = redis.call('TIME')
return {
	redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2]),
	redis.call('HGET', KEYS[2], 'last'),
	string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
}
`;
