"use strict";
// The desk: three views by the address after "#", filled from the API beside this page. Text is set as text; the parts
// that come as HTML were escaped by the server, and the policy of the page lets no script run from them.

const view = document.getElementById("view");
const said = document.getElementById("said");
const TOLD = { people: "an alert went to people", machines: "told to machines alone", nobody: "nobody was told" };
const DAY_FIELD = { suppress: "until", identify: "on", investigate: "on", conclude: "on" };

const finding = (patient, id) => `patients/${encodeURIComponent(patient)}/findings/${encodeURIComponent(id)}`;

async function ask(path, options) {
  const answer = await fetch(path, options);
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.message || wrong(problem.detail) || `The desk answered ${answer.status}: try again.`);
}

function wrong(detail) {
  return Array.isArray(detail) ? detail.map((each) => `${each.loc.at(-1)}: ${each.msg}`).join("; ") : undefined;
}

function show(name) {
  view.replaceChildren(document.getElementById(name).content.cloneNode(true));
}

function put(element, text) { element.textContent = text; return element; }

function cell(label, content, name) {
  const made = document.createElement("td");
  made.dataset.label = label;
  if (name) made.className = name;
  made.append(content ?? "");
  return made;
}

function link(text, address) {
  const made = put(document.createElement("a"), text);
  made.href = address;
  return made;
}

function tag(severity) {
  const made = put(document.createElement("span"), severity);
  made.className = `tag ${severity}`;
  return made;
}

function about(row) {
  if (row.claim_id === null) return row.visit_id === null ? "" : `visit ${row.visit_id}`;
  return `claim ${row.claim_id}${row.line_number === null ? "" : ` line ${row.line_number}`}`;
}

function lineOf(row, today) {
  const made = document.createElement("tr");
  const lapsed = row.suppressed_until !== null && today > row.suppressed_until;
  made.append(
    cell("Due", row.due_on, "day"), cell("Severity", tag(row.severity)),
    cell("Finding", link(row.rule, `#/${finding(row.patient_id, row.finding_id)}`)),
    cell("Patient", link(row.patient_id, `#/patients/${encodeURIComponent(row.patient_id)}`)),
    cell("Date of service", row.date_of_service, "day"), cell("About", about(row)), cell("State", lapsed ? "new" : row.workflow),
    cell("At stake", row.amount === null ? "" : `$${Number(row.amount).toFixed(2)}`, "money"));
  return made;
}

async function list() {
  show("list-view");
  const form = view.querySelector("form");
  const more = view.querySelector(".more");
  let cursor = null;
  async function load(afresh) {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const body = view.querySelector("tbody");
    if (afresh) { body.replaceChildren(); cursor = null; }
    let page;
    do { // no request reads the whole list: where what is asked for is rare, the first answers are empty
      if (cursor) query.set("cursor", cursor);
      page = await (await ask(`worklist?${query}`)).json();
      cursor = page.cursor;
    } while (cursor !== null && page.rows.length === 0);
    body.append(...page.rows.map((row) => lineOf(row, page.today)));
    more.hidden = cursor === null;
    view.querySelector(".empty").hidden = body.children.length > 0;
  }
  form.addEventListener("submit", (event) => { event.preventDefault(); saying(() => load(true)); });
  more.addEventListener("click", () => saying(() => load(false)));
  await load(true);
}

async function patient(id) {
  view.replaceChildren(put(document.createElement("h1"), `Patient ${id}`));
  const part = document.createElement("div");
  part.innerHTML = await (await ask(`patients/${encodeURIComponent(id)}/part`)).text();
  view.append(part);
  part.querySelectorAll(".scroll").forEach(toLatest);
  part.querySelectorAll("details.finding").forEach((each) => each.append(toWork(id, each.id.slice(2))));
}

// A digest links the patient, and what is to be done is done at each finding.
function toWork(patientId, id) {
  const made = document.createElement("p");
  made.append(link("What happened, and what to do now", `#/${finding(patientId, id)}`));
  return made;
}

// Where a chart is wider than the screen, the last sessions are what a person came for.
function toLatest(chart) {
  const mark = [...chart.querySelectorAll(".mark")].at(-1)?.getBoundingClientRect();
  if (mark) chart.scrollLeft += mark.right + 40 - chart.getBoundingClientRect().right;
}

async function oneFinding(patientId, id) {
  const path = finding(patientId, id);
  const proved = await (await ask(path)).json();
  show("finding-view");
  put(view.querySelector("h1"), proved.finding.rule);
  put(view.querySelector(".to-patient"), `Patient ${patientId}`).href = `#/patients/${encodeURIComponent(patientId)}`;
  const part = view.querySelector(".part");
  if (proved.finding.status === "open") part.innerHTML = await (await ask(`${path}/part`)).text();
  else put(part, `${proved.finding.rule}: cleared by later records on ${proved.finding.withdrawn_on}. It said: ${proved.finding.message}`);
  reviewed(proved.review, proved.history);
  acting(path, proved);
}

function reviewed(review, history) {
  put(view.querySelector(".workflow"), review.workflow);
  const until = review.suspended_until ? ` (investigation suspends it to ${review.suspended_until} at the latest)` : "";
  put(view.querySelector(".clock"), review.due_on ? `; report and return by ${review.due_on}${until}` : "");
  const happened = [...history.map((turn) => [turn.at, byRecords(turn)]), ...review.actions.map((action) => [action.at, byPerson(action)])];
  happened.sort(([one], [other]) => Date.parse(one) - Date.parse(other));
  view.querySelector(".happened").replaceChildren(...happened.map(([at, [who, text]]) => moment(at, who, text)));
}

const minute = (at) => `${at.slice(0, 16).replace("T", " ")} UTC`;

function moment(at, who, text) {
  const made = document.createElement("li");
  const when = put(document.createElement("time"), minute(at));
  when.dateTime = at;
  made.append(when, put(document.createElement("strong"), who), text);
  return made;
}

function byPerson(action) {
  const day = action.until || action.on;
  const moved = action.was === action.now ? "" : ` (${action.was} to ${action.now})`;
  return [`${action.by}: `, `${action.kind}${day ? ` ${day}` : ""}${moved}${action.why ? `: ${action.why}` : ""}`];
}

function byRecords(turn) {
  const { cause } = turn;
  const by = cause === null ? "The day alone, without a new record" : `${cause.kind} ${cause.id} version ${cause.version}`;
  return [`${by}: `, `${turn.transition} as ${turn.severity} (revision ${turn.revision}, as of ${turn.as_of}); ${told(turn)}`];
}

function told(turn) {
  if (turn.waiting && turn.tell_at) return `people are told at ${minute(turn.tell_at)} or soon after`;
  if (turn.waiting) return "the alert waits to be sent";
  return turn.told_at ? `people were told by ${minute(turn.told_at)}` : TOLD[turn.told];
}

function acting(path, { review, history }) {
  const form = view.querySelector("form.act");
  let seen = review.seen;
  const day = form.querySelector(".for-day");
  form.kind.addEventListener("change", () => { day.hidden = !DAY_FIELD[form.kind.value]; });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wish = { kind: form.kind.value, why: form.why.value, seen };
    const field = DAY_FIELD[wish.kind];
    if (field && form.day.value) wish[field] = form.day.value;
    saying(async () => {
      const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(wish) };
      const after = await (await ask(`${path}/actions`, options)).json();
      seen = after.seen;
      reviewed(after, history);
      form.reset();
      day.hidden = true;
      put(said, `Saved: ${wish.kind}. The finding is ${after.workflow}.`);
    });
  });
}

async function saying(work) {
  put(said, "");
  try { await work(); } catch (problem) { put(said, problem.message); }
}

function go() {
  const [, patientId, , findingId] = location.hash.slice(2).split("/").map(decodeURIComponent);
  saying(async () => {
    if (findingId) await oneFinding(patientId, findingId);
    else if (patientId) await patient(patientId);
    else await list();
    document.title = `${view.querySelector("h1").textContent} - NCD 30.3.3`;
    view.focus({ preventScroll: true });
    scrollTo(0, 0);
  });
}

window.addEventListener("hashchange", go);
go();
