// The filters in the address: what is empty is left out, so that an address can be read and sent to somebody.
document.getElementById("seek").addEventListener("htmx:configRequest", (event) => {
  const given = event.detail.parameters;
  for (const name of Object.keys(given)) {
    if (given[name] === "") {
      delete given[name];
    }
  }
});
