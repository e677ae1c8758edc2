// Asks for status.json every 15 seconds, says whether all is well, and draws it.

import {ago, counted, cut, h, items, lasting, morph, sum_of, view, when, whole} from './elements.js';
import {blind, coverage, fleet, left_alone, service, standings, timeline} from './sections.js';

const kEvery = 15_000;     // milliseconds between two questions
const kPatience = 10_000;  // milliseconds for one answer
const kOld = 60;           // seconds, from which on an answer is no news

// Of what is wrong: where more is said, one and many of it, or what there is but one of; the gravest first.
const kPhrases = new Map([
  ['no daemon', ['wrong', 'no daemon has the state']],
  ['daemon not known', ['wrong', 'it is not known who has the state']],
  ['stands still', ['wrong', 'part of the daemon stands still']],
  ['policy refused', ['service', 'a changed policy was refused']],
  ['project fails', ['fleet', 'project fails', 'projects fail']],
  ['never asked', ['fleet', 'project was never asked', 'projects were never asked']],
  ['never listed', ['fleet', 'project was never listed', 'projects were never listed']],
  ['list old', ['fleet', 'list of instances is old', 'lists of instances are old']],
  ['clock held', ['wrong', 'clock is not trusted', 'clocks are not trusted']],
  ['not decided', ['wrong', 'due time is not decided', 'due times are not decided']],
  ['in error', ['wrong', 'instance is in error', 'instances are in error']],
  ['frozen', ['wrong', 'instance is frozen', 'instances are frozen']],
  ['deleted', ['wrong', 'instance is deleted', 'instances are deleted']],
  ['vanished', ['wrong', 'instance has vanished', 'instances have vanished']],
  ['status unknown', ['wrong', 'instance has an unknown status', 'instances have an unknown status']],
  ['held', ['wrong', 'instance is held', 'instances are held']],
  ['start rejected', ['wrong', 'start was rejected', 'starts were rejected']],
  ['start overdue', ['wrong', 'start is overdue', 'starts are overdue']],
  ['creation failed', ['wrong', 'creation failed', 'creations failed']],
  ['creation overdue', ['wrong', 'creation is overdue', 'creations are overdue']],
  ['report overdue', ['wrong', 'report is overdue', 'reports are overdue']],
  ['not archived', ['wrong', 'report was not archived', 'reports were not archived']],
]);

/// What is not well, the gravest first, each with the section that tells more.
function troubles({wrong, wrong_more, projects, gaps}) {
  const all = items(projects);
  const found = [];
  const add = (n, id, one, many) => n > 0 && found.push([id, many ? counted(n, one, many) : one]);
  const kinds = new Map([...kPhrases.keys()].map((what) => [what, 0]));
  for (const {what} of [...items(wrong), ...all.flatMap((project) => items(project.wrong))])
    kinds.set(what, (kinds.get(what) ?? 0) + 1);
  for (const [what, n] of kinds) add(n, ...(kPhrases.get(what) ?? ['wrong', `thing is ${what}`, `things are ${what}`]));
  add(sum_of(all, 'wrong_more') + (wrong_more ?? 0), 'wrong', 'further trouble', 'further troubles');
  add(gaps?.count ?? 0, 'coverage', 'gap in 31 days', 'gaps in 31 days');
  return found;
}

/// {state, sentence, links}: the sentence ends in what the links say, where there are some.
function verdict(data) {
  const links = troubles(data);
  if (links.length > 0) return {state: 'wrong', sentence: 'Not well:', links};
  if (data.well !== true)
    return {state: 'wrong', sentence: 'Not well, and the daemon does not say why.', links};
  const all = items(data.projects);
  const n = all.flatMap(({instances}) => Object.values(instances ?? {})).reduce((sum, count) => sum + count, 0);
  const fleet = `${counted(n, 'instance')} in ${counted(all.length, 'project')}`;
  return {state: 'well', links, sentence: n === 0
    ? 'All is well, and there is nothing to watch: no instance is listed.'
    : `All is well with ${fleet}, and there is no gap in 31 days.`};
}

const said_by = ({sentence, links}) =>
  sentence + (links.length > 0 ? ` ${links.map(([, text]) => text).join(', ')}.` : '');

function headline(data, lost) {
  if (lost) {
    return h('div', {class: 'verdict unknown', 'data-key': 'verdict'},
      h('p', {class: 'answer'}, 'Not known: ', whole(lost), '.'),
      data && h('p', {}, 'Last heard at ', when(data.time, ago(data.time)), ': ', said_by(verdict(data))));
  }
  const found = verdict(data);
  const linked = found.links.map(([id, text], i) =>
    [i > 0 ? ', ' : ' ', h('a', {href: `#${id}`, 'data-key': text}, text)]);
  const [next] = items(data.next);
  const dark = items(data.blind).length + (data.blind_more ?? 0);
  return h('div', {class: `verdict ${found.state}`, 'data-key': 'verdict'},
    h('p', {class: 'answer'}, found.sentence, linked, linked.length > 0 ? '.' : ''),
    dark > 0 && h('p', {}, h('a', {href: '#blind'}, counted(dark, 'instance')),
                  dark === 1 ? ' records nothing.' : ' record nothing.'),
    h('p', {}, next ? ['Next: ', h('b', {}, cut(next.report)), ' on ', cut(next.instance_name),
      next.instances > 1 ? ` and ${counted(next.instances - 1, 'other')}` : '', ', ', when(next.scheduled_time,
      `in ${lasting((Date.parse(next.scheduled_time) - view.now) / 1000)}`)] : 'No report is scheduled next.'));
}

// ---- asking ----

let data;          // the last that was understood
let ahead = 0;     // milliseconds by which the daemon's clock is ahead of this one
let failure = '';  // of the last question
let asking = false;
let timer;

/// Why nobody knows how everything stands; empty where that is known.
function why_lost() {
  if (failure !== '') return failure;
  const age = (view.now - Date.parse(data.time)) / 1000;
  return age > kOld ? `the daemon answers, but what it says is ${lasting(age)} old` : '';
}

async function ask() {
  const response = await fetch('status.json',
                               {cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(kPatience)});
  if (!response.ok) {
    const answer = await response.json().catch(() => null);
    throw new Error(answer?.error ?? `HTTP status ${response.status}`);
  }
  const stated = Date.parse(response.headers.get('Date'));
  ahead = Number.isNaN(stated) ? 0 : stated - Date.now();
  const answer = await response.json();
  if (typeof answer?.time !== 'string') throw new Error('it is not its status');
  return answer;
}

function words_of(error) {
  if (error.name === 'TimeoutError') return `the daemon has not answered within ${kPatience / 1000} seconds`;
  if (error instanceof TypeError) return 'the daemon cannot be reached';
  return `the daemon does not answer as it should: ${error.message}`;
}

function page() {
  const lost = why_lost();
  const off = Math.abs(ahead) < 60_000 ? '' :
    `the clock of this device is ${lasting(Math.abs(ahead) / 1000)} ${ahead > 0 ? 'behind' : 'ahead'}`;
  const title = h('header', {}, h('h1', {}, 'dbssd'),
                  data && h('p', {class: 'aside'}, 'as of ', when(data.time, off)));
  if (!data) return h('main', {}, title, headline(data, lost));
  const projects = items(data.projects);
  return h('main', lost ? {class: 'lost'} : {}, title, headline(data, lost),
    standings([{wrong: data.wrong, wrong_more: data.wrong_more}, ...projects], 'wrong', 'wrong', 'What is wrong',
              'Nothing is held, overdue, failed or undecided, no list is old, and no instance is lost.'),
    fleet(projects),
    standings(projects, 'in_flight', 'flight', 'In flight', 'Nothing is under way.'),
    standings(projects, 'waiting', 'waiting', 'Waiting', 'Nothing waits.'),
    timeline(data.timeline), coverage(items(data.coverage), data.coverage_more),
    blind(items(data.blind), data.blind_more), left_alone(projects), service(data));
}

function draw() {
  view.now = Date.now() + ahead;
  view.open = new Set([...document.querySelectorAll('details[open]')].map(({dataset}) => dataset.key));
  const focused = document.activeElement;
  morph(document.querySelector('main'), page());
  if (focused !== document.activeElement && focused.isConnected) focused.focus({preventScroll: true});

  const lost = why_lost();
  const found = lost ? {state: 'unknown', sentence: `Not known: ${lost}.`, links: []} : verdict(data);
  document.title = `${{well: '✓', wrong: '✕', unknown: '?'}[found.state]} dbssd`;
  const said = document.querySelector('#said');
  if (said.textContent !== said_by(found)) said.textContent = said_by(found);
}

async function refresh() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  const answer = await ask().catch((error) => (failure = words_of(error), undefined));
  asking = false;
  const before = data;
  try {
    if (answer) [data, failure] = [answer, ''];
    draw();
  } catch (error) {  // of another shape than is known here: what was there before stays
    console.error(error);
    [data, failure] = [before, 'what the daemon answers is not understood'];
    draw();
  }
  if (!document.hidden) timer = setTimeout(refresh, kEvery);
}

// Fires for each of details that is opened or closed, and does not bubble.
let frame = 0;
document.addEventListener('toggle', () => {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(draw);
}, {capture: true});
document.addEventListener('visibilitychange', () => document.hidden ? clearTimeout(timer) : refresh());
refresh();
