"""Scripts that are made smaller do the same: asked of the node that comes with the browser's driver."""

import json
import subprocess

import pytest
from playwright._impl._driver import compute_driver_executable

from service.web.squeeze import squeezed

NODE, _ = compute_driver_executable()


def answer(script: str) -> object:
    """What the script leaves in `globalThis.told`."""
    asked = f"{script}\nprocess.stdout.write(JSON.stringify(globalThis.told));"
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", asked], capture_output=True, check=True, timeout=30, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    "script",
    [
        "const first = 1; const second = first + +first; globalThis.told = [first, second - -first];",
        'const named = "named  //  twice"; globalThis.told = { named, other: named };',
        "const word = 'x', inner = `${word.length + `${word}  `.length} word`; globalThis.told = inner;",
        "class Box { #held = 1; held = 2; sum(more) { return this.#held + this.held + more; } }"
        "globalThis.told = new Box().sum(3);",
        "const matches = (text) => /^(https?:|[/#\"])/.test(text); globalThis.told = matches('/word');",
        "const take = ({ kept, ...others }) => [kept, others]; globalThis.told = take({ kept: 1, lost: 2 });",
        "const key = 'told'; const a = 1, b = 2; globalThis[key] = { key: a, [`${key}`]: b ? key : a };",
        "class One { #first = 1; ask(other) { return this.#first + other; } }"
        "class Two extends One { #second = 2; held = (other) => other * this.#second; }"
        "function other(held) { const two = new Two(); return [two.ask(held), two.held(held)]; }"
        "globalThis.told = other(7);",
        "const list = [1, 2]; const read = (list, fallback) => (list ? list.length : fallback);"
        "globalThis.told = [read(list), read(null, list)];",
        "let late; for (const each of [3, 4]) late ??= each; globalThis.told = typeof late + late;",
        "async function later(value) { try { return await value; } catch (error) { return error; } }"
        "globalThis.told = await later(5) ? await later(6) : 7;",
    ],
)
def test_a_squeezed_script_tells_the_same_in_fewer_bytes(script: str) -> None:
    script = script.replace("'", '"')
    shorter = squeezed(script)
    assert answer(shorter) == answer(script)
    assert len(shorter) < len(script)


def test_an_object_has_the_keys_that_it_had() -> None:
    assert "kept" in squeezed("const kept = 1; globalThis.told = { kept };")


def test_what_is_local_gets_a_short_name_that_nothing_beside_it_has() -> None:
    shorter = squeezed("const wanted = 1; function tell(more, a) { return a + more; } tell(wanted, wanted);")
    assert shorter == "let A=1;function B(b,c){return c+b}B(A,A);"
