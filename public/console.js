// The console's keys, its palette, and picking rows. All of it is a shorter way to what links and forms do without it; texts
// stand in the page.
const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const go = (href) => href && location.assign(href);
const palette = find("#palette");
const help = find("#keys");

/** What a tab remembers until it is closed. */
const kept = {
  get: (name) => JSON.parse(sessionStorage.getItem(name) ?? "[]"),
  set: (name, value) => sessionStorage.setItem(name, JSON.stringify(value)),
};

// Rows: one is current, some are ticked.
const rows = () => all("[data-list] tbody tr").filter((row) => find("th a, td a", row));
const linkOf = (row) => find("th a", row) ?? find("td a", row);

function step(by) {
  const list = rows();
  const at = list.findIndex((row) => row.classList.contains("current"));
  const next = list[at < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(at + by, 0), list.length - 1)];
  if (!next) return;
  list[at]?.classList.remove("current");
  next.classList.add("current");
  linkOf(next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

const current = () => rows().find((row) => row.classList.contains("current") || row.contains(document.activeElement));

function tick(row) {
  const box = row && find("input[type=checkbox]", row);
  if (box) box.click();
}

for (const form of all("form.work")) {
  const boxes = all("tbody .pick input", form);
  const head = find("th.pick", form);
  const count = find("[data-count]", form);
  const page = document.createElement("input");
  page.type = "checkbox";
  const shown = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    page.checked = ticked > 0 && ticked === boxes.length;
    page.indeterminate = ticked > 0 && ticked < boxes.length;
    if (count) count.textContent = ticked > 0 ? ` ${ticked}` : "";
  };
  if (head && boxes.length > 0) {
    page.setAttribute("aria-label", head.textContent);
    page.addEventListener("change", () => {
      for (const box of boxes) box.checked = page.checked;
      shown();
    });
    head.append(page);
  }
  form.addEventListener("change", shown);
  addEventListener("pageshow", shown);
  shown();
}

// The card beside a reward's form says what is being typed.
find("[data-reward-preview-button]")?.remove();
for (const part of all("[data-reward-preview] [data-of]")) {
  const field = find(`[name="terms[${part.dataset.of}]"]`);
  if (!field) continue;
  const shown = () => {
    if (!part.dataset.words) {
      part.textContent = field.value || (part.dataset.empty ?? "");
      return;
    }
    const number = Number(field.value.replaceAll(",", ""));
    const places = { minimumFractionDigits: number % 1 ? 2 : 0, maximumFractionDigits: 2 };
    // what can be no price is none here, too
    const points = number > 0 && Number.isFinite(number) ? number.toLocaleString("en", places) : part.dataset.empty;
    part.textContent = part.dataset.words.replace("{}", points);
  };
  field.addEventListener("input", shown);
}

// A click beside its links opens a row, as its first link does.
for (const body of all("[data-list] tbody")) {
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (event.target.closest("a, button, input, label, summary, details") || String(getSelection())) return;
    if (row && linkOf(row)) linkOf(row).click();
  });
}

// Who is listed, so that [ and ] lead from one to the next; and what was opened last.
const people = rows().map((row) => linkOf(row).pathname).filter((path) => /^\/admin\/members\/[0-9a-f-]{36}$/.test(path));
if (people.length > 1) kept.set("list", people);
if (/^\/admin\/(members|redemptions|rewards)\/[0-9a-f-]{36}$/.test(location.pathname)) {
  const here = { label: find("h1")?.textContent ?? "", href: location.pathname };
  kept.set("recent", [here, ...kept.get("recent").filter((one) => one.href !== here.href)].slice(0, 5));
}

function beside(by) {
  const list = kept.get("list");
  const at = list.findIndex((path) => location.pathname === path || location.pathname.startsWith(`${path}/`));
  if (at >= 0 && list[at + by]) go(list[at + by] + location.search);
}

// The palette: a combobox whose list comes from the server.
let asked = 0;
let chosen = 0;
const input = palette && find("input", palette);
const list = palette && find("[role=listbox]", palette);

function choose(at) {
  const hits = all("[role=option]", list);
  chosen = hits.length ? (at + hits.length) % hits.length : 0;
  hits.forEach((hit, n) => hit.setAttribute("aria-selected", String(n === chosen)));
  input.setAttribute("aria-activedescendant", hits[chosen]?.id ?? "");
  hits[chosen]?.scrollIntoView({ block: "nearest" });
}

function show(hits) {
  list.replaceChildren(
    ...hits.map(({ label, detail, href }, at) => {
      const hit = document.createElement("a");
      Object.assign(hit, { id: `hit-${at}`, href, tabIndex: -1 });
      hit.setAttribute("role", "option");
      hit.append(label);
      if (detail) hit.append(Object.assign(document.createElement("small"), { textContent: detail }));
      return hit;
    }),
  );
  find("[role=status]", palette).textContent = hits.length ? "" : palette.dataset.nothing;
  choose(0);
}

async function look() {
  const mine = ++asked;
  const typed = input.value.trim();
  const query = new URLSearchParams({ q: typed, at: location.pathname });
  try {
    const answer = await fetch(`/admin/find.json?${query}`, { headers: { accept: "application/json" } });
    if (mine !== asked) return;
    if (answer.status === 401) return location.reload();
    const hits = answer.ok ? (await answer.json()).hits : [];
    const recent = typed ? [] : kept.get("recent").filter((one) => one.href !== location.pathname);
    show([...recent, ...hits]);
  } catch {
    // without an answer the page of the search says what is wrong
    if (mine === asked) show([{ label: palette.dataset.page, href: `/admin/find?${query}` }]);
  }
}

if (palette) {
  let wait;
  input.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(look, 120);
  });
  palette.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") choose(chosen + (event.key === "ArrowDown" ? 1 : -1));
    else if (event.key === "Enter") {
      const page = `/admin/find?${new URLSearchParams({ q: input.value.trim() })}`;
      go(all("[role=option]", list)[chosen]?.href ?? page);
    }
    else return;
    event.preventDefault();
  });
}

for (const dialog of [palette, help]) {
  dialog?.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

function open() {
  if (palette.open) return input.select();
  help?.close();
  input.value = "";
  show([]);
  find("[role=status]", palette).textContent = "";
  palette.showModal();
  look();
}

// What is marked so opens its page in a sheet beside this one. Forms there that only ask are asked in the sheet; one that does
// something is sent as from its own page, so that a refusal leads there.
let sheet;

/** The page behind may use the same names. */
function renamed(content) {
  for (const one of all("[id]", content)) one.id = `sheet-${one.id}`;
  for (const name of ["for", "list", "aria-describedby", "aria-labelledby", "aria-controls"]) {
    for (const one of all(`[${name}]`, content)) one.setAttribute(name, one.getAttribute(name).replace(/\S+/g, "sheet-$&"));
  }
}

async function showInSheet(href) {
  const url = new URL(href, location.href);
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = find("[data-sheet-page]", page);
    if (!answer.ok || new URL(answer.url).pathname !== url.pathname || !content) return go(href);
    if (!sheet) {
      sheet = Object.assign(document.createElement("dialog"), { className: "sheet" });
      document.body.append(sheet);
      sheet.addEventListener("click", (event) => event.target === sheet && sheet.close());
      sheet.addEventListener("submit", sendFromSheet);
    }
    sheet.dataset.at = url.href;
    const title = Object.assign(document.createElement("h2"), { textContent: find("h1", page)?.textContent ?? "" });
    const close = Object.assign(document.createElement("button"), { type: "button", className: "button small" });
    close.textContent = content.dataset.sheetPage;
    close.addEventListener("click", () => sheet.close());
    const head = Object.assign(document.createElement("div"), { className: "sheet-head" });
    head.append(title, close);
    const shown = document.importNode(content, true);
    renamed(shown);
    sheet.replaceChildren(head, shown);
    sheet.setAttribute("aria-label", title.textContent);
    if (!sheet.open) sheet.showModal();
    const wrong = find("[aria-invalid=true]", sheet);
    (wrong ?? find("form[method=post] input:not([type=hidden])", sheet) ?? find("input", sheet))?.focus();
  } catch {
    go(href);
  }
}

function sendFromSheet(event) {
  const form = event.target;
  if (form.method === "get") {
    event.preventDefault();
    showInSheet(`${new URL(sheet.dataset.at).pathname}?${new URLSearchParams(new FormData(form))}`);
  } else history.replaceState(null, "", sheet.dataset.at);
}

addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-sheet]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  showInSheet(link.href);
});

// Single letters can be switched off: they are in the way of who speaks to their machine.
const letters = help && find("[data-letters]", help);
if (letters) {
  letters.checked = localStorage.getItem("letters") !== "off";
  letters.addEventListener("change", () => localStorage.setItem("letters", letters.checked ? "on" : "off"));
}

const keys = {
  "/": () => (find("[data-search]") ?? find("#find"))?.select(),
  "?": () => help?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  x: () => tick(current()),
  "[": () => beside(-1),
  "]": () => beside(1),
};
let led = 0;

addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k" && palette) {
    event.preventDefault();
    return open();
  }
  // there is nothing else that a page of the console could be saved as
  const save = find("button[value=save]");
  if (isCommand && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s" && save) {
    event.preventDefault();
    return save.click();
  }
  const at = event.target;
  if (isCommand && event.key === "Enter" && at.form && at.tagName !== "BUTTON") {
    event.preventDefault();
    return at.form.requestSubmit(find("button.main, button[type=submit], button:not([type])", at.form));
  }
  const types = at.isContentEditable || at.matches?.("textarea, select, input:not([type=checkbox], [type=radio])");
  if (isCommand || event.altKey || types || find("dialog[open]") || letters?.checked === false) return;
  if (event.timeStamp - led < 1500) {
    led = 0;
    const link = find(`[data-go="${CSS.escape(event.key)}"]`);
    if (link) {
      event.preventDefault();
      return go(link.href);
    }
  }
  if (event.key === "g") led = event.timeStamp;
  else if (keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
});
