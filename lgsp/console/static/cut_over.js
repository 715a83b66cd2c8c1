// A file of the older connection is read here and put where it can be seen: nothing is uploaded but that text.
document.getElementById("f-file")?.addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) {
    document.getElementById("f-items").value = await file.text();
  }
});
