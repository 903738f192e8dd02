"""The lifespan of FastAPI's documentation; FastAPI 0.93 and later take it as FastAPI(lifespan=...)."""

import asyncio
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import PlainTextResponse, StreamingResponse

from facts import Resource, chunk_count, chunk_s, slow_s

resources = {}


@asynccontextmanager
async def lifespan(app):
    # one after the other, each left whatever happens to the others
    async with held("database"), held("cache"), held("queue"):
        yield


@asynccontextmanager
async def held(name):
    resource = await Resource.acquire(name)
    resources[name] = resource
    try:
        yield
    finally:
        await resource.release()


app = FastAPI()
app.router.lifespan_context = lifespan


@app.get("/", response_class=PlainTextResponse)
async def index():
    return resources["database"].use("request")


@app.get("/slow", response_class=PlainTextResponse)
async def slow():
    resources["database"].use("slow begin")
    await asyncio.sleep(slow_s)
    return resources["database"].use("slow end")


async def ticks(count):
    tick = 0
    while count is None or tick < count:
        tick += 1
        yield f"data: {resources['database'].use(f'chunk {tick}')}\n\n"
        await asyncio.sleep(chunk_s)


@app.get("/events")
async def events():
    return StreamingResponse(ticks(None), media_type="text/event-stream")


@app.get("/download")
async def download():
    return StreamingResponse(ticks(chunk_count), media_type="text/plain")


async def work():
    resources["database"].use("task begin")
    await asyncio.sleep(slow_s)
    resources["database"].use("task end")


@app.get("/task", response_class=PlainTextResponse)
async def task(tasks: BackgroundTasks):
    tasks.add_task(work)
    return "accepted"
