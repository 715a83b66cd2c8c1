// What every page does in the browser: the search key, the confirm panel, copying, the stream's state.

const panel = document.getElementById("panel");
const typing = (at) => at.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target)) {
    const search = document.getElementById("search");
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  }
});

// the panel opens when its content came, and gives the focus back when it closes
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target === panel && panel.innerHTML.trim() && !panel.open) {
    panel.showModal();
    panel.querySelector("textarea, input:not([type=hidden]), button")?.focus();
  }
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close-panel]") && panel.open) {
    event.preventDefault();
    panel.close();
  }
  if (event.target === panel) {
    panel.close();
  }
  const toggle = event.target.closest("[data-toggle-nav]");
  if (toggle) {
    const open = document.body.classList.toggle("nav-open");
    toggle.setAttribute("aria-expanded", String(open));
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    const text = copy.parentElement.querySelector("pre").textContent;
    navigator.clipboard?.writeText(text).then(() => {
      copy.classList.add("copied");
      setTimeout(() => copy.classList.remove("copied"), 1500);
    });
  }
});
panel?.addEventListener("close", () => panel.replaceChildren());

// a form is sent once, however often its button is pressed
document.addEventListener("submit", (event) => {
  if (event.target.method === "post" && !("again" in event.target.dataset)) {
    if (event.target.dataset.sent) {
      event.preventDefault();
    }
    event.target.dataset.sent = "yes";
  }
});
addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

// The stream, while somebody looks: a browser has few connections to one host, and hidden tabs need none.
// Parts of a page refresh with hx-trigger="tick from:body"; scripts listen on the body for "live:<name>".
const lost = document.getElementById("lost");
let stream;
let waiting;

function follow() {
  stream = new EventSource("/console/events");
  stream.onopen = () => {
    clearTimeout(waiting);
    waiting = undefined;
    lost.hidden = true;
  };
  stream.onerror = () => {
    waiting ??= setTimeout(() => (lost.hidden = false), 4000);
    if (stream?.readyState === EventSource.CLOSED) {
      stream = undefined;
      setTimeout(() => document.hidden || stream || follow(), 15000);
    }
  };
  stream.addEventListener("tick", () => htmx.trigger(document.body, "tick"));
  stream.addEventListener("live", (event) => {
    const { name, answer } = JSON.parse(event.data);
    document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail: answer }));
  });
  stream.addEventListener("over", () => location.reload());
}

function leave() {
  stream?.close();
  stream = undefined;
  clearTimeout(waiting);
  waiting = undefined;
}

if ("live" in document.body.dataset) {
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      leave();
    } else if (!stream) {
      htmx.trigger(document.body, "tick");
      follow();
    }
  });
  addEventListener("pagehide", leave);
  if (!document.hidden) {
    follow();
  }
}
