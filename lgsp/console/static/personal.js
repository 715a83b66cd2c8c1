// Counts down how long personal data is shown, and has the page masked when the time is over.
const shown = document.querySelector("[data-until]");
if (shown) {
  const until = Number(shown.dataset.until);
  const left = shown.querySelector("[data-left]");
  const count = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) {
      location.reload();
      return;
    }
    left.textContent = `(${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")})`;
    setTimeout(count, 1000);
  };
  count();
}
