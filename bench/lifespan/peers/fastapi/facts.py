"""The Python side of ../resource.ts: the same facts, the same behaviours."""

import asyncio
import json
import os
import time

scenario = json.loads(os.environ.get("SCENARIO", "{}"))

slow_s = scenario.get("slowMs", 1000) / 1000
chunk_s = 0.1
chunk_count = 12


def fact(text):
    os.write(1, f"fact {time.time() * 1000:.1f} {text}\n".encode())


class Resource:
    def __init__(self, name):
        self.name = name
        self.is_released = False

    @classmethod
    async def acquire(cls, name):
        behaviour = scenario.get("resources", {}).get(name, {})
        fact(f"acquiring {name}")
        await asyncio.sleep(behaviour.get("acquireMs", 0) / 1000)
        if behaviour.get("acquire") == "hangs":
            await asyncio.Event().wait()
        if behaviour.get("acquire") == "fails":
            fact(f"failed {name}")
            raise RuntimeError(f"{name} is unreachable")
        fact(f"acquired {name}")
        return cls(name)

    def use(self, by):
        fact(f"{'misused' if self.is_released else 'used'} {self.name} {by}")
        return self.name

    async def release(self):
        behaviour = scenario.get("resources", {}).get(self.name, {})
        self.is_released = True
        fact(f"releasing {self.name}")
        await asyncio.sleep(0.02)
        if behaviour.get("release") == "hangs":
            await asyncio.Event().wait()
        if behaviour.get("release") == "throws":
            raise RuntimeError(f"{self.name} broke")
        fact(f"released {self.name}")


class Session:
    def __init__(self):
        self.is_closed = False
        fact("session opened")

    def use(self, by):
        fact(f"session {'misused' if self.is_closed else 'used'} {by}")

    async def commit(self):
        await asyncio.sleep(0.01)
        if scenario.get("commitFails"):
            fact("session commit failed")
            raise RuntimeError("the commit failed")
        fact("session committed")

    async def rollback(self):
        await asyncio.sleep(0.01)
        fact("session rolled back")

    def close(self):
        self.is_closed = True
        fact("session closed")
