"""Whether two pictures are the same, asked of the browser, which can read them."""

from base64 import b64encode

from playwright.sync_api import Page

# The share of pixels that differ by more than a shade in any channel; 1 where the sizes differ.
_DIFFERENCE = """async ([one, other]) => {
  const pixels = async text => {
    const picture = await createImageBitmap(await (await fetch("data:image/png;base64," + text)).blob());
    const brush = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    brush.drawImage(picture, 0, 0);
    return brush.getImageData(0, 0, picture.width, picture.height);
  };
  const [a, b] = [await pixels(one), await pixels(other)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let differing = 0;
  for (let at = 0; at < a.data.length; at += 4)
    differing += [0, 1, 2].some(part => Math.abs(a.data[at + part] - b.data[at + part]) > 8);
  return differing / (a.width * a.height);
}"""


def difference(blank: Page, one: bytes, other: bytes) -> float:
    """The share of pixels that differ; `blank` is any page without a policy."""
    return float(blank.evaluate(_DIFFERENCE, [b64encode(one).decode(), b64encode(other).decode()]))
