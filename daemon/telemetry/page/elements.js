// Elements and words of the page. Text from elsewhere, names above all, becomes text nodes and attributes, never
// markup, and what could hide or reorder text is spelled out.

const kFirst = 8;  // rows of a list that are there unasked
const kWide = 48;  // characters of a name that are there unasked

/// What all that is drawn looks at: the daemon's clock, and the keys of the details that are open.
export const view = {now: Date.now(), open: new Set()};

const kDrawn = new Set(['svg', 'path', 'rect', 'text']);

export function h(tag, attributes, ...children) {
  const element = kDrawn.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag)
                                  : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) element.setAttribute(name, value);
  element.append(...children.flat(Infinity).filter((child) => child));
  return element;
}

const key_of = (node) => node.dataset?.key;

/// Makes `from` equal to `to`, and keeps what both have: with it the focus, and which details are open.
export function morph(from, to) {
  for (const {name} of [...from.attributes])
    if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  for (const {name, value} of [...to.attributes])
    if (from.getAttribute(name) !== value) from.setAttribute(name, value);

  const wanted = new Set([...to.children].map(key_of));
  for (const child of [...from.children])
    if (!wanted.has(key_of(child))) child.remove();
  const keyed = new Map([...from.children].map((child) => [key_of(child), child]));

  let at = from.firstChild;
  for (const next of [...to.childNodes]) {
    const key = key_of(next);
    const same = key === undefined ? at : keyed.get(key);
    keyed.delete(key);
    if (!same || same.nodeName !== next.nodeName || key_of(same) !== key) {
      from.insertBefore(next, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else from.insertBefore(same, at);
    if (same.nodeType === Node.ELEMENT_NODE) morph(same, next);
    else if (same.data !== next.data) same.data = next.data;
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

/// Draws what is inside only once it is opened: `body` makes it.
export function details(key, summary, body) {
  return h('details', {'data-key': key}, h('summary', {}, summary), view.open.has(key) ? body() : []);
}

export function table(label, heads, rows) {
  const cell = (head, content, first) =>
    h(first ? 'th' : 'td', {scope: first ? 'row' : undefined, role: first ? 'rowheader' : 'cell'},
      h('span', {class: 'head', 'aria-hidden': 'true'}, head), h('div', {}, content));
  // The roles are said because a narrow screen lays tables out as blocks.
  return h('table', {role: 'table', 'aria-label': label},
    h('thead', {role: 'rowgroup'}, h('tr', {role: 'row'},
      heads.map((head) => h('th', {scope: 'col', role: 'columnheader'}, head)))),
    h('tbody', {role: 'rowgroup'}, rows.map(({key, cells}) => h('tr', {role: 'row', 'data-key': key},
      cells.map((content, i) => cell(heads[i], content, i === 0))))));
}

/// A table of which the first rows are there, the others behind a button, and `more` nowhere.
export function list(label, heads, rows, more = 0, first = kFirst) {
  const rest = rows.slice(first);
  return [
    table(label, heads, rows.slice(0, first)),
    rest.length === 0 ? [] : details(`more of ${label}`, `${rest.length} more`,
                                     () => table(`${label}, continued`, heads, rest)),
    more === 0 ? [] : h('p', {class: 'aside'}, `and ${more} more, which the daemon counts and does not list`),
  ];
}

export const section = (id, title, ...content) =>
  h('section', {id, 'data-key': id, 'aria-labelledby': `${id}-title`}, h('h2', {id: `${id}-title`}, title), content);

export const aside = (...content) => h('small', {}, content);

export const items = (value) => Array.isArray(value) ? value : [];
export const counted = (n, one, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;
/// How many more `member` counts in all projects.
export const sum_of = (projects, member) => projects.reduce((sum, project) => sum + (project[member] ?? 0), 0);
export const id_of = (...parts) => JSON.stringify(parts);

// Controls, marks that reorder or hide, what is blank and no single space.
const kTreacherous = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\u2800]|(?! )\p{Zs}|^ +| +$/gu;

function spelled(text) {
  const escapes = (found) => h('span', {class: 'escape'},
    [...found].map((character) => `\\u{${character.codePointAt(0).toString(16)}}`).join(''));
  const nodes = [];
  let done = 0;
  for (const {0: found, index} of text.matchAll(kTreacherous)) {
    nodes.push(text.slice(done, index), escapes(found));
    done = index + found.length;
  }
  return [...nodes, text.slice(done)];
}

/// Text from elsewhere, all of it.
export const whole = (text) => h('bdi', {}, spelled(String(text ?? '')));

export function cut(text) {
  const characters = [...String(text ?? '')];
  return characters.length <= kWide ? whole(text) : whole(`${characters.slice(0, kWide - 1).join('')}…`);
}

function folded(key, text, most) {
  return [...String(text ?? '')].length <= most ? whole(text) : details(key, cut(text), () => whole(text));
}

// All of it too, behind its beginning where that is too much. `key` is unique on the page.
export const named = (key, name) => name ? folded(`name ${key}`, name, kWide) : h('i', {}, 'no name');
export const told = (key, sentences) => folded(`why ${key}`, sentences, 4 * kWide);

export function lasting(seconds) {
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const left = Math.max(0, Math.round(seconds));
  const largest = Math.max(0, units.findIndex(([, size]) => left >= size));
  if (left < 1) return '0 seconds';
  const [unit, size] = units[largest];
  const count = Math.floor(left / size), rest = left - count * size;
  const [next, next_size] = units[largest + 1] ?? ['', Infinity];
  const fine = largest < 2 ? Math.floor(rest / next_size) : 0;
  return counted(count, unit) + (fine > 0 ? ` ${counted(fine, next)}` : '');
}

const kMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
export const day_of = (iso) => `${Number(iso.slice(8, 10))} ${kMonths[Number(iso.slice(5, 7)) - 1]}`;
export const hours_of = (iso) => iso.slice(11, iso.slice(17, 19) === '00' ? 16 : 19);

/// In UTC, and where the reader's clock says otherwise in local time beside it; `further` is said with the latter.
export function when(text, further = '') {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return h('i', {}, 'not known');
  const utc = new Date(at).toISOString();
  const here = new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString();
  const today = new Date(view.now).toISOString();
  const year = utc.slice(0, 4) === today.slice(0, 4) ? '' : ` ${utc.slice(0, 4)}`;
  const day = utc.slice(0, 10) === today.slice(0, 10) ? '' : `${day_of(utc)}${year} `;
  const here_day = here.slice(0, 10) === utc.slice(0, 10) ? '' : `${day_of(here)} `;
  const asides = [here === utc ? '' : `${here_day}${hours_of(here)} here`, further].filter((words) => words !== '');
  return [h('time', {datetime: utc}, `${day}${hours_of(utc)} UTC`),
          asides.length > 0 ? aside(' ', asides.join(', ')) : ''];
}

export const ago = (text) => `${lasting((view.now - Date.parse(text)) / 1000)} ago`;
export const since = (text) => text ? when(text, ago(text)) : '';
export const name_of = (key, {instance_name}) => named(`of ${key}`, instance_name);
/// Of which instance and project, in small letters.
export const place_of = (key, {instance_id}, project) => aside(
  instance_id && [named(`id of ${key}`, instance_id), ' '], 'in ', named(`project of ${key}`, project));
