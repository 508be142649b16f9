// Ctrl-K, or ⌘K on a Mac, leads into the console's search.
addEventListener("keydown", (event) => {
  const isKey = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  const search = document.getElementById("find");
  if (!isKey || !search?.checkVisibility()) return;
  event.preventDefault();
  search.select();
});
