from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse

from facts import Resource

resources = {}


@asynccontextmanager
async def lifespan(app):
    resources["inner"] = await Resource.acquire("inner")
    yield
    await resources["inner"].release()


admin = FastAPI()
admin.router.lifespan_context = lifespan


@admin.get("/", response_class=PlainTextResponse)
async def use_inner():
    return resources["inner"].use("request")


app = FastAPI()


@app.get("/", response_class=PlainTextResponse)
async def index():
    return "ready"


app.mount("/admin", admin)
