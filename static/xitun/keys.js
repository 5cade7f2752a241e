// The keyboard: "/" or Ctrl+K opens the launcher; in lists j, k or the arrows go from row to row, Enter opens, x ticks.
// Who has turned the single-letter keys off (/me/) keeps Ctrl+K, the arrows and Enter.
// Without script the launcher is a page (/find/) and rows are links.
(() => {
  "use strict";
  const composing = (event) => event.isComposing || event.keyCode === 229; // Enter that only picks a Chinese candidate
  const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  const plain = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;
  const letters = () => document.body.dataset.letters !== "off";
  const visible = (element) => Boolean(element.offsetParent);

  const dialog = () => document.getElementById("launcher");
  const launched = () => document.getElementById("launched");
  function boxed() {
    const kept = document.getElementById("launcher-template");
    if (!dialog() && kept && window.HTMLDialogElement?.prototype.showModal) {
      document.body.append(kept.content.cloneNode(true));
      window.htmx.process(dialog());
    }
    return dialog();
  }
  function launch(event) {
    const box = boxed();
    if (!box?.showModal) { // the page of the launcher itself, or an old browser, where the link works
      const field = document.getElementById("launch-q");
      if (field && event.type === "keydown") { event.preventDefault(); field.focus(); field.select(); }
      return;
    }
    event.preventDefault();
    if (!box.open) box.showModal();
    const field = box.querySelector("input[type=search]");
    field.focus();
    field.select();
    if (!launched().childElementCount) window.htmx.trigger(field.form, "submit");
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-launch]")) launch(event);
    else if (event.target === dialog()) dialog().close(); // beside the box
  });

  // From the box to what was found and back.
  const links = () => [...launched().querySelectorAll("a.grow")];
  let go = false; // Enter came before the answer to what was typed
  function open(field) {
    if (launched().dataset.q.trim() === field.value.trim()) links()[0]?.click();
    else go = true;
  }
  function inLauncher(event) {
    const field = event.target.closest(".launch-form input");
    const at = links().indexOf(event.target.closest("a"));
    if (event.key === "Escape" && dialog()?.open) { // a search box would take it for itself
      event.preventDefault();
      dialog().close();
    } else if (event.key === "Enter" && field) {
      event.preventDefault();
      if (field.value.trim()) open(field);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && (field || at >= 0)) {
      event.preventDefault();
      const next = event.key === "ArrowDown" ? at + 1 : at - 1;
      (links()[next] || (next < 0 ? document.getElementById("launch-q") : null))?.focus();
    }
  }
  document.addEventListener("htmx:afterSettle", () => {
    if (!go || launched()?.dataset.q.trim() !== document.getElementById("launch-q").value.trim()) return; // not yet its answer
    go = false;
    links()[0]?.click();
  });
  document.addEventListener("input", () => { go = false; });

  // Rows of the lists of a page, by the link that opens each.
  const rowLink = (row) => row.querySelector("th a[href], a.grow[href], td a[href]");
  const rows = () => [...document.querySelectorAll("main .table tbody tr, main .lines > .line")].filter((row) => visible(row) && rowLink(row));
  function move(event, step) {
    const all = rows();
    const at = all.findIndex((row) => row.contains(event.target));
    const next = all[at < 0 ? 0 : at + step];
    if (!next) return;
    event.preventDefault();
    rowLink(next).focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function inLists(event) {
    const inRow = event.target.closest?.("main .table tbody tr, main .lines > .line");
    const fromAbove = event.target.matches?.("main input[type=search], .table-wrap");
    const arrow = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (arrow && ((inRow && !typing(event.target)) || (fromAbove && arrow > 0))) return move(event, arrow);
    if (typing(event.target) || !letters()) return;
    if (event.key === "j") move(event, 1);
    if (event.key === "k") move(event, -1);
    if (event.key === "x" && inRow) inRow.querySelector("input[type=checkbox]")?.click();
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event) || !event.key) return; // Chrome tells so, without a key, that it has filled in a field
    const letter = event.key.toLowerCase();
    if (letter === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) return launch(event);
    if (!plain(event)) return;
    if (event.key === "/" && letters() && !typing(event.target)) return launch(event);
    if (event.target.closest?.("#launcher, .launch-form, #launched")) inLauncher(event);
    else if (!dialog()?.open) inLists(event);
  });
})();
