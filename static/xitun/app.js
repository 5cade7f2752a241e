// Small conveniences. Every page works without them; nothing here decides anything.
(() => {
  "use strict";
  const messages = () => document.getElementById("messages");

  // One tap, one request: further submits of the same form wait for the answer.
  const release = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled=true]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const question = form.dataset.reached ? "" : event.submitter?.dataset.confirm || form.dataset.confirm;
    if (form.dataset.sent || (question && !window.confirm(question))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (form.getAttribute("method") !== "post") return; // form.method may be a field of that name
    form.dataset.sent = "1";
    // After this turn, so that the pressed button's own name and value are still sent.
    setTimeout(() => form.querySelectorAll("button:not([type=button])").forEach((b) => b.setAttribute("aria-disabled", "true")));
    if (form.querySelector("textarea") && form.requestSubmit && !form.matches("[hx-post]") && !form.dataset.reached) reach(event);
    // A download leaves the page in place: let the form work again.
    if (form.hasAttribute("data-download")) setTimeout(() => release(form), 4000);
  }, true);
  // What was written is not thrown at a server that is not there: the browser's own error page would lose it.
  async function reach(event) {
    const form = event.target;
    event.preventDefault();
    event.stopImmediatePropagation();
    const patience = new AbortController();
    setTimeout(() => patience.abort(), 8000);
    const there = await fetch("/healthz", { method: "HEAD", cache: "no-store", signal: patience.signal }).then(() => true, () => patience.signal.aborted); // a slow line is no dead one
    release(form);
    if (!there) {
      say(messages().dataset.offline, "red");
      messages().scrollIntoView({ block: "center" });
      return;
    }
    form.dataset.reached = "1";
    form.requestSubmit(event.submitter);
    delete form.dataset.reached;
  }
  const online = () => document.body.classList.toggle("is-offline", navigator.onLine === false);
  window.addEventListener("online", online);
  window.addEventListener("offline", online);
  document.addEventListener("DOMContentLoaded", online);

  // On a slow line one types before the script that searches is there: what stands in the box is looked for then.
  window.addEventListener("load", () => document.querySelectorAll("form[hx-get] input[type=search]").forEach((box) => {
    if (box.value !== box.defaultValue) box.form.requestSubmit();
  }));

  // A mended line of a roster: on to the next cell, or back to the one that is still refused.
  document.addEventListener("htmx:afterSettle", (event) => {
    const line = event.target.closest?.("tr[data-mended]");
    const next = line && (line.querySelector("input[name^=cell-]") || line.nextElementSibling?.querySelector("input[name^=cell-]"));
    if (next) { next.focus(); next.select(); }
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
  document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute("aria-busy", "true"));
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target?.removeAttribute("aria-busy");
    const form = event.target.closest?.("form");
    if (form) release(form);
  });

  // Enter that only picks a Chinese candidate does not send the form.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    if (event.key === "Escape" && location.hash === "#menu") location.hash = "content";
  });

  document.addEventListener("change", (event) => {
    if (event.target.closest("[data-autosubmit]")) event.target.form.requestSubmit();
  });

  // Ticks of a list: how many, and all of the page at once.
  const ticks = (form) => [...form.querySelectorAll("tbody input[type=checkbox]")];
  const countTicks = (form) => {
    const shown = form.querySelector("[data-ticked]");
    const number = ticks(form).filter((tick) => tick.checked).length;
    shown.hidden = !number;
    shown.querySelector("b").textContent = number;
  };
  const countAll = () => document.querySelectorAll("form[data-bulk]").forEach(countTicks);
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-bulk]");
    if (form) countTicks(form);
  });
  document.addEventListener("click", (event) => {
    const all = event.target.closest("[data-tick-all]");
    const form = all?.closest("form");
    if (!form) return;
    event.preventDefault();
    const every = ticks(form).every((tick) => tick.checked);
    ticks(form).forEach((tick) => { tick.checked = !every; });
    countTicks(form);
  });
  window.addEventListener("pageshow", countAll);
  document.addEventListener("htmx:afterSettle", countAll);

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) return;
    event.preventDefault();
    if (button.hasAttribute("data-print")) return window.print();
    const source = document.querySelector(button.dataset.copy);
    const text = source.value ?? source.innerText;
    try {
      await navigator.clipboard.writeText(text);
      say(button.dataset.copied || text, "green");
    } catch {
      // No clipboard here (plain http, some in-app browsers): select the text, so that a long press copies it.
      if (source.select) source.select();
      else window.getSelection().selectAllChildren(source);
    }
  });

  function say(text, tone) {
    const line = document.createElement("div");
    line.className = `notice notice-${tone}`;
    line.textContent = text;
    messages()?.replaceChildren(line);
  }
  document.addEventListener("htmx:sendError", () => say(messages().dataset.offline, "red"));
  document.addEventListener("htmx:responseError", () => say(messages().dataset.failed, "red"));

  // A refused form: go to the list of what is wrong.
  const focusErrors = (root) => root.querySelector?.(".error-summary")?.focus();
  document.addEventListener("DOMContentLoaded", () => focusErrors(document));
  document.addEventListener("htmx:afterSwap", (event) => focusErrors(event.target));
})();
