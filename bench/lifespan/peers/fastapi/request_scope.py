import asyncio

from fastapi import Depends, FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse

from facts import Session, chunk_s

app = FastAPI()


async def get_session():
    session = Session()
    try:
        yield session
        await session.commit()
    except Exception:
        await session.rollback()
        raise
    finally:
        session.close()


@app.get("/", response_class=PlainTextResponse)
async def index():
    return "ready"


@app.post("/write")
async def write(session: Session = Depends(get_session)):
    session.use("write")
    return {"written": True}


@app.post("/conflict")
async def conflict(session: Session = Depends(get_session)):
    session.use("write")
    return JSONResponse({"detail": "exists"}, status_code=409)


@app.get("/export")
async def export(session: Session = Depends(get_session)):
    async def rows():
        for row in range(1, 6):
            session.use(f"row {row}")
            yield f"{row}\n"
            await asyncio.sleep(chunk_s)

    return StreamingResponse(rows(), media_type="text/plain")
