// Checks a statement with the rules of Laurel compiled to WASM. Everything is fetched when the page opens, nothing later.
const most = 200 * 1024 * 1024;
const form = document.getElementById("verify");
const facts = document.getElementById("verify-facts");
const words = JSON.parse(form.dataset.words);
const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

function say(tone, ...parts) {
  for (const notice of document.querySelectorAll("[data-said]")) {
    notice.hidden = notice.dataset.said !== tone;
    notice.querySelector(".notice-text").replaceChildren(...(notice.hidden ? [] : parts));
  }
}

function sentence({ seq, field, rule, stated, expected }) {
  const item = element("li", "");
  const where = seq === null ? words.statement : fill(words.entry, { seq });
  const short = (text) => (text.length > 300 ? `${text.slice(0, 300)}…` : text);
  const what = fill(words.rules[rule], { field: words.fields[field], stated: short(stated), expected: short(expected) });
  item.dataset.rule = rule;
  item.dataset.field = field;
  item.append(element("b", where), ` ${what}`);
  return item;
}

function show(file, report) {
  const head = (texts, values) => [element("b", texts[0]), element("span", fill(texts[1], values))];
  if (report.findings.length === 0) {
    say("whole", ...head(words.whole, { entries: report.entries }));
  } else {
    const list = element("ul", "");
    list.append(...report.findings.map(sentence));
    say("broken", ...head(words.broken, { count: report.findings.length }), list);
  }
  const at = new Date(report.as_of);
  const zone = { dateStyle: "long", timeStyle: "medium", timeZone: report.time_zone };
  let as_of = report.as_of;
  try {
    as_of = at.toLocaleString(document.documentElement.lang, zone);
  } catch {
    // a time or a zone that is none: what stands in the file is shown as it stands
  }
  const values = { ...report, ...report.points, as_of, file };
  const rows = words.facts.filter(([name]) => values[name] !== "" && values[name] !== undefined);
  facts.replaceChildren(...rows.flatMap(([name, label]) => [element("dt", label), element("dd", values[name])]));
  facts.hidden = report.member === "";
}

try {
  const wasm = fetch("PROVER_WASM");
  const prover = await import("PROVER_JS");
  await prover.default({ module_or_path: wasm });
  const input = form.querySelector("input");
  const check = async () => {
    const file = input.files[0];
    if (!file) return;
    facts.hidden = true;
    if (file.size > most) return say("broken", element("b", words.tooLarge));
    say("");
    input.setAttribute("aria-busy", "true");
    const text = await file.text();
    const report = JSON.parse(prover.check_statement(text));
    input.removeAttribute("aria-busy");
    show(file.name, report);
  };
  input.addEventListener("change", check);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  document.documentElement.dataset.prover = "ready";
} catch (error) {
  document.getElementById("verify-without").hidden = false;
  console.warn(error);
}
