// The lab's page while somebody types: sliders beside weights and thresholds, the estimate of what the form says, and the exact run
// once it has not changed for a while. What is typed is kept by the server. Without this there are the buttons; texts stand in the
// page.
const form = document.querySelector("#lab");
const live = document.querySelector("#lab-live");
const said = document.querySelector("#lab-said");
const run = document.querySelector("#lab-run");
const beside = document.querySelector("#lab-exact");
const typing = document.querySelector("#lab-typing");
const SLIDES = /^(alpha|beta|gamma|rate|scenes\.\w+|tiers\.\d+\.(from|multiplier))$/;
// a slider goes from a quarter of what is in force to four times it
const TIMES = 4;
const STEPS = 100;
// milliseconds without a change: until the estimate, until what is typed is kept, until the exact run
const ESTIMATE_AFTER = 120;
const KEEP_AFTER = 400;
const EXACT_AFTER = 3000;
// how often the exact run is asked how far it is
const LOOK_EVERY = 600;

/** Three digits at most, or those before the point, so that no slider makes a number long to read. */
function rounded(value) {
  const digits = Math.max(0, 2 - Math.floor(Math.log10(value)));
  return String(Number(value.toFixed(Math.min(digits, 3))));
}

const stepOf = (value, was) => Math.round((Math.log(value / was) / Math.log(TIMES)) * STEPS);

function slide(input) {
  const was = Number(input.dataset.was);
  if (!(was > 0)) return;
  const slider = Object.assign(document.createElement("input"), { type: "range", min: -STEPS, max: STEPS, step: 1 });
  slider.setAttribute("aria-label", input.labels[0]?.firstChild?.textContent ?? input.name);
  const follow = () => {
    const value = Number(input.value);
    slider.value = value > 0 ? stepOf(value, was) : -STEPS;
    slider.setAttribute("aria-valuetext", input.value);
  };
  slider.addEventListener("input", (event) => {
    const at = Number(slider.value);
    input.value = at === 0 ? input.dataset.was : rounded(was * TIMES ** (at / STEPS));
    slider.setAttribute("aria-valuetext", input.value);
    event.stopPropagation();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  // twice on it is back to what is in force
  slider.addEventListener("dblclick", () => {
    input.value = input.dataset.was;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  input.addEventListener("input", follow);
  input.addEventListener("keydown", (event) => {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!up || !(Number(input.value) >= 0)) return;
    event.preventDefault();
    const by = up * (event.shiftKey ? 1 : 0.1) * (input.name.endsWith(".from") ? 10 : 1);
    input.value = String(Number(Math.max(0, Number(input.value) + by).toFixed(6)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  follow();
  input.after(slider);
}

/** What was unfolded stays so. */
function put(piece) {
  const open = [...live.querySelectorAll("details")].map((one) => one.open);
  live.innerHTML = piece;
  live.querySelectorAll("details").forEach((one, at) => {
    one.open = open[at] ?? false;
  });
  for (const link of live.querySelectorAll(".notice a[href^='#']")) {
    const field = document.getElementById(link.hash.slice(1));
    const label = field?.labels?.[0]?.firstChild?.textContent;
    if (label) link.prepend(label, document.documentElement.lang.startsWith("zh") ? "：" : ": ");
  }
  said.textContent = (live.querySelector(".headline") ?? live.querySelector(".notice"))?.textContent ?? "";
}

const typed = () => new URLSearchParams(new FormData(form));

let asked;
let awaited;

/** Sends what the form says; nothing if that has changed before the answer was there. */
async function ask(address) {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  try {
    const answer = await fetch(address, { method: "POST", body: typed(), signal: mine.signal });
    const piece = answer.ok ? await answer.text() : null;
    if (mine !== asked) return undefined;
    if (piece === null) throw new Error(String(answer.status));
    return piece;
  } catch (error) {
    // overtaken by what was typed since
    if (mine !== asked) return undefined;
    throw error;
  }
}

async function estimate() {
  clearTimeout(awaited);
  beside.replaceChildren();
  live.setAttribute("aria-busy", "true");
  try {
    const piece = await ask(live.dataset.from);
    if (piece === undefined) return;
    put(piece);
    awaited = setTimeout(exact, EXACT_AFTER);
  } catch {
    live.textContent = live.dataset.failed;
  }
  // a run says what another draft would do
  run.hidden = true;
  live.removeAttribute("aria-busy");
}

/** The exact run beside the estimate, and in its place once it is done. `?seek` looks for one that has begun, `?stop` stops it. */
async function exact(query = "") {
  try {
    const piece = await ask(beside.dataset.from + query);
    if (piece === undefined) return;
    const read = document.createElement("template");
    read.innerHTML = piece;
    const state = read.content.firstElementChild?.dataset.exact;
    if (state !== "none" || query === "?stop") clearTimeout(awaited);
    if (state === "done") put(piece);
    beside.replaceChildren(...(state === "open" || state === "over" ? [read.content] : []));
    if (state === "open") awaited = setTimeout(exact, LOOK_EVERY, "?seek");
  } catch {
    // the estimate stays
    beside.replaceChildren();
  }
}

// changes are counted, so that what is on its way to the server is known not to be kept yet
let changes = 0;
let kept = 0;
let keeping;
let isSending = false;
// what a browser still sends of a page that is left
const MOST_SENT_AFTER = 60_000;

/** The server keeps what is typed until it is saved or dropped. */
async function keep() {
  clearTimeout(keeping);
  // one after the other, or what was typed first could be kept last
  if (isSending || kept === changes) return;
  isSending = true;
  const mine = changes;
  const body = typed();
  const keepalive = String(body).length < MOST_SENT_AFTER;
  const answer = await fetch(typing.dataset.to, { method: "POST", body, keepalive }).catch(() => undefined);
  isSending = false;
  kept = Math.max(kept, mine);
  if (kept !== changes) {
    keep();
    return;
  }
  if (answer?.status !== 201) {
    // it says what is saved, or could not be kept
    typing.hidden = true;
    return;
  }
  typing.querySelector("p").textContent = typing.dataset.kept;
  typing.hidden = false;
}

if (form && live) {
  const fields = [...form.querySelectorAll("[data-was]")];
  fields.filter((field) => SLIDES.test(field.name)).forEach(slide);
  let wait;
  let known = String(typed());
  const soon = (event) => {
    const field = event.target.closest("[data-was]");
    field?.closest(".field")?.classList.toggle("changed", field.value !== field.dataset.was);
    // who leaves a field has typed nothing more: what was begun of it goes on, and what was stopped stays so
    const before = known;
    known = String(typed());
    if (known === before) return;
    clearTimeout(wait);
    clearTimeout(keeping);
    clearTimeout(awaited);
    wait = setTimeout(estimate, ESTIMATE_AFTER);
    changes += 1;
    keeping = setTimeout(keep, KEEP_AFTER);
    // what comes back is what was typed, not the run that the page was opened with
    if (location.search) history.replaceState(null, "", location.pathname);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  beside.addEventListener("click", (event) => {
    if (!event.target.closest("[data-stop]")) return;
    clearTimeout(awaited);
    exact("?stop");
  });
  // run, or dropped
  form.addEventListener("submit", () => {
    clearTimeout(keeping);
    kept = changes;
  });
  addEventListener("pagehide", () => {
    if (kept !== changes) navigator.sendBeacon(typing.dataset.to, typed());
  });
  if (!run.dataset.shown) estimate().then(() => typing.hidden || exact("?seek"));
}
