"""The original's own storage."""

import os

import aiomysql


class Messages:
    async def open(self):
        self.pool = await aiomysql.create_pool(
            host=os.environ["MYSQL_DB_HOST"],
            port=int(os.environ["MYSQL_DB_PORT"]),
            user=os.environ["MYSQL_DB_USER"],
            password=os.environ["MYSQL_DB_PASSWORD"],
            db=os.environ["MYSQL_DB_NAME"],
            charset="utf8mb4",
            autocommit=True,
            minsize=1,
            maxsize=10,
        )

    async def close(self):
        self.pool.close()
        await self.pool.wait_closed()

    async def store(self, user_id, conversation_id, role, content):
        async with self.pool.acquire() as connection:
            async with connection.cursor() as cursor:
                await cursor.execute(
                    "INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES (%s, %s, %s, %s)",
                    (user_id, conversation_id, role, content),
                )

    async def history(self, user_id, conversation_id):
        async with self.pool.acquire() as connection:
            async with connection.cursor(aiomysql.DictCursor) as cursor:
                await cursor.execute(
                    "SELECT role, content FROM chat_history WHERE user_id = %s AND conversation_id = %s ORDER BY entry_time, id",
                    (user_id, conversation_id),
                )
                return await cursor.fetchall()
