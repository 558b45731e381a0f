"""What the README tells a stranger to type is typed here."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def shell_block() -> str:
    """The commands of `## Use it`, made to work in a test: another port, this environment, an end."""
    block = re.search(r"test_readme\.py\. -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    return block[1]


def a_free_port() -> str:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return str(sock.getsockname()[1])


def test_the_commands_of_the_readme_put_a_comment_into_the_queue(tmp_path: Path) -> None:
    port = a_free_port()
    wait = f"until curl -sf http://127.0.0.1:{port}/readyz >/dev/null; do sleep 0.1; done"
    script = shell_block().replace("8080", port).replace("pip install .\n", "")
    script = script.replace(
        "--data-dir var &\n", f"--data-dir var 2>/dev/null &\nSERVER=$!\ntrap 'kill $SERVER' EXIT\n{wait}\n"
    )
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    *_, receipt = re.findall(r'\{"id":.*?"author_token":"[^"]+"\}', done.stdout)
    queue = json.loads(done.stdout[done.stdout.index('{"comments":') :])
    assert json.loads(receipt)["status"] == "pending"
    assert [comment["text"] for comment in queue["comments"]] == ["It should have been mended last year."]
    assert "bilal@example.com" not in done.stdout


def test_every_page_and_picture_that_the_documents_link_to_exists() -> None:
    for page in [ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_map_is_short_and_the_words_are_all_there() -> None:
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= 150
    glossary = (ROOT / "docs" / "glossary.md").read_text()
    for word in ("submission", "candidate", "signal", "verdict", "decision", "problem"):
        assert f"**{word}**" in glossary
