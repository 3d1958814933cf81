// Moments in this browser's own time zone, in the page's language. Without this they are shown in the zone that the desk knows.
(() => {
  const page = document.documentElement.lang, usual = { en: "en-GB", pt: "pt-PT" };
  const own = navigator.languages.find((name) => name.split("-")[0] === page && name.includes("-"));
  const form = { day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" };
  try {
    const shown = new Intl.DateTimeFormat(own || usual[page] || page, form);
    for (const time of document.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (!isNaN(at)) time.textContent = shown.format(at);
    }
  } catch { /* an old browser: what stands there is right, too */ }
})();
