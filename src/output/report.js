'use strict';
(() => {
const $ = id => document.getElementById(id);
const { rows, key } = JSON.parse($('data').textContent);
const list = $('list'), search = $('search'), save = $('save');
const STEP = 60;
const decisions = new Map();
const history = [];
let shown = [], groups = [], drawn = 0, current = -1, unsaved = false;

// ---- what was decided before this page was closed, where the browser allows it
const store = 'scrubjay-' + key;
try {
  for (const [id, decision] of JSON.parse(localStorage.getItem(store) || '[]')) decisions.set(id, decision);
} catch { /* a page of its own: nothing is kept */ }
const remember = () => { try { localStorage.setItem(store, JSON.stringify([...decisions])); } catch { /* as above */ } };

// ---- making elements; texts only ever become text nodes
const make = (tag, name, ...inside) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  element.append(...inside);
  return element;
};
const MARK = /⟨U\+[0-9A-F]{4,6}⟩|⏎/g;
const put = (into, text) => {
  let last = 0;
  for (const found of text.matchAll(MARK)) {
    into.append(text.slice(last, found.index), make('i', 'mark', found[0]));
    last = found.index + found[0].length;
  }
  into.append(text.slice(last));
  return into;
};

// ---- words that differ, by a longest common subsequence
const words = text => text.match(/[\p{L}\p{N}\p{M}'’]+|\s+|[^\p{L}\p{N}\p{M}'’\s]/gu) || [];
const compare = (a, b) => {
  const n = a.length, m = b.length, out = [];
  if (n * m > 250000) return [[1, a.join('')], [2, b.join('')]];
  const width = m + 1, table = new Uint16Array((n + 1) * width);
  for (let i = n - 1; i >= 0; i--)
    for (let j = m - 1; j >= 0; j--)
      table[i * width + j] = a[i] === b[j] ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
  const push = (kind, word) => {
    const last = out[out.length - 1];
    if (last && last[0] === kind) last[1] += word; else out.push([kind, word]);
  };
  let i = 0, j = 0;
  while (i < n || j < m) {
    if (i < n && j < m && a[i] === b[j]) { push(0, a[i]); i++; j++; }
    else if (j >= m || (i < n && table[(i + 1) * width + j] >= table[i * width + j + 1])) push(1, a[i++]);
    else push(2, b[j++]);
  }
  return out;
};
/// One side of a comparison, with its own words marked.
const side = (differences, kind) => {
  const text = make('p', 'text');
  text.dir = 'auto';
  for (const [of, part] of differences) {
    if (of === 0) put(text, part);
    else if (of === kind) text.append(put(make(kind === 1 ? 'ins' : 'del'), part));
  }
  return text;
};

// ---- rows
const number = value => value.toLocaleString('en');
const isRepetition = row => !!(row.p || row.e);
const isCopy = row => row.k === 'exact-duplicate' || row.k === 'near-duplicate';
/// Whether a decision can be carried out; apply would refuse it otherwise.
const isPossible = (row, word) => {
  if (word === 'edit') return row.k !== 'duplicate-document';
  if (word !== 'accept' || isCopy(row)) return true;
  if (row.k === 'restated') return row.a !== 'review';
  return row.a !== 'review' || (!isRepetition(row) && !!row.s);
};
const head = row => {
  const line = make('p', 'head',
    make('span', 'tag ' + row.a, row.a), make('span', '', row.k),
    put(make('bdi', 'place'), row.d + ':' + row.l), make('span', '', Math.round(row.c * 100) + ' % sure'));
  if (row.m != null) line.append(make('span', '', (row.m * 100).toFixed(1) + (row.k === 'restated' ? ' % shared' : ' % alike')));
  if (row.n > 2) line.append(make('span', '', number(row.n) + ' in the cluster'));
  return line;
};
const acts = row => {
  const bar = make('div', 'acts');
  bar.setAttribute('role', 'group');
  bar.setAttribute('aria-label', 'Decision');
  const have = decisions.get(row.i);
  for (const [word, label] of [['accept', 'Accept'], ['reject', 'Reject'], ['edit', 'Edit…']]) {
    if (!isPossible(row, word)) continue;
    const button = make('button', '', label);
    button.type = 'button';
    button.dataset.act = word;
    button.setAttribute('aria-pressed', String(have?.decision === word));
    bar.append(button);
  }
  if (have?.decision === 'edit') bar.append(put(make('span', ''), '→ ' + have.replacement));
  return bar;
};
const origin = row => put(make('span', 'where'), (row.k === 'restated' ? 'earlier: ' : 'stays: ') + row.e + (row.f ? ':' + row.f : ''));
const body = (row, withKept = true) => {
  const part = make('div', '');
  if (isRepetition(row)) {
    // Of a point in other words every word would be marked, and of a document only its name is here.
    const said = row.k === 'duplicate-document' ? '' : row.p;
    const sides = isCopy(row) ? compare(words(row.p), words(row.t)) : null;
    const texts = sides ? [side(sides, 1), side(sides, 2)] : [side([[0, said]], 1), side([[0, row.t]], 2)];
    const own = make('div', 'side', make('span', 'where', row.k === 'restated' ? 'again' : row.a === 'remove' ? 'goes' : 'like it'), texts[1]);
    if (withKept) {
      const kept = make('div', 'side', origin(row), texts[0]);
      part.append(make('div', 'pair', kept, own));
    } else part.append(own);
  } else {
    const text = make('p', 'text');
    text.dir = 'auto';
    put(text, row.x || '');
    text.append(put(make('del'), row.t));
    if (row.s) text.append(put(make('ins'), row.s));
    put(text, row.z || '');
    part.append(text);
  }
  if (row.r) part.append(put(make('p', 'why'), row.r));
  return part;
};
const classes = (row, first) => {
  const have = decisions.get(row.i);
  return first + ' ' + row.a + (have ? ' is-' + have.decision : '');
};
const prepare = (element, place) => {
  element.tabIndex = -1;
  element.dataset.place = place;
  element.setAttribute('role', 'article');
  element.setAttribute('aria-posinset', place + 1);
  element.setAttribute('aria-setsize', shown.length);
  return element;
};
const draw = place => {
  const row = shown[place];
  return prepare(make('article', classes(row, 'row'), head(row), body(row), acts(row)), place);
};
const drawGroup = ([from, to]) => {
  if (to - from === 1) return draw(from);
  const first = shown[from];
  const kept = make('div', 'side', origin(first), put(make('p', 'text'), first.k === 'duplicate-document' ? '' : first.p));
  const members = make('div', 'side');
  for (let place = from; place < to; place++) {
    const row = shown[place];
    members.append(prepare(make('div', classes(row, 'member'), head(row), body(row, row.p !== first.p), acts(row)), place));
  }
  const title = make('p', 'head', make('span', 'tag', number(first.n) + ' alike'), make('span', '', first.g));
  return make('div', 'row', title, make('div', 'pair', kept, members));
};

// ---- the list: drawn a screenful at a time
const more = () => {
  const end = Math.min(drawn + STEP, groups.length);
  const piece = document.createDocumentFragment();
  for (; drawn < end; drawn++) piece.append(drawGroup(groups[drawn]));
  list.append(piece);
};
const fill = () => {
  while (drawn < groups.length && list.getBoundingClientRect().bottom < innerHeight + 1500) more();
};
addEventListener('scroll', fill, { passive: true });
addEventListener('resize', fill, { passive: true });

const fold = text => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
for (const row of rows) row.q = fold([row.t, row.s, row.p, row.x, row.z, row.d, row.e, row.r, row.i, row.g].join('\n'));
const orders = {
  document: null,
  cluster: (a, b) => (b.n || 0) - (a.n || 0) || (a.g < b.g ? -1 : a.g > b.g ? 1 : 0),
  unsure: (a, b) => a.c - b.c,
  sure: (a, b) => b.c - a.c,
  alike: (a, b) => (b.m ?? -1) - (a.m ?? -1),
};
const refresh = () => {
  const wanted = fold(search.value).split(/\s+/).filter(Boolean);
  const kind = $('kind').value, action = $('action').value, decided = $('decided').value, order = $('order').value;
  shown = rows.filter(row => (!kind || row.k === kind) && (!action || row.a === action)
    && (!decided || (decided === 'open' ? !decisions.has(row.i) : decisions.get(row.i)?.decision === decided))
    && wanted.every(word => row.q.includes(word)));
  if (orders[order]) shown.sort(orders[order]);
  groups = [];
  for (let place = 0; place < shown.length; place++) {
    const last = groups[groups.length - 1], row = shown[place];
    if (order === 'cluster' && row.g && last && shown[last[0]].g === row.g) last[1]++;
    else groups.push([place, place + 1]);
  }
  list.replaceChildren();
  drawn = 0;
  current = -1;
  more();
  $('nothing').hidden = shown.length > 0;
  count();
};
const count = () => {
  let accepted = 0, rejected = 0, edited = 0;
  for (const { decision } of decisions.values())
    if (decision === 'accept') accepted++; else if (decision === 'reject') rejected++; else edited++;
  const made = accepted + rejected + edited;
  $('count').textContent = number(shown.length) + ' of ' + number(rows.length) + ' rows · '
    + (made ? [[accepted, 'accepted'], [rejected, 'rejected'], [edited, 'edited']].filter(([n]) => n).map(([n, word]) => number(n) + ' ' + word).join(', ') : 'nothing decided yet');
  save.disabled = made === 0;
};

// ---- deciding
const at = place => list.querySelector('[data-place="' + place + '"]');
const redraw = place => {
  const old = at(place), row = shown[place];
  if (!old) return;
  const isMember = old.classList.contains('member');
  const had = old.contains(document.activeElement);
  old.className = classes(row, isMember ? 'member' : 'row');
  old.querySelector('.editor')?.remove();
  old.querySelector('.acts').replaceWith(acts(row));
  if (had) old.focus({ preventScroll: true });
};
const decide = (row, decision, isUndo = false) => {
  if (!isUndo) history.push([row.i, decisions.get(row.i)]);
  if (decision) decisions.set(row.i, decision); else decisions.delete(row.i);
  unsaved = true;
  remember();
  const place = shown.indexOf(row);
  if (place >= 0) redraw(place);
  count();
};
const edit = place => {
  const row = shown[place], element = at(place);
  if (!element || element.querySelector('.editor')) return;
  const field = make('textarea', '');
  field.value = decisions.get(row.i)?.replacement ?? (row.s || row.t);
  field.setAttribute('aria-label', 'Replacement for: ' + row.t);
  const done = make('button', 'primary', 'Use this text'), cancel = make('button', '', 'Cancel');
  done.type = cancel.type = 'button';
  const editor = make('div', 'editor', field, make('div', 'acts', done, cancel));
  const finish = () => {
    const replacement = field.value;
    if (!replacement.trim()) { field.focus(); return; }
    decide(row, { decision: 'edit', replacement });
    element.focus();
  };
  done.onclick = event => { event.stopPropagation(); finish(); };
  cancel.onclick = event => { event.stopPropagation(); editor.remove(); element.focus(); };
  field.onkeydown = event => {
    event.stopPropagation();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) finish();
    if (event.key === 'Escape') cancel.onclick(event);
  };
  element.append(editor);
  field.focus();
};
const go = place => {
  if (place < 0 || place >= shown.length) return;
  while (!at(place) && drawn < groups.length) more();
  current = place;
  const element = at(place);
  element.focus({ preventScroll: true });
  element.scrollIntoView({ block: 'nearest' });
};
const act = (place, word) => {
  const row = shown[place];
  if (!row || !isPossible(row, word)) return false;
  if (word === 'edit') edit(place);
  else if (decisions.get(row.i)?.decision === word) decide(row, undefined);
  else decide(row, { decision: word, replacement: '' });
  return true;
};
const undo = () => {
  const last = history.pop();
  if (!last) return;
  const row = rows.find(row => row.i === last[0]);
  decide(row, last[1], true);
  const place = shown.indexOf(row);
  if (place >= 0) go(place);
};
list.addEventListener('click', event => {
  const element = event.target.closest('[data-place]');
  if (!element) return;
  current = Number(element.dataset.place);
  const word = event.target.closest('[data-act]')?.dataset.act;
  if (word) act(current, word);
});
list.addEventListener('focusin', event => {
  const element = event.target.closest('[data-place]');
  if (element) current = Number(element.dataset.place);
});
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.matches('input, textarea, select');
  if (typing) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  const next = () => go(Math.min(current + 1, shown.length - 1));
  const keys = {
    j: next, ArrowDown: next,
    k: () => go(Math.max(current - 1, 0)), ArrowUp: () => go(Math.max(current - 1, 0)),
    a: () => { if (act(current, 'accept')) next(); }, r: () => { if (act(current, 'reject')) next(); },
    e: () => act(current, 'edit'), u: undo,
    '/': () => search.focus(),
  };
  const work = keys[event.key];
  if (work && (current >= 0 || !'are'.includes(event.key))) { event.preventDefault(); work(); }
});

// ---- saving: what a spreadsheet could take for a formula is guarded, as in report.csv
const guard = text => /^[\s\u200b\ufeff]*[=+\-@|%'＝＋－＠]|^\t/.test(text) ? "'" + text : text;
const cell = text => '"' + text.replaceAll('"', '""') + '"';
save.onclick = () => {
  const lines = ['row_id,decision,replacement,note,kind,document,text,suggestion'];
  for (const row of rows) {
    const have = decisions.get(row.i);
    if (have) lines.push([row.i, have.decision, guard(have.replacement || ''), '', row.k, guard(row.d), guard(row.t), guard(row.s || '')].map(cell).join(','));
  }
  const blob = new Blob(['\ufeff' + lines.join('\r\n') + '\r\n'], { type: 'text/csv' });
  const link = make('a', '');
  link.href = URL.createObjectURL(blob);
  link.download = 'decisions.csv';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  unsaved = false;
};
addEventListener('beforeunload', event => { if (unsaved) event.preventDefault(); });

// ---- begin
const tally = key => {
  const counts = new Map();
  for (const row of rows) counts.set(row[key], (counts.get(row[key]) || 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
};
for (const [id, key] of [['kind', 'k'], ['action', 'a']])
  for (const [value, times] of tally(key)) {
    const option = make('option', '', value + ' (' + number(times) + ')');
    option.value = value;
    $(id).append(option);
  }
let waiting;
search.oninput = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 120); };
for (const id of ['kind', 'action', 'decided', 'order']) $(id).onchange = refresh;
$('bar').hidden = false;
refresh();
document.documentElement.dataset.ready = 'yes';
})();
