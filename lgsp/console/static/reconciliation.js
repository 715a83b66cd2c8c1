// A source's list as a file: it may be larger than a form, so it is sent as it is, the fields beside it.

const form = document.getElementById("start");
const chosen = document.getElementById("f-file");
const sending = document.getElementById("sending");

function toldWrong(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const wrong = page.getElementById("wrong") ?? page.querySelector("#content .card, #content .empty");
  document.getElementById("wrong").replaceChildren(...(wrong ? [...wrong.childNodes] : []));
  document.getElementById("wrong").scrollIntoView({ block: "nearest" });
}

async function send(file) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (name !== "list" && name !== "csrf") {
      fields.append(name, value);
    }
  }
  const headers = { "X-CSRF-Token": form.elements.csrf.value, "X-Fields": fields.toString(), "Content-Type": "text/plain" };
  const answer = await fetch(form.action, { method: "POST", headers, body: file });
  const to = answer.headers.get("location");
  if (answer.ok && to) {
    location.assign(to);
    return true;
  }
  toldWrong(await answer.text());
  return false;
}

if (form && chosen) {
  chosen.parentElement.hidden = false;
  let busy = false;
  form.addEventListener("submit", async (event) => {
    const [file] = chosen.files;
    if (!file) {
      return;
    }
    event.preventDefault();
    if (busy) {
      return;
    }
    busy = true;
    sending.hidden = false;
    let gone = false;
    try {
      gone = await send(file);
    } catch {
      document.getElementById("lost").hidden = false;
    }
    if (!gone) {
      busy = false;
      sending.hidden = true;
      delete form.dataset.sent;
    }
  });
}
