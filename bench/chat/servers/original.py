"""The design of the service that chat-history replaces: FastAPI over a pool of aiomysql, and of asyncpg where DATABASE_URL says so. For FastAPI
0.92 (pydantic 1) and newer."""

import os
from typing import Literal, Optional

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from pydantic import BaseModel, Field

DEFAULT_CONVERSATION = "86d8734a-0029-4d95-a80c-f50ad6f8a61b"

app = FastAPI()
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"]
)


if "DATABASE_URL" in os.environ:
    from original_postgres import Messages
else:
    from original_mysql import Messages

messages = Messages()
app.add_event_handler("startup", messages.open)
app.add_event_handler("shutdown", messages.close)


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
    await messages.store(body.user_id, body.conversation(), body.role, body.content)
    return answer("信息存储成功", {"status": True})


@app.post("/get_chat_history")
async def get_chat_history(body: ChatKey):
    history = await messages.history(body.user_id, body.conversation())
    return answer("获取用户聊天记录成功", {"chat_history": history})
