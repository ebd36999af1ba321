"""The page is for this machine's browsers alone, and runs nothing but its own scripts."""

import re

import aiohttp
import pytest

from bot.sandbox.page.assets import STATIC
from tests.sandbox.page_rig import paged

pytestmark = pytest.mark.asyncio


async def test_the_page_listens_on_this_machine_only():
    async with paged() as rig:
        assert rig.local.url.startswith("http://127.0.0.1:")


async def test_a_foreign_name_that_was_pointed_here_gets_nothing():
    async with paged() as rig:
        for path in ("/", "/page/app/main.js", "/page/live"):
            headers = {"Host": "evil.example"}
            async with rig.session.get(rig.local.url + path, headers=headers) as answer:
                assert answer.status == 421


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
async def test_another_page_cannot_open_the_websocket(origin):
    async with paged() as rig:
        headers = {} if origin is None else {"Origin": origin}
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await rig.session.ws_connect(f"{rig.local.url}/page/live", headers=headers)
        assert refused.value.status == 403


async def test_every_file_comes_with_headers_that_allow_the_pages_own_scripts_only():
    async with paged() as rig:
        for path in ("/", "/page/css/base.css", "/page/nothing.js"):
            async with rig.session.get(rig.local.url + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
                assert "unsafe" not in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert "Access-Control-Allow-Origin" not in answer.headers


async def test_only_the_pages_files_are_served():
    async with paged() as rig:
        for path in ("../server.py", "%2e%2e/server.py", "..%2fserver.py", "/etc/passwd", "vendor"):
            async with rig.session.get(f"{rig.local.url}/page/{path}") as answer:
                assert answer.status == 404


async def test_the_page_asks_nothing_of_the_network_and_has_no_inline_script():
    sources = [path for path in STATIC.rglob("*") if path.suffix in {".html", ".css", ".js", ".svg"}]
    own = [path for path in sources if "vendor" not in path.parts]
    assert len(own) > 30
    for path in own:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""(?:src|href|from|import|url)\s*[=(]?\s*["'(]https?:""", text), path
        assert "innerHTML" not in text, path
    index = (STATIC / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=", index)


async def test_every_library_stands_beside_its_licence():
    licences = {path.name.removesuffix(".LICENSE.txt") for path in (STATIC / "vendor").glob("*.LICENSE.txt")}
    wanted = {"preact", "htm", "preact-signals", "preact-signals-core", "floating-ui-dom", "floating-ui-core"}
    assert wanted | {"khanacademy-simple-markdown", "khanacademy-perseus-utils"} == licences
