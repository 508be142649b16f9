// A form that was just sent is not sent again by the second click of a double click: the browser would show only the second
// answer, which tells of what the first has done as if somebody else had. Two seconds, for a form may answer with a file and
// stand there still. Without scripts nothing is done twice either; see `OnceKey`.
{
  let sent;
  const forget = () => (sent = new WeakMap());
  forget();
  addEventListener("submit", (event) => {
    const form = event.target;
    const method = event.submitter?.getAttribute("formmethod") ?? form.getAttribute("method");
    if (event.defaultPrevented || method !== "post") return;
    if (event.timeStamp - sent.get(form) < 2000) event.preventDefault();
    else sent.set(form, event.timeStamp);
  });
  // stopped, or back from the next page: it is another time
  addEventListener("keydown", (event) => event.key === "Escape" && forget());
  window.navigation?.addEventListener("navigateerror", forget);
  addEventListener("pagehide", forget);
}
