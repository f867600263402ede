// What looks wrong on a page.

/** Runs in the page: what looks wrong, in words. */
export function faults() {
  const found = [];
  const wide = document.documentElement;
  if (wide.scrollWidth > wide.clientWidth)
    found.push(`the page is ${wide.scrollWidth} wide in a window of ${wide.clientWidth}`);
  const channel = (value) => (value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const { backgroundColor } = getComputedStyle(each);
      if (backgroundColor !== "rgba(0, 0, 0, 0)") return backgroundColor;
    }
    return "rgb(255, 255, 255)";
  };
  for (const element of document.querySelectorAll("main *:not(svg *)")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!own || element.getClientRects().length === 0) continue;
    const ratio = contrast(getComputedStyle(element).color, behind(element));
    if (ratio < 4.5)
      found.push(`contrast ${ratio.toFixed(1)} of ${element.tagName} "${element.textContent.slice(0, 30)}"`);
  }
  for (const text of document.querySelectorAll("svg.flow text")) {
    const box = (text.parentElement.tagName === "a" ? text.parentElement : text).previousElementSibling;
    if (box?.tagName !== "rect") continue;
    const [inner, outer] = [text.getBBox(), box.getBBox()];
    const isInside =
      inner.x >= outer.x &&
      inner.x + inner.width <= outer.x + outer.width &&
      inner.y >= outer.y - 2 &&
      inner.y + inner.height <= outer.y + outer.height + 4;
    if (!isInside) found.push(`"${text.textContent}" does not fit its box`);
    if (box.classList.contains("edge-label") || box.classList.contains("end-of-way")) continue;
    const ratio = contrast(getComputedStyle(text).fill, getComputedStyle(box).fill);
    if (ratio < 4.5) found.push(`contrast ${ratio.toFixed(1)} of "${text.textContent}"`);
  }
  const boxes = [...document.querySelectorAll("svg.flow")].flatMap((svg) => {
    const all = [...svg.querySelectorAll("rect:not(.edge-label)")].map((box) => box.getBBox());
    return all.flatMap((one, index) => all.slice(index + 1).map((other) => [one, other]));
  });
  const overlaps = boxes.filter(
    ([a, b]) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
  );
  if (overlaps.length > 0) found.push(`${overlaps.length} boxes of a diagram overlap`);
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.getBoundingClientRect().height < 200) found.push(`the frame ${frame.title} is too low`);
  }
  if (document.title.includes("hacked")) found.push("a script of a mail ran");
  return found;
}
