# What each rule of traps.yml finds, and what it lets pass. Never imported, never run.
# ruff: noqa
import asyncio, hmac, subprocess, time, unicodedata

# ruleid: middleware-with-a-task
from starlette.middleware.base import BaseHTTPMiddleware

# ruleid: lenient-validator
from pydantic import EmailStr

# ok: lenient-validator
from pydantic import BaseModel

# ruleid: select-star
EVERYTHING = "SELECT * FROM comment WHERE id = $1"
# ok: select-star
SOME = "SELECT id FROM comment WHERE id = $1"


async def statements(conn, column, request):
    # ruleid: sql-made-of-pieces
    await conn.fetch(f"ORDER BY {column}")
    # ruleid: sql-made-of-pieces
    await conn.execute("SELECT 1 FROM " + column)
    # ruleid: sql-made-of-pieces
    await conn.fetchval("SELECT {}".format(column))
    # ok: sql-made-of-pieces
    await conn.fetch(SOME, column)
    # ruleid: body-read-past-the-limits
    await request.json()
    # ok: body-read-past-the-limits
    (await conn.get("/")).json()


async def programs(launch):
    # ruleid: program-started-in-a-thread
    await asyncio.to_thread(spawn, launch)
    # ok: program-started-in-a-thread
    spawn(launch)


def others(log, submission, signature, wanted):
    # ruleid: deadline-by-the-wall-clock
    until = time.time() + 5
    # ok: deadline-by-the-wall-clock
    until = time.monotonic() + 5
    # ruleid: address-in-a-log
    log.info("submitted", sender=submission.email)
    # ok: address-in-a-log
    log.info("submitted", site=submission.site_id)
    # ruleid: normalised-before-measured
    unicodedata.normalize("NFKC", submission.text)
    # ruleid: secrets-compared-by-eye
    if signature == wanted:
        return
    # ok: secrets-compared-by-eye
    hmac.compare_digest(signature, wanted)
