// Fetches the WASM only if the page has an island, then hydrates the islands in the order of the document.
// After Leptos's own island_script.js: compare with it when Leptos changes.
if (document.querySelector("leptos-island")) {
  const wasm = fetch("LAUREL_WASM");
  const islands = await import("LAUREL_JS");
  await islands.default({ module_or_path: wasm });
  islands.hydrate();
  const children = [];
  const hydrate = async (island, name) => {
    children.at(-1)?.();
    await islands[name]?.(island);
  };
  const walk = async (node) => {
    const inChildren = node.localName === "leptos-children";
    if (node.localName === "leptos-island") await hydrate(node, node.dataset.component);
    if (inChildren) children.push(node.$$on_hydrate);
    for (const child of [...node.children]) await walk(child);
    if (inChildren) children.pop();
  };
  await walk(document.body);
  document.documentElement.dataset.islands = "ready";
}
