// A file of figures: sent as it is, the fields beside it; what is wrong with it is shown on the same page.

const form = document.getElementById("upload");
const chosen = document.getElementById("f-file");
const sending = document.getElementById("sending");
const lost = document.getElementById("lost-file");

function fieldsOf(file) {
  const fields = new URLSearchParams({ name: file.name });
  for (const name of ["form", "agency", "period"]) {
    fields.set(name, form.elements[name].value);
  }
  return fields.toString();
}

function show(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const told = page.getElementById("result") ?? page.querySelector("#content");
  const result = document.getElementById("result");
  result.replaceChildren(...(told ? told.childNodes : []));
  result.scrollIntoView({ block: "nearest" });
}

async function send(file) {
  const headers = { "X-CSRF-Token": form.elements.csrf.value, "X-Fields": fieldsOf(file), "Content-Type": "application/octet-stream" };
  const answer = await fetch(form.action, { method: "POST", headers, body: file });
  const to = answer.headers.get("location");
  if (answer.ok && to) {
    location.assign(to);
    return true;
  }
  show(await answer.text());
  return false;
}

if (form && chosen) {
  chosen.parentElement.hidden = false;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    const [file] = chosen.files;
    if (!file || event.submitter?.name === "format") {
      return;
    }
    event.preventDefault();
    if (busy) {
      return;
    }
    busy = true;
    sending.hidden = false;
    lost.hidden = true;
    let gone = false;
    try {
      gone = await send(file);
    } catch {
      lost.hidden = false;
    }
    if (!gone) {
      busy = false;
      sending.hidden = true;
      chosen.value = "";
    }
  });
}
