"""The same on PostgreSQL: asyncpg, which prepares each statement once for each connection."""

import os

import asyncpg


class Messages:
    async def open(self):
        self.pool = await asyncpg.create_pool(
            os.environ["DATABASE_URL"], min_size=1, max_size=10
        )

    async def close(self):
        await self.pool.close()

    async def store(self, user_id, conversation_id, role, content):
        await self.pool.execute(
            "INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES ($1, $2, $3, $4)",
            user_id,
            conversation_id,
            role,
            content,
        )

    async def history(self, user_id, conversation_id):
        rows = await self.pool.fetch(
            "SELECT role, content FROM chat_history WHERE user_id = $1 AND conversation_id = $2 ORDER BY entry_time, id",
            user_id,
            conversation_id,
        )
        return [dict(row) for row in rows]
