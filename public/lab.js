// The lab's page while somebody types: sliders beside weights and thresholds, and the estimate of what the form says. Without
// this there are the buttons; texts stand in the page.
const form = document.querySelector("#lab");
const live = document.querySelector("#lab-live");
const said = document.querySelector("#lab-said");
const run = document.querySelector("#lab-run");
const SLIDES = /^(alpha|beta|gamma|rate|scenes\.\w+|tiers\.\d+\.(from|multiplier))$/;
// a slider goes from a quarter of what is in force to four times it
const TIMES = 4;
const STEPS = 100;

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

let asked;

async function estimate() {
  asked?.abort();
  const mine = new AbortController();
  asked = mine;
  live.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(live.dataset.from, { method: "POST", body: new URLSearchParams(new FormData(form)), signal: mine.signal });
    const piece = answer.ok ? await answer.text() : null;
    if (mine !== asked) return;
    if (piece === null) throw new Error(String(answer.status));
    put(piece);
  } catch {
    // overtaken by what was typed since
    if (mine !== asked) return;
    live.textContent = live.dataset.failed;
  }
  // a run says what another draft would do
  run.hidden = true;
  live.removeAttribute("aria-busy");
}

if (form && live) {
  const fields = [...form.querySelectorAll("[data-was]")];
  fields.filter((field) => SLIDES.test(field.name)).forEach(slide);
  let wait;
  const soon = (event) => {
    const field = event.target.closest("[data-was]");
    field?.closest(".field")?.classList.toggle("changed", field.value !== field.dataset.was);
    clearTimeout(wait);
    wait = setTimeout(estimate, 120);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (!run.dataset.shown) estimate();
}
