// The editor of routes: line numbers, faulty lines, leaving with changes; and samples out of a file.

const text = document.getElementById("f-text");
if (text) {
  const gutter = document.createElement("div");
  gutter.className = "gutter mono";
  gutter.setAttribute("aria-hidden", "true");
  text.before(gutter);
  const faulty = new Set(text.dataset.faulty.split(",").filter(Boolean).map(Number));
  let shown = 0;
  const number = () => {
    const count = text.value.split("\n").length;
    if (count !== shown) {
      gutter.replaceChildren(
        ...Array.from({ length: count }, (_, n) => {
          const line = document.createElement("span");
          line.textContent = n + 1;
          line.classList.toggle("bad", faulty.has(n + 1));
          return line;
        }),
      );
      shown = count;
    }
    gutter.scrollTop = text.scrollTop;
  };
  const follow = () => {
    gutter.scrollTop = text.scrollTop;
  };
  number();
  text.addEventListener("input", number);
  text.addEventListener("scroll", follow);
  new ResizeObserver(() => {
    gutter.style.height = `${text.offsetHeight}px`;
    follow();
  }).observe(text);

  // to the line of a fault, in the editor
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-line]");
    if (link) {
      event.preventDefault();
      const lines = text.value.split("\n");
      const at = Number(link.dataset.line) - 1;
      const start = lines.slice(0, at).join("\n").length + (at ? 1 : 0);
      text.focus();
      text.setSelectionRange(start, start + (lines[at] ?? "").length);
      text.scrollTop = Math.max(0, (at - 5) * (text.scrollHeight / lines.length));
    }
  });

  // Tab indents by two, as YAML wants it; Escape first, then Tab, leaves the field
  let leaving = false;
  text.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && !event.shiftKey && !leaving) {
      event.preventDefault();
      text.setRangeText("  ", text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input"));
    }
    leaving = event.key === "Escape";
  });
}

// a file becomes the text of a field; it goes nowhere by that
for (const upload of document.querySelectorAll(".upload")) {
  upload.hidden = false;
  upload.querySelector("input").addEventListener("change", async (event) => {
    const file = event.target.files[0];
    if (file) {
      document.getElementById(event.target.dataset.into).value = await file.text();
    }
  });
}
