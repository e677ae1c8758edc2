// What the page test measures in the page: {low, count} of contrast, as WCAG 2.2 has it.
const channel = (value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const rgb_of = (text) => (text.match(/^rgba?\(([^)]*)\)/)?.[1].split(',') ?? []).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);

function ground_of(element) {
  for (let at = element; at; at = at.parentElement) {
    const colour = rgb_of(getComputedStyle(at).backgroundColor);
    if (colour.length === 3) return colour;
  }
  return [255, 255, 255];
}

const low = [];
let count = 0;
function hold(element, colour, least) {
  ++count;
  const found = ratio(rgb_of(colour), ground_of(element));
  if (!(found >= least)) low.push(`${element.outerHTML.slice(0, 120)}: ${colour} has ${found.toFixed(2)}`);
}

for (const element of document.querySelectorAll('main *')) {
  if (!element.checkVisibility()) continue;
  const style = getComputedStyle(element);
  if ([...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== ''))
    hold(element, element.tagName === 'text' ? style.fill : style.color, 4.5);
  if ((element.tagName !== 'rect' && element.tagName !== 'path') || element.matches('.hour, .hollow')) continue;
  const paints = [style.fill, style.stroke].filter((paint) => paint.startsWith('rgb'));
  const best = paints.sort((a, b) => ratio(rgb_of(b), ground_of(element)) - ratio(rgb_of(a), ground_of(element)))[0];
  hold(element, best ?? 'rgb(0, 0, 0)', 3);
}
return {low, count};
