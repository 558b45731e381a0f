"""Takes the pictures of docs/hosts.md: the widget on four kinds of page, wide by day and narrow by night."""

import base64
from typing import Any, Final

from playwright.sync_api import Browser, Page

from scripts.places import IMAGES
from service.demo.hosts import HOSTS
from tests.serving import Demo

# Width, the reader's scheme, the scale of the picture, and the most of the page's height that it shows.
VIEWS: Final = ((1440, "light", 0.6, 2_200), (360, "dark", 1.0, 2_400))
ENGLISH: Final = (
    ("Ruth Adeyemi", "I have crossed on the Patience as a girl. She rolled like a barrel and my mother would "
     "not look at the water.\n\nStill, I would do it again tomorrow, and so would she if you asked her.", ""),
    ("Tomasz Bright", "Since I am quoted: nobody buys bread by boat. Come on Thursday and say so.",
     "https://bright.example"),
    ("زبیدہ", "کیا بچوں کو بھی ساتھ لا سکتے ہیں؟ ان کو کشتی بہت پسند ہے۔", ""),
)  # fmt: skip
URDU: Final = (
    ("زبیدہ خالہ", "پل پہلے بھی بند ہوا تھا، تب بھی یہی کہا گیا تھا کہ گیارہ ہفتے۔ "
     "ہم نے گیارہ مہینے انتظار کیا۔\n\nاس بار کوئی تاریخ تختی پر لکھ کر لگا دیں۔", ""),
    ("یعقوب گھڑی ساز", "کشتی کا انتظام اچھا ہے مگر بزرگوں کے لیے راستہ نیچا کرنا ہوگا۔", "https://yaqub.example"),
    ("Tomasz Bright", "Will there be a ferry on Sundays too?", ""),
)  # fmt: skip
REPLIES: Final = {"en": ("Nadia", "Thursday it is."), "ur": ("نادیہ", "بالکل درست، ہم سب لکھ کر دیں گے۔")}
# One for each view: nobody says the same twice on a page.
OWN: Final = {
    "en": ("Sana", ("Will the lamp be lit as well?", "And who pays for the ferry?")),
    "ur": ("ثنا", ("کیا لالٹین بھی جلائی جائے گی؟", "اور کشتی کا خرچ کون دے گا؟")),
}


def take(found: Demo, browser: Browser) -> None:
    """Fill the four pages and photograph them."""
    for host in HOSTS:
        url = f"{found.demo_url}{host.path}"
        _fill(found, url, host.lang)
        for number, (width, scheme, scale, most) in enumerate(VIEWS):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            page = context.new_page()
            page.goto(url)
            _write(page, host.lang, number)
            _photograph(page, f"{host.name}-{width}", scale, most)
            context.close()


def _fill(found: Demo, url: str, lang: str) -> None:
    """Three comments and a reply, published."""
    with found.service.client(**found.service.token("moderate")) as client:

        def submit(name: str, text: str, **more: str) -> str:
            body = {"page": url, "name": name, "email": "reader@example.com", "text": text, **more}
            answer = client.post("/v1/sites/demo/submissions", json=body).raise_for_status()
            for comment in client.get("/v1/queue").json()["comments"]:
                decision = {"action": "approve", "version": comment["version"]}
                client.post(f"/v1/comments/{comment['id']}/decisions", json=decision).raise_for_status()
            return str(answer.json()["id"])

        ids = [
            submit(name, text, **({"website": website} if website else {}))
            for name, text, website in (ENGLISH if lang == "en" else URDU)
        ]
        submit(*REPLIES[lang], parent=ids[1])


def _write(page: Page, lang: str, number: int) -> None:
    """A comment of the reader's own, which waits."""
    name, texts = OWN[lang]
    page.locator("#text").fill(texts[number])
    page.locator("#name").fill(name)
    page.locator("#email").fill("reader@example.com")
    page.locator("#form .submit").click()
    page.locator(".own").first.wait_for()
    # Without the outline that says where the comment is.
    page.locator("h1").first.click()
    page.evaluate("scrollTo(0, 0)")


def _photograph(page: Page, name: str, scale: float, most: int) -> None:
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, most), "scale": scale}
    asked: dict[str, Any] = {"format": "webp", "quality": 82, "clip": clip, "captureBeyondViewport": True}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / f"host-{name}.webp").write_bytes(base64.b64decode(taken["data"]))
