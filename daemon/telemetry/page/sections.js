// The sections of the page, each a function of what status.json says of it.

import {ago, aside, counted, cut, day_of, details, h, hours_of, id_of, items, lasting, list, name_of, named, number,
        place_of, plain, section, since, sum_of, table, told, view, when, whole} from './elements.js';

const kHour = 3600_000;
const kDay = 24 * kHour;

// ---- drawings ----

/// Part of a drawing: a rectangle from `begin` to `end`, both in parts of the whole.
function block(begin, end, kind, y, height) {
  const [first, last] = [begin, end].map((part) => 100 * Math.min(1, Math.max(0, part)));
  return h('rect', {class: kind, x: `${first.toFixed(3)}%`, width: `${(last - first).toFixed(3)}%`, y, height,
                    fill: {pending: 'url(#hatched)', idle: 'url(#hatched)', other: 'url(#dotted)'}[kind]});
}

/// Labelled instants between both ends, `step` apart; none close to an end or to `apart_from`.
function axis(from, to, step, label, apart_from = NaN) {
  const labels = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) {
    const part = (at - from) / (to - from);
    if (part < 0.05 || part > 0.95 || Math.abs(at - apart_from) / (to - from) < 0.09) continue;
    labels.push(h('text', {x: `${100 * part}%`, y: 11}, label(new Date(at).toISOString())));
  }
  if (apart_from >= from && apart_from <= to)
    labels.push(h('text', {class: 'now', x: `${100 * (apart_from - from) / (to - from)}%`, y: 11}, 'now'));
  return h('svg', {class: 'axis', 'aria-hidden': 'true'}, labels);
}

// What a mark can say, the gravest last and on top: where its swatch begins, and how it is drawn at x. The width is
// stretched, strokes are not: a line of no length is a square or a dot.
const kMarks = {
  due: [11, (x) => `M${x} 17V22`],
  finished: [11, (x) => `M${x} 12V22`],
  running: [11, (x) => `M${x} 17h0`],
  missed: [0, (x) => `M${x} 6h0`],
  failed: [0, (x) => `M${x} 6h0`],
};

const mark = (kind, d) => [h('path', {class: kind, d}), kind === 'missed' ? h('path', {class: 'hollow', d}) : []];
const mark_swatch = ([kind, [top, draw]]) =>
  [h('svg', {class: 'swatch line', viewBox: `0 ${top} 12 12`, 'aria-hidden': 'true'}, mark(kind, draw(6))), kind];

/// One path a kind, however many marks there are.
function line_of(marks, from, to) {
  const place = (at) => Math.round(10_000 * (Date.parse(at) - from) / (to - from)) / 10;
  const middle = ({at, until}) => until ? (place(at) + place(until)) / 2 : place(at);
  const paths = Object.entries(kMarks).flatMap(([kind, [, draw]]) => {
    const d = marks.filter((one) => one[kind] > 0).map((one) => draw(middle(one))).join('');
    return d === '' ? [] : mark(kind, d);
  });
  const hours = [];
  for (let at = Math.ceil(from / (6 * kHour)) * 6 * kHour; at < to; at += 6 * kHour)
    hours.push(`M${1000 * (at - from) / (to - from)} 0V24`);
  return h('svg', {class: 'line', viewBox: '0 0 1000 24', preserveAspectRatio: 'none', role: 'img',
                   'aria-label': counted(marks.length, 'mark')},
           h('path', {class: 'hour', d: hours.join('')}),
           h('path', {class: 'now', d: `M${1000 * (view.now - from) / (to - from)} 0V24`}), paths);
}

const legend = (...entries) =>
  h('ul', {class: 'legend'}, entries.map(([drawing, word]) => h('li', {}, drawing, ` ${word}`)));
const swatch = (kind, y = 2, height = 8) =>
  h('svg', {class: 'swatch', 'aria-hidden': 'true'}, block(0, 1, kind, y, height));
const hour_label = (iso) => hours_of(iso) === '00:00' ? day_of(iso) : hours_of(iso);
const rest_of = (more, one) => more > 0 ? h('p', {class: 'aside'}, `and ${counted(more, `more ${one}`)}`) : '';

// ---- sections ----

const tally = (counts) => Object.entries(counts).filter(([, n]) => n > 0).map(([word, n]) => `${number(n)} ${word}`).join(', ');

// A map, since a status may be named as what any object has.
const kSorts = new Map([['ACTIVE', 'good'], ['ERROR', 'bad'], ['FROZEN', 'bad'], ['SHUTOFF', 'idle']]);
const sort_of = (status) => kSorts.get(status) ?? 'other';

function census(instances) {
  const kinds = ['good', 'other', 'idle', 'bad'];
  const rows = Object.entries(instances ?? {}).sort(
    ([a], [b]) => kinds.indexOf(sort_of(a)) - kinds.indexOf(sort_of(b)) || (a < b ? -1 : 1));
  const sum = rows.reduce((so_far, [, n]) => so_far + n, 0);
  if (sum === 0) return ['no instance'];
  let so_far = 0;
  return [
    h('svg', {class: 'bar', role: 'img', 'aria-label': plain(tally(instances))}, rows.map(([status, n]) => {
      so_far += n;
      return block((so_far - n) / sum, so_far / sum, sort_of(status), 1, 12);
    })),
    h('ul', {class: 'legend'}, rows.map(([status, n]) => h('li', {}, swatch(sort_of(status)), ` ${number(n)} `, cut(status)))),
  ];
}

function reach({project, reachable, failing_since, failure, answered}) {
  if (reachable === true) return ['reachable', answered ? aside(' answered ', ago(answered)) : ''];
  if (reachable !== false) return 'never asked yet';
  return [h('b', {class: 'bad'}, '✕ fails'), failing_since ? [' since ', since(failing_since)] : '',
          failure ? h('div', {}, told(id_of('failure', project), failure)) : ''];
}

function token_of(token) {
  if (!token) return 'none';
  const left = (Date.parse(token.expires) - view.now) / 1000;
  return [`issued ${lasting((view.now - Date.parse(token.issued)) / 1000)} ago`, aside(
    left > 0 ? ` expires in ${lasting(left)}` : ` expired ${lasting(-left)} ago`)];
}

export function fleet(projects) {
  return section('fleet', 'Fleet', projects.length === 0 ? h('p', {}, 'The policy names no project.') :
    table('Fleet by project', ['Project', 'Instances', 'Cloud', 'Token'], projects.map((project) => ({
      key: id_of(project.project),
      cells: [named(id_of('fleet', project.project), project.project),
              [census(project.instances), project.vanished > 0 ? aside(`${number(project.vanished)} no longer listed`) : ''],
              reach(project), token_of(project.token)],
    }))));
}

/// One of the three lists of every project; what has no project is about the service.
export function standings(projects, member, id, title, none) {
  const subject = (key, project, standing) => {
    const {instance_id, resource_id, report, scheduled_time} = standing;
    return [
      report ? [h('b', {}, named(`report of ${key}`, report)), instance_id ? ' on ' : ''] : '',
      instance_id ? name_of(key, standing) : resource_id ? ['order ', named(`order of ${key}`, resource_id)] : '',
      scheduled_time ? [', ', when(scheduled_time)] : '', project === undefined ? 'the service' : place_of(key, standing, project)];
  };
  const row = ({project}, standing) => {
    const {what, instance_id, resource_id, report, scheduled_time, percentum = null} = standing;
    const key = id_of(member, project, what, instance_id, resource_id, report, scheduled_time);
    return {key, cells: [
      [member === 'wrong' ? h('b', {class: 'bad'}, '✕ ', cut(what)) : cut(what),
       percentum === null ? '' :
         aside(h('progress', {max: 100, value: percentum, 'aria-label': 'done'}), ` ${percentum} %`)],
      subject(key, project, standing), since(standing.since),
      [told(key, standing.reason), standing.remedy ? h('div', {class: 'remedy'}, aside('To do: ', whole(standing.remedy))) : '']]};
  };
  const rows = projects.flatMap((project) => items(project[member]).map((standing) => row(project, standing)));
  return section(id, title, rows.length === 0 ? h('p', {}, none)
    : list(id, title, ['What', 'Of', 'Since', 'Why'], rows, sum_of(projects, `${member}_more`)));
}

export function timeline({from, to, rows, rows_more} = {}) {
  const begin = Date.parse(from), end = Date.parse(to);
  const summed = ({failed, missed, running, finished, due}) => {
    const grave = tally({failed, missed});
    return [grave && [h('b', {class: 'bad'}, `✕ ${grave}`), ' '], tally({running, finished, due})];
  };
  const row_of_mark = (one) =>
    ({key: one.at, cells: [[when(one.at), one.until ? [' to ', when(one.until)] : ''], summed(one)]});
  const row = ({project, report, marks}) => {
    const counts = Object.fromEntries(Object.keys(kMarks).map((kind) => [kind, sum_of(marks, kind)]));
    const next = marks.find((one) => one.due > 0 && Date.parse(one.at) > view.now);
    return details(id_of('line', project, report), [
      h('span', {class: 'title'}, h('b', {}, cut(report)), aside(' in ', cut(project))),
      h('span', {class: 'sum'}, summed(counts)),
      line_of(marks, begin, end),
    ], () => [
      h('p', {}, 'Report ', whole(report), ' in ', whole(project), next ? [', next at ', when(next.at)] : ''),
      table('Marks', ['Scheduled', 'Outcome'], marks.map(row_of_mark)),
    ]);
  };
  return section('timeline', 'A day back, a day ahead', items(rows).length === 0
    ? h('p', {}, 'No report is scheduled: the policy has no rule for one, or none applies to an instance.')
    : [legend(...Object.entries(kMarks).map(mark_swatch), ['', 'hours are UTC']),
       h('div', {class: 'rows'},
         h('div', {class: 'row'}, axis(begin, end, 6 * kHour, hour_label, view.now)), items(rows).map(row)),
       rest_of(rows_more, 'report')]);
}

/// The worst of a report's instances at each time; what is in no segment was not asked of it.
function strip(segments, begin, end) {
  const part = (at) => (Date.parse(at) - begin) / (end - begin);
  const lengths = {};
  for (const {state, begin: first, end: last} of items(segments))
    lengths[state] = (lengths[state] ?? 0) + (Date.parse(last) - Date.parse(first)) / 1000;
  const kinds = {covered: 'good', pending: 'pending', gap: 'bad'};
  const graver = (a, b) => Object.keys(kinds).indexOf(a.state) - Object.keys(kinds).indexOf(b.state);
  return h('svg', {class: 'strip', role: 'img', 'aria-label': Object.entries(lengths).map(
             ([state, seconds]) => `${state} ${lasting(seconds)}`).join(', ') || 'nothing'},
           block(0, 1, 'none', 8, 1), [...items(segments)].sort(graver).map(({begin: first, end: last, state}) =>
             block(part(first), part(last), kinds[state] ?? 'other', ...(state === 'gap' ? [1, 16] : [5, 8]))));
}

export function coverage(rows, more) {
  // One scale for all, also for those that are younger.
  const end = Math.max(...rows.map(({to}) => Date.parse(to)));
  const begin = end - 31 * kDay;
  const row = (one) => {
    const {project, report, instances, gaps_more = 0} = one;
    const gaps = items(one.gaps);
    const id = id_of('coverage', project, report);
    const gap_row = (gap) => {
      const key = id_of('gap', id, gap.instance_id, gap.begin);
      return {key, cells: [
        [name_of(key, gap), aside(' ', named(`id of ${key}`, gap.instance_id))], when(gap.begin),
        when(gap.end, lasting((Date.parse(gap.end) - Date.parse(gap.begin)) / 1000)),
        [gap.outcome, gap.outcome && gap.reason ? ': ' : '', told(key, gap.reason)]]};
    };
    const count = gaps.length + gaps_more;
    return h('div', {'data-key': id},
      h('div', {class: 'row'},
        h('span', {class: 'title'}, h('b', {}, named(`report of ${id}`, report)),
          aside(' in ', named(`project of ${id}`, project), `, ${counted(instances, 'instance')}`)),
        h('span', {class: 'sum'}, count > 0 ? h('b', {class: 'bad'}, counted(count, 'gap')) : 'no gap'),
        strip(one.segments, begin, end)),
      gaps.length === 0 ? '' :
        list(id, `Gaps of ${plain(report)}`, ['Gap of', 'From', 'To', 'Why'], gaps.map(gap_row), gaps_more, 3));
  };
  return section('coverage', 'Covered by reports, 31 days', rows.length === 0
    ? h('p', {}, 'No report has covered anything yet.')
    : [legend([swatch('good'), 'covered'], [swatch('pending'), 'pending'], [swatch('bad', 0, 12), 'gap'],
              [swatch('none', 6, 1), 'not asked for']),
       h('div', {class: 'rows'},
         h('div', {class: 'row'}, axis(begin, end, 7 * kDay, day_of)), rows.map(row)),
       rest_of(more, 'report')]);
}

export function blind(rows, more) {
  return section('blind', 'Instances that record nothing', rows.length === 0
    ? h('p', {}, 'Each instance that is known records.')
    : list('blind', 'Instances that record nothing', ['Instance', 'Status', 'For', 'Why'], rows.map((one) => {
        const key = id_of('blind', one.project, one.instance_id);
        return {key, cells: [
          [name_of(key, one), place_of(key, one, one.project)], cut(one.status),
          [h('b', {}, lasting(one.seconds)), ' since ', when(one.since)], told(key, one.reason)]};
      }), more));
}

export function left_alone(projects) {
  const rows = projects.flatMap(({project, left_alone: all}) => items(all).map(({subject: what, reason, count}) => {
    const key = id_of('left', project, what, reason);
    return {key, cells: [
      [named(`subject of ${key}`, what), place_of(key, {}, project)],
      told(key, reason), counted(count ?? 1, 'time')]};
  }));
  return section('left', 'Decided not to do', rows.length === 0 ? h('p', {}, 'Nothing was left undone.')
    : list('left', 'Decided not to do', ['What', 'Why', 'How often'], rows, sum_of(projects, 'left_alone_more')));
}

export function service({version, service: {started, policy = {}} = {}, state = {}}) {
  const rows = {
    Version: version ?? 'not known',
    Started: since(started),
    Policy: [whole(policy.path), aside(' ', whole(policy.fingerprint)), ' in force since ', when(policy.since)],
    'Last reload': policy.last_reload === 'refused'
      ? [h('b', {class: 'bad'}, '✕ refused'), ': ', told('refused', policy.refused_because),
         ' The policy before it stays in force.']
      : 'well',
    State: [whole(state.path), state.process ? aside(' held by process ', whole(state.process)) : ''],
  };
  return section('service', 'Service', h('dl', {}, Object.entries(rows).map(
    ([word, content]) => h('div', {}, h('dt', {}, word), h('dd', {}, content)))));
}
