"""The design of the service that chat-history replaces: FastAPI over a pool of aiomysql. For FastAPI 0.92 (pydantic 1) and newer."""

import os
from typing import Literal, Optional

import aiomysql
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

DEFAULT_CONVERSATION = "86d8734a-0029-4d95-a80c-f50ad6f8a61b"

app = FastAPI()
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
)


@app.on_event("startup")
async def open_pool():
    app.state.pool = await aiomysql.create_pool(
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


@app.on_event("shutdown")
async def close_pool():
    app.state.pool.close()
    await app.state.pool.wait_closed()


class ChatKey(BaseModel):
    user_id: int = Field(ge=-(2**31), le=2**31 - 1)
    session_id: Optional[str] = Field(default=None, min_length=1, max_length=50)
    conversation_id: Optional[str] = Field(default=None, min_length=1, max_length=50)

    def conversation(self) -> str:
        return self.session_id or self.conversation_id or DEFAULT_CONVERSATION


class StoreContent(ChatKey):
    role: Literal["user", "assistant"]
    content: str = Field(min_length=1)


def answer(msg: str, data):
    return {"code": 0, "msg": msg, "data": data}


@app.get("/")
async def welcome():
    return answer("欢迎访问", "")


@app.post("/store_content")
async def store_content(body: StoreContent):
    async with app.state.pool.acquire() as connection:
        async with connection.cursor() as cursor:
            await cursor.execute(
                "INSERT INTO chat_history (user_id, conversation_id, role, content) VALUES (%s, %s, %s, %s)",
                (body.user_id, body.conversation(), body.role, body.content),
            )
    return answer("信息存储成功", {"status": True})


@app.post("/get_chat_history")
async def get_chat_history(body: ChatKey):
    async with app.state.pool.acquire() as connection:
        async with connection.cursor(aiomysql.DictCursor) as cursor:
            await cursor.execute(
                "SELECT role, content FROM chat_history WHERE user_id = %s AND conversation_id = %s ORDER BY entry_time, id",
                (body.user_id, body.conversation()),
            )
            history = await cursor.fetchall()
    return answer("获取用户聊天记录成功", {"chat_history": history})
